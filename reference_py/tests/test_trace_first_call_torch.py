"""Torch programs whose first call is not like later ones, and models that were called before."""

from __future__ import annotations

import io

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError, TraceWarning  # noqa: E402

pytestmark = pytest.mark.torch
ONE = torch.ones(3)


class Rescaled(nn.Module):
    """Doubles its weight in the first call, and keeps what it makes of weights."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
        self.register_buffer("order", torch.tensor([2, 1, 0]))
        self.register_buffer("count", torch.zeros(()))
        self.is_rescaled, self.cache = False, {}

    def forward(self, x):
        self.count += 1
        if not self.is_rescaled:
            with torch.no_grad():
                self.weight.mul_(2)
            self.is_rescaled = True
        if "row" not in self.cache:
            self.cache["row"] = self.weight[self.order]
        return x * self.cache["row"], self.count * 1


def test_what_only_the_first_call_does_is_done_before_the_trace():
    module = Rescaled()
    with pytest.warns(TraceWarning, match="the first call of the program is not like later ones"):
        model = ts.trace(module, (ONE,))
    file = io.BytesIO()
    ts.save(model, file)
    loaded = ts.load(file.getvalue())

    # 3, 2, 1 doubled once; the trace is the only call that counts
    for one in (model, loaded):
        assert [y.tolist() for y in one(ONE)] == [[6, 4, 2], 1]
    assert [y.tolist() for y in module(ONE)] == [[6, 4, 2], 2]
    assert "writes a parameter" in model.report.first_call
    assert "test_trace_first_call_torch.py" in model.report.first_call


class Registering(nn.Module):
    """Registers a buffer in the first call."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))

    def forward(self, x):
        if not hasattr(self, "steps"):
            self.register_buffer("steps", torch.arange(3) * self.weight.detach())
        return x * self.steps


def test_a_buffer_that_the_first_call_registers_is_warned_of_and_kept():
    with pytest.warns(TraceWarning, match="^the first call .*the attribute steps of Registering"):
        model = ts.trace(Registering(), (ONE,))

    assert model(2 * ONE).tolist() == [0, 4, 12]


class Kept(nn.Module):
    def __init__(self):
        super().__init__()
        self.kept = None


class Late(Kept):
    def forward(self, x):
        if self.kept is None:
            self.kept = torch.arange(3.0)
        return x + self.kept


def test_a_constant_made_in_the_first_call_is_one_of_the_model():
    model = ts.trace(Late(), (ONE,), decisions="record")

    assert model(ONE).tolist() == [1, 2, 3]
    assert "the attribute kept of Late" in model.report.first_call


def test_a_trace_that_may_lose_nothing_refuses_another_first_call():
    with pytest.raises(ProducerError) as caught:
        ts.trace(Late(), (ONE,), decisions="error")

    assert caught.value.rule == "TRACE-14"


class Mean(Kept):
    def forward(self, x):
        if self.kept is None:
            self.kept = [{"mean": x.mean()}]
        return x * self.kept[0]["mean"]


class Length(Kept):
    def forward(self, x):
        if self.kept is None:
            self.kept = int(x.sum())
        return x * self.kept


class Written(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))

    def forward(self, x):
        self.weight.data.add_(1)
        return x * self.weight


@pytest.mark.parametrize(
    ("kind", "rule"), [(Mean, "TRACE-14"), (Length, "TRACE-14"), (Written, "")]
)
def test_what_follows_from_the_inputs_or_changes_in_each_call_is_refused(kind, rule):
    with pytest.raises(ProducerError) as caught:
        ts.trace(kind(), (ONE,))

    assert caught.value.rule == rule
    assert "test_trace_first_call_torch.py" in caught.value.where


def test_a_refused_write_leaves_the_callers_tensors_as_they_were():
    outside, given = torch.ones(3), torch.ones(3)

    def f(x):
        x[1:].add_(outside)
        return x

    def g(x):
        return outside.mul_(x + 1)

    for program in (f, g):
        with pytest.raises(ProducerError) as caught:
            ts.trace(program, (given,))
        assert caught.value.code == "ALIASING"
    assert outside.tolist() == given.tolist() == [1, 1, 1]


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("n", torch.zeros(3))

    def forward(self, x):
        self.n += x
        return self.n * 2


class Around(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x) + 1


@pytest.mark.parametrize("produce", [lambda: ts.trace(Counting(), (ONE,)),
                                     lambda: ts.script(Counting())])  # fmt: skip
def test_a_model_that_was_called_goes_on_inside_a_trace(produce):
    inner = produce()
    before = [inner(ONE).tolist() for _ in range(2)]
    model = ts.trace(Around(inner), (ONE,))

    assert before == [[2, 2, 2], [4, 4, 4]]
    assert [model(ONE).tolist() for _ in range(2)] == [[7, 7, 7], [9, 9, 9]]


def test_random_numbers_of_a_called_model_go_on_inside_a_trace():
    torch.manual_seed(3)
    inner = ts.trace(lambda x: x + torch.rand(3), (ONE,))
    expected = inner.instance()
    inner(ONE), expected(ONE)
    model = ts.trace(Around(inner), (ONE,))

    for _ in range(2):
        torch.testing.assert_close(model(ONE), expected(ONE) + 1)


class Noted(nn.Module):
    """Keeps numbers of its input in attributes, as Funnel does."""

    def __init__(self):
        super().__init__()
        self.length, self.is_long, self.factor = None, False, 1.0

    def forward(self, x):
        self.length = x.size(0)
        self.is_long = x.size(1) > 1
        self.factor = 1 / x.size(1)
        return self.inner(x)

    def inner(self, x):
        return x.reshape(self.length, -1) * self.factor if self.is_long else x


def test_numbers_that_are_written_before_they_are_read_live_in_one_call_only():
    module = Noted()
    model = ts.trace(module, (torch.ones(2, 3, 4),), decisions="error")

    torch.testing.assert_close(model(torch.ones(5, 3, 4)), torch.full((5, 12), 1 / 3))
    assert (type(module.length), module.length) == (int, 2)
    assert model.report.first_call == ""


class Kinds:
    """What a forward may do with the number that the call before left."""

    def compared(self, x):
        y = x if self.n is None else x + 1
        self.n = 3
        return y

    def added(self, x):
        y = x * (self.n or 2)
        self.n = 3
        return y

    def caught(self, x):
        try:
            y = x + self.n
        except TypeError:
            y = x - 1
        self.n = 3
        return y


@pytest.mark.parametrize("name", ["compared", "added", "caught"])
def test_a_number_that_one_call_leaves_for_the_next_is_refused(name):
    class Leaving(nn.Module):
        def __init__(self):
            super().__init__()
            self.n = None

        forward = getattr(Kinds, name)

    module = Leaving()
    with pytest.raises(ProducerError) as caught:
        ts.trace(module, (ONE,))
    assert caught.value.rule == "TRACE-14"
    assert module.n is None
