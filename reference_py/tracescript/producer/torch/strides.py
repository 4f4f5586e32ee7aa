"""How a tensor lies in memory: its strides as products of sizes, and `as_strided` by its places."""

from __future__ import annotations

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
