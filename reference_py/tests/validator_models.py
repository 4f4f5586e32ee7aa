"""Short ways to write functions with a fault, and to see what the validator finds."""

from __future__ import annotations

from tracescript import ir
from tracescript.ir.constants import scalar
from tracescript.validator import findings

F32 = ir.DataType.FLOAT32
X = ir.TensorType(F32, (3,))


def named(kind: ir.Type, name: str = "") -> ir.Value:
    return ir.Value(kind, name)


def constant(value: object) -> ir.Value:
    made = scalar(value)
    return ir.Value(made.type, "", made)


def neg(x: ir.Value, y: ir.Value) -> ir.Node:
    return ir.Node("neg", (x,), (y,))


def function(params, nodes, results, **more):
    made = {
        "name": "f",
        "origin": "authored",
        "inputs": tuple(ir.Input(p.name, p.type) for p in params),
        "outputs": tuple(ir.Output("", r.type) for r in results),
        "body": ir.Block(tuple(params), tuple(nodes), tuple(results)),
    }
    return ir.Function(**(made | more))


def found(*functions: ir.Function) -> list[tuple[str, str, str]]:
    model = ir.Model("m", functions, ir.Module("M"))
    return [(f.code, f.rule, f.where.removeprefix("functions[f]")) for f in findings(model)]


def branch(c, then, orelse, *outputs):
    return ir.Node("if", (c,), outputs, blocks=(then, orelse))


def block(params=(), nodes=(), results=()):
    return ir.Block(tuple(params), tuple(nodes), tuple(results))
