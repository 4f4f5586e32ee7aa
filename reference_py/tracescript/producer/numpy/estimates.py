"""numpy functions that describe a sample, by their definition in others, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.typed import cast, inexact
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
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    parts = [m] if y is None else [m, y]
    rows = [np.atleast_2d(x) if x.ndim < 2 or rowvar else x.T for x in parts]  # noqa: PLR2004  # matrices
    kind = np.result_type(*(x.dtype for x in rows), np.float64) if dtype is None else dtype
    wide = [cast(x, kind) for x in rows]
    points = wide[0] if y is None else np.concatenate(wide, 0)
    less = (0 if bias else 1) if ddof is None else ddof
    if fweights is None and aweights is None:
        off = points - np.mean(points, axis=1, keepdims=True)
        count = cast(np.asarray(points.shape[1]), np.float64)
        free = cast(np.maximum(count - less, 0.0), kind)
        return np.squeeze(off @ np.conjugate(off.T) / free)
    given = [np.asarray(w, np.float64) for w in (fweights, aweights) if w is not None]
    weights = given[0] if len(given) == 1 else given[0] * given[1]
    total = np.sum(weights)
    lost = less if aweights is None else less * np.sum(weights * given[-1]) / total
    off = points - (np.sum(points * weights, axis=1) / total)[:, None]
    return np.squeeze((off * weights) @ np.conjugate(off.T) / np.maximum(total - lost, 0.0))


def _corrcoef(
    _: NumpyDoor, x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None
) -> Any:
    found = np.cov(x, y, rowvar, dtype=dtype)
    if found.ndim == 0:
        return found / found
    spread = np.sqrt(np.diagonal(found).real)
    scaled = found / spread[:, None] / spread[None, :]
    return scaled if scaled.dtype.kind == "c" else np.clip(scaled, -1.0, 1.0)


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


def _second_order(x: Any, lead: tuple[Any, ...], step: Any) -> tuple[Any, Any]:
    """Return differences at the two ends, each from three elements."""
    keys = [(*lead, slice(k, k + 1)) for k in (0, 1, 2)]
    first, second, third = (x[key] for key in keys)
    begin = first * (-1.5 / step) + second * (2.0 / step) + third * (-0.5 / step)
    keys = [(*lead, part) for part in (slice(-3, -2), slice(-2, -1), slice(-1, None))]
    third, second, first = (x[key] for key in keys)
    return begin, third * (0.5 / step) + second * (-2.0 / step) + first * (1.5 / step)


_SECOND: Final = 2
"""The order of differences that are exact for parabolas at the ends too."""


def _gradient(door: NumpyDoor, f: Any, *spacing: Any, axis: Any = None, edge_order: int = 1) -> Any:
    axes = range(f.ndim) if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
    steps = list(spacing) * len(axes) if len(spacing) == 1 else list(spacing) or [1.0] * len(axes)
    if len(steps) != len(axes) or any(np.ndim(plain(h)) for h in steps):
        raise names.unknown(door, "numpy.gradient with steps that are arrays")
    wide = f if f.dtype == np.bool_ else inexact(f)
    found = []
    for at, step in zip(axes, steps, strict=True):
        if f.shape[at] <= edge_order:
            message = "the array is too small along an axis for its gradient"
            raise ValueError(message)
        lead = (slice(None),) * (at % f.ndim)
        cut = [(*lead, slice(*ends)) for ends in ((1, 2), (0, 1), (2, None), (None, -2))]
        last = [(*lead, slice(*ends)) for ends in ((-1, None), (-2, -1))]
        parts = [(wide[cut[0]] - wide[cut[1]]) / step]
        parts += [(wide[cut[2]] - wide[cut[3]]) / (2.0 * step)]
        parts += [(wide[last[0]] - wide[last[1]]) / step]
        if edge_order == _SECOND:
            parts[0], parts[2] = _second_order(wide, lead, step)
        found.append(np.concatenate(parts, at))
    return found[0] if len(found) == 1 else tuple(found)


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.cov: _cov,
    np.corrcoef: _corrcoef,
    np.interp: _interp,
    np.gradient: _gradient,
}
"""By function."""
