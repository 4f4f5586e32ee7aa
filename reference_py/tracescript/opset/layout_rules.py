"""Shape rules of ops that move, join, cut or pick axes, and of matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import dims
from tracescript.opset.knowledge import UNKNOWN
from tracescript.opset.relations import differ
from tracescript.opset.shapes import (
    Many,
    MismatchError,
    Shape,
    axis_of,
    broadcast_shapes,
    replaced,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Dim


def permute(x: Shape, order: Sequence[int]) -> Shape:
    """The axes in another order."""
    return tuple(x[axis_of(i, len(x))] for i in order)


def transpose(x: Shape, dim0: int, dim1: int) -> Shape:
    """Two axes exchanged."""
    order = list(x)
    i, j = axis_of(dim0, max(len(x), 1)), axis_of(dim1, max(len(x), 1))
    if order:
        order[i], order[j] = order[j], order[i]
    return tuple(order)


def movedim(x: Shape, source: Any, destination: Any) -> Shape:
    """One axis, or several, moved to other places; the others keep their order."""
    if not x:
        return x
    sources = [source] if isinstance(source, int) else source
    targets = [destination] if isinstance(destination, int) else destination
    moved = {axis_of(t, len(x)): axis_of(s, len(x)) for s, t in zip(sources, targets, strict=True)}
    rest = (i for i in range(len(x)) if i not in moved.values())
    return tuple(x[moved[i] if i in moved else next(rest)] for i in range(len(x)))


def flatten(x: Shape, start_dim: int, end_dim: int) -> Shape:
    """The axes from start_dim to end_dim as one; rank 0 gives one axis of 1."""
    if not x:
        return (1,)
    start, end = axis_of(start_dim, len(x)), axis_of(end_dim, len(x))
    product: Dim = 1
    for extent in x[start : end + 1]:
        product = dims.mul(product, extent)
    return (*x[:start], product, *x[end + 1 :])


def unflatten(x: Shape, sizes: Any, dim: int) -> Any:
    """One axis as several, one of them -1 for what is left over."""
    if sizes is UNKNOWN:
        return None
    axis = axis_of(dim, len(x))
    known: Dim = 1
    for size in sizes:
        known = known if size == -1 else dims.mul(known, size)
    left = dims.floor_div(x[axis], known) if known != 0 else None
    return replaced(x, axis, *(left if s == -1 else s for s in sizes))


def squeeze(x: Shape, dim: Any = None) -> Any:
    """Without the named axes; None drops the axes that are 1, all of which must be known."""
    if dim is None:
        return tuple(d for d in x if d != 1) if all(isinstance(d, int) for d in x) else None
    listed = [dim] if isinstance(dim, int) else dim
    gone = {axis_of(d, max(len(x), 1)) for d in listed}
    return tuple(d for i, d in enumerate(x) if i not in gone)


def unsqueeze(x: Shape, dim: Any) -> Shape:
    """A new axis of 1, or several, counted in the result."""
    listed = [dim] if isinstance(dim, int) else dim
    rank = len(x) + len(listed)
    new = {axis_of(d, rank) for d in listed}
    rest = iter(x)
    return tuple(1 if i in new else next(rest) for i in range(rank))


def concat(tensors: Any, dim: int) -> Any:
    """The sum on one axis, the others as they are."""
    if isinstance(tensors, Many):
        if tensors.shape is None:
            return None
        return replaced(tensors.shape, axis_of(dim, len(tensors.shape)), None)
    if not tensors or UNKNOWN in tensors:
        return None
    first = tensors[0]
    axis = axis_of(dim, len(first))
    total: Dim = 0
    result = list(first)
    for shape in tensors:
        if len(shape) != len(first):
            message = f"ranks {len(first)} and {len(shape)} differ"
            raise MismatchError(message)
        total = dims.add(total, shape[axis])
        result = [
            _agreed(a, b, axis == i) for i, (a, b) in enumerate(zip(result, shape, strict=True))
        ]
    result[axis] = total
    return tuple(result)


def _agreed(a: Dim, b: Dim, is_joined: bool) -> Dim:
    """Return the extent that two tensors share on an axis that is not joined."""
    if not is_joined and differ(a, b):
        message = f"extents {dims.text(a)} and {dims.text(b)} differ"
        raise MismatchError(message)
    return b if a is None or isinstance(b, int) else a


def stack(tensors: Any, dim: int) -> Any:
    """A new axis, as long as the list."""
    if isinstance(tensors, Many):
        shape, count = tensors.shape, None
    elif tensors and UNKNOWN not in tensors:
        shape, count = tensors[0], len(tensors)
        for other in tensors[1:]:
            if len(other) != len(shape):
                message = f"ranks {len(shape)} and {len(other)} differ"
                raise MismatchError(message)
            shape = tuple(_agreed(a, b, False) for a, b in zip(shape, other, strict=True))
    else:
        return None
    if shape is None:
        return None
    axis = axis_of(dim, len(shape) + 1)
    return (*shape[:axis], count, *shape[axis:])


def split(x: Shape, sizes: Any, dim: int) -> Shape:
    """The elements of a list of parts: one axis cut; its extent is known where all parts agree."""
    axis = axis_of(dim, len(x))
    known = list(sizes) if isinstance(sizes, list | tuple) else [None]
    return replaced(x, axis, known[0] if known and all(s == known[0] for s in known) else None)


def select(x: Shape, dim: int) -> Shape:
    """One axis gone."""
    return replaced(x, axis_of(dim, len(x)))


def narrow(x: Shape, start: Any, length: Any, dim: int) -> Shape:  # noqa: ARG001 - a rule's form
    """One axis with the given length."""
    return replaced(x, axis_of(dim, len(x)), None if length is UNKNOWN else length)


def slice_axis(x: Shape, start: Any, end: Any, step: Any, dim: int) -> Shape:
    """One axis as max(0, ceil((end - start) / step)), both bounds clamped as in Python."""
    axis = axis_of(dim, len(x))
    n = x[axis]
    stride = 1 if step is None else step
    first: Any = 0 if start is None else _clamped(start, n)
    last: Any = n if end is None else _clamped(end, n)
    if UNKNOWN in (first, last) or not isinstance(stride, int) or stride < 1:
        return replaced(x, axis, None)
    extent = dims.maximum(dims.ceil_div(dims.sub(last, first), stride), 0)
    return replaced(x, axis, extent)


def _clamped(bound: Any, n: Dim) -> Any:
    """Return a slice bound as Python clamps it to 0 ... n, or UNKNOWN."""
    if bound is UNKNOWN or bound is None or n is None:
        return 0 if bound == 0 else UNKNOWN
    low, high = dims.bounds(bound)
    if high < 0:
        return dims.maximum(dims.add(bound, n), 0)
    return dims.minimum(bound, n) if low >= 0 else UNKNOWN


def index_select(x: Shape, index: Any, dim: int) -> Shape:
    """One axis as long as the index."""
    count = 1 if index == () else index[0] if isinstance(index, tuple) else None
    return replaced(x, axis_of(dim, len(x)), count)


def index(x: Shape, indices: Any) -> Any:
    """Index as numpy does: the common shape stands at the indices' place, in front if apart.

    `indices` has a shape, None for a whole axis, or UNKNOWN for each axis of x from the front.
    """
    if not isinstance(indices, list) or UNKNOWN in indices or len(indices) > len(x):
        return None
    places = [i for i, s in enumerate(indices) if s is not None]
    if not places:
        return x
    common = broadcast_shapes([indices[i] for i in places])
    kept = tuple(d for i, d in enumerate(x) if i not in places)
    together = places[-1] - places[0] + 1 == len(places)
    at = places[0] if together else 0
    return (*kept[:at], *common, *kept[at:])


def matmul(x: Shape, y: Any) -> Any:
    """Matrix product over the last two axes; 1-D operands count as a row and a column."""
    if y is UNKNOWN:
        return None
    if not x or not y:
        message = "a matrix product of rank 0"
        raise MismatchError(message)
    inner = y[-2] if len(y) > 1 else y[0]
    if differ(x[-1], inner):
        message = f"inner extents {dims.text(x[-1])} and {dims.text(inner)} differ"
        raise MismatchError(message)
    return (*broadcast_shapes([x[:-2], y[:-2]]), *x[-2:-1], *(y[-1:] if len(y) > 1 else ()))


def linear(x: Shape, weight: Any) -> Any:
    """The last axis replaced by the weight's first."""
    if weight is UNKNOWN:
        return (*x[:-1], None)
    if not x or differ(x[-1], weight[-1]):
        message = f"the last axis of {[dims.text(d) for d in x]} is not {dims.text(weight[-1])}"
        raise MismatchError(message)
    return (*x[:-1], *weight[:-1])
