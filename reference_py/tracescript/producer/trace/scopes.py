"""Which values leave the frame that made them other than by its results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.producer.trace.tape import (
    Assert,
    Call,
    If,
    ModelCall,
    Op,
    Read,
    SizeFact,
    Wire,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.producer.trace.tape import Event, Frame


def escaping(root: Frame) -> dict[Frame, list[Wire]]:
    """Return for each frame the values made in it or below that are used outside of it.

    What the frame returns and what its slots end with leave anyway and are not listed.
    """
    found: dict[Frame, dict[Wire, None]] = {}
    for user, wire in _uses(root):
        if wire.home is None or wire.home is user:
            continue
        around = set(user.up())
        for frame in wire.home.up():
            if frame in around:
                break
            if wire not in frame.outputs and wire not in frame.exit.values():
                found.setdefault(frame, {})[wire] = None
    return {frame: list(wires) for frame, wires in found.items()}


def _uses(root: Frame) -> Iterator[tuple[Frame, Wire]]:
    todo = [root]
    while todo:
        frame = todo.pop()
        yield from ((frame, wire) for wire in frame.outputs)
        yield from ((frame, wire) for wire in frame.exit.values())
        for event in flat(frame.events):
            yield from ((frame, wire) for wire in _read_by(event))
            if isinstance(event, Call):
                todo.append(event.frame)
                yield from ((frame, wire) for _, wire in event.frame.args)


def flat(events: Iterable[Event]) -> Iterator[Event]:
    """Yield events, those in the arms of branches included."""
    for event in events:
        yield event
        if isinstance(event, If):
            yield from flat(event.yes.events)
            yield from flat(event.no.events)


def _read_by(event: Event) -> Iterator[Wire]:
    if isinstance(event, (Op, ModelCall)):
        yield from (wire for wire in event.inputs if wire is not None)
    elif isinstance(event, If):
        yield from (event.predicate, *event.yes.results, *event.no.results)
    elif isinstance(event, (Read, Assert)) and event.wire is not None:
        yield event.wire
    elif isinstance(event, SizeFact):
        yield from (side for side in (event.left, event.right) if isinstance(side, Wire))
