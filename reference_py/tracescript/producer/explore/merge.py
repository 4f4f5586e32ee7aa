"""Merges the paths of a program into one frame: an `if` for each branch, what follows only once.

What an item behind a branch reads may be one value in this run and another in the run of the other
arm. Then it reads an output of the `if`, which is found by asking the same item of that run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.errors import ProducerError
from tracescript.opset.relations import join
from tracescript.producer.explore.alike import keys_of_both
from tracescript.producer.explore.paths import (
    Enter,
    Leave,
    ModelCall,
    Op,
    Raise,
    Read,
    SizeFact,
    keys_of,
    outputs_of,
)
from tracescript.producer.explore.regions import BASE, in_order
from tracescript.producer.explore.search import Exhausted
from tracescript.producer.trace import places
from tracescript.producer.trace.tape import Arm, Assert, Call, Frame, If, Wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir import Type
    from tracescript.producer.explore.paths import Item, Key
    from tracescript.producer.explore.regions import Region, World
    from tracescript.producer.explore.search import Search
    from tracescript.producer.trace.tape import Event, Slot

    Passed = tuple[Region, ...]
    Spot = tuple[World, int, Key]
    """An operand: the world, the item of its run, and which operand of that."""


class Unknown(Exception):  # noqa: N818  # no error: the branch is taken back
    """What a value is in the other arm of `region` cannot be found out any more."""

    def __init__(self, region: Region) -> None:
        super().__init__()
        self.region = region


def merged(search: Search) -> Frame:
    """Return the frame of the whole program; branches that cannot be merged become guards."""
    while True:
        try:
            return Merge(search).frame()
        except Unknown as unknown:
            search.drop(unknown.region, "no run was left to see what both arms have in common")


class Merge:
    """One attempt to merge the runs found by a search."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.worlds = search.worlds
        self.wires = search.wires
        self.made: dict[Wire, tuple[World, int]] = {}
        self._partners: dict[Region, dict[Wire, set[Wire]]] = {}
        self._dissolved: set[Frame] = set()
        for region in search.regions.values():
            region.joined = {}
        for world in sorted(self.worlds.runs, key=_size):
            self._learn(world)

    def _learn(self, world: World) -> None:
        for index, item in enumerate(self.worlds.runs[world].items):
            for wire in outputs_of(item):
                self.made.setdefault(self.wires.find(wire), (world, index))

    def frame(self) -> Frame:
        """Build the frame of the program."""
        from tracescript.producer.explore.writing import Writer

        for region in self.search.regions.values():
            self._dissolve(region)
        items = self.worlds.runs[BASE].items
        writer = Writer(self, BASE, (), None)
        writer.write(0, len(items))
        assert writer.root is not None, "a path begins with the program's own frame"
        return writer.root

    # ---- frames that a branch reaches out of

    def _dissolve(self, region: Region) -> None:
        """Find the frames that are open at a decision and closed in its arms: they hold half of it.

        What they hold is written into the frame around them.
        """
        path = self.worlds.runs[region.home]
        stop = len(path.items) - region.end
        level = path.depths[min(stop, len(path.items) - 1)]
        if region.raises or path.raises:
            return
        open_frames: list[Frame] = []
        for item in path.items[: region.index]:
            if isinstance(item, Enter):
                open_frames.append(item.frame)
            elif isinstance(item, Leave):
                open_frames.pop()
        self._dissolved |= {self.first(frame) for frame in open_frames[level:]}

    def first(self, frame: Frame) -> Frame:
        """Return the frame that stands for one in all runs that share its beginning."""
        return self.search.first_frames.get(frame, frame)

    def is_dissolved(self, frame: Frame) -> bool:
        """Tell whether a frame's content is written into the frame around it."""
        return self.first(frame) in self._dissolved

    # ---- values

    def use(self, spot: Spot, passed: Passed) -> Wire | int | None:
        """Return what an operand reads in the merged program, behind the branches passed."""
        world, index, key = spot
        item = self.worlds.runs[world].items[index]
        found = self.wires.at(item, key)
        return found if not isinstance(found, Wire) else self._value(found, spot, passed)

    def _value(self, wire: Wire, spot: Spot, passed: Passed) -> Wire:
        while passed:
            region = passed[-1]
            if region.raises:
                passed = region.taken_passed
                continue
            if self._is_behind(wire, region):
                return wire
            other, there = self._other(wire, spot, region)
            if other is wire:
                passed = region.before
                continue
            taken = self._value(wire, spot, region.taken_passed)
            return self._join(region, taken, self._value(other, there, region.other_passed))
        return wire

    def _is_behind(self, wire: Wire, region: Region) -> bool:
        if wire not in self.made:
            return False
        world, index = self.made[wire]
        return self.worlds.is_behind(world, index, region)

    def _other(self, wire: Wire, spot: Spot, region: Region) -> tuple[Wire, Spot]:
        """Return what an operand is in the run that takes a region's other arm."""
        world, index, key = spot
        there = world | {region}
        if there not in self.worlds.runs:
            known = self._seen(region).get(wire, set())
            if len(known) == 1:
                return next(iter(known)), spot
            try:
                self.search.world(there, like=world)
            except (Exhausted, LookupError, ProducerError) as error:
                raise Unknown(region) from error
            self._learn(there)
        place = self.worlds.counterpart(world, region, index)
        other = self.wires.at(self.worlds.runs[there].items[place], key)
        if not isinstance(other, Wire):
            raise Unknown(region)
        return other, (there, place, key)

    def _seen(self, region: Region) -> dict[Wire, set[Wire]]:
        """Return what values were seen to be in the other arm of a region, over all pairs of runs."""
        if region not in self._partners:
            found = self._partners[region] = {}
            for world, path in list(self.worlds.runs.items()):
                there = self.worlds.runs.get(world | {region})
                if region in world or there is None or not region.home <= world:
                    continue
                start = self.worlds.tail(world, region)
                offset = self.worlds.tail(world | {region}, region) - start
                for index in range(start, len(path.items)):
                    a, b = path.items[index], there.items[index + offset]
                    for key in keys_of_both(a, b):
                        p, q = self.wires.at(a, key), self.wires.at(b, key)
                        if isinstance(p, Wire) and isinstance(q, Wire):
                            found.setdefault(p, set()).add(q)
        return self._partners[region]

    def _join(self, region: Region, taken: Wire, other: Wire) -> Wire:
        """Return the output of a region's `if` that is one value or the other."""
        pair = (taken, other)
        if pair not in region.joined:
            node = region.node
            assert node is not None, "a branch is written before what follows it"
            both = join(taken.type, other.type)
            if both is None:
                raise Unknown(region)
            made = region.joined[pair] = Wire(both)
            node.outputs.append(made)
            (node.no if region.flips[0] else node.yes).results.append(taken)
            (node.yes if region.flips[0] else node.no).results.append(other)
        return region.joined[pair]


def _size(world: World) -> int:
    return len(world)
