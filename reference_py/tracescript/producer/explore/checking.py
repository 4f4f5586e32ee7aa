"""Checks a merged program against runs that it was not made of: the same nodes, the same values."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING, Final

from tracescript.producer.explore.paths import Enter, Leave, outputs_of
from tracescript.producer.explore.regions import BASE
from tracescript.producer.trace.outcomes import Outcomes
from tracescript.producer.trace.tape import Assert, Call, If, ModelCall, Op, Raise, Read, SizeFact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracescript.producer.explore.paths import Item, Path
    from tracescript.producer.explore.search import Search
    from tracescript.producer.trace.tape import Event, Frame, Wire

    Operand = Wire | int | None

CHECKS: Final = 8
"""Runs spent on checking, as far as they are left."""


class Differs(Exception):  # noqa: N818  # no error: the program is merged again
    """A run does something else than the merged program."""


class Stopped(Exception):  # noqa: N818  # no error: nothing can be said beyond a guard
    """A run breaks a guard of the merged program."""


class Walk:
    """Follows one run through a merged program."""

    def __init__(self, search: Search, path: Path) -> None:
        self._find = search.wires.find
        self._at = search.wires.at
        self._items = [i for i in path.items if not isinstance(i, (Enter, Leave))]
        self._leave = path.items[-1]
        self._next = 0
        self._value: dict[Wire, Wire] = {}
        self._given = outputs_of(path.items[0])

    def check(self, frame: Frame) -> None:
        """Raise Differs where the run departs from the program."""
        for (_, wire), given in zip(frame.args, self._given, strict=True):
            self._value[wire] = given
        if self._events(frame.events):
            return
        if not isinstance(self._leave, Leave) or self._next != len(self._items):
            raise Differs
        outputs = self._leave.frame.outputs
        self._same(frame.outputs, outputs)
        for slot, wire in frame.exit.items():
            self._same([wire], [self._at(self._leave, ("slot", slot))])

    def _taken(self, kind: type) -> Item:
        if self._next >= len(self._items) or not isinstance(self._items[self._next], kind):
            raise Differs
        self._next += 1
        return self._items[self._next - 1]

    def _same(
        self, merged: Iterable[Wire | int | None], found: Iterable[Wire | int | None]
    ) -> None:
        for wire, other in zip(merged, found, strict=True):
            if isinstance(wire, int) or wire is None or isinstance(other, int) or other is None:
                continue
            if self._find(self._value.get(wire, wire)) is not self._find(other):
                raise Differs

    def _events(self, events: Iterable[Event]) -> bool:
        """Follow events; True where the program raises."""
        return any(self._event(event) for event in events)

    def _event(self, event: Event) -> bool:
        if isinstance(event, Call):
            return self._events(event.frame.events)
        if isinstance(event, If):
            return self._branch(event)
        item = self._taken(Read if isinstance(event, Assert) else type(event))
        if isinstance(event, Raise):
            return True
        if isinstance(event, (Op, ModelCall)) and isinstance(item, (Op, ModelCall)):
            if isinstance(event, Op) and isinstance(item, Op) and event.op != item.op:
                raise Differs
            self._same(event.inputs, item.inputs)
            self._value.update(zip(event.outputs, item.outputs, strict=True))
        elif isinstance(event, (Read, Assert)) and isinstance(item, Read):
            self._same([event.wire], [item.wire])
            if event.observed is not item.observed and repr(event.observed) != repr(item.observed):
                raise Stopped
        elif isinstance(event, SizeFact) and isinstance(item, SizeFact):
            self._same([event.left, event.right], [item.left, item.right])
        return False

    def _branch(self, event: If) -> bool:
        item = self._taken(Read)
        assert isinstance(item, Read), "so it was taken"
        self._same([event.predicate], [item.wire])
        arm = event.yes if item.observed else event.no
        if self._events(arm.events):
            return True
        for output, result in zip(event.outputs, arm.results, strict=True):
            self._value[output] = self._value.get(result, result)
        return False


def agrees(search: Search, frame: Frame, path: Path) -> bool:
    """Tell whether a run does what the merged program does, up to the first guard it breaks."""
    try:
        Walk(search, path).check(frame)
    except Differs:
        return False
    except Stopped:
        pass
    return True


def more_runs(search: Search) -> list[Path]:
    """Run the program down some more ways, chosen by chance but the same in every trace.

    Only what exploring left of the runs that it may need is spent.
    """
    base, every, found = search.worlds.runs[BASE], len(search.regions), []
    left = min(search.limit, 1 + every + every * (every - 1) // 2) - search.runs
    chance = random.Random(0)  # noqa: S311  # no secret
    for _ in range(min(left, CHECKS)):
        forced = [outcome != (chance.random() < 1 / 2) for outcome in base.outcomes]
        with contextlib.suppress(Exception):
            found.append(search.run(Outcomes(forced)))
    return found
