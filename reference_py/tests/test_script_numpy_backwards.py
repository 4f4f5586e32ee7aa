"""Scripts of numpy: slices that go backwards, and questions about all elements."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError

X = np.random.default_rng(6).normal(size=(4, 3)).astype(np.float32)


def test_any_and_all_of_an_array_are_bools_and_slices_go_backwards():
    def f(x):
        y = x.copy()
        y[::-1, 0] = x[:, 1]
        return all(x[0] > 0), any(x[0] > 0), x[::-1, ::2], x[2:0:-1], y

    *found, last = ts.script(f, types={"x": "float32[4, 3]"})(X)
    *wanted, whole = f(X)

    assert found[:2] == wanted[:2]
    assert type(found[0]) is bool
    for a, b in zip([*found[2:], last], [*wanted[2:], whole], strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_view_that_goes_backwards_is_not_written():
    def f(x):
        a = x.copy()
        b = a[::-1]
        b[0] = 7
        return a

    with pytest.raises(ProducerError) as caught:
        ts.script(f, types={"x": "float32[4, 3]"})

    assert caught.value.code == "ALIASING"
