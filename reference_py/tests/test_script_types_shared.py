"""A scripted model called with several data types: what is compiled for them shares one state."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import BadInputError

X = np.float32([3, 1, 2])


def assert_same(found, expected):
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


class Adding(ts.Module):
    def __init__(self):
        super().__init__()
        self.n = 0

    def forward(self, x):
        self.n += 1
        return x + self.n


class Keeping(ts.Module):
    def __init__(self):
        super().__init__()
        self.last = np.float32([0, 0, 0])

    def forward(self, x):
        before = self.last
        self.last = x * 1
        return before + x


def test_calls_with_other_data_types_share_the_state():
    program, model = Adding(), ts.script(Adding())

    for data_type in ("float32", "float64", "float64", "float32"):
        x = X.astype(data_type)
        assert_same(model(x), program(x))
    assert model.state() == {"n": 4}


def test_a_state_that_another_data_type_has_written_is_refused():
    model = ts.script(Keeping())
    model(X)

    with pytest.raises(BadInputError) as caught:
        model(X.astype(np.float64))

    assert caught.value.code == "BAD_INPUT"
    assert_same(model(X), X * 2)
