"""Linear algebra of real matrices, signs of vectors fixed. Spec: NUM-70."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tracescript.errors import TrapError, trap
from tracescript.kernels.rounding import Array, RoundedTable

KERNELS: Final = RoundedTable()


def _singular(what: str) -> TrapError:
    return trap("SINGULAR_MATRIX", f"expected {what} matrices, found another")


@KERNELS.of("linalg_solve")
def solve(x: Array, b: Array) -> Array:
    if x.shape[-1] != x.shape[-2] or x.shape[-1] != b.shape[-2]:
        raise trap("SHAPE_ERROR", f"{list(x.shape)} and {list(b.shape)} are no system of equations")
    try:
        return np.linalg.solve(x, b)
    except np.linalg.LinAlgError:
        raise _singular("invertible") from None


@KERNELS.of("linalg_slogdet")
def slogdet(x: Array) -> tuple[Array, Array]:
    sign, size = np.linalg.slogdet(x)
    return np.asarray(sign, x.dtype), np.asarray(size, x.dtype)


@KERNELS.of("linalg_cholesky")
def cholesky(x: Array, upper: bool) -> Array:
    lower = np.swapaxes(x, -1, -2) if upper else x
    try:
        factor = np.linalg.cholesky(lower)
    except np.linalg.LinAlgError:
        raise _singular("positive definite") from None
    return np.swapaxes(factor, -1, -2) if upper else factor


@KERNELS.of("linalg_qr")
def qr(x: Array, complete: bool) -> tuple[Array, Array]:
    q, r = np.linalg.qr(x, mode="complete" if complete else "reduced")
    diagonal = np.diagonal(r, axis1=-2, axis2=-1)
    signs = np.where(diagonal < 0, -1, 1).astype(x.dtype)
    padded = np.ones((*x.shape[:-2], q.shape[-1]), x.dtype)
    padded[..., : signs.shape[-1]] = signs
    return q * padded[..., np.newaxis, :], r * padded[..., : r.shape[-2], np.newaxis]


def _leading_signs(vectors: Array) -> Array:
    """Return the sign of the first nonzero entry of each column."""
    first = np.argmax(vectors != 0, axis=-2)[..., np.newaxis, :]
    leading: Any = np.take_along_axis(vectors, first, axis=-2)
    return np.where(leading < 0, -1, 1).astype(vectors.dtype)


@KERNELS.of("linalg_svd")
def svd(x: Array, full: bool) -> tuple[Array, Array, Array]:
    u, s, vh = np.linalg.svd(x, full_matrices=full)
    signs = _leading_signs(u)
    shared = np.swapaxes(signs[..., : s.shape[-1]], -1, -2)
    vh = vh.copy()
    vh[..., : s.shape[-1], :] *= shared
    return u * signs, s, vh


@KERNELS.of("linalg_eigh")
def eigh(x: Array, upper: bool) -> tuple[Array, Array]:
    w, v = np.linalg.eigh(x, UPLO="U" if upper else "L")
    return w, v * _leading_signs(v)
