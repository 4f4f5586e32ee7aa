"""Branches with both outcomes known, and how positions of one run lead to those of others.

A *world* is a set of regions whose other arm was taken. Its run agrees with the run of the world
without the last of them up to that decision, and, behind the end of each region, with the run of
the world without that region.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.producer.explore.paths import Path
    from tracescript.producer.trace.tape import If, Wire


@dataclass(eq=False)
class Region:
    """A branch decision and what depends on its outcome.

    `home` is the world whose run asks it, `ask` and `index` its number and place there, `flips` the
    outcomes that lead down the other arm. `end` counts the items, from the end of the run, that
    both arms share. An arm that `raises` shares nothing. `node` to `joined` are filled by merging.
    `line` are the regions around it, outermost first, and itself; `key` puts regions in the order
    of the text.
    """

    home: World
    ask: int
    index: int
    flips: tuple[bool, ...]
    end: int = 0
    raises: bool = False
    node: If | None = None
    before: tuple[Region, ...] = ()
    taken_passed: tuple[Region, ...] = ()
    other_passed: tuple[Region, ...] = ()
    joined: dict[tuple[Wire, Wire], Wire] = field(default_factory=dict)
    line: tuple[Region, ...] = field(init=False)
    key: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.line = (*sorted(self.home, key=_depth), self)
        self.key = tuple(region.ask for region in self.line)

    @property
    def world(self) -> World:
        """The world of the other arm."""
        return self.home | {self}


def _depth(region: Region) -> int:
    return len(region.home)


World = frozenset[Region]
BASE: World = frozenset()


def in_order(world: Iterable[Region]) -> list[Region]:
    """Return regions in the order of the text, outer ones first."""
    return sorted(world, key=_key)


def _key(region: Region) -> tuple[int, ...]:
    return region.key


class Worlds:
    """The runs by world, and where things of one run are in another."""

    def __init__(self) -> None:
        self.runs: dict[World, Path] = {}

    def length(self, world: World) -> int:
        """Return the number of items of a world's run."""
        return len(self.runs[world].items)

    def tail(self, world: World, region: Region) -> int:
        """Return where a region has ended in a world that holds its home."""
        until = {r for r in world if r is region or follows(self, region, r) is None}
        if region in world and region.raises:
            return self.length(frozenset(until))
        return self.length(frozenset(until)) - region.end

    def counterpart(self, world: World, region: Region, index: int) -> int:
        """Return the place of an item behind a region in the run that takes the other arm."""
        other = self.tail(world | {region}, region)
        return index - self.tail(world, region) + other

    def place(self, region: Region, world: World) -> int:
        """Return where a region's decision stands in a world that holds its home."""
        at, index = region.home, region.index
        for step in in_order(world - region.home - {region}):
            if step.key < region.key:
                index = self.counterpart(at, step, index)
                at = at | {step}
        return index

    def twins(self, world: World, index: int) -> Iterator[tuple[Path, int]]:
        """Yield the same item in every run that has it and takes more other arms."""
        for found, path in self.runs.items():
            if found > world:
                place = self.moved(world, index, in_order(found - world))
                if place is not None:
                    yield path, place

    def moved(self, world: World, index: int, steps: list[Region]) -> int | None:
        """Return where an item is in the run that also takes these other arms; None if nowhere."""
        for step in steps:
            if not step.home <= world or world | {step} not in self.runs:
                return None
            if index >= self.tail(world, step):
                if step.raises:
                    return None
                index = self.counterpart(world, step, index)
            elif index > self.place(step, world):
                return None
            world = world | {step}
        return index

    def is_behind(self, made_in: World, index: int, region: Region) -> bool:
        """Tell whether an item of a run stands behind the end of a region."""
        for step in region.line:
            if step not in made_in:
                return index >= self.tail(made_in, step)
        return index >= self.tail(made_in, region)


def follows(worlds: Worlds, a: Region, b: Region) -> tuple[Region, Region] | None:
    """Return the outermost regions around `a` and `b` if `b` stands behind the end of `a`'s.

    None where one holds the other or lies in the other arm, or the text has them the other way.
    """
    for one, other in zip(a.line, b.line, strict=False):
        if one is not other:
            apart = other.index >= worlds.length(one.home) - one.end
            return (one, other) if one.index < other.index and apart else None
    return None
