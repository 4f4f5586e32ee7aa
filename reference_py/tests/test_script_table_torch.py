"""The rows of the language table that speak of torch."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tests.differential.check import function_of  # noqa: E402  # after the check for torch
from tests.script_table.rows import rows  # noqa: E402  # after the check for torch
from tests.script_table.run import differences, refusal  # noqa: E402  # after the check for torch

pytestmark = pytest.mark.torch
ROWS = {row.says: row for row in rows("torch")}


@pytest.mark.parametrize("says", [s for s, row in ROWS.items() if row.accepted])
def test_the_programs_of_a_row_give_what_torch_gives(says):
    row = ROWS[says]

    with torch.no_grad():
        found = [differences(row, body) for body in row.accepted]

    assert found == [[] for _ in row.accepted]


@pytest.mark.parametrize("says", ROWS)
def test_the_neighbour_of_a_row_is_refused_with_this_text(says):
    error = refusal(ROWS[says])

    assert error.hint
    assert str(error) == ROWS[says].error.strip("\n")


def test_a_wrapper_is_scripted_with_its_own_parameters_and_not_those_it_says_it_wraps():
    source = """
import functools
from torch import Tensor
def scaled(g):
    @functools.wraps(g)
    def wrapper(x: Tensor, k: int, s: float = 2.0) -> Tensor:
        return g(x) * k + s
    return wrapper
@scaled
def f(x: float):
    return x + 1
"""
    function = function_of(source)
    model = ts.script(function, types={"x": "float32[3]"})
    x = torch.arange(3.0)

    assert torch.equal(model(x, 4), function(x, 4))
    assert torch.equal(model(x, 2, 0.5), function(x, 2, 0.5))
