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


def within(count: int, start: int, stride: int, n: int) -> tuple[int, int]:
    """Return from where to where `i * stride + start` of i below `count` lies in n."""
    low = min(count, max(0, -(start // stride)))
    return low, max(low, min(count, -((start - n) // stride)))


class Windows:
    """The windows of planes (groups, planes, rows, columns), laid out a range of rows at a time.

    `edges` are the padding rows above and columns on the left; `extents` are the rows and columns
    of windows. Planes are padded and split into phases first, unless `split` is false, a row of
    windows is as long as one of the planes, and there is no stride: then whole planes are copied,
    shifted, which is faster for few places.
    """

    def __init__(
        self,
        planes: Array,
        extents: Pair,
        edges: Pair,
        across: tuple[list[Phase], list[Phase]],
        stride: Pair,
        *,
        split: bool,
    ) -> None:
        self.planes, self.edges, self.stride = np.ascontiguousarray(planes), edges, stride
        self.columns = extents[1]
        self.rows, self.across = across
        self.wide = sum(phase.count for phase in self.across)
        self.parts: list[Array] = []
        if split or stride[0] * stride[1] != 1 or planes.shape[3] != self.columns:
            height = max((extents[0] - 1 + p.reach()) * stride[0] + p.start + 1 for p in self.rows)
            self.parts = [self._part(height, phase) for phase in self.across]

    def _part(self, height: int, phase: Phase) -> Array:
        """Return the padded planes with the columns of one phase only."""
        planes, step, start = self.planes, self.stride[1], phase.start - self.edges[1]
        width = self.columns + phase.reach()
        if (step, start, self.edges[0]) == (1, 0, 0) and planes.shape[2:] == (height, width):
            return planes
        made = np.zeros((*planes.shape[:2], height, width), planes.dtype)
        top, bottom = within(height, -self.edges[0], 1, planes.shape[2])
        left, right = within(width, start, step, planes.shape[3])
        if bottom > top and right > left:
            column = left * step + start
            columns = slice(column, column + (right - left - 1) * step + 1, step)
            seen = planes[:, :, top - self.edges[0] : bottom - self.edges[0], columns]
            made[:, :, top:bottom, left:right] = seen
        return made

    def _view(self, part: Array, phase: Phase, row: int, tall: int) -> Array:
        """Return (groups, planes, places on a row, rows, columns) from a row on."""
        group, plane, down, element = part.strides
        shape = (*part.shape[:2], phase.count, tall, self.columns)
        strides = (group, plane, element * phase.apart, down * self.stride[0], element)
        return np.ndarray(shape, part.dtype, part, row * down + phase.away * element, strides)

    def _shift(self, target: Array, row: int, shift: int) -> None:
        """Set (groups, planes, rows, columns) to planes from a row, maybe outside, and a column."""
        height, width = self.planes.shape[2:]
        low, high = within(target.shape[2], row, 1, height)
        if high <= low or abs(shift) >= width:
            target[...] = 0
            return
        target[:, :, :low] = target[:, :, high:] = 0
        begin, end = (row + low) * width + shift, (row + high) * width + shift
        before, after = max(0, -begin), max(0, end - height * width)
        flat = target.reshape(*target.shape[:2], -1)
        given = self.planes.reshape(*self.planes.shape[:2], -1)
        flat[:, :, low * width + before : high * width - after] = given[
            :, :, begin + before : end - after
        ]
        if shift > 0:
            target[:, :, low:high, width - shift :] = 0
        elif shift < 0:
            target[:, :, low:high, :-shift] = 0

    def _lay(self, target: Array, row: int) -> None:
        """Fill (groups, planes, places on a row, rows, columns) from a row of padded planes on."""
        for part, phase in zip(self.parts, self.across, strict=False):
            target[:, :, phase.places] = self._view(part, phase, row, target.shape[3])
        if not self.parts:
            (phase,) = self.across
            for place in range(phase.count):
                shift = place * phase.apart - self.edges[1]
                self._shift(target[:, :, place], row - self.edges[0], shift)

    def whole(self, start: int, count: int, taps: tuple[int, int]) -> Array:
        """Return all places of rows of windows: (groups, planes * places, windows).

        `taps` are the number of places on a column and the dilation there.
        """
        groups, planes = self.planes.shape[:2]
        shape = (groups, planes, taps[0], self.wide, count, self.columns)
        laid = np.empty(shape, self.planes.dtype)
        for place in range(taps[0]):
            self._lay(laid[:, :, place], start * self.stride[0] + place * taps[1])
        return laid.reshape(groups, -1, count * self.columns)

    def by_row(self, start: int, count: int) -> Iterator[tuple[Phase, Array]]:
        """Yield for each phase of rows (groups, places on a row * planes, elements).

        Windows that see a row k further down begin k * columns elements later.
        """
        groups, planes = self.planes.shape[:2]
        for down in self.rows:
            tall = count + down.reach() - down.away
            laid = np.empty((groups, self.wide, planes, tall, self.columns), self.planes.dtype)
            row = (start + down.away) * self.stride[0] + down.start
            self._lay(laid.swapaxes(1, 2), row)
            yield down, laid.reshape(groups, -1, tall * self.columns)
