"""numpy functions of arrays as sets, by their definition in others, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _unique(
    door: NumpyDoor, ar: Any, *, return_inverse: bool = False, return_counts: bool = False
) -> Any:
    values, inverse, counts = door.call_op("unique", [ar], {})
    wanted = [(True, values), (return_inverse, inverse), (return_counts, counts)]
    found = tuple(part for is_wanted, part in wanted if is_wanted)
    return found if len(found) > 1 else values


def _union1d(_: NumpyDoor, ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate([np.reshape(ar1, (-1,)), np.reshape(ar2, (-1,))]))


def _isin(_: NumpyDoor, element: Any, test_elements: Any, *, invert: bool = False) -> Any:
    found = np.any(element[..., None] == np.reshape(test_elements, (-1,)), axis=-1)
    return np.logical_not(found) if invert else found


def _digitize(door: NumpyDoor, x: Any, bins: Any, right: bool = False) -> Any:
    if not isinstance(bins, (np.ndarray, list, tuple)) or np.any(np.diff(bins) < 0):
        raise names.unknown(door, "numpy.digitize of bins that are traced or fall")
    edges = np.asarray(bins)
    wide = np.result_type(edges.dtype, x.dtype)
    inputs = [edges.astype(wide), x if x.dtype == wide else x.astype(wide)]
    return door.call_op("searchsorted", inputs, {"right": not right})


def _searchsorted(door: NumpyDoor, a: Any, v: Any, side: str = "left") -> Any:
    bools = [x.astype(np.int8) if x.dtype == np.bool_ else x for x in map(np.asanyarray, (a, v))]
    return door.run(np.searchsorted, bools, {} if side == "left" else {"side": side})


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.union1d: _union1d,
    np.unique: _unique,
    np.isin: _isin,
    np.digitize: _digitize,
    np.searchsorted: _searchsorted,
}
"""By function."""
