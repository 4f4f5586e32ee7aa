"""The command line: exit codes, the walk door, reports, what people are told."""

from __future__ import annotations

import json
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from suite_runs import ROOT, command, run

from tracescript.conformance.v1 import testee_pb2
from tracescript_conformance import corpus as corpora

CASES = ROOT / "cases"
ONE = "loss/gate/nan_is_not_positive"
SOME = "loss/gate/*"


def test_help_and_list_and_show_work():
    assert command("--help").code == 0
    listed = command("list", "--profile", "core", "--match", SOME)
    assert ONE in listed.output
    shown = command("show", ONE)
    assert "GUARD_FAILED" in shown.output
    assert "false: the guard" in shown.output


def test_show_saves_the_model(tmp_path):
    file = tmp_path / "m.tsproto"

    command("show", ONE, "--save-model", str(file))

    assert file.read_bytes()[2:9] == b"tsproto"


@pytest.mark.parametrize(
    "args",
    [
        ("run", "--bogus", "--", "true"),
        ("run",),
        ("bogus",),
        ("list", "--bogus"),
        ("judge", "/no/such/file"),
        ("run", "--target", "x:1", "--", "true"),
        ("run", "--target", "x:1"),
        ("run", "--door", "grpc", "--jobs", "2", "--", "true"),
        ("run", "--timeout", "0", "--", "true"),
        ("report", "/no/such/run"),
    ],
)
def test_wrong_usage_gives_exit_code_2(args):
    assert command(*args).code == 2


def test_a_command_that_does_not_exist_gives_exit_code_3():
    ran = command("run", "--match", SOME, "--", "/no/such/loader")

    assert ran.code == 3
    assert "Traceback" not in ran.output


def test_several_patterns_add_up():
    one, other = "container/digest/*", "num/neg/*"

    asked = [command("list", "--match", one), command("list", "--match", other)]
    both = command("list", "--match", one, "--match", other)

    lines = [set(ran.output.splitlines()) for ran in (*asked, both)]
    assert {line for line in lines[2] if "/" in line} == {
        line for found in lines[:2] for line in found if "/" in line
    }


@pytest.mark.parametrize("selection", [("--match", "no/such/*"), ("--profile", "nobody")])
def test_nothing_selected_gives_exit_code_4(selection):
    assert command("run", *selection, "--", "true").code == 4


def test_reports_are_well_formed_and_agree(tmp_path):
    junit = tmp_path / "junit.xml"

    ran = run("liar", tmp_path, "--match", SOME, "--no-repeat", "--junit", str(junit))

    suite = ET.parse(junit).getroot().find("testsuite")
    report = json.loads((tmp_path / "report.json").read_text())
    failed = [i for i, r in ran.results.items() if r["outcome"] == "OUTCOME_FAILED"]
    assert suite.get("tests") == str(len(ran.results))
    assert suite.get("failures") == str(len(failed))
    assert report["suiteVersion"] == "1.0.0"
    assert report["testee"]["name"] == "tracescript-py"
    assert not any(score.get("conforms") for score in report["scores"])
    assert all(f" --case {i} -- " in r["reproduce"] for i, r in ran.results.items())


def test_a_walker_gets_a_copy_and_is_judged_by_what_it_wrote(copied, tmp_path):
    walked, results = tmp_path / "walked", tmp_path / "results.jsonl"
    manifest = corpora.load(copied).manifest
    ids = [e.id for e in manifest.entries]

    assert command("copy", str(walked), "--cases", str(copied)).code == 0
    lines = [json.dumps({"caseId": i, "outcome": "OUTCOME_PASSED"}) for i in ids]
    results.write_text("\n".join(lines) + "\n")
    whole = command("judge", str(results), "--cases", str(walked))
    results.write_text("\n".join(lines[1:]) + "\n")
    missing = command("judge", str(results), "--cases", str(walked))
    results.write_text("no json\n")
    broken = command("judge", str(results), "--cases", str(walked))

    assert (whole.code, missing.code, broken.code) == (0, 1, 2), whole.output
    assert "no result" in missing.output


def test_the_order_of_cases_depends_on_the_seed_and_the_outcome_does_not(tmp_path):
    ran = run("honest", tmp_path, "--match", SOME, "--seed", "7")

    assert ran.code == 0
    assert list(ran.results) == sorted(ran.results)


def test_an_id_that_is_almost_right_gets_suggestions():
    shown = command("show", "num/add/oposite_infinities")
    listed = command("list", "--covers", "graph-1")

    assert (shown.code, listed.code) == (4, 4)
    assert "did you mean num/add/opposite_infinities" in shown.output
    assert "GRAPH-1" in listed.output


def test_show_says_what_the_rules_say():
    shown = command("show", "container/layout/last_section_cut_by_a_byte")
    of_an_op = command("show", "num/add/an_empty_axis_stays_empty")

    assert "OP.add, spec/generated/ops/add.md: Sum of two tensors" in of_an_op.output
    assert "CONTAINER-2, spec/container.md: Fields 2 to 13 MUST" in shown.output


def test_a_copy_of_the_cases_explains_their_rules_without_the_specification(copied, tmp_path):
    assert command("copy", str(tmp_path / "own"), "--cases", str(CASES), "--match", SOME).code == 0
    rules = json.loads((tmp_path / "own" / "rules.json").read_text("utf-8"))

    shown = command("show", ONE, "--cases", str(copied))

    assert rules["TRACE-4"][0] == "spec/tracing.md"
    assert "TRACE-4, spec" not in shown.output  # this copy was made without the file
    (copied / "rules.json").write_text('{"TRACE-4": ["spec/t.md", "What it says"]}')
    assert "TRACE-4, spec/t.md: What it says" in command("show", ONE, "--cases", str(copied)).output


def test_a_run_tells_why_cases_were_skipped_and_that_nothing_passed(tmp_path):
    ran = run("modest_skipper", tmp_path, "--match", "loss/pairs/*", "--no-repeat")

    assert ran.code == 0, ran.output
    assert "most common reasons to skip" in ran.output
    assert "not today" in ran.output
    assert "nothing passed" in ran.output


def test_a_claim_of_no_profile_is_named(tmp_path):
    ran = run("misspelt_claim", tmp_path, "--case", ONE, "--no-repeat")

    assert "claims of no profile or feature: lodaer\n" in ran.output


def test_results_without_an_outcome_we_know_are_told_the_outcomes(tmp_path):
    results = tmp_path / "results.jsonl"
    results.write_text(json.dumps({"caseId": ONE, "outcome": "OUTCOME_PASS"}) + "\n")

    judged = command("judge", str(results))

    assert judged.code == 2
    assert "OUTCOME_PASS" in judged.output.partition("found ")[2]
    assert "OUTCOME_PASSED, " in judged.output


def test_what_a_program_printed_that_is_no_testee_is_told():
    ran = command("run", "--case", ONE, "--", "echo", "hello")

    assert ran.code == 3
    assert "hello" in ran.output.partition("no hello")[2]


def test_a_run_that_ends_early_names_a_case_and_how_to_ask_it_again(tmp_path):
    ran = run("crasher", tmp_path, "--match", SOME)

    assert ran.code == 3
    assert "again: python -m tracescript_conformance run --case loss/gate/" in ran.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--timeout", "nan", "--", "true"), "--timeout is no number"),
        (("show", ONE, "--save-model", "/proc/no/where"), "cannot write /proc/no/where"),
        (("show", ONE, "--save-request", "/proc/no/where"), "cannot write /proc/no/where"),
        (("copy", "--match", SOME, "/proc/no/where"), "cannot write /proc/no"),
        (("copy", "--models", "--profile", "service", "/proc/no/where"), "cannot write /proc/no"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(words, said):
    ran = command(*words)

    assert ran.code == 2, ran.output
    assert said in ran.output
    assert "Traceback" not in ran.output


def test_a_request_is_saved_as_a_testee_behind_files_is_asked(tmp_path):
    ask, out = tmp_path / "ask", tmp_path / "out"
    assert command("show", "num/neg/signs_flip", "--save-request", str(ask)).code == 0

    testee = ROOT / "testees" / "python" / "by_file.py"
    subprocess.run([sys.executable, str(testee), str(ask), str(out)], check=True)
    response = testee_pb2.TesteeResponse.FromString(out.read_bytes())

    assert response.WhichOneof("response") in {"run", "skipped"}


def test_results_that_name_a_case_twice_are_refused(tmp_path):
    results = tmp_path / "results.jsonl"
    one = {"caseId": ONE, "outcome": "OUTCOME_FAILED"}
    results.write_text(json.dumps(one) + "\n" + json.dumps(one | {"outcome": "OUTCOME_PASSED"}))

    judged = command("judge", str(results))

    assert judged.code == 2
    assert f"results.jsonl:2: {ONE} a second time" in judged.output
