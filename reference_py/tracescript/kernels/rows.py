"""Rows that get mean 0 and deviation 1, then a scale and a shift."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.kernels.blocked import BLOCK, SUMMED_BY_PRODUCT, by_rows, squares, sums
from tracescript.kernels.scratch import aligned, new
from tracescript.kernels.threads import each

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

_TILE: Final = 1 << 12
"""Elements that make a loop worth its start."""


class Weights:
    """The scale and the shift of each row, or None; `reused` if more than one call takes them."""

    def __init__(self, weight: Array | None, bias: Array | None, *, reused: bool = False) -> None:
        self.weight, self.bias = (_tile(v, reused=reused) for v in (weight, bias))

    def apply(self, rows: Array) -> None:
        """Scale and shift rows in place."""
        if self.weight is not None:
            _change(np.multiply, rows, self.weight)
        if self.bias is not None:
            _change(np.add, rows, self.bias)


def _tile(value: Array | None, *, reused: bool) -> Array | None:
    """Return rows equal to a weight, several if that is worth it."""
    if value is None or not reused:
        return None if value is None else value.reshape(1, -1)
    high = 1 << max(1, _TILE // max(1, value.size)).bit_length() - 1
    rows = aligned((high, value.size), value.dtype)
    rows[:] = value.reshape(1, -1)
    return rows


def _change(operation: np.ufunc, rows: Array, tile: Array) -> None:
    """Change each row by the row that a tile holds several times: so many rows are one loop."""
    count, high = len(rows), len(tile)
    rest = count % high
    if rest < count:
        whole = rows[: count - rest].reshape(-1, tile.size)
        operation(whole, tile.reshape(-1), whole)
        rows = rows[count - rest :]
    if rest:
        operation(rows, tile[:rest], rows)


_TAKING: Final = 6e-4
"""Microseconds an element takes, about."""
_AT_ONCE: Final = 8 * BLOCK
"""Elements that pass from step to step: what a cache does not keep costs less than more calls."""
_CENTRED_BY_PRODUCT: Final = 128
_SMALL: Final = 1 << 13
"""Of rows and elements in all, below which a call more costs more than the work it saves."""


class RowNorm:
    """Rows of so many elements, of a data type, to get mean 0 and deviation 1."""

    def __init__(self, width: int, char: str, eps: float) -> None:
        self.width = width
        self.share = np.full(width, 1 / width, char) if width <= SUMMED_BY_PRODUCT else None
        self.eps_in_all, self.root = (np.array(v, char) for v in (width * eps, math.sqrt(width)))
        if width <= _CENTRED_BY_PRODUCT:
            self.centre = (np.eye(width) - 1 / width).astype(char)

    def apply(self, x: Array, weights: Weights) -> Array:
        """Standardize, scale and shift rows of any shape."""
        if not x.size:
            return np.empty(x.shape, x.dtype)
        rows = x.reshape(-1, self.width)
        if x.size <= _SMALL and self.width <= _CENTRED_BY_PRODUCT:
            y = rows.dot(self.centre)
            self._scale(y, weights)
            return y.reshape(x.shape)
        y = new(rows.shape, x.dtype)

        def run(some: slice) -> None:
            part = y[some]
            np.subtract(rows[some], self._means(rows[some])[:, np.newaxis], part)
            self._scale(part, weights)

        each(by_rows(*rows.shape, _AT_ONCE), run, x.size * _TAKING)
        return y.reshape(x.shape)

    def _means(self, x: Array) -> Array:
        return sums(x) / x.dtype.type(self.width) if self.share is None else x.dot(self.share)

    def _scale(self, y: Array, weights: Weights) -> None:
        """Give rows of mean 0 deviation 1, then scale and shift them, in place."""
        spread = squares(y)
        np.add(spread, self.eps_in_all, spread)
        np.sqrt(spread, spread)
        np.divide(self.root, spread, spread)
        np.multiply(y, spread[:, np.newaxis], y)
        weights.apply(y)


row_norm: Final = functools.lru_cache(maxsize=64)(RowNorm)
