from __future__ import annotations

import dataclasses

import pytest
from code_texts import compiled, function, rewritten, tree, units
from test_code_round_trip import CELL, GATE, LINEAR, TREE

from tracescript.code.compare import same_functions
from tracescript.code.reader import check_code, read_units
from tracescript.code.units import CodeUnit
from tracescript.code.writer import write_units
from tracescript.errors import InvalidModelError
from tracescript.ir import Model, Module


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


REFUSED = {
    "import": ("import os\n", "CODE-7"),
    "import inside": (function("import os\nreturn"), "CODE-7"),
    "a dunder name": (function("return __class__", "", "int"), "CODE-6"),
    "a dunder attribute": (function("return a.__class__", "a: int", "int"), "CODE-14"),
    "a dunder call": (function("a.__init__()\nreturn", "a: int"), "CODE-15"),
    "an attribute chain": (function("return a.b.c", "a: int", "int"), "CODE-14"),
    "star-arguments": (function("return ops.add(*a)", "a: list[int]", "int"), "CODE-7"),
    "double star": (function("return ops.add(a, **a)", "a: int", "int"), "CODE-7"),
    "star parameters": ("@traced\ndef f(*a: int) -> None:\n    return\n", "CODE-18"),
    "positional-only": ("@traced\ndef f(a: int, /) -> None:\n    return\n", "CODE-18"),
    "lambda": (function("return (lambda: 1)()", "", "int"), "CODE-15"),
    "comprehension": (function("return [i for i in a]", "a: list[int]", "list[int]"), "CODE-7"),
    "format string": (function("return f'{a}'", "a: int", "str"), "CODE-7"),
    "bytes": (function("return b'a'", "", "str"), "CODE-8"),
    "ternary": (function("return 1 if a else 2", "a: bool", "int"), "CODE-7"),
    "and": (function("return a and a", "a: bool", "bool"), "CODE-7"),
    "walrus": (function("return (b := a)", "a: int", "int"), "CODE-7"),
    "await": (function("await a\nreturn", "a: int"), "CODE-7"),
    "chained comparison": (function("return 1 < a < 2", "a: int", "bool"), "CODE-7"),
    "matmul operator": (function("return a @ a", "a: int", "int"), "CODE-14"),
    "unknown name": (function("return b", "", "int"), "CODE-6"),
    "eval": (function("return eval('1')", "", "int"), "CODE-15"),
    "unknown op": (function("v0 = ops.nothing(a)\nreturn", "a: int"), "CODE-15"),
    "two moves": (function("for i in range(n):\n    v0 = i\nreturn", "n: int"), "CODE-22"),
    "arms with other targets": (
        function("if c:\n    a = 1\nelse:\n    b = 1\nreturn", "c: bool"),
        "CODE-21",
    ),
    "a move without else": (function("if c:\n    a = 1\nreturn", "c: bool"), "CODE-21"),
    "a move of other length": (
        function("if c:\n    a, b = 1\nelse:\n    a, b = 1, 2\nreturn", "c: bool"),
        "CODE-21",
    ),
    "return in the middle": (function("if c:\n    return\nreturn", "c: bool"), "CODE-7"),
    "no return": ("@traced\ndef f() -> None:\n    pass\n", "CODE-18"),
    "continue": (function("for i in range(n):\n    continue\nreturn", "n: int"), "CODE-7"),
    "break elsewhere": (function("for i in range(n):\n    break\nreturn", "n: int"), "CODE-7"),
    "else of a loop": (
        function("for i in range(n):\n    pass\nelse:\n    pass\nreturn", "n: int"),
        "CODE-7",
    ),
    "range of two": (function("for i in range(0, n):\n    pass\nreturn", "n: int"), "CODE-22"),
    "range of an expression": (
        function("for i in range(n + 1):\n    pass\nreturn", "n: int"),
        "CODE-7",
    ),
    "count without break": (function("for i in count():\n    pass\nreturn"), "CODE-22"),
    "while on an expression": (
        function("c = True\nwhile not c:\n    c = False\nreturn"),
        "CODE-22",
    ),
    "a name of an arm": (
        function("if c:\n    b = a + 1\n    pass\nreturn b", "a: int, c: bool", "int"),
        "CODE-6",
    ),
    "nested function": (function("def g() -> None:\n    return\nreturn"), "CODE-7"),
    "try": (function("try:\n    pass\nfinally:\n    pass\nreturn"), "CODE-7"),
    "with": (function("with a:\n    pass\nreturn", "a: int"), "CODE-7"),
    "delete": (function("del a\nreturn", "a: int"), "CODE-7"),
    "global": (function("global a\nreturn"), "CODE-7"),
    "a reserved name": (function("ops = a + 1\nreturn", "a: int"), "CODE-6"),
    "a keyword argument twice": (
        function("return ops.sum(a, dim=[0], bias=a)", "a: Tensor[int8, 2]", "Tensor[int64]"),
        "CODE-15",
    ),
    "an attribute that is computed": (
        function("return ops.sum(a, dim=n)", "a: Tensor[int8, 2], n: list[int]", "Tensor[int64]"),
        "CODE-15",
    ),
    "a missing input": (
        function("return ops.add(a)", "a: Tensor[int8]", "Tensor[int8]"),
        "CODE-15",
    ),
    "types that do not fit": (
        function("return ops.add(a, b)", "a: Tensor[int8], b: Tensor[int32]", "Tensor[int8]"),
        "CODE-15",
    ),
    "a wrong declared type": (
        function("b: int = ops.neg(a)\nreturn", "a: Tensor[int8]"),
        "CODE-24",
    ),
    "a wrong result": (function("return a", "a: int", "str"), "CODE-18"),
    "too few results": (function("return a", "a: int", "tuple[int, int]"), "CODE-18"),
    "no origin": ("def f() -> None:\n    return\n", "CODE-18"),
    "two origins": ("@traced\n@scripted\ndef f() -> None:\n    return\n", "CODE-18"),
    "no result type": ("@traced\ndef f():\n    return\n", "CODE-18"),
    "a default that is computed": (
        "@traced\ndef f(a: int = len('a')) -> None:\n    return\n",
        "CODE-18",
    ),
    "async": ("@traced\nasync def f() -> None:\n    return\n", "CODE-7"),
    "a function twice": (function("return") + "\n" + function("return"), "CODE-6"),
    "a free base": ("class A(int):\n    pass\n", "CODE-16"),
    "a metaclass": ("class A(Module, metaclass=type):\n    pass\n", "CODE-16"),
    "an int beyond 64 bits": (function("return 9223372036854775808", "", "int"), "CODE-8"),
    "a float beyond binary64": (function("return 1e999", "", "float"), "CODE-8"),
    "an int beyond its type": (function("return uint8(256)", "", "Tensor[uint8]"), "CODE-9"),
    "half a surrogate pair": (function(r"return '\ud800'", "", "str"), "CODE-8"),
    "bits of another length": (
        function("return float32.bits(0x7fc0)", "", "Tensor[float32]"),
        "CODE-9",
    ),
    "mixed list": (function("return [1, 2.0]", "", "list[int]"), "CODE-8"),
    "an unknown constant": (function("return constant(1)", "", "int"), "CODE-10"),
    "an unknown type": (function("return", "a: Foo"), "CODE-11"),
    "a bare Tensor": (function("return", "a: Tensor"), "CODE-11"),
    "an unknown dimension": (function("return", "a: Tensor[int8, B]"), "CODE-12"),
    "a bad dimension": ("B = Dim('B', -1, None)\n", "CODE-12"),
    "a guard of no kind": (function("guard(hope, a, 1)\nreturn", "a: int"), "CODE-19"),
    "a guard of an expression": (
        function("guard(branch, not a, True)\nreturn", "a: bool"),
        "CODE-7",
    ),
    "a late shape guard": (
        function("v0 = a + 1\nshape_guard(comparison, 1 == 1)\nreturn", "a: int"),
        "CODE-15",
    ),
    "deep expression": (function(f"return {'-(' * 33}a{')' * 33}", "a: int", "int"), "CODE-3"),
    "endless parentheses": (
        function(f"return {'(' * 5000}a{')' * 5000}", "a: int", "int"),
        "CODE-5",
    ),
    "endless minus": (function(f"return {'-' * 20000}a", "a: int", "int"), None),
    "a long line": (function(f"return '{'a' * 70000}'", "", "str"), "CODE-3"),
    "a struct in itself": ("class A(Struct):\n    a: A\n", "CODE-13"),
    "recursion": ("@traced\ndef f() -> None:\n    call('f')\n    return\n", "CODE-15"),
}


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
    text = f"class A(Module):\n{member}\n    @traced\n    def forward(self) -> None:\n        self.linear()\n        return\n"
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
    one = "if a > 1:\n    b = 1\nelse:\n    if a > 2:\n        b = 2\n    else:\n        b = 3\nreturn b"
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
    assert not same_functions(changed.function("Gate.forward"), model.function("Gate.forward"))
    assert changed.root is model.root


def test_random_damage_never_ends_in_another_error():
    import random

    r = random.Random(7)
    texts = [
        CELL,
        GATE,
        LINEAR,
        function(
            "if a > 1:\n    b = [a, {'x': 1}]\n    pass\nreturn (a,), 1",
            "a: int",
            "tuple[tuple[int], int]",
        ),
    ]
    for _ in range(1500):
        text = r.choice(texts)
        at, n = r.randrange(len(text)), r.randint(0, 4)
        put = "".join(r.choice("()[]{}:=,. \nselfopsx01'@-") for _ in range(r.randint(0, 4)))
        try:
            compiled(text[:at] + put + text[at + n :], model=tree())
        except InvalidModelError as error:
            assert error.code == "BAD_CODE"
            assert error.rule


def test_units_are_named_in_the_error():
    with pytest.raises(InvalidModelError, match="my.Unit:1:0"):
        read_units([CodeUnit("my.Unit", "import os\n", ())], Model("m", (), Module("")))
