"""Whole models over `tracescript.nn`: traced or scripted, saved, loaded, run by both engines."""

from __future__ import annotations

import io

import numpy as np
import pytest

import tracescript as ts
from programs import Cell, Gate
from tracescript import nn, ops


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        return ops.softmax(self.layers(x), dim=-1)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(64, 5)

    def forward(self, x):
        x = self.pool(ops.relu(self.norm(self.conv(x))))
        return self.head(ops.flatten(x, start_dim=1))


class Reader(nn.Module):
    """Reads a sequence until its state is loud enough; says how many steps that took."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(3, 4)

    def forward(self, xs, limit: float):
        h = ops.zeros([1, 4], dtype="float32")
        c = ops.zeros([1, 4], dtype="float32")
        steps = 0
        for i in range(xs.shape[0]):
            h, c = self.cell(xs[i], h, c)
            steps = steps + 1
            if float(ops.amax(ops.abs(h))) > limit:
                break
        return h, steps


class Loop(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, xs):
        h = ops.zeros([3, 4], dtype="float32")
        y = ops.zeros([3, 4], dtype="float32")
        for i in range(xs.shape[0]):
            y, h = self.cell(xs[i], h)
        return y, h


class Wrap(nn.Module):
    def __init__(self, loop):
        super().__init__()
        self.loop = loop

    def forward(self, xs):
        _, y = self.loop(xs)
        return ops.relu(y)


def saved(model: ts.Model, engine: str) -> ts.Model:
    file = io.BytesIO()
    ts.save(model, file)
    return ts.load(file.getvalue(), engine=engine, verify="full")


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("produce", ["trace", "script"])
@pytest.mark.parametrize(("make", "shape"), [(MLP, (2, 4)), (CNN, (2, 1, 8, 8))])
def test_a_model_gives_the_program_s_results_at_any_batch_size(
    make, shape, produce, engine
) -> None:
    program = make()
    if produce == "trace":
        made = ts.trace(program, (draw(*shape),), dynamic={"x": {0: ts.Dim("B")}})
    else:
        made = ts.script(program)
    model = saved(made, engine)

    for batch in (1, 2, 5):
        x = draw(batch, *shape[1:], seed=batch)
        np.testing.assert_allclose(model(x), program(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_transformer_layer_takes_other_batch_and_sequence_sizes(engine) -> None:
    program = nn.TransformerEncoderLayer(8, 2, 16)
    model = saved(ts.trace(program, (draw(2, 5, 8),)), engine)

    for shape in ((2, 5, 8), (3, 7, 8)):
        x = draw(*shape)
        np.testing.assert_allclose(model(x), program(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_scripted_time_loop_leaves_early_where_the_program_does(engine) -> None:
    program = Reader()
    model = saved(ts.script(program), engine)
    counts = set()

    for limit in (0.0, 0.1, 0.2, 9.0):
        for length in (0, 1, 6):
            xs = draw(length, 1, 3, seed=length) * 3
            state, steps = program(xs, limit)
            got, counted = model(xs, limit)
            np.testing.assert_allclose(got, state, rtol=1e-5, atol=1e-6)
            assert counted == steps
            counts.add(steps)

    assert len(counts) > 2


def gated_loop(cell: Cell, xs: np.ndarray) -> np.ndarray:
    """The seed's loop in plain numpy, with every branch as the data asks."""
    weight, bias = cell.linear.weight.data, cell.linear.bias.data
    h = np.zeros((3, 4), np.float32)
    for x in xs:
        y = x @ weight.T + bias
        h = np.tanh((y if y.sum() > 0 else -y) + h)
    return h


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_script_in_trace_in_script_in_trace_keeps_branch_loop_and_tree(engine, wrapped) -> None:
    cell = Cell(ts.script(Gate()))
    example = (draw(3, 4), draw(3, 4))
    made = ts.script(Loop(ts.trace(cell, example)))
    if wrapped:
        made = ts.trace(Wrap(made), (draw(3, 3, 4),))
    model = saved(made, engine)

    for steps in (1, 3, 7):
        xs = draw(steps, 3, 4, seed=steps) * 2
        expected = gated_loop(cell, xs)
        got = model(xs) if wrapped else model(xs)[1]
        np.testing.assert_allclose(
            got, np.maximum(expected, 0) if wrapped else expected, rtol=1e-5, atol=1e-6
        )
    lines = repr(model).splitlines()
    names = ["Wrap(traced", "Loop(scripted", "Cell(traced", "Gate(scripted)"][0 if wrapped else 1 :]
    assert [any(n in line for line in lines) for n in names] == [True] * len(names)


def test_a_loop_traced_over_a_size_is_guarded_by_that_size() -> None:
    cell = Cell(ts.script(Gate()))
    made = ts.trace(Loop(cell), (draw(3, 3, 4),), decisions="record")
    model = saved(made, "py")
    xs = draw(3, 3, 4, seed=5)

    np.testing.assert_allclose(model(xs)[1], gated_loop(cell, xs), rtol=1e-5, atol=1e-6)
    with pytest.raises(ts.errors.TsError) as caught:
        model(draw(7, 3, 4))
    assert caught.value.code in {"SHAPE_GUARD_FAILED", "BAD_INPUT"}
