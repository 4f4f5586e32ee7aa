"""What a trace keeps alive of the tensors of a program."""

from __future__ import annotations

import gc
import weakref

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the skip

pytestmark = pytest.mark.torch


def test_a_trace_keeps_no_tensor_that_the_program_let_go_of():
    def f(x):
        y = x + 1
        kept = weakref.ref(y)
        z = y * 2
        assert kept() is not None
        del y
        assert kept() is None
        return z

    model = ts.trace(f, (torch.ones(3),), check=False)

    assert model(torch.zeros(3)).tolist() == [2.0, 2.0, 2.0]


def test_a_write_through_a_view_reaches_what_the_program_let_go_of():
    def f(x):
        whole = x + 1
        first, last = whole[:2], whole[1:]
        del whole
        first.mul_(10)
        return last

    model = ts.trace(f, (torch.ones(3),))

    assert model(torch.zeros(3)).tolist() == [10.0, 1.0]


def base_of_a_view(x):
    whole = x + 1
    view = whole[:2]
    del whole
    return view._base * 2


def base_after_a_collected_cycle(x):
    whole = x + 1
    view, cycle = whole[:2], [whole]
    cycle.append(cycle)
    del whole, cycle
    gc.collect()
    return view._base * 2


def gradient_after_a_collected_cycle(x):
    held, given = x * 1, x * 2 + 2
    cycle = [given]
    cycle.append(cycle)
    held.grad = given
    del given, cycle
    gc.collect()
    return held.grad


@pytest.mark.parametrize(
    "f", [base_of_a_view, base_after_a_collected_cycle, gradient_after_a_collected_cycle]
)
def test_a_tensor_that_only_torch_still_holds_stays_known(f):
    model = ts.trace(f, (torch.ones(3),))

    assert model(torch.zeros(3)).tolist() == [2.0, 2.0, 2.0]
