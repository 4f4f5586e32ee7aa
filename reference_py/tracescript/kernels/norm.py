"""Normalisations and softmax: kernels of their own for composites that models spend time in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.axes import axis_of
from tracescript.kernels.blocked import (
    all_fit,
    by_rows,
    exponentials,
    shifted_exponentials,
    shifts,
)
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.rows import Weights, row_norm
from tracescript.kernels.table import OPEN
from tracescript.kernels.threads import each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.errors import TrapError
    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()

_ADD: Final[Callable[..., Any]] = np.add.reduce
_LARGEST: Final[Callable[..., Any]] = np.maximum.reduce


_TAKING: Final = 6e-4
"""Microseconds an element takes, about."""


def _per_channel(value: Array, x: Array) -> Array:
    return value.reshape(1, -1, *(1,) * (x.ndim - 2))


def _misfit(expected: tuple[int, ...], found: tuple[int, ...]) -> TrapError:
    return trap("SHAPE_ERROR", f"expected weights for the last axes {expected}, found {found}")


@KERNELS.of("layer_norm")
def layer_norm(
    x: Array, weight: Array | None, bias: Array | None, normalized_rank: int, eps: float
) -> Array:
    extents = x.shape[x.ndim - normalized_rank :]
    for value in (weight, bias):
        if value is not None and value.shape != extents:
            raise _misfit(extents, value.shape)
    return row_norm(math.prod(extents), x.dtype.char, eps).apply(x, Weights(weight, bias))


def _prepare_layer_norm(known: Sequence[Any], normalized_rank: int, eps: float) -> Kernel | None:
    given = [v for v in known[1:] if v is not None]
    if any(v is OPEN for v in given) or len({v.shape for v in given}) != 1:
        return None
    extents, width = given[0].shape, given[0].size
    weights = Weights(*known[1:], reused=True)

    def run(x: Array, *_: Any) -> Array:
        if x.shape[x.ndim - normalized_rank :] != extents:
            raise _misfit(x.shape[x.ndim - normalized_rank :], extents)
        return row_norm(width, x.dtype.char, eps).apply(x, weights)

    return run


PREPARE: Final[dict[str, Callable[..., Kernel | None]]] = {"layer_norm": _prepare_layer_norm}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""


@KERNELS.of("group_norm")
def group_norm(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
) -> Array:
    if x.shape[1] % groups:
        raise trap("SHAPE_ERROR", f"expected channels in {groups} groups, found {x.shape[1]}")
    y = row_norm(math.prod(x.shape[1:]) // groups, x.dtype.char, eps).apply(x, Weights(None, None))
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
