"""One fault in a trace decision or a shape guard gives exactly the finding of its rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tracescript import ir
from tracescript.ir.constants import BOOL, INT, STR, scalar, tensor
from tracescript.validator import findings

F32 = ir.DataType.FLOAT32
B = ir.Symbol("B", 1)
X = ir.TensorType(F32, (B,))
TRUTH = ir.TensorType(ir.DataType.BOOL, ())
SEEN = scalar(value=True)
PAIR = tensor(np.ones(2, np.float32), F32)


def layer(**changes: object) -> ir.Function:
    """A function of a tensor `x` and an int `n`, with a predicate `t` in its body."""
    x, n, t = ir.Value(X, "x"), ir.Value(INT, "n"), ir.Value(TRUTH, "t")
    inputs = (ir.Input("x", X), ir.Input("n", INT))
    nodes = (ir.Node("foreign", (x,), (t,), opset="com.example"),)
    body = ir.Block((x, n), nodes, (x,))
    return replace(ir.Function("f", "traced", inputs, (ir.Output("", X),), body), **changes)


def found(function: ir.Function) -> list[tuple[str, str]]:
    made = ir.Model("m", (function,), ir.Module("M"))
    return [(f.code, f.rule) for f in findings(made)]


def decided(kind: str, value: object, observed: object, **changes: object) -> ir.Function:
    made = layer()
    body = {v.name: v for v in (*made.body.params, *made.body.nodes[0].outputs)}
    decision = ir.TraceDecision(kind, body.get(value, value), observed)
    return replace(made, decisions=(decision,), **changes)


@pytest.mark.parametrize(
    ("made", "rules"),
    [
        (decided("branch", "t", SEEN), []),
        (decided("int_read", "n", scalar(3)), []),
        (decided("float_read", "x", scalar(0.5)), []),
        (decided("tensor_read", "x", PAIR), []),
        (decided("unrecorded", None, None), []),
        (decided("branch", "t", SEEN, origin="scripted"), [("BAD_GUARD", "TRACE-20")]),
        (decided("branch", None, SEEN), [("BAD_GUARD", "TRACE-21")]),
        (decided("branch", "t", None), [("BAD_GUARD", "TRACE-21")]),
        (decided("unrecorded", "t", None), [("BAD_GUARD", "TRACE-21")]),
        (decided("branch", "t", scalar(1)), [("BAD_GUARD", "TRACE-22")]),
        (decided("int_read", "n", SEEN), [("BAD_GUARD", "TRACE-22")]),
        (decided("tensor_read", "t", PAIR), [("BAD_GUARD", "TRACE-22")]),
        (
            decided("int_read", ir.Value(STR, "", scalar("a")), scalar(1)),
            [("BAD_GUARD", "TRACE-23")],
        ),
        (decided("branch", ir.Value(BOOL, "lost"), SEEN), [("BAD_GUARD", "TRACE-24")]),
        (decided("guess", "t", SEEN), [("BAD_ENUM", "TRACE-27")]),
    ],
)
def test_a_trace_decision_fits_its_function(made, rules):
    assert found(made) == rules


def test_decisions_that_no_text_order_allows_are_refused():
    c, x = ir.Value(BOOL, "c"), ir.Value(X, "x")
    inner = [ir.Value(X, "a"), ir.Value(X, "b")]
    arms = tuple(ir.Block((), (ir.Node("neg", (x,), (v,)),), (v,)) for v in inner)
    y = ir.Value(X, "y")
    body = ir.Block((c, x), (ir.Node("if", (c,), (y,), blocks=arms),), (y,))
    inputs = (ir.Input("c", BOOL), ir.Input("x", X))
    seen = [ir.TraceDecision("float_read", v, scalar(1.0)) for v in (*inner, c)]

    def rules(*order: ir.TraceDecision) -> list[tuple[str, str]]:
        made = ir.Function("f", "traced", inputs, (ir.Output("", X),), body, order)
        return found(made)

    seen[2] = ir.TraceDecision("branch", c, SEEN)
    assert rules(seen[0], seen[1], seen[2]) == []
    assert rules(seen[1], seen[0]) == [("BAD_GUARD", "TRACE-25")]


@pytest.mark.parametrize(
    ("guard", "rules"),
    [
        (ir.ShapeGuard(B, "==", 3, "comparison"), []),
        (ir.ShapeGuard(B, "<=", None, "comparison"), [("BAD_GUARD", "TRACE-26")]),
        (ir.ShapeGuard(ir.Symbol("C"), "!=", 1, "iteration"), [("BAD_GUARD", "TRACE-26")]),
        (ir.ShapeGuard(B, ">", 3, "comparison"), [("BAD_ENUM", "TRACE-27")]),
        (ir.ShapeGuard(B, "==", 3, "odd"), [("BAD_ENUM", "TRACE-27")]),
    ],
)
def test_a_shape_guard_compares_bound_symbols(guard, rules):
    assert found(layer(shape_guards=(guard,))) == rules
