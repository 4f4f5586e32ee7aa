"""Attributes of torch modules that each call sets anew: they hold for one call only."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch
TWO, FOUR = torch.tensor([[1.0, -2.0, 3.0]] * 2), torch.tensor([[0.5, 1.0, -1.0]] * 4)


class Pair(NamedTuple):
    size: int
    sum: Any


class Writes:
    """Ways in which a forward sets an attribute before it reads it."""

    def a_list(self, x):
        self.kept = []
        for factor in (1, 2):
            self.kept.append(x * factor)
        return self.kept[0] + self.kept[1]

    def a_slot_of_a_list(self, x):
        self.kept, self.at = [None] * 2, [0]
        self.kept[self.at[0]] = x.exp()
        self.at[0] += 1
        return self.kept[0] * self.at[0]

    def a_dict(self, x):
        self.kept = {"rows": x.size(0), "all": x.sum()}
        return self.kept["all"] / self.kept["rows"]

    def a_tensor(self, x):
        self.kept = x.softmax(-1)
        return self.kept * x

    def a_data_type(self, x):
        self.kept = x.dtype
        return torch.ones(3, dtype=self.kept) + x

    def a_device_and_a_name(self, x):
        self.kept = (x.device, "relu")
        return getattr(x, self.kept[1])()

    def sizes(self, x):
        self.kept = x.shape
        return x.reshape(-1).reshape(self.kept) + 1

    def a_named_tuple(self, x):
        self.kept = {"pair": [Pair(x.size(0), x.sum(0))]}
        return self.kept["pair"][0].sum / self.kept["pair"][0].size

    def nothing_at_the_end(self, x):
        self.kept = [x]
        y = self.kept.pop() + 1
        self.kept = None
        return y

    def without_a_use(self, x):
        self.kept = [x.mean(), {"rows": x.size(0)}]
        return x + 1


def _made(forward):
    class Setting(nn.Module):
        def __init__(self):
            super().__init__()
            self.kept, self.at = None, None

    Setting.forward = forward
    return Setting()


def _plain(value):
    """Return what a value is made of, with the exact types."""
    if isinstance(value, dict):
        return dict, [(_plain(k), _plain(v)) for k, v in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [_plain(part) for part in value]
    return type(value), value.tolist() if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize("was_called", [False, True], ids=["fresh", "called"])
@pytest.mark.parametrize("name", [n for n in vars(Writes) if not n.startswith("__")])
def test_what_each_call_sets_before_it_reads_it_is_no_change(name, was_called):
    module, like = (_made(getattr(Writes, name)) for _ in range(2))
    if was_called:
        module(FOUR)
    model = ts.trace(module, (TWO,), decisions="error")

    for x in (TWO, FOUR):
        torch.testing.assert_close(model(x), like(x))
    assert model.report.first_call == ""
    like(TWO)
    assert _plain(module.kept) == _plain(like.kept)


def _kinds(value):
    """Return the exact types of a value and of its parts."""
    parts = value if isinstance(value, (list, tuple)) else ()
    return {type(value)}.union(*map(_kinds, parts))


class Uses:
    """Ways in which a forward finds what the call before it left."""

    def appended(self, x):
        self.kept.append(x)
        return x * len(self.kept)

    def written_into(self, x):
        y = x + len(self.kept)
        self.kept[len(self.kept) :] = [x.size(0)]
        return y

    def asked_for_its_class(self, x):
        y = x - 1 if isinstance(self.kept, tuple) else x
        self.kept = (x,)
        return y

    def asked_for_its_exact_class(self, x):
        y = x * 3 if type(self.kept) is tuple else x
        self.kept = (x,)
        return y

    def compared_with_none(self, x):
        y = x if self.kept == [] else x + self.kept[0]
        self.kept = [x]
        return y

    def told_by_a_function(self, x):
        y = x + (len(self.kept) if hasattr(self.kept, "append") else 5)
        self.kept = x.dtype
        return y

    def looped_over(self, x):
        y = x * 1
        for part in self.kept:
            y = y + part
        self.kept = [x.sum()]
        return y


@pytest.mark.parametrize("name", [n for n in vars(Uses) if not n.startswith("__")])
def test_what_one_call_leaves_for_the_next_is_refused(name):
    module = _made(getattr(Uses, name))
    module.kept = []
    with pytest.raises(ProducerError) as caught:
        ts.trace(module, (TWO,))

    assert caught.value.rule == "TRACE-14"
    assert all(
        kind in {int, list, tuple, torch.Tensor, torch.dtype} for kind in _kinds(module.kept)
    )


class Refused(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))
        self.sizes = [1]

    def forward(self, x):
        self.rows = x.size(0)
        self.calls += 1
        self.sizes.append(x.size(1))
        return torch.linalg.eig(x)


def test_a_refused_trace_leaves_the_program_as_it_was():
    module = Refused()
    before = dict(vars(module))

    with pytest.raises(ProducerError) as caught:
        ts.trace(module, (torch.rand(3, 3),))

    assert caught.value.code == "UNKNOWN_CALL"
    assert dict(vars(module)) == before
    assert (module.sizes, module.calls.item()) == ([1], 0.0)
