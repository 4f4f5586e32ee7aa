"""Merges the paths of a program into one frame: an `if` for each branch, what follows only once.

What an item behind a branch reads may be one value in this run and another in the run of the other
arm. Then it reads an output of the `if`, which is found by asking the same item of that run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.errors import ProducerError
from tracescript.opset.relations import join
from tracescript.producer.explore.checking import agrees, more_runs
from tracescript.producer.explore.evidence import Evidence, Use
from tracescript.producer.explore.paths import Enter, Leave
from tracescript.producer.explore.regions import BASE, in_order
from tracescript.producer.explore.search import Exhausted
from tracescript.producer.trace.tape import Wire

if TYPE_CHECKING:
    from tracescript.producer.explore.paths import Key
    from tracescript.producer.explore.regions import Region, World
    from tracescript.producer.explore.search import Search
    from tracescript.producer.trace.tape import Frame

    Passed = tuple[Region, ...]


class Unknown(Exception):  # noqa: N818  # no error: the branch is taken back
    """What a value is in the other arm of `region` cannot be found out any more."""

    def __init__(self, region: Region) -> None:
        super().__init__()
        self.region = region


def merged(search: Search) -> Frame:
    """Return the frame of the whole program; branches that cannot be merged become guards.

    Where a run that was not used departs from it, what was inferred is found out by more runs.
    """
    is_thorough, checks = False, more_runs(search)
    while True:
        try:
            frame = Merge(search, is_thorough=is_thorough).frame()
        except Unknown as unknown:
            search.drop(unknown.region, "no run was left to see what both arms have in common")
            continue
        if all(agrees(search, frame, path) for path in checks):
            return frame
        if is_thorough:
            last = in_order(search.regions.values())[-1]
            search.drop(last, "what it does together with other branches stayed open")
        is_thorough = True


class Merge:
    """One attempt to merge the runs found by a search; a thorough one infers nothing."""

    def __init__(self, search: Search, *, is_thorough: bool) -> None:
        self.search = search
        self._is_thorough = is_thorough
        self.worlds = search.worlds
        self.wires = search.wires
        self.evidence = Evidence(search.worlds, search.wires)
        self._dissolved: set[Frame] = set()
        self._answers: dict[tuple[Wire, Use, Passed], Wire] = {}
        for region in search.regions.values():
            region.joined = {}

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
                if self.evidence.is_behind(wire, region):
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
        """Tell whether a region tells its arms apart where earlier branches go the other way."""
        if use.beyond:
            return False
        seen = dict(self.evidence.elsewhere(wire, use, region))
        for world, found in seen.items():
            steps = world - use.world
            if world | {region} not in self.worlds.runs:
                if self._is_thorough:
                    pass
                elif len(steps) == 1:
                    known = self.evidence.seen(region, *steps).get((wire, found), set())
                    if known == {found} or (not known and found is wire):
                        continue
                    if len(known) == 1:
                        return True
                elif any(seen.get(world - {s}, wire) is found for s in steps):
                    continue
                self._run(world, region)
            place = self.worlds.moved(use.world, use.index, in_order(steps | {region}))
            assert place is not None, "what stands behind all branches is in every run"
            item = self.worlds.runs[world | {region}].items[place]
            if self.wires.at(item, use.key) is not found:
                return True
        return False

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
        if self._is_thorough or use.last is None or use.taken is None or use.taken is wire:
            return None
        seen = self.evidence.seen(region, use.last).get((use.taken, wire), set())
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
        self.evidence.learn(there)
        self._answers.clear()

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
