"""Every node is checked against its op, and what it declares against what the op gives."""

from __future__ import annotations

import pytest

from tracescript import ir
from tracescript.ir.constants import BOOL, FLOAT, INT, numbers, scalar
from tracescript.validator import findings

F32 = ir.DataType.FLOAT32
B = ir.Symbol("B", 1)


def t(*shape: ir.Dim, of: ir.DataType = F32) -> ir.TensorType:
    return ir.TensorType(of, shape)


def found(op: str, inputs: list[ir.Type], output: ir.Type, **attributes: object) -> list:
    values = tuple(ir.Value(kind, f"x{i}") for i, kind in enumerate(inputs))
    result = ir.Value(output, "y")
    pairs = tuple((name, value) for name, value in attributes.items())
    made = ir.Function(
        "f",
        "authored",
        tuple(ir.Input(v.name, v.type) for v in values),
        (ir.Output("", output),),
        ir.Block(values, (ir.Node(op, values, (result,), pairs),), (result,)),
    )
    return [(f.code, f.rule) for f in findings(ir.Model("m", (made,), ir.Module("M")))]


def test_an_omitted_input_at_the_end_is_written_as_absent():
    assert found("slice", [t(3), INT, INT], t(None)) == [("BAD_CALL", "GRAPH-40")]
    assert found("slice", [t(3)], t(3)) == [("BAD_CALL", "GRAPH-40")]


@pytest.mark.parametrize("declared", [t(3, 4), t(None, 4), ir.TensorType(F32, None)])
def test_a_result_may_be_declared_wider_than_the_op_gives(declared):
    assert found("add", [t(3, 4), t(4)], declared) == []


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        (t(3, 5), "BAD_SHAPE"),
        (t(3), "BAD_SHAPE"),
        (t(3, 4, of=ir.DataType.FLOAT64), "BAD_TYPE"),
        (INT, "BAD_TYPE"),
    ],
)
def test_a_declared_result_that_contradicts_the_op_is_refused(declared, code):
    assert found("add", [t(3, 4), t(4)], declared) == [(code, "GRAPH-30")]


@pytest.mark.parametrize(
    ("op", "inputs", "output", "attributes", "code"),
    [
        ("neg", [t(3), t(3)], t(3), {}, "BAD_CALL"),
        ("add", [t(3)], t(3), {}, "BAD_CALL"),
        ("neg", [INT], t(), {}, "BAD_TYPE"),
        ("int.add", [INT, FLOAT], INT, {}, "BAD_TYPE"),
        ("neg", [t(3)], t(3), {"odd": scalar(1)}, "BAD_CALL"),
        ("int.cmp", [INT, INT], BOOL, {}, "BAD_CALL"),
        ("int.cmp", [INT, INT], BOOL, {"relation": scalar("near")}, "BAD_CALL"),
        ("sum", [t(3)], t(), {"keepdim": scalar(1)}, "BAD_CALL"),
        ("sum", [t(3)], t(), {"dim": numbers((1,), INT)}, "BAD_CALL"),
        ("add", [t(3), t(4)], t(4), {}, "BAD_SHAPE"),
        ("matmul", [t(2, 3), t(4, 5)], t(2, 5), {}, "BAD_SHAPE"),
        ("add", [t(3), t(3, of=ir.DataType.INT64)], t(3), {}, "BAD_CALL"),
    ],
)
def test_a_call_that_does_not_fit_its_op_is_refused_once(op, inputs, output, attributes, code):
    assert [c for c, _ in found(op, inputs, output, **attributes)] == [code]


def test_a_number_of_outputs_that_the_op_does_not_have_is_refused():
    x, y, z = (ir.Value(t(3), name) for name in "xyz")
    made = ir.Function(
        "f",
        "authored",
        (ir.Input("x", x.type),),
        (),
        ir.Block((x,), (ir.Node("neg", (x,), (y, z)),), ()),
    )

    assert [
        (f.code, f.rule, f.where) for f in findings(ir.Model("m", (made,), ir.Module("M")))
    ] == [("BAD_CALL", "GRAPH-30", "functions[f].body.nodes[0].outputs")]


def callee_and_caller(argument: ir.Type, result: ir.Type) -> ir.Model:
    x, a, y = ir.Value(t(B, 2), "x"), ir.Value(argument, "a"), ir.Value(result, "y")
    callee = ir.Function(
        "g",
        "authored",
        (ir.Input("x", x.type),),
        (ir.Output("", x.type),),
        ir.Block((x,), (), (x,)),
    )
    call = ir.Node("call", (a,), (y,), (("function", ir.FunctionRef("g")),))
    caller = ir.Function(
        "f",
        "authored",
        (ir.Input("a", argument),),
        (ir.Output("", result),),
        ir.Block((a,), (call,), (y,)),
    )
    return ir.Model("m", (callee, caller), ir.Module("M"))


def test_a_call_gives_the_symbols_of_the_callee_the_extents_of_its_arguments():
    assert findings(callee_and_caller(t(7, 2), t(7, 2))) == ()

    (fault,) = findings(callee_and_caller(t(7, 2), t(6, 2)))
    assert (fault.code, fault.rule) == ("BAD_SHAPE", "GRAPH-30")


def test_an_argument_of_another_type_is_refused():
    (fault,) = findings(callee_and_caller(t(7, 2, of=ir.DataType.INT32), t(7, 2)))
    assert fault.code in {"BAD_CALL", "BAD_TYPE"}


def test_a_node_that_has_another_fault_is_reported_once():
    lost, y = ir.Value(INT, "lost"), ir.Value(t(3), "y")
    made = ir.Function(
        "f",
        "authored",
        (),
        (ir.Output("", y.type),),
        ir.Block((), (ir.Node("neg", (lost,), (y,)),), (y,)),
    )

    assert [f.rule for f in findings(ir.Model("m", (made,), ir.Module("M")))] == ["GRAPH-1"]


def test_a_type_as_an_attribute_is_checked_as_any_type():
    bad = ir.OptionalType(ir.OptionalType(INT))
    x, y = ir.Value(INT, "x"), ir.Value(BOOL, "y")
    node = ir.Node("foreign", (x,), (y,), (("type", bad),), opset="com.example")
    made = ir.Function(
        "f",
        "authored",
        (ir.Input("x", INT),),
        (ir.Output("", BOOL),),
        ir.Block((x,), (node,), (y,)),
    )

    (fault,) = findings(ir.Model("m", (made,), ir.Module("M")))
    assert (fault.rule, fault.where) == ("TYPE-9", "functions[f].body.nodes[0].attributes[type]")
