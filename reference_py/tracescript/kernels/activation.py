"""Activations with a kernel of their own."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from tracescript.kernels.rounding import Array, RoundedTable

KERNELS: Final = RoundedTable()


@KERNELS.of("relu")
def relu(x: Array) -> Array:
    return np.maximum(x, x.dtype.type(0))


@KERNELS.of("relu6")
def relu6(x: Array) -> Array:
    return np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(6))


@KERNELS.of("leaky_relu")
def leaky_relu(x: Array, slope: float) -> Array:
    return np.where(x < 0, x * x.dtype.type(slope), x)


@KERNELS.of("elu")
def elu(x: Array, alpha: float) -> Array:
    return np.where(x <= 0, np.expm1(x) * x.dtype.type(alpha), x)


def logistic(x: Array) -> Array:
    """Return 1 / (1 + exp(-x))."""
    y = np.asarray(np.negative(x))
    np.exp(y, out=y)
    y += 1
    np.divide(1, y, out=y)
    return y


@KERNELS.of("sigmoid")
def sigmoid(x: Array) -> Array:
    return logistic(x)


@KERNELS.of("silu")
def silu(x: Array) -> Array:
    return np.where(x == -np.inf, x.dtype.type(0), x * logistic(x))


_LOG_ODDS: Final = (
    3.51253879e-09,
    -2.64533167e-07,
    7.92956279e-06,
    -1.10612750e-04,
    -6.51891874e-05,
    7.26661685e-02,
    1.59576988e00,
)
"""Of the normal distribution function: log odds / x as a polynomial in x squared, to 5.6.

Fitted by weighted least squares; the share is off by at most half a unit in the last place of 1.
"""


def _normal_share(x: Array) -> Array:
    """Return the normal distribution function; for float32 faster than scipy's."""
    if x.dtype != np.float32:
        from scipy import special

        return x.dtype.type(0.5) * special.erfc(x * -math.sqrt(0.5))
    bounded = np.clip(x, np.float32(-5.6), np.float32(5.6))
    squares = np.asarray(bounded * bounded)
    odds = np.full_like(squares, _LOG_ODDS[0])
    for coefficient in _LOG_ODDS[1:]:
        odds *= squares
        odds += np.float32(coefficient)
    odds *= bounded
    return logistic(odds)


@KERNELS.of("gelu")
def gelu(x: Array, approximate: str) -> Array:
    number = x.dtype.type
    if approximate == "tanh":
        inner = number(math.sqrt(2 / math.pi)) * (x + number(0.044715) * x * x * x)
        share = number(0.5) * (1 + np.tanh(inner))
    else:
        share = _normal_share(x)
    return np.where(x == -np.inf, number(0), x * share)
