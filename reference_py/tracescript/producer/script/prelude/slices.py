"""Slices that are assigned and deleted, written in the language that scripts accept.

The compiler compiles these functions where a program changes a part of a list. What they change is
a value like any other.
"""

from __future__ import annotations

from typing import Any


def spliced(xs: Any, start: Any, end: Any, more: Any) -> Any:
    """A list with other items in place of a part of it."""
    first, last = bounds(len(xs), start, end, 1)
    return xs[:first] + more + xs[max(first, last) :]


def stepped(xs: Any, start: Any, end: Any, step: Any, more: Any) -> Any:
    """A list with other items at places that are a step apart."""
    if step == 1:
        return spliced(xs, start, end, more)
    first, last = bounds(len(xs), start, end, step)
    places = range(first, last, step)
    if len(more) != len(places):
        raise ValueError("attempt to assign a sequence of another size to an extended slice")
    for k in range(len(places)):
        xs[first + k * step] = more[k]
    return xs


def dropped(xs: Any, start: Any, end: Any, step: Any) -> Any:
    """A list without the items at places that are a step apart."""
    first, last = bounds(len(xs), start, end, step)
    places = range(first, last, step)
    count = len(places)
    kept = xs[:0]
    for i in range(len(xs)):
        away = i - first
        if away % step != 0 or away // step < 0 or away // step >= count:
            kept.append(xs[i])
    return kept


def bounds(n: int, start: Any, end: Any, step: int) -> Any:
    """Where a slice of a list of so many items begins and ends."""
    if step == 0:
        raise ValueError("slice step cannot be zero")
    low = -1 if step < 0 else 0
    high = n - 1 if step < 0 else n
    first = (high if step < 0 else low) if start is None else bound(n, start, low, high)
    last = (low if step < 0 else high) if end is None else bound(n, end, low, high)
    return first, last


def bound(n: int, at: int, low: int, high: int) -> Any:
    """A place in a list; one before it or behind it becomes the nearest."""
    if at < 0:
        return max(at + n, low)
    return min(at, high)


def mirrored(n: int, at: int) -> Any:
    """A bound of a backward slice of so many items, as a bound of the reversed items."""
    return -1 - at if at < 0 else max(n - 1 - at, 0)
