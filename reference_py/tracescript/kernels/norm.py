"""Normalisations and softmax: kernels of their own for composites that models spend time in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Callable

KERNELS: Final = RoundedTable()

_ADD: Final[Callable[..., Any]] = np.add.reduce
_LARGEST: Final[Callable[..., Any]] = np.maximum.reduce


def _per_channel(value: Array, x: Array) -> Array:
    return value.reshape(1, -1, *(1,) * (x.ndim - 2))


@KERNELS.of("batch_norm")
def batch_norm(
    x: Array,
    running_mean: Array,
    running_var: Array,
    weight: Array | None,
    bias: Array | None,
    eps: float,
) -> Array:
    scale = 1 / np.sqrt(running_var + running_var.dtype.type(eps))
    if weight is not None:
        scale = scale * weight
    shift = -running_mean * scale if bias is None else bias - running_mean * scale
    return x * _per_channel(scale.astype(x.dtype), x) + _per_channel(shift.astype(x.dtype), x)


def _standardized(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    number = x.dtype.type
    count = number(math.prod(x.shape[axis] for axis in axes))
    away = x - _ADD(x, axis=axes, keepdims=True) / count
    spread = _ADD(away * away, axis=axes, keepdims=True) / count
    away /= np.sqrt(spread + number(eps))
    return away


@KERNELS.of("layer_norm")
def layer_norm(
    x: Array, weight: Array | None, bias: Array | None, normalized_rank: int, eps: float
) -> Array:
    y = _standardized(x, tuple(range(-normalized_rank, 0)), eps)
    if weight is not None:
        y *= weight
    if bias is not None:
        y += bias
    return y


@KERNELS.of("group_norm")
def group_norm(
    x: Array, weight: Array | None, bias: Array | None, groups: int, eps: float
) -> Array:
    if x.shape[1] % groups:
        raise trap("SHAPE_ERROR", f"expected channels in {groups} groups, found {x.shape[1]}")
    grouped = x.reshape(x.shape[0], groups, math.prod(x.shape[1:]) // groups)
    y = _standardized(grouped, (-1,), eps).reshape(x.shape)
    if weight is not None:
        y = y * _per_channel(weight, x)
    return y if bias is None else y + _per_channel(bias, x)


@KERNELS.of("softmax")
def softmax(x: Array, dim: int) -> Array:
    if not x.size:
        return x
    axis = dim if x.ndim else None
    e = np.asarray(x - _LARGEST(x, axis=axis, keepdims=True))
    np.exp(e, out=e)
    e /= _ADD(e, axis=axis, keepdims=True)
    return e


@KERNELS.of("log_softmax")
def log_softmax(x: Array, dim: int) -> Array:
    if not x.size:
        return x
    axis = dim if x.ndim else None
    c = x - _LARGEST(x, axis=axis, keepdims=True)
    return c - np.log(_ADD(np.exp(c), axis=axis, keepdims=True))
