"""Ops that move, repeat, join and select elements by position; all results are copies."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import rules
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array, special
from tracescript import ir
from tracescript.opset.dtypes import as_data_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PLANS = Plans()
F32 = ir.DataType.FLOAT32


def over_types(op: str, make: Callable[[Any], Iterable[Call]]) -> Iterator[Call]:
    """Yield the calls that `make` builds from a maker of arrays, for each data type of an op."""
    for data_type in types_of(op):
        yield from make(lambda *shape, d=data_type: array(d, shape, op))


def copies(op: str, make: Callable[[Any], Iterable[Call]], oracle: Any, **how: Any) -> None:
    """Enter the plan of an op whose results are copies of elements."""
    how = {"floats": "copy", **how}
    PLANS.add(op, functools.partial(over_types, op, make), oracle, zero_sign=True, **how)


def _sized(oracle: Callable[..., Any]) -> Callable[..., Any]:
    """Return an oracle for which sizes that do not fit are a trap."""

    def sized(*inputs: Any, **attributes: Any) -> Any:
        try:
            return oracle(*inputs, **attributes)
        except (RuntimeError, IndexError) as error:
            raise Stop("SHAPE_ERROR") from error

    return sized


def _reshapes(a: Any) -> Iterator[Call]:
    yield from (
        call(a(2, 6), [3, -1]),
        call(a(), [1, 1]),
        call(a(1, 1), []),
        call(a(0, 3), [-1, 3]),
    )
    yield from (call(a(2, 3, 4), [4, 3, 2]), call(a(2, 3), [4, -1]), call(a(0, 3), [-1, 0]))
    yield from (
        call(a(2, 3), [5]),
        call(a(2, 3), [-1, -1]),
        call(
            a(
                0,
            ),
            [2, 0, 5],
        ),
    )


copies("reshape", _reshapes, _sized(lambda x, s: x.reshape(s)))
copies(
    "flatten",
    lambda a: [
        *(call(a(*s)) for s in ((), (0,), (3,), (2, 3), (2, 0, 3), (2, 3, 1, 2))),
        *(call(a(2, 3, 4), start_dim=i, end_dim=j) for i, j in ((1, 2), (0, 1), (-2, -1), (1, 1))),
    ],
    lambda x, start_dim, end_dim: x.flatten(start_dim, end_dim),
)
copies(
    "unflatten",
    lambda a: [
        call(a(2, 6), [2, -1], dim=1),
        call(a(6), [1, 2, 3], dim=-1),
        call(a(0, 2), [0, 5], dim=0),
        call(a(6, 1), [4, -1], dim=0),
    ],
    _sized(lambda x, s, dim: x.unflatten(dim, s)),
)
copies(
    "permute",
    lambda a: [
        call(a(), dims=()),
        call(a(3), dims=(0,)),
        call(a(2, 3), dims=(-1, 0)),
        call(a(2, 0, 3), dims=(2, 0, 1)),
        call(a(2, 3, 1, 4), dims=(3, 1, 0, 2)),
    ],
    lambda x, dims: x.permute(dims),
)
copies(
    "transpose",
    lambda a: [
        call(a(), dim0=0, dim1=-1),
        call(a(3), dim0=0, dim1=0),
        call(a(2, 0), dim0=0, dim1=1),
        call(a(2, 3, 4), dim0=-1, dim1=0),
        call(a(2, 3, 1, 4), dim0=1, dim1=3),
    ],
    lambda x, dim0, dim1: x.transpose(dim0, dim1),
)
copies(
    "movedim",
    lambda a: [
        call(a(), source=0, destination=0),
        call(a(2, 3), source=0, destination=1),
        call(a(2, 3, 4), source=-1, destination=0),
        call(a(2, 0, 4, 1), source=1, destination=-2),
    ],
    lambda x, source, destination: x.movedim(source, destination),
)
copies(
    "squeeze",
    lambda a: [
        call(a(1), dim=(0,)),
        call(a(1, 2, 1), dim=(0, -1)),
        call(a(2, 1, 0), dim=(1,)),
        call(a(2, 3), dim=(1,)),
    ],
    lambda x, dim: rules.squeeze(x, dim),
    rule="OP.squeeze: each axis has extent 1",
)
copies(
    "unsqueeze",
    lambda a: [call(a(*s), dim=d) for s in ((), (3,), (2, 0), (2, 3, 4)) for d in (0, -1, len(s))],
    lambda x, dim: x.unsqueeze(dim),
)
copies(
    "expand",
    lambda a: [
        call(a(), [2, 3]),
        call(a(1), [4]),
        call(a(2, 1), [3, -1, 5]),
        call(a(1, 3), [0, 3]),
        call(a(2), [3, -1]),
        call(a(2), [-1, 2]),
        call(a(2), [3]),
        call(a(2, 3), [3]),
        call(a(2, 3, 1), [2, 3, 4]),
    ],
    _sized(lambda x, s: x.expand(s)),
)
copies(
    "repeat",
    lambda a: [
        call(a(), [2]),
        call(a(), []),
        call(a(3), [2, 3]),
        call(a(2, 1), [0, 2]),
        call(a(2, 3), [1, 2, 1]),
        call(a(2), [-1]),
    ],
    _sized(lambda x, r: x.repeat(r)),
)
copies(
    "broadcast_tensors",
    lambda a: [
        call([a(2, 1), a(3)]),
        call([a(), a(1, 2), a(2, 1, 1)]),
        call([a(4)]),
        call([a(0, 1), a(3)]),
        call([a(2), a(3)]),
    ],
    _sized(lambda t: list(torch.broadcast_tensors(*t))),
)
copies(
    "meshgrid",
    lambda a: (
        [call([a(2), a(3)], indexing=how) for how in ("ij", "xy")]
        + [call([a(2), a(), a(3)], indexing="xy"), call([a(3)]), call([a(0), a(2)])]
    ),
    lambda t, indexing: list(torch.meshgrid(*t, indexing=indexing)),
)
copies(
    "cat",
    lambda a: [
        call([a(2, 3), a(4, 3)]),
        call([a(2, 3), a(2, 0), a(2, 1)], dim=1),
        call([a(0), a(0)], dim=-1),
        call([a(2, 3, 1)], dim=-2),
        call([a(2, 3), a(2, 4)]),
    ],
    _sized(lambda t, dim: torch.cat(t, dim)),
)
copies(
    "stack",
    lambda a: [
        call([a(), a()]),
        call([a(2, 3), a(2, 3)], dim=-1),
        call([a(2, 3)], dim=1),
        call([a(0), a(0), a(0)]),
        call([a(2), a(3)]),
    ],
    _sized(lambda t, dim: torch.stack(t, dim)),
)
copies(
    "split",
    lambda a: [
        call(a(5, 2), [2, 3]),
        call(a(2, 4), [1, 0, 3], dim=-1),
        call(a(0, 2), [0, 0]),
        call(a(3), []),
        call(a(5), [2, 2]),
        call(a(5), [6, -1]),
    ],
    _sized(lambda x, s, dim: rules.split(x, s, dim)),
)
copies(
    "chunk",
    lambda a: [
        *(call(a(n, 2), chunks=c) for n in (0, 1, 4, 5, 7) for c in (1, 3, 5)),
        call(a(2, 5), chunks=2, dim=-1),
    ],
    lambda x, chunks, dim: rules.chunk(x, chunks, dim),
)
copies(
    "unbind",
    lambda a: [call(a(3)), call(a(2, 3), dim=-1), call(a(2, 0, 3)), call(a(0, 2))],
    lambda x, dim: list(torch.unbind(x, dim)),
)


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
for name in ("tril", "triu"):
    copies(
        name,
        lambda a: [
            *(call(a(3, 4), diagonal=k) for k in (0, 1, -1, 5, -5)),
            call(a(2, 3, 3)),
            call(a(0, 3)),
            call(a(2, 1, 2, 4), diagonal=1),
        ],
        lambda x, diagonal, f=getattr(torch, name): f(x, diagonal),
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
    _sized(lambda x, dim, size, step: x.unfold(dim, size, step)),
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


def _created(op: str, *values: Any) -> Iterator[Call]:
    for data_type in types_of("add"):
        for shape in ([], [0], [3], [2, 0], [2, 3]):
            yield call(shape, *values, dtype=data_type)
    yield call([2, -1], *values, dtype=F32)


def _full(shape: list[int], value: Any, dtype: Any) -> Any:
    if any(n < 0 for n in shape):
        raise Stop("SHAPE_ERROR")
    return np.broadcast_to(
        rules.cast(
            torch.tensor(value, dtype=torch.float64 if isinstance(value, float) else None), dtype
        ),
        shape,
    )


def _fulls() -> Iterator[Call]:
    for value in (0, 1, -3, 2.75, 300, float("inf"), float("nan"), -1e30):
        yield from _created("full", value)


PLANS.add("full", _fulls, _full, rule="NUM-20 to NUM-23")
PLANS.add("zeros", functools.partial(_created, "zeros"), lambda s, dtype: _full(s, 0, dtype))
PLANS.add("ones", functools.partial(_created, "ones"), lambda s, dtype: _full(s, 1, dtype))


def _like(oracle: Any) -> Any:
    return lambda x, *v: oracle(list(x.shape), *v, dtype=as_data_type(x.dtype))


for name, value in (("zeros_like", 0), ("ones_like", 1)):
    copies(
        name,
        lambda a: [call(a(*s)) for s in ((), (0,), (2, 3))],
        _like(lambda s, dtype, v=value: _full(s, v, dtype)),
        floats="own",
    )
copies(
    "full_like",
    lambda a: [call(a(*s), v) for s in ((), (0,), (2, 3)) for v in (2, -1.5, float("nan"))],
    _like(_full),
    floats="own",
    rule="NUM-20 to NUM-23",
)
copies(
    "scalar_like",
    lambda a: [call(a(2, 3), v) for v in (2, -1.5, 1e10, float("nan"))],
    lambda x, v: _full([], v, as_data_type(x.dtype)),
    floats="own",
    rule="NUM-20 to NUM-23",
)
del special
