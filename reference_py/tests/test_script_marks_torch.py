"""Marks as torch.jit spells them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tracescript.errors import ExecutionError  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:.*torch.jit.*deprecated:DeprecationWarning"),
]


def module():
    class Marked(torch.nn.Module):
        rounds: torch.jit.Final[int]
        __constants__ = ("factor",)

        def __init__(self):
            super().__init__()
            self.rounds, self.factor = 3, 2

        def forward(self, x: torch.Tensor, python: bool = False):
            if python:
                x = self.never(x)
            for _ in range(self.rounds):
                x = x * self.factor
            return x + 1

        @torch.jit.export
        def thirds(self, x: torch.Tensor):
            return x / 3

        @torch.jit.unused
        def never(self, x: torch.Tensor) -> torch.Tensor:
            return eval("x")

    return Marked()


X = torch.tensor([1.0, 2.0])


def test_exports_constants_and_unused_methods_are_as_with_our_marks(tmp_path):
    ts.save(ts.script(module()), tmp_path / "m.tsproto")
    loaded = ts.load(tmp_path / "m.tsproto")

    assert torch.equal(loaded(X), X * 8 + 1)
    assert torch.equal(loaded.thirds(X), X / 3)
    with pytest.raises(ExecutionError) as caught:
        loaded(X, python=True)
    assert caught.value.code == "RAISED"
    assert "never is marked unused" in caught.value.what
