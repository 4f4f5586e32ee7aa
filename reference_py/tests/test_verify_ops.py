"""Ops against a second opinion: every op has one, and a quick part of its calls agrees."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from tools.verify import own_plans  # noqa: E402 - needs torch, which is asked for above
from tools.verify.plan import Call, Plan  # noqa: E402 - as above
from tools.verify_ops import Tally, check, main, missing  # noqa: E402 - as above
from tracescript.opset.table import opset  # noqa: E402 - as above

SOME = [
    "add",
    "logit",
    "nan_to_num",
    "where",
    "cast",
    "sort",
    "matmul",
    "scatter",
    "layer_norm",
    "int.add",
    "list.get",
    "loop",
]


@pytest.mark.parametrize("name", [op.name for op in opset()])
def test_every_op_has_a_second_opinion(name: str) -> None:
    assert missing(name) == ""


def test_no_plan_speaks_of_an_op_that_is_gone() -> None:
    assert set(own_plans().by_op) <= {op.name for op in opset()}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SOME)
def test_a_quick_part_of_the_calls_agrees(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--op", name]) == 0, capsys.readouterr().out


def test_a_wrong_result_is_found() -> None:
    import numpy as np

    plan = Plan("add", list, lambda x, y: x - y)
    tally = Tally()

    check(plan, Call((np.ones(3, np.float32), np.ones(3, np.float32))), 0, tally)

    assert tally.passed == 0
    assert "expected" in tally.faults[0]


def test_an_op_without_a_plan_fails_the_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--op", "no_such_op"]) == 1
    assert "without an oracle: no_such_op" in capsys.readouterr().out
