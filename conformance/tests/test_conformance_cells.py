"""What is asked of ops beside their rules: edges of data types, attributes, error codes."""

from __future__ import annotations

import numpy as np
import pytest
from suite_runs import ROOT

from tools import cells, coverage
from tools.op_cases import definitions
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance import corpus as corpora
from tracescript_conformance import values

OPS = {op["name"]: op for op in definitions()}


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("f32[2] nan -0.0", "float32", {"nan", "-0"}),
        ("f32[2] inf 0x1p-149", "float32", {"inf", "subnormal"}),
        ("f32[1] 0x1p-126", "float32", set()),
        ("f16[2] -65504 -inf", "float16", {"largest", "-inf"}),
        ("bf16[] 0x1.fep+127", "bfloat16", {"largest", "rank 0"}),
        ("i8[2] -128 126", "int8", {"least"}),
        ("u8[2] 255 1", "uint8", {"greatest"}),
        ("f64[0,3]", "float64", {"empty"}),
    ],
)
def test_elements_are_told_by_their_class(text, name, found):
    assert cells.classes(name, values.parse(text)) == found


@pytest.mark.parametrize("name", ["add", "exp", "where", "clamp", "quantize_per_tensor"])
def test_ops_of_one_element_are_elementwise(name):
    assert cells.is_elementwise(OPS[name])


@pytest.mark.parametrize("name", ["softmax", "sort", "sum", "matmul", "slice_scatter", "int.add"])
def test_ops_that_look_further_are_not(name):
    assert not cells.is_elementwise(OPS[name])


def case(text):
    made = case_pb2.Case(id="num/neg/a", rules=["OP.neg"])
    step = made.run.steps.add(method="forward")
    step.inputs.CopyFrom(values.bundle([("", values.parse(text))]))
    return made


def test_an_element_fills_its_cell_and_that_of_its_type():
    filled = cells.filled_cells([case("f32[2] nan 1")])

    assert filled == {"neg": {("float32", "nan"), ("float32", "any")}}
    assert {("float32", "inf"), ("float64", "nan")} <= set(cells.wanted_cells(OPS["neg"]))


def test_what_no_case_shows_is_a_complaint_and_so_is_a_waiver_of_what_is_there(monkeypatch):
    monkeypatch.setattr(coverage, "_cases", lambda: [case("f32[2] nan 1")])
    waiver = {"code": "BAD_CALL", "reason": "Why."}
    known = {"code": "NOT_A_CODE", "reason": "Why."}
    monkeypatch.setattr(coverage, "_waivers", lambda key: [w for w in (waiver, known) if key in w])

    asked, wrong = coverage.asked_of_ops()

    assert "code BAD_INDEX: no case" in wrong
    assert "attribute amax.dim: no case" in wrong
    assert not any(line.startswith("code BAD_CALL") for line in wrong)
    assert "waiver of code NOT_A_CODE: nothing is missing" in wrong
    assert next(line for line in wrong if line.startswith("cell neg:")).count("float32 nan") == 0
    assert next(line for line in wrong if line.startswith("cell neg:")).count("float64 nan") == 1
    assert asked[0].missing == asked[0].wanted


def test_the_corpus_leaves_nothing_that_is_not_waived():
    corpus = corpora.load(ROOT / "cases")

    asked, wrong = coverage.asked_of_ops()

    assert wrong == []
    assert all(a.wanted - a.missing > 0.8 * a.wanted for a in asked)
    assert np.all([a.wanted > 0 for a in asked])
    assert cells.expected_codes([corpus.case(e) for e in corpus.manifest.entries]) <= (
        cells.wanted_codes()
    )
