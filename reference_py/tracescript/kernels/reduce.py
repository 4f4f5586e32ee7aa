"""Reductions and scans. `dim` is None or a tuple of axes that are distinct."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDED: Final = RoundedTable()

_ADD: Final[Callable[..., Any]] = np.add.reduce
_MULTIPLY: Final[Callable[..., Any]] = np.multiply.reduce

Axes = tuple[int, ...] | None


def _axes(x: Array, dim: Axes) -> Axes:
    """Name no axis of a rank 0 tensor: numpy knows none, the opset accepts 0 and -1."""
    return dim if x.ndim else None


def _count(x: Array, dim: Axes) -> int:
    return int(x.size) if dim is None or not x.ndim else math.prod(x.shape[d] for d in dim)


@ROUNDED.of("sum")
def sum_(x: Array, dim: Axes, keepdim: bool) -> Array:
    return _ADD(x, axis=_axes(x, dim), keepdims=keepdim, dtype=x.dtype)


@ROUNDED.of("prod")
def prod(x: Array, dim: Axes, keepdim: bool) -> Array:
    return _MULTIPLY(x, axis=_axes(x, dim), keepdims=keepdim, dtype=x.dtype)


@ROUNDED.of("mean")
def mean(x: Array, dim: Axes, keepdim: bool) -> Array:
    total = _ADD(x, axis=_axes(x, dim), keepdims=keepdim)
    return total / x.dtype.type(_count(x, dim))


@ROUNDED.of("var")
def var(x: Array, dim: Axes, correction: float, keepdim: bool) -> Array:
    away = x - mean(x, dim, True)
    total = _ADD(away * away, axis=_axes(x, dim), keepdims=keepdim)
    return total / x.dtype.type(max(_count(x, dim) - correction, 0.0))


@ROUNDED.of("std")
def std(x: Array, dim: Axes, correction: float, keepdim: bool) -> Array:
    return np.sqrt(var(x, dim, correction, keepdim))


def _extreme(x: Array, dim: Axes, keepdim: bool, reduce: np.ufunc) -> Array:
    if _count(x, dim) == 0:
        raise trap("SHAPE_ERROR", f"expected at least one element to choose from, found {x.shape}")
    return reduce.reduce(x, axis=_axes(x, dim), keepdims=keepdim)


@ROUNDED.of("amax")
def amax(x: Array, dim: Axes, keepdim: bool) -> Array:
    return _extreme(x, dim, keepdim, np.maximum)


@ROUNDED.of("amin")
def amin(x: Array, dim: Axes, keepdim: bool) -> Array:
    return _extreme(x, dim, keepdim, np.minimum)


def _place(find: Callable[..., Any], x: Array, dim: int | None, keepdim: bool) -> Array:
    axis = dim if x.ndim else None
    if (x.size if axis is None else x.shape[axis]) == 0:
        raise trap("SHAPE_ERROR", f"expected at least one element to choose from, found {x.shape}")
    return np.asarray(find(x, axis=axis, keepdims=keepdim), dtype=np.int64)


@ROUNDED.of("argmax")
def argmax(x: Array, dim: int | None, keepdim: bool) -> Array:
    return _place(np.argmax, x, dim, keepdim)


@ROUNDED.of("argmin")
def argmin(x: Array, dim: int | None, keepdim: bool) -> Array:
    return _place(np.argmin, x, dim, keepdim)


@ROUNDED.of("max_dim")
def max_dim(x: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return amax(x, (dim,), keepdim), argmax(x, dim, keepdim)


@ROUNDED.of("min_dim")
def min_dim(x: Array, dim: int, keepdim: bool) -> tuple[Array, Array]:
    return amin(x, (dim,), keepdim), argmin(x, dim, keepdim)


@ROUNDED.of("any")
def any_(x: Array, dim: Axes, keepdim: bool) -> Array:
    return np.any(x.astype(bool), axis=_axes(x, dim), keepdims=keepdim)


@ROUNDED.of("all")
def all_(x: Array, dim: Axes, keepdim: bool) -> Array:
    return np.all(x.astype(bool), axis=_axes(x, dim), keepdims=keepdim)


@ROUNDED.of("count_nonzero")
def count_nonzero(x: Array, dim: Axes) -> Array:
    return _ADD(x.astype(bool), axis=_axes(x, dim), dtype=np.int64)


@ROUNDED.of("cumsum")
def cumsum(x: Array, dim: int) -> Array:
    return np.add.accumulate(np.atleast_1d(x), axis=dim, dtype=x.dtype).reshape(x.shape)


@ROUNDED.of("cumprod")
def cumprod(x: Array, dim: int) -> Array:
    return np.multiply.accumulate(np.atleast_1d(x), axis=dim, dtype=x.dtype).reshape(x.shape)


def _running(x: Array, dim: int, ufunc: np.ufunc) -> tuple[Array, Array]:
    values = ufunc.accumulate(x, axis=dim)
    place = np.arange(x.shape[dim]).reshape([-1 if i == dim % x.ndim else 1 for i in range(x.ndim)])
    hit = (x == values) | ((x != x) & (values != values))  # noqa: PLR0124 - true for NaN
    return values, np.maximum.accumulate(np.where(hit, place, 0), axis=dim)


@ROUNDED.of("cummax")
def cummax(x: Array, dim: int) -> tuple[Array, Array]:
    return _running(x, dim, np.maximum)


@ROUNDED.of("cummin")
def cummin(x: Array, dim: int) -> tuple[Array, Array]:
    return _running(x, dim, np.minimum)


KERNELS: Final = Table.join(ROUNDED)
