"""numpy's pads, and its arrays in another order of memory, by their definition in others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor

_MODES: Final[Mapping[str, str]] = {
    "constant": "constant",
    "reflect": "reflect",
    "edge": "replicate",
    "wrap": "circular",
}
_SUMMARIES: Final[Mapping[str, Any]] = {
    "maximum": np.max,
    "minimum": np.min,
    "mean": np.mean,
}


def _pad(door: NumpyDoor, array: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Any:
    pairs = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2)).tolist()
    value = kwargs.pop("constant_values", 0)
    if kwargs:
        raise names.unknown(door, f"numpy.pad with {', '.join(kwargs)}=")
    if mode in _MODES and isinstance(value, (int, float)):
        amounts = [n for pair in reversed(pairs) for n in pair]
        given = None if mode != "constant" or value == 0 else value
        return door.call_op("pad", [array, amounts, given], {"mode": _MODES[mode]})
    values = np.broadcast_to(np.asarray(value, array.dtype), (array.ndim, 2))
    for axis, (before, after) in enumerate(pairs):
        if mode == "symmetric" and max(before, after) <= array.shape[axis]:
            ends = _mirrored(array, axis, before, after)
        elif mode == "constant":
            ends = _levels(array, axis, (before, after), values[axis])
        elif mode in _SUMMARIES and array.dtype.kind == "f":
            whole = _SUMMARIES[mode](array, axis=axis, keepdims=True)
            ends = (_spread(whole, axis, before), _spread(whole, axis, after))
        else:
            raise names.unknown(door, f"numpy.pad with mode {mode!r}")
        array = np.concatenate([ends[0], array, ends[1]], axis)
    return array


def _mirrored(array: Any, axis: int, before: int, after: int) -> tuple[Any, Any]:
    lead, extent = (slice(None),) * axis, array.shape[axis]
    keys = (*lead, slice(0, before)), (*lead, slice(extent - after, None))
    return np.flip(array[keys[0]], axis), np.flip(array[keys[1]], axis)


def _levels(array: Any, axis: int, counts: tuple[int, int], values: Any) -> tuple[Any, Any]:
    sizes = list(array.shape)
    made = []
    for count, value in zip(counts, values, strict=True):
        made.append(np.full([*sizes[:axis], count, *sizes[axis + 1 :]], value.item(), array.dtype))
    return made[0], made[1]


def _spread(whole: Any, axis: int, count: int) -> Any:
    sizes = list(whole.shape)
    return np.broadcast_to(whole, [*sizes[:axis], count, *sizes[axis + 1 :]])


# ---- orders of memory


def _is_reversed(door: NumpyDoor, order: str) -> bool:
    if order not in {"C", "F"}:
        raise names.unknown(door, f"numpy's order {order!r} of memory")
    return order == "F"


def _reshape(
    door: NumpyDoor, a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None
) -> Any:
    sizes = newshape if shape is None else shape
    if not _is_reversed(door, order):
        return door.run(np.reshape, (a, sizes), {})
    back = (sizes,) if isinstance(sizes, int) else tuple(sizes)[::-1]
    return np.transpose(np.reshape(np.transpose(a), back))


def _ravel(door: NumpyDoor, a: Any, order: str = "C") -> Any:
    return door.run(np.ravel, (np.transpose(a) if _is_reversed(door, order) else a,), {})


def _moveaxis(door: NumpyDoor, a: Any, source: Any, destination: Any) -> Any:
    if isinstance(source, int) and isinstance(destination, int):
        return door.run(np.moveaxis, (a, source, destination), {})
    return np.transpose(a, np.moveaxis(np.empty(range(a.ndim)), source, destination).shape)


def _insert(door: NumpyDoor, arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    arr = np.reshape(arr, (-1,)) if axis is None else arr
    along = 0 if axis is None else axis % arr.ndim
    if isinstance(obj, (list, np.ndarray)):
        return _several_inserted(door, arr, obj, values, along)
    added = np.asarray(values)
    if not isinstance(obj, int) or (arr.ndim != 1 and added.ndim):
        raise names.unknown(door, "numpy.insert")
    added = added if added.dtype == arr.dtype else added.astype(arr.dtype)
    lead = (slice(None),) * along
    if arr.ndim != 1:
        sizes = list(arr.shape)
        added = np.broadcast_to(added, [*sizes[:along], 1, *sizes[along + 1 :]])
    at = obj + arr.shape[along] if obj < 0 else obj
    keys = (*lead, slice(None, at)), (*lead, slice(at, None))
    parts = [arr[key] for key in keys]
    return np.concatenate([parts[0], np.atleast_1d(added), parts[1]], along)


def _several_inserted(door: NumpyDoor, arr: Any, obj: Any, values: Any, along: int) -> Any:
    """Insert at several places at once: all elements in the order that numpy gives the places."""
    extent = door.fixed(arr.shape[along])
    order = np.insert(np.arange(extent), obj, extent + np.arange(len(obj)))
    sizes = list(arr.shape)
    added = np.asarray(values)
    added = added if added.dtype == arr.dtype else added.astype(arr.dtype)
    added = np.broadcast_to(added, [*sizes[:along], len(obj), *sizes[along + 1 :]])
    return np.take(np.concatenate([arr, added], along), order, axis=along)


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.pad: _pad,
    np.reshape: _reshape,
    np.ravel: _ravel,
    np.insert: _insert,
    np.moveaxis: _moveaxis,
}
"""By function."""
