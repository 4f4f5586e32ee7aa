"""Whole torch models: traced or scripted, saved, loaded, equal to eager on both engines."""

from __future__ import annotations

import io

import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402  # after the skip
from torch_programs import Cell, Gate, Loop, Wrap  # noqa: E402  # after the skip

pytestmark = pytest.mark.torch


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Linear(64, 5)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.norm(self.conv(x))), 2)
        return torch.log_softmax(self.head(x.flatten(1)), dim=-1)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(3, 4)

    def forward(self, xs: torch.Tensor, limit: float):
        h, c = torch.zeros(1, 4), torch.zeros(1, 4)
        steps = 0
        for i in range(xs.size(0)):
            h, c = self.cell(xs[i], (h, c))
            steps += 1
            if h.abs().max() > limit:
                break
        return h, steps


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 3)
        self.linear = nn.Linear(3, 5, bias=False)
        self.linear.weight = self.embedding.weight

    def forward(self, x):
        return self.linear(self.embedding(x))


def mlp():
    return nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Dropout(0.5), nn.Linear(8, 3)).eval()


def encoder():
    return nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()


def saved(model, engine):
    file = io.BytesIO()
    ts.save(model, file)
    return ts.load(file.getvalue(), engine=engine, verify="full")


def close(got, expected) -> None:
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-5)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)
    with torch.no_grad():
        yield


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize(
    ("make", "shape"),
    [(mlp, (2, 4)), (lambda: CNN().eval(), (2, 1, 8, 8)), (encoder, (2, 5, 8))],
    ids=["mlp", "cnn", "encoder"],
)
def test_a_traced_model_equals_eager_at_other_batch_sizes(make, shape, engine) -> None:
    program = make()
    model = saved(ts.trace(program, (torch.randn(shape),)), engine)

    for batch in (2, 3):
        x = torch.randn(batch, *shape[1:])
        close(model(x), program(x))


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize(
    ("make", "shape"), [(mlp, (2, 4)), (lambda: CNN().eval(), (2, 1, 8, 8))], ids=["mlp", "cnn"]
)
def test_a_scripted_model_equals_eager(make, shape, engine) -> None:
    program = make()
    model = saved(ts.script(program), engine)
    x = torch.randn(shape)

    close(model(x), program(x))


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_scripted_time_loop_leaves_early_where_eager_does(engine) -> None:
    program = Reader()
    model = saved(ts.script(program), engine)

    for limit in (0.0, 0.2, 9.0):
        xs = torch.randn(6, 1, 3) * 3
        state, steps = program(xs, limit)
        got, counted = model(xs, limit)
        close(got, state)
        assert counted == steps


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_the_four_nestings_are_right_on_both_signs_and_any_length(engine) -> None:
    eager = Wrap(Loop(Cell(Gate())))
    traced = ts.trace(eager.loop.cell, (torch.rand(3, 4), torch.rand(3, 4)), decisions="record")
    gate_scripted = Cell(ts.script(Gate()))
    gate_scripted.linear = eager.loop.cell.linear
    cell = ts.trace(gate_scripted, (torch.rand(3, 4), torch.rand(3, 4)))
    loop = ts.script(Loop(cell))
    wrap = saved(ts.trace(Wrap(loop), (torch.rand(3, 3, 4),)), engine)

    assert len(traced.dg.ir.function("Gate.forward").decisions) == 1
    for steps in (1, 3, 7):
        xs = torch.randn(steps, 3, 4) * 2
        close(wrap(xs), eager(xs))
    names = ["Wrap(traced", "Loop(scripted", "Cell(traced", "Gate(scripted)"]
    assert all(name in repr(wrap) for name in names)


def test_a_captured_model_fits_into_a_torch_sequence() -> None:
    stack = nn.Sequential(nn.Linear(4, 4), ts.script(Gate()), nn.ReLU())
    x = torch.randn(2, 4)
    y = stack[0](x)

    close(stack(x), torch.relu(y if y.sum() > 0 else -y))


def test_tied_weights_stay_one_weight() -> None:
    model = saved(ts.trace(Tied(), (torch.tensor([1, 4]),)), "py")
    weights = dict(model.named_weights())

    assert weights["embedding.weight"] is weights["linear.weight"]


def test_a_dynamic_dimension_that_a_loop_would_fix_is_refused_with_its_line() -> None:
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(Loop(Cell(Gate())), (torch.rand(3, 3, 4),), dynamic={"xs": {0: ts.Dim("T")}})

    assert caught.value.code == "DIMENSION_FIXED"
    assert caught.value.where.startswith("torch_programs.py:35")
