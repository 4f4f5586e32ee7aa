"""Valid models by hand, short ways to write functions, and what the validator finds in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tracescript import ir
from tracescript.ir.constants import BOOL, INT, scalar, tensor
from tracescript.validator import findings

F32 = ir.DataType.FLOAT32
X = ir.TensorType(F32, (3,))
ONE = ir.TensorType(F32, ())
TRUTH = ir.TensorType(ir.DataType.BOOL, ())


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


def model(*functions: ir.Function, **more: object) -> ir.Model:
    methods = (ir.Method("forward", functions[-1].name, exported=True),)
    return ir.Model("gate", functions, ir.Module("Gate", methods=methods), **more)


def predicate(x: ir.Value) -> tuple[list[ir.Node], ir.Value]:
    zero = ir.Value(ONE, "", tensor(np.float32(0), F32))
    total, positive = ir.Value(ONE, "total"), ir.Value(TRUTH, "positive")
    return [ir.Node("sum", (x,), (total,)), ir.Node("gt", (total, zero), (positive,))], positive


def traced_gate() -> ir.Model:
    x, y = ir.Value(X, "x"), ir.Value(X, "y")
    nodes, positive = predicate(x)
    decision = ir.TraceDecision("branch", positive, scalar(value=False))
    nodes.append(ir.Node("neg", (x,), (y,)))
    return model(
        function([x], nodes, [y], name="Gate.forward", origin="traced", decisions=(decision,))
    )


def scripted_gate() -> ir.Model:
    x, negative, y = ir.Value(X, "x"), ir.Value(X), ir.Value(X, "y")
    nodes, positive = predicate(x)
    condition = ir.Value(BOOL)
    arms = (ir.Block((), (), (x,)), ir.Block((), (ir.Node("neg", (x,), (negative,)),), (negative,)))
    nodes.append(ir.Node("item_bool", (positive,), (condition,)))
    nodes.append(ir.Node("if", (condition,), (y,), blocks=arms))
    return model(function([x], nodes, [y], name="Gate.forward", origin="scripted"))


def counter() -> ir.Model:
    """`for _ in range(n): count = count + 1`, the count being a state."""
    n, count, after = ir.Value(INT, "n"), ir.Value(INT, "count"), ir.Value(INT, "after")
    index, before, more = ir.Value(INT), ir.Value(INT), ir.Value(INT)
    one, go = ir.Value(INT, "", scalar(1)), ir.Value(BOOL, "", scalar(value=True))
    body = ir.Block((index, before), (ir.Node("int.add", (before, one), (more,)),), (go, more))
    loop = ir.Node("loop", (n, go, count), (after,), blocks=(body,))
    made = replace(
        function([n, count], [loop], [after, after], name="Counter.forward"),
        inputs=(ir.Input("n", INT), ir.Input("count", INT, "state")),
    )
    state = ir.State("count", INT, scalar(0), "attribute")
    root = ir.Module(
        "Counter",
        attributes=(ir.ModuleAttribute("count", state),),
        methods=(ir.Method("forward", "Counter.forward", exported=True, states=(state,)),),
    )
    return ir.Model("counter", (made,), root)


def nested(depth: int) -> ir.Model:
    """`if` in `if`, `depth` deep."""
    c = ir.Value(BOOL, "c")
    inner, result = ir.Block((), (), (c,)), c
    for _ in range(depth):
        result = ir.Value(BOOL)
        node = ir.Node("if", (c,), (result,), blocks=(inner, ir.Block((), (), (c,))))
        inner = ir.Block((), (node,), (result,))
    return model(function([c], list(inner.nodes), [result]))
