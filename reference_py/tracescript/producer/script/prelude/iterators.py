"""Functions of `itertools`, written in the language of scripts: they give lists."""

from __future__ import annotations

from typing import Any


def flattened(lists: Any) -> Any:
    """The items of lists in a list, one after another."""
    return [x for xs in lists for x in xs]


def accumulated(xs: Any, function: Any) -> Any:
    """What a function makes of the items so far."""
    found = xs[:1]
    for i in range(1, len(xs)):
        found.append(function(found[-1], xs[i]))
    return found


def accumulated_from(xs: Any, function: Any, start: Any) -> Any:
    """What a function makes of a start and the items so far."""
    found = [start]
    for x in xs:
        found.append(function(found[-1], x))
    return found


def part(xs: Any, start: Any, stop: Any, step: int) -> Any:
    """Items by their places, which count from the start."""
    if start < 0 or stop < 0 or step < 1:
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    return xs[start:stop:step]


def pairs(xs: Any) -> Any:
    """All pairs of items, in order."""
    return [(xs[i], xs[k]) for i in range(len(xs)) for k in range(i + 1, len(xs))]


def triples(xs: Any) -> Any:
    """All three items, in order."""
    n = len(xs)
    return [
        (xs[i], xs[k], xs[m]) for i in range(n) for k in range(i + 1, n) for m in range(k + 1, n)
    ]


def pairs_with_same(xs: Any) -> Any:
    """All pairs of items, in order; an item may come twice."""
    return [(xs[i], xs[k]) for i in range(len(xs)) for k in range(i, len(xs))]


def ordered_pairs(xs: Any) -> Any:
    """All pairs of items in any order."""
    return [(xs[i], xs[k]) for i in range(len(xs)) for k in range(len(xs)) if i != k]


def before(function: Any, xs: Any) -> Any:
    """The items before the first for which a function does not hold."""
    for i in range(len(xs)):
        if not function(xs[i]):
            return xs[:i]
    return xs[:]


def after(function: Any, xs: Any) -> Any:
    """The items from the first on for which a function does not hold."""
    for i in range(len(xs)):
        if not function(xs[i]):
            return xs[i:]
    return xs[len(xs) :]


def left_out(function: Any, xs: Any) -> Any:
    """The items for which a function does not hold."""
    return [x for x in xs if not function(x)]


def spread(function: Any, xs: Any) -> Any:
    """A function of the parts of each item."""
    return [function(*x) for x in xs]


def chosen(xs: Any, marks: Any) -> Any:
    """The items whose mark is true."""
    return [x for x, mark in zip(xs, marks, strict=False) if mark]
