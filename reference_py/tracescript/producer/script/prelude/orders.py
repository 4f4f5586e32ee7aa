"""Lists and arrays in the order that `<` says, in the language of scripts."""

from __future__ import annotations

import math
from typing import Any

from tracescript.producer.script.prelude.elements import INTEGERS
from tracescript.producer.script.prelude.op_names import ops

_ONE_TRUTH = "min() and max() of an array of another rank than 1 hang on truth values of arrays"


def in_order(xs: Any, reverse: bool) -> Any:
    """A list in order; what is not less keeps its place, backwards too."""
    given = xs[::-1] if reverse else xs
    order = places(given)
    made = [given[k] for k in order]
    return made[::-1] if reverse else made


def places(xs: Any) -> Any:
    """Which item comes first, second and so on: runs of 1, 2, 4 items are merged."""
    n = len(xs)
    order = list(range(n))
    width = 1
    while width < n:
        merged = order[:0]
        for start in range(0, n, 2 * width):
            i, middle, end = start, min(start + width, n), min(start + 2 * width, n)
            j = middle
            for _ in range(start, end):
                if i >= middle or (j < end and bool(xs[order[j]] < xs[order[i]])):
                    merged.append(order[j])
                    j += 1
                else:
                    merged.append(order[i])
                    i += 1
        order = merged
        width = 2 * width
    return order


def greatest(xs: Any) -> Any:
    """The first item that none is greater than."""
    if len(xs) == 0:
        raise ValueError("max() iterable argument is empty")
    best = 0
    for k in range(1, len(xs)):
        if xs[k] > xs[best]:
            best = k
    return xs[best]


def least(xs: Any) -> Any:
    """The first item that none is less than."""
    if len(xs) == 0:
        raise ValueError("min() iterable argument is empty")
    best = 0
    for k in range(1, len(xs)):
        if xs[k] < xs[best]:
            best = k
    return xs[best]


def least_row(x: Any) -> Any:
    """As Python's `min` of an array: nothing is less than NaN that stands first."""
    if x.ndim != 1:
        raise ValueError(_ONE_TRUTH)
    if x.dtype in INTEGERS:
        return ops.amin(x)
    found = ops.amin(ops.where(ops.isnan(x), math.inf, x))
    return ops.where(ops.isnan(x[0]), x[0], x[ops.argmax(ops.where(x == found, 1, 0))])


def greatest_row(x: Any) -> Any:
    """As Python's `max` of an array: nothing is greater than NaN that stands first."""
    if x.ndim != 1:
        raise ValueError(_ONE_TRUTH)
    if x.dtype in INTEGERS:
        return ops.amax(x)
    found = ops.amax(ops.where(ops.isnan(x), -math.inf, x))
    return ops.where(ops.isnan(x[0]), x[0], x[ops.argmax(ops.where(x == found, 1, 0))])
