"""How a tensor lies in memory: its strides as products of sizes, and `as_strided` by its places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.trace import cells, layout
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.torch.door import TorchDoor


def strides(door: TorchDoor, tensor: torch.Tensor, dim: int | None = None) -> Any:
    """Return strides that follow the sizes; where those are not known, sizes are fixed."""
    cell = door.cell(tensor)
    found = layout.strides(door.recorder, cell)
    if found is None or plain(tuple(found)) != tensor.stride():
        layout.fix(door.recorder, cell, "stride")
        found = list(tensor.stride())
    return tuple(found) if dim is None else found[dim]


def storage_offset(door: TorchDoor, tensor: torch.Tensor) -> int:
    """Return where a tensor begins; for a view it fixes the sizes that decide it."""
    cell = door.cell(tensor)
    if any(w is not None and w.varies for step, _ in cell.steps for w in step.inputs[1:]):
        door.recorder.unrecorded("torch.Tensor.storage_offset", "use torch ops")
    if cell.parent is not None:
        layout.fix(door.recorder, cell, "storage_offset")
    return int(tensor.storage_offset())


def is_contiguous(
    door: TorchDoor,
    tensor: torch.Tensor,
    *,
    memory_format: torch.memory_format = torch.contiguous_format,
) -> bool:
    """Tell whether elements lie in an order: an answer that sizes decide is a guard."""
    found = bool(tensor.is_contiguous(memory_format=memory_format))
    if memory_format is not torch.contiguous_format:
        layout.fix(door.recorder, door.cell(tensor), "is_contiguous")
        return found
    if tensor.numel() == 0:
        sizes = door.recorder.shape(door.wire(tensor))
        return any(size == 0 for size in sizes if plain(size) == 0)
    ask = layout.is_row_major
    layout.asked(door.recorder, door.cell(tensor), "is_contiguous", ask, observed=found)
    return found


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
        order = layout.inner_first(x.stride(), x.shape)[::-1]
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
