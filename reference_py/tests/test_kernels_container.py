"""Container and conversion kernels against CPython."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracescript import ir
from tracescript.errors import TrapError
from tracescript.kernels import KERNELS
from tracescript.kernels.table import Table

INTS = st.integers(-(2**63), 2**63 - 1)
SMALL = st.integers(-70, 70)
FLOATS = st.floats()


def run(op, *inputs, **attributes):
    """Return the result of a kernel, or the code of its trap."""
    try:
        return KERNELS.get(op)(*inputs, **attributes)
    except TrapError as error:
        return error.code


LISTS = st.lists(SMALL, max_size=6)


@given(LISTS, st.integers(-8, 8), SMALL)
def test_lists_are_values_with_pythons_results(xs, i, x):
    before = list(xs)
    inside = -len(xs) <= i < len(xs)
    changed, shorter = list(xs), list(xs)
    if inside:
        changed[i] = x
        popped = shorter.pop(i)

    assert run("list.get", xs, i) == (xs[i] if inside else "INDEX_ERROR")
    assert run("list.set", xs, i, x) == (changed if inside else "INDEX_ERROR")
    assert run("list.pop", xs, i) == ((popped, shorter) if inside else "INDEX_ERROR")
    assert run("list.append", xs, x) == [*before, x]
    assert run("list.repeat", xs, i) == before * i
    assert run("list.contains", xs, x) is (x in before)
    assert run("list.sort", xs, descending=True) == sorted(before, reverse=True)
    assert xs == before


@given(LISTS, st.none() | SMALL, st.none() | SMALL, st.none() | st.integers(-3, 3))
def test_list_slices_are_pythons(xs, start, end, step):
    expected = "VALUE_ERROR" if step == 0 else xs[start:end:step]

    assert run("list.slice", xs, start, end, step) == expected


def test_values_in_containers_are_compared_by_value():
    nan = math.nan

    assert run("list.contains", [nan], nan) is False
    assert run("list.contains", [(1, nan)], (1, nan)) is False
    assert run("list.contains", [[1], [2]], [2]) is True
    assert run("list.contains", [{"a": 1.0}], {"a": 1.0}) is True
    assert run("list.contains", [{"a": 1}], {"b": 1}) is False


def test_unpacking_gives_a_tuple_of_results():
    assert run("list.unpack", [7], length=1) == (7,)
    assert run("list.unpack", [], length=0) == ()
    assert run("tuple.unpack", (1, "a")) == (1, "a")


def test_dicts_keep_their_order_and_their_old_value():
    d = {"a": 1, "b": 2}

    assert list(run("dict.set", d, "a", 9)) == ["a", "b"]
    assert list(run("dict.set", run("dict.remove", d, "a"), "a", 9)) == ["b", "a"]
    assert d == {"a": 1, "b": 2}
    assert run("dict.get", d, "z", 5) == 5


def test_tensors_give_and_take_python_values():
    assert run("to_tensor", [[1, 2], [3]], dtype=np.dtype("int64")) == "VALUE_ERROR"
    assert run("to_tensor", 300.7, dtype=np.dtype("uint8")) == 255
    assert run("to_tensor", [], dtype=np.dtype("float32")).shape == (0,)
    assert run("size", np.zeros(3), dim=1) == "VALUE_ERROR"
    assert run("item_float", np.int64(2**53 + 1)) == 2.0**53


@pytest.mark.parametrize(
    ("value", "of", "expected"),
    [
        (np.zeros(2), ir.TensorType(ir.DataType.FLOAT64, (None,)), True),
        (np.zeros(2), ir.TensorType(ir.DataType.FLOAT32, None), False),
        ([1, 2], ir.ListType(ir.ScalarType(ir.ScalarKind.INT)), True),
        ([1, "a"], ir.ListType(ir.ScalarType(ir.ScalarKind.INT)), False),
        (None, ir.OptionalType(ir.ScalarType(ir.ScalarKind.INT)), True),
        (
            {"a": 1},
            ir.DictType(ir.ScalarType(ir.ScalarKind.STR), ir.ScalarType(ir.ScalarKind.INT)),
            True,
        ),
        ((1,), ir.StructType("P", (("x", ir.ScalarType(ir.ScalarKind.INT)),)), True),
        ((1, 2), ir.TupleType((ir.ScalarType(ir.ScalarKind.INT),)), False),
        (
            "a",
            ir.UnionType((ir.ScalarType(ir.ScalarKind.INT), ir.ScalarType(ir.ScalarKind.STR))),
            True,
        ),
    ],
)
def test_isinstance_tells_the_members_of_a_union_apart(value, of, expected):
    assert run("isinstance", value, type=of) is expected


def test_two_kernels_for_one_op_are_refused():
    table = Table({"a": int})

    with pytest.raises(ValueError, match="two kernels for a"):
        Table.join(table, table)
