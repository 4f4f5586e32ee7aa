"""numpy's reductions of the elements that `where=` names, from `initial=` on, and of bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.quantiles import ended, joined
from tracescript.producer.numpy.typed import HALF, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor

_NOT_GIVEN: Final = np._NoValue  # noqa: SLF001  # numpy's own


def is_partial(kwargs: Mapping[str, Any]) -> bool:
    """Tell whether a call of a reduction names the elements, or a value to begin with."""
    where = kwargs.get("where", True)
    has_mask = where is not True and where is not _NOT_GIVEN
    return has_mask or kwargs.get("initial", _NOT_GIVEN) is not _NOT_GIVEN


def _given(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in kwargs.items() if v is not _NOT_GIVEN and v is not None}


def _partial(function: Any, combined: Any, identity: Any) -> Callable[..., Any]:
    def handler(
        door: NumpyDoor,
        a: Any,
        axis: Any = None,
        *,
        where: Any = True,
        initial: Any = _NOT_GIVEN,
        **kwargs: Any,
    ) -> Any:
        has_initial = initial is not _NOT_GIVEN
        if where is not True:
            neutral = initial if identity is None and has_initial else identity
            if neutral is None:
                message = "reduction operation has no identity, so to use a where mask one has"
                raise ValueError(message + " to specify 'initial'")
            a = np.where(where, a, neutral)
        if has_initial and identity is None:
            rows, axes = joined(door.traced(a), axis)
            found = function(ended(rows, initial), axis=-1)
            return np.expand_dims(found, axes) if kwargs.get("keepdims") is True else found
        found = function(door.traced(a), axis=axis, **_given(kwargs))
        return combined(found, initial) if has_initial else found

    return handler


def _mean(
    _: NumpyDoor, a: Any, axis: Any = None, *, where: Any, keepdims: Any = False, dtype: Any = None
) -> Any:
    keepdims = keepdims is True
    whole = a.dtype.kind not in "fc"
    kind = np.dtype(dtype) if dtype is not None else np.dtype(np.float64) if whole else a.dtype
    wide = np.dtype(np.float32) if kind == HALF else kind
    named = np.broadcast_to(where, a.shape)
    total = np.sum(np.where(named, cast(a, wide), 0), axis=axis, keepdims=keepdims)
    count = np.sum(named, axis=axis, keepdims=keepdims)
    return cast(total / cast(count, wide), kind)


def _spread(rooted: Any) -> Callable[..., Any]:
    """`var` of the elements that `where` names, and the deviation, which is its root."""

    def handler(
        _: NumpyDoor,
        a: Any,
        axis: Any = None,
        *,
        where: Any,
        keepdims: Any = False,
        ddof: Any = 0,
        correction: Any = _NOT_GIVEN,
        dtype: Any = None,
    ) -> Any:
        keepdims, less = keepdims is True, ddof if correction is _NOT_GIVEN else correction
        kind = np.dtype(dtype if dtype is not None else a.dtype if a.dtype.kind == "f" else float)
        wide = np.dtype(np.float32) if kind == HALF else kind
        named = np.broadcast_to(where, a.shape)
        x = np.where(named, cast(a, wide), 0)
        count = cast(np.sum(named, axis=axis, keepdims=True), wide)
        off = np.where(named, x - np.sum(x, axis=axis, keepdims=True) / count, 0)
        total = np.sum(np.square(off), axis=axis, keepdims=keepdims)
        rows = cast(np.sum(named, axis=axis, keepdims=keepdims), wide)
        return cast(rooted(total / np.maximum(rows - less, 0)), kind)

    return handler


PARTIAL: Final[Mapping[Any, Callable[..., Any]]] = {
    np.sum: _partial(np.sum, np.add, 0),
    np.prod: _partial(np.prod, np.multiply, 1),
    np.max: _partial(np.max, np.maximum, None),
    np.amax: _partial(np.max, np.maximum, None),
    np.min: _partial(np.min, np.minimum, None),
    np.amin: _partial(np.min, np.minimum, None),
    np.any: _partial(np.any, np.logical_or, False),  # the identity
    np.all: _partial(np.all, np.logical_and, True),  # the identity
    np.mean: _mean,
    np.var: _spread(np.positive),
    np.std: _spread(np.sqrt),
}
"""By reduction, for calls that `is_partial`."""


def _bits(door: NumpyDoor, x: Any, axis: Any, keepdims: bool) -> tuple[Any, Any, dict[str, Any]]:
    """Return an axis of bits, lowest first, behind the others, and their places."""
    if isinstance(axis, tuple) or x.dtype.kind not in "bi":
        raise names.unknown(door, "a reduction of bits over several axes, or of unsigned numbers")
    places = np.arange(8 * x.dtype.itemsize, dtype=x.dtype)
    found = np.bitwise_and(np.right_shift(x[..., None], places), x.dtype.type(1))
    axis = axis % x.ndim if axis is not None else tuple(range(x.ndim))
    return found, places, {"axis": axis, "keepdims": keepdims}


def _of_bits(function: Any, of_bools: Any) -> Callable[..., Any]:
    def handler(door: NumpyDoor, x: Any, *, axis: Any = 0, keepdims: bool = False) -> Any:
        if x.dtype == np.bool_:
            return of_bools(x, axis=axis, keepdims=keepdims)
        bits, places, over = _bits(door, x, axis, keepdims)
        kept = cast(function(bits, **over), x.dtype)
        return cast(np.sum(np.left_shift(kept, places), axis=-1), x.dtype)

    return handler


def _odd(x: Any, axis: Any = 0, keepdims: bool = False) -> Any:
    return np.sum(x.astype(np.bool_), axis=axis, keepdims=keepdims) % 2 == 1


def _is_odd(_: NumpyDoor, x: Any, *, axis: Any = 0, keepdims: bool = False) -> Any:
    return _odd(x, axis, keepdims)


def _differences(_: NumpyDoor, x: Any, *, axis: int = 0, keepdims: bool = False) -> Any:
    lead = (slice(None),) * (axis % x.ndim)
    keys = (*lead, slice(0, 1)), (*lead, slice(1, None))
    first, rest = x[keys[0]], np.sum(x[keys[1]], axis=axis, keepdims=keepdims)
    return (first if keepdims else np.squeeze(first, axis)) - rest


def _bitwise_count(_: NumpyDoor, x: Any) -> Any:
    places = np.arange(8 * x.dtype.itemsize, dtype=x.dtype)
    bits = np.bitwise_and(np.right_shift(np.abs(x)[..., None], places), x.dtype.type(1))
    return np.sum(bits, axis=-1).astype(np.uint8)


REDUCTIONS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    np.bitwise_or: _of_bits(np.max, np.any),
    np.bitwise_and: _of_bits(np.min, np.all),
    np.bitwise_xor: _of_bits(lambda bits, **over: np.sum(bits, **over) % 2, _odd),
    np.logical_xor: _is_odd,
    np.subtract: _differences,
}
"""`reduce` by ufunc."""
UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {np.bitwise_count: _bitwise_count}
"""By ufunc."""
