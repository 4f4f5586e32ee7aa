"""Elementwise kernels, in the order of the opset's lists: unary, binary, comparing, choosing."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import Table

EXACT: Final = Table()
ROUNDED: Final = RoundedTable()

OUT_OK: Final[dict[str, np.ufunc]] = {
    "abs": np.abs,
    "neg": np.negative,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "tanh": np.tanh,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "atan2": np.arctan2,
    "bitwise_and": np.bitwise_and,
    "bitwise_or": np.bitwise_or,
    "bitwise_xor": np.bitwise_xor,
    "bitwise_not": np.invert,
    "bitwise_left_shift": np.left_shift,
    "bitwise_right_shift": np.right_shift,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "logical_not": np.logical_not,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "isfinite": np.isfinite,
    "square": np.square,
}
"""Ops that are one NumPy ufunc, so that an engine may call it with `out=`.

Every one of them rounds half types once already: NumPy and ml_dtypes compute them in float32.
"""

for _name, _ufunc in OUT_OK.items():
    EXACT.add(_name, _ufunc)


@EXACT.of("identity")
@EXACT.of("dropout")
@EXACT.of("feature_dropout")
def identity(x: Array, **_: Any) -> Array:
    return x


@ROUNDED.of("round")
def round_(x: Array, decimals: int) -> Array:
    if decimals == 0:
        return np.rint(x)
    scale = x.dtype.type(10.0 ** abs(decimals))
    return np.rint(x * scale) / scale if decimals > 0 else np.rint(x / scale) * scale


@EXACT.of("sign")
def sign(x: Array) -> Array:
    zero = x.dtype.type(0)
    return (x > zero).astype(x.dtype) - (x < zero).astype(x.dtype)


@ROUNDED.of("rsqrt")
def rsqrt(x: Array) -> Array:
    return x.dtype.type(1) / np.sqrt(x)


@ROUNDED.of("reciprocal")
def reciprocal(x: Array) -> Array:
    return x.dtype.type(1) / x


@ROUNDED.of("erfc")
def erfc(x: Array) -> Array:
    from scipy import special

    if x.dtype != np.float64:
        return special.erfc(x)
    head = (x.view(np.int64) & ~0x7FFFFFF).view(np.float64)  # head * head is exact
    tail = np.exp(-head * head) * np.exp((head - x) * (head + x))
    return np.where((x > 1) & (x < 30), special.erfcx(x) * tail, special.erfc(x))  # noqa: PLR2004


@ROUNDED.of("erfinv")
def erfinv(x: Array) -> Array:
    from scipy import special

    return special.erfinv(x)


def _refuse_zero(y: Array) -> None:
    if y.dtype.kind in "iu" and not np.all(y):
        raise trap("ZERO_DIVISION", "expected nonzero divisors, found a 0 in an integer tensor")


@ROUNDED.of("floor_divide")
def floor_divide(x: Array, y: Array) -> Array:
    _refuse_zero(y)
    return np.floor_divide(x, y)


@ROUNDED.of("trunc_divide")
def trunc_divide(x: Array, y: Array) -> Array:
    _refuse_zero(y)
    if x.dtype.kind == "f":
        return np.trunc(x / y)
    return np.floor_divide(x - np.fmod(x, y), y)


@ROUNDED.of("remainder")
def remainder(x: Array, y: Array) -> Array:
    _refuse_zero(y)
    return np.remainder(x, y)


@ROUNDED.of("fmod")
def fmod(x: Array, y: Array) -> Array:
    _refuse_zero(y)
    return np.fmod(x, y)


@ROUNDED.of("gcd")
def gcd(x: Array, y: Array) -> Array:
    return np.gcd(x, y)


@ROUNDED.of("pow")
def pow_(x: Array, y: Array) -> Array:
    if y.dtype.kind != "i" or not np.any(y < 0):
        return np.power(x, y)
    if np.any((x == 0) & (y < 0)):
        raise trap("ZERO_DIVISION", "expected no 0 under a negative exponent, found one")
    odd = np.where(y % 2 == 0, 1, -1)
    inverse = np.where(x == 1, 1, np.where(x == -1, odd, 0))
    return np.where(y < 0, inverse, np.power(x, np.maximum(y, 0))).astype(x.dtype)


@EXACT.of("fmax")
def fmax(x: Array, y: Array) -> Array:
    return np.where(np.isnan(x), y, np.where(np.isnan(y), x, np.maximum(x, y)))


@EXACT.of("fmin")
def fmin(x: Array, y: Array) -> Array:
    return np.where(np.isnan(x), y, np.where(np.isnan(y), x, np.minimum(x, y)))


@EXACT.of("logical_and")
def logical_and(x: Array, y: Array) -> Array:
    return x.astype(bool) & y.astype(bool)


@EXACT.of("logical_or")
def logical_or(x: Array, y: Array) -> Array:
    return x.astype(bool) | y.astype(bool)


@EXACT.of("logical_xor")
def logical_xor(x: Array, y: Array) -> Array:
    return x.astype(bool) ^ y.astype(bool)


@EXACT.of("where")
def where(condition: Array, x: Array, y: Array) -> Array:
    return np.where(condition, x, y)


@EXACT.of("clamp")
def clamp(x: Array, lo: Array | None, hi: Array | None) -> Array:
    low = x if lo is None else np.maximum(x, lo)
    return low if hi is None else np.minimum(low, hi)


@EXACT.of("masked_fill")
def masked_fill(x: Array, mask: Array, value: Array) -> Array:
    return np.where(mask, value, x)


KERNELS: Final = Table.join(EXACT, ROUNDED)
