"""Casts to and from types that numpy has no arithmetic for."""

from __future__ import annotations

import itertools

import ml_dtypes
import numpy as np
import pytest
from op_runs import by_definition, by_kernel

from tracescript.errors import InvalidModelError
from tracescript.ir import DataType
from tracescript.opset.dtypes import numpy_of

HELD = [d for d in DataType if d is not DataType.COMPLEX32]
FLOATS = ["float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float6_e2m3fn"]
FLOATS += ["float6_e3m2fn", "float4_e2m1fn"]


def cast(x: np.ndarray, dtype: DataType) -> np.ndarray:
    return by_kernel("cast", [x], {"dtype": dtype})[0]


def is_lost(source: DataType, target: DataType) -> bool:
    """Whether a cast would drop an imaginary part."""
    return source.value.startswith("complex") and not target.value.startswith(("complex", "bool"))


@pytest.mark.parametrize(("source", "target"), [*itertools.product(HELD, HELD)])
def test_one_is_one_in_every_type(source, target):
    one = np.ones(2, np.int64).astype(np.int8).astype(numpy_of(source))

    if is_lost(source, target):
        with pytest.raises(InvalidModelError):
            by_definition("cast", [one], {"dtype": target})
        return
    found = cast(one, target)

    assert found.dtype == numpy_of(target)
    assert (found == numpy_of(target).type(1)).all()


@pytest.mark.parametrize("name", FLOATS)
def test_a_narrow_float_is_the_nearest_one_with_an_even_last_bit(name):
    dtype = np.dtype(getattr(ml_dtypes, name))
    bits = np.arange(2 ** ml_dtypes.finfo(dtype).bits, dtype=np.uint8)
    numbers = np.sort(bits.view(dtype).astype(np.float64))
    numbers = np.unique(numbers[np.isfinite(numbers)])
    middles = (numbers[1:] + numbers[:-1]) / 2
    codes = {
        float(v.astype(np.float64)): int(b) for v, b in zip(bits.view(dtype), bits, strict=True)
    }

    found = cast(middles, DataType(name)).astype(np.float64)

    for low, high, got in zip(numbers, numbers[1:], found, strict=False):
        even = low if codes[float(low)] % 2 == 0 else high
        assert got == even, (low, high)
    assert np.array_equal(cast(numbers, DataType(name)).astype(np.float64), numbers)


@pytest.mark.parametrize("name", FLOATS)
def test_what_is_beyond_the_largest_number_stops_there_or_is_infinite(name):
    top = float(ml_dtypes.finfo(name).max)
    ends = np.array([np.inf, -np.inf, 2 * top, -2 * top])

    found = cast(ends, DataType(name)).astype(np.float64)

    reached = np.inf if name == "float8_e5m2" else top
    assert found.tolist() == [reached, -reached, reached, -reached]


@pytest.mark.parametrize("dtype", [DataType.INT4, DataType.UINT4, DataType.INT2, DataType.UINT2])
def test_integers_of_few_bits_wrap_and_floats_stop(dtype):
    whole = np.arange(-40, 40)
    width, signed = dtype.bits, dtype.value.startswith("int")
    low = -(2 ** (width - 1)) if signed else 0
    high = low + 2**width - 1

    assert cast(whole, dtype).astype(np.int64).tolist() == [
        (n - low) % 2**width + low for n in whole.tolist()
    ]
    assert cast(whole + 0.25, dtype).astype(np.int64).tolist() == [
        min(max(int(n + 0.25), low), high) for n in whole.tolist()
    ]


@pytest.mark.parametrize("dtype", [DataType.FLOAT8_E5M2, DataType.INT4, DataType.UINT16])
def test_ops_that_move_elements_take_storage_types(dtype):
    x = np.arange(6).reshape(2, 3).astype(np.int8).astype(numpy_of(dtype))
    calls = [
        ("reshape", [x, [3, 2]], {}, x.reshape(3, 2)),
        ("permute", [x], {"dims": (1, 0)}, x.T),
        ("slice", [x, 1, 3, None], {"dim": 1}, x[:, 1:3]),
        ("cat", [[x, x]], {"dim": 0}, np.concatenate([x, x])),
        ("index_select", [x, np.array([1, 0])], {"dim": 0}, x[[1, 0]]),
        ("identity", [x], {}, x),
    ]

    for op, inputs, attributes, wanted in calls:
        (found,) = by_definition(op, inputs, attributes)
        assert found.dtype == x.dtype
        assert (found.astype(np.float32) == wanted.astype(np.float32)).all(), op


def test_arithmetic_takes_no_storage_type():
    x = np.ones(2, numpy_of(DataType.FLOAT8_E5M2))

    with pytest.raises(InvalidModelError) as caught:
        by_definition("add", [x, x], {})

    assert caught.value.code == "BAD_CALL"
