"""numpy functions that arrange elements, by their definition in others, which are recorded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


_WIDENED: Final[Mapping[tuple[int, int], Any]] = {
    (1, 0): (None,),
    (2, 0): (None, None),
    (2, 1): (None, ...),
    (3, 0): (None, None, None),
    (3, 1): (None, ..., None),
    (3, 2): (..., None),
}
"""Subscripts that give at least so many axes, by the rank that there is."""


def _widened(array: Any, rank: int) -> Any:
    x = array if hasattr(array, "dtype") else np.asarray(array)
    return x if x.ndim >= rank else x[_WIDENED[rank, x.ndim]]


def _at_least(rank: int) -> Callable[..., Any]:
    def handler(_: NumpyDoor, *arrays: Any) -> Any:
        made = tuple(_widened(x, rank) for x in arrays)
        return made[0] if len(made) == 1 else made

    return handler


def _column_stack(_: NumpyDoor, tup: Sequence[Any]) -> Any:
    return np.concatenate([x if x.ndim > 1 else x[:, None] for x in tup], 1)


def _dstack(_: NumpyDoor, tup: Sequence[Any]) -> Any:
    return np.concatenate([np.atleast_3d(x) for x in tup], 2)


def _parted(axis: int) -> Callable[..., Any]:
    def handler(_: NumpyDoor, ary: Any, indices_or_sections: Any) -> Any:
        along = 0 if axis == 1 and ary.ndim == 1 else axis
        return np.split(ary, indices_or_sections, along)

    return handler


def _rollaxis(_: NumpyDoor, a: Any, axis: int, start: int = 0) -> Any:
    axis, start = axis % a.ndim, start + a.ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


def _diagflat(_: NumpyDoor, v: Any, k: int = 0) -> Any:
    return np.diag(np.reshape(v, (-1,)), k)


def _take_along_axis(door: NumpyDoor, arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        arr, axis = np.reshape(arr, (-1,)), 0
    low = indices < 0
    index = np.where(low, indices + arr.shape[axis], indices)
    return door.call_op("take_along_dim", [arr, index.astype(np.int64)], {"dim": axis % arr.ndim})


def _compress(_: NumpyDoor, condition: Any, a: Any, axis: int | None = None) -> Any:
    a, axis = (np.reshape(a, (-1,)), 0) if axis is None else (a, axis)
    return np.take(a, np.flatnonzero(condition), axis)


def _extract(_: NumpyDoor, condition: Any, arr: Any) -> Any:
    return np.take(np.reshape(arr, (-1,)), np.flatnonzero(condition))


def _tile(_: NumpyDoor, A: Any, reps: Any) -> Any:  # noqa: N803  # numpy's name
    times = (reps,) if isinstance(reps, int) else tuple(reps)
    times = (1,) * (A.ndim - len(times)) + times
    wide = A[(None,) * (len(times) - A.ndim) + (...,)]
    sizes = list(wide.shape)
    for at, count in enumerate(times):
        spread = np.expand_dims(wide, at)
        wide = np.broadcast_to(spread, [*sizes[:at], count, *sizes[at:]])
        sizes[at] = sizes[at] * count
        wide = np.reshape(wide, sizes)
    return wide


def _block(_: NumpyDoor, arrays: Any) -> Any:
    def rank(part: Any) -> int:
        if isinstance(part, list):
            return max(map(rank, part))
        return int(np.ndim(part))

    def depth(part: Any) -> int:
        return 1 + depth(part[0]) if isinstance(part, list) else 0

    def joined(part: Any, axis: int) -> Any:
        if isinstance(part, list):
            return np.concatenate([joined(x, axis + 1) for x in part], axis)
        return part[(None,) * (most - part.ndim) + (...,)]

    most = max(depth(arrays), rank(arrays))
    return joined(arrays, -depth(arrays)) if isinstance(arrays, list) else np.copy(arrays)


def _resize(door: NumpyDoor, a: Any, new_shape: Any) -> Any:
    sizes = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    flat = np.reshape(a, (-1,))
    total, extent = math.prod(sizes), flat.shape[0]
    if total <= extent:
        return np.reshape(flat[:total], sizes)
    size = door.fixed(extent)
    whole = np.tile(flat, -(-total // size)) if size else np.zeros(total, a.dtype)
    return np.reshape(whole[:total], sizes)


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.atleast_1d: _at_least(1),
    np.atleast_2d: _at_least(2),
    np.atleast_3d: _at_least(3),
    np.column_stack: _column_stack,
    np.dstack: _dstack,
    np.vsplit: _parted(0),
    np.hsplit: _parted(1),
    np.dsplit: _parted(2),
    np.rollaxis: _rollaxis,
    np.diagflat: _diagflat,
    np.take_along_axis: _take_along_axis,
    np.compress: _compress,
    np.extract: _extract,
    np.tile: _tile,
    np.block: _block,
    np.resize: _resize,
}
"""By function."""
