"""Writes the merged frames: the items of one run from one place to another, arms inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.opset.relations import join
from tracescript.producer.explore.paths import Enter, Leave, keys_of, outputs_of
from tracescript.producer.trace import conditions
from tracescript.producer.trace.tape import (
    Arm,
    Assert,
    Call,
    Frame,
    If,
    ModelCall,
    Op,
    Raise,
    Read,
    SizeFact,
    Wire,
)

if TYPE_CHECKING:
    from tracescript.producer.explore.merge import Merge, Passed
    from tracescript.producer.explore.paths import Item, Key
    from tracescript.producer.explore.regions import Region, World
    from tracescript.producer.trace.tape import Event, Slot


class Writer:
    """Writes a stretch of the run of one world into a list of events.

    `passed` are the branches that ended before, `frame` the frame that the events belong to.
    """

    def __init__(self, merge: Merge, world: World, passed: Passed, frame: Frame | None) -> None:
        self.merge = merge
        self.world = world
        self.passed = passed
        self.root: Frame | None = None
        self.events: list[Event] = []
        self._frame = frame
        self._around: list[tuple[Frame, Frame | None, list[Event], int]] = []

    def write(self, start: int, stop: int) -> None:
        """Write the items of a stretch."""
        items = self.merge.worlds.runs[self.world].items
        closing = _closed(items, start, stop)
        index = start
        while index < stop:
            item = items[index]
            region = None
            if isinstance(item, Read) and item.ask is not None:
                region = self.merge.search.regions.get((self.world, item.ask))
            if region is not None:
                index = self._branch(region, item.site)
                continue
            if isinstance(item, Enter):
                if index in closing and not self.merge.is_dissolved(item.frame):
                    self._enter(item, index)
            elif isinstance(item, Leave):
                if self._around and self._around[-1][0] is item.frame:
                    self._leave(item, index)
            else:
                self._event(item, index)
            index += 1

    def _branch(self, region: Region, site: Any) -> int:
        """Write both arms of a branch; return where this run goes on behind them."""
        merge, passed = self.merge, self.passed
        read = merge.use(self.world, region.index, ("read", 0), passed)
        assert isinstance(read, Wire), "a decision reads a value"
        region.before = passed
        stop = merge.worlds.length(self.world) - region.end
        end = 0 if region.raises else region.end
        begin = region.index + 1
        arms = [(self.world, stop), (region.world, merge.worlds.length(region.world) - end)]
        if region.flips[0]:
            arms.reverse()
        yes, no = [self._arm(world, begin, until) for world, until in arms]
        region.taken_passed, region.other_passed = yes.passed, no.passed
        if region.flips[0]:
            region.taken_passed, region.other_passed = no.passed, yes.passed
        region.node = If(read, Arm(yes.events), Arm(no.events), [], site)
        self.events.append(region.node)
        self.passed = (*passed, region)
        return stop

    def _arm(self, world: World, start: int, stop: int) -> Writer:
        writer = Writer(self.merge, world, self.passed, self._frame)
        writer.write(start, stop)
        return writer

    # ---- frames

    def _enter(self, item: Enter, index: int) -> None:
        old = item.frame
        frame = Frame(
            old.title,
            old.module,
            old.path,
            self._frame,
            keyword_only=old.keyword_only,
            site=old.site,
        )
        if self._frame is None:
            frame.args = [(name, self.merge.wires.find(wire)) for name, wire in old.args]
            self.root = frame
        else:
            frame.args = [
                (name, self._wire(index, ("argument", i))) for i, (name, _) in enumerate(old.args)
            ]
            self.events.append(Call(frame, frame.site))
        for slot in self._slots(item, index):
            frame.entry[slot] = self._wire(index, ("slot", slot))
        self._around.append((old, self._frame, self.events, index))
        self._frame, self.events = frame, frame.events

    def _leave(self, item: Leave, index: int) -> None:
        _, around, events, _ = self._around.pop()
        frame = self._frame
        assert frame is not None, "a frame closes that was opened"
        frame.outputs = [self._wire(index, ("output", i)) for i in range(len(item.frame.outputs))]
        for slot, before in frame.entry.items():
            after = self._wire(index, ("slot", slot))
            if after is not before:
                frame.exit[slot] = after
        self._frame, self.events = around, events

    def _slots(self, item: Enter, index: int) -> list[Slot]:
        """Return the slots that a frame touches in any of the runs merged here."""
        found = dict.fromkeys(item.frame.entry)
        for path, place in self.merge.worlds.twins(self.world, index):
            twin = path.items[place]
            if isinstance(twin, Enter):
                found |= dict.fromkeys(twin.frame.entry)
        return list(found)

    # ---- events

    def _event(self, item: Item, index: int) -> None:
        given = [self.merge.use(self.world, index, key, self.passed) for key in keys_of(item)]
        wires = [w if isinstance(w, Wire) else None for w in given]
        outputs = self._outputs(item, index)
        if isinstance(item, Op):
            made = Op(item.op, tuple(wires), item.attributes, outputs, item.site)
            for wire in outputs:
                wire.maker = made
            self.events.append(made)
        elif isinstance(item, ModelCall):
            inputs = tuple(w for w in wires if w is not None)
            self.events.append(ModelCall(item.function, inputs, outputs, item.site))
        elif isinstance(item, Read):
            self._read(item, wires[0])
        elif isinstance(item, SizeFact):
            left, right = given
            assert left is not None, "both sides are there"
            assert right is not None, "both sides are there"
            self.events.append(
                SizeFact(item.kind, left, item.comparison, right, item.site, item.written)
            )
        else:
            assert isinstance(item, Raise), "frames are written elsewhere"
            self.events.append(item)

    def _read(self, item: Read, wire: Wire | None) -> None:
        check = conditions.asserted(item.site) if item.ask is not None and item.site else None
        if check is not None and wire is not None and item.site is not None:
            text = conditions.assert_message(item.site, check)
            self.events.append(Assert(wire, bool(item.observed), text, item.site))
            return
        observed, site = item.observed, item.site
        why = "" if item.ask is None else self.merge.search.why(self.world, item.ask)
        self.events.append(
            Read(item.kind, wire, observed, site, item.call, item.stack, item.ask, why)
        )

    def _outputs(self, item: Item, index: int) -> tuple[Wire, ...]:
        """Return what an item defines; extents that differ in other runs become unknown."""
        wires = tuple(self.merge.wires.find(wire) for wire in outputs_of(item))
        if wires:
            for path, place in self.merge.worlds.twins(self.world, index):
                for wire, twin in zip(wires, outputs_of(path.items[place]), strict=False):
                    wire.type = join(wire.type, twin.type) or wire.type
        return wires

    def _wire(self, index: int, key: Key) -> Wire:
        found = self.merge.use(self.world, index, key, self.passed)
        assert isinstance(found, Wire), "a value is no plain number"
        return found


def _closed(items: list[Item], start: int, stop: int) -> set[int]:
    """Return the places of the frames that open and close within a stretch."""
    found: set[int] = set()
    opened: list[int] = []
    for index in range(start, stop):
        if isinstance(items[index], Enter):
            opened.append(index)
        elif isinstance(items[index], Leave) and opened:
            found.add(opened.pop())
    return found
