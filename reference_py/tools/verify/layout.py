"""Ops that move, repeat, join and select elements by position; all results are copies."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import torch

from tools.verify import rules
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array
from tracescript import ir

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


def sized(oracle: Callable[..., Any]) -> Callable[..., Any]:
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


copies("reshape", _reshapes, sized(lambda x, s: x.reshape(s)))
copies(
    "unflatten",
    lambda a: [
        call(a(2, 6), [2, -1], dim=1),
        call(a(6), [1, 2, 3], dim=-1),
        call(a(0, 2), [0, 5], dim=0),
        call(a(6, 1), [4, -1], dim=0),
    ],
    sized(lambda x, s, dim: x.unflatten(dim, s)),
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
    sized(lambda x, s: x.expand(s)),
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
    sized(lambda x, r: x.repeat(r)),
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
    sized(lambda t: list(torch.broadcast_tensors(*t))),
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
    sized(lambda t, dim: torch.cat(t, dim)),
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
    sized(lambda t, dim: torch.stack(t, dim)),
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
    sized(lambda x, s, dim: rules.split(x, s, dim)),
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
