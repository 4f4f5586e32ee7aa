"""Calls of torch in scripts that ask about elements, or whose arguments need care."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tracescript.errors import ProducerError  # noqa: E402  # after the check for torch

pytestmark = pytest.mark.torch
ROWS = {"x": "float32[B, 3]", "y": "float32[B, 3]"}


def near(x, y):
    return x + 1 if torch.allclose(x, y, rtol=0.1) else x - 1


def same(x, y):
    if torch.equal(x, y):
        return x * 2
    return y


@pytest.mark.parametrize("program", [near, same])
def test_a_comparison_of_all_elements_is_a_branch_of_the_script(program):
    model = ts.script(program, types=ROWS)

    for off in (0.0, 0.05, 3.0):
        x = torch.arange(1.0, 7.0).reshape(2, 3)
        assert torch.equal(model(x, x * (1 + off)), program(x, x * (1 + off)))


class Sparse(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.eye(3).to_sparse()

    def forward(self, x):
        return self.table.to_dense() @ x


def test_a_tensor_that_is_not_dense_is_refused():
    with pytest.raises(ProducerError) as caught:
        ts.script(Sparse())

    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert "to_dense" in caught.value.hint
