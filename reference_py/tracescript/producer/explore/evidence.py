"""What the runs show: where values were made, and what they were seen to be in other arms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracescript.producer.explore.alike import keys_of_both
from tracescript.producer.explore.paths import outputs_of
from tracescript.producer.explore.regions import BASE, follows, in_order
from tracescript.producer.trace.tape import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.explore.paths import Key, Wires
    from tracescript.producer.explore.regions import Region, World, Worlds


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


class Evidence:
    """Answers from the runs of all worlds."""

    def __init__(self, worlds: Worlds, wires: Wires) -> None:
        self.worlds = worlds
        self.wires = wires
        self._made: dict[Wire, tuple[World, int]] = {}
        self._partners: dict[tuple[Region, Region], dict[tuple[Wire, ...], set[Wire]]] = {}
        for world in sorted(worlds.runs, key=_size):
            self.learn(world)

    def learn(self, world: World) -> None:
        """Take in the run of a world."""
        self._partners.clear()
        for index, item in enumerate(self.worlds.runs[world].items):
            for wire in outputs_of(item):
                self._made.setdefault(self.wires.find(wire), (world, index))

    def is_behind(self, wire: Wire, region: Region) -> bool:
        """Tell whether a value was made behind the end of a region."""
        if wire not in self._made:
            return False
        world, index = self._made[wire]
        return self.worlds.is_behind(world, index, region)

    def elsewhere(self, wire: Wire, use: Use, region: Region) -> Iterator[tuple[World, Wire]]:
        """Yield what an old value is in the runs that take other arms between it and a region."""
        for world in list(self.worlds.runs):
            steps = world - use.world
            if not use.world < world or any(self.is_behind(wire, step) for step in steps):
                continue
            if all(follows(self.worlds, step, region) for step in steps):
                index = self.worlds.moved(use.world, use.index, in_order(steps))
                if index is not None:
                    found = self.wires.at(self.worlds.runs[world].items[index], use.key)
                    if isinstance(found, Wire):
                        yield world, found

    def seen(self, region: Region, last: Region) -> dict[tuple[Wire, ...], set[Wire]]:
        """Return what values were seen to be in the other arms of two regions, over all runs.

        The key is a value in the arm that `last` takes, and in its other arm.
        """
        if (region, last) not in self._partners:
            found = self._partners[region, last] = {}
            steps = [last, region]
            for world in list(self.worlds.runs):
                if world.isdisjoint(steps) and last.home | region.home <= world:
                    for *arms, partner in self._rows(world, steps):
                        found.setdefault(tuple(arms), set()).add(partner)
        return self._partners[region, last]

    def _rows(self, world: World, steps: list[Region]) -> Iterator[tuple[Wire, ...]]:
        """Yield each operand behind a region in a run and in those with one more arm changed."""
        start, path = max(self.worlds.tail(world, s) for s in steps), self.worlds.runs[world]
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


def _size(world: World) -> int:
    return len(world)
