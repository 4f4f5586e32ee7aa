"""Attributes that a scripted module changes: what each call gives, also from a file."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from io import BytesIO

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch

pytestmark = pytest.mark.torch


class Mode(enum.Enum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Range:
    low: int
    high: float


class Modes(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.mode = Mode.LOW

    def forward(self, n: int):
        was = self.mode
        if n > 1:
            self.mode = Mode.HIGH
        elif self.mode is Mode.HIGH:
            self.mode = Mode.LOW
        return was.value, was.name, self.mode == Mode.HIGH


class Seen(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = set()
        self.left = {1, 2}

    def forward(self, n: int):
        is_new = n not in self.seen
        self.seen.add(n)
        self.left.discard(n)
        return is_new, sorted(self.seen), sorted(self.left | self.seen)


class Records(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.range = Range(1, 2.0)

    def forward(self, n: int):
        self.range = Range(self.range.low + n, self.range.high)
        if n > 1:
            self.range = Range(n, self.range.high * 2)
        return self.range.low, self.range.high


class Counts(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.counts = {}
        self.names = {1: "one"}

    def forward(self, n: int):
        self.counts[n] = self.counts.get(n, 0) + 1
        self.names.setdefault(n, str(n))
        return self.counts[n], len(self.counts), self.names.get(n, "")


@pytest.mark.parametrize("module", [Modes, Seen, Records, Counts])
def test_each_call_gives_what_the_module_gives_in_memory_and_from_a_file(module):
    file = BytesIO()
    model = ts.script(module())
    ts.save(model, file)
    file.seek(0)
    loaded, eager = ts.load(file), module()

    for n in (1, 2, 1, 5, 2, 0):
        expected = eager(n)
        assert model(n) == expected
        assert loaded(n) == expected


class Fields(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.range = Changeable(1)

    def forward(self, n: int):
        self.range.low += n
        return self.range.low


@dataclass
class Changeable:
    low: int


def test_a_field_of_a_record_in_an_attribute_changes_from_call_to_call():
    model, eager = ts.script(Fields()), Fields()

    assert [model(n) for n in (2, 0, 5)] == [eager(n) for n in (2, 0, 5)] == [3, 3, 8]


def test_an_image_where_the_rank_is_unknown_is_refused_with_the_rank_that_the_op_asks():
    model = ts.script(torch.nn.MaxPool2d(2))

    with pytest.raises(ts.errors.TrapError) as caught:
        model(torch.ones(2, 6, 6))

    assert caught.value.code == "SHAPE_ERROR"
    assert caught.value.hint == "max_pool2d asks: x has rank 4."


class Counter(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: torch.Tensor):
        self.calls += 1
        return x * self.calls


class Twice(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor):
        return self.inner(x) + self.inner(x * 2)


class Everywhere(torch.nn.Module):
    def __init__(self, counter):
        super().__init__()
        self.a, self.b, self.c = counter, Twice(counter), torch.nn.ModuleList([counter])

    def forward(self, x: torch.Tensor):
        if x.sum() > 0:
            x = self.a(x)
        return x + self.b(x) - self.c[0](x)


@pytest.mark.parametrize("finished", [False, True])
def test_a_module_with_state_that_has_several_names_is_one(finished):
    x = torch.tensor([1.0, 2.0])
    eager = Twice(Everywhere(Counter()))
    counter = ts.script(Counter()) if finished else Counter()
    model, file = ts.script(Twice(Everywhere(counter))), BytesIO()
    ts.save(model, file)
    loaded = ts.load(file.getvalue())

    for given in (x, -x, x):
        expected = eager(given)
        torch.testing.assert_close(model(given), expected)
        torch.testing.assert_close(loaded(given), expected)
    assert list(model.state()) == ["inner.a.calls"]
