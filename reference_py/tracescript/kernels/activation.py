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


_NUMERATOR: Final = (
    -2.72614225801306e-10,
    2.77068142495902e-08,
    -2.10102402082508e-06,
    -5.69250639462346e-05,
    -7.34990630326855e-04,
    -2.95459980854025e-03,
    -1.60960333262415e-02,
)
_DENOMINATOR: Final = (
    -1.45660718464996e-05,
    -2.13374055278905e-04,
    -1.68282697438203e-03,
    -7.37332916720468e-03,
    -1.42647390514189e-02,
)


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total *= x
        total += x.dtype.type(coefficient)
    return total


def _normal_share(x: Array) -> Array:
    """Return the normal distribution function: rational for float32, where scipy is slow."""
    if x.dtype != np.float32:
        from scipy import special

        return x.dtype.type(0.5) * special.erfc(x * -math.sqrt(0.5))
    bounded = np.clip(x * np.float32(math.sqrt(0.5)), np.float32(-4), np.float32(4))
    squares = np.asarray(bounded * bounded)
    ratio = _polynomial(squares, _NUMERATOR)
    ratio /= _polynomial(squares, _DENOMINATOR)
    ratio *= bounded
    ratio += 1
    ratio *= np.float32(0.5)
    return ratio


@KERNELS.of("gelu")
def gelu(x: Array, approximate: str) -> Array:
    number = x.dtype.type
    if approximate == "tanh":
        inner = number(math.sqrt(2 / math.pi)) * (x + number(0.044715) * x * x * x)
        share = number(0.5) * (1 + np.tanh(inner))
    else:
        share = _normal_share(x)
    return np.where(x == -np.inf, number(0), x * share)
