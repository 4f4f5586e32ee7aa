"""A bank of filters over planes as products of matrices, the way chosen by their shape.

One by one: a product on the planes themselves. Few terms, as in a first layer: each row of the
planes is laid out once for each column of the filters, then a row of the result is one product.
Groups: the planes are laid out so too, and a product gives what each row of the filters adds.
Mostly: a product for each row of the filters. Work comes in blocks whose operands fit into the
cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import evenly
from tracescript.kernels.products import is_alone, microseconds, product
from tracescript.kernels.scratch import scratch
from tracescript.kernels.threads import each
from tracescript.kernels.windows import Windows, phases

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.kernels.rounding import Array
    from tracescript.kernels.windows import Phase

    Step = Callable[["Array", "Array", "Array | None", float], None]
    Block = tuple[int, int, "Array"]

Pair = tuple[int, ...]

_LAID_OUT: Final = 1 << 19
"""Elements that are laid out at once: copies of more planes would not stay in the cache."""
_FEWEST: Final = 1 << 9
"""Elements of a plane's result for which planes are laid out at least."""
_FEW_WEIGHTS: Final = 1 << 14
"""Weights of a group up to which a product for each row of the result is fast."""
_MANY_COLUMNS: Final = 32
"""Elements of a row of the result from which on it is."""
_FEW_ROWS: Final = 64
"""Filters of a group times their rows up to which one product gives what each row adds."""
_LAYING: Final = 1e-3
"""Microseconds for each element of a result beside its product, at least."""


class Filters:
    """A bank of filters, ready for planes."""

    def __init__(
        self, weight: Array, stride: Pair, padding: Pair, dilation: Pair, groups: int
    ) -> None:
        if weight.shape[0] % groups:
            what = f"expected filters in {groups} groups, found {weight.shape[0]}"
            raise trap("SHAPE_ERROR", what)
        self.weight, self.groups = weight, groups
        self.kernel, self.filters, self.terms = weight.shape[2:], weight.shape[0], weight.shape[1]
        self.stride, self.dilation, self.padding = stride, dilation, padding
        self.phases = phases(self.kernel[0], stride[0], dilation[0])
        self._matrices: dict[Pair, Array] = {}

    @property
    def each(self) -> int:
        """The filters of a group."""
        return self.filters // self.groups

    def _matrix(self, *order: int) -> Array:
        """Return the filters (groups, filters, planes, rows, columns) in another order."""
        if order not in self._matrices:
            parts = (self.groups, self.each, self.terms, *self.kernel)
            self._matrices[order] = np.ascontiguousarray(
                self.weight.reshape(parts).transpose(order)
            )
        return self._matrices[order]

    def extents(self, x: Array) -> Pair:
        """Return the rows and columns of the result. Traps where the filters do not fit."""
        if x.shape[1] != self.groups * self.terms:
            text = f"{list(x.shape)} and filters {list(self.weight.shape)} do not fit"
            raise trap("SHAPE_ERROR", f"{text} {self.groups} groups")
        found = []
        for axis in (0, 1):
            n = x.shape[2 + axis] + self.padding[2 * axis] + self.padding[2 * axis + 1]
            reach = self.dilation[axis] * (self.kernel[axis] - 1) + 1
            if reach > n:
                text = f"a filter of reach {reach} exceeds the padded extent {n}"
                raise trap("SHAPE_ERROR", text)
            found.append((n - reach) // self.stride[axis] + 1)
        return tuple(found)

    def apply(self, x: Array, bias: Array | None, *, once: bool) -> Array:
        """Return the result for planes (n, planes, rows, columns); `once`: the filters change."""
        out = self.extents(x)
        y = np.empty((x.shape[0], self.filters, *out), x.dtype)
        if not y.size:
            return y
        if not self.weight.size or not x.size:
            y[...] = 0 if bias is None else bias[:, np.newaxis, np.newaxis]
            return y
        (step, terms), together = self._way(out, once=once), self._together(out)
        images = [slice(i, i + together) for i in range(0, x.shape[0], together)]
        work = self._work(y, terms)

        def run(some: slice) -> None:
            planes, results = x[some].reshape(-1, *x.shape[2:]), y[some].reshape(-1, *out)
            step(planes, results, bias, work / len(images))

        each(images, run, work)
        return y

    def _work(self, y: Array, terms: int) -> float:
        """Return the microseconds of a result for threads of ours to share.

        None if products of so many terms take the library's own.
        """
        if not is_alone(self.each, terms, y.shape[2] * y.shape[3]):
            return 0
        return y.size * _LAYING + microseconds(y.size * self.terms * math.prod(self.kernel))

    def _together(self, out: Pair) -> int:
        """Return how many images are worked on at once: small ones, as groups with one bank.

        Their products are the same as alone.
        """
        rows = (out[0] + self.kernel[0]) * self.stride[0]
        laid = self.terms * math.prod(self.kernel) * rows * out[1]
        return max(1, _LAID_OUT // laid) if self.groups == 1 else 1

    def _way(self, out: Pair, *, once: bool) -> tuple[Step, int]:
        """Return how to compute a result, and the terms of the products that takes."""
        all_terms, wide = self.terms * math.prod(self.kernel), self.terms * self.kernel[1]
        if self.kernel == (1, 1) and not any(self.padding) and self.groups == 1:
            return self._plain, self.terms
        if once and self.filters > math.prod(out):
            return self._at_once, all_terms
        if self.groups > 1 and self.each * self.kernel[0] <= _FEW_ROWS:
            return self._by_groups, wide
        weights = self.each * all_terms
        if weights <= _FEW_WEIGHTS and out[1] >= _MANY_COLUMNS and self.dilation[0] == 1:
            return self._row_by_row, all_terms
        many = self.each > 2 * self.terms * self.kernel[1]
        return (self._at_once, all_terms) if many else (self._by_rows, wide)

    def _windows(self, x: Array) -> Windows:
        """Return the windows of planes (groups * planes of a group, rows, columns)."""
        planes = x.reshape(-1, self.terms, *x.shape[1:])
        edges = (self.padding[0], self.padding[2])
        return Windows(planes, edges, self.kernel[1], self.stride[1], self.dilation[1])

    def _blocks(self, y: Array, terms: int) -> list[Block]:
        """Return ranges of rows, start and count, with their results (groups, filters, elements).

        `terms` are the elements laid out for each element of a result.
        """
        rows, columns = y.shape[1:]
        flat = y.reshape(-1, self.each, rows * columns)
        step = max(_FEWEST // columns, _LAID_OUT // max(1, terms * columns), 1)
        step = -(-rows // -(-rows // step))
        starts = [(start, min(step, rows - start)) for start in range(0, rows, step)]
        return [(s, n, flat[:, :, s * columns : (s + n) * columns]) for s, n in starts]

    def _add(self, result: Array, bias: Array | None) -> None:
        if bias is not None:
            np.add(result, bias.reshape(self.groups, self.each, 1), out=result)

    def _plain(self, x: Array, y: Array, bias: Array | None, _: float) -> None:
        size = y.shape[1] * y.shape[2]
        picked = x[:, :: self.stride[0], :: self.stride[1]].reshape(-1, self.terms, size)
        result = y.reshape(-1, self.filters, size)
        product(self.weight.reshape(1, self.filters, self.terms), picked, result)
        self._add(result, bias)

    def _at_once(self, x: Array, y: Array, bias: Array | None, work: float) -> None:
        """Lay the planes out for every term of the filters, whose own order stays."""
        windows, (down, across) = self._windows(x), self.kernel
        terms = self.terms * down * across
        matrix = self.weight.reshape(self.groups, self.each, terms)

        def run(block: Block) -> None:
            start, count, result = block
            shape = (len(result), self.terms, down, across, count, y.shape[2])
            laid = scratch("laid", shape, x.dtype)
            if any(self.padding):
                for place in range(down):
                    row = start * self.stride[0] + place * self.dilation[0]
                    windows.lay(laid[:, :, place], row, self.stride[0])
            else:
                laid[...] = self._seen(windows.planes[:, :, start * self.stride[0] :], shape)
            product(matrix, laid.reshape(len(result), terms, result.shape[2]), result)
            self._add(result, bias)

        each(self._blocks(y, self.groups * terms), run, work)

    def _seen(self, planes: Array, shape: Pair) -> Array:
        """Return what windows in planes see: (groups, planes, places, rows, columns)."""
        (s, t), (d, e) = self.stride, self.dilation
        group, plane, row, element = planes.strides
        strides = (group, plane, d * row, e * element, s * row, t * element)
        return np.lib.stride_tricks.as_strided(planes, shape, strides, writeable=False)

    def _by_rows(self, x: Array, y: Array, bias: Array | None, work: float) -> None:
        """Lay the planes out for every column of the filters; a product for each row of them."""
        windows, columns, wide = self._windows(x), y.shape[2], self.terms * self.kernel[1]
        matrices = self._matrix(3, 0, 1, 4, 2).reshape(-1, self.groups, self.each, wide)

        def run(block: Block) -> None:
            start, count, result = block
            spare = None
            for phase in self.phases:
                laid = self._laid(windows, len(result), phase, start, count, columns)
                for i, matrix in enumerate(matrices[phase.places]):
                    first = i * phase.apart * columns
                    operand = laid[:, :, first : first + count * columns]
                    if spare is None:
                        product(matrix, operand, result)
                        spare = scratch("spare", result.shape, x.dtype)
                    else:
                        product(matrix, operand, spare)
                        np.add(result, spare, out=result)
            self._add(result, bias)

        each(self._blocks(y, self.groups * wide), run, work)

    def _laid(
        self, windows: Windows, groups: int, phase: Phase, start: int, count: int, columns: int
    ) -> Array:
        """Return (groups, places on a row * planes, elements) for rows of the result.

        Windows that see a row k further down begin k * columns elements later.
        """
        tall = count + phase.span - 1
        shape = (groups, self.kernel[1], self.terms, tall, columns)
        laid = scratch("laid", shape, windows.planes.dtype)
        row = (start + phase.away) * self.stride[0] + phase.start
        windows.lay(laid.swapaxes(1, 2), row, self.stride[0])
        return laid.reshape(groups, self.kernel[1] * self.terms, tall * columns)

    def _by_groups(self, x: Array, y: Array, bias: Array | None, work: float) -> None:
        """Lay the planes of some groups out as `_by_rows`; all rows of filters in a product."""
        columns, wide = y.shape[2], self.terms * self.kernel[1]
        matrices = self._matrix(0, 3, 1, 4, 2)
        planes = x.reshape(self.groups, self.terms, *x.shape[1:])

        def run(block: tuple[int, int, slice, Array]) -> None:
            start, count, some, result = block
            pending: Array | None = None
            windows = self._windows(planes[some].reshape(-1, *x.shape[1:]))
            for phase in self.phases:
                laid = self._laid(windows, len(result), phase, start, count, columns)
                taps = matrices[some, phase.places]
                shape = (len(result), taps.shape[1] * self.each)
                made = scratch("spare", (*shape, laid.shape[2]), x.dtype)
                product(taps.reshape(*shape, wide), laid, made)
                parts = made.reshape(*taps.shape[:3], laid.shape[2])
                for i in range(taps.shape[1]):
                    first = i * phase.apart * columns
                    part = parts[:, i, :, first : first + count * columns]
                    pending = part if pending is None else np.add(pending, part, out=result)
                if pending is not result:
                    result[...] = pending
                    pending = result
            if bias is not None:
                result += bias.reshape(self.groups, self.each, 1)[some]

        blocks = [
            (start, count, some, whole[some])
            for start, count, whole in self._blocks(y, wide)
            for some in evenly(self.groups, _LAID_OUT // max(1, wide * count * columns))
        ]
        each(blocks, run, work)

    def _row_by_row(self, x: Array, y: Array, bias: Array | None, work: float) -> None:
        """Lay rows of the planes out one after the other; a product for each row of the result.

        Its operand is then as many rows in turn as the filters have.
        """
        windows, columns = self._windows(x), y.shape[2]
        down, terms = self.kernel[0], self.terms * self.kernel[1]
        matrix = self._matrix(0, 1, 3, 4, 2).reshape(self.groups, 1, self.each, down * terms)
        hop = self.stride[0]

        def run(block: Block) -> None:
            start, count, flat = block
            tall = (count - 1) * hop + down
            shape = (len(flat), tall, self.kernel[1], self.terms, columns)
            laid = scratch("laid", shape, x.dtype)
            windows.lay(laid.transpose(0, 3, 2, 1, 4), start * hop, 1)
            group, row, _, term, element = laid.strides
            rows = (len(flat), count, down * terms, columns)
            operand = np.ndarray(rows, x.dtype, laid, 0, (group, hop * row, term, element))
            result = flat.reshape(-1, self.each, count, columns).swapaxes(1, 2)
            product(matrix, operand, result)
            self._add(flat, bias)

        each(self._blocks(y, hop * self.groups * terms), run, work)
