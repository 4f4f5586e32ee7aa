"""Asks tests instead of cases: for faults in what makes files, and in a loader's library."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

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
