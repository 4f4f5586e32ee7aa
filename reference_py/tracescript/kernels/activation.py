"""Activations with a kernel of their own."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.kernels.blocked import mapped
from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def _is_fast(name: str, dtype: Any) -> bool:
    """Whether NumPy computes a function many elements at a time on this processor."""
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":
        return False
    from numpy.lib import introspect

    found = introspect.opt_func_info(func_name=f"^{name}$", signature=np.dtype(dtype).name)
    kinds = found.get(name, {}).values()
    return bool(kinds) and not any(k["current"].startswith("baseline") for k in kinds)


class _Share:
    """The share 1 / (1 + exp(-s)), by the faster of exp2 and tanh. Arrays hold `unit` times s."""

    def __init__(self, dtype: Any) -> None:
        self.half, self.one = (np.array(v, dtype) for v in (0.5, 1))
        self.by_exp2 = _is_fast("exp2", dtype)
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


def _numbers(values: Sequence[float], dtype: Any) -> list[Array]:
    """Return arrays of rank 0: an operation takes them sooner than numbers."""
    return [np.array(v, dtype) for v in values]


_ERF: Final = _numbers(_BEND, np.float32)


def _bend(x: Array, y: Array, spare: Array, coefficients: Sequence[Array]) -> None:
    """Set y to x * p(x * x)."""
    np.multiply(x, x, out=spare)
    np.multiply(spare, coefficients[0], out=y)
    for coefficient in coefficients[1:-1]:
        np.add(y, coefficient, out=y)
        np.multiply(y, spare, out=y)
    np.add(y, coefficients[-1], out=y)
    np.multiply(y, x, out=y)


def _erf(x: Array, y: Array, spare: Array) -> None:
    if x.dtype == np.float32:
        _bend(x, y, spare, _ERF)
        np.tanh(y, out=y)
    else:
        from scipy import special

        special.erf(x, out=y)


@KERNELS.of("erf")
def erf(x: Array) -> Array:
    return mapped(x, _erf)


class _Gelu:
    """x times the share of s, an odd polynomial in x. In float32, see `_BEND`, exact gelu is one.

    For (1 + erf(x / sqrt(2))) / 2 is the share of 2 * atanh(erf(x / sqrt(2))).
    """

    def __init__(self, dtype: Any, approximate: str) -> None:
        self.share = _share(dtype)
        halves = [c * 0.5 ** (6.5 - k) for k, c in enumerate(_BEND)]
        if approximate == "tanh":
            halves = [0.044715 * math.sqrt(2 / math.pi), math.sqrt(2 / math.pi)]
        self.polynomial = _numbers([2 * self.share.unit * c for c in halves], dtype)

    def run(self, x: Array, y: Array, spare: Array) -> None:
        _bend(x, y, spare, self.polynomial)
        self.share.times(x, y, spare)


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
    by_steps = approximate == "tanh" or x.dtype == np.float32
    return mapped(x, _gelu(x.dtype, approximate).run if by_steps else _exact_gelu)
