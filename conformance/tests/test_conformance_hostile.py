"""Answers made to break the judge: each gets a verdict."""

from __future__ import annotations

import random

import pytest
from google.protobuf.message import DecodeError

from tracescript import testee
from tracescript.conformance.v1 import case_pb2, report_pb2, testee_pb2
from tracescript.v1 import data_pb2, error_pb2, example_pb2, model_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance.compare import compare
from tracescript_conformance.requests import requests
from tracescript_conformance.verdict import judge

FAILED = report_pb2.OUTCOME_FAILED
ONE = data_pb2.Data(int_value=1)


def _table(*entries):
    return data_pb2.DataBundle(
        table=[data_pb2.Data(), *entries], items=[data_pb2.DataItem(data=len(entries))]
    )


def _indices(*items):
    return model_pb2.IndexList(items=items)


@pytest.mark.parametrize(
    "answer",
    [
        _table(ONE, *(data_pb2.Data(list=_indices(i)) for i in range(1, 5000))),
        _table(ONE, *(data_pb2.Data(list=_indices(i, i)) for i in range(1, 60))),
        _table(ONE, data_pb2.Data(dict=_indices(1, 1, 1))),
        _table(data_pb2.Data(list=_indices()), data_pb2.Data(dict=_indices(1, 1))),
        _table(data_pb2.Data(tensor={"data_type": 12, "shape": [1] * 70, "content": bytes(4)})),
        _table(data_pb2.Data(tensor={"data_type": 12, "shape": [0, 2**63]})),
        _table(data_pb2.Data(tensor={"data_type": 1, "shape": [1], "content": b"\2"})),
        _table(data_pb2.Data(tensor={"data_type": 99, "shape": [1], "content": b"\2"})),
        data_pb2.DataBundle(items=[data_pb2.DataItem(data=7)]),
    ],
    ids=[
        *("nested 5000 deep", "doubled 60 times", "a key without value", "a list as key"),
        *("70 extents", "extents that wrap", "a bool byte of 2", "no data type", "no table"),
    ],
)  # fmt: skip
def test_values_that_are_made_to_hurt_the_judge_are_wrong_values(answer):
    found = compare(example_pb2.Expected(outputs=_table(ONE)), answer)

    assert found.what


def test_a_phase_nobody_knows_is_a_late_one():
    case = case_pb2.Case(reject=case_pb2.RejectCase())
    case.reject.refusal.phase = error_pb2.PHASE_DECODE
    response = testee_pb2.TesteeResponse()
    response.run.refused.phase = 77

    assert judge(case, [response], frozenset(), lambda a: a.content).outcome == FAILED


def test_a_refusal_without_a_code_is_told_so_and_passes_with_a_mark():
    refused = case_pb2.Case(reject=case_pb2.RejectCase())
    refused.reject.refusal.codes.append(error_pb2.ERROR_CODE_BAD_LAYOUT)
    response = testee_pb2.TesteeResponse()
    response.run.refused.message = "cannot read it"

    marked = judge(refused, [response], frozenset(), lambda a: a.content)
    wrong = judge(case_pb2.Case(run={}), [response], frozenset(), lambda a: a.content)

    assert (marked.outcome, marked.another_code) == (report_pb2.OUTCOME_PASSED, True)
    assert marked.detail == "BAD_LAYOUT expected, found no code"
    assert (wrong.outcome, wrong.another_code, wrong.refused_file) == (FAILED, False, True)
    assert wrong.detail == "refused the file: no code cannot read it"


def test_whatever_comes_back_gets_a_verdict():
    """Answers of our loader with a few bytes changed: as many as still are messages."""
    corpus, loader, draw = corpora.load(), testee.Loader("ref"), random.Random(7)
    entries = [e for e in corpus.manifest.entries if "service" not in e.needs][::23]
    judged = 0
    for entry in entries:
        case = corpus.case(entry)
        honest = [testee.answer(loader, r) for r in requests(case, corpus.content)]
        for _ in range(20):
            given = []
            for data in (bytearray(r.SerializeToString()) for r in honest):
                for _ in range(draw.randint(1, 3)):
                    data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
                try:
                    given.append(testee_pb2.TesteeResponse.FromString(bytes(data)))
                except DecodeError:
                    break
            if len(given) == len(honest):
                judged += judge(case, given, frozenset(), corpus.content).outcome > 0

    assert judged > 300
