"""What `cast` gives, written from NUM-20 to NUM-24, element by element and in exact steps.

NumPy wraps or leaves open what saturates here, and rounds twice on the way to narrow types.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracescript_conformance.values import SHORT, Tensor

_FLOATS = {
    "bfloat16": (8, -126, math.inf, math.nan),
    "float8_e4m3fn": (4, -6, 448.0, math.nan),
    "float4_e2m1fn": (2, 0, 6.0, 0.0),
}
"""Digits, the least exponent of a normal number, the largest number, and what NaN becomes."""
_BITS = {"int2": 2, "uint2": 2, "int4": 4, "uint4": 4}
NARROW = (*_FLOATS, *_BITS)
"""Types that NumPy lacks; tensors of them are kept in float64 or int64 here."""


def cast(x: Any, dtype: Any) -> Any:
    """Return a tensor of another type; bfloat16 as its bits, as the suite has it."""
    given = x.wide() if isinstance(x, Tensor) else np.asarray(x)
    if dtype in _FLOATS:
        made = _each(given, np.float64, lambda v: _rounded(float(v), *_FLOATS[dtype]))
        return _bits(made) if dtype == "bfloat16" else made
    if dtype in _BITS:
        low, high = _range(_BITS[dtype], signed=dtype[0] != "u")
        return _each(given, np.int64, lambda v: _whole(v, low, high))
    kind = np.dtype(dtype)
    if kind.kind in "iu":
        limits = np.iinfo(kind)
        return _each(given, kind, lambda v: _whole(v, int(limits.min), int(limits.max)))
    return given.astype(kind)


def _each(x: Any, dtype: Any, function: Any) -> Any:
    return np.array([function(v) for v in x.ravel().tolist()], dtype).reshape(x.shape)


def _range(bits: int, *, signed: bool) -> tuple[int, int]:
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


def _whole(value: Any, low: int, high: int) -> int:
    """Ints wrap; floats are cut and stop at the ends."""
    if isinstance(value, int):
        return (value - low) % (high - low + 1) + low
    if math.isnan(value):
        return 0
    return low if value <= low else high if value >= high else math.trunc(value)


def _rounded(value: float, digits: int, least: int, top: float, nan: float) -> float:
    """Round to nearest, ties to even: the quotient by the last place is exact."""
    if math.isnan(value):
        return nan
    if math.isinf(value):
        return math.copysign(top, value)
    place = max(math.frexp(value)[1] - digits, least - digits + 1)
    near = math.ldexp(round(math.ldexp(value, -place)), place)
    return math.copysign(min(abs(near), top), value)


def _bits(made: Any) -> Tensor:
    high = made.astype(np.float32).view(np.uint32) >> 16
    return Tensor(SHORT["bf16"][0], high.astype(np.uint16))
