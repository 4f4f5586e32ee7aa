"""`torch.unique` of rows and `torch.unique_consecutive` under a trace give what torch gives."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch_traces import assert_same, traced  # noqa: E402  # after the skip

pytestmark = pytest.mark.torch

GIVEN = torch.tensor([[3, 1, 2], [0, 5, 1], [3, 1, 2], [3, 0, 9], [0, 5, 1], [0, 5, 0]])
OTHER = torch.tensor([[1, 1, 1], [1, 1, 1], [0, 1, 1], [1, 1, 1]])
PROGRAMS = {
    "rows": lambda x: torch.unique(x, dim=0),
    "rows and all about them": lambda x: torch.unique(x * 0.5, True, True, True, dim=0),
    "rows of truths": lambda x: (x > 1).unique(dim=0, return_counts=True),
    "rows of more axes": lambda x: torch.unique(torch.stack([x, -x], 2), dim=0),
    "runs": lambda x: torch.unique_consecutive(x[:, 0], return_inverse=True, return_counts=True),
    "runs of all elements": lambda x: torch.unique_consecutive(x, return_inverse=True),
    "runs of rows": lambda x: x.sort(0)[0].unique_consecutive(dim=0, return_counts=True),
    "runs of columns": lambda x: torch.unique_consecutive(x[:2] * 0, dim=-1),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_different_rows_and_runs_are_traced_and_their_number_stays_open(program):
    model = traced(program, GIVEN)

    assert_same(model, program, GIVEN)
    assert_same(model, program, OTHER)


def test_unique_elements_in_any_order_come_in_order():
    model = traced(lambda x: torch.unique(x, sorted=False), GIVEN)

    assert_same(model, torch.unique, OTHER)
