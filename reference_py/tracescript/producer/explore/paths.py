"""A run as a flat list of what happened: events, and the frames that opened and closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript.ir import Weight
from tracescript.producer.trace import conditions
from tracescript.producer.trace.outcomes import MAX_UNROLL
from tracescript.producer.trace.tape import (
    Call,
    Event,
    ModelCall,
    Op,
    Raise,
    Read,
    Site,
    SizeFact,
    Slot,
    Wire,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from tracescript.ir import Constant
    from tracescript.producer.trace.outcomes import Asked, Outcomes
    from tracescript.producer.trace.run import Run
    from tracescript.producer.trace.tape import Frame


@dataclass(eq=False, slots=True)
class Enter:
    """A frame opened; `site` is the call."""

    frame: Frame
    site: Site | None


@dataclass(eq=False, slots=True)
class Leave:
    """A frame closed."""

    frame: Frame
    site: None = None


Item = Op | ModelCall | Read | SizeFact | Enter | Leave | Raise
Key = tuple[str, Any]
"""Names one operand of an item: its position, or a slot whose value there matters."""


@dataclass(eq=False)
class Path:
    """One run. `asks` are the places of its branch decisions in `items`, `taken` their outcomes.

    `depths` count the frames open before each item. Where the program raised, `run` is missing and
    `error` is what it raised.
    """

    items: list[Item]
    taken: list[Asked]
    rounds: list[int]
    run: Run | None
    error: Exception | None = None
    asks: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        depth = 0
        for index, item in enumerate(self.items):
            self.depths.append(depth)
            depth += isinstance(item, Enter) - isinstance(item, Leave)
            if isinstance(item, Read) and item.ask is not None:
                self.asks.append(index)
        self.depths.append(depth)

    @property
    def raises(self) -> bool:
        """Whether the program ended with a `raise` of its own."""
        return self.run is None

    @property
    def outcomes(self) -> list[bool]:
        """The outcomes of its branch decisions."""
        return [outcome for _, outcome in self.taken]

    def can_flip(self, ask: int) -> bool:
        """Tell whether the other outcome of a decision is to be explored."""
        stack, _ = self.taken[ask]
        if not stack:
            return True
        if conditions.asserted(stack[0]) is not None:
            return False
        return self.rounds[ask] < MAX_UNROLL or not conditions.in_loop_condition(stack[0])

    def taken_behind(self, place: int) -> list[Asked]:
        """Return the decisions behind an item."""
        return [asked for at, asked in zip(self.asks, self.taken, strict=True) if at > place]


def path_of(run: Run, outcomes: Outcomes) -> Path:
    """Return a finished run as a path."""
    return Path(list(_flat(run.frame)), outcomes.taken, outcomes.rounds, run)


def raised_path(root: Frame, outcomes: Outcomes, raised: Raise, error: Exception) -> Path:
    """Return a run that raised as a path: it ends inside the frames that it left that way."""
    items = list(_flat(root))
    while isinstance(items[-1], Leave):
        items.pop()
    return Path([*items, raised], outcomes.taken, outcomes.rounds, None, error)


def _flat(frame: Frame) -> Iterator[Item]:
    yield Enter(frame, frame.site)
    for event in frame.events:
        if isinstance(event, Call):
            yield from _flat(event.frame)
        else:
            yield _plain(event)
    yield Leave(frame)


def _plain(event: Event) -> Item:
    assert isinstance(event, (Op, ModelCall, Read, SizeFact)), "a run records nothing else"
    return event


def outputs_of(item: Item) -> tuple[Wire, ...]:
    """Return what an item defines: results, and the arguments of the program itself."""
    if isinstance(item, (Op, ModelCall)):
        return item.outputs
    if isinstance(item, Enter) and item.frame.parent is None:
        return tuple(wire for _, wire in item.frame.args)
    return ()


def keys_of(item: Item) -> list[Key]:
    """Return the operands of an item; the slots of a frame are those that it touched."""
    if isinstance(item, (Op, ModelCall)):
        return [("input", i) for i in range(len(item.inputs))]
    if isinstance(item, Read):
        return [("read", 0)]
    if isinstance(item, SizeFact):
        return [("side", i) for i in range(2)]
    if isinstance(item, Raise):
        return []
    slots: list[Key] = [("slot", slot) for slot in item.frame.entry]
    if isinstance(item, Leave):
        return [*(("output", i) for i in range(len(item.frame.outputs))), *slots]
    count = len(item.frame.args) if item.frame.parent is not None else 0
    return [*(("argument", i) for i in range(count)), *slots]


class Wires:
    """Which wires of several runs are the same value: constants, slots, and what they share."""

    def __init__(self) -> None:
        self._same: dict[Wire, Wire] = {}
        self._initial: dict[Slot, Wire] = {}
        self._constants: dict[Hashable, Wire] = {}
        self._frames: dict[Frame, Frame] = {}

    def same_frame(self, new: Frame, old: Frame) -> None:
        """Say that a frame opened where one of an earlier run did."""
        one, other = self.first(new), self.first(old)
        if one is not other:
            self._frames[one] = other

    def first(self, frame: Frame) -> Frame:
        """Return the frame that stands for one in all runs that share its beginning."""
        while frame in self._frames:
            frame = self._frames[frame]
        return frame

    def unify(self, new: Wire, old: Wire) -> None:
        """Say that a wire is the same value as one of an earlier run."""
        one, other = self.find(new), self.find(old)
        if one is not other:
            self._same[one] = other

    def find(self, wire: Wire) -> Wire:
        """Return the wire that stands for a value."""
        if wire.constant is not None:
            if wire not in self._same:
                self._same[wire] = self._constants.setdefault(_content(wire.constant), wire)
            return self._same[wire]
        if wire.slot is not None:
            return self._initial.setdefault(wire.slot, wire)
        while wire in self._same:
            wire = self._same[wire]
        return wire

    def initial(self, slot: Slot) -> Wire:
        """Return the value that a slot had before the run."""
        varies = not slot.is_parameter
        return self._initial.setdefault(slot, Wire(slot.type, varies=varies, slot=slot))

    def at(self, item: Item, key: Key) -> Wire | int | None:
        """Return an operand of an item; a size that is a plain number is an int."""
        kind, which = key
        found: Wire | int | None
        if isinstance(item, (Op, ModelCall)):
            found = item.inputs[which]
        elif isinstance(item, Read):
            found = item.wire
        elif isinstance(item, SizeFact):
            found = (item.left, item.right)[which]
        else:
            assert isinstance(item, (Enter, Leave)), "a raise has no operands"
            if kind == "slot":
                return self._held(item, which)
            frame = item.frame
            found = frame.outputs[which] if kind == "output" else frame.args[which][1]
        return self.find(found) if isinstance(found, Wire) else found

    def _held(self, item: Enter | Leave, slot: Slot) -> Wire:
        frame = item.frame
        held = frame.before if isinstance(item, Enter) else frame.after
        return self.find(held[slot]) if slot in held else self.initial(slot)


def _content(constant: Constant) -> Hashable:
    """Return what makes two constants of different runs the same."""
    value = constant.value
    if isinstance(value, Weight):
        return constant.type, value.array.tobytes()
    return constant.type, repr(value)
