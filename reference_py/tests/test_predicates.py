"""Expressions of op definitions, and data types."""

from __future__ import annotations

import pytest

from tracescript.ir import DataType, Symbol, dims
from tracescript.opset import dtypes
from tracescript.opset.knowledge import UNKNOWN, Operand
from tracescript.opset.predicates import Evaluator

B = Symbol("B", 1, 8)


def operand(*shape):
    from tracescript.ir import TensorType

    return Operand(TensorType(DataType.FLOAT32, shape))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rank(x) == 2", True),
        ("size(x, 0) >= 1", True),
        ("size(x, 0) == 9", False),
        ("size(x, 0) == 4", UNKNOWN),
        ("is_axis(d, rank(x))", True),
        ("is_axis(2, rank(x))", False),
        ("are_axes([0, -2], rank(x))", False),
        ("none is None or rank(x) == 7", True),
        ("dtype(x) == 'float32' and in_set(dtype(x), 'float')", True),
        ("[n * 2 for n in shape(x)]", [dims.mul(B, 2), 6]),
        ("size(x, 0) == 4 and False", False),
        ("max(size(x, 1), d)", 3),
        ("shape(x)[:1] + [7]", [B, 7]),
        ("1 in [1, 2] and 3 not in [1, 2]", True),
        ("sum(p for p in [1, 2])", 3),
        ("2 if rank(x) == 2 else 3", 2),
        ("prod(shape(x)) % 3", 0),
    ],
)
def test_an_expression_has_its_value(text, expected):
    scope = Evaluator({"x": operand(B, 3), "d": -1, "none": None})

    assert scope.value(text) == expected


@pytest.mark.parametrize("text", ["__import__('os')", "x.shape", "(lambda: 1)()", "open('f')"])
def test_an_expression_cannot_reach_python(text):
    with pytest.raises(ValueError):
        Evaluator({"x": operand(2)}).value(text)


D = DataType


@pytest.mark.parametrize(
    ("tensors", "scalars", "expected"),
    [
        ([(D.FLOAT16, 1), (D.FLOAT64, 0)], [], D.FLOAT16),
        ([(D.INT8, 1), (D.INT64, 0)], [], D.INT8),
        ([(D.INT32, 1)], ["float"], D.FLOAT32),
        ([(D.INT64, 1), (D.FLOAT64, 0)], [], D.FLOAT64),
        ([(D.UINT8, 1), (D.INT8, 1)], [], D.INT16),
        ([(D.UINT8, 1), (D.INT64, 2)], [], D.INT64),
        ([(D.INT64, 1), (D.FLOAT16, 1)], [], D.FLOAT16),
        ([(D.FLOAT16, 1), (D.BFLOAT16, 1)], [], D.FLOAT32),
        ([(D.COMPLEX64, 1), (D.FLOAT64, 1)], [], D.COMPLEX128),
        ([(D.BOOL, 1)], ["int"], D.INT64),
        ([(D.BOOL, 1)], ["bool"], D.BOOL),
        ([(D.FLOAT64, 2)], ["complex"], D.COMPLEX128),
        ([], ["int", "float"], D.FLOAT32),
        ([(D.INT8, 0), (D.UINT8, 1)], [], D.UINT8),
    ],
)
def test_operands_of_a_torch_program_have_its_common_type(tensors, scalars, expected):
    assert dtypes.common(tensors, scalars) is expected


def test_every_data_type_survives_numpy():
    for data_type in DataType:
        if data_type is not DataType.COMPLEX32:
            assert dtypes.of_numpy(dtypes.numpy_of(data_type)) is data_type
