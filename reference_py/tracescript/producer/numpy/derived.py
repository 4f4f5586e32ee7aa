"""numpy functions by their definition in other functions of numpy, which are recorded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


# ---- element by element


def _is_float(x: Any) -> bool:
    return np.dtype(x.dtype).kind in "fc"


def _scaled(factor: float) -> Callable[..., Any]:
    return lambda _, x: np.multiply(x, factor)


def _cbrt(_: NumpyDoor, x: Any) -> Any:
    return np.copysign(np.power(np.abs(x), 1 / 3), x)


def _signbit(_: NumpyDoor, x: Any) -> Any:
    return np.copysign(1.0, x) < 0 if _is_float(x) else np.less(x, 0)


def _heaviside(_: NumpyDoor, x: Any, h: Any) -> Any:
    step = np.where(np.equal(x, 0), h, np.where(np.greater(x, 0), np.ones_like(x), 0))
    return np.where(np.isnan(x), x, step) if _is_float(x) else step


def _float_power(_: NumpyDoor, x: Any, y: Any) -> Any:
    first, second = (v.astype(np.float64) if hasattr(v, "astype") else float(v) for v in (x, y))
    return np.power(first, second)


def _logaddexp2(_: NumpyDoor, x: Any, y: Any) -> Any:
    high, low = np.maximum(x, y), np.minimum(x, y)
    sums = high + np.log2(1 + np.exp2(low - high))
    return np.where(np.equal(x, y), high + 1, sums)


def _modf(_: NumpyDoor, x: Any) -> tuple[Any, Any]:
    whole = np.trunc(x)
    part = np.where(np.isinf(x), np.zeros_like(x), x - whole)
    return np.copysign(part, x), whole


def _infinite(is_wanted: Any) -> Callable[..., Any]:
    return lambda _, x: np.logical_and(np.isinf(x), is_wanted(x, 0))


def _real(door: NumpyDoor, x: Any) -> Any:
    return door.run(np.real, (x,), {}) if x.dtype.kind == "c" else x


def _imag(door: NumpyDoor, x: Any) -> Any:
    return door.run(np.imag, (x,), {}) if x.dtype.kind == "c" else np.zeros_like(x)


def _is_complex(_: NumpyDoor, x: Any) -> Any:
    return np.not_equal(x.imag, 0)


def _is_real(_: NumpyDoor, x: Any) -> Any:
    return np.equal(x.imag, 0)


def _has_complex(_: NumpyDoor, x: Any) -> bool:
    return np.dtype(x.dtype).kind == "c"


def _has_real(_: NumpyDoor, x: Any) -> bool:
    return np.dtype(x.dtype).kind != "c"


def _ediff1d(_: NumpyDoor, ary: Any) -> Any:
    return np.diff(np.reshape(ary, (-1,)))


def _conjugate(door: NumpyDoor, x: Any) -> Any:
    return door.run(np.conjugate, (x,), {}) if x.dtype.kind == "c" else np.copy(x)


def _angle(door: NumpyDoor, z: Any, deg: bool = False) -> Any:
    found = door.run(np.angle, (z,), {}) if z.dtype.kind == "c" else np.arctan2(np.zeros_like(z), z)
    return found * (180 / math.pi) if deg else found


# ---- shapes


_WIDENED: Final[Mapping[tuple[int, int], Any]] = {
    (1, 0): (None,),
    (2, 0): (None, None),
    (2, 1): (None, ...),
    (3, 0): (None, None, None),
    (3, 1): (None, ..., None),
    (3, 2): (..., None),
}
"""Subscripts that give at least so many axes, by the rank that there is."""


def _at_least(rank: int) -> Callable[..., Any]:
    def handler(_: NumpyDoor, *arrays: Any) -> Any:
        made = tuple(x if x.ndim >= rank else x[_WIDENED[rank, x.ndim]] for x in arrays)
        return made[0] if len(made) == 1 else made

    return handler


def _column_stack(_: NumpyDoor, tup: Sequence[Any]) -> Any:
    return np.concatenate([x if x.ndim > 1 else x[:, None] for x in tup], 1)


def _dstack(_: NumpyDoor, tup: Sequence[Any]) -> Any:
    return np.concatenate([np.atleast_3d(x) for x in tup], 2)


def _parted(axis: int) -> Callable[..., Any]:
    def handler(_: NumpyDoor, ary: Any, indices_or_sections: Any) -> Any:
        along = 0 if axis == 1 and ary.ndim == 1 else axis
        return np.split(ary, indices_or_sections, along)

    return handler


def _rollaxis(_: NumpyDoor, a: Any, axis: int, start: int = 0) -> Any:
    axis, start = axis % a.ndim, start + a.ndim if start < 0 else start
    return np.moveaxis(a, axis, start - 1 if axis < start else start)


def _diagflat(_: NumpyDoor, v: Any, k: int = 0) -> Any:
    return np.diag(np.reshape(v, (-1,)), k)


def _take_along_axis(door: NumpyDoor, arr: Any, indices: Any, axis: int | None = -1) -> Any:
    if axis is None:
        arr, axis = np.reshape(arr, (-1,)), 0
    low = indices < 0
    index = np.where(low, indices + arr.shape[axis], indices)
    return door.call_op("take_along_dim", [arr, index.astype(np.int64)], {"dim": axis % arr.ndim})


def _compress(_: NumpyDoor, condition: Any, a: Any, axis: int | None = None) -> Any:
    a, axis = (np.reshape(a, (-1,)), 0) if axis is None else (a, axis)
    return np.take(a, np.flatnonzero(condition), axis)


def _extract(_: NumpyDoor, condition: Any, arr: Any) -> Any:
    return np.take(np.reshape(arr, (-1,)), np.flatnonzero(condition))


def _digitize(door: NumpyDoor, x: Any, bins: Any, right: bool = False) -> Any:
    if not isinstance(bins, (np.ndarray, list, tuple)) or np.any(np.diff(bins) < 0):
        raise names.unknown(door, "numpy.digitize of bins that are traced or fall")
    edges = np.asarray(bins)
    wide = np.result_type(edges.dtype, x.dtype)
    inputs = [edges.astype(wide), x if x.dtype == wide else x.astype(wide)]
    return door.call_op("searchsorted", inputs, {"right": not right})


# ---- reductions


def _without_nan(function: Any, instead: float) -> Callable[..., Any]:
    def handler(_: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
        filled = np.where(np.isnan(a), np.asarray(instead, a.dtype), a) if _is_float(a) else a
        return function(filled, axis=axis, **_given(kwargs))

    return handler


def _extreme(function: Any, instead: float) -> Callable[..., Any]:
    """An extreme of what is no NaN; NaN where all are."""
    whole = _without_nan(function, instead)

    def handler(door: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
        found = whole(door, a, axis, **kwargs)
        if not _is_float(a):
            return found
        every = np.all(np.isnan(a), axis=axis, **_given(kwargs))
        return np.where(every, np.asarray(math.nan, a.dtype), found)

    return handler


def _given(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in kwargs.items() if v is not np._NoValue}  # noqa: SLF001  # numpy's own "not given"


def _nanmean(_: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
    if not _is_float(a):
        return np.mean(a, axis=axis, **_given(kwargs))
    count = np.sum(np.logical_not(np.isnan(a)), axis=axis, **_given(kwargs))
    return np.nansum(a, axis=axis, **_given(kwargs)) / count.astype(a.dtype)


def _nanvar(_: NumpyDoor, a: Any, axis: Any = None, *, ddof: int = 0, keepdims: Any = False) -> Any:
    keepdims = keepdims is True
    middle = np.nanmean(a, axis=axis, keepdims=True)
    count = np.sum(np.logical_not(np.isnan(a)), axis=axis, keepdims=keepdims).astype(a.dtype)
    sums = np.nansum(np.square(a - middle), axis=axis, keepdims=keepdims)
    enough = count > ddof
    spread = sums / np.where(enough, count - ddof, np.ones_like(count))
    return np.where(enough, spread, np.asarray(math.nan, a.dtype))


def _nanstd(_: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
    return np.sqrt(np.nanvar(a, axis=axis, **_given(kwargs)))


def _unique(
    door: NumpyDoor, ar: Any, *, return_inverse: bool = False, return_counts: bool = False
) -> Any:
    values, inverse, counts = door.call_op("unique", [ar], {})
    wanted = [(True, values), (return_inverse, inverse), (return_counts, counts)]
    found = tuple(part for is_wanted, part in wanted if is_wanted)
    return found if len(found) > 1 else values


def _diff(_: NumpyDoor, a: Any, n: int = 1, axis: int = -1) -> Any:
    before = (slice(None),) * (axis % a.ndim)
    later, earlier = (*before, slice(1, None)), (*before, slice(None, -1))
    step = np.logical_xor if a.dtype == np.bool_ else np.subtract
    for _i in range(n):
        a = step(a[later], a[earlier])
    return a


def _union1d(_: NumpyDoor, ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate([np.reshape(ar1, (-1,)), np.reshape(ar2, (-1,))]))


UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    np.cbrt: _cbrt,
    np.deg2rad: _scaled(math.pi / 180),
    np.radians: _scaled(math.pi / 180),
    np.rad2deg: _scaled(180 / math.pi),
    np.degrees: _scaled(180 / math.pi),
    np.signbit: _signbit,
    np.heaviside: _heaviside,
    np.float_power: _float_power,
    np.logaddexp2: _logaddexp2,
    np.modf: _modf,
    np.conjugate: _conjugate,
}
"""By ufunc."""
HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.isposinf: _infinite(np.greater),
    np.isneginf: _infinite(np.less),
    np.real: _real,
    np.imag: _imag,
    np.angle: _angle,
    np.iscomplex: _is_complex,
    np.isreal: _is_real,
    np.iscomplexobj: _has_complex,
    np.isrealobj: _has_real,
    np.ediff1d: _ediff1d,
    np.atleast_1d: _at_least(1),
    np.atleast_2d: _at_least(2),
    np.atleast_3d: _at_least(3),
    np.column_stack: _column_stack,
    np.dstack: _dstack,
    np.vsplit: _parted(0),
    np.hsplit: _parted(1),
    np.dsplit: _parted(2),
    np.rollaxis: _rollaxis,
    np.diagflat: _diagflat,
    np.take_along_axis: _take_along_axis,
    np.compress: _compress,
    np.extract: _extract,
    np.digitize: _digitize,
    np.nanmax: _extreme(np.max, -math.inf),
    np.nanmin: _extreme(np.min, math.inf),
    np.nanprod: _without_nan(np.prod, 1.0),
    np.nancumsum: _without_nan(np.cumsum, 0.0),
    np.nancumprod: _without_nan(np.cumprod, 1.0),
    np.nanmean: _nanmean,
    np.nanvar: _nanvar,
    np.nanstd: _nanstd,
    np.union1d: _union1d,
    np.unique: _unique,
    np.diff: _diff,
}
"""By function."""
