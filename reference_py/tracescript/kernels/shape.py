"""Kernels that move elements and change shapes; most give views."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.axes import axis_of
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

KERNELS: Final = Table()


def _reshape(x: Array, shape: Any) -> Array:
    try:
        if min(shape, default=0) < -1:
            raise ValueError
        return x.reshape(shape)
    except ValueError:
        raise trap(
            "SHAPE_ERROR",
            f"expected sizes for {x.size} elements of {list(x.shape)}, found {list(shape)}",
        ) from None


@KERNELS.of("reshape")
def reshape(x: Array, shape: list[int]) -> Array:
    return _reshape(x, shape)


@KERNELS.of("flatten")
def flatten(x: Array, start_dim: int, end_dim: int) -> Array:
    if not x.ndim:
        return x.reshape(1)
    first, last = axis_of(x, start_dim), axis_of(x, end_dim)
    middle = math.prod(x.shape[first : last + 1])
    return x.reshape((*x.shape[:first], middle, *x.shape[last + 1 :]))


@KERNELS.of("unflatten")
def unflatten(x: Array, sizes: list[int], dim: int) -> Array:
    axis = axis_of(x, dim)
    known = math.prod(n for n in sizes if n != -1)
    filled = [x.shape[axis] // known if n == -1 and known else n for n in sizes]
    return _reshape(x, (*x.shape[:axis], *filled, *x.shape[axis + 1 :]))


@KERNELS.of("permute")
def permute(x: Array, dims: tuple[int, ...]) -> Array:
    return x.transpose(dims)


@KERNELS.of("transpose")
def transpose(x: Array, dim0: int, dim1: int) -> Array:
    return x.swapaxes(dim0, dim1) if x.ndim else x


@KERNELS.of("movedim")
def movedim(x: Array, source: int, destination: int) -> Array:
    return np.moveaxis(x, source, destination) if x.ndim else x


@KERNELS.of("squeeze")
def squeeze(x: Array, dim: tuple[int, ...]) -> Array:
    return x.squeeze(dim)


@KERNELS.of("unsqueeze")
def unsqueeze(x: Array, dim: int) -> Array:
    return np.expand_dims(x, dim)


@KERNELS.of("expand")
def expand(x: Array, shape: list[int]) -> Array:
    new = len(shape) - x.ndim
    if new < 0 or -1 in shape[:new]:
        raise trap("SHAPE_ERROR", f"{list(x.shape)} does not expand to {list(shape)}")
    sizes = [x.shape[i - new] if n == -1 else n for i, n in enumerate(shape)]
    try:
        return np.broadcast_to(x, sizes)
    except ValueError:
        raise trap("SHAPE_ERROR", f"{list(x.shape)} does not expand to {list(shape)}") from None


@KERNELS.of("repeat")
def repeat(x: Array, repeats: list[int]) -> Array:
    if len(repeats) < x.ndim or min(repeats, default=0) < 0:
        raise trap("SHAPE_ERROR", f"{list(repeats)} are no repeats of {list(x.shape)}")
    return np.tile(x, repeats)


@KERNELS.of("cat")
def cat(tensors: list[Array], dim: int) -> Array:
    try:
        return np.concatenate(tensors, axis=dim)
    except ValueError as error:
        raise trap("SHAPE_ERROR", f"cat: {error}") from None


@KERNELS.of("stack")
def stack(tensors: list[Array], dim: int) -> Array:
    try:
        return np.stack(tensors, axis=dim)
    except ValueError as error:
        raise trap("SHAPE_ERROR", f"stack: {error}") from None


def _cut(x: Array, sizes: list[int], dim: int) -> list[Array]:
    """Return views of these sizes along an axis; `np.split` takes several times as long."""
    front, start, parts = (slice(None),) * axis_of(x, dim), 0, []
    for size in sizes:
        part = (*front, slice(start, start + size))
        parts.append(x[part])
        start += size
    return parts


@KERNELS.of("split")
def split(x: Array, sizes: list[int], dim: int) -> list[Array]:
    n = x.shape[axis_of(x, dim)]
    if sum(sizes) != n or min(sizes, default=0) < 0:
        raise trap("SHAPE_ERROR", f"expected sizes that sum to {n}, found {list(sizes)}")
    return _cut(x, sizes, dim)


@KERNELS.of("chunk")
def chunk(x: Array, chunks: int, dim: int) -> list[Array]:
    n = x.shape[axis_of(x, dim)]
    size = max(-(-n // chunks), 1)
    if not n:
        return [x] * chunks
    return _cut(x, [min(size, n - start) for start in range(0, n, size)], dim)


@KERNELS.of("unbind")
def unbind(x: Array, dim: int) -> list[Array]:
    return list(np.moveaxis(x, dim, 0))


def check_place(index: int, n: int) -> None:
    """Trap an index that is none of an axis of n places, counted from either end."""
    if not -n <= index < n:
        raise trap("INDEX_ERROR", f"expected an index below {n}, found {index}")


def checked_range(start: int | None, end: int | None, step: int | None) -> slice:
    """Return a slice. Traps a step below 1."""
    if step is not None and step < 1:
        raise trap("VALUE_ERROR", f"expected a step of at least 1, found {step}")
    return slice(start, end, step)


@KERNELS.of("select")
def select(x: Array, index: int, dim: int) -> Array:
    axis = axis_of(x, dim)
    check_place(index, x.shape[axis])
    return x[(slice(None),) * axis + (index,)]


@KERNELS.of("slice")
def slice_(x: Array, start: int | None, end: int | None, step: int | None, dim: int) -> Array:
    return x[(slice(None),) * axis_of(x, dim) + (checked_range(start, end, step),)]


@KERNELS.of("narrow")
def narrow(x: Array, start: int, length: int, dim: int) -> Array:
    axis = axis_of(x, dim)
    n = x.shape[axis]
    first = start + n if start < 0 else start
    if not 0 <= first <= n:
        raise trap("INDEX_ERROR", f"expected a start between {-n} and {n}, found {start}")
    if not 0 <= length <= n - first:
        raise trap("SHAPE_ERROR", f"expected a length of at most {n - first}, found {length}")
    return x[(slice(None),) * axis + (slice(first, first + length),)]


@KERNELS.of("flip")
def flip(x: Array, dims: tuple[int, ...]) -> Array:
    return np.flip(x, dims) if x.ndim else x


@KERNELS.of("roll")
def roll(x: Array, shifts: list[int], dims: tuple[int, ...]) -> Array:
    return np.roll(x, shifts, dims)


@KERNELS.of("tril")
def tril(x: Array, diagonal: int) -> Array:
    return np.tril(x, diagonal)


@KERNELS.of("triu")
def triu(x: Array, diagonal: int) -> Array:
    return np.triu(x, diagonal)


@KERNELS.of("diagonal")
def diagonal(x: Array, offset: int, dim1: int, dim2: int) -> Array:
    return x.diagonal(offset, dim1, dim2)


@KERNELS.of("broadcast_tensors")
def broadcast_tensors(tensors: list[Array]) -> list[Array]:
    try:
        shape = np.broadcast_shapes(*(t.shape for t in tensors))
        return [np.broadcast_to(t, shape) for t in tensors]
    except ValueError as error:
        raise trap("SHAPE_ERROR", f"broadcast_tensors: {error}") from None
