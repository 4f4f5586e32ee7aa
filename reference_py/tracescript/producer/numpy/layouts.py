"""numpy functions that arrange elements, by their definition in others, which are recorded."""

from __future__ import annotations

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


def _at_least(rank: int) -> Callable[..., Any]:
    def handler(_: NumpyDoor, *arrays: Any) -> Any:
        made = tuple(x if x.ndim >= rank else x[_WIDENED[rank, x.ndim]] for x in arrays)
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
}
"""By function."""
