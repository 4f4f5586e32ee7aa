"""Activations with a kernel of their own."""

from __future__ import annotations

import functools
import math
from typing import Any, Final

import numpy as np

from tracescript.kernels.blocked import is_fast, mapped
from tracescript.kernels.rounding import Array, RoundedTable

KERNELS: Final = RoundedTable()


def _largest(x: Array) -> Any:
    """Return what no element exceeds; `clip` to it is three times as fast as `maximum`."""
    return x.dtype.type(np.inf) if x.dtype.kind == "f" else np.iinfo(x.dtype).max


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


class _Share:
    """The share 1 / (1 + exp(-s)), by the faster of exp2 and tanh. Arrays hold `unit` times s."""

    def __init__(self, dtype: Any) -> None:
        self.half, self.one = (np.array(v, dtype) for v in (0.5, 1))
        self.by_exp2 = is_fast("exp2", dtype)
        self.unit = -math.log2(math.e) if self.by_exp2 else 0.5
        self.start = np.array(self.unit, dtype)

    def alone(self, x: Array, y: Array, _: Array) -> None:
        """Set y to the share of x."""
        np.multiply(x, self.start, out=y)
        if self.by_exp2:
            np.exp2(y, out=y)
            np.add(y, self.one, out=y)
            np.divide(self.one, y, out=y)
        else:
            np.tanh(y, out=y)
            np.multiply(y, self.half, out=y)
            np.add(y, self.half, out=y)

    def times(self, x: Array, y: Array, spare: Array) -> None:
        """Set y, which holds `unit` times s, to the share of s times x, and to 0 at -inf."""
        if self.by_exp2:
            np.exp2(y, out=y)
            np.add(y, self.one, out=y)
            np.divide(x, y, out=y)
        else:
            np.tanh(y, out=y)
            np.multiply(x, self.half, out=spare)
            np.multiply(y, spare, out=y)
            np.add(y, spare, out=y)
        if np.isnan(y.dot(y)):
            y[x == -np.inf] = 0

    def of_itself(self, x: Array, y: Array, spare: Array) -> None:
        """Set y to the share of x times x."""
        np.multiply(x, self.start, out=y)
        self.times(x, y, spare)


_share: Final = functools.lru_cache(_Share)


@KERNELS.of("sigmoid")
def sigmoid(x: Array) -> Array:
    return mapped(x, _share(x.dtype).alone)


@KERNELS.of("silu")
def silu(x: Array) -> Array:
    return mapped(x, _share(x.dtype).of_itself)


def _numbers(*values: float, dtype: Any) -> list[Array]:
    """Return arrays of rank 0: an operation takes them sooner than numbers."""
    return [np.array(v, dtype) for v in values]


class _Bend:
    """Of erf(x) = tanh(x * p(x * x)) the function unit * x' * p(x' * x'), where x' = scale * x.

    p(s) = (a + b / ((s + f)**2 + c)) * (s + d), fitted so that in float32 erf is off by 1.5e-7 of
    itself at most, before rounding. A polynomial as close has seven coefficients: five steps more.
    A search over 322 chains of sums, squares, products and quotients of x * x and of |x| with fewer
    steps found none that tells the share of gelu to within 1e-6; its bound is 2.4e-7.
    """

    def __init__(self, unit: float, scale: float) -> None:
        a, b, c, d, f = (
            0.05265212249744307,
            -1.2597602333416897,
            51.304953590332865,
            30.948174556211086,
            5.147544849689766,
        )
        k = scale * scale
        a, b = (unit * scale * k * v for v in (a, b / k**2))
        self.numbers = _numbers(f / k, c / k**2, b, a, d / k, dtype=np.float32)

    def run(self, x: Array, y: Array, spare: Array) -> None:
        f, c, b, a, d = self.numbers
        np.square(x, out=spare)
        np.add(spare, f, out=y)
        np.multiply(y, y, out=y)
        np.add(y, c, out=y)
        np.divide(b, y, out=y)
        np.add(y, a, out=y)
        np.add(spare, d, out=spare)
        np.multiply(y, spare, out=y)
        np.multiply(y, x, out=y)


_ERF: Final = _Bend(1, 1)


def _erf(x: Array, y: Array, spare: Array) -> None:
    if x.dtype == np.float32:
        _ERF.run(x, y, spare)
        np.tanh(y, out=y)
    else:
        from scipy import special

        special.erf(x, out=y)


@KERNELS.of("erf")
def erf(x: Array) -> Array:
    return mapped(x, _erf)


class _GeluByTanh:
    """x times the share of sqrt(8 / pi) * (x + 0.044715 * x**3)."""

    def __init__(self, dtype: Any) -> None:
        self.share = _share(dtype)
        once = self.share.unit * math.sqrt(8 / math.pi)
        self.numbers = _numbers(0.044715 * once, once, dtype=dtype)

    def run(self, x: Array, y: Array, spare: Array) -> None:
        thrice, once = self.numbers
        np.square(x, out=y)
        np.multiply(y, thrice, out=y)
        np.add(y, once, out=y)
        np.multiply(y, x, out=y)
        self.share.times(x, y, spare)


class _Gelu:
    """In float32, x times the share of 2 * atanh(erf(x / sqrt(2)))."""

    def __init__(self) -> None:
        self.share = _share(np.dtype(np.float32))
        self.bend = _Bend(2 * self.share.unit, math.sqrt(0.5))

    def run(self, x: Array, y: Array, spare: Array) -> None:
        self.bend.run(x, y, spare)
        self.share.times(x, y, spare)


_by_tanh: Final = functools.lru_cache(_GeluByTanh)
_gelu: Final = functools.lru_cache(_Gelu)


def _exact_gelu(x: Array, y: Array, spare: Array) -> None:
    from scipy import special

    np.multiply(x, math.sqrt(0.5), out=y)
    special.erf(y, out=y)
    np.multiply(x, x.dtype.type(0.5), out=spare)
    np.multiply(y, spare, out=y)
    np.add(y, spare, out=y)
    y[x == -np.inf] = 0


@KERNELS.of("gelu")
def gelu(x: Array, approximate: str) -> Array:
    if approximate == "tanh":
        return mapped(x, _by_tanh(x.dtype).run)
    return mapped(x, _gelu().run if x.dtype == np.float32 else _exact_gelu)
