"""numpy functions that describe a sample, by their definition in others, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.typed import HALF, alike, cast, inexact, is_float
from tracescript.producer.trace import watching
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _cov(
    _: NumpyDoor,
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
) -> Any:
    parts = [m] if y is None else [m, y]
    rows = [np.atleast_2d(x) if x.ndim < 2 or rowvar else x.T for x in parts]  # noqa: PLR2004  # matrices
    wide = [x if x.dtype.kind == "c" else cast(x, np.float64) for x in rows]
    points = wide[0] if y is None else np.concatenate(alike(wide), 0)
    off = points - np.mean(points, axis=1, keepdims=True)
    less = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze(off @ np.conjugate(off.T) / (points.shape[1] - less))


def _corrcoef(_: NumpyDoor, x: Any, y: Any = None, rowvar: bool = True) -> Any:
    found = np.cov(x, y, rowvar)
    if found.ndim == 0:
        return found / found
    spread = np.sqrt(np.diagonal(found).real)
    scaled = found / spread[:, None] / spread[None, :]
    return scaled if scaled.dtype.kind == "c" else np.clip(scaled, -1.0, 1.0)


def _histogram(
    door: NumpyDoor,
    a: Any,
    bins: Any = 10,
    range: Any = None,  # noqa: A002  # numpy's name
    density: bool | None = None,
) -> Any:
    is_fixed = range is not None if isinstance(bins, int) else isinstance(bins, (list, np.ndarray))
    if not is_fixed or watching.holds((bins, range), watching.SYMBOLS):
        raise names.unknown(door, "numpy.histogram")
    edges = np.histogram_bin_edges(door.real(a), bins, range)
    flat, last = np.reshape(a, (-1,)), len(edges) - 1
    wide_edges, wide = alike((edges, flat))
    bins_of = np.searchsorted(wide_edges, wide, side="right")
    place = np.where(flat == edges[-1], last, bins_of)
    counts = np.sum(place[:, None] == np.arange(1, last + 1), axis=0)
    if density:
        return counts / np.diff(edges) / np.sum(counts), edges
    return counts, edges


def _nanquantile(
    door: NumpyDoor, a: Any, q: Any, axis: int | None = None, keepdims: bool = False
) -> Any:
    if not is_float(a):
        found = np.quantile(a, q, axis=axis)
        return (
            np.expand_dims(found, tuple(range(a.ndim)) if axis is None else axis)
            if keepdims
            else found
        )
    if np.ndim(q):
        raise names.unknown(door, "numpy.nanquantile at several places")
    rank, along = a.ndim, 0 if axis is None else axis % a.ndim
    a = np.reshape(a, (-1,)) if axis is None else a
    ordered = np.sort(a.astype(np.float32) if a.dtype == HALF else a, along)
    last = np.sum(np.logical_not(np.isnan(a)), axis=along, keepdims=True) - 1
    last = np.maximum(last, 0)
    place = last * q
    low = np.floor(place)
    ends = [low.astype(np.int64), np.minimum(low.astype(np.int64) + 1, last)]
    first, second = (np.take_along_axis(ordered, end, along) for end in ends)
    part = cast(place - low, ordered.dtype)
    found = cast(np.where(part == 0, first, first + (second - first) * part), a.dtype)
    if not keepdims:
        return np.squeeze(found, along)
    return np.reshape(found, (1,) * rank) if axis is None else found


def _nanpercentile(_: NumpyDoor, a: Any, q: Any, axis: int | None = None, **kwargs: Any) -> Any:
    return np.nanquantile(a, q / 100, axis=axis, **kwargs)


def _nanmedian(_: NumpyDoor, a: Any, axis: int | None = None, **kwargs: Any) -> Any:
    if not is_float(a):
        return np.median(a, axis=axis, **kwargs)
    return np.nanquantile(a, 0.5, axis=axis, **kwargs)


def _interp(door: NumpyDoor, x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    x, xp, fp = (cast(inexact(v) if hasattr(v, "dtype") else v, np.float64) for v in (x, xp, fp))
    x, xp, fp = map(door.traced, (x, xp, fp))
    before = np.searchsorted(xp, x, side="right") - 1
    before = np.maximum(np.minimum(before, xp.shape[0] - 2), 0)
    after = np.minimum(before + 1, xp.shape[0] - 1)
    begin, run = fp[before], xp[after] - xp[before]
    slope = (fp[after] - begin) / np.where(run == 0, 1.0, run)
    found = slope * (x - xp[before]) + begin
    found = np.where(x < xp[0], fp[0] if left is None else left, found)
    found = np.where(x == xp[-1], fp[-1], found)
    return np.where(x > xp[-1], fp[-1] if right is None else right, found)


def _gradient(door: NumpyDoor, f: Any, *spacing: Any, axis: Any = None, edge_order: int = 1) -> Any:
    axes = range(f.ndim) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    steps = list(spacing) * len(axes) if len(spacing) == 1 else list(spacing) or [1.0] * len(axes)
    if edge_order != 1 or len(steps) != len(axes) or any(np.ndim(plain(h)) for h in steps):
        raise names.unknown(door, "numpy.gradient with edge_order=, or steps that are arrays")
    wide = f if f.dtype == np.bool_ else inexact(f)
    found = []
    for at, step in zip(axes, steps, strict=True):
        lead = (slice(None),) * (at % f.ndim)
        cut = [(*lead, slice(*ends)) for ends in ((1, 2), (0, 1), (2, None), (None, -2))]
        last = [(*lead, slice(*ends)) for ends in ((-1, None), (-2, -1))]
        parts = [(wide[cut[0]] - wide[cut[1]]) / step]
        parts += [(wide[cut[2]] - wide[cut[3]]) / (2.0 * step)]
        parts += [(wide[last[0]] - wide[last[1]]) / step]
        found.append(np.concatenate(parts, at))
    return found[0] if len(found) == 1 else tuple(found)


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.cov: _cov,
    np.corrcoef: _corrcoef,
    np.histogram: _histogram,
    np.nanquantile: _nanquantile,
    np.nanpercentile: _nanpercentile,
    np.nanmedian: _nanmedian,
    np.interp: _interp,
    np.gradient: _gradient,
}
"""By function."""
