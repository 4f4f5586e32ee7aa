"""Ops that slice, pad, turn and window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tools.verify import rules
from tools.verify.layout import copies, sized
from tools.verify.plan import Call, Plans, call

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()


def _slices(a: Any) -> Iterator[Call]:
    for bounds in (
        *((None, None, None), (1, 4, None), (-3, None, 2), (3, 1, 1), (10, 20, 1), (-20, 20, 3)),
        *((0, -1, 1), (2, 2, 1), (4, None, 7), (-1, None, None)),
    ):
        yield call(a(5), *bounds)
        yield call(a(2, 5, 3), *bounds, dim=1)
    yield call(a(0, 2), 0, 5, 1)
    yield call(a(3), 0, 3, 0)
    yield call(a(3), None, None, -1)


copies("slice", _slices, lambda x, a=None, b=None, c=None, dim=0: rules.slice_of(x, a, b, c, dim))
copies(
    "narrow",
    lambda a: [
        call(a(5), 1, 3),
        call(a(2, 4), -2, 2, dim=1),
        call(a(4), 4, 0),
        call(a(4), 2, 3),
        call(a(4), 1, -1),
        call(a(4), 5, 0),
    ],
    lambda x, start, length, dim: rules.narrow(x, start, length, dim),
)
copies(
    "select",
    lambda a: [
        *(call(a(3), i) for i in (0, -1, 2, -3, 3, -4)),
        call(a(2, 3, 4), 1, dim=-1),
        call(a(2, 0, 4), 1, dim=0),
    ],
    lambda x, i, dim: (
        x.select(dim, i) if -x.shape[dim] <= i < x.shape[dim] else rules.stop("INDEX_ERROR")
    ),
)
copies(
    "flip",
    lambda a: [
        call(a(3), dims=(0,)),
        call(a(2, 3, 4), dims=(0, -1)),
        call(a(0, 2), dims=(0,)),
        call(a(), dims=(0,)),
    ],
    lambda x, dims: x.flip(dims) if x.dim() else x,
)
copies(
    "roll",
    lambda a: [
        call(a(5), [-7], dims=(0,)),
        call(a(2, 3), [1, -1], dims=(0, 1)),
        call(a(0, 3), [2], dims=(0,)),
        call(a(2, 3), [0], dims=(-1,)),
    ],
    lambda x, shifts, dims: x.roll(shifts, dims),
)
PAD_MODES = ("constant", "reflect", "replicate", "circular")


def _pads(a: Any) -> Iterator[Call]:
    for mode in PAD_MODES:
        for shape, amounts in (
            ((1, 2, 5), [1, 2]),
            ((1, 1, 4, 5), [2, 1, 3, 0]),
            ((1, 2, 3), [0, 0]),
        ):
            yield call(a(*shape), amounts, None, mode=mode)
    yield from (call(a(2, 3), [1, 0, 0, 2]), call(a(), []), call(a(4), [-1, 2]), call(a(0), [1, 1]))
    yield from (call(a(1, 3), [-1, -1, 0, 1], a()), call(a(3), [-2, -2]), call(a(3), [1, -5]))


copies("pad", _pads, rules.pad, rule="SHAPE_ERROR where torch is undefined")
copies(
    "tensor_unfold",
    lambda a: [
        call(a(5), dim=0, size=2, step=2),
        call(a(2, 5, 3), dim=1, size=3, step=1),
        call(a(4), dim=-1, size=4, step=3),
        call(a(2, 0), dim=0, size=1, step=1),
        call(a(2), dim=0, size=3, step=1),
    ],
    sized(lambda x, dim, size, step: x.unfold(dim, size, step)),
)
copies(
    "diagonal",
    lambda a: [
        *(call(a(3, 4), offset=k) for k in (0, 1, -2, 5, -4)),
        call(a(2, 3, 3), dim1=-1, dim2=0),
        call(a(2, 0, 3), dim1=1, dim2=2),
    ],
    lambda x, offset, dim1, dim2: x.diagonal(offset, dim1, dim2),
)
copies(
    "diag_embed",
    lambda a: [
        *(call(a(3), offset=k) for k in (0, 1, -2)),
        call(a(2, 3), dim1=0, dim2=2),
        call(a(2, 0)),
    ],
    lambda x, offset, dim1, dim2: torch.diag_embed(x, offset, dim1, dim2),
)
