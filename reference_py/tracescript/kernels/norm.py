"""Normalisations and softmax: kernels of their own for composites that models spend time in."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import BLOCK, by_rows, exponentials, squares, sums
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()

_ADD: Final[Callable[..., Any]] = np.add.reduce
_LARGEST: Final[Callable[..., Any]] = np.maximum.reduce


def _per_channel(value: Array, x: Array) -> Array:
    return value.reshape(1, -1, *(1,) * (x.ndim - 2))


def _scale_and_shift(
    mean: Array, variance: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array]:
    scale = 1 / np.sqrt(variance + variance.dtype.type(eps))
    if weight is not None:
        scale = scale * weight
    return scale, -mean * scale if bias is None else bias - mean * scale


class _Channels:
    """A scale and a shift for each channel; a channel's plane has any number of elements."""

    def __init__(self, scale: Array, shift: Array) -> None:
        self.scale, self.shift = scale, shift
        self._wide: tuple[int, Array, Array] = (1, scale, shift)

    def apply(self, x: Array) -> Array:
        """Scale and shift, in blocks that stay in the cache between the two."""
        batch, count = x.shape[0], self.scale.size
        if x.shape[1] != count:
            raise trap("SHAPE_ERROR", f"expected {count} channels, found {x.shape[1]}")
        y = np.empty(x.shape, x.dtype)
        if not x.size:
            return y
        size = x.size // (batch * count)
        if size <= _SHORT and count * size <= BLOCK and (batch > 1 or size == 1):
            rows, results = x.reshape(batch, -1), y.reshape(batch, -1)
            scale, shift = self._written_out(size)
        else:
            rows, results = x.reshape(batch * count, size), y.reshape(batch * count, size)
            scale, shift = (np.tile(v, batch)[:, np.newaxis] for v in (self.scale, self.shift))
        for some in by_rows(*rows.shape):
            each = some if scale.ndim > 1 else slice(None)
            part = np.multiply(rows[some], scale[each], out=results[some])
            np.add(part, shift[each], out=part)
        return y

    def _written_out(self, size: int) -> tuple[Array, Array]:
        """Return scale and shift for each element of planes of so many; keep the last ones."""
        found, scale, shift = self._wide
        if found != size:
            scale, shift = np.repeat(self.scale, size), np.repeat(self.shift, size)
            self._wide = (size, scale, shift)
        return scale, shift


_SHORT: Final = 384
"""Elements of a plane for which one more operand costs less than a loop for each plane."""


@KERNELS.of("batch_norm")
def batch_norm(
    x: Array,
    running_mean: Array,
    running_var: Array,
    weight: Array | None,
    bias: Array | None,
    eps: float,
) -> Array:
    moved = _scale_and_shift(running_mean, running_var, weight, bias, eps)
    return _Channels(*(part.astype(x.dtype) for part in moved)).apply(x)


def _prepare_batch_norm(known: Sequence[Any], eps: float) -> Kernel | None:
    if any(v is OPEN for v in known[1:]):
        return None
    mean, variance, weight, bias = known[1:]
    channels = _Channels(*_scale_and_shift(mean, variance, weight, bias, eps))

    def run(x: Array, *_: Any) -> Array:
        same = x.dtype == channels.scale.dtype
        return (channels if same else _Channels(*_cast(channels, x.dtype))).apply(x)

    return run


def _cast(channels: _Channels, dtype: Any) -> tuple[Array, Array]:
    return channels.scale.astype(dtype), channels.shift.astype(dtype)


PREPARE: Final[dict[str, Callable[..., Kernel | None]]] = {"batch_norm": _prepare_batch_norm}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""


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
        part /= exponentials(rows[some], part)
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
