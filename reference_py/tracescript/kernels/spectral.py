"""Discrete Fourier transforms along one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Callable

KERNELS: Final = RoundedTable()


def _transform(
    function: Callable[..., Any], x: Array, n: int | None, dim: int, norm: str, dtype: Any
) -> Array:
    if not n and not x.shape[dim]:
        raise trap("SHAPE_ERROR", f"expected points to transform, found {list(x.shape)}")
    return np.asarray(function(x, n, dim, norm)).astype(dtype, copy=False)


def _complex_of(x: Array) -> Any:
    return np.result_type(x.dtype, np.complex64)


@KERNELS.of("fft")
def fft(x: Array, n: int | None, dim: int, norm: str) -> Array:
    return _transform(np.fft.fft, x, n, dim, norm, _complex_of(x))


@KERNELS.of("ifft")
def ifft(x: Array, n: int | None, dim: int, norm: str) -> Array:
    return _transform(np.fft.ifft, x, n, dim, norm, _complex_of(x))


@KERNELS.of("rfft")
def rfft(x: Array, n: int | None, dim: int, norm: str) -> Array:
    return _transform(np.fft.rfft, x, n, dim, norm, _complex_of(x))


@KERNELS.of("irfft")
def irfft(x: Array, n: int | None, dim: int, norm: str) -> Array:
    points = 2 * (x.shape[dim] - 1) if n is None else n
    if points < 1:
        raise trap("SHAPE_ERROR", f"expected at least 2 points, found {list(x.shape)}")
    return _transform(np.fft.irfft, x, points, dim, norm, x.real.dtype)
