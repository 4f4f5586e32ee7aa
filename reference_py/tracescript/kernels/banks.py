"""Banks of filters for rows, planes and volumes, and their transposes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.filters import Filters

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

Pair = tuple[int, ...]


class Rows:
    """A bank of filters for rows: planes of one row."""

    def __init__(
        self, weight: Array, stride: Pair, padding: Pair, dilation: Pair, groups: int
    ) -> None:
        flat, around = weight[:, :, np.newaxis], (0, 0, *padding)
        self.filters = Filters(flat, (1, *stride), around, (1, *dilation), groups)

    def apply(self, x: Array, bias: Array | None, *, once: bool) -> Array:
        """Return the result for rows (n, channels, columns)."""
        return self.filters.apply(x[:, :, np.newaxis], bias, once=once)[:, :, 0]


class Volumes:
    """A bank of filters for volumes: at each depth of the result they are filters for planes.

    The planes are those that a filter sees there, of all channels.
    """

    def __init__(
        self, weight: Array, stride: Pair, padding: Pair, dilation: Pair, groups: int
    ) -> None:
        filters, terms, self.depth, *kernel = weight.shape
        flat = weight.reshape(filters, terms * self.depth, *kernel)
        self.filters = Filters(flat, stride[1:], padding[2:], dilation[1:], groups)
        self.channels = groups * terms
        self.stride, self.padding, self.dilation = stride[0], padding[:2], dilation[0]

    def apply(self, x: Array, bias: Array | None, *, once: bool) -> Array:
        """Return the result for volumes (n, channels, depth, rows, columns)."""
        if x.shape[1] != self.channels:
            raise trap("SHAPE_ERROR", f"expected {self.channels} channels, found {x.shape[1]}")
        before, after = self.padding
        deep = x[:, :, max(0, -before) : x.shape[2] + min(0, after)]
        around = (max(0, before), max(0, after))
        deep = np.pad(deep, ((0, 0), (0, 0), around, (0, 0), (0, 0)))
        room = deep.shape[2] - self.dilation * (self.depth - 1)
        if room < 1:
            raise trap("SHAPE_ERROR", f"a filter exceeds the padded depth {deep.shape[2]}")
        results = []
        for start in range(0, room, self.stride):
            stop = start + self.dilation * (self.depth - 1) + 1
            seen = deep[:, :, start : stop : self.dilation]
            planes = seen.reshape(x.shape[0], self.channels * self.depth, *x.shape[3:])
            results.append(self.filters.apply(planes, bias, once=once))
        return np.stack(results, axis=2)


Bank = Filters | Rows | Volumes
BANKS: Final[dict[int, type[Bank]]] = {1: Rows, 2: Filters, 3: Volumes}
"""The banks by the number of axes that their filters have."""


class _Landing:
    """The places of filters, on one axis, that land on every stride-th element of the result.

    These are element `start` and so on, `more` than the input's. To them the filters are those of
    a convolution: the places in reverse, `dilation` apart, with so many zeros `around`, or where
    negative so many elements of the input left out.
    """

    def __init__(self, residue: int, kernel: int, axis: Pair) -> None:
        stride, padding, output_padding, dilation = axis
        self.places = [p for p in range(kernel) if (p * dilation - residue) % stride == 0][::-1]
        first = -((residue - padding) // stride)
        last = (dilation * (kernel - 1) + output_padding - padding - residue) // stride
        self.start, self.more = first * stride + residue - padding, last - first
        away = [(p * dilation - residue) // stride for p in self.places]
        self.dilation = away[0] - away[1] if len(away) > 1 else 1
        self.around = (away[0] - first, last - away[-1])


class Transposed:
    """A bank of filters that are added, weighted by an element, where the element is."""

    def __init__(
        self,
        weight: Array,
        stride: Pair,
        padding: Pair,
        output_padding: Pair,
        groups: int,
        dilation: Pair,
    ) -> None:
        channels, terms, *kernel = weight.shape
        if channels % groups:
            raise trap("SHAPE_ERROR", f"expected {groups} groups of channels, found {channels}")
        self.stride, self.filters = stride, groups * terms
        axes = list(zip(stride, padding, output_padding, dilation, strict=True))
        self.grown = [
            (s, d * (k - 1) + o + 1 - s - 2 * p)
            for k, (s, p, o, d) in zip(kernel, axes, strict=True)
        ]
        shape = (groups, channels // groups, terms, *kernel)
        moved = weight.reshape(shape).swapaxes(1, 2)
        moved = moved.reshape(self.filters, channels // groups, *kernel)
        landings = [
            [
                _Landing(residue, k, axis)
                for residue in sorted({p * axis[3] % axis[0] for p in range(k)})
            ]
            for k, axis in zip(kernel, axes, strict=True)
        ]
        self.covers = all(len(a) == s for a, s in zip(landings, stride, strict=True))
        self.parts = [(each, _bank(moved, each, groups)) for each in itertools.product(*landings)]

    def apply(self, x: Array, bias: Array | None, *, once: bool) -> Array:
        """Return the result for rows, planes or volumes (n, channels, ...)."""
        out = [s * n + more for n, (s, more) in zip(x.shape[2:], self.grown, strict=True)]
        if min(out) < 0:
            raise trap("SHAPE_ERROR", f"an extent of the result falls below 0: {out}")
        y = np.empty((x.shape[0], self.filters, *out), x.dtype)
        if not self.covers:
            y[...] = 0 if bias is None else bias.reshape(-1, *(1,) * len(out))
        for landings, bank in self.parts:
            if all(n + a.more > 0 for n, a in zip(x.shape[2:], landings, strict=True)):
                starts = zip(landings, self.stride, strict=True)
                seen = (slice(None), slice(None), *(slice(a.start, None, s) for a, s in starts))
                y[seen] = bank.apply(x, bias, once=once)
        return y


def _bank(weight: Array, landings: tuple[_Landing, ...], groups: int) -> Bank:
    """Return the filters of a convolution that gives what lands on some of the elements."""
    for axis, landing in enumerate(landings):
        weight = weight.take(landing.places, 2 + axis)
    around = tuple(n for landing in landings for n in landing.around)
    dilation = tuple(landing.dilation for landing in landings)
    return BANKS[len(landings)](weight, (1,) * len(landings), around, dilation, groups)
