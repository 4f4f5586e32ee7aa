"""Sigmoids, by either function that NumPy may have fast on a processor."""

from __future__ import annotations

import numpy as np
import pytest

from tracescript.kernels import activation

X = np.concatenate([np.linspace(-30, 30, 481), [0.0, -0.0, 200.0]])


@pytest.fixture(params=[True, False], ids=["exp2", "tanh"])
def _way(request, monkeypatch):
    monkeypatch.setattr(activation, "is_fast", lambda *_: request.param)
    activation._share.cache_clear()
    yield
    activation._share.cache_clear()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("times_itself", [False, True])
@pytest.mark.usefixtures("_way")
def test_a_sigmoid_is_within_roundings_of_its_definition(dtype, times_itself):
    x = X.astype(dtype)
    exact = np.longdouble(1) / (1 + np.exp(-x.astype(np.longdouble)))
    made = activation.silu(x) if times_itself else activation.sigmoid(x)
    assert made.dtype == x.dtype
    if times_itself:
        exact = exact * x
    bound = 2 * np.finfo(dtype).eps * (np.maximum(np.abs(x), 1) if times_itself else 1)
    assert (np.abs(made - exact) <= bound).all()


@pytest.mark.usefixtures("_way")
def test_infinities_and_nan_have_sigmoids():
    x = np.array([-np.inf, np.inf, np.nan], np.float32)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(activation.sigmoid(x), [0, 1, np.nan])
        np.testing.assert_array_equal(activation.silu(x), [0, np.inf, np.nan])
