"""Array objects as cells over values, so that writing in place keeps its meaning, views included.

A cell is one array object of the program. A view remembers its parent and the ops that led to it:
reading it after somebody wrote the storage replays those ops, writing it runs them backwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracescript.producer.trace.undo import replay, undo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Op, Slot, Wire


@dataclass(eq=False, slots=True)
class Cell:
    """An array object: its value, and for a view its parent and the ops (with output) from there.

    `version` counts the writes into the storage that `wire` has seen. `origin` is `argument`,
    `constant` or `result`; the first two belong to somebody else and are not written. `strides` are
    those of an array that is no view, in elements; `is_row_major` says that they are so for every
    size. `doubts` are asked before its storage is written: whether other arrays share it may follow
    from sizes.
    """

    wire: Wire
    origin: str = "result"
    parent: Cell | None = None
    steps: tuple[tuple[Op, int], ...] = ()
    version: int = 0
    slot: Slot | None = None
    strides: tuple[int, ...] = ()
    is_row_major: bool = False
    doubts: list[Callable[[], None]] = field(default_factory=list)

    @property
    def base(self) -> Cell:
        """The cell that owns the storage."""
        *_, last = self.up()
        return last

    def up(self) -> Iterator[Cell]:
        """Yield the array, what it is a view of, and so on up to the owner of the storage."""
        cell: Cell | None = self
        while cell is not None:
            yield cell
            cell = cell.parent


def view(parent: Cell, wire: Wire) -> Cell:
    """Return the cell of a view with value `wire`; its ops are found by walking back."""
    steps: list[tuple[Op, int]] = []
    at: Wire | None = wire
    while at is not None and at is not parent.wire and at.maker is not None:
        steps.insert(0, (at.maker, at.maker.outputs.index(at)))
        at = at.maker.inputs[0] if at.maker.inputs else None
    return Cell(wire, "result", parent, tuple(steps), parent.base.version)


def read(recorder: Recorder, cell: Cell) -> Wire:
    """Return a cell's value now; a view of a storage that was written is computed again."""
    if cell.parent is None:
        if cell.slot is not None:
            cell.wire = recorder.read_slot(cell.slot)
        return cell.wire
    if cell.version != cell.base.version:
        wire = read(recorder, cell.parent)
        for step, index in cell.steps:
            wire = replay(recorder, step, wire)[index]
        cell.wire, cell.version = wire, cell.base.version
    return cell.wire


def write(recorder: Recorder, cell: Cell, wire: Wire) -> None:
    """Give a cell a new value, and with it the storage and all its other views.

    Raises ProducerError with ALIASING where a step cannot be undone or the storage is not ours.
    """
    for doubt in cell.base.doubts:
        doubt()
    if cell.parent is not None:
        _write_through(recorder, cell, wire)
        cell.version = cell.base.version
    else:
        _check_owner(recorder, cell)
        if cell.slot is not None:
            recorder.write_slot(cell.slot, wire)
        cell.version += 1
    cell.wire = wire


def check_writable(recorder: Recorder, cell: Cell) -> None:
    """Raise ProducerError with ALIASING where the storage of a cell is not the program's own."""
    base = cell.base
    _check_owner(recorder, base)
    if base.slot is not None:
        recorder.check_writable(base.slot)


def _write_through(recorder: Recorder, cell: Cell, wire: Wire) -> None:
    assert cell.parent is not None, "only a view is written through"
    whole = read(recorder, cell.parent)
    chain = [whole]
    for step, index in cell.steps[:-1]:
        fresh = step.inputs[0] is chain[-1]
        chain.append((step.outputs if fresh else replay(recorder, step, chain[-1]))[index])
    pairs = list(zip(cell.steps, chain, strict=False))  # a view of everything has no steps
    for (step, _), before in reversed(pairs):
        wire = undo(recorder, step, before, wire)
    write(recorder, cell.parent, wire)


def _check_owner(recorder: Recorder, cell: Cell) -> None:
    if cell.origin == "argument":
        raise recorder.error(
            "ALIASING",
            "the program writes into its caller's argument",
            "compute a new array, `x = x + y` for `x += y`, or write into a copy; return it",
        )
    if cell.origin == "constant":
        raise recorder.error(
            "ALIASING",
            "the program writes into an array made outside of it",
            "make the array inside the program, or register it as a buffer of the module",
        )
