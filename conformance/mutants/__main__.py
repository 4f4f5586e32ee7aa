"""Runs the faults written by hand: `python -m mutants [PATTERN ...] [--slice K/N] [--write]`.

Exit code 1 where a fault survives the cases of the rules it breaks.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from functools import partial

from mutants import tested
from mutants.killing import Suite, Task, run, warm
from mutants.patch import put_in
from mutants.registry import FOLDER, Mutant, mutants
from mutants.served import Served

RESULTS = FOLDER / "hand.json"


def tasks(chosen: list[Mutant], suite: Suite) -> list[Task]:
    """Return what is to be run for each fault: the cases, and the tests, of the rules it breaks."""
    return [
        Task(
            m.id,
            partial(put_in, m),
            partial(_asked, engine=m.engine, rules=suite.proving(rules), tests=tests, calls=calls),
        )
        for served in [Served(suite.corpus)]
        for m in chosen
        for tests in [tested.proving(m.breaks)]
        for calls in [served.proving(r for r in m.breaks if r.startswith("RPC-"))]
        for rules in [[rule for rule in m.breaks if rule not in {*tests, *calls}]]
    ]


_Names = Mapping[str, list[str]]


def _asked(
    suite: Suite, *, engine: str, rules: _Names, tests: _Names, calls: _Names
) -> dict[str, str]:
    """Ask the cases, tests and SERVICE cases of rules, each where there are any."""
    found = suite.killers(engine, rules) if rules else {}
    found |= tested.killers(tests) if tests else {}
    return found | (Served(suite.corpus).killers(calls) if calls else {})


def _broken(suite: Suite, found: dict[str, dict[str, str]]) -> list[str]:
    """Return tests and SERVICE cases that fail on the sound program too, and so show nothing."""
    killers = {k for by_rule in found.values() for k in by_rule.values()}
    tests = sorted(k for k in killers if "::" in k)
    calls = sorted(k for k in killers if k.startswith("service/"))

    def sound(suite: Suite) -> dict[str, str]:
        failing = tested.failing(tests) if tests else []
        return dict.fromkeys(failing + Served(suite.corpus).failing(calls), "")

    task = Task("", lambda: None, sound)
    return [name for _, failing in run(suite, [task], 1) for name in failing]


def _takes_runs(mutant: Mutant) -> bool:
    """Whether a fault is shown by tests or calls of an executor, which take seconds."""
    return bool(tested.proving(mutant.breaks)) or any(r.startswith("RPC-") for r in mutant.breaks)


def main() -> int:
    """Print what survives; with `--write` note who killed what."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("patterns", nargs="*", help="ids of faults, with * (all)")
    parser.add_argument("--slice", default="0/1", help="every Nth fault from the Kth on: K/N")
    parser.add_argument(
        "--proven-by",
        choices=["cases", "runs"],
        help="only faults that cases alone show, or only those that take tests or an executor",
    )
    parser.add_argument("--write", action="store_true", help="note the results in hand.json")
    options = parser.parse_args()
    first, step = map(int, options.slice.split("/"))
    fitting = [
        m
        for m in mutants(*options.patterns)
        if options.proven_by in {None, "runs" if _takes_runs(m) else "cases"}
    ]
    chosen = fitting[first::step]
    suite = Suite()
    started = time.monotonic()
    todo = tasks(chosen, suite)
    wanted = {case for m in chosen for cases in suite.proving(m.breaks).values() for case in cases}
    broken = warm(suite, sorted({m.engine for m in chosen}), sorted(wanted))
    if broken:
        print(f"the sound loader fails: {broken}")
        return 2
    tested.warm()
    found = dict(run(suite, todo, os.cpu_count() or 1))
    broken = _broken(suite, found)
    if broken:
        print(f"the sound program fails: {broken}")
        return 2
    alive = [m for m in chosen if not found[m.id]]
    for mutant in alive:
        print(f"{mutant.id} survives the cases of {', '.join(mutant.breaks)}")
    seconds = time.monotonic() - started
    print(f"{len(chosen) - len(alive)} of {len(chosen)} killed in {seconds:.0f} s")
    if options.write and not alive:
        kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
        known = {m.id for m in mutants()}
        made = {i: k for i, k in sorted((kept | found).items()) if i in known}
        RESULTS.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
