"""Exploring torch programs: the seed's gate in all its nestings, states, in-place writes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch_programs import Cell, Gate, Loop, Wrap  # noqa: E402

import tracescript as ts  # noqa: E402

pytestmark = pytest.mark.torch


def cell():
    torch.manual_seed(0)
    return Cell(Gate())


def example(rows=3):
    return torch.rand(rows, 4), torch.rand(rows, 4)


def equal_on_many(model, program, make, count=40):
    for seed in range(count):
        torch.manual_seed(seed)
        given = make()
        expected, found = program(*given), model(*given)
        pairs = zip(expected, found, strict=True) if isinstance(expected, tuple) else None
        for a, b in pairs or [(expected, found)]:
            torch.testing.assert_close(b, a.detach(), rtol=1e-5, atol=1e-5)


def test_the_cell_explored_keeps_the_gate_of_its_submodule():
    program = cell()
    model = ts.trace(program, example(), explore=2)

    assert model.report.decisions == ()
    assert "if bool(" in model.dg.code
    assert model.code.count("ops.tanh") == 1
    equal_on_many(model, program, lambda: (torch.randn(5, 4), torch.randn(5, 4)))


def test_the_explored_cell_computes_what_the_one_around_a_script_does():
    program = cell()
    explored = ts.trace(program, example(), explore=2)
    scripted = ts.trace(Cell(ts.script(Gate()), program.linear), example())

    for seed in range(40):
        torch.manual_seed(seed)
        x, h = torch.randn(3, 4), torch.randn(3, 4)
        for a, b in zip(explored(x, h), scripted(x, h), strict=True):
            assert torch.equal(a, b)


def test_an_explored_cell_survives_in_a_scripted_loop_in_a_traced_wrapper():
    program = cell()
    explored = ts.trace(program, example(), explore=2)
    model = ts.trace(Wrap(ts.script(Loop(explored))), (torch.rand(3, 3, 4),))

    text = repr(model)
    assert "Cell(explored" in text
    assert "Gate(explored" in text
    assert "Loop(scripted" in text
    eager = Wrap(Loop(program))
    for steps in (1, 3, 7):
        equal_on_many(model, eager, lambda n=steps: (torch.randn(n, 3, 4),), count=10)


def test_an_explored_function_over_tensors():
    def f(x):
        y = 1 - x.reshape(x.shape[0] * 2, -1)
        if y.mean() > 0:
            y = y * 2
            if y.max() > 3:
                y = y - 3
        z = nn.functional.glu(y, -1)
        return z + 1 if z.sum() > 0 else z - 1

    model = ts.trace(f, (torch.rand(2, 4),), explore=16)

    assert model.report.decisions == ()
    equal_on_many(model, f, lambda: (torch.randn(2, 4) * 2,), count=100)
    equal_on_many(model, f, lambda: (torch.randn(5, 4) * 2,), count=100)


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.norm = nn.BatchNorm1d(4)
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        y = self.norm(x)
        if y[0].sum() > 0:
            self.count += 1
            return y
        self.count = self.count + 2
        return y * self.count


def test_buffers_are_put_back_between_runs_and_joined():
    program, again = Counting(), Counting()
    x = torch.randn(6, 4)
    model = ts.trace(program, (x,), explore=4)
    again(x)

    assert model.report.decisions == ()
    assert torch.equal(program.count, again.count)
    torch.testing.assert_close(program.norm.running_mean, again.norm.running_mean)
    equal_on_many(model, Counting(), lambda: (torch.randn(6, 4),), count=20)


def test_writing_in_place_in_one_arm_is_joined():
    def f(x):
        y = x.clone()
        if x.sum() > 0:
            y[0] = 0
            y.mul_(2)
        return y + x

    model = ts.trace(f, (torch.rand(3, 4),), explore=2)

    equal_on_many(model, f, lambda: (torch.randn(3, 4),))


def test_mixed_experts_go_to_the_arm_that_the_data_chooses():
    class Experts(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(2)
            self.choose = nn.Linear(4, 3)
            self.experts = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))

        def forward(self, x):
            scores = self.choose(x).mean(0)
            for i in range(2):
                if scores[i] == scores.max():
                    return self.experts[i](x)
            return self.experts[2](x)

    program = Experts()
    model = ts.trace(program, (torch.rand(5, 4),), explore=8)

    assert model.report.decisions == ()
    equal_on_many(model, program, lambda: (torch.randn(5, 4) * 3,), count=60)


@pytest.mark.parametrize("is_empty", [
    lambda chosen, x: chosen.numel() == 0,
    lambda chosen, x: len(chosen) < 1,
    lambda chosen, x: not x[x[:, 0] > 0].shape[0],
])  # fmt: skip
def test_a_branch_on_how_much_data_was_selected_is_explored(is_empty):
    def selected(x):
        (chosen,) = torch.where(x[:, 0] > 0)
        if is_empty(chosen, x):
            return x.sum(0)
        return x[chosen].amax(0) * 2

    model = ts.trace(selected, (torch.ones(3, 2),), explore=4)

    assert model.report.decisions == ()
    for x in (torch.ones(4, 2), -torch.ones(4, 2), torch.eye(2)):
        assert torch.equal(model(x), selected(x))


def test_a_branch_on_the_size_of_an_input_stays_a_guard():
    model = ts.trace(lambda x: x * 2 if x.shape[0] > 2 else x, (torch.ones(3, 2),), explore=4)

    assert [g.text for g in model.report.shape_guards] == ["2 < x_0"]
