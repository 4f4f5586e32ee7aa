"""The doors: every way a testee can misbehave has an outcome, and every door has a testee."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from suite_runs import ROOT, command

from tracescript.conformance.v1 import report_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance import process, schedule
from tracescript_conformance.doors.exec import Exec
from tracescript_conformance.doors.stdio import Stdio
from tracescript_conformance.reports.scores import outcome_name

CORPUS = corpora.load()
RAW = [sys.executable, "-S", str(ROOT / "tests" / "raw_testee.py")]
TESTEES = ROOT / "testees"
REFUSED = "container/layout/"


def case(case_id):
    return CORPUS.case(next(e for e in CORPUS.manifest.entries if e.id == case_id))


BAD = next(
    e.id
    for e in CORPUS.manifest.entries
    if e.id.startswith(REFUSED) and CORPUS.case(e).HasField("reject")
)


def asked(door, case_id=BAD):
    """Ask one case through a door; return outcome and detail."""
    try:
        result = schedule.one(CORPUS, case(case_id), door)
    finally:
        stopped = door.stop()
    return outcome_name(result), result.detail, stopped


@pytest.mark.parametrize(
    ("fault", "outcome", "detail"),
    [
        ("honest", "FAILED", "accepted"),
        ("skips", "SKIPPED", ""),
        ("floods_stdout", "CRASHED", "print to stdout"),
        ("floods_stderr", "FAILED", "accepted"),
        ("huge_frame", "CRASHED", "a frame of 4294967280 bytes"),
        ("half_a_frame", "CRASHED", "ended with exit status 0"),
        ("garbage", "CRASHED", "no TesteeResponse"),
        ("trickles", "TIMED_OUT", "no answer in time"),
        ("dies_by_a_signal", "CRASHED", "SIGKILL"),
    ],
)
def test_what_a_testee_does_through_pipes_has_its_outcome(fault, outcome, detail):
    found = asked(Stdio([*RAW, fault], 1.0, "1.0.0"))

    assert found[0] == outcome, found
    assert detail in found[1]


def test_a_testee_that_answers_twice_has_crashed_by_the_next_request():
    door = Stdio([*RAW, "says_more_than_asked"], 5.0, "1.0.0")
    try:
        outcomes = [outcome_name(schedule.one(CORPUS, case(BAD), door)) for _ in range(3)]
    finally:
        door.stop()

    assert "CRASHED" in outcomes


@pytest.mark.parametrize(
    ("fault", "outcome", "detail"),
    [
        ("refuses", "PASSED", ""),
        ("skips", "SKIPPED", "skipped"),
        ("fails", "CRASHED", "ended with exit status 3"),
        ("garbage", "CRASHED", "no TesteeResponse"),
        ("silent", "CRASHED", "wrote no answer"),
        ("sleeps", "TIMED_OUT", "no answer in time"),
    ],
)
def test_what_a_testee_does_through_files_has_its_outcome(fault, outcome, detail):
    found = asked(Exec([*RAW, fault], 1.0, "1.0.0"))

    assert found[0] == outcome, found
    assert detail in found[1]


@pytest.mark.parametrize("kind", [Stdio, Exec])
@pytest.mark.parametrize("words", [["/no/such/loader"], [sys.executable, "-c", "1"], ["a\0b"]])
def test_what_is_no_testee_cannot_be_started(kind, words):
    with pytest.raises(process.TesteeNotStartedError):
        kind(words, 1.0, "1.0.0")


def test_parallel_testees_give_the_results_of_one():
    entries = [e for e in CORPUS.manifest.entries if e.id.startswith(REFUSED)]
    plan = schedule.Plan(1, True, "run", "-- x")
    told = []
    found = []
    for jobs in (1, 3):
        doors = [Stdio([*RAW, "honest"], 5.0, "1.0.0") for _ in range(jobs)]
        results = schedule.run(CORPUS, entries, doors, plan, told.append)
        found.append([(r.case_id, r.outcome, r.reproduce) for r in results])
        assert all(door.stop() for door in doors)

    assert found[0] == found[1]
    assert found[0][0][2] == f"run --case {found[0][0][0]} -- x"
    assert len(told) == 2 * 2 * len(entries)


def test_a_case_that_crashed_and_passes_alone_is_flaky_and_names_those_before_it(monkeypatch):
    outcomes = iter([report_pb2.OUTCOME_PASSED, report_pb2.OUTCOME_CRASHED])

    def one(corpus, asked, door):
        outcome = next(outcomes, report_pb2.OUTCOME_PASSED)
        return report_pb2.Result(case_id=asked.id, outcome=outcome)

    monkeypatch.setattr(schedule, "one", one)
    entries = [e for e in CORPUS.manifest.entries if e.id.startswith(REFUSED)][:2]
    plan = schedule.Plan(1, False, "run", "")
    results = schedule.run(CORPUS, entries, [None], plan, lambda _: None)

    flaky = [r for r in results if r.outcome == report_pb2.OUTCOME_FLAKY]
    (other,) = [r for r in results if r not in flaky]
    assert [r.detail.split(",")[0] for r in flaky] == [f"crashed after {other.case_id}"]


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("--door", "grpc", "--match", "loss/gate/*"), 0, ""),
        (("--door", "grpc", "--profile", "service"), 4, "no case can be asked"),
    ],
    ids=["grpc", "no executor"],
)
def test_our_loader_stands_behind_the_door_grpc(words, code, text):
    testee = (sys.executable, str(TESTEES / "python" / "over_grpc.py"), "{port}")

    ran = command("run", *words, "--no-repeat", "--", *testee)

    assert ran.code == code, ran.output
    assert text in ran.output


def test_a_loader_ends_by_files_as_it_ends_by_pipes():
    some = ("--match", "num/neg/*", "--no-repeat")
    python = TESTEES / "python"

    by_file = command(
        "run",
        "--door",
        "exec",
        "--jobs",
        "2",
        *some,
        "--",
        sys.executable,
        str(python / "by_file.py"),
    )
    by_pipe = command("run", *some, "--", sys.executable, str(python / "testee.py"))

    assert by_file.code == by_pipe.code == 0, by_file.output
    row = re.compile(r"^num .*", re.MULTILINE)
    assert row.findall(by_file.output) == row.findall(by_pipe.output)
    assert int(row.findall(by_file.output)[0].split()[1]) > 0


def test_our_executor_passes_a_family_of_service_cases_and_is_asked_no_others():
    serve = (sys.executable, "-m", "tracescript", "serve", "{models}", "--port", "{port}")
    cases = ("--match", "service/tensors/*", "--case", "service/tensors/nothing_is_cast")

    ran = command("run", "--door", "grpc", "--no-repeat", *cases, "--", *serve)

    assert ran.code == 0, ran.output
    assert "not scored: service (1 of " in ran.output


def test_a_server_that_is_not_there_cannot_be_asked(monkeypatch):
    from tracescript_conformance.doors import grpc

    monkeypatch.setattr(grpc, "_START_SECONDS", 0.3)
    for command_line, target in (((), "127.0.0.1:1"), ((sys.executable, "-c", "1"), "")):
        with pytest.raises(process.TesteeNotStartedError, match="no server at"):
            grpc.Grpc(command_line, 1.0, "1.0.0", target=target)


def passed(output, name):
    """Read how many cases of a profile or category passed."""
    return int(re.search(rf"^{name}:? +(\d+)", output, re.MULTILINE)[1])


def lines(*files):
    """Count the lines of files that hold code."""
    found = [x.strip() for f in files for x in f.read_text("utf-8").splitlines()]
    return sum(bool(x) and not x.startswith(("#", "//", '"""')) for x in found)


def test_the_smallest_testees_are_small_and_pass_what_they_do_not_skip():
    python = TESTEES / "python"
    ran = command(
        *("run", "--no-repeat", "--profile", "loader"),
        *("--", sys.executable, str(python / "testee.py")),
    )

    assert ran.code == 0, ran.output
    assert passed(ran.output, "loader") >= 39
    assert lines(python / "testee.py") <= 40


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_a_testee_in_javascript_without_dependencies_passes_what_it_does_not_skip():
    folder = TESTEES / "javascript"

    ran = command("run", "--no-repeat", "--", "node", str(folder / "testee.mjs"))

    assert ran.code == 0, ran.output
    assert passed(ran.output, "loader") >= 61
    assert lines(folder / "testee.mjs", folder / "protobuf.mjs") <= 100


def test_the_runner_needs_its_own_folder_and_nothing_of_tracescript(tmp_path):
    shutil.copytree(ROOT / "tracescript_conformance", tmp_path / "tracescript_conformance")
    (tmp_path / "cases").symlink_to(ROOT / "cases")
    # Where `tracescript` is installed the messages of the runner must come first to be tried.
    program = (
        "import sys, importlib.util as u\n"
        "import tracescript_conformance.messages as m\n"
        "sys.meta_path.insert(0, m.Finder())\n"
        "from tracescript_conformance.cli import main\n"
        "from tracescript.v1 import error_pb2\n"
        "assert not hasattr(error_pb2, '__file__') and u.find_spec('tracescript.api') is None\n"
        f"assert m.__file__.startswith({str(tmp_path)!r})\n"
        "main(sys.argv[1:])\n"
    )

    def alone(*words):
        run = subprocess.run(
            [sys.executable, "-c", program, *words],
            capture_output=True, text=True, check=False, cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
        )  # fmt: skip
        return run.returncode, run.stdout + run.stderr

    shown = alone("show", "loss/gate/nan_is_not_positive")
    ran = alone("run", "--match", "container/layout/*", "--html", "m.html", "--", *RAW, "honest")

    assert shown[0] == 0, shown[1]
    assert "GUARD_FAILED" in shown[1]
    assert ran[0] == 1, ran[1]
    assert "accepted" in ran[1]
    assert (tmp_path / "m.html").stat().st_size > 10000


@pytest.mark.torch
def test_the_kernels_of_torch_agree_on_sums_as_a_peer():
    pytest.importorskip("torch")
    peer = (sys.executable, str(ROOT / "peers" / "torch_kernels.py"))

    ran = command("run", "--no-repeat", "--match", "num/add/*", "--", *peer)

    assert ran.code == 0, ran.output
    assert passed(ran.output, "num") >= 6
