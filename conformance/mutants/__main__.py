"""Runs the faults written by hand: `python -m mutants [PATTERN ...] [--slice K/N] [--write]`.

Exit code 1 where a fault survives the cases of the rules it breaks.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from functools import partial

from mutants import tested
from mutants.killing import Suite, Task, run, warm
from mutants.patch import put_in
from mutants.registry import FOLDER, Mutant, mutants

RESULTS = FOLDER / "hand.json"


def tasks(chosen: list[Mutant], suite: Suite) -> list[Task]:
    """Return what is to be run for each fault: the cases, and the tests, of the rules it breaks."""
    return [
        Task(
            m.id,
            partial(put_in, m),
            partial(_asked, engine=m.engine, rules=suite.proving(rules), tests=tests),
        )
        for m in chosen
        for tests in [tested.proving(m.breaks)]
        for rules in [[rule for rule in m.breaks if rule not in tests]]
    ]


def _asked(
    suite: Suite, *, engine: str, rules: dict[str, list[str]], tests: dict[str, list[str]]
) -> dict[str, str]:
    return suite.killers(engine, rules) | tested.killers(tests)


def _broken(suite: Suite, found: dict[str, dict[str, str]]) -> list[str]:
    """Return tests that fail on the sound program too, and so have shown nothing."""
    tests = sorted({k for killers in found.values() for k in killers.values() if "::" in k})
    sound = Task("", lambda: None, lambda _: {"": " ".join(tested.failing(tests))})
    return [
        test
        for _, answer in run(suite, [sound] if tests else [], 1)
        for test in answer.values()
        if test
    ]


def main() -> int:
    """Print what survives; with `--write` note who killed what."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("patterns", nargs="*", help="ids of faults, with * (all)")
    parser.add_argument("--slice", default="0/1", help="every Nth fault from the Kth on: K/N")
    parser.add_argument("--write", action="store_true", help="note the results in hand.json")
    options = parser.parse_args()
    first, step = map(int, options.slice.split("/"))
    chosen = mutants(*options.patterns)[first::step]
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
