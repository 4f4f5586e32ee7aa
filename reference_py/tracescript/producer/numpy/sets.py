"""numpy functions of arrays as sets, by their definition in others, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy.checks import require
from tracescript.producer.numpy.typed import alike

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _union1d(_: NumpyDoor, ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate([np.reshape(ar1, (-1,)), np.reshape(ar2, (-1,))]))


def _isin(
    _: NumpyDoor,
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
) -> Any:
    del assume_unique  # it only says that less is to do
    found = np.any(element[..., None] == np.reshape(test_elements, (-1,)), axis=-1)
    return np.logical_not(found) if invert else found


def _digitize(door: NumpyDoor, x: Any, bins: Any, right: bool = False) -> Any:
    edges = bins if hasattr(bins, "cell") else np.asarray(bins)
    falls = bool(np.any(np.diff(door.real(edges)) < 0))
    steps = edges[1:] - edges[:-1]
    is_sorted = np.all(steps <= 0 if falls else steps >= 0)
    require(door, is_sorted, "bins must be monotonically increasing or decreasing")
    if not falls:
        return np.searchsorted(door.traced(edges), x, side="left" if right else "right")
    found = np.searchsorted(door.traced(np.flip(edges, 0)), x, side="left" if right else "right")
    return edges.shape[0] - found


def _searchsorted(door: NumpyDoor, a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    a = a if sorter is None else door.traced(a)[sorter]
    bools = [x.astype(np.int8) if x.dtype == np.bool_ else x for x in map(np.asanyarray, (a, v))]
    if side == "left":
        return door.run(np.searchsorted, alike(bools), {})
    return door.call_op("searchsorted", alike(bools), {"right": True})


def _setdiff1d(_: NumpyDoor, ar1: Any, ar2: Any) -> Any:
    values = np.unique(ar1)
    return np.compress(np.isin(values, ar2, invert=True), values)


def _intersect1d(_: NumpyDoor, ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    if assume_unique:
        ordered = np.sort(np.concatenate([np.reshape(x, (-1,)) for x in (ar1, ar2)]))
        return ordered[:-1][ordered[1:] == ordered[:-1]]
    values = np.unique(np.concatenate([np.reshape(ar1, (-1,))[:0], np.reshape(ar2, (-1,))]))
    return np.compress(np.isin(values, ar1), values)


def _setxor1d(_: NumpyDoor, ar1: Any, ar2: Any) -> Any:
    values = np.sort(np.concatenate([np.unique(ar1), np.unique(ar2)]))
    differs, end = values[1:] != values[:-1], np.ones_like(values[:1], dtype=np.bool_)
    alone = np.logical_and(np.concatenate([end, differs]), np.concatenate([differs, end]))
    return np.compress(alone, values)


def _unique_counts(_: NumpyDoor, x: Any) -> Any:
    return type(np.unique_counts(np.zeros(1)))(*np.unique(x, return_counts=True, equal_nan=False))


def _unique_inverse(_: NumpyDoor, x: Any) -> Any:
    values, places = np.unique(x, return_inverse=True, equal_nan=False)
    return type(np.unique_inverse(np.zeros(1)))(values, np.reshape(places, x.shape))


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.union1d: _union1d,
    np.setdiff1d: _setdiff1d,
    np.intersect1d: _intersect1d,
    np.setxor1d: _setxor1d,
    np.unique_counts: _unique_counts,
    np.unique_inverse: _unique_inverse,
    np.isin: _isin,
    np.digitize: _digitize,
    np.searchsorted: _searchsorted,
}
"""By function."""
