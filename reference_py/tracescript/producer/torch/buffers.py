"""Buffers that a program replaces by assignment, `self.n = self.n + x`: states, as if written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tracescript.producer.trace import attributes, cells
from tracescript.producer.trace.tree import is_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.producer.torch.door import TorchDoor
    from tracescript.producer.trace.tape import Slot, Wire
    from tracescript.producer.trace.tree import Branch


class Buffers:
    """Which tensor each buffer of the modules of one run is."""

    def __init__(self, door: TorchDoor) -> None:
        self._door = door
        self._held: dict[Slot, Any] = {}

    def open(self, branches: Iterable[Branch]) -> None:
        """Take the tensors that buffers are now, which an earlier run may have replaced."""
        for _, _, slot, tensor in _buffers(branches):
            if tensor is not None and tensor is not slot.keep:
                self._door.tree.hold(slot, tensor)
                self._held[slot] = tensor

    def assigned(self, branches: Iterable[Branch], *, is_end: bool = False) -> None:
        """Make a state of each buffer that is another tensor now. Spec: TRACE-14.

        Raises ProducerError for a buffer that is gone or has another type, and at the end of the
        run for one that is no longer the tensor that it is under another name.
        """
        found: list[tuple[Slot, Wire]] = []
        for module, name, slot, tensor in _buffers(branches):
            before = self._held.get(slot, slot.keep)
            if tensor is before and not self._is_detached(slot, tensor):
                continue
            if self._is_parted(slot, tensor):
                if is_end:
                    what = "the program assigns, under one of its names alone, the shared buffer"
                    raise attributes.effect(module, name, what).error()
                continue
            if tensor is None:
                what = "the program takes away the buffer"
                raise attributes.effect(module, name, what).error()
            if tensor is not before:
                self._detach(slot, before)
                self._held[slot] = tensor
            wire = self._door.wire(tensor)
            if wire is not slot.current:
                attributes.check_type(module, name, slot, wire)
                found.append((slot, wire))
        for slot, wire in found:
            self._door.recorder.write_slot(slot, wire)

    def _is_parted(self, slot: Slot, tensor: torch.Tensor | None) -> bool:
        """Tell whether a buffer that modules share is another tensor in one of them."""
        everywhere = _buffers(self._door.tree.branches())
        return any(held is not tensor for _, _, one, held in everywhere if one is slot)

    def _is_detached(self, slot: Slot, tensor: torch.Tensor) -> bool:
        return self._door.is_known(tensor) and self._door.cell(tensor).slot is not slot

    def _detach(self, slot: Slot, before: torch.Tensor) -> None:
        """Let the tensor that was the buffer keep its value: it is the buffer no longer."""
        cell = self._door.cell(before)
        if cell.slot is slot:
            cell.wire, cell.slot = cells.read(self._door.recorder, cell), None


def _buffers(branches: Iterable[Branch]) -> Iterator[tuple[Any, str, Slot, torch.Tensor | None]]:
    for branch in branches:
        if isinstance(branch.module, torch.nn.Module) and not is_model(branch.module):
            for name, slot in branch.slots.items():
                if not slot.is_parameter:
                    yield branch.module, name, slot, branch.module._buffers.get(name)  # noqa: SLF001  # torch has no other way to ask
