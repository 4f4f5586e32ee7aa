"""numpy functions of places in arrays, by their definition in others, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.checks import require

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def _unravel_index(door: NumpyDoor, indices: Any, shape: Any) -> Any:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    total = 1
    for size in sizes:
        total = size * total
    inside = np.logical_and(indices >= 0, indices < total)
    require(door, inside, f"an index is out of bounds for array with size {int(total)}")
    found: list[Any] = []
    for size in reversed(sizes):
        found.insert(0, indices % size)
        indices = indices // size
    return tuple(found)


def _ravel_multi_index(
    door: NumpyDoor, multi_index: Sequence[Any], dims: Any, mode: Any = "raise"
) -> Any:
    modes = mode if isinstance(mode, tuple) else (mode,) * len(dims)
    found: Any = 0
    for given, size, how in zip(multi_index, dims, modes, strict=True):
        index = door.traced(given)
        if how == "raise":
            inside = np.logical_and(index >= 0, index < size)
            require(door, inside, "invalid entry in coordinates array")
        found = found * size + _within(index, size, how)
    return found


def _within(index: Any, size: Any, how: str) -> Any:
    if how == "raise":
        return index
    return index % size if how == "wrap" else np.minimum(np.maximum(index, 0), size - 1)


def _take(
    door: NumpyDoor, a: Any, indices: Any, axis: int | None = None, *, mode: str = "raise"
) -> Any:
    a = door.traced(a)
    a, axis = (np.reshape(a, (-1,)), 0) if axis is None else (a, axis)
    before = (slice(None),) * (axis % a.ndim)
    index = door.index_array(indices) if isinstance(indices, list) else indices
    if mode != "raise":
        index = _within(np.asarray(index), a.shape[axis], mode)
    key = (*before, index)
    return a[key]


def _ix(_: NumpyDoor, *args: Any) -> Any:
    found = []
    for k, given in enumerate(args):
        row = given if hasattr(given, "dtype") else np.asarray(given)
        row = np.flatnonzero(row) if row.dtype == np.bool_ else row
        found.append(np.reshape(row, [-1 if i == k else 1 for i in range(len(args))]))
    return tuple(found)


def _triangle(function: Any) -> Callable[..., Any]:
    def handler(door: NumpyDoor, arr: Any, k: int = 0) -> Any:
        rows, columns = door.fixed(tuple(arr.shape))
        return function(rows, k, columns)

    return handler


def _diagonal(door: NumpyDoor, arr: Any) -> Any:
    return np.diag_indices(door.fixed(arr.shape[0]), arr.ndim)


def _window(door: NumpyDoor, x: Any, window_shape: Any, axis: Any = None) -> Any:
    sizes = (window_shape,) if isinstance(window_shape, int) else tuple(window_shape)
    axes = tuple(range(x.ndim)) if axis is None else (axis,) if isinstance(axis, int) else axis
    for size, at in zip(sizes, axes, strict=True):
        x = door.call_op("tensor_unfold", [x], {"dim": at % x.ndim, "size": size, "step": 1})
    return x


def _linspace(
    door: NumpyDoor,
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: Any = None,
    *,
    axis: int = 0,
) -> Any:
    if dtype is not None or axis != 0:
        raise names.unknown(door, "numpy.linspace of arrays with dtype= or axis=")
    kind = np.result_type(*(x.dtype if hasattr(x, "dtype") else x for x in (start, stop)), 1.0)
    begin, end = (np.asarray(x, kind) for x in (start, stop))
    parts = num - 1 if endpoint else num
    steps = np.reshape(np.arange(num, dtype=kind), (-1, *(1,) * max(begin.ndim, end.ndim)))
    found = steps * ((end - begin) / parts) + begin if parts > 0 else steps * (end - begin) + begin
    if endpoint and num > 1:
        found = np.concatenate([found[:-1], np.broadcast_to(end, found.shape[1:])[None]], 0)
    return found


def _apply_along_axis(
    door: NumpyDoor, func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any
) -> Any:
    rows = np.moveaxis(arr, axis, -1)
    sizes = door.fixed(tuple(rows.shape[:-1]))
    made = [func1d(rows[at], *args, **kwargs) for at in np.ndindex(sizes)]
    parts = [x if hasattr(x, "dtype") else np.asarray(x) for x in made]
    whole = np.stack(parts)
    inner = tuple(whole.shape[1:])
    whole = np.reshape(whole, (*sizes, *inner))
    for k in range(len(inner)):
        whole = np.moveaxis(whole, len(sizes) + k, axis % arr.ndim + k)
    return whole


def _apply_over_axes(_: NumpyDoor, func: Any, a: Any, axes: Any) -> Any:
    for axis in (axes,) if isinstance(axes, int) else axes:
        found = func(a, axis % a.ndim)
        a = found if found.ndim == a.ndim else np.expand_dims(found, axis % a.ndim)
    return a


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.take: _take,
    np.unravel_index: _unravel_index,
    np.ravel_multi_index: _ravel_multi_index,
    np.ix_: _ix,
    np.tril_indices_from: _triangle(np.tril_indices),
    np.triu_indices_from: _triangle(np.triu_indices),
    np.diag_indices_from: _diagonal,
    np.lib.stride_tricks.sliding_window_view: _window,
    np.linspace: _linspace,
    np.apply_along_axis: _apply_along_axis,
    np.apply_over_axes: _apply_over_axes,
}
"""By function."""
