"""Discrete Fourier transforms along one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Callable

KERNELS: Final = RoundedTable()


def _transform(
    function: Callable[..., Any], x: Array, n: int | None, dim: int, norm: str, dtype: Any
) -> Array:
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
    return _transform(np.fft.irfft, x, points, dim, norm, x.real.dtype)
