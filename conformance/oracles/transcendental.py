"""What the other elementwise ops give for one float, by mpmath with 300 bits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mpmath
from mpmath import mpf

from oracles.elementwise import INF, NAN

if TYPE_CHECKING:
    from collections.abc import Callable


def _unary(
    function: Callable[..., Any], low: Any, high: Any, domain: tuple[float, float] = (-INF, INF)
) -> Callable[..., Any]:
    """Return an op from its value inside a domain and its limits at both infinities."""

    def compute(x: float, **attributes: Any) -> Any:
        if math.isnan(x) or not domain[0] <= x <= domain[1]:
            return NAN
        limit = {-INF: low, INF: high}.get(x)
        if limit is not None:
            return limit(**attributes) if callable(limit) else limit
        return function(mpf(x), **attributes)

    return compute


def _odd_pole(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the infinities at 1 and -1."""
    return lambda x: x * mpf(INF) if abs(x) == 1 else function(x)


def _log(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: -INF if x == 0 else function(x)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def _elu(x: Any, alpha: float = 1.0) -> Any:
    return x if x > 0 else alpha * mpmath.expm1(x)


def _celu(x: Any, alpha: float = 1.0) -> Any:
    return x if x > 0 else alpha * mpmath.expm1(x / alpha)


_FAR = 1000
"""Beyond it erfc is less than any type's least number from its limit."""
_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772


def _selu(x: Any) -> Any:
    return _SCALE * (x if x > 0 else _ALPHA * mpmath.expm1(x))


def _erfc(x: Any) -> Any:
    return mpmath.erfc(x) if abs(x) < _FAR else mpf(0) if x > 0 else mpf(2)


def _gelu(x: Any, approximate: str = "none") -> Any:
    if approximate == "none":
        return x / 2 * _erfc(-x / mpmath.sqrt(2))
    inner = mpmath.sqrt(2 / mpmath.pi) * (x + mpf(0.044715) * x**3)
    return x * _sigmoid(2 * inner)


def _softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    return x if beta * x > threshold else mpmath.log1p(mpmath.exp(beta * x)) / beta


def _logit(x: Any, eps: float | None = None) -> Any:
    p = x if eps is None else min(max(x, mpf(eps)), 1 - mpf(eps))
    if p in {0, 1}:
        return INF if p else -INF
    return mpmath.log(p / (1 - p))


def _hard(x: Any) -> Any:
    return min(max(x + 3, mpf(0)), mpf(6)) / 6


def _atan2(y: float, x: float) -> Any:
    if math.isnan(x) or math.isnan(y) or 0 in {x, y} or math.isinf(x) or math.isinf(y):
        return mpf(math.atan2(y, x)) if y == 0 and x > 0 else _corner(y, x)
    return mpmath.atan2(mpf(y), mpf(x))


def _corner(y: float, x: float) -> Any:
    """Return a multiple of pi / 4, as C's annex F has it: mpmath knows no negative zero."""
    found = math.atan2(y, x)
    return found if math.isnan(found) else round(found / (math.pi / 4)) * mpmath.pi / 4


def _hypot(x: float, y: float) -> Any:
    if math.isinf(x) or math.isinf(y):
        return INF
    return NAN if math.isnan(x) or math.isnan(y) else mpmath.hypot(mpf(x), mpf(y))


def _lerp(x: float, y: float, weight: float) -> Any:
    if not all(map(math.isfinite, (x, y, weight))):
        small = abs(weight) < 0.5  # noqa: PLR2004  # the definition's
        return x + weight * (y - x) if small else y - (y - x) * (1 - weight)
    return mpf(x) + mpf(weight) * (mpf(y) - mpf(x))


def _logaddexp(x: float, y: float) -> Any:
    if math.isnan(x) or math.isnan(y):
        return NAN
    if math.isinf(x) or math.isinf(y):
        return max(x, y)
    high, low = max(mpf(x), mpf(y)), min(mpf(x), mpf(y))
    return high + mpmath.log1p(mpmath.exp(low - high))


def _xlogy(x: float, y: float) -> Any:
    if math.isnan(y) or math.isnan(x):
        return NAN
    if x == 0:
        return 0.0
    logarithm = NAN if y < 0 else -INF if y == 0 else INF if y == INF else mpmath.log(mpf(y))
    if math.isinf(x) or logarithm in {INF, -INF}:
        return x * float(logarithm)
    return NAN if logarithm != logarithm else mpf(x) * logarithm  # noqa: PLR0124  # NaN


_RSQRT = _unary(lambda x: 1 / mpmath.sqrt(x), NAN, 0.0, (0, INF))

INEXACT: dict[str, Callable[..., Any]] = {
    "acos": _unary(mpmath.acos, NAN, NAN, (-1, 1)),
    "acosh": _unary(mpmath.acosh, NAN, INF, (1, INF)),
    "asin": _unary(mpmath.asin, NAN, NAN, (-1, 1)),
    "asinh": _unary(mpmath.asinh, -INF, INF),
    "atan": _unary(mpmath.atan, lambda: -mpmath.pi / 2, lambda: mpmath.pi / 2),
    "atan2": _atan2,
    "atanh": _unary(_odd_pole(mpmath.atanh), NAN, NAN, (-1, 1)),
    "celu": _unary(_celu, lambda alpha=1.0: -alpha, INF),
    "cos": _unary(mpmath.cos, NAN, NAN),
    "cosh": _unary(mpmath.cosh, INF, INF),
    "elu": _unary(_elu, lambda alpha=1.0: -alpha, INF),
    "erf": _unary(mpmath.erf, -1.0, 1.0),
    "erfc": _unary(_erfc, 2.0, 0.0),
    "erfinv": _unary(_odd_pole(mpmath.erfinv), NAN, NAN, (-1, 1)),
    "exp": _unary(mpmath.exp, 0.0, INF),
    "exp2": _unary(lambda x: mpmath.exp(x * mpmath.log(2)), 0.0, INF),
    "expm1": _unary(mpmath.expm1, -1.0, INF),
    "gelu": _unary(_gelu, lambda **_: 0.0, lambda **_: INF),
    "hardsigmoid": _unary(_hard, 0.0, 1.0),
    "hardswish": _unary(lambda x: mpf(0) if x <= -3 else x * _hard(x), 0.0, INF),  # noqa: PLR2004
    "hypot": _hypot,
    "lerp": _lerp,
    "log": _unary(_log(mpmath.log), NAN, INF, (0, INF)),
    "log10": _unary(_log(mpmath.log10), NAN, INF, (0, INF)),
    "log1p": _unary(lambda x: -INF if x == -1 else mpmath.log1p(x), NAN, INF, (-1, INF)),
    "log2": _unary(_log(lambda x: mpmath.log(x) / mpmath.log(2)), NAN, INF, (0, INF)),
    "logaddexp": _logaddexp,
    "logit": _unary(_logit, NAN, NAN, (0, 1)),
    "logsigmoid": _unary(lambda x: min(x, 0) - mpmath.log1p(mpmath.exp(-abs(x))), -INF, 0.0),
    "mish": _unary(lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))), 0.0, INF),
    "rsqrt": lambda x: math.copysign(INF, x) if x == 0 else _RSQRT(x),
    "selu": _unary(_selu, -_SCALE * _ALPHA, INF),
    "sigmoid": _unary(_sigmoid, 0.0, 1.0),
    "silu": _unary(lambda x: x * _sigmoid(x), 0.0, INF),
    "sin": _unary(mpmath.sin, NAN, NAN),
    "sinh": _unary(mpmath.sinh, -INF, INF),
    "softplus": _unary(_softplus, lambda **_: 0.0, lambda **_: INF),
    "softsign": _unary(lambda x: x / (1 + abs(x)), NAN, NAN),
    "tan": _unary(mpmath.tan, NAN, NAN),
    "tanh": _unary(mpmath.tanh, -1.0, 1.0),
    "tanhshrink": _unary(lambda x: x - mpmath.tanh(x), -INF, INF),
    "xlogy": _xlogy,
}
"""Ops with a bound of class `ulp`, `ulp_abs` or `softmax`, by name."""
