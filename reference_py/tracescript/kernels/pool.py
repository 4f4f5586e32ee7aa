"""Pooling of planes: windows are walked as shifted slices, so nothing is laid out."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import by_rows, sums
from tracescript.kernels.rounding import Array, RoundedTable, rounded_once

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
        self.out = tuple(
            _extent(x.shape[2 + i], kernel[i], stride[i], padding[i], dilation[i], ceil_mode)
            for i in (0, 1)
        )
        ends = [
            (o - 1) * s + d * (k - 1) + 1
            for o, s, d, k in zip(self.out, stride, dilation, kernel, strict=True)
        ]
        after = [max(ends[i] - x.shape[2 + i] - padding[i], 0) for i in (0, 1)]
        around = ((0, 0), (0, 0), (padding[0], after[0]), (padding[1], after[1]))
        self.planes = np.pad(x, around, constant_values=fill) if any(padding + tuple(after)) else x

    def __iter__(self) -> Iterator[Array]:
        for p in range(self.kernel[0]):
            for q in range(self.kernel[1]):
                yield self.planes[:, :, self._range(0, p), self._range(1, q)]

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
    nowhere = np.uint16(0xFFFF)
    first = np.full(best.shape, nowhere)
    has_nan = best.dtype.kind == "f" and bool(np.isnan(best).any())
    within = itertools.repeat(None) if inside is None else iter(inside)
    for place, (shifted, valid) in enumerate(zip(windows, within)):  # noqa: B905 - endless
        missed = shifted != best
        if valid is not None:
            missed |= ~valid
        if has_nan:
            missed &= ~(np.isnan(shifted) & np.isnan(best))
        np.minimum(first, missed * nowhere | np.uint16(place), out=first)
    return first.astype(np.int64)


def _covered(n: int, out: int, shift: int, stride: int) -> tuple[slice, slice]:
    """Return which windows see a place of theirs within the plane, and the elements there."""
    low = min(out, max(0, -(shift // stride)))
    high = max(low, min(out, -((shift - n) // stride)))
    start = low * stride + shift
    return slice(low, high), slice(start, start + max(0, (high - low - 1) * stride + 1), stride)


def _axis_maximum(x: Array, axis: int, out: int, given: tuple[int, int, int, int]) -> Array:
    """Return the largest element of each window along axis 2 or 3 of planes."""
    kernel, stride, padding, dilation = given
    y = np.full((*x.shape[:axis], out, *x.shape[axis + 1 :]), _lowest(x), x.dtype)
    front = (slice(None),) * axis
    for place in range(kernel):
        to, of = _covered(x.shape[axis], out, place * dilation - padding, stride)
        if to.stop > to.start:
            seen, given_by = (*front, to), (*front, of)
            np.maximum(y[seen], x[given_by], out=y[seen])
    return y


def max_pool2d_values(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> Array:
    """Return only the first result of max_pool2d: for engines whose graph leaves the second."""
    given = list(zip(kernel, stride, padding, dilation, strict=True))
    rows, columns = (_extent(x.shape[2 + i], *given[i], ceil_mode) for i in (0, 1))
    planes = x.reshape(1, -1, *x.shape[2:])
    y = np.empty((1, planes.shape[1], rows, columns), x.dtype)
    for some in by_rows(planes.shape[1], math.prod(x.shape[2:])):
        lines = _axis_maximum(planes[:, some], 2, rows, given[0])
        y[:, some] = _axis_maximum(lines, 3, columns, given[1])
    return y.reshape(*x.shape[:2], rows, columns)


VALUES_ONLY: Final = {"max_pool2d": rounded_once(max_pool2d_values)}
"""Op to a kernel that returns only its first result, and faster."""


@KERNELS.of("max_pool2d")
def max_pool2d(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> tuple[Array, Array]:
    windows = _Windows(x, kernel, stride, padding, dilation, ceil_mode, _lowest(x))
    best = _largest(windows)
    inside = None
    if any(padding) and bool((best == _lowest(x)).any()):
        whole = np.ones((1, 1, *x.shape[2:]), np.bool_)
        inside = _Windows(whole, kernel, stride, padding, dilation, ceil_mode, 0)
    first = _first_place(windows, best, inside)
    rows = np.arange(windows.out[0])[:, np.newaxis] * stride[0] - padding[0]
    columns = np.arange(windows.out[1]) * stride[1] - padding[1]
    row = rows + first // kernel[1] * dilation[0]
    column = columns + first % kernel[1] * dilation[1]
    return best, row * x.shape[3] + column


def _counts(n: int, out: int, kernel: int, stride: int, padding: int, include_pad: bool) -> Array:
    """Return how many elements the mean of each window on an axis divides by. Spec: NUM-51."""
    start = np.arange(out) * stride - padding
    end = np.minimum(start + kernel, n + padding)
    if include_pad:
        return end - start
    return np.minimum(end, n) - np.maximum(start, 0)


@KERNELS.of("avg_pool2d")
def avg_pool2d(
    x: Array,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    windows = _Windows(x, kernel, stride, padding, (1, 1), ceil_mode, 0.0)
    slices = iter(windows)
    total = next(slices).copy()
    for shifted in slices:
        total += shifted
    if divisor_override is not None:
        return total / x.dtype.type(divisor_override)
    rows, columns = (
        _counts(x.shape[2 + i], windows.out[i], kernel[i], stride[i], padding[i], count_include_pad)
        for i in (0, 1)
    )
    return total / np.multiply.outer(rows, columns).astype(x.dtype)


@KERNELS.of("max_pool1d")
def max_pool1d(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil_mode: bool
) -> tuple[Array, Array]:
    wide = (x[:, :, np.newaxis], (1, *kernel), (1, *stride), (0, *padding), (1, *dilation))
    values, places = max_pool2d(*wide, ceil_mode)
    return values[:, :, 0], places[:, :, 0]


@KERNELS.of("avg_pool1d")
def avg_pool1d(
    x: Array, kernel: Pair, stride: Pair, padding: Pair, ceil_mode: bool, count_include_pad: bool
) -> Array:
    wide = (x[:, :, np.newaxis], (1, *kernel), (1, *stride), (0, *padding))
    return avg_pool2d(*wide, ceil_mode, count_include_pad, None)[:, :, 0]


def _adaptive_mean(x: Array, axis: int, bins: int) -> Array:
    n = x.shape[axis]
    if not n:
        raise trap("SHAPE_ERROR", "expected a plane with elements, found an empty one")
    moved = np.moveaxis(x, axis, -1)
    if bins and n % bins == 0:
        means = moved.reshape(*moved.shape[:-1], bins, n // bins).mean(axis=-1)
    else:
        ends = [(i * n // bins, -(-(i + 1) * n // bins)) for i in range(bins)]
        means = np.empty((*moved.shape[:-1], bins), x.dtype)
        for i, (start, end) in enumerate(ends):
            means[..., i] = moved[..., start:end].mean(axis=-1)
    return np.moveaxis(means, -1, axis)


@KERNELS.of("adaptive_avg_pool1d")
def adaptive_avg_pool1d(x: Array, output_size: list[int]) -> Array:
    return _adaptive_mean(x, -1, output_size[0])


@KERNELS.of("adaptive_avg_pool2d")
def adaptive_avg_pool2d(x: Array, output_size: list[int]) -> Array:
    if list(output_size) == [1, 1] and x.shape[-1] and x.shape[-2]:
        count = math.prod(x.shape[-2:])
        means = sums(x.reshape(-1, count)) / x.dtype.type(count)
        return means.reshape(*x.shape[:-2], 1, 1)
    return _adaptive_mean(_adaptive_mean(x, -1, output_size[1]), -2, output_size[0])
