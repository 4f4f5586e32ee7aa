"""How a tensor lies in memory: its strides as products of sizes, and `as_strided` by its places."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.trace import cells
from tracescript.producer.trace.numbers import SymInt, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.torch.door import TorchDoor


def _inner_first(tensor: torch.Tensor) -> list[int]:
    """Return the axes by stride, those that move least first."""
    strides, sizes = tensor.stride(), tensor.shape
    return sorted(range(tensor.dim()), key=lambda axis: (strides[axis], sizes[axis], -axis))


def strides(door: TorchDoor, tensor: torch.Tensor, dim: int | None = None) -> Any:
    """Return strides that follow the sizes; those of a tensor with gaps fix its sizes."""
    sizes = door.recorder.shape(door.wire(tensor))
    found: list[int] = list(tensor.stride())
    expected, has_gaps = 1, False
    for axis in _inner_first(tensor):
        if found[axis] == plain(expected):
            found[axis] = expected
            expected = sizes[axis] * expected
        else:
            has_gaps |= found[axis] != 0 and plain(sizes[axis]) != 1
    if has_gaps:
        for size in sizes:
            if isinstance(size, SymInt):
                size.fixed("stride")
        found = list(tensor.stride())
    return tuple(found) if dim is None else found[dim]


def is_contiguous(
    door: TorchDoor,
    tensor: torch.Tensor,
    *,
    memory_format: torch.memory_format = torch.contiguous_format,
) -> bool:
    """Tell whether elements lie in row-major order: an answer that sizes decide is a guard."""
    sizes = door.recorder.shape(door.wire(tensor))
    found = bool(tensor.is_contiguous(memory_format=memory_format))
    if memory_format is not torch.contiguous_format:
        for size in sizes:
            if isinstance(size, SymInt):
                size.fixed("is_contiguous")
        return found
    loose = _out_of_order(tensor)
    if not found:
        wide = next(p for p in loose if all(plain(sizes[k]) > 1 for k in p))
        return not all(size > (1 if k in wide else 0) for k, size in enumerate(sizes))
    if loose and tensor.numel() == 0:
        return any(size == 0 for size in sizes if plain(size) == 0)
    for axis in {k for pair in loose for k in pair if plain(sizes[k]) == 1}:
        found = found and sizes[axis] == 1
    return found


def _out_of_order(tensor: torch.Tensor) -> list[tuple[int, ...]]:
    """Return what keeps a tensor from row-major order if all of the axes have several elements.

    Two axes, the first of which moves less than the second, then single axes that leave gaps.
    """
    pairs = [p for p in itertools.combinations(_inner_first(tensor), 2) if p[0] < p[1]]
    gaps, strides, expected = [], tensor.stride(), 1
    for axis in reversed(range(tensor.dim())):
        if strides[axis] != expected:
            gaps.append((axis,))
        expected *= tensor.shape[axis]
    return [*pairs, *gaps]


def _as_strided(
    door: TorchDoor,
    x: torch.Tensor,
    size: Sequence[int],
    stride: Sequence[int],
    storage_offset: int | None = None,
) -> torch.Tensor:
    """Take elements by their place in the memory of a tensor without gaps; the result is a view."""
    storage_offset = door.fixed(storage_offset)
    with door.paused():
        order = _inner_first(x)[::-1]
        begin = 0 if storage_offset is None else plain(storage_offset) - x.storage_offset()
        is_dense = x.permute(order).is_contiguous()
        result = torch.as_strided(x, *plain((tuple(size), tuple(stride), storage_offset)))
    if not is_dense:
        what = "torch.as_strided of a tensor with gaps in memory is no op"
        raise door.recorder.error("UNKNOWN_CALL", what, "call contiguous() first, or index it")
    places: Any = torch.tensor(begin)
    for axis, (count, step) in enumerate(zip(size, stride, strict=True)):
        along = torch.arange(count) * step
        places = places + along.reshape((-1,) + (1,) * (len(size) - axis - 1))
    ordered = x if order == sorted(order) else x.permute(order)
    wire = door.wire(torch.take(ordered.reshape(-1), places))
    door.bind(result, cells.view(door.cell(x), wire))
    return result


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.as_strided": _as_strided,
    "torch.Tensor.as_strided": _as_strided,
}
