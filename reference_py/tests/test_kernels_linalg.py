"""Factors of matrices: they multiply back, and their signs are fixed."""

from __future__ import annotations

import numpy as np
import pytest
from op_runs import by_kernel

RANDOM = np.random.default_rng(5)


def transposed(x: np.ndarray) -> np.ndarray:
    return np.swapaxes(x, -1, -2)


def leading(vectors: np.ndarray) -> np.ndarray:
    first = (vectors != 0).argmax(axis=-2)[..., np.newaxis, :]
    return np.take_along_axis(vectors, first, axis=-2)


@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 3), (2, 3, 4), (0, 2)])
def test_qr_multiplies_back_and_its_diagonal_is_not_negative(shape, complete) -> None:
    x = RANDOM.standard_normal(shape)

    q, r = by_kernel("linalg_qr", [x], {"complete": complete})

    np.testing.assert_allclose(q @ r, x, atol=1e-12)
    np.testing.assert_allclose(
        transposed(q) @ q, np.eye(q.shape[-1]) + 0 * transposed(q) @ q, atol=1e-12
    )
    assert (np.diagonal(r, axis1=-2, axis2=-1) >= 0).all()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 3), (2, 3, 4)])
def test_svd_multiplies_back_and_its_left_vectors_lead_with_a_plus(shape, full) -> None:
    x = RANDOM.standard_normal(shape)

    u, s, vh = by_kernel("linalg_svd", [x], {"full": full})

    k = s.shape[-1]
    np.testing.assert_allclose(u[..., :k] * s[..., np.newaxis, :] @ vh[..., :k, :], x, atol=1e-12)
    assert (np.diff(s) <= 0).all()
    assert (leading(u) > 0).all()


@pytest.mark.parametrize("upper", [False, True])
def test_eigh_reads_one_triangle_and_its_vectors_lead_with_a_plus(upper) -> None:
    x = RANDOM.standard_normal((2, 4, 4))
    half = np.triu(x) if upper else np.tril(x)
    whole = half + transposed(half) - half * np.eye(4)

    w, v = by_kernel("linalg_eigh", [x], {"upper": upper})

    np.testing.assert_allclose(whole @ v, v * w[..., np.newaxis, :], atol=1e-12)
    assert (np.diff(w) >= 0).all()
    assert (leading(v) > 0).all()
