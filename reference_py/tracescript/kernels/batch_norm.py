"""Batch normalisation, by given statistics and by the batch's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import BLOCK, by_rows, squares, sums
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import OPEN, Table
from tracescript.kernels.threads import each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()
TRAINED: Final = Table()
"""Ops that round half types by themselves: the types of x and of the statistics may differ."""


def _fit(*given: Array | None) -> bool:
    return len({v.shape for v in given if v is not None}) == 1


def _scale_and_shift(
    mean: Array, variance: Array, weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, Array]:
    """Return what each channel is multiplied by and moved by, in the type of its variance."""
    if not _fit(mean, variance, weight, bias):
        raise trap("SHAPE_ERROR", f"expected one element of each for {variance.size} channels")
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
    variance = running_var.astype(np.promote_types(x.dtype, running_var.dtype), copy=False)
    moved = _scale_and_shift(running_mean, variance, weight, bias, eps)
    return _Channels(*(part.astype(x.dtype) for part in moved)).apply(x)


def _prepare_batch_norm(known: Sequence[Any], eps: float) -> Kernel | None:
    if any(v is OPEN for v in known[1:]):
        return None
    mean, variance, weight, bias = known[1:]
    if not _fit(*known[1:]):
        return None
    channels = _Channels(*_scale_and_shift(mean, variance, weight, bias, eps))

    def run(x: Array, *_: Any) -> Array:
        if x.dtype != channels.scale.dtype:
            return batch_norm(x, mean, variance, weight, bias, eps)
        return channels.apply(x)

    return run


PREPARE: Final[dict[str, Callable[..., Kernel | None]]] = {"batch_norm": _prepare_batch_norm}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""


_TAKING: Final = 1e-3
"""Microseconds an element takes, about."""


def _moved(old: Array, now: Array, momentum: float) -> Array:
    """Return running statistics after a batch, in their own type."""
    wide = np.promote_types(old.dtype, np.float32)
    kept, added = wide.type(1 - momentum), wide.type(momentum)
    moved: Array = old.astype(wide) * kept + now.astype(wide) * added
    return moved.astype(old.dtype)


@TRAINED.of("batch_norm_train")
def batch_norm_train(
    x: Array,
    running_mean: Array,
    running_var: Array,
    weight: Array | None,
    bias: Array | None,
    momentum: float,
    eps: float,
) -> tuple[Array, Array, Array]:
    batch, channels, wide = x.shape[0], x.shape[1], np.promote_types(x.dtype, np.float32)
    count = batch * math.prod(x.shape[2:])
    if count <= 1:
        raise trap("SHAPE_ERROR", f"expected values for a channel, found {count}")
    if running_mean.shape != (channels,) or running_var.shape != (channels,):
        text = f"{running_mean.shape[0]} means and {running_var.shape[0]} variances"
        raise trap("SHAPE_ERROR", f"expected one of each for {channels} channels, found {text}")
    planes = x.reshape(batch, channels, count // batch)
    y = np.empty(planes.shape, x.dtype)
    mean, variance = np.empty(channels, wide), np.empty(channels, wide)
    weight, bias = (
        None if v is None else np.broadcast_to(v, (channels,)).astype(wide) for v in (weight, bias)
    )

    def run(some: slice) -> None:
        rows = planes[:, some].swapaxes(0, 1).astype(wide, order="C").reshape(-1, count)
        np.divide(sums(rows), wide.type(count), out=mean[some])
        rows -= mean[some, np.newaxis]
        np.divide(squares(rows), wide.type(count), out=variance[some])
        scale = 1 / np.sqrt(variance[some] + wide.type(eps))
        rows *= (scale if weight is None else scale * weight[some])[:, np.newaxis]
        if bias is not None:
            rows += bias[some, np.newaxis]
        y[:, some] = rows.reshape(-1, batch, count // batch).swapaxes(0, 1)

    each(by_rows(channels, count), run, x.size * _TAKING)
    unbiased = variance * wide.type(count / (count - 1))
    moved = (_moved(running_mean, mean, momentum), _moved(running_var, unbiased, momentum))
    return (y.reshape(x.shape), *moved)
