"""Run-time values as messages: both directions, and what is refused."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire_models import describe
from tracescript import ir
from tracescript.errors import TsError
from tracescript.ir import constants as c
from tracescript.ir.types import DataType
from tracescript.v1 import data_pb2
from tracescript.wire.bundles import encode
from tracescript.wire.read_bundles import decode

PAIR = ir.StructType("Pair", (("a", c.INT), ("b", ir.ListType(c.INT))))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -(2**63),
        1.5,
        float("inf"),
        "",
        "é\0",
        complex(1, -0.0),
        DataType.BFLOAT16,
        [],
        (),
        {},
        [1, [2.0, (None, "x")], {}],
        {"a": [1], 2: {True: "x"}},
    ],
)
def test_a_value_comes_back_with_its_type(value: Any) -> None:
    [(name, found)] = decode(encode([("x", value)]))
    assert name == "x"
    assert describe(found) == describe(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int64).reshape(2, 3),
        np.zeros((0, 3), np.float32),
        np.array(1.5, np.float64),
        np.array([True, False]),
        np.array([1, -1, 0.5], ml_dtypes.bfloat16),
        np.array([1, -1, 7], np.int8).astype(ml_dtypes.int4),
        np.array([0x7FC12345], np.uint32).view(np.float32),
        np.array([1j, 2]),
    ],
)
def test_an_array_comes_back_bit_for_bit_and_read_only(array: np.ndarray) -> None:
    [(_, found)] = decode(encode([("", array)]))
    assert describe(found) == describe(array)
    assert not found.flags.writeable


def test_a_numpy_scalar_is_a_tensor_of_rank_zero() -> None:
    [(_, found)] = decode(encode([("", np.float64(2.5))]))
    assert (found.dtype, found.shape, float(found)) == (np.float64, (), 2.5)


def test_an_array_of_another_layout_or_byte_order_is_written_row_major_little_endian() -> None:
    array = np.arange(6, dtype=">i2").reshape(2, 3).T
    bundle = encode([("", array)])
    assert bundle.table[1].tensor.content.hex() == "000003000100040002000500"


def test_a_tuple_of_struct_type_is_written_as_a_struct() -> None:
    optional = ir.OptionalType(PAIR)
    bundle = encode([("", (1, [2]))], [optional])
    assert bundle.table[4].struct.name == "Pair"
    assert decode(bundle) == [("", (1, [2]))]
    union = ir.UnionType((c.INT, PAIR))
    nested = encode([("", {"k": (1, [2])})], [ir.DictType(c.STR, union)])
    assert [e.WhichOneof("kind") for e in nested.table][-2:] == ["struct", "dict"]


def test_a_tuple_of_another_length_than_its_type_is_written_without_it() -> None:
    bundle = encode([("", (1, 2, 3))], [ir.TupleType((c.INT,))])
    assert decode(bundle) == [("", (1, 2, 3))]


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=3)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.lists(values, max_size=3))
def test_any_values_come_back_equal(items: list[Any]) -> None:
    bundle = encode([("", value) for value in items])
    again = data_pb2.DataBundle.FromString(bundle.SerializeToString())
    assert describe([value for _, value in decode(again)]) == describe(items)


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, 2**63, -(2**63) - 1, {1.5: 1}, {(1,): 1}, deep(65), b"bytes"]
)
def test_a_value_of_another_kind_is_refused(value: Any) -> None:
    with pytest.raises(TsError) as error:
        encode([("", value)], code="BAD_INPUT")
    assert (error.value.code, error.value.rule) == ("BAD_INPUT", "CONTAINER-24")


def test_the_deepest_value_allowed_comes_back() -> None:
    assert decode(encode([("", deep(64))])) == [("", deep(64))]


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([object()]), np.zeros(2, "M8[s]")])
def test_an_array_of_another_dtype_is_not_supported(array: np.ndarray) -> None:
    with pytest.raises(TsError) as error:
        encode([("", array)])
    assert error.value.code == "UNSUPPORTED_DATA_TYPE"


def bundle(
    *entries: dict[str, Any], items: list[tuple[str, int]] | None = None
) -> data_pb2.DataBundle:
    table = [data_pb2.Data(), *(data_pb2.Data(**entry) for entry in entries)]
    named = [data_pb2.DataItem(name=n, data=d) for n, d in items or []]
    return data_pb2.DataBundle(table=table, items=named)


def indices(*items: int) -> Any:
    return encode([("", [0] * 3)]).table[-1].list.__class__(items=items)


def tensor(**fields: Any) -> dict[str, Any]:
    return {"tensor": data_pb2.TensorData(**fields)}


ONE = {"int_value": 1}


@pytest.mark.parametrize(
    ("given_bundle", "where"),
    [
        (data_pb2.DataBundle(), "d.table[0]"),
        (data_pb2.DataBundle(table=[data_pb2.Data(int_value=1)]), "d.table[0]"),
        (bundle({}), "d.table[1]"),
        (bundle({"list": indices(1)}), "d.table[1].list[0]"),
        (bundle({"tuple": indices(2)}, ONE), "d.table[1].tuple[0]"),
        (bundle(ONE, {"list": indices(0)}), "d.table[2].list[0]"),
        (bundle(ONE, {"dict": indices(1)}), "d.table[2]"),
        (bundle({"float_value": 1}, {"dict": indices(1, 1)}), "d.table[2]"),
        (bundle(ONE, {"dict": indices(1, 1, 1, 1)}), "d.table[2]"),
        (bundle({"struct": data_pb2.StructData(name="S", fields=[1])}), "d.table[1].fields[0]"),
        (bundle(tensor(data_type=2, shape=[2], content=b"x")), "d.table[1].tensor.content"),
        (bundle(tensor(data_type=1, shape=[1], content=b"\2")), "d.table[1].tensor"),
        (bundle(tensor(data_type=26, shape=[1], content=b"\x10")), "d.table[1].tensor"),
        (bundle(ONE, items=[("", 0)]), "d.items[0].data"),
        (bundle(ONE, items=[("", 2)]), "d.items[0].data"),
        (bundle(ONE, items=[("a", 1), ("a", 1)]), "d.items[1].name"),
        (bundle(ONE, items=[("a", 1), ("", 1)]), "d.items[1].name"),
    ],
)
def test_a_bundle_that_is_not_sound_is_refused_with_its_place(
    given_bundle: data_pb2.DataBundle, where: str
) -> None:
    with pytest.raises(TsError) as error:
        decode(given_bundle, "d")
    assert (error.value.code, error.value.where) == ("BAD_REQUEST", where)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (tensor(data_type=99), "BAD_ENUM"),
        (tensor(), "BAD_ENUM"),
        (tensor(data_type=2, shape=[1] * 65), "FILE_LIMIT"),
        (tensor(data_type=2, shape=[2**32, 2**32]), "FILE_LIMIT"),
        (tensor(data_type=14, shape=[1], content=bytes(4)), "UNSUPPORTED_DATA_TYPE"),
    ],
)
def test_a_tensor_beyond_this_reader_is_refused(entry: dict[str, Any], code: str) -> None:
    with pytest.raises(TsError) as error:
        decode(bundle(entry))
    assert error.value.code == code


def test_data_that_unfolds_to_a_huge_tree_is_refused() -> None:
    doubled = [{"tuple": indices(i, i)} for i in range(1, 40)]
    with pytest.raises(TsError) as error:
        decode(bundle(ONE, *doubled))
    assert error.value.code == "FILE_LIMIT"


def test_data_deeper_than_the_limit_is_refused() -> None:
    nested = [{"list": indices(i)} for i in range(1, 65)]
    with pytest.raises(TsError) as error:
        decode(bundle(ONE, *nested))
    assert error.value.code == "FILE_LIMIT"
