from __future__ import annotations

import contextlib
import dataclasses
import random

import pytest
from code_blocks import BLOCKS
from code_bodies import BODIES
from code_refused import REFUSED
from code_texts import CELL, GATE, LINEAR, TREE, compiled, function, rewritten, tree, units

from tracescript.code.compare import difference
from tracescript.code.reader import check_code, read_units
from tracescript.code.writer import write_units
from tracescript.errors import InvalidModelError
from tracescript.ir import Model, Module
from tracescript.ir.model import CodeUnit


def refused(*texts, model=None):
    with pytest.raises(InvalidModelError) as caught:
        compiled(*texts, model=model or Model("m", (), Module("")))
    assert caught.value.code == "BAD_CODE"
    return caught.value


def test_an_error_names_unit_line_and_column_with_a_caret_and_a_hint():
    error = refused(function("v0 = ops.neg(a)\nreturn v0 + 1", "a: Tensor[int8]", "int"))
    assert (error.where, error.rule) == ("functions:4:11", "CODE-14")
    assert error.excerpt == "        return v0 + 1\n               ^"
    assert "operators are for Python scalars" in error.hint


@pytest.mark.parametrize(("text", "rule"), REFUSED.values(), ids=REFUSED)
def test_a_text_is_refused(text, rule):
    assert refused(text).rule == rule or rule is None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (function("return").replace("    ", "\t"), "functions:3:0"),
        (function("return").replace("\n", "\r\n"), "functions:1:9"),
        (function("return '\u202e'", "", "str"), "functions:3:12"),
        (function("return '\u2066'", "", "str"), "functions:3:12"),
        (function("return '\0'", "", "str"), "functions:3:12"),
        ("\ufeff" + function("return"), "functions:1:0"),
        (function("return").rstrip("\n"), "functions:3:10"),
    ],
    ids=["tab", "CR", "right-to-left", "isolate", "NUL", "byte order mark", "no last line end"],
)
def test_a_forbidden_character_is_refused_with_its_place(text, where):
    error = refused(text)
    assert error.where == where
    assert error.rule in {"CODE-2", "CODE-4"}


def test_blocks_nested_deeper_than_ninety_are_refused():
    lines = [f"{'    ' * k}if c:" for k in range(91)] + ["    " * 91 + "ops.print('a')", "return"]
    assert refused(function("\n".join(lines), "c: bool")).rule == "CODE-3"


@pytest.mark.parametrize(
    ("member", "rule"),
    [
        ("    linear: Nowhere\n", "CODE-15"),
        ("    a: int\n", "CODE-15"),
        ("    a: Weight[int]\n    a: State[int]\n", "CODE-16"),
        ("    a: Weight[int] = 1\n", "CODE-16"),
        ("", "CODE-15"),
    ],
)
def test_a_member_that_is_wrong_is_refused(member, rule):
    body = "        self.linear()\n        return\n"
    text = f"class A(Module):\n{member}\n    @traced\n    def forward(self) -> None:\n{body}"
    assert refused(text).rule == rule


def test_a_path_that_is_no_member_is_refused():
    text = "class A(Module):\n\n    @traced\n    def forward(self) -> int:\n        return self.w\n"
    assert (refused(text).where, refused(text).rule) == ("A:5:15", "CODE-16")


ACCEPTED = {
    "comments and blank lines": (
        "# about\n\nb = a + 1  # one\n\nreturn b * b",
        "b = a + 1\nreturn b * b",
    ),
    "docstring": ("'what it does'\nreturn a", "return a"),
    "free layout": ("return ops.int.add(\n        a,\n        1,\n    )", "return a + 1"),
    "precedence": ("return a + 2 * -a", "return a + (2 * (-a))"),
    "augmented assignment": ("b = a + 1\nb += b\nreturn b", "b = a + 1\nb_2 = b + b\nreturn b_2"),
    "copies": ("b = a\nc = b\nreturn c", "return a"),
    "a tuple of copies": ("b, c = a, 1\nreturn b + c", "return a + 1"),
    "names assigned twice": (
        "b = a + 1\nb = b * b\nreturn b",
        "b = a + 1\nb_2 = b * b\nreturn b_2",
    ),
    "default attributes": (
        "return ops.int.add(a, ops.list.len(ops.list.sort([a], descending=False)))",
        "return a + len(ops.list.sort([a]))",
    ),
}


@pytest.mark.parametrize(("accepted", "canonical"), ACCEPTED.values(), ids=ACCEPTED)
def test_the_accepted_dialect_compiles_to_the_canonical_text(accepted, canonical):
    text = function(accepted, "a: int", "int")
    assert rewritten(text) == (function(canonical, "a: int", "int"),)


def test_the_else_of_an_if_may_be_an_elif():
    arms = "if a > 2:\n        b = 2\n    else:\n        b = 3"
    one = f"if a > 1:\n    b = 1\nelse:\n    {arms}\nreturn b"
    two = "if a > 1:\n    b = 1\nelif a > 2:\n    b = 2\nelse:\n    b = 3\nreturn b"
    assert rewritten(function(one, "a: int", "int")) == (function(two, "a: int", "int"),)


def test_a_body_may_call_what_stands_in_a_later_unit():
    read = compiled(CELL, GATE, LINEAR, model=TREE)
    order = [f.name for f in read.functions]
    assert order.index("Cell.forward") == 2


def test_check_code_accepts_the_text_of_the_model():
    model = compiled(CELL, GATE, LINEAR, model=TREE)
    check_code(model, write_units(model))


def test_check_code_refuses_text_that_compiles_but_is_not_canonical():
    model = compiled(GATE)
    (unit,) = write_units(model)
    text = unit.text.replace("        return", "        # negated\n        return")
    with pytest.raises(InvalidModelError) as caught:
        check_code(model, [dataclasses.replace(unit, text=text)])
    assert (caught.value.code, caught.value.rule) == ("BAD_CODE", "CODE-20")
    assert caught.value.where == "Gate:7:0"
    assert "return ops.neg(x)" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ops.neg", "ops.abs"),
        ("0.0", "1.0"),
        ("False", "True"),
        ("@traced", "@scripted"),
        ("branch", "compare"),
        ("return ops.neg(x)", "return x"),
        ("3, 4", "3, 5"),
        ("def forward(", "def backward("),
    ],
)
def test_check_code_refuses_text_of_another_function(old, new):
    model = compiled(GATE)
    (unit,) = write_units(model)
    text = unit.text.replace(old, new)
    with pytest.raises(InvalidModelError) as caught:
        check_code(model, [dataclasses.replace(unit, text=text)])
    assert (caught.value.code, caught.value.rule) == ("BAD_CODE", "CODE-1")


def test_check_code_refuses_missing_and_doubled_units_and_wrong_spans():
    model = compiled(CELL, GATE, LINEAR, model=TREE)
    written = write_units(model)
    moved = dataclasses.replace(written[0], spans=((written[0].spans[0][0], 0, 1),))
    for wrong in (written[:2], written[::-1], (moved, *written[1:])):
        with pytest.raises(InvalidModelError) as caught:
            check_code(model, wrong)
        assert caught.value.code == "BAD_CODE"


def test_reading_replaces_the_functions_of_the_text_and_keeps_the_rest():
    model = compiled(GATE, LINEAR)
    changed = read_units(units(GATE.replace("neg", "abs")), model)
    assert [f.name for f in changed.functions] == ["Gate.forward", "Linear.forward"]
    assert changed.function("Linear.forward") is model.function("Linear.forward")
    assert difference(changed.function("Gate.forward"), model.function("Gate.forward"))
    assert changed.root is model.root


@pytest.mark.parametrize("seed", range(300))
def test_random_damage_never_ends_in_another_error(seed):
    r = random.Random(seed)
    text = r.choice([CELL, GATE, LINEAR, *BODIES.values(), *BLOCKS.values()])
    for _ in range(10):
        at, n = r.randrange(len(text)), r.randint(0, 4)
        put = "".join(r.choice("()[]{}:=,. \nselfopsx01'@-") for _ in range(r.randint(0, 4)))
        with contextlib.suppress(InvalidModelError):
            compiled(text[:at] + put + text[at + n :], model=tree())


def test_units_are_named_in_the_error():
    with pytest.raises(InvalidModelError, match=r"my\.Unit:1:0"):
        read_units([CodeUnit("my.Unit", "import os\n", ())], Model("m", (), Module("")))
