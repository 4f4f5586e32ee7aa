"""numpy functions that put elements in order, by their definition in others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy.checks import require
from tracescript.producer.numpy.typed import is_float

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _sort(door: NumpyDoor, a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
    del kind, stable  # equal elements keep their order
    a, axis = (np.reshape(a, (-1,)), 0) if axis is None else (a, axis)
    return door.run(np.sort, (a, axis), {})


def _argsort(
    door: NumpyDoor, a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None
) -> Any:
    del kind, stable  # as above: numpy's default may give equal elements in another order
    a, axis = (np.reshape(a, (-1,)), 0) if axis is None else (a, axis)
    whole = a.astype(np.int8) if a.dtype == np.bool_ else a
    return door.call_op("argsort", [whole], {"dim": axis})


def _parted(function: Any) -> Callable[..., Any]:
    """Partition and the like: the order of all is one of the orders that numpy may give."""

    def handler(_: NumpyDoor, a: Any, kth: Any, axis: Any = -1, kind: str = "introselect") -> Any:
        del kind  # as above
        extent = a.size if axis is None else a.shape[axis]
        for place in np.atleast_1d(np.asarray(kth)).tolist():
            if not -extent <= place < extent:
                message = f"kth(={place}) out of bounds ({extent})"
                raise ValueError(message)
        return function(a, axis=axis)

    return handler


def _lexsort(_: NumpyDoor, keys: Any, axis: int = -1) -> Any:
    rows = list(keys)
    order = np.argsort(rows[0], axis=axis, kind="stable")
    for key in rows[1:]:
        again = np.argsort(np.take_along_axis(key, order, axis), axis=axis, kind="stable")
        order = np.take_along_axis(order, again, axis)
    return order


def _place_without_nan(function: Any, instead: float) -> Callable[..., Any]:
    def handler(door: NumpyDoor, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        keepdims = keepdims is True
        if not is_float(a):
            return function(a, axis=axis, keepdims=keepdims)
        is_missing = np.isnan(a)
        require(door, np.logical_not(np.all(is_missing, axis=axis)), "All-NaN slice encountered")
        filled = np.where(is_missing, np.asarray(instead, a.dtype), a)
        return function(filled, axis=axis, keepdims=keepdims)

    return handler


def _first_places(inverse: Any, counts: Any) -> Any:
    order = np.argsort(np.reshape(inverse, (-1,)), kind="stable")
    return order[np.cumsum(counts) - counts]


def _unique_along(door: NumpyDoor, ar: Any, axis: int) -> tuple[Any, Any, Any, Any]:
    """Return the different rows along an axis, by their first elements first, as `unique` does.

    Returns the rows, the first place of each, which of them each row is, and how often each is.
    """
    moved = np.moveaxis(ar, axis, 0)
    rows = np.reshape(moved, (moved.shape[0], math.prod(moved.shape[1:])))
    columns = np.arange(door.fixed(rows.shape[1]))[::-1]
    order = np.arange(rows.shape[0])
    for column in columns:
        order = order[np.argsort(rows[order, column], kind="stable")]
    ordered = rows[order]
    differs = np.any(ordered[1:] != ordered[:-1], axis=1)
    begins = np.concatenate([np.ones_like(order[:1], dtype=np.bool_), differs])
    group = np.cumsum(begins) - 1
    inverse = door.call_op("scatter", [group, order, group], {"dim": 0})
    index = np.compress(begins, order)
    return np.take(ar, index, axis), index, inverse, np.bincount(group)


def _unique(
    door: NumpyDoor,
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
) -> Any:
    if axis is not None:
        values, index, inverse, counts = _unique_along(door, ar, axis)
        found = [values] + [index] * return_index
        found += [inverse] * return_inverse + [counts] * return_counts
        return tuple(found) if len(found) > 1 else values
    values, inverse, counts = door.call_op("unique", [ar], {})
    if equal_nan and values.dtype.kind == "f":
        values, inverse, counts = _with_one_nan(values, inverse, counts)
    found = [values]
    if return_index:
        found.append(_first_places(inverse, counts))
    found += [inverse] * return_inverse + [counts] * return_counts
    return tuple(found) if len(found) > 1 else values


def _with_one_nan(values: Any, inverse: Any, counts: Any) -> tuple[Any, Any, Any]:
    """Make one element of the NaN at the end."""
    is_nan = np.isnan(values)
    first = np.sum(np.logical_not(is_nan))
    kept = np.arange(values.shape[0]) <= first
    counts = np.where(is_nan, np.sum(np.where(is_nan, counts, 0)), counts)
    return np.compress(kept, values), np.minimum(inverse, first), np.compress(kept, counts)


def _unique_all(_: NumpyDoor, x: Any) -> Any:
    values, index, inverse, counts = np.unique(x, True, True, True, equal_nan=False)
    kind = type(np.unique_all(np.zeros(1)))
    return kind(values, index, np.reshape(inverse, x.shape), counts)


def _unique_values(_: NumpyDoor, x: Any) -> Any:
    return np.unique(x, equal_nan=False)


def _trim_zeros(_: NumpyDoor, filt: Any, trim: str = "fb") -> Any:
    is_kept = filt != 0
    begun = np.cumsum(is_kept) > 0
    ended = np.flip(np.cumsum(np.flip(is_kept))) > 0
    both = np.ones_like(is_kept)
    both = np.logical_and(both, begun) if "f" in trim.lower() else both
    both = np.logical_and(both, ended) if "b" in trim.lower() else both
    return np.compress(both, filt)


def _sorted_in_place(function: Any, axis_at: int) -> Callable[..., Any]:
    def handler(door: NumpyDoor, array: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("axis", 0) is None or None in args[axis_at : axis_at + 1]:
            message = "'NoneType' object cannot be interpreted as an integer"
            raise TypeError(message)
        door.setitem(array, Ellipsis, function(array, *args, **kwargs))

    return handler


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.sort: _sort,
    np.argsort: _argsort,
    np.partition: _parted(np.sort),
    np.argpartition: _parted(np.argsort),
    np.lexsort: _lexsort,
    np.nanargmax: _place_without_nan(np.argmax, -math.inf),
    np.nanargmin: _place_without_nan(np.argmin, math.inf),
    np.unique: _unique,
    np.unique_all: _unique_all,
    np.unique_values: _unique_values,
    np.trim_zeros: _trim_zeros,
}
"""By function."""
METHODS: Final[Mapping[str, Callable[..., Any]]] = {
    "sort": _sorted_in_place(np.sort, 0),
    "partition": _sorted_in_place(np.partition, 1),
}
"""By method of numpy's arrays."""
