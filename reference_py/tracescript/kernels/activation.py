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


@KERNELS.of("gelu")
def gelu(x: Array, approximate: str) -> Array:
    number = x.dtype.type
    if approximate == "tanh":
        inner = number(math.sqrt(2 / math.pi)) * (x + number(0.044715) * x * x * x)
        share = number(0.5) * (1 + np.tanh(inner))
    else:
        from scipy import special

        share = number(0.5) * special.erfc(x * number(-math.sqrt(0.5)))
    return np.where(x == -np.inf, number(0), x * share)
