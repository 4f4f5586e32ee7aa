"""Windows of padded planes, copied so that all elements of one place lie together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
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

    @property
    def span(self) -> int:
        """How many elements it takes to hold the places of one window."""
        return (self.count - 1) * self.apart + 1


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
    """The windows of planes (groups, planes, rows, columns) with zeros around them.

    `edges` are the rows above and the columns before; `places`, `stride` and `dilation` those of a
    row of a window. Where several places see the same elements of every `stride`-th one, a dense
    image of these is made first.
    """

    def __init__(self, planes: Array, edges: Pair, places: int, stride: int, dilation: int) -> None:
        self.planes, self.edges, self.stride = np.ascontiguousarray(planes), edges, stride
        self.shifts = [place * dilation - edges[1] for place in range(places)]
        self._shared = len({shift % stride for shift in self.shifts}) < places
        self._images: dict[Pair, Array] = {}

    def lay(self, target: Array, row: int, step: int) -> None:
        """Fill (groups, planes, places, rows, columns of the result), by rows of the padded planes.

        These are `row`, `row + step` and so on.
        """
        tall, columns = target.shape[3:]
        above, first = divmod(row - self.edges[0], step)
        height = -(-(self.planes.shape[2] - first) // step)
        top, bottom = within(tall, above, 1, height)
        for place, shift in enumerate(self.shifts):
            away, start = divmod(shift, self.stride)
            image, part = self._image(first, step, start), target[:, :, place]
            left, right = within(columns, away, 1, image.shape[3])
            alike = image.shape[3] == columns and image.flags.c_contiguous
            if alike and part.strides[2] == columns * part.itemsize:
                _shift(part, image, above * columns + away)
            else:
                rows = slice(top + above, bottom + above)
                part[:, :, top:bottom, left:right] = image[:, :, rows, left + away : right + away]
            if left > 0:
                part[..., :left] = 0
            if right < columns:
                part[..., right:] = 0
        if top > 0:
            target[:, :, :, :top] = 0
        if bottom < tall:
            target[:, :, :, bottom:] = 0

    def _image(self, first: int, step: int, start: int) -> Array:
        """Return every `step`-th row and every `stride`-th column, from a first one on."""
        if step == self.stride == 1:
            return self.planes
        seen = self.planes[:, :, first::step, start :: self.stride]
        if not self._shared:
            return seen
        if (first, start, step) not in self._images:
            self._images[first, start, step] = np.ascontiguousarray(seen)
        return self._images[first, start, step]


def _shift(part: Array, image: Array, shift: int) -> None:
    """Copy planes of the same width, each as one row of elements, from element `shift` on."""
    groups, planes, height, width = image.shape
    flat = part.reshape(groups, planes, part.shape[2] * width)
    left, right = within(flat.shape[2], shift, 1, height * width)
    seen = image.reshape(groups, planes, height * width)[:, :, left + shift : right + shift]
    flat[:, :, left:right] = seen
