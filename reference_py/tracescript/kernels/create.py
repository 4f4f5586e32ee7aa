"""Kernels that make tensors from numbers, and casts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

KERNELS: Final = Table()

DType = np.dtype[Any]
Number = float


def _saturate(x: Array, dtype: DType) -> Array:
    """Truncate towards zero, stop at the ends of the range, NaN gives 0. Spec: NUM-20."""
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    wide = np.trunc(x.astype(np.float64))
    above, below = wide >= float(high), wide <= float(low)
    inside = np.where(above | below | np.isnan(wide), 0.0, wide).astype(dtype)
    return np.where(above, dtype.type(high), np.where(below, dtype.type(low), inside))


def _round_to_odd(x: Array) -> Array:
    """Narrow to float32 so that a second rounding cannot move the result. Spec: NUM-21."""
    wide = np.asarray(x, dtype=np.float64)
    near = wide.astype(np.float32)
    away = np.abs(near.astype(np.float64)) > np.abs(wide)
    down = np.where(away & np.isfinite(wide), np.nextafter(near, np.float32(0)), near)
    inexact = np.isfinite(wide) & (down.astype(np.float64) != wide)
    return (down.view(np.int32) | inexact).view(np.float32)


_WITH_INFINITY: Final = {"bfloat16", "float8_e5m2"}
_WITH_NAN: Final = {"float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"}


def _narrow_float(x: Array, dtype: DType) -> Array:
    """Round once; stop at the largest number where the type has no infinity. Spec: NUM-21."""
    import ml_dtypes

    exact = np.can_cast(x.dtype, np.float32)
    near = x.astype(np.float32) if exact else _round_to_odd(x)
    if dtype.name not in _WITH_INFINITY:
        top = np.float32(ml_dtypes.finfo(dtype).max)
        near = np.clip(near, -top, top)
        if dtype.name not in _WITH_NAN:
            near = np.where(np.isnan(near), np.float32(0), near)
    return near.astype(dtype)


def _narrow_int(x: Array, dtype: DType) -> Array:
    """Make integers of 2 or 4 bits: floats stop at the ends, integers wrap. Spec: NUM-20."""
    import ml_dtypes

    if x.dtype.kind in "biu":
        return x.astype(np.int64).astype(dtype)
    limits = ml_dtypes.iinfo(dtype)
    return np.clip(_saturate(x, np.dtype(np.int8)), limits.min, limits.max).astype(dtype)


def _widened(x: Array) -> Array:
    """Turn elements that NumPy has no type for into one that holds them exactly."""
    if "float" in x.dtype.name:
        return x.astype(np.float32)
    return x.astype(np.uint8 if x.dtype.name.startswith("u") else np.int8)


@KERNELS.of("cast")
def cast(x: Array, dtype: DType) -> Array:
    if x.dtype == dtype:
        return x
    if x.dtype.isbuiltin != 1:
        return cast(_widened(x), dtype)
    if dtype.kind == "b":
        return x != x.dtype.type(0)
    if dtype.isbuiltin != 1:
        return _narrow_float(x, dtype) if "float" in dtype.name else _narrow_int(x, dtype)
    if dtype.kind in "iu" and x.dtype.kind not in "biu":
        return _saturate(x, dtype)
    return x.astype(dtype)


@KERNELS.of("cast_like")
def cast_like(x: Array, other: Array) -> Array:
    return cast(x, other.dtype)


@KERNELS.of("scalar_like")
def scalar_like(x: Array, value: Number) -> Array:
    return cast(np.asarray(value), x.dtype)


def _full(shape: Any, value: Number, dtype: DType) -> Array:
    if shape and min(shape) < 0:
        raise trap("SHAPE_ERROR", f"expected sizes of at least 0, found {list(shape)}")
    return np.full(shape, cast(np.asarray(value), dtype), dtype)


@KERNELS.of("full")
def full(shape: list[int], value: Number, dtype: DType) -> Array:
    return _full(shape, value, dtype)


@KERNELS.of("zeros")
def zeros(shape: list[int], dtype: DType) -> Array:
    return _full(shape, 0, dtype)


@KERNELS.of("ones")
def ones(shape: list[int], dtype: DType) -> Array:
    return _full(shape, 1, dtype)


@KERNELS.of("full_like")
def full_like(x: Array, value: Number) -> Array:
    return _full(x.shape, value, x.dtype)


@KERNELS.of("zeros_like")
def zeros_like(x: Array) -> Array:
    return np.zeros(x.shape, x.dtype)


@KERNELS.of("ones_like")
def ones_like(x: Array) -> Array:
    return np.ones(x.shape, x.dtype)


@KERNELS.of("arange")
def arange(start: Number, end: Number, step: Number, dtype: DType) -> Array:
    if not (step and math.isfinite((end - start) / step) and (end - start) / step >= 0):
        raise trap("VALUE_ERROR", f"expected a step from {start} towards {end}, found {step}")
    if isinstance(start, int) and isinstance(end, int) and isinstance(step, int):
        return cast(np.arange(start, end, step, dtype=np.int64), dtype)
    count = math.ceil((end - start) / step)
    return cast(start + np.arange(count, dtype=np.float64) * step, dtype)


@KERNELS.of("linspace")
def linspace(start: float, end: float, steps: int, dtype: DType) -> Array:
    if steps < 0:
        raise trap("SHAPE_ERROR", f"expected at least 0 steps, found {steps}")
    i = np.arange(steps, dtype=np.float64)
    step = (end - start) / max(steps - 1, 1)
    return cast(np.where(i * 2 < steps, start + i * step, end - (steps - 1 - i) * step), dtype)


@KERNELS.of("eye")
def eye(n: int, m: int, dtype: DType) -> Array:
    if min(n, m) < 0:
        raise trap("SHAPE_ERROR", f"expected sizes of at least 0, found {[n, m]}")
    return cast(np.eye(n, m, dtype=bool), dtype)


@KERNELS.of("one_hot")
def one_hot(x: Array, num_classes: int) -> Array:
    if x.size and (x.min() < 0 or x.max() >= num_classes):
        raise trap("INDEX_ERROR", f"expected classes 0 to {num_classes - 1}, found another")
    return (x[..., np.newaxis] == np.arange(num_classes)).astype(np.int64)
