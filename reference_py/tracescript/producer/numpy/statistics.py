"""numpy functions that sum elements up, by their definition in others, which are recorded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy.typed import cast, inexact, is_float

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _without_nan(function: Any, instead: float) -> Callable[..., Any]:
    def handler(_: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
        filled = np.where(np.isnan(a), np.asarray(instead, a.dtype), a) if is_float(a) else a
        return function(filled, axis=axis, **_given(kwargs))

    return handler


def _extreme(function: Any, instead: float) -> Callable[..., Any]:
    """An extreme of what is no NaN; NaN where all are."""
    whole = _without_nan(function, instead)

    def handler(door: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
        found = whole(door, a, axis, **kwargs)
        if not is_float(a):
            return found
        every = np.all(np.isnan(a), axis=axis, **_given(kwargs))
        return np.where(every, np.asarray(math.nan, a.dtype), found)

    return handler


def _given(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in kwargs.items() if v is not np._NoValue}  # noqa: SLF001  # numpy's own "not given"


def _in(kwargs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the data type that a call asks for, None where it asks for none, and the rest."""
    given = _given(kwargs)
    return given.pop("dtype", None), given


def _nanmean(_: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
    dtype, given = _in(kwargs)
    a = a if dtype is None else cast(a, dtype)
    if not is_float(a):
        return np.mean(a, axis=axis, **given)
    count = np.sum(np.logical_not(np.isnan(a)), axis=axis, **given)
    return np.nansum(a, axis=axis, **given) / count.astype(a.dtype)


def _nanvar(
    _: NumpyDoor,
    a: Any,
    axis: Any = None,
    *,
    dtype: Any = None,
    ddof: int = 0,
    keepdims: Any = False,
) -> Any:
    keepdims = keepdims is True
    a = a if dtype is None else cast(a, dtype)
    if not is_float(a):
        return np.var(a, axis=axis, ddof=ddof, keepdims=keepdims)
    is_nan = np.isnan(a)
    middle = np.nanmean(a, axis=axis, keepdims=True)
    count = np.sum(np.logical_not(is_nan), axis=axis, keepdims=keepdims).astype(a.dtype)
    off = np.where(is_nan, np.zeros_like(a), np.square(a - middle))
    sums = np.sum(off, axis=axis, keepdims=keepdims)
    enough = count > ddof
    spread = sums / np.where(enough, count - ddof, np.ones_like(count))
    return np.where(enough, spread, np.asarray(math.nan, a.dtype))


def _nanstd(_: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
    return np.sqrt(np.nanvar(a, axis=axis, **_given(kwargs)))


def _ptp(_: NumpyDoor, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def _average(
    _: NumpyDoor,
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: Any = False,
) -> Any:
    over = {"axis": axis, "keepdims": keepdims is True}
    if weights is None:
        found = np.mean(a, **over)
        total = np.sum(np.ones_like(a, dtype=found.dtype), **over)
        return (found, total) if returned else found
    a = inexact(a)
    if axis is not None and np.ndim(weights) < a.ndim:
        weights = np.reshape(weights, [-1 if i == axis % a.ndim else 1 for i in range(a.ndim)])
    total = np.sum(weights + np.zeros_like(a), **over)
    found = np.sum(a * weights, **over) / total
    return (found, total) if returned else found


def _nansum(_: NumpyDoor, a: Any, axis: Any = None, **kwargs: Any) -> Any:
    dtype, given = _in(kwargs)
    kept = np.where(np.isnan(a), np.zeros_like(a), a) if is_float(a) else a
    return np.sum(kept if dtype is None else cast(kept, dtype), axis=axis, **given)


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.nanmax: _extreme(np.max, -math.inf),
    np.nanmin: _extreme(np.min, math.inf),
    np.nansum: _nansum,
    np.nanprod: _without_nan(np.prod, 1.0),
    np.nancumsum: _without_nan(np.cumsum, 0.0),
    np.nancumprod: _without_nan(np.cumprod, 1.0),
    np.nanmean: _nanmean,
    np.nanvar: _nanvar,
    np.nanstd: _nanstd,
    np.ptp: _ptp,
    np.average: _average,
}
"""By function."""
