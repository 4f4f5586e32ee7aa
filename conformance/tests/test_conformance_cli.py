"""The command line: exit codes, damaged corpora, known failures, the walk door, reports."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree as ET

import pytest
from suite_runs import ROOT, command, run

from tracescript.conformance.v1 import manifest_pb2
from tracescript_conformance import corpus as corpora

CASES = ROOT / "cases"
ONE = "loss/gate/nan_is_not_positive"
SOME = "loss/gate/*"


@pytest.fixture
def copied(tmp_path):
    """A small corpus of its own: the cases of one family."""
    manifest = manifest_pb2.Manifest.FromString((CASES / "manifest.binpb").read_bytes())
    kept = [e for e in manifest.entries if e.id.startswith("loss/gate/")]
    del manifest.entries[:]
    manifest.entries.extend(kept)
    manifest.root_digest = corpora.root_digest(kept)
    for profile in manifest.profiles:
        profile.cases = sum(corpora.in_profile(e, profile) for e in kept)
    folder = tmp_path / "cases"
    for entry in kept:
        (folder / entry.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CASES / entry.path, folder / entry.path)
    (folder / "manifest.binpb").write_bytes(manifest.SerializeToString())
    return folder


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


@pytest.mark.parametrize("selection", [("--match", "no/such/*"), ("--profile", "nobody")])
def test_nothing_selected_gives_exit_code_4(selection):
    assert command("run", *selection, "--", "true").code == 4


def test_a_case_that_was_changed_gives_exit_code_4(copied, tmp_path):
    path = copied / f"{ONE}.tscase"
    path.write_bytes(path.read_bytes() + b"\0")

    assert command("verify", "--cases", str(copied)).code == 4
    assert run("honest", tmp_path / "out", "--cases", str(copied), "--case", ONE).code == 4


def test_a_case_that_is_missing_gives_exit_code_4(copied):
    (copied / f"{ONE}.tscase").unlink()

    assert command("verify", "--cases", str(copied)).code == 4


def test_a_manifest_with_fewer_cases_than_promised_gives_exit_code_4(copied):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    del manifest.entries[0]
    manifest.root_digest = corpora.root_digest(manifest.entries)
    file.write_bytes(manifest.SerializeToString())

    ran = command("verify", "--cases", str(copied))

    assert ran.code == 4
    assert "promised" in ran.output


def test_a_manifest_with_another_root_digest_gives_exit_code_4(copied):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    manifest.root_digest = bytes(32)
    file.write_bytes(manifest.SerializeToString())

    assert command("verify", "--cases", str(copied)).code == 4


@pytest.mark.parametrize(
    "path", ["../../outside.tscase", "/etc/passwd", "a/b", "", "a/../c.tscase"]
)
def test_a_manifest_that_leads_out_of_its_folder_gives_exit_code_4(path, copied, tmp_path):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    manifest.entries[0].path = path
    file.write_bytes(manifest.SerializeToString())

    ran = command("copy", str(tmp_path / "deep" / "copy"), "--cases", str(copied))

    assert ran.code == 4, ran.output
    assert not (tmp_path / "outside.tscase").exists()


def test_a_case_under_the_id_of_another_gives_exit_code_4(copied):
    file = copied / "manifest.binpb"
    manifest = manifest_pb2.Manifest.FromString(file.read_bytes())
    one, two = manifest.entries[:2]
    for field in ("path", "length", "sha256"):
        setattr(one, field, getattr(two, field))
    manifest.root_digest = corpora.root_digest(manifest.entries)
    file.write_bytes(manifest.SerializeToString())

    assert command("verify", "--cases", str(copied)).code == 4


def test_an_empty_folder_gives_exit_code_4(tmp_path):
    assert command("verify", "--cases", str(tmp_path)).code == 4


def test_known_failures_keep_the_run_green(tmp_path):
    known = tmp_path / "known.txt"
    known.write_text(
        "suite 1.0\nloss/gate/** # gives one too much, issue 12\n!loss/gate/facts_* # no values\n"
    )

    ran = run(
        "liar",
        tmp_path / "out",
        "--match",
        "loss/gate/traced*",
        "--no-repeat",
        "--known",
        str(known),
    )

    assert ran.code == 0, ran.output
    assert ran.outcomes() == {"KNOWN_FAILURE"}


def test_a_known_failure_that_passes_fails_the_run(tmp_path):
    known = tmp_path / "known.txt"
    known.write_text(f"{ONE} # was wrong once\n")

    ran = run("honest", tmp_path / "out", "--case", ONE, "--no-repeat", "--known", str(known))

    assert ran.code == 1
    assert ran.outcomes() == {"UNEXPECTED_PASS"}


def test_a_crash_is_not_covered_by_a_plain_line(tmp_path):
    known = tmp_path / "known.txt"
    known.write_text(f"{ONE} # wrong\n")

    ran = run("crasher", tmp_path / "out", "--case", ONE, "--no-repeat", "--known", str(known))

    assert ran.code == 1
    assert ran.outcomes() == {"CRASHED"}


@pytest.mark.parametrize("line", [ONE, "no/such/case # gone", f"{ONE} NONSENSE # why"])
def test_a_list_that_cannot_be_right_gives_exit_code_2(line, tmp_path):
    known = tmp_path / "known.txt"
    known.write_text(line + "\n")

    assert (
        run("honest", tmp_path / "out", "--case", ONE, "--no-repeat", "--known", str(known)).code
        == 2
    )


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

    assert "OP.add: spec/generated/ops/add.md\n" in of_an_op.output

    assert "CONTAINER-2, spec/container.md: Fields 2 to 13 MUST" in shown.output


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
