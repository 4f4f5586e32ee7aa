"""Normalisations and softmax: kernels of their own for composites that models spend time in."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.axes import axis_of
from tracescript.kernels.blocked import (
    SUMMED_BY_PRODUCT,
    all_fit,
    by_rows,
    exponentials,
    shifted_exponentials,
    shifts,
    squares,
    sums,
)
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.scratch import new
from tracescript.kernels.table import OPEN
from tracescript.kernels.threads import each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.errors import TrapError
    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()

_ADD: Final[Callable[..., Any]] = np.add.reduce
_LARGEST: Final[Callable[..., Any]] = np.maximum.reduce


def _per_channel(value: Array, x: Array) -> Array:
    return value.reshape(1, -1, *(1,) * (x.ndim - 2))


class _Rows:
    """Rows of so many elements, to get mean 0 and deviation 1, then a scale and a shift."""

    def __init__(self, width: int, char: str, eps: float) -> None:
        self.width = width
        self.share = np.full(width, 1 / width, char) if width <= SUMMED_BY_PRODUCT else None
        self.eps, self.eps_in_all, self.root = (
            np.array(v, char) for v in (eps, width * eps, math.sqrt(width))
        )
        if width <= _CENTRED_BY_PRODUCT:
            self.centre = (np.eye(width) - 1 / width).astype(char)

    def apply(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        """Standardize, scale and shift rows of any shape; see `_written_out` for the weights."""
        if not x.size:
            return np.empty(x.shape, x.dtype)
        rows = x.reshape(-1, self.width)
        if x.size <= _SMALL and self.width <= _CENTRED_BY_PRODUCT:
            y = rows.dot(self.centre)
            variance = self._means(y * y)
            variance += self.eps
            y /= np.sqrt(variance, out=variance)[:, np.newaxis]
            _scale_and_shift(y, weight, bias)
            return y.reshape(x.shape)
        y = new(rows.shape, x.dtype)

        def run(some: slice) -> None:
            part = y[some]
            self._standardize(rows[some], part)
            _scale_and_shift(part, weight, bias)

        each(by_rows(*rows.shape), run, x.size * _TAKING)
        return y.reshape(x.shape)

    def _means(self, x: Array) -> Array:
        return sums(x) / x.dtype.type(self.width) if self.share is None else x.dot(self.share)

    def _standardize(self, x: Array, y: Array) -> None:
        """Set the rows of y to those of x with mean 0 and deviation 1."""
        np.subtract(x, self._means(x)[:, np.newaxis], out=y)
        spread = squares(y)
        spread += self.eps_in_all
        np.sqrt(spread, out=spread)
        y *= np.divide(self.root, spread, out=spread)[:, np.newaxis]


_TAKING: Final = 6e-4
"""Microseconds an element takes, about."""
_CENTRED_BY_PRODUCT: Final = 128
_SMALL: Final = 1 << 13
"""Of rows and elements in all, below which a call more costs more than the work it saves."""

_rows: Final = functools.lru_cache(maxsize=64)(_Rows)


def _scale_and_shift(rows: Array, weight: Array | None, bias: Array | None) -> None:
    if weight is not None:
        _change(np.multiply, rows, weight)
    if bias is not None:
        _change(np.add, rows, bias)


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


_TILE: Final = 1 << 12
"""Elements that make a loop worth its start."""


def _written_out(value: Array) -> Array:
    """Return a weight as a tile of equal rows."""
    return np.tile(value.reshape(1, -1), (max(1, _TILE // max(1, value.size)), 1))


def _misfit(expected: tuple[int, ...], found: tuple[int, ...]) -> TrapError:
    return trap("SHAPE_ERROR", f"expected weights for the last axes {expected}, found {found}")


@KERNELS.of("layer_norm")
def layer_norm(
    x: Array, weight: Array | None, bias: Array | None, normalized_rank: int, eps: float
) -> Array:
    extents = x.shape[x.ndim - normalized_rank :]
    rows: list[Array | None] = [None, None]
    for i, value in enumerate((weight, bias)):
        if value is not None:
            if value.shape != extents:
                raise _misfit(extents, value.shape)
            rows[i] = value.reshape(1, -1)
    return _rows(math.prod(extents), x.dtype.char, eps).apply(x, *rows)


def _prepare_layer_norm(known: Sequence[Any], normalized_rank: int, eps: float) -> Kernel | None:
    given = [v for v in known[1:] if v is not None]
    if any(v is OPEN for v in given) or len({v.shape for v in given}) != 1:
        return None
    extents, width = given[0].shape, given[0].size
    weight, bias = (None if v is None else _written_out(v) for v in known[1:])

    def run(x: Array, *_: Any) -> Array:
        if x.shape[x.ndim - normalized_rank :] != extents:
            raise _misfit(x.shape[x.ndim - normalized_rank :], extents)
        return _rows(width, x.dtype.char, eps).apply(x, weight, bias)

    return run


PREPARE: Final[dict[str, Callable[..., Kernel | None]]] = {"layer_norm": _prepare_layer_norm}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""


@KERNELS.of("group_norm")
def group_norm(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
) -> Array:
    if x.shape[1] % groups:
        raise trap("SHAPE_ERROR", f"expected channels in {groups} groups, found {x.shape[1]}")
    y = _rows(math.prod(x.shape[1:]) // groups, x.dtype.char, eps).apply(x, None, None)
    if weight is not None:
        y = y * _per_channel(weight, x)
    return y if bias is None else y + _per_channel(bias, x)


def _across(x: Array, dim: int) -> Array:
    """Return exp(x - max) along an axis that is not the last."""
    e = x - _LARGEST(x, axis=dim, keepdims=True)
    return np.exp(e, out=e)


def _is_last(x: Array, dim: int) -> bool:
    return not x.ndim or axis_of(x, dim) == x.ndim - 1


@KERNELS.of("softmax")
def softmax(x: Array, dim: int) -> Array:
    if not x.size:
        return x
    if not _is_last(x, dim):
        e = _across(x, dim)
        e /= _ADD(e, axis=dim, keepdims=True)
        return e
    y = np.empty(x.shape, x.dtype)
    width = x.shape[-1] if x.ndim else 1
    rows, results = x.reshape(-1, width), y.reshape(-1, width)

    def run(some: slice) -> None:
        part = results[some]
        total = exponentials(rows[some], part)
        if not all_fit(total):
            total = shifted_exponentials(rows[some], part)
        part /= total

    each(by_rows(*rows.shape), run, x.size * _TAKING)
    return y


@KERNELS.of("log_softmax")
def log_softmax(x: Array, dim: int) -> Array:
    if not x.size:
        return x
    if not _is_last(x, dim):
        c = x - _LARGEST(x, axis=dim, keepdims=True)
        return c - np.log(_ADD(np.exp(c), axis=dim, keepdims=True))
    y = np.empty(x.shape, x.dtype)
    width = x.shape[-1] if x.ndim else 1
    rows, results = x.reshape(-1, width), y.reshape(-1, width)

    def run(some: slice) -> None:
        part = results[some]
        first, rest = _logarithms(rows[some], part)
        np.subtract(rows[some], first, out=part)
        part -= rest

    each(by_rows(*rows.shape), run, x.size * _TAKING)
    return y


def _logarithms(x: Array, spare: Array) -> tuple[Array, Array]:
    """Return the logarithms of the sums of exp(x) as columns of two shares each.

    Subtracting the first share is nearly exact: it is a whole number, or the largest element where
    the exponentials do not fit. So what is left is rounded as a number of its own size.
    """
    total = exponentials(x, spare)
    if all_fit(total):
        rest = np.log(total, dtype=np.float64)
        first = np.rint(rest)
        rest -= first
    else:
        top = shifts(x)
        rest = np.log(exponentials(np.subtract(x, top, out=spare), spare), dtype=np.float64)
        first = np.where(top == 0, np.rint(rest), top)
        rest -= np.where(top == 0, first, 0)
    return first.astype(x.dtype), rest.astype(x.dtype)
