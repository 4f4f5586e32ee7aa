"""Merges the paths of a program into one frame: an `if` for each branch, what follows only once.

What an item behind a branch reads may be one value in this run and another in the run of the other
arm. Then it reads an output of the `if`, which is found by asking the same item of that run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracescript.errors import ProducerError
from tracescript.opset.relations import join
from tracescript.producer.explore.alike import keys_of_both
from tracescript.producer.explore.paths import Enter, Leave, outputs_of
from tracescript.producer.explore.regions import BASE, in_order
from tracescript.producer.explore.search import Exhausted
from tracescript.producer.trace.tape import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.explore.paths import Key
    from tracescript.producer.explore.regions import Region, World
    from tracescript.producer.explore.search import Search
    from tracescript.producer.trace.tape import Frame

    Passed = tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """An operand: the world, the item of its run, and which operand of that.

    `beyond` are other arms that the value at hand lies in, further than that run. `last` is the
    region whose other arm led here, `taken` the value in the arm taken.
    """

    world: World
    index: int
    key: Key
    beyond: World = BASE
    last: Region | None = None
    taken: Wire | None = None


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
        self._partners: dict[tuple[Region, Region], dict[tuple[Wire, ...], set[Wire]]] = {}
        self._dissolved: set[Frame] = set()
        self._answers: dict[tuple[Wire, Use, Passed], Wire] = {}
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
        self._dissolved |= {self.wires.first(frame) for frame in open_frames[level:]}

    def is_dissolved(self, frame: Frame) -> bool:
        """Tell whether a frame's content is written into the frame around it."""
        return self.wires.first(frame) in self._dissolved

    # ---- values

    def use(self, world: World, index: int, key: Key, passed: Passed) -> Wire | int | None:
        """Return what an operand reads in the merged program, behind the branches passed."""
        item = self.worlds.runs[world].items[index]
        found = self.wires.at(item, key)
        if not isinstance(found, Wire):
            return found
        return self._value(found, Use(world, index, key), passed)

    def _value(self, wire: Wire, use: Use, passed: Passed) -> Wire:
        question = (wire, use, passed)
        if question not in self._answers:
            self._answers[question] = self._resolved(*question)
        return self._answers[question]

    def _resolved(self, wire: Wire, use: Use, passed: Passed) -> Wire:
        while passed:
            region = passed[-1]
            if not region.raises:
                if self._is_behind(wire, region):
                    return wire
                other, there = self._other(wire, use, region)
                if other is not wire or not self._is_alike(wire, use, there, region):
                    arms = [(wire, use, region.taken_passed), (other, there, region.other_passed)]
                    yes_first = arms[::-1] if region.flips[0] else arms
                    return self._join(region, [self._value(*arm) for arm in yes_first])
            passed = region.before
        return wire

    def _is_alike(self, wire: Wire, use: Use, there: Use, region: Region) -> bool:
        """Tell whether a value is the same in both arms of a region, after whatever came before.

        It may be the same in the runs at hand because it is an old value in both: then a branch
        inside an arm, or one before, can tell the arms apart.
        """
        depth = len(region.before)
        return (
            self._is_kept(wire, use, region.taken_passed, depth)
            and self._is_kept(wire, there, region.other_passed, depth)
            and not self._differs_elsewhere(wire, use, region)
        )

    def _is_kept(self, wire: Wire, use: Use, passed: Passed, depth: int) -> bool:
        """Tell whether the branches inside an arm all leave a value as it is."""
        while len(passed) > depth:
            region = passed[-1]
            if not region.raises:
                other, there = self._other(wire, use, region)
                if other is not wire or not self._is_alike(wire, use, there, region):
                    return False
            passed = region.before
        return True

    def _differs_elsewhere(self, wire: Wire, use: Use, region: Region) -> bool:
        if use.beyond:
            return False
        seen = dict(self._elsewhere(use, region.before))
        changed = [world for world, found in seen.items() if found is not wire]
        for world in changed:
            steps = world - use.world
            if len(steps) > 1 and all(seen.get(world - {s}, wire) is wire for s in steps):
                self._run(world, region)
        for world, found in seen.items():
            if world | {region} in self.worlds.runs:
                moved = self.worlds.moved(use.world, use.index, in_order(world - use.world))
                assert moved is not None, "the world was seen"
                index = self.worlds.counterpart(world, region, moved)
                item = self.worlds.runs[world | {region}].items[index]
                if self.wires.at(item, use.key) is not found:
                    return True
        return False

    def _elsewhere(self, use: Use, before: Passed) -> Iterator[tuple[World, Wire | int | None]]:
        """Yield what an operand is in the runs that take other arms of earlier branches."""
        for world in list(self.worlds.runs):
            steps = world - use.world
            if use.world < world and all(any(r in b.world for b in before) for r in steps):
                index = self.worlds.moved(use.world, use.index, in_order(steps))
                if index is not None:
                    yield world, self.wires.at(self.worlds.runs[world].items[index], use.key)

    def _is_behind(self, wire: Wire, region: Region) -> bool:
        if wire not in self.made:
            return False
        world, index = self.made[wire]
        return self.worlds.is_behind(world, index, region)

    def _other(self, wire: Wire, use: Use, region: Region) -> tuple[Wire, Use]:
        """Return what an operand is in the run that takes a region's other arm too.

        Where there is no such run, what was seen of this value elsewhere tells, or one more run.
        """
        if use.beyond or use.world | {region} not in self.worlds.runs:
            known = self._known(wire, use, region)
            if known is not None:
                return known, replace(use, beyond=use.beyond | {region}, last=region, taken=wire)
        world, index = use.world, use.index
        for step in in_order(use.beyond | {region}):
            self._run(world, step)
            index = self.worlds.counterpart(world, step, index)
            world = world | {step}
        other = self.wires.at(self.worlds.runs[world].items[index], use.key)
        if not isinstance(other, Wire):
            raise Unknown(region)
        return other, Use(world, index, use.key, BASE, region, wire)

    def _known(self, wire: Wire, use: Use, region: Region) -> Wire | None:
        """Return the one value that this one was seen to be in a region's other arm."""
        if use.last is None:
            return None
        seen = self._seen(region, use.last).get((use.taken, wire), set())
        return next(iter(seen)) if len(seen) == 1 else None

    def _run(self, world: World, region: Region) -> None:
        """Make sure that the run is there which takes a region's other arm in a world."""
        there = world | {region}
        if there in self.worlds.runs:
            return
        try:
            if not self.search.shares(world, region):
                raise Unknown(region)
        except (Exhausted, LookupError, ProducerError) as error:
            raise Unknown(region) from error
        self._learn(there)
        self._partners.clear()
        self._answers.clear()

    def _seen(self, region: Region, last: Region) -> dict[tuple[Wire, ...], set[Wire]]:
        """Return what values were seen to be in the other arms of two regions, over all runs.

        The key is a value in the arm that `last` takes, and in its other arm.
        """
        if (region, last) not in self._partners:
            found = self._partners[region, last] = {}
            steps = [last, region]
            for world in list(self.worlds.runs):
                if world.isdisjoint(steps) and region.home <= world:
                    for *arms, partner in self._rows(world, steps):
                        found.setdefault(tuple(arms), set()).add(partner)
        return self._partners[region, last]

    def _rows(self, world: World, steps: list[Region]) -> Iterator[tuple[Wire, ...]]:
        """Yield each operand behind a region in a run and in those with one more arm changed."""
        start, path = self.worlds.tail(world, steps[0]), self.worlds.runs[world]
        places, paths = [start], [path]
        for step in steps:
            if world | {step} not in self.worlds.runs or not step.home <= world:
                return
            places.append(self.worlds.counterpart(world, step, places[-1]))
            world = world | {step}
            paths.append(self.worlds.runs[world])
        for offset in range(len(path.items) - start):
            items = [p.items[at + offset] for p, at in zip(paths, places, strict=True)]
            for key in keys_of_both(items[0], items[-1]):
                found = [self.wires.at(item, key) for item in items]
                wires = tuple(w for w in found if isinstance(w, Wire))
                if len(wires) == len(found):
                    yield wires

    def _join(self, region: Region, arms: list[Wire]) -> Wire:
        """Return the output of a region's `if` that is one value or the other."""
        yes, no = arms
        if yes is no:
            return yes
        if (yes, no) not in region.joined:
            node = region.node
            assert node is not None, "a branch is written before what follows it"
            both = join(yes.type, no.type)
            if both is None:
                raise Unknown(region)
            made = region.joined[yes, no] = Wire(both)
            node.outputs.append(made)
            node.yes.results.append(yes)
            node.no.results.append(no)
        return region.joined[yes, no]


def _size(world: World) -> int:
    return len(world)
