"""Asks tests instead of cases: for faults in what makes files, and in a loader's library.

`python -m mutants.tested [MODULE ...] [--sample N]` tries the faults made by rule that only tests
can notice, for the reason in the table. Exit code 1 where a test that the reason names does not.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mutants.changes import Change, changes
from mutants.killing import Suite, Task, run
from mutants.reach import modules
from mutants.source import put_in, sample
from mutants.table import Table
from tools.proofs import ROOT, proofs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def proving(rules: Iterable[str]) -> dict[str, list[str]]:
    """Return the tests of those rules that tests prove."""
    known = proofs()
    return {rule: known[rule] for rule in rules if rule in known}


def warm() -> None:
    """Import what tests need, so that children find it there."""
    if importlib.util.find_spec("torch"):
        importlib.import_module("torch")


def killers(rules: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return by rule the first of its tests that fails in this process."""
    asked: dict[tuple[str, ...], list[str]] = {}
    for tests in map(tuple, rules.values()):
        asked[tests] = asked.get(tests) or failing(tests)
    return {rule: asked[tuple(t)][0] for rule, t in rules.items() if asked[tuple(t)]}


class _Failures:
    """Notes what fails, as a plugin of pytest."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.found.append(report.nodeid)


def failing(tests: Sequence[str]) -> list[str]:
    """Run tests up to the first that fails. Raises RuntimeError where they do not run."""
    plugin = _Failures()
    options = ["-x", "-n0", "-p", "no:cacheprovider", "--rootdir", str(ROOT)]
    sys.dont_write_bytecode = True
    os.chdir(ROOT)
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        end = pytest.main([*options, *(str(ROOT / test) for test in tests)], [plugin])
    if end not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise RuntimeError(f"{tests}: {end!r}")
    return plugin.found


def unnoticed(tests: Mapping[Change, Sequence[str]]) -> list[Change]:
    """Return the faults that none of their tests notices. Raises RuntimeError where one is bad."""
    broken = failing(sorted({test for named in tests.values() for test in named}))
    if broken:
        raise RuntimeError(f"the sound program fails {', '.join(broken)}")

    def ask(named: Sequence[str], suite: Suite) -> dict[str, str]:
        del suite
        return dict.fromkeys(failing(named), "")

    tasks = (Task(c.id, partial(put_in, c), partial(ask, named)) for c, named in tests.items())
    found = dict(run(Suite(), tasks, os.cpu_count() or 1))
    return [change for change in tests if not found[change.id]]


def main() -> int:
    """Print the faults that tests should notice and do not."""
    parser = argparse.ArgumentParser(prog="mutants.tested", description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules or parts below tracescript (all)")
    parser.add_argument("--sample", type=int, default=0, help="how many faults to try (all)")
    options = parser.parse_args()
    reasons = {fault: r for r in Table.load().reasons if r.kind == "tested" for fault in r.of}
    every = [c for name in modules(*options.modules) for c in changes(name) if c.id in reasons]
    chosen = sample(every, options.sample or len(every), 1)
    warm()
    alive = unnoticed({change: reasons[change.id].tests for change in chosen})
    for change in alive:
        print(f"survives its tests: {change.id}")
    print(f"{len(chosen) - len(alive)} of {len(chosen)} are noticed by tests")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
