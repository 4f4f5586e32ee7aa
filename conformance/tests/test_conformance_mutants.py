"""The suite is measured: every fault put into a loader is noticed by the cases it is about."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from suite_runs import ROOT

from mutants import patch, registry

ALL = registry.mutants()


def test_a_sample_of_the_faults_is_noticed():
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mutants", "--slice", "3/16"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_there_are_faults_of_every_kind():
    kinds = {mutant.id.partition("/")[0] for mutant in ALL}

    assert len(ALL) >= 200
    assert kinds >= {"decoder", "reader", "rule", "flow", "guards", "limits", "state", "code"}
    assert kinds >= {"nan", "zero", "subnormal", "round", "precision", "wrap", "cast", "scalar"}


def test_the_results_are_about_these_faults():
    found = json.loads((ROOT / "mutants" / "hand.json").read_text("utf-8"))

    assert sorted(found) == [mutant.id for mutant in ALL]
    assert all(found.values())


def test_a_fault_that_changes_nothing_is_refused():
    wrong = registry.Mutant("a/b", ("GRAPH-1",), "wire.scan:scan", old="not there", new="x")

    with pytest.raises(registry.MutantError, match="0 times"):
        patch.put_in(wrong)


def test_every_requirement_is_proved_or_waived_with_a_reason():
    from tools import coverage

    _, wrong = coverage.rows()

    assert wrong == []
