"""Marks that tell scripts what to do with a method or an attribute."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ExecutionError


class Marked(ts.Module):
    rounds: ts.Final[int]

    def __init__(self):
        super().__init__()
        self.rounds = 3

    def forward(self, x: np.ndarray, python: bool = False):
        if python:
            x = self.never(x)
        for _ in range(self.rounds):
            x = x * 2
        return x

    @ts.export
    def halve(self, x: np.ndarray):
        return x / 2

    @ts.unused
    def never(self, x: np.ndarray):
        return np.array(eval("x"))


X = np.float32([1, 2])


def test_an_exported_method_is_a_method_of_the_file_beside_forward(tmp_path):
    ts.save(ts.script(Marked()), tmp_path / "m.tsproto")
    loaded = ts.load(tmp_path / "m.tsproto")

    assert np.array_equal(loaded(X), X * 8)
    assert np.array_equal(loaded.halve(X), X / 2)
    with pytest.raises(ExecutionError) as caught:
        loaded.run("never", X)
    assert caught.value.code == "NO_SUCH_METHOD"


def test_an_unused_method_raises_where_it_is_called_alone():
    model = ts.script(Marked())

    with pytest.raises(ExecutionError) as caught:
        model(X, python=True)
    assert caught.value.code == "RAISED"
    assert "Marked.never is marked unused" in caught.value.what
