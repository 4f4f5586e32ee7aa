"""The suite is measured: every fault put into a loader is noticed by the cases it is about."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile

import numpy as np
import pytest
from suite_runs import ROOT

from mutants import patch, registry
from mutants.answers import DIFFERENCES
from mutants.changes import changes
from mutants.killing import Suite
from mutants.reach import reach
from mutants.table import Table, page
from tracescript.kernels import scratch

ALL = registry.mutants()


def test_a_sample_of_the_faults_is_noticed():
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mutants", "--slice", "3/64"],
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


def test_the_readme_counts_these_faults():
    readme = (ROOT.parent / "README.md").read_text("utf-8")

    assert f"{len(ALL)} faults put in by hand" in readme


def test_a_fault_that_changes_nothing_is_refused():
    wrong = registry.Mutant("a/b", ("GRAPH-1",), "wire.scan:scan", old="not there", new="x")

    with pytest.raises(registry.MutantError, match="0 times"):
        patch.put_in(wrong)


def test_every_fault_put_in_by_hand_has_its_place_in_the_source():
    bodies = [m for m in registry.every().values() if m.body or m.old]

    assert len(bodies) >= 200
    assert all(patch.faulty(mutant).body for mutant in bodies if "torch" not in mutant.at)


def test_every_requirement_is_proved_or_waived_with_a_reason():
    from tools import coverage

    _, wrong = coverage.rows()

    assert wrong == []


def test_every_fault_made_by_rule_is_noticed_or_explained():
    table = Table.load()
    alive = [
        fault
        for module in table.modules.values()
        for fault, state in module["alive"].items()
        if state not in DIFFERENCES and table.reason(fault) is None
    ]

    assert table.modules
    assert alive == []


def test_every_reason_is_about_faults_that_survive_and_no_fault_has_two():
    table = Table.load()
    alive = {
        fault
        for module in table.modules.values()
        for fault, state in module["alive"].items()
        if state not in DIFFERENCES
    }
    explained = [fault for reason in table.reasons for fault in reason.of]

    assert sorted(explained) == sorted(set(explained))
    assert set(explained) <= alive


def test_a_fault_counts_as_not_tried_when_its_function_has_changed_since():
    change = next(changes("wire.varint"))
    table = {"alive": {}, "functions": {change.function: change.digest}}
    before = Table({"wire.varint": table}, [])
    after = Table({"wire.varint": {**table, "functions": {change.function: "0"}}}, [])

    assert (before.state(change), before.is_open(change)) == ("killed", False)
    assert (after.state(change), after.is_open(change)) == ("", True)


def test_the_page_says_what_became_of_the_faults():
    assert page(Table.load()) == (ROOT / "mutants" / "source.md").read_text("utf-8")


def test_changes_of_a_module_have_names_of_their_own():
    names = [change.id for change in changes("wire.varint")]

    assert len(set(names)) == len(names) >= 20


def test_a_change_takes_effect_when_it_is_made():
    change = next(c for c in changes("wire.varint") if c.kind == "comparison turned")
    before = ast.unparse(change.tree)

    assert ast.unparse(change.make()) != before


def test_memory_that_kernels_keep_between_calls_is_forgotten():
    before = scratch.scratch("a use", (4,), np.dtype("float32"))
    patch.forget()

    assert not np.shares_memory(before, scratch.scratch("a use", (4,), before.dtype))


def _lines(record, case):
    """Return the lines that a case runs."""
    places = {line: line.split() for line in record.lines}
    return {
        line
        for line, (module, number) in places.items()
        if f"ref {case}" in record.of(module, [int(number)])
    }


def _give(suite, case, other):
    """Let a case be as another one, but for its id."""
    digests = {entry.id: entry for entry in suite.corpus.manifest.entries}
    suite.cases[case].CopyFrom(suite.cases[other])
    suite.cases[case].id = case
    digests[case].sha256 = digests[other].sha256


def test_lines_recorded_of_a_case_are_recorded_again_when_its_content_changes(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    runs, refused = "container/layout/alignment_4096_runs", "container/layout/another_signature"
    suite = Suite()
    before = reach(suite, "wire", [runs, refused])
    of_runs, of_refused = _lines(before, runs), _lines(before, refused)
    _give(suite, refused, runs)

    assert of_refused != of_runs
    assert _lines(reach(suite, "wire", [runs, refused]), refused) == of_runs
    assert _lines(reach(Suite(), "wire", [runs, refused]), refused) == of_refused
