"""What authors write: misspelt keys and edits that cannot be done are refused; values read back."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from suite_runs import ROOT

from tools import authored, edits, literals, splices
from tools.parts import take_apart
from tools.sources import Models, SourceError
from tracescript_conformance import values
from tracescript_conformance.cli import cli

TEXT = """
class A(Module):

    @authored
    def forward(self, x: Tensor[float32, 2]) -> Tensor[float32, 2]:
        return x
"""
CASE = """
[[case]]
id = "a/b/c"
story = "Why."
rules = ["GRAPH-1"]
model = {{ text = '''{text}''' }}
steps = [{{ inputs = ["f32[2] 1 2"], gives = ["f32[2] 1 2"] }}]
"""


def cases(tmp_path, text):
    (tmp_path / "authored").mkdir()
    (tmp_path / "authored" / "a.toml").write_text(text)
    return authored.cases(tmp_path)


def test_a_case_is_made_of_its_table(tmp_path):
    (case,) = cases(tmp_path, CASE.format(text=TEXT))

    assert case.id == "a/b/c"
    assert case.run.steps[0].method == "forward"
    assert case.artifacts[0].content[2:9] == b"tsproto"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("story", "storey"),
        ("gives", "give"),
        ("inputs =", "input ="),
        ("text =", "txt ="),
        ("steps =", "stepz ="),
        ("[[case]]", "[[cases]]"),
        ("f32[2] 1 2", "f32[2] 1 2 3"),
        ("f32[2] 1 2", "f31[2] 1 2"),
    ],
)
def test_a_misspelt_word_is_refused(old, new, tmp_path):
    with pytest.raises((SourceError, KeyError)):
        cases(tmp_path, CASE.format(text=TEXT).replace(old, new))


def test_a_model_that_nobody_wrote_is_refused(tmp_path):
    text = CASE.format(text="").replace("model = { text = '''''' }", 'model = "nobody"')

    with pytest.raises(SourceError, match="nobody"):
        cases(tmp_path, text)


def test_text_is_compiled_back_only_from_a_file_that_has_some(tmp_path):
    text = CASE.format(text=TEXT).partition("steps =")[0] + "recompiles = true\n"

    with pytest.raises(SourceError, match="no code section"):
        cases(tmp_path, text)


def made():
    return take_apart(Models({}).file({"text": TEXT}, "test"))


@pytest.mark.parametrize(
    "line",
    [
        "set model.nobody = 1",
        "set model.functions[9].name = 'x'",
        "set model.name 'x'",
        "put model.name = 'x'",
        "set nothing.name = 'x'",
        "add model.types { nobody: 1 }",
        "strip code",
        "",
    ],
)
def test_an_edit_that_cannot_be_done_is_refused(line):
    with pytest.raises(edits.EditError):
        edits.apply(made(), [line])


def test_edits_change_one_thing_and_repair_digests():
    parts = made()
    edits.apply(parts, ["set model.functions[1].name = 'B.forward'"])
    again = take_apart(parts.assemble())

    assert again.message("model").functions[1].name == "B.forward"
    assert again.assemble() == parts.assemble()


@pytest.mark.parametrize(
    "splice",
    [
        {"at": "start", "cutt": 1},
        {"at": "nowhere 4", "cut": 1},
        {"at": "end", "offset": 9, "cut": 1},
    ],
)
def test_a_splice_that_cannot_be_done_is_refused(splice):
    with pytest.raises((splices.SpliceError, KeyError, IndexError)):
        splices.apply(made().assemble(), [splice])


@pytest.mark.parametrize(
    "text",
    [
        "f32[2] 1.5 nan",
        "i64[] -9223372036854775808",
        "bool[2] true false",
        "int 7",
        "float -0.0",
        "none",
        "str 'a b'",
        "[int 1, (int 2, none)]",
        "bf16[2] 1 0x1.8p+1",
        "f32[0,3]",
    ],
)
def test_values_written_and_read_are_equal(text):
    value = values.parse(text)
    table = []

    class Table(list):
        def add(self):
            raise AssertionError

    table = Table()
    index = values.write(table, value)

    assert repr(values.read(table, index)) == repr(value) or str(values.read(table, index)) == str(
        value
    )


def test_made_up_elements_are_the_same_everywhere():
    assert str(literals.parse("f32[4] pcg 1")) == str(literals.parse("f32[4] pcg 1"))
    assert str(literals.parse("f32[4] pcg 1")) != str(literals.parse("f32[4] pcg 2"))


def test_pcg_gives_the_numbers_of_its_reference():
    """The reference with the default stream: state = 0, step, += seed, step."""
    from oracles.pcg import Pcg32

    def reference(seed, count):
        state, out = 0, []
        step = lambda s: (s * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        state = step(state)
        state = step((state + seed) & (2**64 - 1))
        for _ in range(count):
            word = (((state >> 18) ^ state) >> 27) & 0xFFFFFFFF
            rotation = state >> 59
            out.append((word >> rotation) | (word << ((32 - rotation) % 32)) & 0xFFFFFFFF)
            state = step(state)
        return out

    draw = Pcg32(42)

    assert [draw.next() for _ in range(5)] == reference(42, 5)


@pytest.mark.parametrize(
    "kind", ["run", "trap", "reject", "inspect", "round-trip", "recompile", "service"]
)
def test_a_case_to_fill_in_is_built_as_it_stands(kind, tmp_path):
    text = CliRunner().invoke(cli, ["new", "a/b/c", "--kind", kind]).output

    (case,) = cases(tmp_path, text)

    assert case.id == "a/b/c"
    assert case.WhichOneof("kind") == kind.replace("-", "_")
    assert "TODO" in text


def test_a_new_case_needs_an_id_of_three_parts():
    ran = CliRunner().invoke(cli, ["new", "Only One"])

    assert ran.exit_code == 2
    assert "category/family/what_happens" in ran.output


def test_every_authored_file_is_short_enough_to_read():
    long = [
        f.name
        for f in (ROOT / "authored").rglob("*.toml")
        if len(f.read_text("utf-8").splitlines()) > 300
    ]

    assert long == []
