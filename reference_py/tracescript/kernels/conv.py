"""Convolution of planes as products of matrices, the way chosen by the shape of the filters.

One by one: a product on the planes themselves. Mostly: the planes are laid out once for each column
of the filters, and each row of the filters is a product. Many filters of few terms, as in a first
layer: the planes are laid out for each term, and all is one product. One filter a plane: shifted
products. Output rows come in blocks whose operands fit into the cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import by_rows
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()

Pair = tuple[int, ...]

_LAID_OUT: Final = 1 << 20
"""Elements that are laid out at once."""


def _span(count: int, shift: int, stride: int, n: int) -> tuple[int, int, int]:
    """Return from where to where `i * stride + shift` of i below `count` lies in n; its first."""
    low = min(count, max(0, -(shift // stride)))
    high = max(low, min(count, -((shift - n) // stride)))
    return low, high, low * stride + shift


def _lay(target: Array, planes: Array, shifts: Pair, strides: Pair) -> None:
    """Copy shifted planes (..., rows, columns) into the target, zeros where the planes end."""
    top, bottom, row = _span(target.shape[-2], shifts[0], strides[0], planes.shape[-2])
    left, right, column = _span(target.shape[-1], shifts[1], strides[1], planes.shape[-1])
    target[..., :top, :] = target[..., bottom:, :] = 0
    target[..., top:bottom, :left] = target[..., top:bottom, right:] = 0
    if bottom > top and right > left:
        rows = slice(row, row + (bottom - top - 1) * strides[0] + 1, strides[0])
        columns = slice(column, column + (right - left - 1) * strides[1] + 1, strides[1])
        target[..., top:bottom, left:right] = planes[..., rows, columns]


class _Filters:
    """A bank of filters, ready for planes."""

    def __init__(
        self, weight: Array, stride: Pair, padding: Pair, dilation: Pair, groups: int
    ) -> None:
        if weight.shape[0] % groups:
            text = f"expected filters in {groups} groups, found {weight.shape[0]}"
            raise trap("SHAPE_ERROR", text)
        self.weight = weight
        self.kernel, self.filters = weight.shape[2:], weight.shape[0]
        self.stride, self.dilation, self.groups = stride, dilation, groups
        self.padding, self.edges = padding, (padding[0], padding[2])
        self.terms = weight.shape[1]
        self._rows: list[Array] = []

    @property
    def is_plain(self) -> bool:
        """Whether a product on the planes themselves will do."""
        return self.kernel == (1, 1) and not any(self.padding) and self.groups == 1

    @property
    def is_depthwise(self) -> bool:
        """Whether each plane has one filter of its own."""
        return self.terms == 1 and 1 < self.groups == self.filters

    @property
    def rows(self) -> list[Array]:
        """For each row of the filters a matrix (groups, filters, columns * planes)."""
        if not self._rows:
            shape = (self.groups, -1, self.terms, *self.kernel)
            moved = self.weight.reshape(shape).transpose(3, 0, 1, 4, 2)
            self._rows = list(np.ascontiguousarray(moved).reshape(*moved.shape[:3], -1))
        return self._rows

    def pays(self, size: int, *, once: bool) -> bool:
        """Whether a product for each filter row is fastest; `once`: the filters change."""
        few = self.filters // self.groups <= 2 * self.terms * self.kernel[1]
        return few and not (once and self.filters > size)

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
        """Return the result for planes (n, planes, rows, columns)."""
        out = self.extents(x)
        y = np.empty((x.shape[0], self.filters, *out), x.dtype)
        if not y.size:
            return y
        if self.is_plain:
            step = self._plain
        elif self.is_depthwise:
            step = self._depthwise
        else:
            step = self._by_rows if self.pays(math.prod(out), once=once) else self._at_once
        for image, result in zip(x, y, strict=True):
            step(image, result, bias)
        return y

    def _plain(self, x: Array, y: Array, bias: Array | None) -> None:
        picked = x[:, :: self.stride[0], :: self.stride[1]].reshape(self.terms, -1)
        result = y.reshape(self.filters, -1)
        np.matmul(self.weight.reshape(self.filters, -1), picked, out=result)
        if bias is not None:
            result += bias[:, np.newaxis]

    def _shift(self, axis: int, place: int) -> int:
        return place * self.dilation[axis] - self.edges[axis]

    def _blocks(self, y: Array, terms: int) -> list[tuple[slice, Array]]:
        """Return row ranges of a result with their part of it as (groups, filters, elements)."""
        rows, columns = y.shape[1:]
        flat = y.reshape(self.groups, -1, rows * columns)
        step = max(1, _LAID_OUT // max(1, terms * columns))
        count = -(-rows // max(1, -(-rows // step)))
        parts = [slice(r, min(r + count, rows)) for r in range(0, rows, count)]
        return [(p, flat[:, :, p.start * columns : p.stop * columns]) for p in parts]

    def _split(self, x: Array) -> list[Array]:
        """Return planes (groups, planes, rows, columns), one for each column modulo the stride."""
        grouped = x.reshape(self.groups, self.terms, *x.shape[1:])
        step = self.stride[1]
        if step == 1:
            return [grouped]
        return [np.ascontiguousarray(grouped[..., k::step]) for k in range(step)]

    def _at_once(self, x: Array, y: Array, bias: Array | None) -> None:
        """Lay the planes out for every term of the filters."""
        parts, columns = self._split(x), y.shape[2]
        matrix = self.weight.reshape(self.groups, -1, self.terms * math.prod(self.kernel))
        for rows, result in self._blocks(y, x.shape[0] * math.prod(self.kernel)):
            shape = (self.groups, self.terms, *self.kernel, rows.stop - rows.start, columns)
            laid = np.empty(shape, x.dtype)
            for p in range(self.kernel[0]):
                row = self._shift(0, p) + rows.start * self.stride[0]
                for q in range(self.kernel[1]):
                    away, part = divmod(self._shift(1, q), self.stride[1])
                    _lay(laid[:, :, p, q], parts[part], (row, away), (self.stride[0], 1))
            np.matmul(matrix, laid.reshape(self.groups, matrix.shape[2], -1), out=result)
            if bias is not None:
                np.add(result, bias.reshape(self.groups, -1, 1), out=result)

    def _by_rows(self, x: Array, y: Array, bias: Array | None) -> None:
        """Lay the planes out for every column of the filters; a product for each row."""
        parts, columns = self._split(x), y.shape[2]
        places = [divmod(self._shift(0, p), self.stride[0]) for p in range(self.kernel[0])]
        for rows, result in self._blocks(y, x.shape[0] * self.kernel[1]):
            laid = self._phases(parts, rows, columns, places)
            size, spare = result.shape[2], None
            for matrix, (away, phase) in zip(self.rows, places, strict=True):
                first, block = laid[phase]
                start = (away - first) * columns
                operand = block[:, :, start : start + size]
                if spare is None:
                    np.matmul(matrix, operand, out=result)
                    spare = np.empty(result.shape, x.dtype)
                else:
                    np.add(result, np.matmul(matrix, operand, out=spare), out=result)
            if bias is not None:
                np.add(result, bias.reshape(self.groups, -1, 1), out=result)

    def _phases(
        self, parts: list[Array], rows: slice, columns: int, places: Sequence[tuple[int, int]]
    ) -> dict[int, tuple[int, Array]]:
        """Return for each row modulo the stride the first row away and the planes laid out."""
        step, found = self.stride[0], {}
        for phase in {phase for _, phase in places}:
            aways = [away for away, which in places if which == phase]
            count = rows.stop - rows.start + max(aways) - min(aways)
            shape = (self.groups, self.kernel[1], self.terms, count, columns)
            laid = np.empty(shape, parts[0].dtype)
            row = (rows.start + min(aways)) * step + phase
            for q in range(self.kernel[1]):
                away, part = divmod(self._shift(1, q), self.stride[1])
                _lay(laid[:, q], parts[part], (row, away), (step, 1))
            flat = laid.reshape(self.groups, self.kernel[1] * self.terms, count * columns)
            found[phase] = (min(aways), flat)
        return found

    def _depthwise(self, x: Array, y: Array, bias: Array | None) -> None:
        """Add up shifted planes; split by row and column modulo the stride, shifts are offsets."""
        (rows, columns), (down, right) = y.shape[1:], self.stride
        reach = [(k - 1) * d for k, d in zip(self.kernel, self.dilation, strict=True)]
        height, width = rows + reach[0] // down + 1, columns + reach[1] // right
        for some in by_rows(x.shape[0], height * width):
            planes, filters = x[some], self.weight[some, 0]
            laid = np.empty((down, right, len(planes), height, width), x.dtype)
            for i, j in np.ndindex(down, right):
                _lay(laid[i, j], planes, (i - self.edges[0], j - self.edges[1]), self.stride)
            flat = laid.reshape(down, right, len(planes), -1)
            total = np.zeros((len(planes), rows * width), x.dtype)
            product = np.empty_like(total)
            for p, q in np.ndindex(*self.kernel):
                (a, i), (b, j) = (divmod(d * k, s) for d, k, s in
                                  zip(self.dilation, (p, q), self.stride, strict=True))  # fmt: skip
                shifted = flat[i, j, :, a * width + b :][:, : rows * width]
                total += np.multiply(shifted, filters[:, p, q, np.newaxis], out=product)
            cut = total.reshape(-1, rows, width)[:, :, :columns]
            if bias is None:
                y[some] = cut
            else:
                np.add(cut, bias[some, np.newaxis, np.newaxis], out=y[some])


@KERNELS.of("conv2d")
def conv2d(x: Array, weight: Array, bias: Array | None, **given: Any) -> Array:
    return _Filters(weight, **given).apply(x, bias, once=True)


def _prepare(known: Sequence[Any], **given: Any) -> Kernel | None:
    if known[1] is OPEN:
        return None
    filters = _Filters(known[1], **given)

    def run(x: Array, _: Array, bias: Array | None) -> Array:
        return filters.apply(x, bias, once=False)

    return run


PREPARE: Final[dict[str, Callable[..., Kernel | None]]] = {"conv2d": _prepare}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""


@KERNELS.of("conv1d")
def conv1d(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    row = (0, 0, padding[0], padding[1])
    wide = _Filters(weight[:, :, np.newaxis], (1, *stride), row, (1, *dilation), groups)
    return wide.apply(x[:, :, np.newaxis], bias, once=True)[:, :, 0]
