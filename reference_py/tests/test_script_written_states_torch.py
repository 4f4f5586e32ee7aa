"""Buffers that a called module changes, while its caller has other names for them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch

pytestmark = pytest.mark.torch


class Held(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("total", torch.zeros(2))
        self.sizes = [1]


class Adds(Held):
    def forward(self, x: torch.Tensor):
        for _ in range(2):
            self.total += x
        return x


class AddsAbove(Held):
    def forward(self, x: torch.Tensor):
        if bool(x.sum() > 0):
            self.total.add_(x)
        return x


class Replaces(Held):
    def forward(self, x: torch.Tensor):
        self.total = self.total + x
        return x


class AddsAndReplaces(Held):
    def forward(self, x: torch.Tensor):
        self.total.add_(x)
        self.total = self.total * 2
        return x


class Appends(Held):
    def forward(self, x: torch.Tensor):
        self.sizes.append(len(x))
        return x


class Caller(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner


class KeepsName(Caller):
    def forward(self, x: torch.Tensor):
        before = self.inner.total
        y = self.inner(x)
        return y, before


class KeepsView(Caller):
    def forward(self, x: torch.Tensor):
        first = self.inner.total[0]
        y = self.inner(x) if bool(x[0] != 3) else x
        return y, first


class ReadsState(Caller):
    def forward(self, x: torch.Tensor):
        y = self.inner(x)
        return y, self.inner.total


class CallsInLoop(Caller):
    def forward(self, x: torch.Tensor):
        before = self.inner.total
        y = x
        for _ in range(3):
            y = self.inner(y)
        return y, before + self.inner.total


class KeepsList(Caller):
    def forward(self, x: torch.Tensor):
        before = self.inner.sizes
        y = self.inner(x)
        return y, len(before)


class Outer(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.below = KeepsName(inner)

    def forward(self, x: torch.Tensor):
        shown = self.below.inner.total.view(2)
        y, before = self.below(x)
        return y + before, shown


CALLERS = (KeepsName, KeepsView, ReadsState, CallsInLoop, Outer)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("inner", [Adds, AddsAbove, Replaces])
def test_every_name_of_a_buffer_shows_what_a_called_module_wrote_into_it(caller, inner):
    model, eager = ts.script(caller(inner())), caller(inner())

    for x in ([1.0, 2.0], [-4.0, 1.0], [3.0, 0.5]):
        for found, wanted in zip(model(torch.tensor(x)), eager(torch.tensor(x)), strict=True):
            assert torch.equal(found, wanted)


@pytest.mark.parametrize(
    ("caller", "inner", "name"),
    [
        (KeepsName, AddsAndReplaces, "before"),
        (KeepsView, AddsAndReplaces, "first"),
        (KeepsList, Appends, "before"),
    ],
)
def test_a_name_of_what_a_called_module_changes_and_gives_up_cannot_be_read(caller, inner, name):
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(caller(inner()))

    assert caught.value.code == "ALIASING"
    assert f"this call changes {name!r} in place, which is read later" in str(caught.value)


def test_a_state_that_is_changed_and_given_up_can_be_read_by_its_own_name():
    model, eager = ts.script(ReadsState(AddsAndReplaces())), ReadsState(AddsAndReplaces())
    x = torch.tensor([1.0, 2.0])

    for _ in range(2):
        assert torch.equal(model(x)[1], eager(x)[1])
