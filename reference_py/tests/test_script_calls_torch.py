"""Calls of torch in scripts that ask about elements, or whose arguments need care."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tests.differential.check import function_of  # noqa: E402  # after the check for torch
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


TYPES = {"x": "float32[3, 4]", "y": "float32[3, 4]", "i": "int64[2]"}
TAKEN = """
torch.diff(x, 2, 0)
torch.unique(i)
torch.abs(i).unique(sorted=True)
torch.unique(i, True, False, True)
torch.unique(i, return_inverse=True)
F.l1_loss(x, y, None, None, "mean", y)
F.cross_entropy(x, y, size_average=False)
torch.norm(x, dtype=torch.float64)
torch.std(x, 0, False, True)
F.pad(x, (1, -1), mode="replicate")
F.pad(x, (2, -1), mode="circular")
F.pad(x, (-1, 2), mode="circular")
""".strip().splitlines()
REFUSED = """
F.mse_loss(x, y, False)
F.mse_loss(x, y, size_average=False)
F.kl_div(x, y, False)
F.binary_cross_entropy(y, y, None, False)
F.embedding(i, y, None, 0.5)
torch.linalg.pinv(x, 0.5)
""".strip().splitlines()


def calling(call):
    head = "import torch\nimport torch.nn.functional as F\n\n\n"
    return function_of(f"{head}def f(x, y, i):\n    return {call}\n")


@pytest.mark.parametrize("call", TAKEN)
@pytest.mark.filterwarnings("ignore:size_average")
def test_every_argument_of_a_call_means_what_it_means_in_torch(call):
    args = (torch.randn(3, 4), torch.rand(3, 4), torch.tensor([0, 2]))

    torch.testing.assert_close(ts.script(calling(call), types=TYPES)(*args), calling(call)(*args))


@pytest.mark.parametrize("call", REFUSED)
@pytest.mark.filterwarnings("ignore:size_average")
def test_an_argument_that_scripts_do_not_know_is_refused(call):
    with pytest.raises(ProducerError) as caught:
        ts.script(calling(call), types=TYPES)

    assert caught.value.excerpt
    assert caught.value.hint


@pytest.mark.parametrize("amounts", [(2, -1), (-1, 2), (1, 1), (-1, -1), (0, 0)])
def test_circular_padding_of_amounts_that_run_time_tells_takes_what_is_left(amounts):
    def wrapped(x, before: int, after: int):
        return torch.nn.functional.pad(x, (before, after), mode="circular")

    model = ts.script(wrapped, types={"x": "float32[1, 1, 5]"})
    x = torch.arange(5.0).reshape(1, 1, 5)

    assert torch.equal(model(x, *amounts), wrapped(x, *amounts))


def test_a_trace_refuses_circular_padding_that_cuts_off():
    with pytest.raises(ProducerError) as caught:
        ts.trace(
            lambda x: torch.nn.functional.pad(x, (2, -1), mode="circular"),
            (torch.ones(1, 1, 5),),
        )

    assert caught.value.code == "UNKNOWN_CALL"
    assert "slice" in caught.value.hint
