from __future__ import annotations

import numpy as np
import pytest
from code_texts import compiled

from tracescript.ir import (
    Block,
    Constant,
    DataType,
    DictType,
    Function,
    FunctionRef,
    GuardDebug,
    Input,
    ListType,
    Model,
    Module,
    Node,
    OptionalType,
    Output,
    Place,
    ShapeGuard,
    StructType,
    Symbol,
    TensorType,
    TraceDecision,
    TupleType,
    UnionType,
    Value,
)
from tracescript.ir.constants import BOOL, INT, STR, numbers, scalar, tensor
from tracescript.ir.text import constant_text, graph_text, place_text, signature_text, type_text

MATRIX = TensorType(DataType.FLOAT32, (3, 4))


def place(line, column=0):
    return Place("cell.py", line, column, line if column else 0, column + 5 if column else 0)


def gate():
    x = Value(MATRIX, "x")
    total, test = Value(TensorType(DataType.FLOAT32, ())), Value(TensorType(DataType.BOOL, ()))
    zero = tensor(np.float32(0), DataType.FLOAT32)
    result = Value(MATRIX)
    nodes = (
        Node("sum", (x,), (total,), place=place(7, 11)),
        Node("gt", (total, Value(zero.type, "", zero)), (test,), place=place(7, 11)),
        Node("neg", (x,), (result,), place=place(10, 15)),
    )
    decision = TraceDecision(
        "branch",
        test,
        scalar(False),
        GuardDebug(place(7, 8), "x.sum() > 0", "if", place(10), place(8)),
    )
    return Function(
        "Gate.forward",
        "traced",
        (Input("x", MATRIX),),
        (Output("", MATRIX),),
        Block((x,), nodes, (result,)),
        (decision,),
    )


def test_a_traced_gate_shows_its_guard_with_the_lost_branch():
    assert graph_text(gate()) == (
        "graph Gate.forward(%x : float32[3, 4]) -> (float32[3, 4]):  # traced\n"
        "  %1 : float32[] = sum(%x)  # cell.py:7:12\n"
        "  %2 : bool[] = gt(%1, float32(0.0))  # cell.py:7:12\n"
        "  guard branch %2 == False  # cell.py:7:9 lost cell.py:8\n"
        "  %3 : float32[3, 4] = neg(%x)  # cell.py:10:16\n"
        "  return (%3)\n"
    )


def test_a_loop_shows_its_block_with_the_index_first():
    text = (
        "@scripted\ndef f(xs: list[int], n: int) -> int:\n    y = 0\n    for i in range(n):\n"
        "        y = y + xs[i]\n    return y\n"
    )
    assert graph_text(compiled(text).function("f")) == (
        "graph f(%xs : list[int], %n : int) -> (int):  # scripted\n"
        "  %y : int = loop(%n, True, 0):\n"
        "    body(%i : int, %1 : int):\n"
        "      %2 : int = list.get(%xs, %i)\n"
        "      %3 : int = int.add(%1, %2)\n"
        "      -> (True, %3)\n"
        "  return (%y)\n"
    )


def test_an_if_shows_then_and_else():
    arms = "    if c:\n        y = 1\n    else:\n        y = 2\n    return y\n"
    text = f"@scripted\ndef f(c: bool) -> int:\n{arms}"
    assert graph_text(compiled(text).function("f")) == (
        "graph f(%c : bool) -> (int):  # scripted\n"
        "  %y : int = if(%c):\n"
        "    then:\n"
        "      -> (1)\n"
        "    else:\n"
        "      -> (2)\n"
        "  return (%y)\n"
    )


def counted():
    """A function with a bound input, a state, a default and an omitted optional input."""
    inputs = (
        Input("x", MATRIX),
        Input("n", INT, "keyword_only", scalar(3)),
        Input("part.weight", MATRIX, "bound"),
        Input("count", INT, "state"),
    )
    x, n, weight, count = params = tuple(Value(i.type) for i in inputs)
    y, m = Value(MATRIX), Value(INT)
    nodes = (Node("linear", (x, weight, None), (y,)), Node("int.add", (count, n), (m,)))
    outputs = (Output("y", MATRIX), Output("", INT))
    guard = ShapeGuard(Symbol("B"), "!=", 1, "comparison", GuardDebug(place(3)))
    return Function(
        "Cell.forward", "traced", inputs, outputs, Block(params, nodes, (y, m)), (), (guard,)
    )


def test_inputs_of_the_module_and_states_are_marked():
    assert graph_text(counted()) == (
        "graph Cell.forward(%x : float32[3, 4], %n : int = 3, %part.weight : float32[3, 4] bound, "
        "%count : int state) -> (float32[3, 4], int):  # traced\n"
        "  guard shape B != 1  # cell.py:3\n"
        "  %1 : float32[3, 4] = linear(%x, %part.weight, _)\n"
        "  %2 : int = int.add(%count, %n)\n"
        "  return (%1), state count = %2\n"
    )


def test_a_signature_shows_what_a_caller_sees():
    assert signature_text(counted()) == (
        "forward(x : float32[3, 4], *, n : int = 3) -> (y : float32[3, 4])"
    )


def outer():
    x, y, z = (Value(MATRIX, "x") for _ in range(3))
    call = (("function", FunctionRef("Gate.forward")),)
    nodes = (Node("call", (x,), (y,), call), Node("call", (y,), (z,), call))
    body = Block((x,), nodes, (z,))
    return Function("Outer.forward", "traced", (Input("x", MATRIX),), (Output("", MATRIX),), body)


def test_a_call_names_its_function():
    assert "  %1 : float32[3, 4] = call[Gate.forward](%x)\n" in graph_text(outer())


def test_an_inlined_graph_has_the_callees_nodes_and_guards():
    model = Model("m", (gate(), outer()), Module("Outer"))
    lines = graph_text(outer(), model, inlined=True).splitlines()
    assert [line.split("  #")[0] for line in lines[1:]] == [
        "  %1 : float32[] = sum(%x)",
        "  %2 : bool[] = gt(%1, float32(0.0))",
        "  guard branch %2 == False",
        "  %3 : float32[3, 4] = neg(%x)",
        "  %4 : float32[] = sum(%3)",
        "  %5 : bool[] = gt(%4, float32(0.0))",
        "  guard branch %5 == False",
        "  %6 : float32[3, 4] = neg(%3)",
        "  return (%6)",
    ]


def test_a_guard_without_a_value_is_shown():
    function = Function(
        "f", "traced", (), (), Block((), (), ()), (TraceDecision("unrecorded", None, None),)
    )
    assert "  guard unrecorded _ == _\n" in graph_text(function)


@pytest.mark.parametrize(
    ("t", "text"),
    [
        (TensorType(DataType.BOOL, ()), "bool[]"),
        (TensorType(DataType.FLOAT16, None), "float16[...]"),
        (TensorType(DataType.INT8, (Symbol("B"), None, 4)), "int8[B, _, 4]"),
        (ListType(OptionalType(INT)), "list[int?]"),
        (TupleType((INT, STR)), "tuple[int, str]"),
        (DictType(STR, BOOL), "dict[str, bool]"),
        (UnionType((INT, STR)), "union[int, str]"),
        (StructType("Out", (("a", INT),)), "Out"),
    ],
)
def test_a_type_is_written_briefly(t, text):
    assert type_text(t) == text


@pytest.mark.parametrize(
    ("constant", "text"),
    [
        (scalar(None), "None"),
        (scalar("it's"), r"'it\'s'"),
        (scalar(DataType.BOOL), "bool_"),
        (scalar(1j), "complex(0.0, 1.0)"),
        (tensor(np.float32(0.1), DataType.FLOAT32), "float32(0.1)"),
        (tensor(np.zeros((3, 4), np.int8), DataType.INT8), "<int8[3, 4]>"),
        (numbers((1, 2), INT), "[1, 2]"),
        (numbers(range(20), INT), f"[{', '.join(map(str, range(16)))}, ... 20 in all]"),
        (Constant(TupleType((INT,)), (1,)), "(1,)"),
        (Constant(DictType(STR, INT), (("a", scalar(1)),)), "{'a': 1}"),
    ],
)
def test_a_constant_is_written_briefly(constant, text):
    assert constant_text(constant) == text


def test_a_place_counts_columns_from_one_and_is_file_and_line_without_any():
    assert place_text(Place("a.py", 3)) == "a.py:3"
    assert place_text(Place("a.py", 3, 0, 3, 9)) == "a.py:3:1"
