"""What a program changes beside its results: told at its line, never lost. Spec: TRACE-14."""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import GuardError, ProducerError

X = np.arange(1.0, 4.0)
SEEN: list[Any] = []
LAST: dict[str, Any] = {}
COUNT = 0
KEPT = np.zeros(3)


@dataclass
class Pair:
    """A value and what belongs to it."""

    x: Any
    more: list[Any] = field(default_factory=list)


class Counter:
    """Counts in an attribute, and in one of its class."""

    made = 0

    def __init__(self):
        self.calls = 0

    def method(self, x):
        self.calls += 1
        return x + 1

    def __call__(self, x):
        Counter.made += 1
        return x + 1


class Slotted:
    __slots__ = ("last",)


SLOTTED = Slotted()


def appends(xs, x):
    xs.append(x)
    return x + 1


def sets_item(d, x):
    d["k"] = x
    return x + 1


def replaces(xs, x):
    xs[0] = x * 2
    return x + 1


def deep(xs, x):
    xs[0]["k"].append(x)
    return x + 1


def takes(xs, x):
    return xs.pop() + x


def deletes(d, x):
    del d["a"]
    return x + 1


def sets_field(pair, x):
    pair.x = x * 2
    return x + 1


def field_list(pair, x):
    pair.more.append(1.0)
    return x + 1


GIVEN = [
    (appends, [X]),
    (sets_item, {"a": X}),
    (replaces, [X]),
    (deep, [{"k": [X]}]),
    (takes, [X, X]),
    (deletes, {"a": X, "b": X}),
    (sets_field, Pair(X, [1.0])),
    (field_list, Pair(X, [1.0])),
]


def told(program, *args):
    """Return the error about what a program changes, which it does untraced as well."""
    with pytest.raises(ProducerError) as caught:
        ts.trace(program, copy.deepcopy(args), check=False)
    assert caught.value.rule == "TRACE-14"
    assert caught.value.where.startswith("test_trace_effects.py:")
    return caught.value


@pytest.mark.parametrize(("program", "given"), GIVEN, ids=lambda v: getattr(v, "__name__", ""))
def test_an_argument_that_the_program_changes_is_refused_at_its_line(program, given):
    changed = copy.deepcopy(given)
    program(changed, X)
    assert repr(changed) != repr(given)

    error = told(program, given, X)

    assert error.code == "ALIASING"
    assert f"the {type(given).__name__} that its caller gives" in str(error)


def global_list(x):
    SEEN.append(x)
    return x + 1


def global_item(x):
    LAST["x"] = x
    return x + 1


def global_name(x):
    global COUNT  # noqa: PLW0603  # what is to be told
    COUNT += 1
    return x + 1


def global_array(x):
    KEPT[:] = x
    return x + 1


def global_slot(x):
    SLOTTED.last = x
    return x + 1


def default(x, seen=[]):  # noqa: B006  # what is to be told
    seen.append(1)
    return x + 1


def own_attribute(x):
    own_attribute.last = x
    return x + 1


def through_another(x):
    return global_list(x) * 2


def closed_over():
    held, n = deque(), 0

    def appended(x):
        held.append(x)
        return x + 1

    def counted(x):
        nonlocal n
        n += 1
        return x + 1

    return appended, counted


OUTSIDE = [
    *(global_list, global_item, global_name, global_array, global_slot, default, own_attribute),
    *(through_another, *closed_over(), Counter().method, Counter()),
]


@pytest.mark.parametrize("program", OUTSIDE, ids=lambda f: getattr(f, "__name__", "object"))
def test_a_variable_that_the_program_changes_is_refused_at_its_line(program):
    assert told(program, X).code == "UNSUPPORTED_PYTHON"


def test_without_strict_the_change_is_an_unrecorded_decision():
    model = ts.trace(appends, ([X], X), strict=False, decisions="record", check=False)

    assert [d.kind for d in model.report.unrecorded] == ["unrecorded"]
    with pytest.raises(GuardError) as caught:
        model([X], X)
    assert caught.value.code == "GUARD_UNCHECKABLE"


def test_what_a_program_makes_and_changes_itself_is_no_matter():
    def program(xs, pair, x):
        own = list(xs)
        own.append(x)
        pair = Pair(pair.x, [*pair.more, 2.0])
        pair.more.append(x[0])
        return sum(own) + pair.x * len(pair.more)

    model = ts.trace(program, ([X], Pair(X, [1.0]), X), decisions="record")
    given = ([X * 3], Pair(X * 5, [7.0]), X * 2)

    np.testing.assert_array_equal(model(*given), program(*given))
