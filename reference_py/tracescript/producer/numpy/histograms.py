"""Counts of numpy: by edges of bins, by number, and edges that follow the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.checks import require
from tracescript.producer.numpy.typed import alike, cast
from tracescript.producer.trace import watching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _edges(door: NumpyDoor, a: Any, bins: Any, bounds: Any) -> Any:
    """Return the edges of bins: known ones, or evenly spaced ones from the least element on."""
    if watching.holds((bins, bounds), watching.SYMBOLS) or isinstance(bins, str):
        raise names.unknown(door, "numpy.histogram")
    if isinstance(bins, (list, np.ndarray)) or bounds is not None:
        return np.histogram_bin_edges(np.zeros(0, door.real(a).dtype), bins, bounds)
    if not isinstance(bins, int):
        raise names.unknown(door, "numpy.histogram")
    flat = cast(np.reshape(a, (-1,)), np.result_type(a.dtype, 1.0))
    low, high = np.min(flat, initial=math.inf), np.max(flat, initial=-math.inf)
    is_empty = np.asarray(flat.shape[0]) == 0
    low, high = np.where(is_empty, 0.0, low), np.where(is_empty, 1.0, high)
    require(door, np.isfinite(high - low), "autodetected range is not finite")
    is_point = low == high
    low, high = np.where(is_point, low - 0.5, low), np.where(is_point, high + 0.5, high)
    return np.linspace(low, high, bins + 1)


def _weighed(door: NumpyDoor, a: Any, weights: Any) -> Any:
    """Return the weights of elements, one after another."""
    weights = door.traced(np.asanyarray(weights))
    if weights.dtype.kind not in "iuf":
        raise names.unknown(door, "numpy.histogram")
    if weights.shape != a.shape:
        message = "weights should have the same shape as a."
        raise ValueError(message)
    return np.reshape(weights, (-1,))


def _histogram(
    door: NumpyDoor,
    a: Any,
    bins: Any = 10,
    range: Any = None,  # noqa: A002  # numpy's name
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    a = door.traced(np.asanyarray(a))
    edges = _edges(door, a, bins, range)
    flat, last = np.reshape(a, (-1,)), len(edges) - 1
    wide_edges, wide = alike((edges, flat))
    bins_of = np.searchsorted(wide_edges, wide, side="right")
    place = np.where(wide == wide_edges[-1], last, bins_of)
    is_in = place[:, None] == np.arange(1, last + 1)
    if weights is None:
        counts = np.sum(is_in, axis=0)
    else:
        given = _weighed(door, a, weights)
        wide_given = cast(given, np.float64 if given.dtype.kind == "f" else np.int64)
        counts = cast(np.sum(np.where(is_in, wide_given[:, None], 0), axis=0), given.dtype)
    if density:
        return counts / np.diff(edges) / np.sum(counts), edges
    return counts, edges


def _bin_edges(
    door: NumpyDoor,
    a: Any,
    bins: Any = 10,
    range: Any = None,  # noqa: A002  # numpy's name
) -> Any:
    return _edges(door, a, bins, range)


def _bincount(door: NumpyDoor, x: Any, weights: Any = None, minlength: Any = 0) -> Any:
    if x.dtype.kind not in "bi" and x.dtype != np.uint8:
        message = f"Cannot cast array data from {x.dtype!r} to dtype('int64') according to"
        raise TypeError(message + " the rule 'safe'")
    index = cast(door.traced(x), np.int64)
    counts = door.call_op("bincount", [index, minlength], {})
    if weights is None:
        return counts
    source = cast(door.traced(np.asanyarray(weights)), np.float64)
    empty = np.zeros_like(counts, dtype=np.float64)
    return door.call_op("index_add", [empty, index, source], {"dim": 0})


def _dd(
    door: NumpyDoor,
    sample: Any,
    bins: Any = 10,
    range: Any = None,  # noqa: A002  # numpy's name
    *,
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    """Count in cells: a cell's number has a digit for each coordinate."""
    columns = [sample[:, k] for k in np.arange(door.fixed(sample.shape[1]))]
    given = list(bins) if isinstance(bins, (list, tuple)) else [bins] * len(columns)
    bounds = [None] * len(columns) if range is None else list(range)
    edges = [
        _edges(door, column, part, None)
        if ends is None
        else np.linspace(float(ends[0]), float(ends[1]), part + 1)
        for column, part, ends in zip(columns, given, bounds, strict=True)
    ]
    counts = [len(e) - 1 for e in edges]
    cell: Any = np.zeros_like(columns[0], dtype=np.int64)
    inside: Any = np.ones_like(columns[0], dtype=np.bool_)
    for column, edge, count in zip(columns, edges, counts, strict=True):
        wide_edge, wide = alike((edge, column))
        place = np.searchsorted(wide_edge, wide, side="right")
        place = np.where(wide == wide_edge[-1], count, place) - 1
        inside = np.logical_and(inside, np.logical_and(place >= 0, place < count))
        cell = cell * count + place
    total = math.prod(counts)
    cells = np.where(inside, cell, total)
    found: Any = np.bincount(cells, weights, minlength=total + 1)[:total]
    found = np.reshape(found.astype(np.float64), counts)
    whole = np.sum(found)
    if density:
        for k, edge in enumerate(edges):
            shape = [-1 if i == k else 1 for i in np.arange(len(edges))]
            found = found / np.reshape(np.diff(edge), shape)
        found = found / whole
    return found, edges


def _2d(
    door: NumpyDoor,
    x: Any,
    y: Any,
    bins: Any = 10,
    range: Any = None,  # noqa: A002  # numpy's name
    density: bool | None = None,
    weights: Any = None,
) -> Any:
    pairs = np.stack([x, y], 1)
    found, edges = _dd(door, pairs, bins, range, density=density, weights=weights)
    return found, edges[0], edges[1]


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.histogram: _histogram,
    np.histogram_bin_edges: _bin_edges,
    np.bincount: _bincount,
    np.histogram2d: _2d,
    np.histogramdd: _dd,
}
"""By function."""
