from __future__ import annotations

import io
import re

import numpy as np
import pytest
from code_programs import Programs
from code_texts import EMPTY, compiled, function, rewritten, tree, units

from tracescript.code.compare import difference
from tracescript.code.constants import ConstantTable
from tracescript.code.reader import check_code, read_units
from tracescript.code.writer import write_units
from tracescript.ir import (
    DataType,
    DimExpr,
    Function,
    Input,
    Method,
    Model,
    Module,
    ModuleAttribute,
    Output,
    Symbol,
    TensorType,
    TraceDecision,
    Value,
    order,
)
from tracescript.ir.constants import INT, STR, numbers, scalar, tensor
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.wire.reader import read
from tracescript.wire.write_model import write_model
from tracescript.wire.writer import write

GATE = """\
class Gate(Module):

    @traced
    def forward(self, x: Tensor[float32, 3, 4]) -> Tensor[float32, 3, 4]:
        v0 = ops.gt(ops.sum(x), float32(0.0))
        guard(branch, v0, False)
        return ops.neg(x)
"""
LINEAR = """\
class Linear(Module):
    weight: Weight[Tensor[float32, 4, 4]]
    bias: Weight[Tensor[float32, 4]]

    @traced
    def forward(self, input: Tensor[float32, 3, 4]) -> Tensor[float32, 3, 4]:
        return ops.linear(input, self.weight, bias=self.bias)
"""
CELL = """\
class Cell(Module):
    linear: Linear
    dg: Gate

    @traced
    def forward(self, x: Tensor[float32, 3, 4], h: Tensor[float32, 3, 4]) -> tuple[Tensor[float32, 3, 4], Tensor[float32, 3, 4]]:
        v0 = ops.tanh(ops.add(self.dg(self.linear(x)), h))
        return v0, v0
"""
SCRIPTED_GATE = """\
B = Dim('B', 1, 4096)


class Gate(Module):

    @scripted
    def forward(self, x: Tensor[float32, B, 4]) -> Tensor[float32, B, 4]:
        if bool(ops.gt(ops.sum(x), float32(0.0))):
            v0 = x
        else:
            v0 = ops.neg(x)
        return v0
"""
LOOP = """\
T = Dim('T', 0, 1024)


class Loop(Module):
    cell: Cell

    @scripted
    def forward(self, xs: Tensor[float32, T, 3, 4]) -> tuple[Tensor[float32, 3, 4], Tensor[float32, 3, 4]]:
        h = ops.zeros([3, 4], dtype=float32)
        y = ops.zeros([3, 4], dtype=float32)
        v0 = ops.size(xs, dim=0)
        y_2, h_2 = y, h
        for i in range(v0):
            v1, v2 = self.cell(ops.select(xs, i), h_2)
            y_2, h_2 = v1, v2
        return y_2, h_2
"""
POWER = """\
class Power(Module):
    calls: State[int]

    @scripted
    def forward(self, x: Tensor[float32], n: int) -> Tensor[float32]:
        v0 = self.calls + 1
        v1, y, k = n > 0, x, 0
        while v1:
            v2 = ops.mul(y, x)
            v3 = k + 1
            v1, y, k = v3 < n, v2, v3
        self.calls = v0
        return y
"""
TREE = tree(linear="Linear", dg="Gate")


@pytest.mark.parametrize(
    "texts",
    [
        (GATE,),
        (LINEAR,),
        (CELL, GATE, LINEAR),
        (SCRIPTED_GATE,),
        (CELL, GATE, LINEAR, LOOP),
        (POWER,),
    ],
    ids=["gate", "linear", "cell", "scripted gate", "loop", "state and while"],
)
def test_the_examples_of_the_language_are_fixed_points(texts):
    model = TREE if CELL in texts else EMPTY
    assert rewritten(*texts, model=model) == texts


@pytest.mark.parametrize("seed", range(60))
def test_a_random_program_survives_writing_and_reading(seed):
    model = Programs(seed).model()
    written = write_units(model)
    read = read_units(written, model)
    assert [difference(f, read.function(f.name)) for f in model.functions] == [""] * len(
        model.functions
    )
    assert write_units(read) == written
    check_code(model, written)


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


BODIES = {
    "several results": ("return 1, x", "x: int", "tuple[int, int]"),
    "no results": ("return", "x: int", "None"),
    "operators in operators": ("return ((a + b) * a) - (-b)", "a: int, b: int", "int"),
    "a negative base": ("return (-2) ** a", "a: int", "int"),
    "a negative exponent": ("return a ** -0.5", "a: float", "float"),
    "minus of a literal": ("return ops.int.neg(3)", "", "int"),
    "bits": ("return (a << 2) | (b & 1)", "a: int, b: int", "int"),
    "comparison of strings": ("return (a + b) == 'x'", "a: str, b: str", "bool"),
    "membership": ("return not (a in b)", "a: int, b: list[int]", "bool"),
    "membership of a dict": ("return a in b", "a: str, b: dict[str, int]", "bool"),
    "conversions": ("return str(float(int(a)))", "a: Tensor[int64]", "str"),
    "subscripts": ("return a[0][b[1]]", "a: list[list[int]], b: tuple[str, int]", "int"),
    "displays": (
        "return [a, 1], (b,), {b: a}",
        "a: int, b: str",
        "tuple[list[int], tuple[str], dict[str, int]]",
    ),
    "displays of literals are ops": ("return ops.list.make(1, 2)", "", "list[int]"),
    "lengths": ("return len(a) + len(b)", "a: list[str], b: str", "int"),
    "none test": ("return a is None", "a: Optional[int]", "bool"),
    "several outputs": (
        "a, b = ops.list.pop(xs, 0)\nreturn b, a",
        "xs: list[int]",
        "tuple[list[int], int]",
    ),
    "an effect": (
        "ops.assert_(a, message='no')\nops.raise_('stop', kind='KeyError')\nreturn",
        "a: bool",
        "None",
    ),
    "an unused result": ("v0 = a + 1\nreturn", "a: int", "None"),
    "a declared type": (
        "x: Tensor[float32, ...] = ops.neg(a)\nreturn x",
        "a: Tensor[float32, 2]",
        "Tensor[float32, ...]",
    ),
    "declared types of several": (
        "b: list[Optional[int]]\na, b = ops.list.pop(xs, 0)\nreturn a, b",
        "xs: list[int]",
        "tuple[int, list[Optional[int]]]",
    ),
    "a wide loop variable": (
        "x: Tensor[float32, ...]\nx = a\nfor i in range(n):\n    x = ops.squeeze(x, dim=[-1])\nreturn x",
        "a: Tensor[float32, 1, 1], n: int",
        "Tensor[float32, ...]",
    ),
    "a wide if": (
        "y: Optional[int]\nif c:\n    y = a\nelse:\n    y = 2\nreturn y",
        "a: int, c: bool",
        "Optional[int]",
    ),
    "an if of nothing": ("if c:\n    ops.print('a')\nreturn", "c: bool", "None"),
    "an empty if": ("if c:\n    pass\nreturn", "c: bool", "None"),
    "an if that ends in a statement": (
        "if c:\n    v0 = a + 1\n    pass\nelse:\n    ops.print('a')\nreturn",
        "c: bool, a: int",
        "None",
    ),
    "an if inside else": (
        "if c:\n    pass\nelse:\n    if d:\n        v0 = a\n    else:\n        v0 = 1\nreturn",
        "c: bool, d: bool, a: int",
        "None",
    ),
    "elif": (
        "if a > 1:\n    v0 = 1\nelif (a * 2) > 1:\n    v0 = 2\nelif c:\n    v0 = a\n"
        "else:\n    v0 = a + 1\nreturn v0",
        "a: int, c: bool",
        "int",
    ),
    "else with more than an if": (
        "if c:\n    v0 = a\nelse:\n    v1 = a + 1\n    if v1 > v1:\n        v2 = 1\n    else:\n"
        "        v2 = 2\n    v0 = v2\nreturn v0",
        "a: int, c: bool",
        "int",
    ),
    "else whose test is an if": (
        "if c:\n    v0 = 1\nelse:\n    if d:\n        v1 = c\n    else:\n        v1 = d\n"
        "    if v1:\n        v2 = 2\n    else:\n        v2 = 3\n    v0 = v2\nreturn v0",
        "c: bool, d: bool",
        "int",
    ),
    "loop of nothing": ("for i in range(n):\n    ops.print('a')\nreturn", "n: int", "None"),
    "an empty loop": ("for i in range(n):\n    pass\nreturn", "n: int", "None"),
    "a while of nothing carried": ("v0 = c\nwhile v0:\n    v0 = not c\nreturn", "c: bool", "None"),
    "a for with a condition": (
        "v0, y = c, a\nfor i in range(n):\n    if not v0:\n        break\n    v1 = y + i\n"
        "    v0, y = v1 < 9, v1\nreturn y",
        "a: int, n: int, c: bool",
        "int",
    ),
    "a count": (
        "v0, y = True, 0\nfor v1 in count():\n    if not v0:\n        break\n    v0, y = v1 < 9, y + v1\n"
        "return y",
        "",
        "int",
    ),
    "nesting broken by order": (
        "v0 = a + 1\nv1 = a < 9\nreturn v1, v0",
        "a: int",
        "tuple[bool, int]",
    ),
    "nesting broken by a second use": ("v0 = a + 1\nreturn v0 * v0", "a: int", "int"),
    "nesting broken by a name": ("b = a + 1\nreturn b * 2", "a: int", "int"),
    "nesting broken by length": (
        f"v0 = {'a' * 60} + {'b' * 30}\nreturn v0 * 2222",
        f"{'a' * 60}: int, {'b' * 30}: int",
        "int",
    ),
    "nesting up to the length": (
        f"return ({'a' * 60} + {'b' * 30}) * 22",
        f"{'a' * 60}: int, {'b' * 30}: int",
        "int",
    ),
    "nesting up to the depth": (f"v0 = {'-(' * 31}-a{')' * 31}\nreturn -v0", "a: int", "int"),
    "a loop in a loop": (
        "y = a\nfor i in range(n):\n    y_2 = y\n    for j in range(i):\n        y_2 = y_2 + j\n    y = y_2\n"
        "return y",
        "a: int, n: int",
        "int",
    ),
    "guards in a block": (
        "for i in range(n):\n    guard(int_read, i, 0)\n    v0 = i + 1\n    guard(compare, v0, 1)\n"
        "return",
        "n: int",
        "None",
    ),
    "a guard on a parameter": (
        "guard(int_read, n, 3)\nguard(unrecorded, None, None)\nreturn",
        "n: int",
        "None",
    ),
    "an op of nobody": (
        "x: int = com.example.twice(a, _, 3, mode='fast')\nreturn x",
        "a: int",
        "int",
    ),
}


@pytest.mark.parametrize(("body", "params", "result"), BODIES.values(), ids=BODIES)
def test_a_body_is_a_fixed_point(body, params, result):
    text = function(body, params, result)
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


def test_a_struct_is_a_fixed_point():
    struct = "class Out(Struct):\n    logits: Tensor[float32, 2]\n    mask: int\n"
    named = "@named('my.Pair')\nclass Pair(Struct, tuple):\n    out: Out\n    self['class']: int\n"
    body = function(
        "out = Out(logits=a, mask=n)\nreturn ops.struct.make(out, 1, type=Pair), out.mask",
        "a: Tensor[float32, 2], n: int",
        "tuple[Pair, int]",
    )
    assert rewritten(struct, named, body) == (struct, named, body)


def test_state_is_changed_by_a_callee_in_an_arm_and_in_a_loop():
    inner = """\
class Norm(Module):
    count: State[int]

    @scripted
    def forward(self, n: int) -> int:
        v0 = self.count + n
        self.count = v0
        return v0
"""
    outer = """\
class Cell(Module):
    norm: Norm
    norm.count: State[int]

    @scripted
    def forward(self, n: int, c: bool) -> int:
        v0 = self.norm(n)
        if c:
            v1 = self.norm(v0)
            y, self.norm.count = v1, self.norm.count
        else:
            y, self.norm.count = 0, self.norm.count
        y_2, self.norm.count = y, self.norm.count
        for i in range(n):
            v2 = self.norm(i)
            y_2, self.norm.count = v2, self.norm.count
        return y_2
"""
    assert rewritten(inner, outer, model=tree(norm="Norm")) == (outer, inner)
    assert [o.type for o in compiled(inner, outer).function("Cell.forward").outputs] == [
        compiled(inner, outer).function("Norm.forward").outputs[0].type
    ] * 2


def test_an_old_state_that_is_returned_gets_a_name():
    text = """\
class Cell(Module):
    a: State[int]
    b: State[int]

    @scripted
    def forward(self) -> int:
        v0 = self.a
        self.a = self.b
        self.b = v0
        return v0
"""
    made = compiled(text).function("Cell.forward")
    a, b = made.body.params
    assert made.body.results == (a, b, a)
    assert rewritten(text) == (text,)


def test_a_call_that_passes_something_else_names_its_function_and_all_inputs():
    outer = """\
class Cell(Module):
    weight: Weight[Tensor[float32, 4, 4]]

    @traced
    def forward(self, x: Tensor[float32, 3, 4], b: Tensor[float32, 4]) -> Tensor[float32, 3, 4]:
        return call('Linear.forward', x, self.weight, b)
"""
    assert rewritten(outer, LINEAR) == (outer, LINEAR)


def test_a_second_class_on_one_path_is_named_at_the_call():
    inner = "class {}(Module):\n    w: Weight[int]\n\n    @traced\n    def forward(self, n: int) -> int:\n        return n + self.w\n"
    one, two = inner.format("One"), inner.format("Two")
    outer = """\
class Cell(Module):
    part: One

    @traced
    def forward(self, n: int) -> int:
        return Two.forward(self.part, self.part(n))
"""
    assert rewritten(outer, one, two) == (outer, one, two)


def test_other_methods_are_called_by_name():
    part = """\
class Part(Module):
    w: Weight[int]

    @traced
    def encode(self, n: int) -> int:
        return n + self.w
"""
    outer = """\
class Cell(Module):
    part: Part
    w: Weight[int]

    @traced
    def double(self, n: int) -> int:
        return n * self.w

    @traced
    def forward(self, n: int) -> int:
        return self.double(self.part.encode(n))
"""
    assert rewritten(outer, part) == (outer, part)


def test_paths_that_python_does_not_spell_are_subscripts():
    text = """\
class Cell(Module):
    self[0]: Part
    layers[12]['a-b'].weight: Weight[int]
    self['class']: Weight[int]

    @traced
    def forward(self, n: int) -> int:
        return (self[0](n) + self.layers[12]['a-b'].weight) + self['class']
"""
    part = "class Part(Module):\n    w: Weight[int]\n\n    @traced\n    def forward(self, n: int) -> int:\n        return n * self.w\n"
    assert rewritten(text, part) == (text, part)
    names = [i.name for i in compiled(text, part).function("Cell.forward").inputs]
    assert names == ["n", "0.w", "layers.12.a-b.weight", "class"]


def test_inputs_that_the_text_would_order_otherwise_are_listed():
    text = """\
class Cell(Module):

    @traced
    @bound('b', int)
    @bound('a', int)
    @bound('unused', Tensor[float32, 4])
    @state('count', int)
    def forward(self) -> int:
        return self.a + self.b
"""
    names = [i.name for i in compiled(text).function("Cell.forward").inputs]
    assert names == ["b", "a", "unused", "count"]
    assert rewritten(text) == (text,)


def test_names_that_python_or_the_language_reserves_are_changed_and_kept():
    text = """\
@imported
@named('<lambda>')
@inputs('len', 'class', 'a b', 'ok')
@outputs('loss', '')
def function(len_: int, class_: int, x: int = 3, *, ok: bool = True) -> tuple[int, int]:
    return len_, class_
"""
    made = compiled(text).function("<lambda>")
    assert [i.name for i in made.inputs] == ["len", "class", "a b", "ok"]
    assert [i.kind for i in made.inputs] == ["positional"] * 3 + ["keyword_only"]
    assert [o.name for o in made.outputs] == ["loss", ""]
    assert rewritten(text) == (text,)


def test_debug_names_become_free_python_names():
    text = function("h = a + 1\nh_2 = h + 1\nlen_ = h_2 + h_2\nreturn len_", "a: int", "int")
    assert rewritten(text) == (text,)
    names = [n.outputs[0].name for n in compiled(text).function("f").body.nodes]
    assert names == ["h", "h_2", "len_"]


def test_a_long_elif_chain_does_not_nest():
    arms = "".join(f"elif a == {k}:\n    v0 = {k}\n" for k in range(1, 300))
    text = function(f"if a == 0:\n    v0 = 0\n{arms}else:\n    v0 = a\nreturn v0", "a: int", "int")
    assert rewritten(text) == (text,)


def nested(depth):
    lines = [f"{'    ' * k}if c:" for k in range(depth)] + [
        "    " * depth + "ops.print('a')",
        "return",
    ]
    return function("\n".join(lines), "c: bool", "None")


def test_ninety_blocks_are_a_fixed_point():
    assert rewritten(nested(90)) == (nested(90),)


def test_a_function_nested_deeper_has_no_text():
    from tracescript.ir import Block, Function, Input, Model, Module, Node, Value
    from tracescript.ir.constants import BOOL

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


def test_spans_are_bytes_of_the_functions():
    first = function("ops.print('\\xe9')\nreturn")
    second = first.replace("def f(", "def g(")
    (unit,) = write_units(compiled(f"{first}\n{second}"))
    data = unit.text.encode()
    assert [(name, data[a:b].decode()) for name, a, b in unit.spans] == [
        ("f", first),
        ("g", second),
    ]
    assert units(first)[0].name == unit.name


def table_model():
    array = np.arange(20)
    tables = [tensor(array, DataType.INT64), numbers(range(20), INT), scalar("long " * 300)]
    single = tensor(np.float32(3), DataType.FLOAT32)
    builder = Builder(Typing())
    x = Value(TensorType(DataType.INT64, (20,)), "x")
    values = [builder.constant(c) for c in (*tables, single)]
    (y,) = builder.call("add", [x, values[0]])
    (n,) = builder.call("list.len", [values[1]])
    (m,) = builder.call("str.len", [values[2]])
    results = (y, n, m, builder.constant([1, 2]), values[3])
    late = TraceDecision("tensor_read", y, tensor(array + 1, DataType.INT64))
    function = Function(
        "Table.forward",
        "traced",
        (Input("x", x.type), Input("s", STR, default=scalar("d"))),
        tuple(Output("", v.type) for v in results),
        builder.block((x, Value(STR, "s")), results),
        (late,),
    )
    held = ModuleAttribute("held", scalar(5))
    root = Module("Table", attributes=(held,), methods=(Method("forward", "Table.forward", True),))
    return Model("m", (function,), root)


def test_constants_without_a_literal_are_numbered():
    model = table_model()
    (unit,) = write_units(model)
    assert re.findall(r"constant\((\d+)\)", unit.text) == ["2", "7", "3", "4"]
    check_code(model, [unit])


def held(entry):
    """Return the plain value of a constant of the file, None for others."""
    arm = entry.WhichOneof("value")
    plain = {"bool_value", "int_value", "str_value"}
    return getattr(entry, arm) if arm in plain else None


@pytest.mark.parametrize("seed", range(10))
def test_constants_have_the_numbers_of_the_file(seed):
    model = order.canonical(Programs(seed).model()) if seed else table_model()
    table = ConstantTable(model)
    entries = write_model(model).message.constants
    found = [(table.get(k), held(entries[k])) for k in range(1, len(entries))]
    assert [c.value for c, value in found if value is not None] == [
        value for _, value in found if value is not None
    ]
    assert table.get(len(entries)) is None


@pytest.mark.parametrize("seed", range(10))
def test_the_text_in_a_file_belongs_to_the_model_in_it(seed):
    model = order.canonical(Programs(seed).model()) if seed else table_model()
    file = io.BytesIO()
    write(model, file, code_units=write_units(model))
    opened = read(file.getvalue())
    assert len(opened.code_units) == len(write_units(model))
    check_code(opened.model, opened.code_units)


@pytest.mark.parametrize("seed", range(5))
def test_a_model_without_debug_names_has_canonical_text_too(seed):
    model = order.canonical(Programs(seed).model())
    file = io.BytesIO()
    write(model, file, code_units=write_units(model), debug=False)
    opened = read(file.getvalue())
    check_code(opened.model, opened.code_units)
