"""numpy's mean, variance and deviation, in the data types that numpy takes them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy.typed import cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _is_whole(dtype: Any) -> bool:
    return dtype is not None and np.dtype(dtype).kind in "biu"


def _shared(total: Any, count: Any, kind: np.dtype[Any]) -> Any:
    """Return sums over counts as numpy puts them into a data type of whole numbers."""
    return cast(np.true_divide(total, np.maximum(cast(count, np.float64), 0.0)), kind)


def _sum(x: Any, axis: Any, kind: np.dtype[Any], keepdims: bool) -> Any:
    """Return sums that stay in their data type: numpy's wrap around, and one of bools is `any`."""
    if kind == np.bool_:
        return np.any(x, axis=axis, keepdims=keepdims)
    return np.sum(x, axis=axis, dtype=kind, keepdims=keepdims)


def _mean(
    door: NumpyDoor, a: Any, axis: Any = None, dtype: Any = None, *, keepdims: Any = False
) -> Any:
    if not _is_whole(dtype):
        more = {} if dtype is None else {"dtype": dtype}
        return door.run(np.mean, (a,), {"axis": axis, "keepdims": keepdims is True, **more})
    kind = np.dtype(dtype)
    x = cast(door.traced(a), kind)
    count = np.sum(np.ones_like(x, dtype=np.int64), axis=axis, keepdims=keepdims is True)
    return _shared(_sum(x, axis, kind, keepdims is True), count, kind)


def _spread(function: Any, *, is_rooted: bool) -> Callable[..., Any]:
    """Numpy's variance and deviation divide by n unless `ddof` says otherwise."""

    def handler(
        door: NumpyDoor,
        a: Any,
        axis: Any = None,
        dtype: Any = None,
        *,
        ddof: Any = 0,
        keepdims: Any = False,
        **rest: Any,
    ) -> Any:
        if not _is_whole(dtype):
            more = {} if dtype is None else {"dtype": dtype}
            given = {"axis": axis, "ddof": ddof, "keepdims": keepdims is True, **more, **rest}
            return door.run(function, (a,), given)
        kind, keepdims = np.dtype(dtype), keepdims is True
        x = door.traced(a)
        count = np.sum(np.ones_like(x, dtype=np.int64), axis=axis, keepdims=True)
        middle = np.true_divide(_sum(cast(x, kind), axis, kind, True), count)
        total = _sum(cast(np.square(x - cast(middle, kind)), kind), axis, kind, keepdims)
        rows = np.sum(np.ones_like(x, dtype=np.int64), axis=axis, keepdims=keepdims)
        found = _shared(total, rows - ddof, kind)
        if not is_rooted:
            return found
        if found.ndim:
            message = f"Cannot cast ufunc 'sqrt' output to {kind}"
            raise TypeError(message)
        return cast(np.sqrt(found), kind)

    return handler


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.mean: _mean,
    np.var: _spread(np.var, is_rooted=False),
    np.std: _spread(np.std, is_rooted=True),
}
"""By function."""
