"""Every wrong testee is caught, with the right outcome and exit code."""

from __future__ import annotations

import pytest
from suite_runs import run

GATE = ("--match", "loss/gate/*", "--no-repeat")


def test_an_honest_testee_passes(tmp_path):
    ran = run("honest", tmp_path, "--match", "loss/gate/*")

    assert ran.code == 0, ran.output
    assert ran.outcomes() == {"PASSED"}


@pytest.mark.parametrize(
    ("fault", "match"),
    [
        ("liar", "loss/cell/*"),
        ("slightly_off", "loss/cell/*"),
        ("loses_nan", "loss/gate/the_else_arm_recorded_stops*"),
        ("loses_the_sign_of_zero", "num/trunc/*"),
        ("another_data_type", "loss/cell/scripted_in*"),
        ("another_shape", "loss/cell/scripted_in*"),
        ("one_output_too_many", "loss/cell/scripted_in*"),
        ("one_answer_too_few", "loss/cell/scripted_in*"),
        ("accepts_garbage", "container/layout/*"),
        ("another_code", "container/digest/of_*"),
        ("no_place", "trap/place/*"),
        ("refuses_everything", "loss/gate/scripted*"),
        ("another_answer", "loss/gate/scripted*"),
    ],
)
def test_a_wrong_answer_fails(fault, match, tmp_path):
    ran = run(fault, tmp_path, "--match", match, "--no-repeat")

    assert ran.code == 1, ran.output
    assert "FAILED" in ran.outcomes()


def test_garbage_accepted_fails_every_case_that_must_be_refused(tmp_path):
    ran = run("accepts_garbage", tmp_path, "--match", "container/layout/*", "--no-repeat")

    refused = [r for i, r in ran.results.items() if not i.endswith(("_run", "_runs"))]
    assert {r["outcome"] for r in refused} == {"OUTCOME_FAILED"}
    assert all("accepted" in r["detail"] for r in refused)


def test_a_wrong_code_fails_where_the_case_is_strict_and_shows_elsewhere(tmp_path):
    strict = run("another_code", tmp_path / "a", "--match", "container/digest/of_*", "--no-repeat")
    loose = run("another_code", tmp_path / "b", "--match", "graph/values/*", "--no-repeat")

    assert strict.outcomes() == {"FAILED"}
    assert loose.code == 0, loose.output
    assert any(r.get("foundCode") == "ERROR_CODE_KEY_ERROR" for r in loose.results.values())


def test_refusals_of_a_testee_that_reads_no_file_are_counted_and_show_nothing(tmp_path):
    options = ("--match", "graph/*", "--profile", "loader", "--no-repeat")

    ran = run("refuses_every_file", tmp_path, *options, "--markdown", str(tmp_path / "m.md"))

    passed = [r for r in ran.results.values() if r["outcome"] == "OUTCOME_PASSED"]
    assert len(passed) > 100
    assert all(ran.results[r["soundRefused"]]["outcome"] == "OUTCOME_FAILED" for r in passed)
    assert all(r["anotherCode"] for r in passed if r["expectedCode"] != r["foundCode"])
    assert f"\n{len(passed)} refusals passed and show nothing" in ran.output
    assert "refusals passed with another code than the case names" in ran.output
    assert " expected, found BAD_LAYOUT\n" in ran.output
    assert f"{len(passed)} unproven" in (tmp_path / "m.md").read_text("utf-8")


def test_refusals_show_nothing_where_every_sound_file_is_skipped(tmp_path):
    options = ("--match", "container/layout/*", "--match", "num/add/*", "--no-repeat")

    ran = run("refuses_files_and_skips_calls", tmp_path, *options)

    passed = [r for r in ran.results.values() if r["outcome"] == "OUTCOME_PASSED"]
    assert len(passed) > 20
    assert all("soundRefused" in r for r in passed)


def test_a_refusal_shows_something_where_sound_files_of_its_rules_are_read(tmp_path):
    ran = run("another_code", tmp_path, "--match", "graph/*", "--profile", "loader", "--no-repeat")

    passed = [r for r in ran.results.values() if r["outcome"] == "OUTCOME_PASSED"]
    assert sum(r.get("anotherCode", False) for r in passed) > 100
    assert not any("soundRefused" in r for r in passed)


def test_skipping_what_is_claimed_is_a_broken_claim(tmp_path):
    ran = run("skipper", tmp_path, *GATE)

    assert ran.code == 1
    assert ran.outcomes() == {"BROKEN_CLAIM"}


def test_skipping_what_is_not_claimed_is_a_skip_and_does_not_conform(tmp_path):
    ran = run("modest_skipper", tmp_path, "--match", "loss/loop/*", "--no-repeat")

    assert "SKIPPED" in ran.outcomes()
    assert "asked in part, not scored" in ran.output
    assert " conforms" not in ran.output


def test_a_crash_is_named_with_its_exit_status(tmp_path):
    ran = run("crasher", tmp_path, "--match", "loss/gate/*_s*", "--no-repeat")

    assert ran.code in {1, 3}
    assert "exit status 3" in ran.output


def test_a_testee_that_only_crashes_ends_the_run(tmp_path):
    ran = run("crasher", tmp_path, *GATE)

    assert ran.code == 3
    assert not ran.results


def test_a_testee_that_sleeps_times_out(tmp_path):
    one = "loss/gate/nan_is_not_positive"
    ran = run("sleeper", tmp_path, "--case", one, "--no-repeat", "--timeout", "2")

    assert ran.code == 1
    assert ran.outcomes() == {"TIMED_OUT"}


def test_a_testee_that_prints_is_told_so(tmp_path):
    one = "loss/gate/nan_is_not_positive"
    ran = run("babbler", tmp_path, "--case", one, "--no-repeat")

    assert ran.code == 1
    assert ran.outcomes() == {"CRASHED"}
    assert "print to stdout" in ran.results[one]["detail"]
    assert "loading the model" in ran.results[one]["detail"]


def test_an_answer_to_another_request_is_a_crash(tmp_path):
    one = "loss/gate/nan_is_not_positive"
    ran = run("out_of_order", tmp_path, "--case", one, "--no-repeat")

    assert ran.code == 1
    assert "out of order" in ran.results[one]["detail"]


def test_state_that_leaks_between_cases_is_flaky(tmp_path):
    ran = run("leaks_state", tmp_path, "--match", "flow/state/*")

    assert ran.code == 1
    assert ran.outcomes() & {"FLAKY", "FAILED"}


@pytest.mark.parametrize("fault", ["exits_early", "speaks_another_protocol", "hello_raises"])
def test_a_testee_that_cannot_be_talked_to_gives_exit_code_3(fault, tmp_path):
    ran = run(fault, tmp_path, *GATE)

    assert ran.code == 3, ran.output
    assert ran.output.count("\n") < 12, ran.output


def test_a_testee_that_does_not_stop_is_mentioned(tmp_path):
    ran = run("does_not_stop", tmp_path, "--case", "loss/gate/nan_is_not_positive", "--no-repeat")

    assert ran.code == 0
    assert "did not stop" in ran.output
