"""Linear algebra of real and complex matrices, phases of vectors fixed. Spec: NUM-70."""

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
    return np.asarray(sign, x.dtype), np.asarray(size, x.real.dtype)


def _adjoint(x: Array) -> Array:
    return np.swapaxes(x, -1, -2).conj()


@KERNELS.of("linalg_cholesky")
def cholesky(x: Array, upper: bool) -> Array:
    if x.shape[-1] != x.shape[-2]:
        raise trap("SHAPE_ERROR", f"expected equal sides, found {list(x.shape)}")
    lower = _adjoint(x) if upper else x
    try:
        factor = np.linalg.cholesky(lower)
    except np.linalg.LinAlgError:
        raise _singular("positive definite") from None
    return _adjoint(factor) if upper else factor


def _phases(x: Array) -> Array:
    """Return x / abs(x), and 1 for 0: a sign where x is real."""
    size = np.abs(x)
    return np.divide(x, size, out=np.ones_like(x), where=size != 0)


@KERNELS.of("linalg_qr")
def qr(x: Array, complete: bool) -> tuple[Array, Array]:
    q, r = np.linalg.qr(x, mode="complete" if complete else "reduced")
    phases = _phases(np.diagonal(r, axis1=-2, axis2=-1))
    padded = np.ones((*x.shape[:-2], q.shape[-1]), x.dtype)
    padded[..., : phases.shape[-1]] = phases
    return q * padded[..., np.newaxis, :], r * padded[..., : r.shape[-2], np.newaxis].conj()


def _leading_phases(vectors: Array) -> Array:
    """Return what each column is multiplied by so that its first nonzero entry is positive."""
    if not vectors.size:
        return np.ones((1, 1), vectors.dtype)
    first = np.argmax(vectors != 0, axis=-2)[..., np.newaxis, :]
    leading: Any = np.take_along_axis(vectors, first, axis=-2)
    return _phases(leading).conj()


@KERNELS.of("linalg_svd")
def svd(x: Array, full: bool) -> tuple[Array, Array, Array]:
    u, s, vh = np.linalg.svd(x, full_matrices=full)
    phases = _leading_phases(u)
    shared = np.swapaxes(phases[..., : s.shape[-1]], -1, -2).conj()
    vh = vh.copy()
    vh[..., : s.shape[-1], :] *= shared
    return u * phases, s, vh


@KERNELS.of("linalg_eigh")
def eigh(x: Array, upper: bool) -> tuple[Array, Array]:
    w, v = np.linalg.eigh(x, UPLO="U" if upper else "L")
    return w, v * _leading_phases(v)
