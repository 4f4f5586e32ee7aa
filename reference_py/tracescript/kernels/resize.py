"""Resizing of planes, one axis after the other. Spec: NUM-56 to NUM-58."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Iterator

KERNELS: Final = RoundedTable()


def _nearest(n: int, o: int, scale: float | None, exact: bool) -> Array:
    """Return the place that each of o results is taken from."""
    i = np.arange(o)
    if exact and scale is None:
        return (2 * i + 1) * n // max(2 * o, 1)
    if scale is None:
        return i * n // max(o, 1)
    place = np.minimum(np.nan_to_num(np.floor((i + 0.5 * exact) / np.float64(scale))), n - 1)
    if o and place.min() < 0:
        raise trap("INDEX_ERROR", f"expected a scale above 0, found {scale}")
    return place.astype(np.int64)


def _source(n: int, o: int, scale: float | None, align_corners: bool) -> Array:
    """Return where each of o results lies among n places, as float64."""
    i = np.arange(o, dtype=np.float64)
    if align_corners:
        return i * ((n - 1) / max(o - 1, 1))
    step = n / max(o, 1) if scale is None else 1.0 / np.float64(scale)
    return (i + 0.5) * step - 0.5


def _near(d: Array) -> Array:
    return ((1.25 * d - 2.25) * d) * d + 1


def _far(d: Array) -> Array:
    return (((d - 5) * d + 8) * d - 4) * -0.75


def _taps(source: Array, mode: str) -> Iterator[tuple[Array, Array]]:
    """Yield places, and the weights with which they count."""
    if mode == "linear":
        source = np.maximum(source, 0)
    first = np.floor(source)
    t, i = source - first, np.nan_to_num(first).clip(-(2**62), 2**62).astype(np.int64)
    if mode == "linear":
        yield from ((i, 1 - t), (i + 1, t))
        return
    yield from ((i, _near(t)), (i + 1, _near(1 - t)), (i - 1, _far(t + 1)), (i + 2, _far(2 - t)))


def _resized(x: Array, axis: int, o: int, scale: float | None, mode: str, corners: bool) -> Array:
    n = x.shape[axis]
    if n == 0 or o < 0:
        raise trap("SHAPE_ERROR", f"expected places to resize, found {n} into {o}")
    if mode.startswith("nearest"):
        return x.take(_nearest(n, o, scale, mode != "nearest"), axis)
    tail = (1,) * (x.ndim - 1 - axis)
    total: Array | None = None
    for places, weights in _taps(_source(n, o, scale, corners), mode):
        part = x.take(places.clip(0, n - 1), axis)
        part *= weights.astype(x.dtype).reshape(-1, *tail)
        total = part if total is None else np.add(total, part, out=total)
    assert total is not None
    return total


@KERNELS.of("interpolate")
def interpolate(
    x: Array, output_size: list[int], scales: list[float] | None, mode: str, align_corners: bool
) -> Array:
    axes = x.ndim - 2
    if len(output_size) < axes or (scales is not None and len(scales) < axes):
        raise trap("INDEX_ERROR", f"expected {axes} sizes and scales, found fewer")
    for k in range(axes):
        scale = None if scales is None else scales[k]
        x = _resized(x, k + 2, output_size[k], scale, mode, align_corners)
    return x if axes else x.copy()
