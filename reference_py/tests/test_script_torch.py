"""Scripts of torch modules give what torch gives."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402, N812  # after importorskip; as everybody writes it
from torch import Tensor, nn  # noqa: E402  # after importorskip
from torch_programs import Cell, Gate, Loop  # noqa: E402  # after the skip

import tracescript as ts  # noqa: E402  # after importorskip
from tests.test_script_numpy import run  # noqa: E402  # after importorskip
from tracescript.producer.script.run import script  # noqa: E402  # after importorskip

pytestmark = pytest.mark.torch


class StepsUntil(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(4, 4)
        self.out = nn.Linear(4, 2)

    def forward(self, xs, limit: float):
        h = torch.zeros(xs.size(1), 4)
        c = torch.zeros_like(h)
        outs: list[Tensor] = []
        for x in xs:
            h, c = self.cell(x, (h, c))
            outs.append(self.out(h))
            if bool(h.abs().max() > limit):
                break
        return h, torch.stack(outs)


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
        self.head = nn.Sequential(nn.LayerNorm(4), nn.GELU(), nn.Dropout(), nn.Linear(4, 2))

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = F.relu(layer(x)) * 0.5 + i
        return self.head(x)


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        return F.log_softmax(self.head(torch.flatten(self.pool(self.stem(x)), 1)), dim=1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = [f(x).view(b, t, 2, d // 2).transpose(1, 2) for f in (self.q, self.k, self.v)]
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(d // 2)
        scores = scores.masked_fill(torch.tril(torch.ones(t, t)) == 0, float("-inf"))
        return (F.softmax(scores, dim=-1) @ v).transpose(1, 2).reshape(b, t, d)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids):
        return self.head(self.embedding(ids)).argmax(dim=-1)


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("total", torch.zeros(2))
        self.calls = 0

    def forward(self, x):
        self.total += x
        self.calls = self.calls + 1
        return self.total * self.calls


class Masked(nn.Module):
    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is not None:
            x = x.masked_fill(mask, 0.0)
        return x + 1


class Pair(NamedTuple):
    left: Tensor
    count: int


class Structured(nn.Module):
    def forward(self, x):
        p = Pair(x * 2, 3)
        return p.left + p.count, {"x": x, "sum": x.sum()}


class Split(nn.Module):
    def forward(self, x):
        first, *_ = x.split(2)
        total = first.sum()
        for part in x.split(2):
            total = total + part.max()
        return total, len(x.split(2))


class Assigned(nn.Module):
    def forward(self, x):
        y = torch.zeros_like(x)
        y[0] = 1.0
        y[:, 1] = x[:, 0]
        y[1:, 2:] += 3
        y.mul_(2)
        return y, x[..., -1], x[:, None].shape[1], x[x > 0].sum()


def same(module, *args):
    scripted = script(module)
    given = [a.numpy() if isinstance(a, Tensor) else a for a in args]
    found = run(scripted, *given)
    with torch.no_grad():
        expected = module(*(a.clone() if isinstance(a, Tensor) else a for a in args))
    for got, want in zip(flat(found), flat(expected), strict=True):
        np.testing.assert_allclose(np.asarray(got), np.asarray(want), rtol=2e-5, atol=1e-5)
    return scripted.model


def flat(value):
    if isinstance(value, tuple | list):
        return [x for part in value for x in flat(part)]
    if isinstance(value, dict):
        return [x for part in value.values() for x in flat(part)]
    return [value]


@pytest.mark.parametrize("sign", [1.0, -1.0, 0.0])
def test_the_gate_keeps_both_branches(sign):
    model = same(Gate(), torch.full((3, 4), sign))

    (condition,) = [n for n in model.functions[0].body.nodes if n.op == "if"]
    assert condition.place.line == Gate.forward.__code__.co_firstlineno + 1
    assert model.functions[0].name == "Gate.forward"


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_a_loop_over_a_cell_keeps_the_loop(steps):
    model = same(Loop(Cell(Gate())), torch.randn(steps, 3, 4))

    names = [f.name for f in model.functions]
    assert names == ["Linear.forward", "Gate.forward", "Cell.forward", "Loop.forward"]
    assert [n.op for n in model.functions[-1].body.nodes] == ["zeros", "zeros", "size", "loop"]


def test_a_scripted_model_inside_a_program_is_called():
    from tracescript.model.model import Model

    cell = Cell(Gate())

    class Holder(nn.Module):
        def __init__(self):
            super().__init__()
            object.__setattr__(self, "cell", Model(script(cell).model))

        def forward(self, xs):
            h = torch.zeros(3, 4)
            for i in range(xs.size(0)):
                _, h = self.cell(xs[i], h)
            return h

    xs = torch.randn(4, 3, 4)
    found = run(script(Holder()), xs.numpy())

    np.testing.assert_allclose(found, Loop(cell)(xs)[1].detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("limit", [0.01, 0.2, 9.0])
def test_an_lstm_cell_in_a_loop_with_an_early_exit(limit):
    same(StepsUntil(), torch.randn(6, 3, 4), limit)


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (Perceptron(), (3, 4)),
        (Convolutions(), (2, 3, 16, 16)),
        (Attention(), (2, 5, 8)),
        (Structured(), (3,)),
        (Assigned(), (3, 4)),
        (Split(), (5, 3)),
        (nn.Sequential(nn.LSTM(4, 6, num_layers=2, batch_first=True)), (2, 5, 4)),
        (nn.GRU(4, 6, bidirectional=True), (5, 2, 4)),
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (2, 5, 8)),
    ],
    ids=lambda v: type(v).__name__ if isinstance(v, nn.Module) else "",
)
def test_a_module_gives_what_torch_gives(module, shape):
    torch.manual_seed(0)

    same(module.eval(), torch.randn(shape))


def test_tied_weights_are_one_and_indices_are_int64():
    model = same(Tied(), torch.tensor([[1, 2], [3, 4]]))

    embedding, head = (s.module for s in model.root.submodules)
    assert embedding.parameters[0].weight is head.parameters[0].weight
    assert model.function("Tied.forward").inputs[0].type.data_type.value == "int64"


def test_changed_buffers_and_attributes_are_state():
    model = same(Counter(), torch.ones(2))

    method = model.root.methods[0]
    assert sorted(s.name for s in method.states) == ["calls", "total"]
    assert [b.name for b in model.root.buffers] == ["total"]
    assert model.root.attributes[0].value.initial.value == 0


class Anchors(nn.Module):
    def __init__(self):
        super().__init__()
        self.anchors = [torch.ones(2, 3), torch.zeros(1, 3)]

    def forward(self, x):
        self.anchors = [a * 2 for a in self.anchors]
        return x + self.anchors[0]


def test_a_list_of_tensors_that_a_call_replaces_is_state():
    module, scripted = Anchors(), ts.script(Anchors())

    for _ in range(3):
        assert torch.equal(scripted(torch.ones(2, 3)), module(torch.ones(2, 3)))


@pytest.mark.parametrize("mask", [None, torch.tensor([True, False, True])])
def test_an_optional_parameter_is_refined_by_its_test(mask):
    same(Masked(), torch.randn(3), mask)


def test_tensors_of_several_data_types_that_are_broadcast_keep_them():
    def spread(x, n, mask):
        return torch.broadcast_tensors(x, n, mask)

    args = torch.rand(2, 3), torch.arange(3), torch.tensor([[True], [False]])
    for got, want in zip(ts.script(spread)(*args), spread(*args), strict=True):
        assert got.dtype == want.dtype
        assert torch.equal(got, want)


def test_dropout_of_nothing_is_the_identity_in_training_too():
    class Nothing(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.dropout(x, 0.0, self.training)

    x = torch.rand(2, 3)

    assert torch.equal(ts.script(Nothing().train())(x), x)
