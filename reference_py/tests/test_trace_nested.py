"""Scripted, traced and eager parts inside each other: which branches survive."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch_programs import Cell, Gate, Loop, Wrap  # noqa: E402  # after the skip

import tracescript as ts  # noqa: E402
from tracescript.errors import GuardError  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture
def parts():
    torch.manual_seed(0)
    linear = nn.Linear(4, 4)
    nn.init.eye_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear, Cell(Gate(), linear), torch.rand(3, 4), torch.rand(3, 4)


def inputs_of_each_sign():
    x = torch.rand(3, 4)
    return x, -x, torch.zeros(3, 4)


def test_an_eager_gate_in_a_traced_cell_is_guarded(parts):
    _, eager, x, h = parts
    model = ts.trace(eager, (x, h), decisions="record")

    torch.testing.assert_close(model(x, h), eager(x, h))
    with pytest.raises(GuardError):
        model(-x, h)


def test_a_scripted_gate_in_a_traced_cell_keeps_both_branches(parts):
    linear, eager, x, h = parts
    model = ts.trace(Cell(ts.script(Gate()), linear), (x, h))

    assert model.report.decisions == ()
    for given in inputs_of_each_sign():
        torch.testing.assert_close(model(given, h), eager(given, h))
    gate = model.ir.function("Gate.forward")
    assert gate.origin == "scripted"
    assert gate.inputs[0].type == gate.outputs[0].type


def test_four_layers_of_nesting_are_right_for_any_number_of_steps(parts):
    linear, eager, x, h = parts
    cell = ts.trace(Cell(ts.script(Gate()), linear), (x, h))
    loop = ts.script(Loop(cell))
    steps = ts.Dim("T", 0)

    model = ts.trace(Wrap(loop), (torch.randn(3, 3, 4),), dynamic={"xs": {0: steps}})

    whole = Wrap(Loop(eager))
    for n in (0, 1, 3, 7):
        xs = torch.randn(n, 3, 4)
        with torch.no_grad():
            torch.testing.assert_close(model(xs), whole(xs))
    lines = [line.strip() for line in repr(model).splitlines()]
    for name in (
        "Wrap(traced",
        "(loop): Loop(scripted",
        "(cell): Cell(traced",
        "(dg): Gate(scripted)",
    ):
        assert name in lines


def test_weights_of_a_finished_model_are_not_copied(parts):
    _, eager, x, h = parts
    inner = ts.trace(eager, (x, h), decisions="record")

    outer = ts.trace(lambda a, b: inner(a, b)[0] * 2, (x, h))

    held = {id(w) for _, w in inner.named_weights()}
    assert {id(w) for _, w in outer.named_weights()} == held


def test_the_sizes_of_a_finished_model_bind_those_of_the_caller(parts):
    _, eager, x, h = parts
    inner = ts.trace(eager, (x, h), decisions="record")

    outer = ts.trace(lambda a, b: inner(a, b)[0], (x, h))

    first, second = (i.type.shape for i in outer.ir.functions[-1].inputs[:2])
    assert first == second
    assert first[1] == 4
