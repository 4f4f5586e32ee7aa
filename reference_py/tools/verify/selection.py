"""Ops that gather, scatter, search, sort and count."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import ordering, rules
from tools.verify.layout import over_types
from tools.verify.plan import Call, Plans, call
from tools.verify.values import LONG, places
from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANS = Plans()
BOOL = ir.DataType.BOOL
AXES = (
    ((7,), 0),
    ((7,), -1),
    ((2, 3), 0),
    ((3, 1, 4), 1),
    ((2, 0, 3), 0),
    ((0, 2), 1),
    ((2, 2, 3, 2), -2),
)
REDUCED = (
    ((7,), 0),
    ((2, 3), 0),
    ((3, 1, 4), -1),
    ((2, 2, 3, 2), -2),
    ((0, 2), 1),
    ((LONG,), 0),
    ((3, 0), 1),
)


def rows(v: list[int]) -> Any:
    """Return an index tensor."""
    return np.array(v, np.int64)


def _index_selects(a: Any) -> Iterator[Call]:
    yield call(a(5), rows([4, 0, 4]))
    yield call(a(2, 3), rows([]), dim=1)
    yield call(a(2, 3, 2), rows([1, 1]), dim=-2)
    yield call(a(0, 3), rows([0]), dim=1)
    yield call(a(3), rows([-1]))
    yield call(a(3), rows([0, 3]))


def _plain(name: str, make: Callable[[Any], Any], oracle: Any, **how: Any) -> None:
    how = {"floats": "copy", **how}
    PLANS.add(name, functools.partial(over_types, name, make), oracle, zero_sign=True, **how)


_plain(
    "index_select",
    _index_selects,
    lambda x, i, dim: rules.in_range(i, x.shape[dim]) or x.index_select(dim, i),
    rule="OP.index_select: no negative index",
)
_plain(
    "gather",
    lambda a: [
        call(a(3, 4), places(3, (2, 4))),
        call(a(3, 4), places(4, (3, 6)), dim=1),
        call(a(2, 3, 2), places(3, (1, 5, 2)), dim=-2),
        call(a(3), places(3, (0,))),
        call(a(), places(1, ())),
        call(a(3), rows([-1])),
        call(a(3), rows([3])),
        call(a(2, 2), places(2, (2, 3))),
    ],
    lambda x, i, dim: ordering.gather(x, i, dim),
    rule="OP.gather: no negative index",
)
_plain(
    "take",
    lambda a: [
        call(a(2, 3), rows([5, -6, 0])),
        call(a(), rows([[0, -1]])),
        call(a(2, 3), places(6, (2, 0))),
        call(a(3), rows([3])),
    ],
    lambda x, i: rules.in_range(i, x.numel(), negative=True) or torch.take(x, i),
)
_plain(
    "embedding",
    lambda a: [
        Call((i, a(4, 3)))
        for i in (places(4, (2, 3)), places(4, ()), places(4, (0,)), rows([4]), rows([-1]))
    ],
    lambda i, w, padding_idx: rules.in_range(i, w.shape[0]) or w[i],
)
MASK = np.array([[True, False, True], [False, False, True]])


def _indices(a: Any) -> Iterator[tuple[Any, list[Any]]]:
    yield a(4), [rows([0, -1])]
    yield a(2, 3), [rows([1]), rows([[0], [2]])]
    yield a(2, 3, 4), [None, rows([0, 2]), rows([3, -4])]
    yield a(2, 3, 4), [rows([0, 1]), None, rows([1, 1])]
    yield a(2, 3), [MASK]
    yield a(2, 3), [None, MASK[0]]
    yield a(3, 2), [rows([])]
    yield a(2, 3), [rows([2])]
    yield a(3, 3), [MASK]
    yield a(2, 3), [rows([0, 1]), rows([0, 1, 2])]


def _pick(x: Any, indices: list[Any]) -> Any:
    ordering.check_indices(x, indices)
    return x[tuple(slice(None) if i is None else i for i in indices)]


_plain("index", lambda a: [call(x, i) for x, i in _indices(a)], _pick)


def _puts(a: Any) -> Iterator[Call]:
    for x, indices in _indices(a):
        for accumulate in (False, True):
            yield call(x, indices, a(), accumulate=accumulate)
    yield call(a(3), [rows([0, 0, 1])], a(3))
    yield call(a(3, 2), [rows([0, 0, 1])], a(3, 1), accumulate=True)
    yield call(a(3), [rows([0, 1])], a(3))


PLANS.add(
    "index_put",
    functools.partial(over_types, "index_put", _puts),
    ordering.index_put,
    rule="NUM-43",
    absolute=ordering.put_bound,
)
_plain(
    "masked_select",
    lambda a: [
        call(a(2, 3), MASK),
        call(a(2, 3), MASK[0]),
        call(a(3), MASK),
        call(a(), np.array(True)),
        call(a(0, 3), MASK[0]),
    ],
    torch.masked_select,
)
_plain(
    "masked_scatter",
    lambda a: [
        call(a(2, 3), MASK, a(4)),
        call(a(2, 3), MASK[0], a(2, 2)),
        call(a(2, 3), MASK, a(2)),
        call(a(0), np.zeros(0, bool), a(1)),
    ],
    lambda x, m, s: (
        rules.stop("SHAPE_ERROR")
        if int(torch.broadcast_to(m, x.shape).sum()) > s.numel()
        else x.masked_scatter(m, s)
    ),
)
_plain(
    "nonzero",
    lambda a: [call(a(*s)) for s in ((), (5,), (0,), (2, 3), (2, 0), (2, 2, 3, 2))],
    torch.nonzero,
)
_plain(
    "select_scatter",
    lambda a: [
        call(a(2, 3), a(3), 1),
        call(a(2, 3), a(2), -1, dim=1),
        call(a(2), a(), 0),
        call(a(2, 3), a(3), 2),
    ],
    lambda x, s, i, dim: (
        rules.in_range(torch.tensor(i), x.shape[dim], negative=True)
        or torch.select_scatter(x, s, dim, i)
    ),
)
_plain(
    "slice_scatter",
    lambda a: [
        call(a(5), a(2), 1, 4, 2),
        call(a(2, 5), a(2, 5), None, None, None, dim=1),
        call(a(3, 2), a(0, 2), 2, 1, 1),
        call(a(5), a(2), -2, None, 1),
        call(a(5), a(3), -2, None, 1),
        call(a(5), a(5), None, None, 0),
        call(a(2, 3), a(1, 2), 0, 1, None),
    ],
    ordering.slice_scatter,
)
for name in ("index_add", "index_copy"):
    PLANS.add(
        name,
        functools.partial(
            over_types,
            name,
            lambda a: [
                call(a(4), rows([0, 3, 0]), a(3)),
                call(a(2, 3), rows([2, 2]), a(2, 2), dim=1),
                call(a(2, 3, 2), rows([]), a(2, 0, 2), dim=-2),
                call(a(3), rows([-1]), a(1)),
                call(a(3), rows([3]), a(1)),
                call(a(3), rows([0, 1]), a(3)),
                call(a(2, 3), rows([0]), a(1, 1)),
            ],
        ),
        functools.partial(ordering.index_write, name == "index_add"),
        rule="NUM-43",
        absolute=ordering.write_bound if name == "index_add" else None,
        outputs=1,
    )


def _scatters(op: str, modes: tuple[str, ...], a: Any) -> Iterator[Call]:
    extra: list[dict[str, Any]] = (
        [{}] if op == "scatter" else [{"include_self": b} for b in (True, False)]
    )
    for reduce in modes:
        for more in extra:
            how = {"reduce": reduce, "dim": 0, **more}
            yield Call((a(3, 4), places(3, (2, 4)), a(2, 4)), how)
            yield Call((a(3, 2), places(2, (3, 5)), a(3, 6)), how | {"dim": -1})
            yield Call((a(3), places(3, (0,)), a(2)), how)
            yield Call((a(2, 3, 2), places(3, (2, 5, 1)), a(2, 5, 1)), how | {"dim": 1})
    how = {"reduce": modes[0], "dim": 0, **extra[0]}
    yield Call((a(3), rows([-1]), a(1)), how)
    yield Call((a(3), rows([3]), a(1)), how)
    yield Call((a(3), rows([0, 1]), a(1)), how)
    yield Call((a(2, 2), places(2, (1, 3)), a(1, 3)), how)


for name, modes in (
    ("scatter", ("replace", "sum", "prod", "amax", "amin")),
    ("scatter_reduce", ("sum", "prod", "mean", "amax", "amin")),
):
    PLANS.add(
        name,
        functools.partial(over_types, name, functools.partial(_scatters, name, modes)),
        ordering.scatter,
        rule="NUM-43",
        absolute=ordering.scatter_bound,
    )
