"""The validator as a whole: valid models, several faults, depth, limits, the text of the spec."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.validator_models import X, counter, function, model, nested, scripted_gate, traced_gate
from tracescript import ir
from tracescript.errors import InvalidModelError, UnsupportedError
from tracescript.ir.constants import BOOL, STR, scalar
from tracescript.validator import (
    LINK_RULES,
    MOST_FINDINGS,
    RULES,
    findings,
    limit_rules,
    link,
    link_findings,
    validate,
)
from tracescript.validator.fault import rule_id

SPEC = Path(__file__).parents[2] / "spec"


@pytest.mark.parametrize("make", [traced_gate, scripted_gate, counter])
def test_a_valid_model_has_no_findings(make):
    assert findings(make()) == ()
    assert link_findings(make()) == ()


def test_a_thousand_nested_blocks_are_valid():
    validate(nested(1000))


def test_ten_thousand_nested_blocks_are_valid_and_more_are_over_the_limit():
    validate(nested(10_000))

    with pytest.raises(UnsupportedError) as caught:
        validate(nested(10_001))

    assert (caught.value.code, caught.value.rule) == ("FILE_LIMIT", "GRAPH-29")


@pytest.mark.parametrize(
    ("limit", "most"),
    [("MAX_TABLE", 2), ("MAX_VALUES", 1), ("MAX_PORTS", 1), ("MAX_STRING", 3)],
)
def test_a_model_over_a_limit_is_refused_before_other_rules_run(monkeypatch, limit, most):
    text = ir.Value(STR, "", scalar("long"))
    lost, x = ir.Value(X, "lost"), ir.Value(X, "x")
    nodes = [ir.Node("cat", (x, lost), ()), ir.Node("raise", (text,), ())]
    many = function([x], [*nodes, ir.Node("raise", (ir.Value(STR, "", scalar("b")),), ())], [x, x])
    constants = [ir.Node("raise", (ir.Value(STR, "", scalar("c")),), ())]
    made = model(function([], constants, [], name="g"), many)
    monkeypatch.setattr(limit_rules, limit, most)

    assert {(f.code, f.rule) for f in findings(made)} == {("FILE_LIMIT", "GRAPH-29")}
    with pytest.raises(UnsupportedError):
        link(made)


def test_metadata_and_extra_files_have_limits():
    metadata = tuple((f"{i:05}", "") for i in range(1025))

    assert [f.code for f in findings(replace(counter(), metadata=metadata[:1024]))] == []
    assert [f.code for f in findings(replace(counter(), metadata=metadata))] == ["FILE_LIMIT"]


def test_a_fault_in_a_very_deep_block_has_a_short_path():
    deep = nested(5000)
    block = deep.functions[0].body
    while block.nodes[0].blocks[0].nodes:
        block = block.nodes[0].blocks[0]
    object.__setattr__(block.nodes[0].blocks[0], "results", (ir.Value(BOOL, "lost"),))

    (found,) = findings(deep)

    assert (found.code, found.rule) == ("BAD_GRAPH", "GRAPH-4")
    assert "levels)" in found.where
    assert len(found.where) < 300


def test_all_faults_of_a_model_are_reported_in_one_error():
    gate = scripted_gate()
    decision = ir.TraceDecision("branch", None, scalar(value=True))
    broken = replace(
        gate.functions[0],
        decisions=(decision,),
        outputs=(ir.Output("", X), ir.Output("", X)),
    )

    with pytest.raises(InvalidModelError) as caught:
        validate(replace_function(gate, broken))

    assert {(f.code, f.rule) for f in caught.value.findings} == {
        ("BAD_GRAPH", "GRAPH-6"),
        ("BAD_GUARD", "TRACE-20"),
        ("BAD_GUARD", "TRACE-21"),
    }
    assert str(caught.value).count("\n  hint: ") >= 1


def replace_function(old: ir.Model, made: ir.Function) -> ir.Model:
    return ir.Model(old.name, (made,), old.root)


def test_more_than_a_hundred_findings_end_with_a_note():
    x = ir.Value(X, "x")
    lost = [ir.Node("neg", (ir.Value(X, "gone"),), (ir.Value(X),)) for _ in range(130)]

    found = findings(model(function([x], lost, [x])))

    assert len(found) == MOST_FINDINGS + 1
    assert found[-1].what == "30 more findings are not shown"


def test_an_unknown_op_is_valid_and_cannot_be_linked():
    x, y = ir.Value(X, "x"), ir.Value(X, "y")
    z = ir.Value(X, "z")
    twice = [ir.Node("frobnicate", (x,), (y,)), ir.Node("frobnicate", (y,), (z,))]
    made = model(function([x], twice, [z]))
    foreign = model(function([x], [ir.Node("rope", (x,), (y,), opset="com.example")], [y]))

    assert findings(made) == findings(foreign) == ()
    assert [(f.code, f.rule) for f in link_findings(made)] == [("UNSUPPORTED_OP", "EXEC-6")]
    assert [f.code for f in link_findings(foreign)] == ["UNSUPPORTED_OPSET"]
    with pytest.raises(UnsupportedError) as caught:
        link(made)
    assert caught.value.code == "UNSUPPORTED_OP"


def test_a_data_type_without_arrays_cannot_be_linked():
    half = ir.Value(ir.TensorType(ir.DataType.COMPLEX32, (2,)), "x")

    found = link_findings(model(function([half], [], [half])))

    assert [(f.code, f.rule) for f in found] == [("UNSUPPORTED_DATA_TYPE", "EXEC-7")]


def test_every_rule_is_a_sentence_of_the_specification():
    pages = " ".join(" ".join(page.read_text().split()) for page in sorted(SPEC.glob("*.md")))

    for rule in (*RULES, *LINK_RULES):
        area, number = rule_id(rule).split("-")
        said, sentence = " ".join(rule.__doc__.split()).split(": ", 1)
        assert said == rule_id(rule)
        assert f"{sentence.rstrip('.')} [TS-{area}-{int(number):03d}]." in pages, rule.__name__


def test_every_rule_number_is_given_once():
    numbers = [rule_id(rule) for rule in (*RULES, *LINK_RULES)]
    assert len(set(numbers)) == len(numbers)

    defined = [
        tag
        for page in sorted(SPEC.glob("*.md"))
        for tag in re.findall(r"\s\[(TS-[A-Z]+-\d{3})\]\.", page.read_text())
    ]
    assert sorted(set(defined)) == sorted(defined)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_a_chain_reads_only_what_stands_before_it(reads):
    """Node i reads value `reads[i]`: 0 is the parameter, k the output of node k - 1."""
    values = [ir.Value(X, f"v{i}") for i in range(len(reads) + 6)]
    nodes = [ir.Node("neg", (values[r],), (values[i + 1],)) for i, r in enumerate(reads)]
    early = [i for i, r in enumerate(reads) if r > i]

    found = findings(model(function([values[0]], nodes, [values[0]])))

    assert [f.where for f in found] == [f"functions[f].body.nodes[{i}].inputs[0]" for i in early]
