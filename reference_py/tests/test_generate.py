"""The generator: strict about op files, and the compiled opset is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import decompositions, opset_source, rule_index
from tools.opset_source import SourceError, compile_opset
from tracescript.v1 import opdef_pb2

ROOT = Path(__file__).resolve().parents[2]
GOOD = '''name = "twice"
since = "1.0"
profile = "core"
tier = "composite"
effect = "none"
summary = "Twice x."
semantics = "y = x + x."
promotion = "same"
numeric = "exact"
inputs = [{ name = "x", kind = "tensor", type = "float32" }]
outputs = [{ name = "y", kind = "tensor", type = "float32" }]
shape = { rule = "same", arguments = ["x"] }
absent_because = "a test"
decomposition = """
def twice(x: Tensor) -> Tensor:
    return double(x)
"""
[[examples]]
title = "two"
inputs = [{ name = "x", type = "float32", shape = [1], values = ["1"] }]
outputs = [{ name = "y", type = "float32", shape = [1], values = ["2"] }]
source = "by hand"
'''
HELPERS = """def unused(x):
    return x


def double(x):
    return again(x)


def again(x):
    return x
"""


def compiled(folder, text, helpers=HELPERS):
    (folder / "twice.toml").write_text(text, encoding="utf-8")
    (folder / "helpers.code").write_text(helpers, encoding="utf-8")
    return compile_opset(folder)


def test_helpers_stand_in_front_of_the_function_that_needs_them(tmp_path):
    (op,) = compiled(tmp_path, GOOD).ops

    names = [line for line in op.decomposition.splitlines() if line.startswith("def")]
    assert names == ["def double(x):", "def again(x):", "def twice(x: Tensor) -> Tensor:"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('since = "1.0"', 'sinze = "1.0"', "twice.toml: sinze: no such key"),
        (
            'kind = "tensor", type',
            'kinds = "tensor", type',
            "twice.toml: inputs[0]: kinds: no such",
        ),
        ('tier = "composite"', 'tier = "TIER_COMPOSITE"', "tier: 'TIER_COMPOSITE' is none of"),
        ('tier = "composite"', 'tier = "primitive"', "a composite has one, a primitive none"),
        ('source = "by hand"', "", "source is missing"),
        ('absent_because = "a test"', "", "absent_because: missing"),
        ('summary = "Twice x."', "summary = 2", "summary: expected str, found int"),
        ('name = "twice"', 'name = "thrice"', "holds the op 'thrice'"),
        ('rule = "same"', 'rule = "sam"', "no rule 'sam'"),
        ('arguments = ["x"]', 'arguments = ["z"]', "no input or attribute z"),
        ("double(x)", "ops.triple(x)", "no op triple"),
        ("double(x)", "ops.twice(x)", "a cycle twice -> twice"),
        ("def twice(x", "def twice(y", "expected parameters x, found y"),
        ("def twice(x: Tensor)", "def other(x: Tensor)", "expected one function twice"),
        ('profile = "core"', 'profile = "cor"', "profile: 'cor' is none of"),
        ('promotion = "same"', "", "promotion is missing"),
        ('title = "two"', 'title = "two"\nshows = "C1"', "shows C1, which is not declared"),
        ("[[examples]]", "[[examples]", "twice.toml: "),
    ],
)
def test_a_fault_in_an_op_file_is_named_with_file_and_key(tmp_path, old, new, fault):
    with pytest.raises(SourceError) as caught:
        compiled(tmp_path, GOOD.replace(old, new, 1))

    assert fault in str(caught.value)
    assert "twice.toml" in str(caught.value)


def test_the_compiled_opset_is_fresh():
    committed = ROOT / "reference_py" / "tracescript" / "opset" / "opset.binpb"

    made = compile_opset(ROOT / "spec" / "ops").SerializeToString(deterministic=True)

    assert committed.read_bytes() == made


def test_a_longer_cycle_is_found():
    a = opdef_pb2.OpDef(name="a", decomposition="def a():\n    return ops.b()")
    b = opdef_pb2.OpDef(name="b", decomposition="def b():\n    return ops.a()")

    faults = list(decompositions.close([a, b], ROOT / "no_such_file"))

    assert faults == ["a.toml: decomposition: a cycle a -> b -> a"]


def test_rules_are_found_with_their_sentences():
    text = (
        "# T\n\nTalk. A loader MUST do it [TS-GRAPH-004]. More.\n\n* A\n  b MUST c [TS-CODE-010].\n"
    )

    assert list(rule_index.sentences(text)) == [
        ("GRAPH-4", "A loader MUST do it"),
        ("CODE-10", "A b MUST c"),
    ]


def test_every_profile_is_known_to_the_pages():
    from tools import pages

    assert pages.PROFILES == opset_source.PROFILES
