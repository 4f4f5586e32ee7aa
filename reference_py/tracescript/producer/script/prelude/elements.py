"""numpy functions by their definition: element by element, and parts by index.

As `prelude_numpy`: written in the language of scripts.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracescript.producer.marks import unroll
from tracescript.producer.script.prelude.op_names import ops

COMPLEX = (np.complex64, np.complex128)
INTEGERS = (
    *(np.bool_, np.int8, np.int16, np.int32, np.int64),
    *(np.uint8, np.uint16, np.uint32, np.uint64),
)


def inexact(x: Any) -> Any:
    """As numpy's float functions of one array take it: the smallest float type that holds it."""
    if x.dtype in (np.bool_, np.int8, np.uint8):
        return x.astype(np.float16)
    if x.dtype in (np.int16, np.uint16):
        return x.astype(np.float32)
    if x.dtype in INTEGERS:
        return x.astype(np.float64)
    return x


def inexact_pair(x: Any, y: Any) -> Any:
    """As numpy's float functions of two arrays, or an array and a number, take them."""
    both = inexact(x + y).dtype
    return np.asarray(x).astype(both), np.asarray(y).astype(both)


def cbrt(x: Any) -> Any:
    """The third root."""
    given = inexact(x)
    wide = given.astype(np.float32) if given.dtype == np.float16 else given
    return np.copysign(np.power(np.abs(wide), 1 / 3), wide).astype(given.dtype)


def signbit(x: Any) -> Any:
    """Where the sign is minus, of zeros too."""
    return np.copysign(np.ones_like(x), x) < 0


def float_power(x: Any, y: Any) -> Any:
    """The power as float64."""
    return np.power(x.astype(np.float64), y)


def radians(x: Any) -> Any:
    """Degrees as radians."""
    return scaled(inexact(x), math.pi / 180)


def degrees(x: Any) -> Any:
    """Radians as degrees."""
    return scaled(inexact(x), 180 / math.pi)


def scaled(x: Any, factor: float) -> Any:
    """Of floats; numpy multiplies half floats as single ones."""
    if x.dtype == np.float16:
        return (x.astype(np.float32) * factor).astype(np.float16)
    return x * factor


def isposinf(x: Any) -> Any:
    """Where x is the positive infinity."""
    return np.logical_and(np.isinf(x), x > 0)


def isneginf(x: Any) -> Any:
    """Where x is the negative infinity."""
    return np.logical_and(np.isinf(x), x < 0)


def heaviside(x: Any, h: Any) -> Any:
    """0 below 0, h at 0, 1 above; NaN stays."""
    given, value = inexact_pair(x, h)
    step = np.where(given == 0, value, np.where(given > 0, np.ones_like(given), 0))
    return np.where(np.isnan(given), given, step)


def logaddexp2(x: Any, y: Any) -> Any:
    """log2(2**x + 2**y)."""
    a, b = inexact_pair(x, y)
    dtype = a.dtype
    if dtype == np.float16:
        a, b = a.astype(np.float32), b.astype(np.float32)
    high = np.maximum(a, b)
    sums = high + np.log2(1 + np.exp2(np.minimum(a, b) - high))
    return np.where(a == b, high + 1, sums).astype(dtype)


def isin(element: Any, test_elements: Any) -> Any:
    """Which elements are among others."""
    others = np.reshape(np.asarray(test_elements), (-1,))
    return np.any(element[..., None] == others, axis=-1)


def real(val: Any) -> Any:
    """The real part."""
    return ops.real(val) if val.dtype in COMPLEX else val


def imag(val: Any) -> Any:
    """The imaginary part."""
    return ops.imag(val) if val.dtype in COMPLEX else np.zeros_like(val)


def isreal(x: Any) -> Any:
    """Where the imaginary part is 0."""
    return imag(x) == 0


def iscomplex(x: Any) -> Any:
    """Where the imaginary part is not 0."""
    return imag(x) != 0


def nonzero(a: Any) -> Any:
    """Where the array is not 0: an array of places for each axis."""
    found = ops.nonzero(a)
    return tuple(found[:, i] for i in range(a.ndim))


def flatnonzero(a: Any) -> Any:
    """Where the flat array is not 0."""
    return ops.nonzero(np.reshape(np.asarray(a), (-1,)))[:, 0]


def compress(condition: Any, a: Any, axis: Any = None) -> Any:
    """The parts along an axis where a condition holds."""
    if axis is None:
        return ops.index_select(np.reshape(a, (-1,)), flatnonzero(condition), dim=0)
    return ops.index_select(a, flatnonzero(condition), dim=axis)


def extract(condition: Any, arr: Any) -> Any:
    """Elements where a condition holds."""
    return ops.index_select(np.reshape(arr, (-1,)), flatnonzero(condition), dim=0)


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Differences of neighbours, n times."""
    found = a
    for _ in unroll(range(n)):
        found = ops.diff(found, dim=axis)
    return found


def meshgrid(x: Any, y: Any, indexing: str = "xy") -> Any:
    """Coordinates of a grid over two rows."""
    first, second = ops.meshgrid([x, y], indexing=indexing)
    return first, second


def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Each element so many times, flat where there is no axis."""
    if axis is None:
        return ops.repeat_interleave(np.reshape(a, (-1,)), repeats, dim=0)
    return ops.repeat_interleave(a, repeats, dim=axis)


def take(a: Any, indices: Any, axis: Any = None) -> Any:
    """Elements of the flat array, or the parts along an axis, by index."""
    if axis is None:
        return np.reshape(a, (-1,))[indices]
    if isinstance(indices, int):
        return ops.select(a, indices, dim=axis)
    places = np.asarray(indices)
    return ops.index_select(a, np.where(places < 0, places + a.shape[axis], places), dim=axis)


def floor(x: Any) -> Any:
    """The largest whole number that is not above."""
    return x if x.dtype in INTEGERS else ops.floor(x)


def ceil(x: Any) -> Any:
    """The smallest whole number that is not below."""
    return x if x.dtype in INTEGERS else ops.ceil(x)


def trunc(x: Any) -> Any:
    """The whole number towards 0."""
    return x if x.dtype in INTEGERS else ops.trunc(x)


def round_(a: Any, decimals: int = 0) -> Any:
    """The nearest number of so many decimals, the even one of two."""
    if a.dtype == np.bool_:
        if decimals != 0:
            raise TypeError("numpy.round of bools takes no decimals")
        return a.astype(np.float16)
    if a.dtype in INTEGERS:
        if decimals >= 0:
            return a
        step = 10.0 ** (-decimals)
        return (ops.round(a.astype(np.float64) / step) * step).astype(a.dtype)
    return ops.round(a, decimals=decimals)


def rint(x: Any) -> Any:
    """The nearest whole number, the even one of two, as a float."""
    return ops.round(inexact(x))


def fabs(x: Any) -> Any:
    """The absolute value, as a float."""
    return np.abs(inexact(x))


def reciprocal(x: Any) -> Any:
    """One over x; of whole numbers the whole part."""
    if x.dtype in INTEGERS:
        return ops.trunc_divide(ops.ones_like(x), x)
    return ops.reciprocal(x)


def nan_to_num(
    x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """Numbers instead of NaN and the infinities."""
    del copy
    if x.dtype in INTEGERS:
        return x
    return ops.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


def unique(
    ar: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False
) -> Any:
    """What stands in the flat array, rising, with places in it and counts where asked for."""
    if return_index:
        raise ValueError("numpy.unique in scripts has no return_index")
    values, inverse, counts = ops.unique(ar)
    if return_inverse and return_counts:
        return values, inverse, counts
    if return_inverse:
        return values, inverse
    if return_counts:
        return values, counts
    return values


def circular_padded(x: Any, amounts: Any) -> Any:
    """Cut off what amounts below 0 say, then put elements from the other end."""
    cut = [min(n, 0) for n in amounts]
    more = [max(n, 0) for n in amounts]
    return ops.pad(ops.pad(x, cut), more, mode="circular")


def element(a: Any, place: int) -> Any:
    """The element at a place of the flat array, an array without axes."""
    return np.reshape(a, (-1,))[place]
