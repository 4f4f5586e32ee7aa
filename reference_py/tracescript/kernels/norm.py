"""Normalisations and softmax: kernels of their own for composites that models spend time in."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import (
    all_fit,
    by_rows,
    exponentials,
    shifted_exponentials,
    squares,
    sums,
)
from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Callable


KERNELS: Final = RoundedTable()

_ADD: Final[Callable[..., Any]] = np.add.reduce
_LARGEST: Final[Callable[..., Any]] = np.maximum.reduce


def _per_channel(value: Array, x: Array) -> Array:
    return value.reshape(1, -1, *(1,) * (x.ndim - 2))


class _Rows:
    """Rows of so many elements, to get mean 0 and deviation 1, then a scale and a shift."""

    def __init__(self, width: int, char: str, eps: float) -> None:
        number = np.dtype(char).type
        self.width = width
        self.count, self.eps, self.one = (np.array(number(v)) for v in (width, eps, 1))
        self.centre: Array | None = None
        if width <= _CENTRED_BY_PRODUCT:
            self.centre = (np.eye(width) - 1 / width).astype(char)

    def standardize(self, x: Array, y: Array) -> None:
        """Set the rows of y to those of x with mean 0 and deviation 1."""
        if self.centre is not None and x.size <= _SMALL:
            x.dot(self.centre, out=y)
            spread = sums(y * y)
        else:
            mean = sums(x)
            mean /= self.count
            np.subtract(x, mean[:, np.newaxis], out=y)
            spread = squares(y)
        spread /= self.count
        spread += self.eps
        np.sqrt(spread, out=spread)
        if x.size <= _SMALL:
            y /= spread[:, np.newaxis]
        else:
            y *= np.divide(self.one, spread, out=spread)[:, np.newaxis]

    def apply(self, x: Array, weight: Array | None, bias: Array | None) -> Array:
        """Standardize, scale and shift rows of any shape, a block at a time."""
        y = np.empty(x.shape, x.dtype)
        if not x.size:
            return y
        rows, results = x.reshape(-1, self.width), y.reshape(-1, self.width)
        for some in by_rows(rows.shape[0], self.width):
            part = results[some]
            self.standardize(rows[some], part)
            if weight is not None:
                part *= weight
            if bias is not None:
                part += bias
        return y


_CENTRED_BY_PRODUCT: Final = 128
_SMALL: Final = 1 << 13
"""Of rows and elements in all, below which a call more costs more than the work it saves."""

_rows: Final = functools.lru_cache(maxsize=64)(_Rows)


@KERNELS.of("layer_norm")
def layer_norm(
    x: Array, weight: Array | None, bias: Array | None, normalized_rank: int, eps: float
) -> Array:
    width = math.prod(x.shape[x.ndim - normalized_rank :])
    weight, bias = (None if v is None else v.reshape(-1) for v in (weight, bias))
    return _rows(width, x.dtype.char, eps).apply(x, weight, bias)


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
    return not x.ndim or dim % x.ndim == x.ndim - 1


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
    for some in by_rows(rows.shape[0], width):
        part = results[some]
        total = exponentials(rows[some], part)
        if not all_fit(total):
            total = shifted_exponentials(rows[some], part)
        part /= total
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
    for some in by_rows(rows.shape[0], width):
        part = results[some]
        np.subtract(rows[some], _LARGEST(rows[some], axis=1, keepdims=True), out=part)
        total = sums(np.exp(part))
        part -= np.log(total, out=total)[:, np.newaxis]
    return y
