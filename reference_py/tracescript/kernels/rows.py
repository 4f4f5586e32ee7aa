"""Rows that get mean 0 and deviation 1, then a scale and a shift."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript.kernels.blocked import SUMMED_BY_PRODUCT, by_rows, squares, sums
from tracescript.kernels.scratch import new, scratch
from tracescript.kernels.threads import each

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

_TILE: Final = 1 << 12
"""Elements that make a loop worth its start."""


class Weights:
    """The scale and the shift of each row, or None; `reused` if more than one call takes them."""

    def __init__(self, weight: Array | None, bias: Array | None, *, reused: bool = False) -> None:
        self.weight, self.bias = (_tile(v, reused=reused) for v in (weight, bias))
        self.product: Product | None = None
        if reused and weight is not None and bias is not None and _fit(weight):
            self.product = Product(weight.reshape(-1), bias.reshape(-1))

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
    return np.tile(value.reshape(1, -1), (max(1, _TILE // max(1, value.size)), 1))


def _change(operation: np.ufunc, rows: Array, tile: Array) -> None:
    """Change each row by the row that a tile holds several times: so many rows are one loop."""
    high = tile.shape[0]
    rest = rows.shape[0] % high
    if rest < rows.shape[0]:
        whole = rows[: rows.shape[0] - rest].reshape(-1, high, rows.shape[1])
        operation(whole, tile, out=whole)
    if rest:
        last = rows[-rest:]
        operation(last, tile[:rest], out=last)


_HIGH: Final = 4
"""Rows of a product."""
_NARROWEST: Final = 512
"""Elements of a row from which on products are faster than a pass for each step."""
_LEAST, _MOST, _LEAST_WEIGHT, _LARGEST_WEIGHT = 1e-20, 1e30, 1e-15, 1e15
"""Sums of squares, and weights: so products of elements and weights stay in range."""


def _fit(weight: Array) -> bool:
    """Whether elements times the weight stay in range, and products are fast."""
    size = np.abs(weight[weight != 0])
    in_range = bool(np.all((size >= _LEAST_WEIGHT) & (size <= _LARGEST_WEIGHT)))
    return in_range and _NARROWEST <= weight.size <= SUMMED_BY_PRODUCT


class Product:
    """Four rows at a time as a product: the factors times x * weight, the weight and the bias.

    The factors of a row are 1 / deviation in its own column, 0 in those of the three others,
    -mean / deviation and 1. So mean, deviation and bias take one pass, not three.
    """

    def __init__(self, weight: Array, bias: Array) -> None:
        self.weight = np.tile(weight, (_HIGH, 1))
        self.rows = np.stack((weight, bias))

    def standardize(self, x: Array, mean: Array, y: Array, eps: Array) -> Array | None:
        """Set rows of y as `RowNorm` does, given the means of x; return the indices of the others.

        Those are what makes no four, rows in which inf or NaN would spoil the others, and rows
        whose mean is so large beside the deviation that squares of elements tell too little of it.
        What becomes of a row depends on it alone. None: no others.
        """
        total = squares(x)
        spread = total * x.dtype.type(1 / x.shape[1])
        spread -= np.square(mean)
        spread += eps
        factor = np.reciprocal(np.sqrt(spread, out=spread), out=spread)
        shift = mean * factor
        fit = np.abs(shift) <= 1
        fit &= total >= _LEAST
        fit &= total <= _MOST
        whole = x.shape[0] - x.shape[0] % _HIGH
        if whole < x.shape[0]:
            fit[whole:] = False
        others = None if fit.all() else np.flatnonzero(~fit)
        if others is None or others.size < fit.size:
            self._multiply(x[:whole], factor[:whole], shift[:whole], others, y[:whole])
        return others

    def _multiply(
        self, x: Array, factor: Array, shift: Array, without: Array | None, y: Array
    ) -> None:
        count, width = x.shape[0] // _HIGH, x.shape[1]
        terms = scratch("terms", (count, _HIGH + 2, width), x.dtype)
        np.multiply(x.reshape(count, _HIGH, width), self.weight, out=terms[:, :_HIGH])
        terms[:, _HIGH:] = self.rows
        if without is not None:
            without = without[: np.searchsorted(without, count * _HIGH)]
            terms[without // _HIGH, without % _HIGH] = 0
        factors = np.zeros((count, _HIGH, _HIGH + 2), x.dtype)
        factors.reshape(count, -1)[:, :: _HIGH + 3] = factor.reshape(count, _HIGH)
        np.negative(shift.reshape(count, _HIGH), out=factors[:, :, _HIGH])
        factors[:, :, _HIGH + 1] = 1
        np.matmul(factors, terms, out=y.reshape(count, _HIGH, width))


_TAKING: Final = 6e-4
"""Microseconds an element takes, about."""
_CENTRED_BY_PRODUCT: Final = 128
_SMALL: Final = 1 << 13
"""Of rows and elements in all, below which a call more costs more than the work it saves."""


class RowNorm:
    """Rows of so many elements, of a data type, to get mean 0 and deviation 1."""

    def __init__(self, width: int, char: str, eps: float) -> None:
        self.width = width
        self.share = np.full(width, 1 / width, char) if width <= SUMMED_BY_PRODUCT else None
        self.eps, self.eps_in_all, self.root = (
            np.array(v, char) for v in (eps, width * eps, math.sqrt(width))
        )
        if width <= _CENTRED_BY_PRODUCT:
            self.centre = (np.eye(width) - 1 / width).astype(char)

    def apply(self, x: Array, weights: Weights) -> Array:
        """Standardize, scale and shift rows of any shape."""
        if not x.size:
            return np.empty(x.shape, x.dtype)
        rows = x.reshape(-1, self.width)
        if x.size <= _SMALL and self.width <= _CENTRED_BY_PRODUCT:
            y = rows.dot(self.centre)
            variance = self._means(y * y)
            variance += self.eps
            y /= np.sqrt(variance, out=variance)[:, np.newaxis]
            weights.apply(y)
            return y.reshape(x.shape)
        y = new(rows.shape, x.dtype)

        def run(some: slice) -> None:
            self._set(rows[some], y[some], weights)

        each(by_rows(*rows.shape), run, x.size * _TAKING)
        return y.reshape(x.shape)

    def _means(self, x: Array) -> Array:
        return sums(x) / x.dtype.type(self.width) if self.share is None else x.dot(self.share)

    def _set(self, x: Array, y: Array, weights: Weights) -> None:
        """Set the rows of y to those of x with mean 0 and deviation 1, scaled and shifted."""
        mean = self._means(x)
        if weights.product is None or x.shape[0] < _HIGH:
            self._centre(x, mean, y, weights)
            return
        left = weights.product.standardize(x, mean, y, self.eps)
        if left is not None:
            part = np.empty((left.size, self.width), y.dtype)
            self._centre(x[left], mean[left], part, weights)
            y[left] = part

    def _centre(self, x: Array, mean: Array, y: Array, weights: Weights) -> None:
        np.subtract(x, mean[:, np.newaxis], out=y)
        spread = squares(y)
        spread += self.eps_in_all
        np.sqrt(spread, out=spread)
        y *= np.divide(self.root, spread, out=spread)[:, np.newaxis]
        weights.apply(y)


row_norm: Final = functools.lru_cache(maxsize=64)(RowNorm)
