"""Activations with a kernel of their own."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tracescript.kernels.blocked import mapped
from tracescript.kernels.rounding import Array, RoundedTable

KERNELS: Final = RoundedTable()


def _largest(x: Array) -> Any:
    """Return what no element exceeds; `clip` to it is three times as fast as `maximum`."""
    return x.dtype.type(np.inf) if x.dtype.kind == "f" else np.iinfo(x.dtype).max


def _shared(x: Array, y: Array, spare: Array) -> None:
    """Turn y, in -1..1, into (1 + y) * x / 2; at -inf, where y is -1, into 0."""
    np.multiply(x, x.dtype.type(0.5), out=spare)
    y *= spare
    y += spare
    if y.size and np.isnan(y.min()):
        y[x == -np.inf] = 0


@KERNELS.of("relu")
def relu(x: Array) -> Array:
    return np.clip(x, x.dtype.type(0), _largest(x))


@KERNELS.of("relu6")
def relu6(x: Array) -> Array:
    return np.clip(x, x.dtype.type(0), x.dtype.type(6))


@KERNELS.of("leaky_relu")
def leaky_relu(x: Array, slope: float) -> Array:
    if 0 < slope <= 1:
        return np.maximum(x, x * x.dtype.type(slope))
    return np.where(x < 0, x * x.dtype.type(slope), x)


@KERNELS.of("elu")
def elu(x: Array, alpha: float) -> Array:
    low = np.asarray(np.clip(x, -np.inf, x.dtype.type(0)))
    np.expm1(low, out=low)
    low *= x.dtype.type(alpha)
    low += np.clip(x, x.dtype.type(0), np.inf)
    return low


def _share(x: Array, y: Array, _: Array | None = None) -> None:
    """Set y to 1 / (1 + exp(-x)), by tanh: numpy's is faster than its exp and a division."""
    half = x.dtype.type(0.5)
    np.multiply(x, half, out=y)
    np.tanh(y, out=y)
    y *= half
    y += half


@KERNELS.of("sigmoid")
def sigmoid(x: Array) -> Array:
    return mapped(x, _share)


def _silu(x: Array, y: Array, spare: Array) -> None:
    np.multiply(x, x.dtype.type(0.5), out=y)
    np.tanh(y, out=y)
    _shared(x, y, spare)


@KERNELS.of("silu")
def silu(x: Array) -> Array:
    return mapped(x, _silu)


_BEND: Final = (
    1.41852365e-07,
    -5.66847854e-06,
    8.76373486e-05,
    -6.19784725e-04,
    -1.91830713e-04,
    1.02769056e-01,
    1.12837927e00,
)
"""Of erf(x) = tanh(x * p(x * x)) the polynomial p, from its highest coefficient.

Fitted by weighted least squares so that erf is off by 1e-7 of itself at most.
"""
_GELU_BEND: Final = tuple(c * 0.5 ** (6.5 - k) for k, c in enumerate(_BEND))
"""The same for x / sqrt(2)."""


def _bent(x: Array, y: Array, spare: Array, coefficients: tuple[float, ...]) -> None:
    """Set y to tanh(x * p(x * x))."""
    np.multiply(x, x, out=spare)
    np.multiply(spare, np.float32(coefficients[0]), out=y)
    for coefficient in coefficients[1:-1]:
        y += np.float32(coefficient)
        y *= spare
    y += np.float32(coefficients[-1])
    y *= x
    np.tanh(y, out=y)


def _erf(x: Array, y: Array, spare: Array) -> None:
    if x.dtype == np.float32:
        _bent(x, y, spare, _BEND)
    else:
        from scipy import special

        special.erf(x, out=y)


@KERNELS.of("erf")
def erf(x: Array) -> Array:
    return mapped(x, _erf)


def _gelu(x: Array, y: Array, spare: Array) -> None:
    if x.dtype == np.float32:
        _bent(x, y, spare, _GELU_BEND)
        _shared(x, y, spare)
    else:
        from scipy import special

        np.multiply(x, math.sqrt(0.5), out=y)
        special.erf(y, out=y)
        _shared(x, y, spare)


def _gelu_by_tanh(x: Array, y: Array, spare: Array) -> None:
    number = x.dtype.type
    np.multiply(x, x, out=y)
    y *= number(0.044715 * math.sqrt(2 / math.pi))
    y += number(math.sqrt(2 / math.pi))
    y *= x
    np.tanh(y, out=y)
    _shared(x, y, spare)


@KERNELS.of("gelu")
def gelu(x: Array, approximate: str) -> Array:
    return mapped(x, _gelu_by_tanh if approximate == "tanh" else _gelu)
