"""What fits where, what two types have in common, and constants."""

from __future__ import annotations

import pytest
from op_calls import F32, FLOAT, I64, INT, STR, B

from tracescript import ir
from tracescript.ir import ListType, TensorType, constants
from tracescript.opset.build import Builder, constant_of
from tracescript.opset.calls import Typing
from tracescript.opset.relations import NEVER, compatible, join


@pytest.fixture
def builder():
    return Builder(Typing())


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (INT, INT, INT),
        (INT, FLOAT, None),
        (INT, constants.NONE, ir.OptionalType(INT)),
        (ir.OptionalType(INT), INT, ir.OptionalType(INT)),
        (constants.NONE, constants.NONE, constants.NONE),
        (ListType(NEVER), ListType(INT), ListType(INT)),
        (TensorType(F32, (2,)), TensorType(F32, (2, 1)), TensorType(F32, None)),
        (TensorType(F32, (2,)), TensorType(I64, (2,)), None),
        (ir.TupleType((INT,)), ir.TupleType((INT, INT)), None),
        (ir.UnionType((INT, STR)), STR, ir.UnionType((INT, STR))),
    ],
)
def test_two_types_join(a, b, expected):
    assert join(a, b) == expected
    assert join(b, a) == expected


@pytest.mark.parametrize(
    ("declared", "found", "fits"),
    [
        (TensorType(F32, (None,)), TensorType(F32, (2,)), True),
        (TensorType(F32, (3,)), TensorType(F32, (2,)), False),
        (TensorType(F32, (B,)), TensorType(F32, (0,)), False),
        (TensorType(F32, None), TensorType(F32, (2,)), True),
        (ir.OptionalType(INT), INT, True),
        (INT, ir.OptionalType(INT), False),
        (ir.UnionType((INT, STR)), INT, True),
        (INT, ir.UnionType((INT, STR)), False),
        (ListType(INT), ListType(NEVER), True),
    ],
)
def test_a_type_fits_where_its_values_may_stand(declared, found, fits):
    assert compatible(declared, found) is fits


def test_constants_of_containers_keep_numbers_plain():
    assert constant_of([1, 2]).value == (1, 2)
    assert constant_of((1, "a")).type == ir.TupleType((INT, STR))
    assert constant_of({"a": 1}).type == ir.DictType(STR, INT)
    with pytest.raises(TypeError):
        constant_of([1, "a"])
