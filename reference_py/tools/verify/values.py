"""Operands: special values of each data type, random ones, shapes of rank 0 to 4."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.opset.dtypes import category, in_set, limits, numpy_of

if TYPE_CHECKING:
    from tracescript.ir import DataType

SHAPES: Final = ((), (0,), (1,), (7,), (2, 3), (2, 0, 3), (3, 1, 2), (2, 3, 1, 2))
PAIRS: Final = (
    ((), ()),
    ((5,), ()),
    ((2, 1), (1, 3)),
    ((0,), (1,)),
    ((2, 3), (3,)),
    ((0, 1), (3,)),
    ((1, 2, 3, 1), (2, 1, 4)),
    ((2, 3, 4), (2, 3, 4)),
)
LONG: Final = 70
"""An extent at which vector code takes another path than for short rows."""
_FLOATS: Final = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 2.0, -3.0, 0.1, -0.75),
    *(3.14159274, 10.0, -30.0, 20.0, 25.0, 100.0, -100.0, 0.999, 1.0009765625),
)
_COMPLEX: Final = (0, 1, -1, 1j, -1j, 1 + 2j, -2.5 + 0.5j, 3 - 4j, 0.25 + 0.125j)
_FLOAT_CATEGORY: Final = 2
_INT_CATEGORY: Final = 1


def generator(*seed: Any) -> np.random.Generator:
    """Return a generator whose numbers hang on the seed only."""
    return np.random.default_rng(list(repr(seed).encode()))


def is_float(data_type: DataType) -> bool:
    """Return whether it is a float type."""
    return in_set(data_type, "float")


def ends(data_type: DataType) -> tuple[int, int]:
    """Return the least and the greatest of an integer type."""
    import ml_dtypes

    found = ml_dtypes.iinfo(numpy_of(data_type))
    return int(found.min), int(found.max)


def special(data_type: DataType, *, extremes: bool = True, nonfinite: bool = True) -> Any:
    """Return the values at which ops differ, as a vector."""
    dtype = numpy_of(data_type)
    kind = category(data_type)
    if kind == 0:
        return np.array([False, True, True, False])
    if dtype.isbuiltin != 1 and data_type.bits <= 8:
        return np.arange(2**data_type.bits, dtype=np.uint8).view(dtype)
    if kind == _INT_CATEGORY:
        low, high = ends(data_type)
        middle = (-100, -8, -3, -2, -1, 0, 1, 2, 3, 5, 7, 8, 31, 63, 64, 100)
        outer = [low, low + 1, high - 1, high] if extremes else []
        return np.array([v for v in (*middle, *outer) if low <= v <= high], dtype)
    if kind == _FLOAT_CATEGORY:
        values = list(_FLOATS)
        if extremes:
            found = limits(data_type)
            tiny = float(found.smallest_subnormal)
            values += [float(found.max), float(found.min), float(found.tiny)]
            values += [tiny, -tiny, float(found.eps), float(found.max) / 2]
        if nonfinite:
            values += [np.inf, -np.inf, np.nan]
        with np.errstate(all="ignore"):
            return np.array(values, np.float64).astype(dtype)
    return np.array(_COMPLEX, dtype)


def array(data_type: DataType, shape: tuple[int, ...], seed: Any = 0, scale: float = 1.0) -> Any:
    """Return ordinary numbers of a data type."""
    draw = generator(seed, shape, data_type.value)
    dtype = numpy_of(data_type)
    kind = category(data_type)
    if kind == 0:
        return np.asarray(draw.integers(0, 2, shape)).astype(bool)
    if kind == _INT_CATEGORY:
        low = 0 if data_type.value.startswith("u") else -9
        return np.asarray(draw.integers(low, 10, shape)).astype(dtype)
    if kind == _FLOAT_CATEGORY:
        return np.asarray(draw.standard_normal(shape) * scale).astype(dtype)
    return np.asarray(draw.standard_normal(shape) + 1j * draw.standard_normal(shape)).astype(dtype)


def tied(data_type: DataType, shape: tuple[int, ...], seed: Any = 0) -> Any:
    """Return few different values, NaN and both zeros among them: many ties."""
    draw = generator("tied", seed, shape, data_type.value)
    pool = np.array([0, 1, 2, 3], numpy_of(data_type))
    if is_float(data_type):
        pool = np.array([0.0, -0.0, 1, 2, np.nan, np.inf, -np.inf], np.float64)
        pool = pool.astype(numpy_of(data_type))
    return np.asarray(pool[draw.integers(0, len(pool), shape)])


def unit(data_type: DataType, shape: tuple[int, ...], seed: Any = 0) -> Any:
    """Return numbers between 0 and 1, the ends left out."""
    draw = generator("unit", seed, shape, data_type.value)
    return np.asarray(draw.uniform(0.05, 0.95, shape)).astype(numpy_of(data_type))


def positive(data_type: DataType, shape: tuple[int, ...], seed: Any = 0) -> Any:
    """Return numbers from 0.5 to 2."""
    draw = generator("positive", seed, shape, data_type.value)
    return np.asarray(draw.uniform(0.5, 2.0, shape)).astype(numpy_of(data_type))


def places(limit: int, shape: tuple[int, ...], seed: Any = 0) -> Any:
    """Return indices below a limit."""
    return np.asarray(generator("places", seed, shape, limit).integers(0, max(limit, 1), shape))


def grid(data_type: DataType, **which: bool) -> tuple[Any, Any]:
    """Return every pair of special values, as two vectors."""
    x = special(data_type, **which)
    first, second = np.array(list(itertools.product(range(len(x)), repeat=2))).T
    return x[first], x[second]
