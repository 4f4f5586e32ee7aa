"""Lists of known failures: what they cover, what they do not, how they are brought up to date."""

from __future__ import annotations

import pytest
from suite_runs import command, run

from tracescript.conformance.v1 import report_pb2
from tracescript_conformance import known

ONE = "loss/gate/nan_is_not_positive"


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


def results(**outcomes):
    return [
        report_pb2.Result(
            case_id=i.replace("__", "/"), outcome=report_pb2.Outcome.Value(f"OUTCOME_{o}")
        )
        for i, o in outcomes.items()
    ]


BEFORE = """# what my loader lacks
suite 1.0
flow/**  # no loops yet, issue 12
num/exp/* CRASHED  # aborts, issue 31
!flow/call/one  # this one works
"""


def test_an_update_keeps_reasons_and_comments_and_asks_for_new_ones():
    found = results(
        flow__loop__a="KNOWN_FAILURE",
        flow__call__one="PASSED",
        num__exp__b="KNOWN_FAILURE",
        tensor__sum__c="FAILED",
        tensor__sum__d="TIMED_OUT",
        tensor__sum__e="SKIPPED",
    )

    after = known.updated(BEFORE, found)

    assert after == BEFORE + "tensor/sum/c  # TODO reason\ntensor/sum/d TIMED_OUT  # TODO reason\n"


def test_an_update_drops_what_passes_and_takes_it_out_of_what_stays():
    found = results(
        flow__loop__a="KNOWN_FAILURE",
        flow__loop__b="UNEXPECTED_PASS",
        num__exp__b="UNEXPECTED_PASS",
    )

    after = known.updated(BEFORE, found)

    assert "num/exp" not in after
    assert after.endswith("!flow/call/one  # this one works\n!flow/loop/b  # passes\n")


def test_a_line_about_cases_that_were_not_asked_stays():
    assert known.updated(BEFORE, results(num__exp__b="KNOWN_FAILURE")) == BEFORE


def test_an_updated_list_makes_the_same_run_green(tmp_path):
    listed = tmp_path / "known.txt"
    some = ("--match", "loss/gate/traced*", "--no-repeat")
    assert run("liar", tmp_path / "out", *some).code == 1

    updated = command("update-known", str(listed), "--results", str(tmp_path / "out"))
    again = run("liar", tmp_path / "again", *some, "--known", str(listed))

    assert updated.code == 0, updated.output
    assert again.code == 0, again.output
    assert again.outcomes() == {"KNOWN_FAILURE"}


@pytest.mark.parametrize("repeat", [(), ("--no-repeat",)])
def test_a_run_that_fails_fast_ends_with_the_first_surprise(repeat, tmp_path):
    ran = run("liar", tmp_path / "out", "--match", "loss/gate/*", "--fail-fast", *repeat)

    assert ran.code == 1, ran.output
    assert [r["outcome"] for r in ran.results.values()].count("OUTCOME_FAILED") == 1


def test_a_run_that_fails_fast_passes_over_known_failures(tmp_path):
    listed = tmp_path / "known.txt"
    listed.write_text("loss/gate/**  # gives one too much\n")
    some = ("--match", "loss/gate/traced*", "--no-repeat")

    ran = run("liar", tmp_path / "out", *some, "--fail-fast", "--known", str(listed))

    assert ran.code == 0, ran.output
    assert len(ran.results) > 1


def test_a_list_may_begin_with_a_byte_order_mark_and_have_line_ends_of_windows(tmp_path):
    file = tmp_path / "known"
    file.write_bytes(b"\xef\xbb\xbfnum/exp/*  # no exp yet\r\n")

    assert [p.text for p in known.read(file)] == ["num/exp/*"]


def test_a_list_that_is_no_utf_8_is_refused(tmp_path):
    file = tmp_path / "known"
    file.write_bytes(b"num/\xff  # what")

    with pytest.raises(known.KnownListError, match="utf-8"):
        known.read(file)
