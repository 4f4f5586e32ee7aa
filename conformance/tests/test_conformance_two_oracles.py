"""Every expected value has two oracles of different kinds, and one that has not is refused."""

from __future__ import annotations

import pytest
from suite_runs import ROOT

from tools import authored, freeze, golden_gate, op_cases
from tools.second_oracle import DisagreementError
from tools.sources import SourceError
from tracescript.conformance.v1 import case_pb2
from tracescript_conformance import corpus as corpora

TEXT = """
class A(Module):

    @authored
    def forward(self, x: Tensor[float32, 2]) -> Tensor[float32, 2]:
        return ops.{op}(x)
"""
CASE = """
[[case]]
id = "a/b/c"
story = "Why."
rules = ["GRAPH-1"]
model = {{ text = '''{text}'''{more} }}
steps = [{{ inputs = ["f32[2] 1 2"], gives = ["f32[2] {wanted}"] }}]
"""
TWIN = r', twin = "class Twin:\n    def forward(self, x):\n        return x + x - x\n"'


def case(tmp_path, op="neg", wanted="-1 -2", more=""):
    (tmp_path / "authored").mkdir()
    text = CASE.format(text=TEXT.format(op=op), wanted=wanted, more=more)
    (tmp_path / "authored" / "a.toml").write_text(text)
    return authored.cases(tmp_path)[0]


def kinds(made):
    return {oracle.kind for oracle in made.provenance.oracles}


def test_no_case_of_the_corpus_has_values_that_one_kind_of_oracle_vouches_for():
    corpus = corpora.load(ROOT / "cases")
    cases = [corpus.case(entry) for entry in corpus.manifest.entries]

    assert golden_gate.single(cases) == []
    assert sum(map(golden_gate.expects_values, cases)) > len(cases) / 2


def test_a_text_that_cpython_runs_has_two(tmp_path):
    made = case(tmp_path)

    assert kinds(made) == {case_pb2.ORACLE_KIND_HAND, case_pb2.ORACLE_KIND_EAGER}
    assert golden_gate.single([made]) == []


def test_a_text_that_nothing_else_runs_has_one(tmp_path):
    assert golden_gate.single([case(tmp_path, op="mish", wanted="1 2")]) == ["a/b/c"]


def test_a_twin_that_cpython_runs_is_a_second_oracle(tmp_path):
    assert golden_gate.single([case(tmp_path, "relu", "1 2", TWIN)]) == []


def test_a_twin_that_gives_something_else_is_refused(tmp_path):
    with pytest.raises(SourceError, match="CPython") as raised:
        case(tmp_path, "relu", "1 3", TWIN)

    assert isinstance(raised.value.__cause__, DisagreementError)


def test_the_corpus_is_not_built_with_a_value_of_one_kind(tmp_path, monkeypatch):
    made = case(tmp_path, op="mish", wanted="1 2")
    monkeypatch.setattr(op_cases, "all_cases", list)
    monkeypatch.setattr(authored, "cases", lambda _: [made])

    with pytest.raises(SystemExit, match="oracles of one kind only: a/b/c"):
        freeze.sources()


@pytest.mark.parametrize("kind", ["reject", "inspect", "round_trip", "recompile"])
def test_refusals_and_facts_need_none(kind):
    made = case_pb2.Case(id="a/b/c")
    getattr(made, kind).SetInParent()

    assert not golden_gate.expects_values(made)


@pytest.mark.parametrize(
    ("case_id", "name", "method"),
    [
        ("num/searchsorted/nan_comes_last", "numpy", "numpy.searchsorted in float64"),
        ("num/gelu/the_ends", "torch", "at minus infinity the limit"),
        ("tensor/randperm/four", "torch", "Philox from its paper"),
        ("tensor/topk/nan_is_largest", "torch", "Python's sorted()"),
        ("num/add/opposite_infinities", "torch", "float64, rounded once"),
    ],
)
def test_provenance_says_where_torch_alone_was_not_the_oracle(case_id, name, method):
    corpus = corpora.load(ROOT / "cases")
    found = corpus.case(next(e for e in corpus.manifest.entries if e.id == case_id))

    assert found.provenance.oracles[1].name == name
    assert method in found.provenance.oracles[1].method


@pytest.mark.torch
def test_every_op_with_a_method_of_its_own_has_a_call_of_its_own():
    pytest.importorskip("torch")
    from oracles.torch_methods import BY_NUMPY, METHODS
    from oracles.torch_special import SPECIAL

    assert {*METHODS, *BY_NUMPY} - SPECIAL.keys() == set()
