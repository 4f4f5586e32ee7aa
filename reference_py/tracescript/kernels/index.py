"""Kernels that pick, write and order elements by index."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.axes import axis_of
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import Table

EXACT: Final = Table()
ROUNDED: Final = RoundedTable()


def check_range(index: Array, n: int) -> None:
    """Trap an index that is negative, or n or more."""
    if index.size and (int(index.min()) < 0 or int(index.max()) >= n):
        raise trap("INDEX_ERROR", f"expected indices from 0 to {n - 1}, found one outside")


@EXACT.of("index_select")
def index_select(x: Array, index: Array, dim: int) -> Array:
    check_range(index, x.shape[axis_of(x, dim)])
    return np.take(x, index, axis=dim)


@EXACT.of("embedding")
def embedding(index: Array, weight: Array, padding_idx: int | None = None) -> Array:  # noqa: ARG001 - no effect on values
    check_range(index, weight.shape[0])
    return weight[index]


def _check_fit(x: Array, index: Array, dim: int) -> None:
    sizes = zip(x.shape, index.shape, strict=True)
    if any(i != dim % x.ndim and m > n for i, (n, m) in enumerate(sizes)):
        raise trap("SHAPE_ERROR", f"an index of {list(index.shape)} does not fit {list(x.shape)}")


@EXACT.of("gather")
def gather(x: Array, index: Array, dim: int) -> Array:
    if not x.ndim:
        check_range(index, 1)
        return x
    check_range(index, x.shape[axis_of(x, dim)])
    _check_fit(x, index, dim)
    axis = axis_of(x, dim)
    part = x[tuple(slice(None if i == axis else n) for i, n in enumerate(index.shape))]
    return np.take_along_axis(part, index, axis)


def _flat_places(x: Array, index: Array, dim: int) -> Array:
    """Return where in the flattened x each element of an index points."""
    grid = np.ogrid[tuple(slice(n) for n in index.shape)]
    parts = [index if i == dim % x.ndim else axis for i, axis in enumerate(grid)]
    return np.ravel_multi_index(tuple(np.broadcast_arrays(*parts)), x.shape).ravel()


_COMBINE: Final[dict[str, np.ufunc]] = {
    "sum": np.add,
    "prod": np.multiply,
    "amax": np.maximum,
    "amin": np.minimum,
}


@ROUNDED.of("scatter")
def scatter(x: Array, index: Array, src: Array, dim: int, reduce: str) -> Array:
    if not x.ndim:
        return scatter(x.reshape(1), index.reshape(1), src.reshape(1), 0, reduce).reshape(())
    check_range(index, x.shape[axis_of(x, dim)])
    _check_fit(x, index, dim)
    if any(m > n for n, m in zip(src.shape, index.shape, strict=True)):
        raise trap("SHAPE_ERROR", f"{list(src.shape)} has too few elements for {list(index.shape)}")
    result = x.reshape(-1).copy()
    if index.size:
        places = _flat_places(x, index, dim)
        given = src[tuple(slice(n) for n in index.shape)].ravel()
        if reduce == "replace":
            result[places] = given
        else:
            _COMBINE[reduce].at(result, places, given)
    return result.reshape(x.shape)


@EXACT.of("nonzero")
def nonzero(x: Array) -> Array:
    return np.argwhere(x.astype(bool))


def stable_order(x: Array, dim: int, descending: bool) -> Array:
    """Return the stable order along an axis, NaN as the largest. Spec: NUM-31."""
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    turned = np.argsort(np.flip(x, dim), axis=dim, kind="stable")
    return np.flip(x.shape[axis_of(x, dim)] - 1 - turned, dim)


@ROUNDED.of("argsort")
def argsort(x: Array, dim: int, descending: bool) -> Array:
    return stable_order(np.atleast_1d(x), dim, descending).reshape(x.shape)


@ROUNDED.of("sort")
def sort(x: Array, dim: int, descending: bool) -> tuple[Array, Array]:
    lifted = np.atleast_1d(x)
    order = stable_order(lifted, dim, descending)
    return np.take_along_axis(lifted, order, dim).reshape(x.shape), order.reshape(x.shape)


@ROUNDED.of("topk")
def topk(x: Array, k: int, dim: int, largest: bool) -> tuple[Array, Array]:
    if not 0 <= k <= x.shape[axis_of(x, dim)]:
        raise trap("SHAPE_ERROR", f"expected k from 0 to {x.shape[axis_of(x, dim)]}, found {k}")
    order = stable_order(x, dim, largest)
    first = order[(slice(None),) * axis_of(x, dim) + (slice(k),)]
    return np.take_along_axis(x, first, dim), first


@ROUNDED.of("unique")
def unique(x: Array) -> tuple[Array, Array, Array]:
    flat = x.ravel()
    order = stable_order(flat, 0, False)
    ordered = flat[order]
    first = np.concatenate([np.ones(min(flat.size, 1), bool), ordered[1:] != ordered[:-1]])
    inverse = np.empty(flat.size, np.int64)
    inverse[order] = np.cumsum(first) - 1
    counts = np.diff(np.append(np.flatnonzero(first), flat.size))
    return ordered[first], inverse.reshape(x.shape), counts.astype(np.int64)


@EXACT.of("repeat_interleave")
def repeat_interleave(x: Array, repeats: Array, dim: int) -> Array:
    if np.any(repeats < 0):
        raise trap("VALUE_ERROR", "expected repeats of at least 0, found a negative one")
    if repeats.size not in {1, x.shape[axis_of(x, dim)]}:
        raise trap(
            "SHAPE_ERROR", f"expected {x.shape[axis_of(x, dim)]} repeats, found {repeats.size}"
        )
    return np.repeat(x, repeats, axis=dim)


def _subscript(x: Array, indices: list[Any]) -> tuple[Any, ...]:
    """Return the subscript that the index tensors mean, checked."""
    key: list[Any] = []
    axis = 0
    for index in indices:
        if index is None:
            key.append(slice(None))
            axis += 1
            continue
        key.append(index)
        covered = index.ndim if index.dtype == bool else 1
        extents = x.shape[axis : axis + covered]
        if index.dtype == bool and index.shape != extents:
            raise trap(
                "INDEX_ERROR", f"expected a mask of {list(extents)}, found {list(index.shape)}"
            )
        if index.dtype != bool and index.size:
            n = extents[0]
            if int(index.min()) < -n or int(index.max()) >= n:
                raise trap("INDEX_ERROR", f"expected indices from {-n} to {n - 1}, found others")
        axis += covered
    return tuple(key)


@EXACT.of("index")
def index_(x: Array, indices: list[Any]) -> Array:
    key = _subscript(x, indices)
    try:
        return x[key]
    except IndexError as error:
        raise trap("SHAPE_ERROR", f"index: {error}") from None


@ROUNDED.of("index_put")
def index_put(x: Array, indices: list[Any], values: Array, accumulate: bool) -> Array:
    shape = index_(np.broadcast_to(np.False_, x.shape), indices).shape
    try:
        given = np.broadcast_to(values, shape)
    except ValueError:
        text = f"{list(values.shape)} does not broadcast to the places {list(shape)}"
        raise trap("SHAPE_ERROR", text) from None
    key, result = _subscript(x, indices), x.copy()
    if accumulate:
        np.add.at(result, key, given)
    else:
        result[key] = given
    return result


@EXACT.of("masked_select")
def masked_select(x: Array, mask: Array) -> Array:
    both, chosen = np.broadcast_arrays(x, mask)
    return both[chosen]


KERNELS: Final = Table.join(EXACT, ROUNDED)
