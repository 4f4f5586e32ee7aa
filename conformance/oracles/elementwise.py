"""What elementwise ops give for one element, from their definitions: exact, or by mpmath.

Functions take Python numbers: a float for every float type, an int, a bool. They give the value
before it is rounded to the result's type: a Fraction, an mpf, a float, an int or a bool. Written
for elements at the edges of the types: NaN, infinities, zeros, the largest and the least.
"""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath
from mpmath import mp, mpf

if TYPE_CHECKING:
    from collections.abc import Callable

mp.prec = 300
NAN, INF = math.nan, math.inf
_HUGE = 3000
"""Exponents beyond this are an infinity, or 0, in every type."""


class NoValueError(ValueError):
    """The op fails for these elements, or says nothing about them."""


def rounded(value: Any, precision: int, least: int, largest: float) -> float:
    """Round once to a float type: to nearest, ties to even, above its largest to infinity.

    `least` is the exponent of the smallest normal number.
    """
    if isinstance(value, mpf):
        value = _fraction(value)
    if isinstance(value, float):
        if not math.isfinite(value) or value == 0:
            return value
        value = Fraction(value)
    value = Fraction(value)
    if value == 0:
        return 0.0
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if abs(value) < Fraction(2) ** exponent:
        exponent -= 1
    quantum = Fraction(2) ** (max(exponent, least) - precision + 1)
    found = round(value / quantum) * quantum
    if abs(found) > Fraction(largest):
        return INF if found > 0 else -INF
    return float(found) if found else (0.0 if value > 0 else -0.0)


def _fraction(x: Any) -> Any:
    if not mpmath.isfinite(x):
        return float(x)
    if x != 0 and abs(mpmath.mag(x)) > _HUGE:
        return (INF if mpmath.mag(x) > 0 else 0.0) * (1 if x > 0 else -1)
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


def _special(*xs: float) -> bool:
    return any(isinstance(x, float) and not math.isfinite(x) for x in xs)


def _add(x: Any, y: Any) -> Any:
    if isinstance(x, bool):
        return x or y
    return x + y if isinstance(x, int) or _special(x, y) else Fraction(x) + Fraction(y)


def _mul(x: Any, y: Any) -> Any:
    if isinstance(x, bool):
        return x and y
    if isinstance(x, int) or _special(x, y) or 0 in {x, y}:
        return x * y
    return Fraction(x) * Fraction(y)


def _div(x: float, y: float) -> Any:
    if y == 0 and not _special(x):
        return math.copysign(INF, x) * math.copysign(1, y) if x else NAN
    if y == 0:
        return x * math.copysign(1, y)
    return x / y if _special(x, y) or x == 0 else Fraction(x) / Fraction(y)


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: x if _special(x) or x == 0 else math.copysign(float(abs(function(x))), x)


def _fmod(x: Any, y: Any) -> Any:
    if isinstance(x, int):
        if y == 0:
            raise NoValueError
        return int(math.copysign(1, x)) * (abs(x) % abs(y))
    if math.isnan(x) or math.isnan(y) or math.isinf(x) or y == 0:
        return NAN
    return math.fmod(x, y)


def _remainder(x: Any, y: Any) -> Any:
    r = _fmod(x, y)
    if isinstance(x, float) and (math.isnan(r) or r == 0 or math.isinf(y)):
        return y if r and not math.isnan(r) and (r < 0) != (y < 0) else r
    return _add(r, y) if r and (r < 0) != (y < 0) else r


def _quotient(
    round_: Callable[[Any], int], special: Callable[[float, float], float]
) -> Callable[[Any, Any], Any]:
    def divide(x: Any, y: Any) -> Any:
        if isinstance(x, int):
            if y == 0:
                raise NoValueError
            return round_(Fraction(x, y))
        if _special(x, y) or y == 0:
            return special(x, y)
        if abs(Fraction(x) / Fraction(y)) > 100:  # noqa: PLR2004
            raise NoValueError  # each step rounds in the type
        return float(round_(Fraction(x) / Fraction(y)))

    return divide


def _floor_special(x: float, y: float) -> Any:
    """Follow the definition through fmod: (x - fmod(x, y)) / y, less 1 where signs differ."""
    if y == 0 or math.isnan(y) or not math.isfinite(x):
        return _div(x, y) if y == 0 else NAN
    return -1.0 if x and (x < 0) != (y < 0) else 0.0


def _quantized(
    x: float, scale: float, zero_point: int, qmin: int, qmax: int, dtype: str = ""
) -> int:
    del dtype
    if math.isnan(x):
        return 0
    if math.isinf(x):
        return qmax if x > 0 else qmin
    return min(max(round(Fraction(x) / Fraction(scale)) + zero_point, qmin), qmax)


def _cast(x: Any, dtype: str) -> Any:
    """To a float type as it is, to int8 without the fraction, to the nearest there is."""
    if dtype != "int8":
        return float(x) if isinstance(x, bool) else Fraction(x)
    if math.isnan(x):
        return 0
    return int(min(max(x, -128), 127))


def _largest(x: Any, y: Any) -> Any:
    return NAN if x != x or y != y else max(x, y)  # noqa: PLR0124  # NaN


def _smallest(x: Any, y: Any) -> Any:
    return NAN if x != x or y != y else min(x, y)  # noqa: PLR0124  # NaN


def _or_other(pick: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: y if math.isnan(x) else x if math.isnan(y) else pick(x, y)


def _pow(x: Any, y: Any) -> Any:
    if isinstance(x, int):
        if y >= 0:
            return pow(x, y, 1 << 64)
        if x == 0:
            raise NoValueError
        return x ** (y % 2) if x in {1, -1} else 0
    if _special(x, y) or x == 0 or y == 0 or (x < 0 and not float(y).is_integer()):
        try:
            return math.pow(x, y)
        except ValueError:
            return NAN if x else INF
    return mpmath.power(mpf(x), mpf(y))


def _left(x: int, y: int, width: int) -> int:
    return x << y if 0 <= y < width else 0


def _right(x: int, y: int, width: int) -> int:
    return x >> y if 0 <= y < width else -(x < 0)


def _is_close(
    x: float, y: float, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    if math.isnan(x) and math.isnan(y):
        return equal_nan
    if _special(x, y):
        return x == y
    return abs(Fraction(x) - Fraction(y)) <= Fraction(atol) + Fraction(rtol) * abs(Fraction(y))


def _clamp(x: Any, lo: Any, hi: Any) -> Any:
    return _smallest(_largest(x, lo), hi)


def _between(low: float, high: float) -> Callable[..., Any]:
    def limited(x: Any, min: float = low, max: float = high) -> Any:  # noqa: A002  # as the op names them
        kind = type(x)
        return _clamp(x, kind(min), kind(max))

    return limited


def _hardshrink(x: float, lambd: float = 0.5) -> float:
    return 0.0 if abs(x) <= lambd else x


def _softshrink(x: float, lambd: float = 0.5) -> Any:
    if _special(x):
        return x
    return Fraction(x) - Fraction(lambd) * int(math.copysign(1, x)) if abs(x) > lambd else 0.0


def _finite(x: float, nan: float, posinf: float, neginf: float) -> float:
    return nan if math.isnan(x) else posinf if x == INF else neginf if x == -INF else x


EXACT: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "add": _add,
    "bitwise_and": operator.and_,
    "bitwise_not": lambda x: not x if isinstance(x, bool) else ~x,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
    "cast": _cast,
    "ceil": _whole(math.ceil),
    "clamp": _clamp,
    "complex": complex,
    "copysign": math.copysign,
    "div": _div,
    "eq": operator.eq,
    "fake_quantize_per_tensor": lambda x, scale, zero_point, **to: (
        Fraction(scale) * (_quantized(x, scale, zero_point, **to) - zero_point)
    ),
    "floor": _whole(math.floor),
    "floor_divide": _quotient(math.floor, _floor_special),
    "fmax": _or_other(max),
    "fmin": _or_other(min),
    "fmod": _fmod,
    "frac": lambda x: NAN if _special(x) else x - math.trunc(x),
    "gcd": math.gcd,
    "ge": operator.ge,
    "gt": operator.gt,
    "hardshrink": _hardshrink,
    "hardtanh": _between(-1.0, 1.0),
    "identity": lambda x: x,
    "isclose": _is_close,
    "isfinite": math.isfinite,
    "isinf": math.isinf,
    "isnan": math.isnan,
    "le": operator.le,
    "leaky_relu": lambda x, slope=0.01: _mul(x, slope) if x < 0 else x,
    "logical_and": lambda x, y: x != 0 and y != 0,
    "logical_not": lambda x: x == 0,
    "logical_or": lambda x, y: x != 0 or y != 0,
    "logical_xor": lambda x, y: (x != 0) != (y != 0),
    "lt": operator.lt,
    "masked_fill": lambda x, mask, value: value if mask else x,
    "maximum": _largest,
    "minimum": _smallest,
    "mul": _mul,
    "nan_to_num": _finite,
    "ne": operator.ne,
    "neg": operator.neg,
    "pow": _pow,
    "ones_like": lambda x: type(x)(1),
    "prelu": lambda x, weight: _mul(x, weight) if x < 0 else x,
    "quantize_per_tensor": _quantized,
    "reciprocal": lambda x: _div(1.0, x),
    "relu": lambda x: _largest(x, type(x)(0)),
    "relu6": _between(0.0, 6.0),
    "remainder": _remainder,
    "round": _whole(round),
    "sign": lambda x: type(x)((x > 0) - (x < 0)),
    "softshrink": _softshrink,
    "sqrt": lambda x: NAN if x < 0 else x if _special(x) or x == 0 else mpmath.sqrt(mpf(x)),
    "square": lambda x: _mul(x, x),
    "sub": lambda x, y: _add(x, -y),
    "threshold": lambda x, threshold, value: type(x)(value) if x <= threshold else x,
    "trunc": _whole(math.trunc),
    "trunc_divide": _quotient(
        math.trunc, lambda x, y: _div(x, y) if _special(x) or y == 0 else x / y * 1.0
    ),
    "where": lambda condition, x, y: x if condition else y,
    "zeros_like": lambda x: type(x)(0),
}
"""Ops that are exact or rounded once, by name."""

SHIFTS = {"bitwise_left_shift": _left, "bitwise_right_shift": _right}
"""Ops on ints that depend on the type's width, a third argument here."""
