"""Two models for tests and tools: the gate, and one with an entry in every table."""

from __future__ import annotations

from typing import Any

import numpy as np

from tracescript import ir
from tracescript.ir import constants as c
from tracescript.ir.types import DataType

F32 = DataType.FLOAT32
SCALAR_TENSOR = ir.TensorType(F32, ())


def gate(**changes: Any) -> ir.Model:
    """Return the gate: `if x.sum() > 0: return x else: return -x`, with a weight and an example."""
    vector = ir.TensorType(F32, (ir.Symbol("n"),))
    x, y, negated = ir.Value(vector, "x"), ir.Value(vector, "y"), ir.Value(vector, "negated")
    total, zero = ir.Value(SCALAR_TENSOR, "total"), c.tensor(np.float32(0), F32)
    is_positive = ir.Value(ir.TensorType(DataType.BOOL, ()), "is_positive")
    chosen = ir.Value(c.BOOL, "chosen")
    kept = ir.Block((), (), (x,))
    lost = ir.Block((), (ir.Node("neg", (x,), (negated,)),), (negated,))
    place = ir.Place("gate.py", 5, 4, scope="Gate.forward")
    body = ir.Block(
        (x,),
        (
            ir.Node("sum", (x,), (total,), place=place),
            ir.Node("gt", (total, ir.Value(SCALAR_TENSOR, "", zero)), (is_positive,)),
            ir.Node("item_bool", (is_positive,), (chosen,)),
            ir.Node("if", (chosen,), (y,), blocks=(kept, lost)),
        ),
        (y,),
    )
    function = ir.Function(
        "Gate.forward", "scripted", (ir.Input("x", vector),), (ir.Output("", vector),), body
    )
    weight = c.weight(np.arange(12, dtype=np.float32).reshape(3, 4), F32)
    root = ir.Module(
        "Gate",
        parameters=(ir.Parameter("w", weight), ir.Parameter("tied", weight)),
        methods=(ir.Method("forward", "Gate.forward", exported=True),),
    )
    ones = np.ones(3, np.float32)
    call = ir.ExampleCall("forward", (("x", ones),), (ir.ExpectedValue(ones, np.float64(1e-6)),))
    arguments: dict[str, Any] = {
        "name": "gate",
        "functions": (function,),
        "root": root,
        "producer": ("tracescript", "0.1.0"),
        "producer_sources": ("numpy 2.0",),
        "metadata": (("author", "nobody"),),
        "examples": (ir.Example("positive", (call,)),),
        "sources": (ir.SourceFile("gate.py", "x = 1\n" * 5, bytes(32)),),
        "extra_files": (ir.ExtraFile("labels.txt", b"cat\ndog\n", "text/plain"),),
    }
    return ir.Model(**(arguments | changes))


def module_model(root: ir.Module, *functions: ir.Function) -> ir.Model:
    """Return a model of a root module and functions."""
    return ir.Model("m", functions, root)


def constant_model(*constants: ir.Constant) -> ir.Model:
    """Return a model without functions whose root has these constants as attributes."""
    attributes = [ir.ModuleAttribute(f"a{i}", constant) for i, constant in enumerate(constants)]
    return module_model(ir.Module("Root", attributes=tuple(attributes)))


def function_of(name: str, body: ir.Block, **more: Any) -> ir.Function:
    """Return a function whose signature is that of its body."""
    inputs = tuple(ir.Input(f"i{i}", value.type) for i, value in enumerate(body.params))
    outputs = tuple(ir.Output("", value.type) for value in body.results)
    return ir.Function(name, "authored", inputs, outputs, body, **more)


def one_function(body: ir.Block, **more: Any) -> ir.Model:
    """Return a model with one function and the method that calls it."""
    methods = (ir.Method("forward", "f", exported=True),)
    return module_model(ir.Module("Root", methods=methods), function_of("f", body, **more))


def _constants() -> tuple[ir.Constant, ...]:
    return (
        c.scalar(1.5),
        c.scalar("text"),
        c.scalar(F32),
        c.numbers((1, 2), c.INT),
        c.numbers((1.0, 2.0), c.FLOAT),
        ir.Constant(ir.ListType(c.STR), (c.scalar("a"), c.scalar("b"))),
        ir.Constant(ir.DictType(c.STR, c.INT), (("k", c.scalar(4)),)),
    )


def rich() -> ir.Model:
    """Return a model with an entry in every table."""
    n = ir.Symbol("n")
    sized = ir.TensorType(F32, (n, ir.DimExpr("+", (n, 1))))
    struct = ir.StructType("Pair", (("a", c.INT), ("b", c.FLOAT)))
    union = ir.UnionType((c.INT, c.STR))
    kinds: tuple[Any, ...] = (
        ir.ListType(c.INT),
        ir.TupleType((c.INT, c.FLOAT)),
        ir.DictType(c.STR, c.INT),
        ir.OptionalType(c.INT),
        union,
        struct,
    )
    outputs = tuple(ir.Value(t) for t in kinds)
    predicate = ir.Value(c.BOOL, "p")
    x = ir.Value(sized, "x")
    inner = ir.Block((), (ir.Node("neg", (x,), (ir.Value(sized),)),), (x,))
    constants = _constants()
    nodes = (
        ir.Node("size", (x, None), (predicate,), (("dim", c.scalar(0)), ("type", union))),
        ir.Node("if", (predicate,), outputs, blocks=(inner, ir.Block((), (), (x,)))),
        ir.Node("call", (), (), (("function", ir.FunctionRef("helper")),)),
    )
    state_value = ir.Value(c.INT, "s")
    function = ir.Function(
        "f",
        "traced",
        (ir.Input("x", sized, default=constants[0]), ir.Input("s", c.INT, "state")),
        (ir.Output("y", sized), ir.Output("", c.INT)),
        ir.Block((x, state_value), nodes, (x, state_value)),
        (ir.TraceDecision("branch", predicate, c.scalar(True), ir.GuardDebug(predicate="p")),),
        (ir.ShapeGuard(n, "<=", 9, "comparison", ir.GuardDebug(statement="if")),),
    )
    state = ir.State("s", c.INT, c.scalar(7), "attribute")
    child = ir.Module("Child", buffers=(ir.Buffer("b", c.weight(np.ones(2, np.float32), F32)),))
    root = ir.Module(
        "Root",
        parameters=(ir.Parameter("w", c.weight(np.ones((2, 2), np.float32), F32)),),
        attributes=(
            ir.ModuleAttribute("s", state),
            *(ir.ModuleAttribute(f"c{i}", k) for i, k in enumerate(constants)),
        ),
        submodules=(ir.Submodule("child", child),),
        methods=(ir.Method("forward", "f", True, (constants[0],), (state,)),),
    )
    helper = function_of("helper", ir.Block((), (), ()))
    return gate(functions=(helper, function), root=root)
