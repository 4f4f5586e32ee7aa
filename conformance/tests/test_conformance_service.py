"""SERVICE cases: executors with one thing wrong are noticed; the judge compares what it says."""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from types import SimpleNamespace

import grpc
import pytest

from tracescript import service
from tracescript.conformance.v1 import case_pb2, report_pb2
from tracescript.service import call, handlers, oip, status, wire
from tracescript_conformance import corpus as corpora
from tracescript_conformance.doors.grpc import Grpc
from tracescript_conformance.messages import service_message
from tracescript_conformance.schedule import one
from tracescript_conformance.served import place
from tracescript_conformance.service import Played, Reply
from tracescript_conformance.service_verdict import difference, judge

CORPUS = corpora.load()
ENTRIES = [e for e in CORPUS.manifest.entries if "service" in e.needs]


def failures(folder, *patterns, seconds=10.0):
    """Run the cases that match against an executor in this process; return those that fail."""
    entries = [e for e in ENTRIES if any(fnmatch.fnmatch(e.id, p) for p in patterns)]
    assert entries
    place(CORPUS, entries, folder)
    with service.Server(folder, port=0) as server:
        door = Grpc([], seconds, "1.0.0", target=server.address)
        try:
            results = [one(CORPUS, CORPUS.case(e), door) for e in entries]
        finally:
            door.stop()
            server.stop(0.1)
    return {r.case_id for r in results if r.outcome != report_pb2.OUTCOME_PASSED}


def test_the_unchanged_executor_passes(tmp_path):
    assert failures(tmp_path, "service/calls/*", "service/models/*") == set()


def test_any_status_for_any_fault_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(status, "status_of", lambda code: grpc.StatusCode.UNKNOWN)

    found = failures(tmp_path, "service/calls/*")

    assert "service/calls/faults_keep_their_codes" in found
    assert "service/calls/a_failed_guard_stops_the_call" in found


def test_a_status_without_its_code_is_noticed(tmp_path, monkeypatch):
    def refuse(context, error):
        context.abort(status.status_of(error.code), error.what)

    monkeypatch.setattr(handlers, "refuse", refuse)

    assert "service/calls/faults_keep_their_codes" in failures(tmp_path, "service/calls/*")


def test_parameters_that_are_dropped_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(oip, "parameters", lambda request: {})

    found = failures(tmp_path, "service/calls/*")

    assert "service/calls/a_misspelt_parameter" in found
    assert "service/calls/guards_may_warn" in found
    assert "service/calls/guards_cannot_be_ignored" in found


def test_requests_that_nobody_counts_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(wire, "check", lambda data, limits: None)

    found = failures(tmp_path, "service/limits/two_meb*")

    assert found == {"service/limits/two_mebibytes_beside_the_tensors"}


def test_bytes_that_are_taken_as_they_come_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(oip, "_count", lambda *_: None)

    assert "service/tensors/raw_contents_of_another_length" in failures(
        tmp_path, "service/tensors/raw*"
    )


def test_a_deadline_and_a_cancellation_that_stop_nothing_are_noticed(tmp_path, monkeypatch):
    run, budget = call.Calls.run, call.Budget

    def deaf(self, *args, **kwargs):
        return run(self, *args, **kwargs | {"seconds": 30.0, "on_cancel": lambda stop: None})

    monkeypatch.setattr(call.Calls, "run", deaf)
    monkeypatch.setattr(call, "Budget", lambda limits: budget(replace(limits, steps=10**15)))

    found = failures(tmp_path, "service/limits/a_cancelled*", seconds=1.5)

    assert found == {"service/limits/a_cancelled_call_gives_its_slot_back"}


def test_a_state_that_calls_share_is_noticed(tmp_path, monkeypatch):
    from tracescript.model.model import Model

    kept = {}
    instance = Model.instance
    monkeypatch.setattr(Model, "instance", lambda self: kept.setdefault(id(self), instance(self)))

    assert "service/calls/state_starts_anew_in_every_call" in failures(
        tmp_path, "service/calls/state*"
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"model_version": "2"}, "answer.model_version"),
        ({"outputs": []}, "answer.outputs: 1 expected, found 0"),
        ({"raw_output_contents": [b"\0"]}, "answer.raw_output_contents[0]"),
        ({"id": "more"}, ""),
    ],
)
def test_an_answer_is_compared_in_the_fields_that_the_case_has(change, where):
    kind = service_message("inference.ModelInferResponse")
    output = kind.InferOutputTensor(name="y", datatype="FP32", shape=[1])
    fields = {"model_version": "1", "outputs": [output], "raw_output_contents": [bytes(4)]}
    found = kind(**(fields | change))

    wrong = difference(kind(**fields), found, "answer")

    assert wrong.startswith(where)
    assert bool(wrong) == bool(where)


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        ({}, True),
        ({"status": 13}, False),
        ({"status": 4}, True),
        ({"code": 0}, False),
        ({"seconds": 0.2}, False),
    ],
)
def test_status_code_and_time_of_a_reply_count(reply, right):
    step = case_pb2.ServiceStep(status=9, codes=[60], other_statuses=[4], within_ms=100)
    made = {"status": 9, "code": 60, "response": b"", "seconds": 0.01, "details": ""} | reply
    played = Played([[Reply(**made)]], [0.0], "")

    found = judge(case_pb2.ServiceCase(steps=[step]), played)

    assert (found.outcome == report_pb2.OUTCOME_PASSED) is right


def test_an_executor_that_is_not_well_afterwards_fails():
    found = judge(case_pb2.ServiceCase(), Played([], [], "health: not serving"))

    assert found.outcome == report_pb2.OUTCOME_FAILED


def test_a_place_outside_the_folder_is_no_place(tmp_path):
    case = case_pb2.Case(id="a/b/c")
    case.artifacts.add(content=b"x")
    case.service.models.append("../x/1")
    entry = SimpleNamespace(id="a/b/c", needs=["service"])
    corpus = SimpleNamespace(case=lambda _: case, content=lambda a: a.content)

    with pytest.raises(corpora.CorpusError, match="no model can lie"):
        place(corpus, [entry], tmp_path)
