"""Pooling of planes: windows are walked as shifted slices, so nothing is laid out."""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import by_rows, sums
from tracescript.kernels.rounding import Array, RoundedTable, rounded_once
from tracescript.kernels.windows import within

if TYPE_CHECKING:
    from collections.abc import Iterator

KERNELS: Final = RoundedTable()

Pair = tuple[int, ...]


def _extent(n: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """Return the number of windows on one axis. Spec: NUM-50."""
    room = n + 2 * padding - dilation * (kernel - 1) - 1
    out = -(-room // stride) + 1 if ceil_mode else room // stride + 1
    if ceil_mode and (out - 1) * stride >= n + padding:
        out -= 1
    if out < 1:
        raise trap(
            "SHAPE_ERROR", f"a window of {kernel} exceeds the padded extent {n + 2 * padding}"
        )
    return out


def _extents(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Pair:
    given = zip(x.shape[2:], kernel, stride, padding, dilation, strict=True)
    return tuple(_extent(*axis, ceil_mode) for axis in given)


class _Windows:
    """The windows of padded planes, as one slice of the planes for each place in a window."""

    def __init__(
        self,
        x: Array,
        kernel: Pair,
        stride: Pair,
        padding: Pair,
        dilation: Pair,
        ceil_mode: bool,
        fill: float,
    ) -> None:
        self.kernel, self.stride, self.dilation = kernel, stride, dilation
        self.out = _extents(x, kernel, stride, padding, dilation, ceil_mode)
        ends = [
            (o - 1) * s + d * (k - 1) + 1
            for o, s, d, k in zip(self.out, stride, dilation, kernel, strict=True)
        ]
        after = [max(e - n - p, 0) for e, n, p in zip(ends, x.shape[2:], padding, strict=True)]
        around = ((0, 0), (0, 0), *zip(padding, after, strict=True))
        needed = any(padding) or any(after)
        self.planes = np.pad(x, around, constant_values=fill) if needed else x

    def __iter__(self) -> Iterator[Array]:
        for places in itertools.product(*map(range, self.kernel)):
            ranges = (self._range(axis, place) for axis, place in enumerate(places))
            seen = (slice(None), slice(None), *ranges)
            yield self.planes[seen]

    def _range(self, axis: int, place: int) -> slice:
        start = place * self.dilation[axis]
        return slice(start, start + (self.out[axis] - 1) * self.stride[axis] + 1, self.stride[axis])


def _lowest(x: Array) -> float:
    return -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min


def _largest(windows: _Windows) -> Array:
    slices = iter(windows)
    best = next(slices).copy()
    for shifted in slices:
        np.maximum(best, shifted, out=best)
    return best


def _first_place(windows: _Windows, best: Array, inside: _Windows | None) -> Array:
    """Return the first place in each window that holds its largest element.

    `inside` are the windows of planes that are true within the padding; None: there is none.
    """
    count = math.prod(windows.kernel)
    number = np.uint16 if count < np.iinfo(np.uint16).max else np.uint64
    nowhere = number(np.iinfo(number).max)
    first = np.full(best.shape, nowhere)
    has_nan = best.dtype.kind == "f" and bool(np.isnan(best).any())
    within = itertools.repeat(None) if inside is None else iter(inside)
    for place, (shifted, valid) in enumerate(zip(windows, within)):  # noqa: B905 - endless
        missed = shifted != best
        if valid is not None:
            missed |= ~valid
        if has_nan:
            missed &= ~(np.isnan(shifted) & np.isnan(best))
        np.minimum(first, missed * nowhere | number(place), out=first)
    return first.astype(np.int64)


def _covered(n: int, out: int, shift: int, stride: int) -> tuple[slice, slice]:
    """Return which windows see a place of theirs within the plane, and the elements there."""
    low, high = within(out, shift, stride, n)
    start = low * stride + shift
    return slice(low, high), slice(start, start + (high - low) * stride, stride)


def _axis_maximum(x: Array, axis: int, out: int, given: tuple[int, ...]) -> Array:
    """Return the largest element of each window along one axis of planes."""
    kernel, stride, padding, dilation = given
    y = np.full((*x.shape[:axis], out, *x.shape[axis + 1 :]), _lowest(x), x.dtype)
    front = (slice(None),) * axis
    for place in range(kernel):
        to, of = _covered(x.shape[axis], out, place * dilation - padding, stride)
        seen, given_by = (*front, to), (*front, of)
        np.maximum(y[seen], x[given_by], out=y[seen])
    return y


def _max_values(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Array:
    """Return only the first result of a max_pool: for engines whose graph leaves the second."""
    given = list(zip(kernel, stride, padding, dilation, strict=True))
    out = _extents(x, kernel, stride, padding, dilation, ceil_mode)
    planes = x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])
    y = np.empty((planes.shape[0], *out), x.dtype)
    for some in by_rows(planes.shape[0], math.prod(x.shape[2:])):
        part = planes[some]
        for axis, extent in enumerate(out):
            part = _axis_maximum(part, 1 + axis, extent, given[axis])
        y[some] = part
    return y.reshape(*x.shape[:2], *out)


def _max_pool(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> tuple[Array, Array]:
    """Return the largest element of each window and its place among the plane's elements."""
    windows = _Windows(x, kernel, stride, padding, dilation, ceil_mode, _lowest(x))
    best = _largest(windows)
    inside = None
    if any(padding) and bool((best == _lowest(x)).any()):
        whole = np.ones((1, 1, *x.shape[2:]), np.bool_)
        inside = _Windows(whole, kernel, stride, padding, dilation, ceil_mode, 0)
    within = np.unravel_index(_first_place(windows, best, inside), kernel)
    flat = np.zeros((), np.int64)
    for axis, n in enumerate(x.shape[2:]):
        start = np.arange(windows.out[axis]) * stride[axis] - padding[axis]
        start = start.reshape(-1, *(1,) * (x.ndim - 3 - axis))
        flat = flat * n + (start + within[axis] * dilation[axis])
    return best, flat


_LARGEST: Final = ("max_pool1d", "max_pool2d", "max_pool3d")

for _op in _LARGEST:
    KERNELS.add(_op, _max_pool)


def _counts(n: int, out: int, kernel: int, stride: int, padding: int, include_pad: bool) -> Array:
    """Return how many elements the mean of each window on an axis divides by. Spec: NUM-51."""
    start = np.arange(out) * stride - padding
    end = np.minimum(start + kernel, n + padding)
    if include_pad:
        return end - start
    return np.minimum(end, n) - np.maximum(start, 0)


def _avg_pool(
    x: Array,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> Array:
    """Return the mean of each window."""
    windows = _Windows(x, kernel, stride, padding, (1,) * len(kernel), ceil_mode, 0.0)
    slices = iter(windows)
    total = next(slices).copy()
    for shifted in slices:
        total += shifted
    if divisor_override is not None:
        return total / x.dtype.type(divisor_override)
    axes = zip(x.shape[2:], windows.out, kernel, stride, padding, strict=True)
    counts = [_counts(*axis, count_include_pad) for axis in axes]
    return total / functools.reduce(np.multiply.outer, counts).astype(x.dtype)


for _op in ("avg_pool1d", "avg_pool2d", "avg_pool3d"):
    KERNELS.add(_op, _avg_pool)


def _bins(n: int, count: int) -> list[slice]:
    """Return where the windows of an adaptive pool begin and end on one axis. Spec: NUM-54."""
    if not n:
        raise trap("SHAPE_ERROR", "expected a plane with elements, found an empty one")
    return [slice(i * n // count, -(-(i + 1) * n // count)) for i in range(count)]


def _adaptive_mean(x: Array, axis: int, bins: int) -> Array:
    n, spans = x.shape[axis], _bins(x.shape[axis], bins)
    moved = np.moveaxis(x, axis, -1)
    if bins and n % bins == 0:
        means = moved.reshape(*moved.shape[:-1], bins, n // bins).mean(axis=-1)
    else:
        means = np.empty((*moved.shape[:-1], bins), x.dtype)
        for i, span in enumerate(spans):
            means[..., i] = moved[..., span].mean(axis=-1)
    return np.moveaxis(means, -1, axis)


@KERNELS.of("adaptive_avg_pool1d")
def adaptive_avg_pool1d(x: Array, output_size: list[int]) -> Array:
    return _adaptive_mean(x, -1, output_size[0])


@KERNELS.of("adaptive_avg_pool2d")
def adaptive_avg_pool2d(x: Array, output_size: list[int]) -> Array:
    count = math.prod(x.shape[-2:])
    if list(output_size) == [1, 1] and count:
        means = sums(x.reshape(-1, count)) / x.dtype.type(count)
        return means.reshape(*x.shape[:-2], 1, 1)
    return _adaptive_mean(_adaptive_mean(x, -1, output_size[1]), -2, output_size[0])


@KERNELS.of("adaptive_avg_pool3d")
def adaptive_avg_pool3d(x: Array, output_size: list[int]) -> Array:
    for axis, bins in zip((-1, -2, -3), reversed(output_size), strict=True):
        x = _adaptive_mean(x, axis, bins)
    return x


def _adaptive_max_pool(x: Array, output_size: list[int]) -> tuple[Array, Array]:
    """Return the largest element of each window and its place among the plane's elements."""
    lead, plane = x.shape[: -len(output_size)], x.shape[-len(output_size) :]
    spans = [_bins(n, count) for n, count in zip(plane, output_size, strict=True)]
    y = np.empty((*lead, *output_size), x.dtype)
    indices = np.empty(y.shape, np.int64)
    numbers = np.arange(math.prod(plane)).reshape(plane)
    for place in np.ndindex(*output_size):
        window = tuple(each[i] for each, i in zip(spans, place, strict=True))
        seen, result = (..., *window), (..., *place)
        flat_numbers = numbers[window].reshape(-1)
        part = x[seen].reshape(*lead, flat_numbers.size)
        first = part.argmax(axis=-1)
        y[result] = np.take_along_axis(part, first[..., np.newaxis], -1)[..., 0]
        indices[result] = flat_numbers[first]
    return y, indices


_ADAPTIVE: Final = ("adaptive_max_pool1d", "adaptive_max_pool2d")

for _op in _ADAPTIVE:
    KERNELS.add(_op, _adaptive_max_pool)


def _adaptive_max_values(x: Array, output_size: list[int]) -> Array:
    """Return only the first result of an adaptive_max_pool."""
    for axis, count in zip(range(-len(output_size), 0), output_size, strict=True):
        spans = _bins(x.shape[axis], count)
        first = np.array([span.start for span in spans], np.int64)
        last = np.array([span.stop - 1 for span in spans], np.int64)
        best = x.take(first, axis)
        for place in range(1, int((last - first).max(initial=0)) + 1):
            np.maximum(best, x.take(np.minimum(first + place, last), axis), out=best)
        x = best
    return x


VALUES_ONLY: Final = {
    **dict.fromkeys(_LARGEST, rounded_once(_max_values)),
    **dict.fromkeys(_ADAPTIVE, rounded_once(_adaptive_max_values)),
}
"""Op to a kernel that returns only its first result, and faster."""
