"""Windows of padded planes, copied so that all elements of one place lie together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.kernels.rounding import Array

Pair = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """The places of a window on one axis that are alike modulo the stride.

    They are `first`, `first + step`, ...; the i-th sees element `away + i * apart` of the elements
    from `start` on, taken by the stride.
    """

    first: int
    step: int
    count: int
    start: int
    away: int
    apart: int

    @property
    def places(self) -> slice:
        """The places in a window."""
        return slice(self.first, None, self.step)

    def reach(self) -> int:
        """Return how many elements more than windows it takes to hold all places."""
        return self.away + (self.count - 1) * self.apart


def phases(kernel: int, stride: int, dilation: int) -> list[Phase]:
    """Return the places of a window of so many, by what they are modulo the stride."""
    step = stride // math.gcd(stride, dilation)
    found = []
    for first in range(min(step, kernel)):
        away, start = divmod(first * dilation, stride)
        count = -(-(kernel - first) // step)
        found.append(Phase(first, step, count, start, away, dilation * step // stride))
    return found


def _within(count: int, start: int, stride: int, n: int) -> tuple[int, int]:
    """Return from where to where `i * stride + start` of i below `count` lies in n."""
    low = min(count, max(0, -(start // stride)))
    return low, max(low, min(count, -((start - n) // stride)))


class Windows:
    """The windows of planes (groups, planes, rows, columns), laid out a range of rows at a time.

    `edges` are the padding rows above and columns on the left; `extents` are the rows and columns
    of windows. Planes are copied where there is padding or a stride, one copy for each phase.
    """

    def __init__(
        self,
        planes: Array,
        extents: Pair,
        edges: Pair,
        across: tuple[list[Phase], list[Phase]],
        stride: Pair,
    ) -> None:
        self.stride, self.columns = stride, extents[1]
        self.rows, self.across = across
        self.height = max((extents[0] - 1 + p.reach()) * stride[0] + p.start + 1 for p in self.rows)
        self.parts = [self._part(planes, phase, edges) for phase in self.across]

    def _part(self, planes: Array, phase: Phase, edges: Pair) -> Array:
        """Return the padded planes with the columns of one phase only."""
        step, start = self.stride[1], phase.start - edges[1]
        width = self.columns + phase.reach()
        if (step, start, edges[0]) == (1, 0, 0) and planes.shape[2:] == (self.height, width):
            return np.ascontiguousarray(planes)
        made = np.zeros((*planes.shape[:2], self.height, width), planes.dtype)
        top, bottom = _within(self.height, -edges[0], 1, planes.shape[2])
        left, right = _within(width, start, step, planes.shape[3])
        if bottom > top and right > left:
            column = left * step + start
            columns = slice(column, column + (right - left - 1) * step + 1, step)
            seen = planes[:, :, top - edges[0] : bottom - edges[0], columns]
            made[:, :, top:bottom, left:right] = seen
        return made

    def _view(self, part: Array, phase: Phase, row: int, axes: list[tuple[int, int]]) -> Array:
        """Return (groups, planes, extra axes, places on a row, columns) from a row on."""
        (g, c, r, e), apart = part.strides, phase.apart
        shape = (*part.shape[:2], *(n for n, _ in axes), phase.count, self.columns)
        strides = (g, c, *(r * k for _, k in axes), e * apart, e)
        return np.ndarray(shape, part.dtype, part, row * r + phase.away * e, strides)

    def whole(self, start: int, count: int, taps: tuple[int, int]) -> Array:
        """Return all places of rows of windows: (groups, planes * places, windows).

        `taps` are the number of places on a column and the dilation there.
        """
        places, dilation = taps
        wide = sum(p.count for p in self.across)
        first = self.parts[0]
        laid = np.empty((*first.shape[:2], places, wide, count, self.columns), first.dtype)
        axes = [(places, dilation), (count, self.stride[0])]
        for part, phase in zip(self.parts, self.across, strict=True):
            view = self._view(part, phase, start * self.stride[0], axes)
            laid[:, :, :, phase.places] = view.swapaxes(3, 4)
        return laid.reshape(first.shape[0], -1, count * self.columns)

    def by_row(self, start: int, count: int) -> Iterator[tuple[Phase, Array]]:
        """Yield for each phase of rows (groups, places on a row * planes, elements).

        Windows that see a row k further down begin k * columns elements later.
        """
        wide = sum(p.count for p in self.across)
        first = self.parts[0]
        for down in self.rows:
            tall = count + down.reach() - down.away
            laid = np.empty((first.shape[0], wide, first.shape[1], tall, self.columns), first.dtype)
            row = (start + down.away) * self.stride[0] + down.start
            for part, phase in zip(self.parts, self.across, strict=True):
                view = self._view(part, phase, row, [(tall, self.stride[0])])
                laid[:, phase.places] = view.transpose(0, 3, 1, 2, 4)
            yield down, laid.reshape(first.shape[0], -1, tall * self.columns)
