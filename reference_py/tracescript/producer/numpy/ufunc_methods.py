"""Methods of ufuncs: `reduce`, `accumulate`, `reduceat`, `outer` and `at`."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names, reductions, writes
from tracescript.producer.numpy.compositions import along
from tracescript.producer.numpy.typed import BOOL, cast
from tracescript.producer.trace import watching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor

_NOT_GIVEN: Final = np._NoValue  # noqa: SLF001  # numpy's own
_MOST: Final = 256
"""Elements along an axis up to which a fold is written out."""


def _outer_of(door: NumpyDoor, ufunc: np.ufunc, a: Any, b: Any, **kwargs: Any) -> Any:
    a, b = (x if hasattr(x, "dtype") else np.asarray(x) for x in (a, b))
    wide = np.reshape(a, (*np.shape(a), *(1,) * np.ndim(b))) if np.ndim(a) else a
    return door.ufunc(ufunc, "__call__", (wide, b), kwargs)


def _reduced_at(
    door: NumpyDoor,
    ufunc: np.ufunc,
    array: Any,
    indices: Any,
    axis: int = 0,
    dtype: Any = None,
    out: Any = None,
) -> Any:
    """Reduce from each place to the next one, to the end from the last; else one element."""
    known = isinstance(indices, (np.ndarray, list, tuple))
    if not known or watching.holds(indices, watching.SYMBOLS) or not len(indices):
        raise names.unknown(door, f"numpy.{ufunc.__name__}.reduceat")
    starts = np.asarray(indices).tolist()
    extent, rank = array.shape[axis], array.ndim
    for start in starts:
        if not 0 <= start < extent:
            message = f"index {start} out-of-bounds in {ufunc.__name__}.reduceat [0, {extent})"
            raise IndexError(message)
    ends = [max(end, start + 1) for start, end in itertools.pairwise(starts)]
    cuts = [slice(a, b) for a, b in zip(starts, [*ends, None], strict=True)]
    parts = [array[along(axis, rank, cut)] for cut in cuts]
    over = {"axis": axis, "keepdims": True, "dtype": dtype}
    found = np.concatenate([ufunc.reduce(p, **over) for p in parts], axis)
    return found if out is None else writes.assigned(door, out[0], found)


_REDUCTIONS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_SCANS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {np.add: np.cumsum, np.multiply: np.cumprod}
_EXTREMES: Final[Mapping[np.ufunc, str]] = {np.maximum: "cummax", np.minimum: "cummin"}
_OF_TRUTHS: Final[Mapping[np.ufunc, np.ufunc]] = {
    np.logical_or: np.maximum,
    np.logical_and: np.minimum,
}
_HALVED: Final = frozenset(
    (np.fmax, np.fmin, np.hypot, np.logaddexp, np.logaddexp2, np.gcd, np.lcm, np.bitwise_or)
) | {np.bitwise_and, np.bitwise_xor}
"""Whose operands may be paired in any way."""


def ufunc_method(
    door: NumpyDoor, ufunc: np.ufunc, method: str, inputs: Sequence[Any], kwargs: dict[str, Any]
) -> Any:
    """Run and record a method of a ufunc: those of one array are along axis 0."""
    if method == "at":
        return _changed_at(door, ufunc, *inputs)
    if method == "outer":
        return _outer_of(door, ufunc, *inputs, **kwargs)
    array = inputs[0] if hasattr(inputs[0], "dtype") else np.asarray(inputs[0])
    if method == "reduceat":
        return _reduced_at(door, ufunc, array, *inputs[1:], **kwargs)
    places = ("axis", "dtype", "out", "keepdims", "initial", "where")
    given = {"axis": 0, **dict(zip(places, inputs[1:], strict=False)), **kwargs}
    left_out = {k for k, v in given.items() if v is _NOT_GIVEN or (v is None and k != "axis")}
    given = {k: v for k, v in given.items() if k not in left_out}
    (out,) = given.pop("out", None) or (None,)
    if given.get("keepdims") is False:
        del given["keepdims"]
    if method == "reduce":
        found = _reduced(door, ufunc, array, **given)
    elif method == "accumulate":
        found = _accumulated(door, ufunc, array, **given)
    else:
        raise names.unknown(door, f"numpy.{ufunc.__name__}.{method}")
    return found if out is None else writes.assigned(door, out, found)


def _reduced(door: NumpyDoor, ufunc: np.ufunc, array: Any, **given: Any) -> Any:
    if ufunc in _REDUCTIONS:
        return door.function(_REDUCTIONS[ufunc], (array,), given)
    if ufunc in reductions.REDUCTIONS and given.keys() <= {"axis", "keepdims"}:
        return reductions.REDUCTIONS[ufunc](door, array, **given)
    return _folded(door, ufunc, array, **given)


def _folded(
    door: NumpyDoor,
    ufunc: np.ufunc,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    keepdims: bool = False,
    initial: Any = _NOT_GIVEN,
    where: Any = True,
) -> Any:
    """Combine the parts along axes, whose sizes the trace fixes."""
    if where is not True or not array.ndim:
        raise names.unknown(door, f"numpy.{ufunc.__name__}.reduce with where=, or of a number")
    axes = tuple(range(array.ndim)) if axis is None else axis if type(axis) is tuple else (axis,)
    axes = tuple(a % array.ndim for a in axes)
    rows = np.moveaxis(array, axes, range(len(axes)))
    rows = np.reshape(rows, (-1, *rows.shape[len(axes) :])) if len(axes) > 1 else rows
    more = {} if dtype is None else {"dtype": dtype}
    parts = [rows[k] for k in range(_count(door, ufunc, rows))]
    parts = parts if initial is _NOT_GIVEN else [initial, *parts]
    if not parts:
        message = f"zero-size array to reduction operation {ufunc.__name__} which has no identity"
        raise ValueError(message)
    found = _paired(ufunc, parts, more) if ufunc in _HALVED else _in_order(ufunc, parts, more)
    return np.expand_dims(found, axes) if keepdims else found


def _in_order(ufunc: np.ufunc, parts: Sequence[Any], more: Mapping[str, Any]) -> Any:
    return functools.reduce(lambda a, b: ufunc(a, b, **more), parts)


def _paired(ufunc: np.ufunc, parts: Sequence[Any], more: Mapping[str, Any]) -> Any:
    while len(parts) > 1:
        pairs = itertools.zip_longest(parts[::2], parts[1::2])
        parts = [a if b is None else ufunc(a, b, **more) for a, b in pairs]
    return parts[0]


def _count(door: NumpyDoor, ufunc: np.ufunc, rows: Any) -> int:
    count = int(door.fixed(rows.shape[0]))
    if count > _MOST:
        raise names.unknown(door, f"numpy.{ufunc.__name__} over more than {_MOST} elements")
    return count


def _accumulated(
    door: NumpyDoor, ufunc: np.ufunc, array: Any, axis: int = 0, dtype: Any = None
) -> Any:
    if ufunc in _SCANS:
        more = {} if dtype is None else {"dtype": dtype}
        return door.function(_SCANS[ufunc], (array,), {"axis": axis, **more})
    if ufunc in _OF_TRUTHS and dtype is None:
        return _accumulated(door, _OF_TRUTHS[ufunc], cast(array, BOOL), axis)
    if ufunc in _EXTREMES and array.dtype.kind != "c":
        whole = array.astype(np.int8) if array.dtype == BOOL else array
        found = door.call_op(_EXTREMES[ufunc], [whole], {"dim": axis % array.ndim})[0]
        return cast(found, array.dtype if dtype is None else dtype)
    rows = np.moveaxis(array, axis, 0)
    more = {} if dtype is None else {"dtype": dtype}
    parts = [rows[k] for k in range(_count(door, ufunc, rows))]
    if not parts:
        return np.copy(array)
    scanned = list(itertools.accumulate(parts, lambda a, b: ufunc(a, b, **more)))
    kind = scanned[-1].dtype
    return np.moveaxis(np.stack([cast(x, kind) for x in scanned]), 0, axis)


# ---- at places

_SCATTERED: Final[Mapping[np.ufunc, str]] = {
    np.multiply: "prod",
    np.maximum: "amax",
    np.minimum: "amin",
}


def _changed_at(door: NumpyDoor, ufunc: np.ufunc, array: Any, index: Any, *values: Any) -> None:
    """Change the elements that an index names, one after another."""
    flat = np.reshape(array, (-1,))
    places = np.reshape(np.arange(array.size), array.shape)[index]
    source = [np.broadcast_to(np.asarray(v), places.shape) for v in values]
    at = np.reshape(door.traced(places), (-1,))
    terms = [np.reshape(door.traced(v), (-1,)) for v in source]
    found = _scattered(door, ufunc, flat, at, terms)
    door.setitem(array, Ellipsis, np.reshape(found, array.shape))


def _scattered(door: NumpyDoor, ufunc: np.ufunc, flat: Any, at: Any, terms: list[Any]) -> Any:
    kinds = [flat.dtype, *(t.dtype for t in terms)]
    kind = ufunc.resolve_dtypes((*kinds, flat.dtype))[0] if len(terms) == 1 else flat.dtype
    if kind == flat.dtype and kind.kind in "if":
        source = [cast(t, kind) for t in terms]
        if ufunc in {np.add, np.subtract}:
            term = source[0] if ufunc is np.add else np.negative(source[0])
            return door.call_op("index_add", [flat, at, term], {"dim": 0})
        if ufunc in _SCATTERED:
            how = {"dim": 0, "reduce": _SCATTERED[ufunc], "include_self": True}
            return door.call_op("scatter_reduce", [flat, at, source[0]], how)
    for k in range(_count(door, ufunc, at)):
        place = at[k : k + 1]
        found = door.ufunc(ufunc, "__call__", (flat[place], *(t[k : k + 1] for t in terms)), {})
        row = cast(found, flat.dtype)
        flat = door.call_op("scatter", [flat, place, row], {"dim": 0})
    return flat
