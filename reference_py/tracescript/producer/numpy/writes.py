"""numpy functions that write into an array, by their definition in others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.array import TracedArray
from tracescript.producer.numpy.checks import require

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def assigned(door: NumpyDoor, target: Any, result: Any, where: Any = True) -> Any:
    """Write a result into an array, cast to its data type, as `x += y` does; return the array."""
    if not isinstance(target, TracedArray):
        what = "out= is an array made outside of the program"
        raise door.recorder.error("ALIASING", what, "make it in the program: np.empty(...)")
    if not np.can_cast(result.dtype, target.dtype, "same_kind"):
        message = f"Cannot cast array data from {result.dtype} to {target.dtype}"
        raise TypeError(f"{message} according to the rule 'same_kind'")
    found = result if result.dtype == target.dtype else door.astype(result, target.dtype)
    found = found if where is True else np.where(where, found, target)
    door.setitem(target, Ellipsis, found)
    return target


def put_part(door: NumpyDoor, array: Any, part: str, value: Any) -> None:
    """Write the real or the imaginary part of every element.

    Raises numpy's TypeError where there is none.
    """
    if array.dtype.kind != "c":
        if part == "imag":
            message = "array does not have imaginary part to set"
            raise TypeError(message)
        door.setitem(array, Ellipsis, value)
        return
    parts = {"real": array.real, "imag": array.imag}
    kept = parts[part]
    parts[part] = np.broadcast_to(_like(door, value, kept), kept.shape)
    door.setitem(array, Ellipsis, door.call_op("complex", list(parts.values()), {}))


def _copyto(door: NumpyDoor, dst: Any, src: Any, *, where: Any = True) -> None:
    door.setitem(dst, Ellipsis, src if where is True else np.where(where, src, dst))


def _like(door: NumpyDoor, value: Any, array: Any) -> Any:
    """Return a value to write as an array of the data type of where it goes."""
    made = door.traced(np.asarray(value) if not hasattr(value, "dtype") else value)
    return made if made.dtype == array.dtype else made.astype(array.dtype)


def _from_front(door: NumpyDoor, index: Any, extent: Any) -> Any:
    """Return places counted from the front. Raises numpy's IndexError beyond the extent."""
    index = door.traced(index).astype(np.int64)
    inside = np.logical_and(index >= -extent, index < extent)
    require(door, inside, "an index is out of bounds", "INDEX_ERROR")
    return np.where(index < 0, index + extent, index)


def _put_along_axis(door: NumpyDoor, arr: Any, indices: Any, values: Any, axis: Any = -1) -> None:
    flat, dim = (np.reshape(arr, (-1,)), 0) if axis is None else (arr, axis % arr.ndim)
    index = _from_front(door, indices, flat.shape[dim])
    sizes = [index.shape[k] if k == dim else n for k, n in enumerate(flat.shape)]
    index = np.broadcast_to(index, sizes)
    source = np.broadcast_to(_like(door, values, arr), sizes)
    found = door.call_op("scatter", [flat, index, source], {"dim": dim})
    door.setitem(arr, Ellipsis, np.reshape(found, arr.shape))


def _put(door: NumpyDoor, a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    flat = np.reshape(a, (-1,))
    given, extent = np.reshape(np.asanyarray(ind), (-1,)), flat.shape[0]
    if mode == "wrap":
        given = given % extent
    elif mode == "clip":
        given = np.minimum(np.maximum(given, 0), extent - 1)
    index = _from_front(door, given, extent)
    source = np.resize(_like(door, v, a), (index.shape[0],))
    found = door.call_op("scatter", [flat, index, source], {"dim": 0})
    door.setitem(a, Ellipsis, np.reshape(found, a.shape))


def _putmask(door: NumpyDoor, a: Any, mask: Any, values: Any) -> None:
    given = np.resize(_like(door, values, a), a.shape)
    door.setitem(a, Ellipsis, np.where(mask, given, a))


def _place(door: NumpyDoor, arr: Any, mask: Any, vals: Any) -> None:
    given = np.reshape(_like(door, vals, arr), (-1,))
    rank = np.cumsum(np.reshape(mask, (-1,))) - 1
    chosen = given[np.where(rank < 0, 0, rank) % given.shape[0]]
    door.setitem(arr, Ellipsis, np.where(mask, np.reshape(chosen, arr.shape), arr))


def _fill_diagonal(door: NumpyDoor, a: Any, val: Any, wrap: bool = False) -> None:
    if a.ndim != 2:  # noqa: PLR2004 - a matrix
        raise names.unknown(door, "numpy.fill_diagonal of another rank than 2")
    if not wrap and not np.ndim(val):
        is_there = np.arange(a.shape[0])[:, None] == np.arange(a.shape[1])
        door.setitem(a, Ellipsis, np.where(is_there, _like(door, val, a), a))
        return
    rows, columns = door.fixed(tuple(a.shape))
    last = rows * columns if wrap else columns * columns
    places = np.arange(rows * columns)[: last : columns + 1]
    np.put(a, places, val)


def _into_traced(function: Any, handler: Callable[..., None]) -> Callable[..., None]:
    """Return a handler that lets numpy write into an array that is none of the trace's."""

    def write(door: NumpyDoor, array: Any, *args: Any, **kwargs: Any) -> None:
        if isinstance(array, TracedArray):
            handler(door, array, *args, **kwargs)
        elif any(isinstance(v, TracedArray) for v in (*args, *kwargs.values())):
            what = f"numpy.{function.__name__} of traced values into an array that is not traced"
            raise names.unknown(door, what)
        else:
            function(array, *door.fixed(args), **door.fixed(kwargs))

    return write


_WRITERS: Final[Mapping[Any, Callable[..., None]]] = {
    np.copyto: _copyto,
    np.put_along_axis: _put_along_axis,
    np.put: _put,
    np.putmask: _putmask,
    np.place: _place,
    np.fill_diagonal: _fill_diagonal,
}
HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    function: _into_traced(function, handler) for function, handler in _WRITERS.items()
}
"""By function."""
