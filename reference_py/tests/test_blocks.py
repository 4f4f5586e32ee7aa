"""The types of `if`, `loop` and `call`."""

from __future__ import annotations

import pytest
from op_calls import BOOL, F32, FLOAT, INT, B, refused, tensor, value

from tracescript import ir
from tracescript.ir import Symbol, TensorType
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing


@pytest.fixture
def builder():
    return Builder(Typing())


def test_the_arms_of_an_if_are_joined(builder):
    then, other = builder.child(), builder.child()

    (y,) = builder.call(
        "if",
        [value(BOOL)],
        blocks=[then.block((), [tensor(2, 5)]), other.block((), [tensor(3, 5)])],
    )

    assert y.type == TensorType(F32, (None, 5))


def test_arms_without_a_common_type_are_refused(builder):
    arms = [builder.child().block((), [value(INT)]), builder.child().block((), [tensor(1)])]

    assert refused(builder, "if", [value(BOOL)], blocks=arms) == ("BAD_TYPE", "FLOW-4")


def test_arms_with_different_numbers_of_results_are_refused(builder):
    arms = [builder.child().block((), [value(INT)]), builder.child().block((), [])]

    assert refused(builder, "if", [value(BOOL)], blocks=arms) == ("BAD_GRAPH", "FLOW-3")


def test_an_if_needs_a_bool(builder):
    arms = [builder.child().block((), [])] * 2

    assert refused(builder, "if", [tensor()], blocks=arms) == ("BAD_TYPE", "GRAPH-42")


def test_an_if_needs_two_blocks(builder):
    arms = [builder.child().block((), [])]

    assert refused(builder, "if", [value(BOOL)], blocks=arms) == ("BAD_CALL", "FLOW-9")


def loop_body(builder, index, param, condition, following):
    return [
        builder.child().block(
            [value(t) for t in (index, param)], [value(condition), value(following)]
        )
    ]


def test_a_loop_gives_what_it_carries(builder):
    body = loop_body(builder, INT, FLOAT, BOOL, FLOAT)

    (y,) = builder.call("loop", [None, value(BOOL), value(FLOAT)], blocks=body)

    assert y.type == FLOAT


@pytest.mark.parametrize(
    ("types", "rule"),
    [
        ((FLOAT, FLOAT, BOOL, FLOAT), "FLOW-5"),
        ((INT, FLOAT, INT, FLOAT), "FLOW-6"),
        ((INT, FLOAT, BOOL, INT), "FLOW-7"),
        ((INT, INT, BOOL, INT), "FLOW-7"),
    ],
)
def test_a_loop_whose_body_does_not_fit_is_refused(builder, types, rule):
    body = loop_body(builder, *types)

    assert refused(builder, "loop", [None, value(BOOL), value(FLOAT)], blocks=body)[1] == rule


def callee():
    x = ir.Value(TensorType(F32, (B, 4)))
    out = ir.Output("", TensorType(F32, (B, 8)))
    return ir.Function("f", "authored", (ir.Input("x", x.type),), (out,), ir.Block((x,), (), (x,)))


def test_a_call_replaces_the_symbols_of_the_function():
    builder = Builder(Typing({"f": callee()}.get))
    n = Symbol("N")

    (y,) = builder.call("call", [tensor(n, 4)], {"function": ir.FunctionRef("f")})

    assert y.type == TensorType(F32, (n, 8))


@pytest.mark.parametrize(
    ("arguments", "name", "rule"),
    [
        ([tensor(2, 4)], "g", "GRAPH-33"),
        ([], "f", "FLOW-10"),
        ([tensor(2, 5)], "f", "FLOW-10"),
    ],
)
def test_a_call_that_does_not_fit_its_function_is_refused(arguments, name, rule):
    builder = Builder(Typing({"f": callee()}.get))

    assert refused(builder, "call", arguments, {"function": ir.FunctionRef(name)})[1] == rule
