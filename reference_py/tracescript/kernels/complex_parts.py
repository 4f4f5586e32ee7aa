"""Complex numbers: made of their parts, and taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

KERNELS: Final = Table()


@KERNELS.of("complex")
def complex_(re: Array, im: Array) -> Array:
    dtype = np.complex128 if re.dtype == np.float64 else np.complex64
    z = np.empty(np.broadcast_shapes(re.shape, im.shape), dtype)
    z.real, z.imag = re, im
    return z


@KERNELS.of("real")
def real(x: Array) -> Array:
    return x.real


@KERNELS.of("imag")
def imag(x: Array) -> Array:
    return x.imag


@KERNELS.of("conj")
def conj(x: Array) -> Array:
    return np.conj(x)
