"""Tracing torch modules and functions at the level of torch's public calls."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch_programs import Cell, Gate  # noqa: E402  # after the skip
from torch_traces import assert_same, traced  # noqa: E402

from tracescript.errors import GuardError, ProducerError  # noqa: E402
from tracescript.model.model import Model, Settings  # noqa: E402
from tracescript.producer.trace.run import trace  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_gate_keeps_the_branch_it_took_and_says_so(sign):
    x = sign * torch.rand(3, 4)
    model = traced(Gate(), x)

    assert_same(model, Gate(), sign * torch.rand(5, 4))
    with pytest.raises(GuardError) as caught:
        model(-x)
    assert caught.value.guard.predicate == "x.sum() > 0"


def test_modules_become_functions_and_calls():
    cell = Cell(Gate())
    model = traced(cell, torch.rand(3, 4), torch.rand(3, 4))

    names = [f.name for f in model.ir.functions]
    assert names == ["Linear.forward", "Gate.forward", "Cell.forward"]
    nodes = [n.op for n in model.ir.functions[-1].body.nodes]
    assert nodes == ["call", "call", "add", "tanh"]
    (decision,) = model.report.decisions
    assert decision.call_path == ("Cell.forward", "Gate.forward")


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 8, 3, stride=2)
        self.out = nn.Linear(8, 5)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.norm(self.first(x))), 2)
        x = functional.adaptive_avg_pool2d(self.second(x), 1)
        return self.out(torch.flatten(x, 1))


class Unrolled(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(4, 6)

    def forward(self, xs):
        h = torch.zeros(xs.size(1), 6)
        c = torch.zeros(xs.size(1), 6)
        steps = []
        for i in range(xs.size(0)):
            h, c = self.cell(xs[i], (h, c))
            steps.append(h)
        return torch.stack(steps), (h, c)


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.net = kind(4, 5, num_layers=2, bidirectional=True, batch_first=True)

    def forward(self, x):
        return self.net(x)[0]


MODELS = {
    "mlp": (
        lambda: nn.Sequential(
            nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.GELU(), nn.Dropout(), nn.Softmax(-1)
        ),
        (3, 4),
        (7, 4),
    ),
    "cnn": (Convolutions, (2, 3, 16, 16), (5, 3, 12, 16)),
    "unrolled": (Unrolled, (3, 2, 4), (3, 6, 4)),
    "lstm": (lambda: Recurrent(nn.LSTM), (2, 3, 4), (4, 5, 4)),
    "gru": (lambda: Recurrent(nn.GRU), (2, 3, 4), (4, 5, 4)),
    "encoder": (
        lambda: nn.TransformerEncoderLayer(16, 4, 32, batch_first=True),
        (2, 5, 16),
        (3, 7, 16),
    ),
    "encoder, sequence first": (
        lambda: nn.TransformerEncoderLayer(16, 4, 32),
        (5, 2, 16),
        (7, 3, 16),
    ),
}


@pytest.mark.parametrize("engine", ["ref", "py"])
@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_what_torch_gives_also_at_other_sizes(name, engine):
    make, shape, other = MODELS[name]
    module = make().eval()
    model = traced(module, torch.randn(shape), engine=engine)

    assert_same(model, module, torch.randn(shape))
    assert_same(model, module, torch.randn(other))
    assert model.report.decisions == ()


def test_twelve_equal_layers_are_one_function():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    model = traced(
        nn.TransformerEncoder(layer, 12, enable_nested_tensor=False), torch.randn(2, 5, 8)
    )

    names = [f.name for f in model.ir.functions]
    assert names.count("TransformerEncoderLayer.forward") == 1
    assert not any(name.startswith("TransformerEncoderLayer_2") for name in names)


def test_attention_from_other_keys_ties_keys_to_values():
    attention = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    args = (torch.randn(2, 5, 16), torch.randn(2, 6, 16), torch.randn(2, 6, 16))
    model = traced(attention, *args)

    assert_same(model, attention, torch.randn(2, 9, 16), *args[1:])


def test_tied_weights_are_one_weight():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(10, 4)
            self.out = nn.Linear(4, 10, bias=False)
            self.out.weight = self.embed.weight

        def forward(self, i):
            return self.out(self.embed(i))

    model = traced(Tied(), torch.tensor([[1, 2, 3]]))

    weights = dict(model.named_weights())
    assert weights["embed.weight"] is weights["out.weight"]


def test_buffers_that_change_are_states():
    class Counted(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))
            self.norm = nn.BatchNorm1d(4)

        def forward(self, x):
            self.calls.add_(1)
            return self.norm(x) * self.calls

    x = torch.randn(3, 4)
    model = traced(Counted().train(), x, evaluate=False)

    again = Counted().train()
    for _ in range(3):
        assert_same(model, again, x)
    assert float(model.state()["calls"]) == 3.0
    assert "norm.running_var" in model.state()


def test_keyword_only_arguments_and_numbers_are_inputs():
    def f(x, *, scale):
        return x * scale

    made = trace(f, (torch.ones(3),), {"scale": 2.0}, decisions="record")

    assert [(i.name, i.kind) for i in made.model.functions[-1].inputs] == [
        ("x", "positional"),
        ("scale", "keyword_only"),
    ]
    model = Model(made.model, Settings("ref"), prefers_torch=True)
    assert model(torch.ones(3), scale=5.0).tolist() == [5.0, 5.0, 5.0]


def test_a_traced_model_inside_a_traced_program_is_one_call():
    linear = nn.Linear(4, 4).eval()
    inner = Model(trace(linear, (torch.randn(3, 4),)).model, Settings("ref"))

    model = traced(lambda x: inner(inner(x)) * 2, torch.randn(3, 4))

    names = [f.name for f in model.ir.functions]
    assert names == ["Linear.forward", "function"]
    nodes = [n.op for n in model.ir.functions[-1].body.nodes]
    assert nodes == ["call", "call", "mul"]
    x = torch.randn(6, 4)
    torch.testing.assert_close(model(x), linear(linear(x)) * 2)


def test_a_parameter_is_not_written():
    class Bad(nn.Linear):
        def forward(self, x):
            self.weight.mul_(2)
            return super().forward(x)

    with pytest.raises(ProducerError) as caught:
        trace(Bad(4, 4), (torch.randn(3, 4),))

    assert caught.value.code == "ALIASING"


def test_tracing_leaves_torch_and_the_callers_tensors_alone():
    call = nn.Module.__call__
    x = torch.randn(3, 4)
    before = x.clone()

    traced(Cell(Gate()), x, torch.randn(3, 4))

    assert nn.Module.__call__ is call
    assert torch.equal(x, before)
    assert torch.is_grad_enabled()


def test_unrecorded_reads_are_kept_where_the_user_allows_them():
    made = trace(
        lambda x: x * float(x.numpy().sum()), (torch.ones(2000),), strict=False, decisions="record"
    )

    assert [d.kind for d in made.report.decisions] == ["unrecorded"]
    with pytest.raises(GuardError) as caught:
        Model(made.model, Settings("ref"))(torch.ones(2000))
    assert caught.value.code == "GUARD_UNCHECKABLE"


def test_a_captured_model_is_a_torch_module():
    import tracescript as ts

    model = ts.trace(nn.Linear(4, 2), (torch.randn(3, 4),))
    whole = nn.Sequential(model, nn.ReLU())

    assert whole(torch.randn(5, 4)).shape == (5, 2)
