"""Examples call exported methods with values of the right types; places lie in their source."""

from __future__ import annotations

import numpy as np
import pytest

from tracescript import ir
from tracescript.ir.constants import BOOL, INT, STR
from tracescript.validator import findings

F32 = ir.DataType.FLOAT32
X = ir.TensorType(F32, (ir.Symbol("B", 1),))


def model(
    *kinds: ir.Type, calls: tuple[ir.ExampleCall, ...] = (), place: ir.Place | None = None
) -> ir.Model:
    """A model with a method of the given inputs, `x` first, that gives back the first of them."""
    values = tuple(ir.Value(kind, name) for kind, name in zip(kinds, "xyz", strict=False))
    nodes = (ir.Node("foreign", (values[0],), (), opset="com.example", place=place),)
    made = ir.Function(
        "f",
        "authored",
        tuple(ir.Input(v.name, v.type) for v in values),
        (ir.Output("", values[0].type),),
        ir.Block(values, nodes, values[:1]),
    )
    root = ir.Module("M", methods=(ir.Method("forward", "f", exported=True),))
    sources = (ir.SourceFile("m.py", "a\nb"),)
    return ir.Model("m", (made,), root, examples=(ir.Example("e", calls),), sources=sources)


def found(made: ir.Model) -> list[tuple[str, str]]:
    return [(f.code, f.rule) for f in findings(made)]


BAD = [("BAD_EXAMPLE", "GRAPH-28")]
GOOD = (("", np.ones(3, np.float32)),)
OUT = (ir.ExpectedValue(np.ones(3, np.float32)),)


@pytest.mark.parametrize(
    ("call", "is_valid"),
    [
        (ir.ExampleCall("forward", GOOD, OUT), True),
        (ir.ExampleCall("forward", (("x", GOOD[0][1]),), OUT), True),
        (ir.ExampleCall("forward", (("", "text"),), error="BAD_INPUT"), True),
        (ir.ExampleCall("forward", GOOD, error="NO_SUCH_CODE"), False),
        (ir.ExampleCall("backward", GOOD, OUT), False),
        (ir.ExampleCall("a.forward", GOOD, OUT), False),
        (ir.ExampleCall("forward", (), OUT), False),
        (ir.ExampleCall("forward", GOOD + GOOD, OUT), False),
        (ir.ExampleCall("forward", (*GOOD, ("x", GOOD[0][1])), OUT), False),
        (ir.ExampleCall("forward", (("y", GOOD[0][1]),), OUT), False),
        (ir.ExampleCall("forward", (("", np.ones(3)),), OUT), False),
        (ir.ExampleCall("forward", (("", np.ones((3, 1), np.float32)),), OUT), False),
        (ir.ExampleCall("forward", GOOD, ()), False),
    ],
)
def test_an_example_fits_its_method(call, is_valid):
    assert found(model(X, calls=(call,))) == ([] if is_valid else BAD)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (INT, 1, True),
        (BOOL, False, 0),
        (ir.TensorType(F32, (2, None)), np.ones((2, 5), np.float32), np.ones((3, 5), np.float32)),
        (ir.TensorType(F32, None), np.float32(1), 1.0),
        (ir.ListType(INT), [1, 2], (1, 2)),
        (ir.TupleType((INT, STR)), (1, "a"), (1, 2)),
        (ir.StructType("P", (("a", INT),)), (1,), (1, 2)),
        (ir.DictType(STR, INT), {"a": 1}, {1: 1}),
        (ir.OptionalType(INT), None, "a"),
        (ir.UnionType((INT, STR)), "a", 1.0),
    ],
)
def test_an_example_has_values_of_the_input_types(kind, right, wrong):
    def call(value: object) -> ir.ExampleCall:
        return ir.ExampleCall("forward", (("", value),), (ir.ExpectedValue(value),))

    assert found(model(kind, calls=(call(right),))) == []
    assert found(model(kind, calls=(call(wrong),))) == BAD


@pytest.mark.parametrize(("line", "is_inside"), [(0, True), (2, True), (3, False), (-1, False)])
def test_a_place_outside_its_source_is_refused(line, is_inside):
    made = model(X, place=ir.Place("m.py", line))

    assert found(made) == ([] if is_inside else [("BAD_DEBUG", "GRAPH-27")])
