"""Quantiles of numpy over any axes, at any places, by any of the methods that keep to elements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.typed import HALF, cast, inexact, is_float

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor

_HALFWAY: Final = 0.5
"""From here on numpy goes back from the element above."""
_ELEMENTS: Final[Mapping[str, Any]] = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}


def joined(a: Any, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """Return an array with some axes as one, its last, and these axes in order."""
    if axis is None:
        return np.reshape(a, (-1,)), tuple(range(a.ndim))
    axes = tuple(sorted(k % a.ndim for k in ((axis,) if isinstance(axis, int) else axis)))
    moved = np.moveaxis(a, axes, tuple(range(a.ndim - len(axes), a.ndim)))
    if len(axes) == 1:
        return moved, axes
    return np.reshape(moved, (*moved.shape[: a.ndim - len(axes)], -1)), axes


def ended(rows: Any, value: float) -> Any:
    """Return rows with one more element behind the others: there is one where there was none."""
    end = np.broadcast_to(np.asarray(value, rows.dtype), (*rows.shape[:-1], 1))
    return np.concatenate([rows, end], -1)


def _quantile(
    door: NumpyDoor,
    a: Any,
    q: Any,
    axis: Any = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    if method == "linear" and isinstance(q, (int, float)) and not keepdims:
        flat, axes = joined(a, axis) if axis is None or not isinstance(axis, int) else (a, (axis,))
        along = axes[0] if flat is a else -1
        return door.run(np.quantile, (flat, q, along), {})
    if method not in {*_ELEMENTS, *_PLACES, "midpoint"} or hasattr(q, "cell"):
        raise names.unknown(door, f"numpy.quantile with method {method!r}, or at traced places")
    rows, axes = joined(a, axis)
    found = _found(rows, q, method)
    order = (*range(rows.ndim - 1, rows.ndim - 1 + np.ndim(q)), *range(rows.ndim - 1))
    found = np.transpose(found, order) if np.ndim(q) else found[..., 0]
    lead = np.ndim(q)
    return np.expand_dims(found, tuple(lead + k for k in axes)) if keepdims else found


def _found(rows: Any, q: Any, method: str) -> Any:
    """Return quantiles of rows behind their other axes; the axis of q is there in any case."""
    is_weak = isinstance(q, (int, float)) and rows.dtype.kind == "f"
    places = np.atleast_1d(np.asarray(q, np.float64))
    kind = np.result_type(rows.dtype, np.float64)
    kind = rows.dtype if is_weak else kind
    wide = cast(rows, np.float32) if rows.dtype == HALF else rows
    ordered = np.sort(wide, -1)
    last = cast(np.asarray(rows.shape[-1] - 1), np.float64)
    place = (
        np.clip(_PLACES[method](last + 1, places), 0, last) if method in _PLACES else last * places
    )
    if method in _ELEMENTS:
        index = _ELEMENTS[method](place).astype(np.int64)
        return _or_nan(rows, ordered, np.take(ordered, index, axis=-1), rows.dtype)
    begin = np.floor(place)
    ends = [begin, np.minimum(begin + 1, last)]
    low, high = (inexact(np.take(ordered, end.astype(np.int64), axis=-1)) for end in ends)
    part = place - begin
    if method == "midpoint":
        part = np.where(part > 0, 0.5, 0.0)
    part = cast(part, np.float32 if is_weak and rows.dtype == HALF else kind)
    return _or_nan(rows, ordered, _between(low, high, part), kind)


def _between(low: Any, high: Any, part: Any) -> Any:
    """Return what lies a part of the way from an element to the next, counted from the nearer."""
    step = high - low
    return np.where(part >= _HALFWAY, high - step * (1 - part), low + step * part)


def _plotted(alpha: float, beta: float) -> Callable[[Any, Any], Any]:
    """Return the places of quantiles by the plotting positions of a sample."""
    return lambda count, q: count * q + (alpha + q * (1 - alpha - beta)) - 1


_PLACES: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "linear": lambda count, q: (count - 1) * q,
    "interpolated_inverted_cdf": lambda count, q: count * q - 1,
    "hazen": _plotted(0.5, 0.5),
    "weibull": _plotted(0.0, 0.0),
    "median_unbiased": _plotted(1 / 3, 1 / 3),
    "normal_unbiased": _plotted(3 / 8, 3 / 8),
}
"""The place among the elements in order, from 0 and between them, by count and q."""


def _or_nan(rows: Any, ordered: Any, found: Any, kind: Any) -> Any:
    if is_float(rows):
        found = np.where(np.isnan(ordered[..., -1:]), math.nan, found)
    return cast(found, kind)


def _percentile(_: NumpyDoor, a: Any, q: Any, axis: Any = None, **kwargs: Any) -> Any:
    part = q / 100 if isinstance(q, (int, float)) else np.true_divide(q, 100)
    return np.quantile(a, part, axis=axis, **kwargs)


def _nanquantile(
    door: NumpyDoor, a: Any, q: Any, axis: Any = None, *, keepdims: bool = False
) -> Any:
    if not is_float(a):
        return np.quantile(a, q, axis=axis, keepdims=keepdims)
    if np.ndim(q):
        kind = np.result_type(a.dtype, np.float64)
        return np.stack([_beside_holes(door, a, float(at), axis, keepdims, kind) for at in q])
    return _beside_holes(door, a, q, axis, keepdims, a.dtype)


def _beside_holes(
    door: NumpyDoor,
    a: Any,
    q: float,
    axis: Any,
    keepdims: bool,
    kind: np.dtype[Any],
    *,
    is_median: bool = False,
) -> Any:
    """Return one quantile of what is no NaN, in a data type at least that of `a`.

    A median that is an element asks nothing of the next one, which may be infinite.
    """
    rows, axes = joined(door.traced(a), axis)
    ordered = np.sort(ended(cast(rows, np.float32) if rows.dtype == HALF else rows, math.nan), -1)
    last = np.sum(np.logical_not(np.isnan(rows)), axis=-1, keepdims=True) - 1
    last = np.maximum(last, 0)
    place = last * q
    low = np.floor(place)
    ends = [low.astype(np.int64), np.minimum(low.astype(np.int64) + 1, last)]
    first, second = (np.take_along_axis(ordered, end, -1) for end in ends)
    wide = np.result_type(ordered.dtype, kind)
    part, first, second = (cast(v, wide) for v in (place - low, first, second))
    found = _between(first, second, part)
    found = np.where(part == 0, first, found) if is_median else found
    found = cast(found[..., 0], kind)
    return np.expand_dims(found, axes) if keepdims else found


def _nanpercentile(_: NumpyDoor, a: Any, q: Any, axis: Any = None, **kwargs: Any) -> Any:
    part = q / 100 if isinstance(q, (int, float)) else np.true_divide(q, 100)
    return np.nanquantile(a, part, axis=axis, **kwargs)


def _nanmedian(door: NumpyDoor, a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    if not is_float(a):
        return np.median(a, axis=axis, keepdims=keepdims)
    return _beside_holes(door, a, 0.5, axis, keepdims, a.dtype, is_median=True)


def _median(_: NumpyDoor, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    rows, axes = joined(a, axis)
    size = rows.shape[-1]
    wide = rows.astype(np.float32) if a.dtype == HALF else inexact(rows)
    ordered = np.sort(ended(wide, math.nan), -1)
    low, high, last = (ordered[..., i] for i in ((size - 1) // 2, size // 2, size - 1))
    middle = np.where(np.isnan(last), last, (low + high) / 2) if is_float(a) else (low + high) / 2
    middle = cast(middle, a.dtype) if is_float(a) else middle
    return np.expand_dims(middle, axes) if keepdims else middle


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.quantile: _quantile,
    np.percentile: _percentile,
    np.nanquantile: _nanquantile,
    np.nanpercentile: _nanpercentile,
    np.nanmedian: _nanmedian,
    np.median: _median,
}
"""By function."""
