"""Finds the paths of a program: flips one decision after the other, and confirms what they share.

A decision behind the common end of an earlier branch is explored once, not in both arms. Because
state of Python could couple the two, each such pair is confirmed by a run that flips both; where
that differs, the earlier branch is extended over the later one.
"""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING

from tracescript.errors import ProducerError
from tracescript.producer.explore.alike import common_end, level_end, share_beginning
from tracescript.producer.explore.paths import Path, Wires
from tracescript.producer.explore.regions import BASE, Region, World, Worlds, follows, in_order
from tracescript.producer.trace.outcomes import MAX_UNROLL, Outcomes
from tracescript.producer.trace.report import Explored
from tracescript.producer.trace.tape import OUT_OF_RUNS, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Spot = tuple[World, int]
    """A branch decision: the world whose run asks it, and its number there."""


class Exhausted(Exception):  # noqa: N818  # no error: the decision at hand stays a guard
    """No run is left."""


class Search:
    """Explores one program. `record` runs it once, `limit` is the number of runs allowed."""

    def __init__(self, record: Callable[[Outcomes], Path], limit: int) -> None:
        self._record = record
        self.limit = limit
        self.runs = 0
        self.wires = Wires()
        self.worlds = Worlds()
        self.regions: dict[Spot, Region] = {}
        self.refused: dict[Spot, str] = {}
        self.unexplored: list[Spot] = []
        self._done: dict[tuple[bool, ...], Path | Exception] = {}

    @property
    def paths(self) -> int:
        """The number of different paths that were merged."""
        return len(self.worlds.runs)

    def explore(self) -> None:
        """Flip decisions until all are explored, refused, or the runs are used up."""
        base = self.worlds.runs[BASE] = self.run(Outcomes())
        if base.error is not None:
            raise base.error
        while self.runs < self.limit:
            spot = min(self._candidates(), key=_order, default=None)
            if spot is None or not self._add(*spot):
                break
        self.unexplored = list(self._candidates())

    def _candidates(self) -> Iterator[Spot]:
        """Yield the decisions that can be flipped and were not yet, of all paths found."""
        homes: list[Region | None] = [None, *self.regions.values()]
        for around in homes:
            home = BASE if around is None else around.world
            path = self.worlds.runs[home]
            shared = 0 if around is None or around.raises else around.end
            first = -1 if around is None else around.index
            for ask, index in enumerate(path.asks):
                spot = (home, ask)
                if spot in self.regions or spot in self.refused:
                    continue
                is_own = first < index < len(path.items) - shared
                if is_own and path.can_flip(ask):
                    yield spot

    def drop(self, region: Region, why: str) -> None:
        """Take a branch back, with all inside its other arm: its decision stays a guard."""
        self.refused[region.home, region.ask] = why
        gone = [r for r in self.regions.values() if r is region or region in r.home]
        for one in gone:
            del self.regions[one.home, one.ask]
        for world in [w for w in self.worlds.runs if not w.isdisjoint(gone)]:
            del self.worlds.runs[world]

    def why(self, home: World, ask: int) -> str:
        """Return why a decision stays a guard."""
        if (home, ask) in self.refused:
            return self.refused[home, ask]
        if (home, ask) in self.unexplored:
            return OUT_OF_RUNS
        return f"both outcomes are explored for {MAX_UNROLL} rounds of a `while`"

    def told(self) -> Explored:
        """Return how far the search came, for the report."""
        left = len(self.unexplored)
        every = len(self.regions) + left
        needed = 1 + every + every * (every - 1) // 2 if left else self.runs
        return Explored(self.runs, self.paths, left, max(needed, self.runs + left))

    # ---- one decision

    def _add(self, home: World, ask: int) -> bool:
        """Explore a decision, or refuse it; False where no run is left for it."""
        path = self.worlds.runs[home]
        region = Region(home, ask, path.asks[ask], (not path.outcomes[ask],))
        before = {r: r.end for r in self.regions.values()}
        try:
            other = self._other_arm(region, path)
        except Exhausted:
            return False
        except Exception as error:  # noqa: BLE001  # whatever the flipped arm raises on this data
            _pass_on(error)
            self.refused[home, ask] = _reason(error)
            return True
        if path.raises and not other.raises:
            self.refused[home, ask] = "it decides whether another branch raises"
            return True
        region.raises = other.raises and not path.raises
        self.worlds.runs[region.world] = other
        self.regions[home, ask] = region
        try:
            self._limit(region, len(path.items))
            self._settle()
        except Exhausted:
            self.drop(region, "")
            del self.refused[home, ask]
            for known, end in before.items():
                known.end = end
            return False
        return True

    def _other_arm(self, region: Region, path: Path) -> Path:
        """Run the other arm; where it raises, prefer a way through it that does not."""
        follow = path.taken[region.ask + 1 :]
        forced = [*path.outcomes[: region.ask], *region.flips]
        other = self.run(Outcomes(forced, follow), path, region.ask)
        if not other.raises or path.raises:
            return other
        for ask in reversed(range(region.ask + 1, len(other.asks))):
            if not other.can_flip(ask):
                continue
            more = [*other.outcomes[:ask], not other.outcomes[ask]]
            found = self.run(Outcomes(more, follow), path, region.ask)
            if not found.raises:
                region.flips = tuple(more[region.ask :])
                return found
        return other

    def run(self, outcomes: Outcomes, parent: Path | None = None, ask: int = 0) -> Path:
        """Run the program, or take the run that went this way before."""
        forced = tuple(outcomes.forced)
        done = self._done.get(forced) or self._raised_before(forced)
        if done is None:
            if self.runs >= self.limit:
                raise Exhausted
            self.runs += 1
            try:
                done = self._record(outcomes)
            except Exception as error:  # noqa: BLE001  # kept: the same way fails again
                done = error
            self._done[forced] = done
        if isinstance(done, Exception):
            raise done
        if parent is not None:
            share_beginning(self.wires, done, parent, ask)
        return done

    def _raised_before(self, forced: tuple[bool, ...]) -> Path | None:
        """Return a run that took these outcomes and raised: nothing behind them is left open."""
        known = (p for p in self._done.values() if isinstance(p, Path) and p.raises)
        return next((p for p in known if tuple(p.outcomes) == forced), None)

    # ---- what arms share

    def _limit(self, region: Region, most: int) -> bool:
        """Set the end of a region to the longest that both arms share; whether it changed."""
        before = region.end
        x, y = self.worlds.runs[region.home], self.worlds.runs[region.world]
        start = region.index + 1
        if y.raises and not x.raises:
            region.end = len(x.items) - start
        else:
            longest = min(common_end(self.wires, x, y, (start, start)), most)
            region.end = level_end(x, y, start, longest)
            if region.end == 0 and not x.raises:
                raise self._different(x, region)
        return region.end != before

    def _different(self, path: Path, region: Region) -> ProducerError:
        from tracescript.producer.explore.refusals import different_results

        other = self.worlds.runs[region.world]
        read = path.items[region.index]
        assert isinstance(read, Read), "a region is a decision"
        return different_results(read, path, other)

    def _settle(self) -> None:
        """Extend regions until each holds those inside it and all pairs are confirmed."""
        changed = True
        while changed:
            changed = any(self._contain(r) for r in list(self.regions.values())) or any(
                self._confirm(a, b) for a, b in list(permutations(self.regions.values(), 2))
            )
            if changed:
                self._forget()

    def _forget(self) -> None:
        """Forget worlds that stand for nothing since a region was extended."""
        for world in list(self.worlds.runs):
            steps = in_order(world)
            if any(
                a not in b.home and follows(self.worlds, a, b) is None
                for a, b in combinations(steps, 2)
            ):
                del self.worlds.runs[world]

    def _contain(self, region: Region) -> bool:
        """Extend a region over those that begin in its arms and end behind it."""
        stop = self.worlds.length(region.home) - region.end
        inside = [
            r
            for r in self.regions.values()
            if (r.home == region.world and not region.raises)
            or (r.home == region.home and region.index < r.index < stop)
        ]
        most = min((r.end for r in inside), default=region.end)
        return most < region.end and self._limit(region, most)

    def _confirm(self, a: Region, b: Region) -> bool:
        """Check that `b`'s other arm is the same after both of `a`; else extend `a` over it."""
        pair = follows(self.worlds, a, b)
        if pair is None or any(r.raises for r in a.world - b.world):
            return False
        alone = (a.world | b.world) - {a}
        if alone | {a} in self.worlds.runs:
            return False
        try:
            if self.shares(alone, a):
                return False
        except Exhausted:
            raise
        except Exception as error:  # noqa: BLE001  # it cannot run after this arm
            _pass_on(error)
        return self._limit(pair[0], pair[1].end)

    def shares(self, alone: World, region: Region) -> bool:
        """Tell whether a world's run goes on behind a region as it does behind its other arm."""
        together = alone | {region}
        x, y = self.world(alone), self.world(together, like=alone)
        start, other = self.worlds.tail(alone, region), self.worlds.tail(together, region)
        wanted = len(x.items) - start
        if (
            len(y.items) - other == wanted
            and common_end(self.wires, x, y, (start, other)) == wanted
        ):
            return True
        del self.worlds.runs[together]
        return False

    def world(self, world: World, like: World = BASE) -> Path:
        """Return the run of a world; the last decision is flipped in the run without it."""
        if world not in self.worlds.runs:
            last = in_order(world)[-1]
            rest = world - {last}
            parent = self.world(rest)
            place = self.worlds.place(last, rest)
            if place not in parent.asks:
                raise LookupError
            ask = parent.asks.index(place)
            model = self.worlds.runs[like]
            follow = model.taken_behind(self.worlds.place(last, like - {last}))
            forced = [*parent.outcomes[:ask], *last.flips]
            self.worlds.runs[world] = self.run(Outcomes(forced, follow), parent, ask)
        return self.worlds.runs[world]


def _pass_on(error: Exception) -> None:
    """Raise what is wrong with the program itself and not with one arm."""
    if isinstance(error, ProducerError) and error.code == "NONDETERMINISTIC_TRACE":
        raise error


def _order(spot: Spot) -> tuple[int, int]:
    """Shallow ones first, of those the last one first: what it shares is known by then."""
    home, ask = spot
    return len(home), -ask


def _reason(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return f"the other arm cannot run on the example: {type(error).__name__}: {text}"
