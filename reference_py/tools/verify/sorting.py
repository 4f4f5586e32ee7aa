"""Ops that sort, search and count."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import ordering, rules
from tools.verify.layout import over_types
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.selection import AXES, BOOL, REDUCED, rows
from tools.verify.values import LONG, array, is_float, places, special, tied, unit

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()


def _orders(op: str, **attributes: Any) -> Iterator[Call]:
    for data_type in types_of(op):
        if data_type.value.startswith("complex"):
            continue
        yield call(special(data_type), dim=0, **attributes)
        for shape, dim in (*AXES, ((LONG,), 0), ((3, LONG), 1)):
            yield call(tied(data_type, shape), dim=dim, **attributes)


def _both(op: str, name: str) -> Iterator[Call]:
    for flag in (False, True):
        yield from _orders(op, **{name: flag})


PLANS.add("sort", functools.partial(_both, "sort", "descending"), ordering.sort, rule="NUM-31")
PLANS.add(
    "argsort",
    functools.partial(_both, "argsort", "descending"),
    lambda x, dim, descending: ordering.sort(x, dim, descending)[1],
    rule="NUM-31",
)


def _tops(op: str, flag: str) -> Iterator[Call]:
    for found in _both(op, flag):
        x, dim = found.inputs[0], found.attributes["dim"]
        n = x.shape[dim]
        for k in sorted({0, 1, n // 2, n, n + 1}):
            yield Call((x, k), found.attributes)


PLANS.add("topk", functools.partial(_tops, "topk", "largest"), ordering.topk, rule="NUM-31")
PLANS.add(
    "kthvalue", functools.partial(_tops, "kthvalue", "keepdim"), ordering.kthvalue, rule="NUM-32"
)
PLANS.add(
    "median_dim", functools.partial(_both, "median_dim", "keepdim"), ordering.median, rule="NUM-32"
)
for name in ("max_dim", "min_dim", "argmax", "argmin"):
    PLANS.add(
        name,
        functools.partial(_both, name, "keepdim"),
        functools.partial(ordering.extreme, name),
        rule="NUM-32",
    )
for name in ("cummax", "cummin"):
    PLANS.add(
        name,
        functools.partial(_orders, name),
        functools.partial(ordering.running, name),
        rule="NUM-32",
    )


def _uniques() -> Iterator[Call]:
    for data_type in types_of("unique"):
        if not data_type.value.startswith("complex"):
            for shape in ((), (0,), (9,), (3, 4), (LONG,)):
                yield call(tied(data_type, shape))


PLANS.add("unique", _uniques, ordering.unique, rule="NUM-31", outputs=3)


def _searches() -> Iterator[Call]:
    for data_type in types_of("searchsorted"):
        for right in (False, True):
            ramp = np.sort(tied(data_type, (9,)), kind="stable")
            yield call(ramp, special(data_type), right=right)
            yield call(ramp, tied(data_type, (2, 0)), right=right)
            rows = np.sort(tied(data_type, (2, 5)), axis=-1, kind="stable")
            yield call(rows, tied(data_type, (2, 3), 1), right=right)
            yield call(ramp[:0], tied(data_type, (3,)), right=right)
            yield call(rows, tied(data_type, (3, 3), 1), right=right)


PLANS.add("searchsorted", _searches, ordering.search, rule="NUM-31")
PLANS.add(
    "repeat_interleave",
    functools.partial(
        over_types,
        "repeat_interleave",
        lambda a: [
            call(a(3), rows([2, 0, 1])),
            call(a(2, 3), np.array(2), dim=-1),
            call(a(0, 2), np.array(3)),
            call(a(2, 1, 2), rows([0, 3]), dim=2),
            call(a(3), rows([1])),
            call(a(2), rows([1, -1])),
            call(a(2), rows([1, 1, 1])),
        ],
    ),
    ordering.repeat_interleave,
)
PLANS.add(
    "one_hot",
    lambda: [
        call(x, num_classes=4)
        for x in (places(4, (2, 3)), places(4, ()), places(4, (0,)), rows([4]), rows([-1]))
    ],
    lambda x, num_classes: (
        rules.in_range(x, num_classes) or torch.nn.functional.one_hot(x, num_classes)
    ),
)
PLANS.add(
    "bincount",
    lambda: [
        call(x, n)
        for x in (rows([1, 1, 3]), rows([]), rows([0]), rows([-1]))
        for n in (0, 2, 6, -1)
    ],
    lambda x, n: (
        rules.stop("VALUE_ERROR")
        if n < 0 or bool((x < 0).any())
        else torch.bincount(x, minlength=n)
    ),
)


def histogram(x: Any, bins: int, min: float, max: float) -> Any:
    """Count by numpy, NaN and what lies outside dropped."""
    flat = x.numpy().ravel()
    if min == max:
        if not flat.size:
            raise Stop("SHAPE_ERROR")
        min, max = flat.min(), flat.max()  # noqa: A001 - as above
    if min == max:
        min, max = min - 1, max + 1  # noqa: A001 - as above
    place = (flat - min) * bins / (max - min)
    inside = (flat >= min) & (flat <= max)
    number = np.minimum(place[inside].astype(int), bins - 1)
    return np.bincount(number, minlength=bins).astype(np.float64)


def quantile(x: Any, q: Any, dim: int) -> Any:
    """Interpolate between the two nearest in order."""
    if not bool(((q >= 0) & (q <= 1)).all()):
        raise Stop("VALUE_ERROR")
    if x.shape[dim] == 0:
        raise Stop("SHAPE_ERROR")
    if not x.numel():
        return x.new_zeros((*q.shape, *(n for d, n in enumerate(x.shape) if d != dim % x.dim())))
    return torch.quantile(x, q, dim)


def quantile_bound(u: float, y: Any, x: Any, q: Any, dim: int) -> Any:
    """Bound as the page says; the position q * (n - 1) is rounded, too."""
    del y, q
    largest = np.nan_to_num(np.abs(x.numpy()), posinf=0).max(initial=0)
    return (8 + 2 * x.shape[dim]) * u * largest


def _histograms() -> Iterator[Call]:
    for data_type in types_of("histc"):
        for shape in ((9,), (2, 3), ()):
            yield call(unit(data_type, shape), bins=4)
            yield call(array(data_type, shape), bins=3, min=-1.0, max=1.0)
        x = np.array([0, 1, 2, np.nan, -1, 3, 2], np.float64).astype(array(data_type, ()).dtype)
        yield call(x, bins=2, min=0.0, max=2.0)
        yield call(x[:2], bins=2)
        yield call(x[:1], bins=3)
        yield call(x[:0], bins=2, min=0.0, max=1.0)
        yield call(x[:0], bins=2)


PLANS.add("histc", _histograms, histogram)


def _quantiles() -> Iterator[Call]:
    for data_type in types_of("quantile"):
        dtype = array(data_type, ()).dtype
        for shape, dim in REDUCED:
            if shape[dim]:
                for q in ([0.0, 0.25, 1.0], 0.5, []):
                    yield call(array(data_type, shape, 1), np.array(q, dtype), dim=dim)
        x = np.array([1, np.nan, 3, np.inf, 2, 4], dtype)
        yield call(x.reshape(2, 3), np.array([0.5], dtype), dim=1)
        yield call(x[2:3], np.array(1.5, dtype), dim=0)
        yield call(x[2:3], np.array(np.nan, dtype), dim=0)
        yield call(x[:0], np.array(0.5, dtype), dim=0)


PLANS.add("quantile", _quantiles, quantile, absolute=quantile_bound)
del BOOL, is_float
