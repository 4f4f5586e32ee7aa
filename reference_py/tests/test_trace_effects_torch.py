"""What programs of torch change beside their results. Spec: TRACE-14."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the skip
from tracescript.errors import ProducerError, TraceWarning  # noqa: E402  # after the skip

pytestmark = pytest.mark.torch
X = torch.arange(1.0, 7.0).reshape(2, 3)
TABLES: dict[int, Any] = {}
SEEN: list[Any] = []


class Cache:
    """Keys of all calls, as caches of transformers hold them."""

    def __init__(self, keys):
        self.keys = keys


torch.utils._pytree.register_pytree_node(  # what libraries do with theirs
    Cache, lambda c: ([c.keys], None), lambda held, _: Cache(*held)
)


@dataclass
class Outputs:
    """Results of a model by name."""

    hidden: Any
    states: Any = None


class Remembers(torch.nn.Module):
    """Keeps what it saw in a variable of its file."""

    def forward(self, x):
        SEEN.append(x.mean())
        return x + 1


class Tables(torch.nn.Module):
    """Makes a table in its first call, for all that follow."""

    def forward(self, x):
        if 3 not in TABLES:
            TABLES[3] = torch.arange(3.0)
        return x * TABLES[3]


def refused(program, *args):
    with pytest.raises(ProducerError) as caught:
        ts.trace(program, args, check=False)
    assert caught.value.rule == "TRACE-14"
    return caught.value.code


def test_lists_dicts_and_objects_of_the_caller_are_not_changed_unseen():
    def appends(xs, x):
        xs.append(x * 2)
        return x + 1

    def sets(out, x):
        out.states = x
        return x + 1

    assert refused(appends, [X], X) == "ALIASING"
    assert refused(sets, Outputs(X), X) == "ALIASING"
    assert refused(Remembers(), X) == "UNSUPPORTED_PYTHON"


def test_an_object_that_torch_takes_apart_may_change_where_it_is_returned():
    def grows(cache, x):
        cache.keys = torch.cat([cache.keys, x])
        return cache.keys.sum(), cache

    def lost(cache, x):
        cache.keys = torch.cat([cache.keys, x])
        return cache.keys.sum()

    model = ts.trace(grows, (Cache(X), X))
    given, eager = Cache(X * 2), grows(Cache(X * 2), X)

    total, (keys,) = model(given, X)
    assert torch.equal(total, eager[0])
    assert torch.equal(keys, eager[1].keys)
    assert refused(lost, Cache(X), X) == "ALIASING"


def test_a_table_that_only_the_first_call_makes_is_a_constant_of_a_later_one():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = ts.trace(Tables(), (X,))

    assert any(issubclass(w.category, TraceWarning) for w in told)
    assert torch.equal(model(X * 2), Tables()(X * 2))
