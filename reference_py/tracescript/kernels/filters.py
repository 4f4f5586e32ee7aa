"""Convolution of planes as products of matrices, the way chosen by the shape of the filters.

One by one: a product on the planes themselves. Mostly: the planes are laid out once for each column
of the filters, and each row of the filters is a product. Many filters of few terms, as in a first
layer: the planes are laid out for each term, and all is one product. One filter a plane: shifted
products. Output rows come in blocks whose operands fit into the cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import by_rows
from tracescript.kernels.windows import Windows, phases

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

Pair = tuple[int, ...]

_LAID_OUT: Final = 1 << 19
"""Elements that are laid out at once, so that products read them from the cache."""
_FEWEST: Final = 1 << 9
"""Elements of a plane's result for which planes are laid out at least."""


class Filters:
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
        self.phases = (
            phases(self.kernel[0], stride[0], dilation[0]),
            phases(self.kernel[1], stride[1], dilation[1]),
        )
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

    def _windows(self, x: Array, y: Array, groups: int, *, split: bool = False) -> Windows:
        planes = x.reshape(groups, -1, *x.shape[1:])
        given = (y.shape[1:], self.edges, self.phases, self.stride)
        return Windows(planes, *given, split=split)

    def _blocks(self, y: Array, terms: int) -> list[tuple[int, int, Array]]:
        """Return ranges of rows, start and count, with their results (groups, filters, elements).

        `terms` are the elements laid out for each element of a result.
        """
        rows, columns = y.shape[1:]
        flat = y.reshape(self.groups, -1, rows * columns)
        step = max(_FEWEST // columns, _LAID_OUT // max(1, terms * columns), 1)
        step = -(-rows // -(-rows // step))
        starts = [(start, min(step, rows - start)) for start in range(0, rows, step)]
        return [(s, n, flat[:, :, s * columns : (s + n) * columns]) for s, n in starts]

    def _add(self, result: Array, bias: Array | None) -> None:
        if bias is not None:
            np.add(result, bias.reshape(self.groups, -1, 1), out=result)

    def _at_once(self, x: Array, y: Array, bias: Array | None) -> None:
        """Lay the planes out for every term of the filters."""
        windows = self._windows(x, y, self.groups, split=True)
        matrix = self.weight.reshape(self.groups, -1, self.terms * math.prod(self.kernel))
        for start, count, result in self._blocks(y, x.shape[0] * math.prod(self.kernel)):
            laid = windows.whole(start, count, (self.kernel[0], self.dilation[0]))
            np.matmul(matrix, laid, out=result)
            self._add(result, bias)

    def _by_rows(self, x: Array, y: Array, bias: Array | None) -> None:
        """Lay the planes out for every column of the filters; a product for each row."""
        windows, columns = self._windows(x, y, self.groups), y.shape[2]
        for start, count, result in self._blocks(y, x.shape[0] * self.kernel[1]):
            spare = None
            for phase, laid in windows.by_row(start, count):
                for i, matrix in enumerate(self.rows[phase.places]):
                    first = i * phase.apart * columns
                    operand = laid[:, :, first : first + count * columns]
                    if spare is None:
                        np.matmul(matrix, operand, out=result)
                        spare = np.empty(result.shape, x.dtype)
                    else:
                        np.add(result, np.matmul(matrix, operand, out=spare), out=result)
            self._add(result, bias)

    def _depthwise(self, x: Array, y: Array, bias: Array | None) -> None:
        """Add up weighted planes, laid out for every column of the filters: no product is."""
        rows, columns = y.shape[1:]
        size = rows * columns
        flat = y.reshape(-1, size)
        for some in by_rows(x.shape[0], self.kernel[1] * size):
            result, spare = flat[some], None
            for phase, laid in self._windows(x[some], y, len(result)).by_row(0, rows):
                taps = self.weight[some, 0, phase.places]
                group, place, element = laid.strides
                strides = (group, phase.apart * columns * element, place, element)
                shifted = np.ndarray((*taps.shape, size), x.dtype, laid, 0, strides)
                if spare is None:
                    np.einsum("cpq,cpqn->cn", taps, shifted, out=result)
                    spare = np.empty(result.shape, x.dtype)
                else:
                    np.einsum("cpq,cpqn->cn", taps, shifted, out=spare)
                    np.add(result, spare, out=result)
            if bias is not None:
                np.add(result, bias[some, np.newaxis], out=result)
