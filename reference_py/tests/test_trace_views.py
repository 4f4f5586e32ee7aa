"""Random programs of views and writes in place: the trace gives what numpy gives."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tracescript.model.model import Model, Settings
from tracescript.producer.trace.run import trace
from tracescript.validator import validate

X = np.arange(12.0).reshape(3, 4)


def _view(choice, a):
    kinds = ["slice", "turned", "flat", "new axis"] + ["row"] * (a.ndim > 1)
    kind = choice.choice(kinds)
    if kind == "row":
        return a[choice.randrange(-1, 1)]
    if kind == "slice":
        return a[..., choice.randrange(2) :]
    if kind == "turned":
        return a.T
    if kind == "flat":
        return a.reshape(-1)
    return a[None]


def _write(choice, a, b):
    kind = choice.choice(["number", "add", "first", "other", "mask"])
    if kind == "number":
        a[...] = choice.randrange(9)
    elif kind == "add":
        a += choice.randrange(1, 5)
    elif kind == "first":
        a[0] = choice.randrange(9)
    elif kind == "other":
        a[...] = a * 2 - b.sum()
    else:
        a[a > 3] = -1.0


def program(seed):
    def run(x):
        choice = random.Random(seed)
        arrays = [x + 0, x * 2]
        for _ in range(10):
            a, b = choice.choice(arrays), choice.choice(arrays)
            if choice.random() < 0.5:
                arrays.append(_view(choice, a))
            else:
                _write(choice, a, b)
        return tuple(arrays)

    return run


@pytest.mark.parametrize("seed", range(60))
def test_views_and_writes_mean_what_numpy_means(seed):
    f = program(seed)

    made = trace(f, (X.copy(),), decisions="record")
    validate(made.model)

    got = Model(made.model, Settings("ref"))(X - 5)
    for found, wanted in zip(got, f(X - 5), strict=True):
        np.testing.assert_array_equal(found, wanted)
