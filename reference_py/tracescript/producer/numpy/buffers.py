"""Buffers of `tracescript.nn` modules: traced arrays while a program runs, states if written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.producer.numpy.array import TracedArray
from tracescript.producer.trace import attributes
from tracescript.producer.trace.cells import Cell, read
from tracescript.producer.trace.tape import Wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracescript.producer.numpy.door import NumpyDoor
    from tracescript.producer.trace.tape import Slot
    from tracescript.producer.trace.tree import Branch


class Buffers:
    """Puts traced arrays into the modules of one trace, and real ones back."""

    def __init__(self, door: NumpyDoor) -> None:
        self._door = door
        self._before: dict[Branch, dict[str, Any]] = {}
        self._cells: dict[Slot, Cell] = {}

    def open(self, branches: Iterable[Branch]) -> None:
        """Replace the buffers of modules by traced arrays, once."""
        for branch in branches:
            if branch in self._before or not hasattr(branch.module, "named_buffers"):
                continue
            self._before[branch] = dict(branch.module.named_buffers())
            for name, buffer in self._before[branch].items():
                self._bind(branch.module, name, branch.slots[name], np.array(buffer))

    def _bind(self, module: Any, name: str, slot: Slot, data: np.ndarray[Any, Any]) -> None:
        """Make a traced array the buffer; the one before it keeps its value from here on."""
        before = self._cells.get(slot)
        if before is not None:
            before.wire, before.slot = read(self._door.recorder, before), None
        self._cells[slot] = cell = Cell(Wire(slot.type, slot=slot), slot=slot)
        setattr(module, name, TracedArray(data, cell, self._door))

    def assigned(self, module: Any) -> None:
        """Make a state of each buffer that holds another array now. Spec: TRACE-14.

        Raises ProducerError for a buffer whose type changes.
        """
        door, found = self._door, []
        for name, value in list(module.named_buffers()):
            slot = door.tree.branch(module).slots[name]
            if not isinstance(value, TracedArray) or value.cell is not self._cells[slot]:
                wire = door.wire(value)
                attributes.check_type(module, name, slot, wire)
                found.append((name, slot, wire, door.real(value)))
        for name, slot, _, data in found:
            self._bind(module, name, slot, data)
        for _, slot, wire, _ in found:
            door.recorder.write_slot(slot, wire)

    def close(self) -> None:
        """Put real arrays back: the new value of a buffer that was written, else the old array."""
        for branch, before in self._before.items():
            for name, value in dict(branch.module.named_buffers()).items():
                written = branch.slots[name].written
                setattr(branch.module, name, self._door.real(value) if written else before[name])
        self._before.clear()
