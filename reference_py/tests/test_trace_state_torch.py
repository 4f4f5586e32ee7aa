"""Torch modules that keep something from call to call, and what torch reads of sizes and floats."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import GuardError, ProducerError, TraceWarning  # noqa: E402

pytestmark = pytest.mark.torch
ONE = torch.ones(2)


class Held(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("n", torch.zeros(2))
        self.register_buffer("p", torch.zeros(2))
        self.last = None


class Adding(Held):
    def forward(self, x):
        self.n = self.n + x
        return self.n * 2


def answers(model, count=3):
    return [model(ONE).tolist() for _ in range(count)]


def test_a_buffer_that_forward_assigns_is_state():
    model = ts.trace(Adding(), (ONE,))

    assert answers(model) == [[2, 2], [4, 4], [6, 6]]
    assert model.state()["n"].tolist() == [3, 3]


def test_an_assigned_buffer_that_is_written_in_place_is_state():
    class Both(Held):
        def forward(self, x):
            self.n = self.n + x
            self.n.add_(1)
            return self.n

    assert answers(ts.trace(Both(), (ONE,))) == [[2, 2], [4, 4], [6, 6]]


def test_the_tensor_that_was_the_buffer_keeps_its_value():
    class Shifted(Held):
        def forward(self, x):
            before = self.n
            self.p = self.n
            self.n = self.n + x
            return before + self.p

    assert answers(ts.trace(Shifted(), (ONE,))) == [[0, 0], [2, 2], [4, 4]]


def test_a_child_called_twice_and_written_from_outside_keeps_one_state():
    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = Adding()

        def forward(self, x):
            self.inner.n = self.inner.n * 10
            return self.inner(x) + self.inner(x)

    assert answers(ts.trace(Outer(), (ONE,)), 2) == [[6, 6], [86, 86]]


def test_a_module_that_a_function_calls_keeps_its_assigned_buffer():
    module = Adding()

    assert answers(ts.trace(lambda x: module(x) + 0, (ONE,)), 2) == [[2, 2], [4, 4]]


def test_methods_share_an_assigned_buffer():
    class Pair(Held):
        def add(self, x):
            self.n = self.n + x
            return self.n

        def scale(self, x):
            self.n = self.n * x
            return self.n

    model = ts.trace(Pair(), methods={"add": (ONE,), "scale": (ONE,)})

    assert model.add(ONE).tolist() == [1, 1]
    assert model.scale(3 * ONE).tolist() == [3, 3]
    assert model.add(ONE).tolist() == [4, 4]


def test_a_buffer_that_becomes_none_is_refused():
    class Dropping(Held):
        def forward(self, x):
            self.n = None
            return x

    with pytest.raises(ProducerError, match="takes away the buffer n") as caught:
        ts.trace(Dropping(), (ONE,))

    assert caught.value.rule == "TRACE-14"


def test_a_tensor_in_an_attribute_that_the_next_call_reads_is_refused():
    class Remembering(Held):
        def forward(self, x):
            y = x if self.last is None else x + self.last
            self.last = x
            return y

    with pytest.raises(ProducerError, match="the attribute last of Remembering") as caught:
        ts.trace(Remembering(), (ONE,))

    assert caught.value.rule == "TRACE-14"


def test_a_tensor_attribute_computed_anew_in_each_call_is_no_change():
    class Weighted(Held):
        def __init__(self):
            super().__init__()
            self.weight = torch.zeros(2)

        def forward(self, x):
            self.weight = self.n + 3
            return x * self.weight

    assert answers(ts.trace(Weighted(), (ONE,)), 2) == [[3, 3], [3, 3]]


def test_creation_by_a_size_follows_it():
    model = ts.trace(
        lambda x: (torch.eye(x.shape[0]), torch.arange(0.0, len(x))), (torch.ones(3, 4),)
    )

    eye, numbers = model(torch.ones(5, 4))
    assert eye.tolist() == torch.eye(5).tolist()
    assert numbers.tolist() == [0, 1, 2, 3, 4]


def test_a_size_that_no_op_can_follow_is_guarded():
    model = ts.trace(lambda x: torch.tril_indices(x.shape[0], 2), (torch.ones(3, 4),))

    with pytest.raises(GuardError) as caught:
        model(torch.ones(5, 4))

    assert caught.value.code == "SHAPE_GUARD_FAILED"


def test_a_slice_from_half_a_size_follows_it():
    def halves(x):
        half = x.shape[1] // 2
        return torch.cat([-x[..., half:], x[:, :half]], 1)

    x = torch.arange(12.0).reshape(2, 6)

    assert ts.trace(halves, (torch.ones(2, 4),))(x).tolist() == halves(x).tolist()


def test_a_float_read_that_engines_round_differently_is_a_warning():
    torch.manual_seed(0)
    x = torch.randn(300, 3)

    with pytest.warns(TraceWarning) as caught:
        ts.trace(lambda x: x * float(x.sum()), (x,))

    assert any("engines round differently" in str(w.message) for w in caught)


def test_a_number_may_be_scattered():
    index = torch.tensor([[0, 1, 2, 1]])
    model = ts.trace(lambda x, i: x.scatter(0, i, 2.0), (torch.zeros(4, 4), index))

    want = torch.zeros(4, 4).scatter(0, index, 2.0)
    assert model(torch.zeros(4, 4), index).tolist() == want.tolist()
