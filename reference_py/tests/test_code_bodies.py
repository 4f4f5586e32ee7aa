from __future__ import annotations

import pytest
from code_blocks import BLOCKS
from code_bodies import BODIES
from code_texts import compiled, function, rewritten

from tracescript.code.reader import check_code
from tracescript.code.writer import write_units
from tracescript.ir import Block, DimExpr, Function, Input, Model, Module, Node, Symbol, Value
from tracescript.ir.constants import BOOL

LITERALS = [
    ("0", "int"),
    ("-17", "int"),
    ("9223372036854775807", "int"),
    ("-9223372036854775808", "int"),
    ("0.1", "float"),
    ("1e-05", "float"),
    ("1e+16", "float"),
    ("-0.0", "float"),
    ("inf", "float"),
    ("-inf", "float"),
    ("nan", "float"),
    ("True", "bool"),
    ("''", "str"),
    (r"'it\'s \\ \n\r\t \x00\x7f\xe9\u2028\U0001f600'", "str"),
    ("float32", "dtype"),
    ("bool_", "dtype"),
    ("complex(1.0, -0.0)", "complex"),
    ("float32(0.1)", "Tensor[float32]"),
    ("float32(-0.0)", "Tensor[float32]"),
    ("float32(nan)", "Tensor[float32]"),
    ("float32.bits(0x7fc00001)", "Tensor[float32]"),
    ("float16(65500.0)", "Tensor[float16]"),
    ("bfloat16(0.1)", "Tensor[bfloat16]"),
    ("float64(0.1)", "Tensor[float64]"),
    ("int64(-3)", "Tensor[int64]"),
    ("uint8(255)", "Tensor[uint8]"),
    ("bool_(True)", "Tensor[bool_]"),
    ("complex64(complex(1.0, -2.5))", "Tensor[complex64]"),
    ("[1, 2]", "list[int]"),
    ("[0.5, -inf]", "list[float]"),
    ("['a', 'b']", "list[str]"),
    ("list[int]()", "list[int]"),
    ("[[1, 2], [3]]", "list[list[int]]"),
    ("{'a': 1, 'b': 2}", "dict[str, int]"),
    ("dict[int, str]()", "dict[int, str]"),
    ("Optional[int](None)", "Optional[int]"),
    ("Optional[int](3)", "Optional[int]"),
]


@pytest.mark.parametrize(("literal", "kind"), LITERALS)
def test_a_literal_is_a_fixed_point(literal, kind):
    text = function(f"return {literal}", result=kind)
    assert rewritten(text) == (text,)


@pytest.mark.parametrize(
    ("literal", "kind"),
    [("(1, 2)", "tuple[int, int]"), ("(1,)", "tuple[int]"), ("()", "tuple[()]"), ("None", "None")],
)
def test_one_result_that_looks_like_several_is_written_as_a_list_of_one(literal, kind):
    text = function(f"return {literal},", result=f"tuple[{kind}]")
    made = compiled(text).function("f")
    assert len(made.outputs) == 1
    assert rewritten(text) == (text,)


@pytest.mark.parametrize("text", {**BODIES, **BLOCKS}.values(), ids={**BODIES, **BLOCKS})
def test_a_body_is_a_fixed_point(text):
    assert rewritten(text) == (text,)


def test_dimensions_and_shape_guards_are_fixed_points():
    text = "B = Dim('B', 1, 4096)\nd = Dim('x.0', 0, None)\n\n" + function(
        "shape_guard(comparison, d == 3)\nshape_guard(unrolled_loop, (B + 1) < ((B * d) // 2))\n"
        "shape_guard(size_read, max(min(B, d), 2) != (-B))\nreturn x",
        "x: Tensor[float32, B, ceil_div((B + -1), 2)], y: Tensor[int8, d, _]",
        "Tensor[float32, B, ceil_div((B + -1), 2)]",
    )
    assert rewritten(text) == (text,)


def test_a_dimension_expression_keeps_its_form():
    text = "B = Dim('B', 0, None)\n\n" + function(
        "return x", "x: Tensor[bool_, ((B + B) + 1)]", "Tensor[bool_, ((B + B) + 1)]"
    )
    b = Symbol("B", 0, None)
    assert compiled(text).function("f").inputs[0].type.shape == (DimExpr("+", (b, b, 1)),)


def test_debug_names_become_free_python_names():
    text = function("h = a + 1\nh_2 = h + 1\nlen_ = h_2 + h_2\nreturn len_", "a: int", "int")
    assert rewritten(text) == (text,)
    names = [n.outputs[0].name for n in compiled(text).function("f").body.nodes]
    assert names == ["h", "h_2", "len_"]


def chain(count):
    arms = "".join(f"elif a == {k}:\n    v0 = {k}\n" for k in range(1, count))
    return function(f"if a == 0:\n    v0 = 0\n{arms}else:\n    v0 = a\nreturn v0", "a: int", "int")


def test_a_long_elif_chain_does_not_nest():
    assert rewritten(chain(999)) == (chain(999),)


def test_a_chain_that_parsers_might_not_read_has_no_text():
    assert write_units(compiled(chain(1100))) == ()


def nested(depth):
    lines = [f"{'    ' * k}if c:" for k in range(depth)] + [
        "    " * depth + "ops.print('a')",
        "return",
    ]
    return function("\n".join(lines), "c: bool", "None")


def test_ninety_blocks_are_a_fixed_point():
    assert rewritten(nested(90)) == (nested(90),)


def test_a_function_nested_deeper_has_no_text():
    c = Value(BOOL, "c")
    block = Block((), (), ())
    for _ in range(91):
        block = Block((), (Node("if", (c,), (), blocks=(block, Block((), (), ()))),), ())
    body = Block((c,), block.nodes, ())
    deep = Function("deep", "authored", (Input("c", BOOL),), (), body)
    flat = Function("flat", "authored", (Input("c", BOOL),), (), Block((Value(BOOL, "c"),), (), ()))
    model = Model("m", (deep, flat), Module("m"))
    (unit,) = write_units(model)
    assert unit.text == "@authored\ndef flat(c: bool) -> None:\n    return\n"
    assert [span[0] for span in unit.spans] == ["flat"]
    check_code(model, [unit])
