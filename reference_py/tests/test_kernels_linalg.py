"""Factors of matrices: they multiply back, and their signs are fixed."""

from __future__ import annotations

import numpy as np
import pytest
from op_runs import by_kernel

RANDOM = np.random.default_rng(5)


def adjoint(x: np.ndarray) -> np.ndarray:
    return np.swapaxes(x, -1, -2).conj()


def numbers(shape: tuple[int, ...], kind: str) -> np.ndarray:
    x = RANDOM.standard_normal(shape)
    return x + 1j * RANDOM.standard_normal(shape) if kind == "complex" else x


def is_positive(x: np.ndarray) -> bool:
    return bool((abs(x.imag) < 1e-12).all() and (x.real > 0).all())


KINDS = pytest.mark.parametrize("kind", ["real", "complex"])


def leading(vectors: np.ndarray) -> np.ndarray:
    first = (vectors != 0).argmax(axis=-2)[..., np.newaxis, :]
    return np.take_along_axis(vectors, first, axis=-2)


@KINDS
@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 3), (2, 3, 4), (0, 2)])
def test_qr_multiplies_back_and_its_diagonal_is_not_negative(shape, complete, kind) -> None:
    x = numbers(shape, kind)

    q, r = by_kernel("linalg_qr", [x], {"complete": complete})

    np.testing.assert_allclose(q @ r, x, atol=1e-12)
    np.testing.assert_allclose(adjoint(q) @ q, np.eye(q.shape[-1]) + 0 * adjoint(q) @ q, atol=1e-12)
    assert is_positive(np.diagonal(r, axis1=-2, axis2=-1) + 1e-300)


@KINDS
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 3), (2, 3, 4)])
def test_svd_multiplies_back_and_its_left_vectors_lead_with_a_plus(shape, full, kind) -> None:
    x = numbers(shape, kind)

    u, s, vh = by_kernel("linalg_svd", [x], {"full": full})

    k = s.shape[-1]
    np.testing.assert_allclose(u[..., :k] * s[..., np.newaxis, :] @ vh[..., :k, :], x, atol=1e-12)
    assert (np.diff(s) <= 0).all()
    assert is_positive(leading(u))


@KINDS
@pytest.mark.parametrize("upper", [False, True])
def test_eigh_reads_one_triangle_and_its_vectors_lead_with_a_plus(upper, kind) -> None:
    x = numbers((2, 4, 4), kind)
    half = np.triu(x) if upper else np.tril(x)
    whole = half + adjoint(half) - half.real * np.eye(4)

    w, v = by_kernel("linalg_eigh", [x], {"upper": upper})

    np.testing.assert_allclose(whole @ v, v * w[..., np.newaxis, :], atol=1e-12)
    assert (np.diff(w) >= 0).all()
    assert is_positive(leading(v))
