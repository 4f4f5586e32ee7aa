"""Faults made by rule: `python -m mutants.source [MODULE ...] [--sample N] [--write]`.

Each change that `changes.py` finds in a module or part of the loader (`wire`, `engine.py`) is put
in alone, and the cases that run the changed lines are asked until one fails. `--again` tries those
only that are open or not explained, or whose functions have changed since they were tried,
`--survivors` all that survive; `--cases` asks some cases only: new ones, say.
`--check` tries a few of those in the table, without a record of lines, and gives exit code 1
where one survives that the table does not explain.
"""

from __future__ import annotations

import argparse
import fnmatch
import importlib
import os
import sys
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from mutants import patch
from mutants.answers import DIFFERENCES, difference, parts
from mutants.changes import Change, changes
from mutants.killing import Door, Suite, Task, run, watch
from mutants.reach import ENGINES, engines, modules, reach, shuffled
from mutants.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from mutants.reach import Reach

Found: TypeAlias = "tuple[Change, str, str]"
"""A change, what became of it, and the unit that noticed."""
_NEAR = 15
_ALL = 10_000
_LAST = "graph/limits/blocks_1000_deep_run"
"""The case that takes as long as hundreds of others."""


class Trial:
    """Tries changes, and remembers which cases notice: they go first for the next change."""

    def __init__(self, suite: Suite, sound: Mapping[str, Any], kept: Table) -> None:
        self._suite = suite
        self._sound = sound
        self._killers: dict[str, Counter[str]] = {}
        for module in kept.modules:
            for function, units in kept.killers(module).items():
                self._killers[f"{module}:{function}"] = Counter(units)

    def run(
        self, chosen: Sequence[Change], units: Callable[[Change], list[str]]
    ) -> Iterator[Found]:
        """Yield for each change what became of it, and the unit that noticed."""
        by_id = {change.id: change for change in chosen}
        unreached: list[Change] = []

        def tasks() -> Iterator[Task]:
            for change in chosen:
                asked = self._order(change, units(change))
                if asked:
                    ask = partial(_first, units=asked, sound=self._sound)
                    yield Task(change.id, partial(put_in, change), ask)
                else:
                    unreached.append(change)

        for name, found in run(self._suite, tasks(), os.cpu_count() or 1):
            change = by_id[name]
            state, unit = next(iter(found.items()), ("survives", ""))
            state = state or "killed"
            if state == "killed" and "/" in unit:
                place = f"{change.module}:{change.function}"
                self._killers.setdefault(place, Counter())[unit] += 1
            yield change, state, unit
        for change in unreached:
            yield change, "not reached", ""

    def _order(self, change: Change, units: list[str]) -> list[str]:
        """Put first the units that noticed other faults of the function, then of the module."""
        known = self._killers.get(f"{change.module}:{change.function}", Counter())
        near = Counter[str]()
        for place, counts in self._killers.items():
            if place.startswith(f"{change.module}:"):
                near.update(counts)
        mine = set(units)
        first = [unit for unit, _ in (*known.most_common(), *near.most_common(_NEAR))]
        order = dict.fromkeys(unit for unit in (*first, *units) if unit in mine)
        return sorted(order, key=lambda unit: unit.endswith(_LAST))


def reaching(suite: Suite, most: int, asked: Collection[str]) -> Callable[[Change], list[str]]:
    """Return what finds the units that run a change, `most` of them at most, of the cases asked.

    First come those that run what few run: in the function, then in the whole part. Behind them
    come all refused files, for the parts that refuse them: these cases are short.
    """
    records: dict[str, Reach] = {}
    known: dict[str, list[str]] = {}

    def units(change: Change) -> list[str]:
        part = change.module.partition(".")[0]
        if part not in records:
            records[part] = reach(suite, part, asked)
            known[part] = records[part].rarest(list(records[part].lines))
        reached = records[part]
        exact, around = change.lines()
        found = reached.of(change.module, exact) or reached.of(change.module, around)
        found = [unit for unit in found if unit.partition(" ")[2] in asked]
        mine = set(found)
        near = reached.rarest([f"{change.module} {line}" for line in change.span])
        rare = [unit for unit in (*near, *known[part]) if unit in mine]
        some = list(dict.fromkeys((*rare, *sorted(found, key=shuffled))))[:most]
        if len(engines(part)) > 1:
            return some
        short = [u for u in found if suite.cases[u.partition(" ")[2]].HasField("reject")]
        return list(dict.fromkeys((*some, *short)))

    return units


def sample(every: Iterable[Change], count: int, seed: int) -> list[Change]:
    """Return some of the changes, the same ones as long as they are there."""
    return sorted(every, key=lambda c: shuffled(f"{seed} {c.id}"))[:count]


def put_in(change: Change) -> None:
    """Put a change into the loader of this process, for good."""
    module = importlib.import_module(f"tracescript.{change.module}")
    patch.exchange(module, change.function, change.make())
    patch.forget()


def _first(suite: Suite, units: Sequence[str], sound: Mapping[str, Any]) -> dict[str, str]:
    """Return the first unit that fails; or else one whose answers differ, and in what."""
    doors = {engine: Door(engine) for engine in ENGINES}
    other: dict[str, str] = {}
    for unit in units:
        engine, _, case = unit.partition(" ")
        if not suite.passes(case, doors[engine]):
            return {"killed": unit}
        if unit in sound:
            other.setdefault(difference(sound[unit], parts(doors[engine].said)), unit)
    return next(({d: other[d]} for d in DIFFERENCES if d in other), {})


def _answers(
    suite: Suite, used: Sequence[str], asked: Iterable[str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the sound loader's answers by unit, and the units that fail: there are none."""
    found, broken = {}, []
    for engine in used:
        door = Door(engine)
        for case in asked:
            if not suite.passes(case, door):
                broken.append(f"{engine} {case}")
            found[f"{engine} {case}"] = parts(door.said)
    return found, broken


def _tried(suite: Suite, chosen: Sequence[Change], options: argparse.Namespace) -> list[Found]:
    """Try changes as the options say, and tell those that are neither noticed nor explained."""
    table = Table.load()
    used = [e for e in ENGINES if any(e in engines(c.module.partition(".")[0]) for c in chosen)]
    asked = {c: 0 for pattern in options.cases for c in fnmatch.filter(suite.cases, pattern)}
    sound, broken = _answers(suite, used, asked)
    if broken:
        raise SystemExit(f"the sound loader fails: {', '.join(broken)}")
    found = []
    units = reaching(suite, options.most, asked)
    for count, one in enumerate(Trial(suite, sound, table).run(chosen, units), 1):
        found.append(one)
        if count % 100 == 0:
            print(f"{count} of {len(chosen)}", file=sys.stderr, flush=True)
    return found


def _checked(suite: Suite, chosen: Sequence[Change]) -> list[Found]:
    """Try changes without a record of lines: first on the cases that noticed their like."""
    table = Table.load()
    everything = [f"{engine} {case}" for engine in ENGINES for case in suite.cases]
    for unit in everything[::_NEAR]:  # so that children find everything imported
        engine, _, case = unit.partition(" ")
        suite.passes(case, Door(engine))
    new = [c for c in chosen if not table.is_explained(c)]
    found = list(Trial(suite, {}, table).run(new, lambda _: everything))
    again = [change for change, state, _ in found if state != "killed"]
    if not again:
        return found
    sound, _ = _answers(suite, ENGINES, suite.cases)
    killed = [one for one in found if one[1] == "killed"]
    return killed + list(Trial(suite, sound, table).run(again, lambda _: everything))


def main() -> int:
    """Print what survives, and how many that are."""
    parser = argparse.ArgumentParser(prog="mutants.source", description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules or parts below tracescript (all)")
    parser.add_argument("--sample", type=int, default=0, help="how many faults to try (all)")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--most", type=int, default=_ALL, help="how many cases to ask at most")
    parser.add_argument("--again", action="store_true", help="only what is not settled")
    parser.add_argument("--survivors", action="store_true", help="what survives, explained or not")
    parser.add_argument("--cases", nargs="+", default=["*"], help="which cases to ask")
    parser.add_argument("--write", action="store_true", help="note the results in source.json")
    parser.add_argument("--check", action="store_true", help="a few of those in the table")
    options = parser.parse_args()
    started, suite, table = time.monotonic(), Suite(), Table.load()
    names = list(table.modules) if options.check else modules(*options.modules)
    every = [change for name in names for change in changes(name)]
    if options.again:
        every = [c for c in every if table.is_open(c)]
    if options.survivors:
        every = [c for c in every if table.state(c) not in {"killed", *DIFFERENCES}]
    if options.check:
        every = [c for c in every if table.state(c)]
    chosen = sample(every, options.sample or len(every), options.seed)
    watch()
    found = _checked(suite, chosen) if options.check else _tried(suite, chosen, options)
    if options.cases != ["*"]:
        found = [one for one in found if one[1] == "killed"]  # others were asked more cases before
    if options.write:
        whole = options.cases == ["*"] and len(chosen) == len(every) and options.most >= _ALL
        Table.load().note(found, whole=whole)
        table = Table.load()
    alive = [one for one in found if one[1] not in {"killed", *DIFFERENCES}]
    alive = [one for one in alive if not table.is_explained(one[0])]
    for change, state, _ in alive:
        print(f"{state}: {change.id}")
    seconds = time.monotonic() - started
    print(f"{len(alive)} of {len(chosen)} are neither noticed nor explained, in {seconds:.0f} s")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
