"""Convolutions of rows, planes and volumes, and their transposes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.filters import Filters
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import OPEN
from tracescript.kernels.windows import within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()

Pair = tuple[int, ...]


class _Rows:
    """A bank of filters for rows: planes of one row."""

    def __init__(
        self, weight: Array, stride: Pair, padding: Pair, dilation: Pair, groups: int
    ) -> None:
        flat, around = weight[:, :, np.newaxis], (0, 0, *padding)
        self.filters = Filters(flat, (1, *stride), around, (1, *dilation), groups)

    def apply(self, x: Array, bias: Array | None, *, once: bool) -> Array:
        """Return the result for rows (n, channels, columns)."""
        return self.filters.apply(x[:, :, np.newaxis], bias, once=once)[:, :, 0]


class _Volumes:
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
        deep = np.pad(x, ((0, 0), (0, 0), self.padding, (0, 0), (0, 0)))
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


_Bank = Filters | _Rows | _Volumes
_BANKS: Final[dict[str, type[_Bank]]] = {"conv1d": _Rows, "conv2d": Filters, "conv3d": _Volumes}


def _kernel(bank: type[_Bank]) -> Kernel:
    def run(x: Array, weight: Array, bias: Array | None, **given: Any) -> Array:
        return bank(weight, **given).apply(x, bias, once=True)

    return run


def _prepare(bank: type[_Bank]) -> Callable[..., Kernel | None]:
    def prepare(known: Sequence[Any], **given: Any) -> Kernel | None:
        if known[1] is OPEN:
            return None
        filters = bank(known[1], **given)

        def run(x: Array, _: Array, bias: Array | None) -> Array:
            return filters.apply(x, bias, once=False)

        return run

    return prepare


for _op, _each in _BANKS.items():
    KERNELS.add(_op, _kernel(_each))

PREPARE: Final = {op: _prepare(bank) for op, bank in _BANKS.items()}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""


def _transpose(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Pair,
    padding: Pair,
    output_padding: Pair,
    groups: int,
    dilation: Pair,
) -> Array:
    """Add each filter, weighted by an element, where the element is: rows, planes or volumes."""
    channels, terms, *kernel = weight.shape
    if x.shape[1] != channels or channels % groups:
        text = f"{x.shape[1]} channels, filters for {channels} and {groups} groups"
        raise trap("SHAPE_ERROR", f"expected channels that fit, found {text}")
    axes = zip(x.shape[2:], kernel, stride, dilation, strict=True)
    whole = [(n - 1) * s + d * (k - 1) + 1 for n, k, s, d in axes]
    out = [n - 2 * p + more for n, p, more in zip(whole, padding, output_padding, strict=True)]
    if min(out) < 0:
        raise trap("SHAPE_ERROR", f"an extent of the result falls below 0: {out}")
    each = channels // groups
    matrix = weight.reshape(groups, each, terms * math.prod(kernel)).swapaxes(1, 2)
    y = np.zeros((x.shape[0], groups * terms, *out), x.dtype)
    for image, result in zip(x, y, strict=True):
        weighted = np.matmul(matrix, image.reshape(groups, each, math.prod(x.shape[2:])))
        weighted = weighted.reshape(groups * terms, *kernel, *x.shape[2:])
        for place in np.ndindex(*kernel):
            shifts = [i * d - p for i, d, p in zip(place, dilation, padding, strict=True)]
            spans = [_landing(*a) for a in zip(shifts, x.shape[2:], out, stride, strict=True)]
            to, of = (tuple(span[i] for span in spans) for i in (0, 1))
            landed, given = (slice(None), *to), (slice(None), *place, *of)
            result[landed] += weighted[given]
    if bias is not None:
        y += bias.reshape(-1, *(1,) * len(kernel))
    return y


def _landing(shift: int, n: int, out: int, stride: int) -> tuple[slice, slice]:
    """Return where elements i of n land, at i * stride + shift within out, and which do."""
    low, high = within(n, shift, stride, out)
    start = low * stride + shift
    return slice(start, start + max(0, (high - low - 1) * stride + 1), stride), slice(low, high)


for _op in ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"):
    KERNELS.add(_op, _transpose)
