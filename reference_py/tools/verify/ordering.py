"""Oracles of selecting ops: order, ties, repeated places. Spec: NUM-30 to NUM-32, NUM-43."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tools.verify.plan import Stop
from tools.verify.rules import in_range


def _keys(x: Any, *, descending: bool = False) -> Any:
    """Return whole numbers in the order of NUM-31: NaN above all, -0 equal to 0."""
    value = x.numpy()
    flat = sorted({v for v in value.ravel().tolist() if v == v})  # noqa: PLR0124 - NaN
    rank = {v: i for i, v in enumerate(flat)}
    keys = [rank.get(v, len(flat)) if v == v else len(flat) for v in value.ravel().tolist()]  # noqa: PLR0124
    found = np.array(keys, np.int64).reshape(value.shape)
    return -found if descending else found


def sort(x: Any, dim: int, descending: bool) -> tuple[Any, Any]:
    """Sort, equals in their order in both directions."""
    if not x.dim():
        return x, np.zeros((), np.int64)
    order = np.argsort(_keys(x, descending=descending), axis=dim, kind="stable")
    return np.take_along_axis(x.numpy(), order, dim), order


def topk(x: Any, k: int, dim: int, largest: bool) -> tuple[Any, Any]:
    """Return the first k of the sorted axis."""
    if not 0 <= k <= x.shape[dim]:
        raise Stop("SHAPE_ERROR")
    return tuple(np.take(v, range(k), dim) for v in sort(x, dim, largest))  # type: ignore[return-value]


def kthvalue(x: Any, k: int, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """Return element k - 1 of the sorted axis, and the lowest place that holds it."""
    if not 1 <= k <= x.shape[dim]:
        raise Stop("SHAPE_ERROR")
    values, order = (np.take(v, [k - 1], dim) for v in sort(x, dim, descending=False))
    keys = _keys(x)
    found = np.take_along_axis(keys, order, dim)
    first = np.argmax(keys == found, axis=dim, keepdims=True)
    return (values, first) if keepdim else (values.squeeze(dim), first.squeeze(dim))


def median(x: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """Return the lower middle, or NaN if there is one."""
    n = x.shape[dim]
    if n == 0:
        raise Stop("SHAPE_ERROR")
    values, first = kthvalue(x, (n + 1) // 2, dim, keepdim=True)
    if x.is_floating_point():
        bad = np.isnan(x.numpy())
        any_bad = bad.any(dim, keepdims=True)
        values = np.where(any_bad, np.nan, values)
        first = np.where(any_bad, np.argmax(bad, axis=dim, keepdims=True), first)
    return (values, first) if keepdim else (values.squeeze(dim), first.squeeze(dim))


def extreme(op: str, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Return the extreme and its lowest place; the first NaN wins."""
    if dim is None:
        flat = extreme(op, x.reshape(-1), 0)
        return flat.reshape((1,) * x.dim()) if keepdim else flat
    if not x.dim():
        x = x.reshape(1)
        keepdim = False
    if x.shape[dim] == 0:
        raise Stop("SHAPE_ERROR")
    keys = _keys(x)
    if "min" in op:
        top = keys.max(initial=0)
        nan = x.isnan().numpy() if x.is_floating_point() else np.zeros(keys.shape, bool)
        keys = np.where(nan, top + 1, -keys)
    place = np.argmax(keys, axis=dim, keepdims=True)
    value = np.take_along_axis(x.numpy(), place, dim)
    if not keepdim:
        value, place = value.squeeze(dim), place.squeeze(dim)
    return place if op.startswith("arg") else (value, place)


def running(op: str, x: Any, dim: int) -> tuple[Any, Any]:
    """Return the extreme so far and the latest place that holds it."""
    value = np.moveaxis(x.numpy(), dim, -1)
    values, places = value.copy(), np.zeros(value.shape, np.int64)
    for row in np.ndindex(value.shape[:-1]):
        best = 0
        for i, v in enumerate(value[row].tolist()):
            old = value[row][best]
            better = v >= old if op == "cummax" else v <= old
            best = i if v != v or (better and old == old) else best  # noqa: PLR0124 - NaN
            values[row][i], places[row][i] = value[row][best], best
    return np.moveaxis(values, -1, dim), np.moveaxis(places, -1, dim)


def unique(x: Any) -> tuple[Any, Any, Any]:
    """Return ascending values, no NaN merged, with places and counts."""
    flat = x.numpy().ravel()
    order = np.argsort(_keys(x).ravel(), kind="stable")
    ordered = flat[order]
    new = np.ones(len(flat), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    number = np.cumsum(new) - 1
    inverse = np.empty(len(flat), np.int64)
    inverse[order] = number
    counts = np.bincount(number, minlength=int(new.sum())) if len(flat) else np.zeros(0, np.int64)
    return ordered[new], inverse.reshape(x.shape), counts


def search(ramp: Any, values: Any, right: bool) -> Any:
    """Count the elements below, or not above, in the order of NUM-31."""
    if ramp.dim() > 1 and ramp.shape[:-1] != values.shape[:-1]:
        raise Stop("SHAPE_ERROR")
    both = torch.cat([ramp.reshape(-1), values.reshape(-1)])
    keys = _keys(both)
    a = keys[: ramp.numel()].reshape(ramp.shape)
    b = keys[ramp.numel() :].reshape(values.shape)
    a = a.reshape((1,) * values.dim() + a.shape) if ramp.dim() == 1 else a[..., None, :]
    below = a <= b[..., None] if right else a < b[..., None]
    return below.sum(-1)


def gather(x: Any, index: Any, dim: int) -> Any:
    """Gather without negative indices."""
    if x.dim():
        over = [
            i > n
            for d, (i, n) in enumerate(zip(index.shape, x.shape, strict=True))
            if d != dim % x.dim()
        ]
        if any(over):
            raise Stop("SHAPE_ERROR")
    return in_range(index, x.shape[dim] if x.dim() else 1) or torch.gather(x, dim, index)


def check_indices(x: Any, indices: list[Any]) -> None:
    """Trap as `index` does."""
    axis, shapes = 0, []
    for index in indices:
        if index is not None and index.dtype == torch.bool:
            if index.shape != x.shape[axis : axis + index.dim()]:
                raise Stop("INDEX_ERROR")
            shapes.append((int(index.sum()),))
        elif index is not None:
            in_range(index, x.shape[axis], negative=True)
            shapes.append(tuple(index.shape))
        axis += index.dim() if index is not None and index.dtype == torch.bool else 1
    _broadcast(*shapes)


def _broadcast(*shapes: Any) -> Any:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError as error:
        raise Stop("SHAPE_ERROR") from error


def index_put(x: Any, indices: list[Any], values: Any, accumulate: bool) -> Any:
    """Write in row-major order, the last one stays; or add all."""
    check_indices(x, indices)
    flat = torch.arange(x.numel()).reshape(x.shape)
    target = flat[tuple(slice(None) if i is None else i for i in indices)]
    if _broadcast(target.shape, values.shape) != tuple(target.shape):
        raise Stop("SHAPE_ERROR")
    given = torch.broadcast_to(values, target.shape).reshape(-1).numpy()
    return _written(x, target.reshape(-1).tolist(), given, "sum" if accumulate else "replace")


def _written(x: Any, target: list[int], given: Any, how: str) -> Any:
    result = x.numpy().copy()
    flat = result.reshape(-1)
    with np.errstate(all="ignore"):
        for place, value in zip(target, given, strict=True):
            flat[place] = _joined(how, flat[place], value)
    return result


def _joined(how: str, old: Any, new: Any) -> Any:
    if how in {"sum", "mean"}:
        return old | new if isinstance(new, np.bool_) else old + new
    if how == "prod":
        return old * new
    if how in {"amax", "amin"}:
        return (np.maximum if how == "amax" else np.minimum)(old, new)
    return new


def put_bound(u: float, y: Any, x: Any, indices: list[Any], values: Any, accumulate: bool) -> Any:
    """Bound sums by the sums of absolute values, over all terms."""
    del y
    size = index_put(abs(x), indices, abs(values), accumulate) if accumulate else 0
    return (2 * np.sqrt(values.numel() + x.numel()) + 2) * u * np.asarray(size)


def index_write(adds: bool, x: Any, index: Any, src: Any, dim: int) -> Any:
    """Add or copy rows, in the order of the index."""
    shape = list(x.shape)
    shape[dim] = index.numel()
    if list(src.shape) != shape:
        raise Stop("SHAPE_ERROR")
    in_range(index, x.shape[dim])
    target = torch.arange(x.numel()).reshape(x.shape).index_select(dim, index).reshape(-1).tolist()
    return _written(x, target, src.reshape(-1).numpy(), "sum" if adds else "replace")


def write_bound(u: float, y: Any, x: Any, index: Any, src: Any, dim: int) -> Any:
    """Bound `index_add`."""
    del y
    size = index_write(True, abs(x), index, abs(src), dim)
    return (2 * np.sqrt(index.numel() + 1) + 2) * u * size


def scatter(x: Any, index: Any, src: Any, dim: int, reduce: str, include_self: bool = True) -> Any:
    """Combine element by element, in row-major order of the index."""
    axis = dim % x.dim() if x.dim() else 0
    for d, (i, s, n) in enumerate(zip(index.shape, src.shape, x.shape, strict=True)):
        if i > s or (i > n and d != axis):
            raise Stop("SHAPE_ERROR")
    in_range(index, x.shape[dim] if x.dim() else 1)
    result = x.numpy().copy()
    count = np.ones(result.shape, np.int64) * include_self
    with np.errstate(all="ignore"):
        for place in np.ndindex(tuple(index.shape)):
            where = (*place[:axis], int(index[place]), *place[axis + 1 :])
            first = count[where] == 0
            new = src.numpy()[place]
            result[where] = new if first else _joined(reduce, result[where], new)
            count[where] += 1
        if reduce == "mean":
            count = np.maximum(count, 1)
            result = result // count if result.dtype.kind in "iu" else result / count
    return result


def scatter_bound(
    u: float, y: Any, x: Any, index: Any, src: Any, dim: int, reduce: str, include_self: bool = True
) -> Any:
    """Bound sums and products by those of absolute values."""
    del y
    if reduce in {"replace", "amax", "amin"}:
        return 0.0
    size = scatter(abs(x), index, abs(src), dim, reduce, include_self)
    return (2 * np.sqrt(index.numel() + 1) + 3) * u * size


def slice_scatter(
    x: Any, src: Any, a: Any = None, b: Any = None, c: Any = None, dim: int = 0
) -> Any:
    """Write into a range."""
    if c is not None and c < 1:
        raise Stop("VALUE_ERROR")
    index: list[Any] = [slice(None)] * x.dim()
    index[dim] = slice(a, b, c)
    result = x.clone()
    if result[tuple(index)].shape != src.shape:
        raise Stop("SHAPE_ERROR")
    result[tuple(index)] = src
    return result


def repeat_interleave(x: Any, repeats: Any, dim: int) -> Any:
    """Repeat each place of an axis."""
    if bool((repeats < 0).any()):
        raise Stop("VALUE_ERROR")
    if repeats.dim() and repeats.numel() not in {1, x.shape[dim]}:
        raise Stop("SHAPE_ERROR")
    return torch.from_numpy(np.repeat(x.numpy(), repeats.numpy(), dim))
