"""One fault in a type, a dimension, a constant or a weight gives the finding of its rule."""

from __future__ import annotations

import numpy as np
import pytest

from tracescript import ir
from tracescript.errors import UnsupportedError
from tracescript.ir.constants import BOOL, FLOAT, INT, NONE, STR, ArraySource, scalar, tensor
from tracescript.validator import findings, validate

F32 = ir.DataType.FLOAT32
B = ir.Symbol("B", 1, 8)


def shaped(*shape: ir.Dim) -> ir.TensorType:
    return ir.TensorType(F32, shape)


def with_inputs(*kinds: ir.Type, name: str = "f") -> ir.Function:
    values = tuple(ir.Value(kind, f"x{i}") for i, kind in enumerate(kinds))
    inputs = tuple(ir.Input(v.name, v.type) for v in values)
    return ir.Function(name, "authored", inputs, (), ir.Block(values, (), ()))


def model(*functions: ir.Function, **members: object) -> ir.Model:
    return ir.Model("m", functions, ir.Module("M", **members))


def found_in(*kinds: ir.Type) -> list[tuple[str, str]]:
    return [(f.code, f.rule) for f in findings(model(with_inputs(*kinds)))]


def found_for(constant: ir.Constant) -> list[tuple[str, str]]:
    held = model(attributes=(ir.ModuleAttribute("a", constant),))
    return [(f.code, f.rule) for f in findings(held)]


@pytest.mark.parametrize(
    "kind",
    [
        shaped(),
        ir.TensorType(F32, None),
        shaped(0, B, None),
        ir.ListType(ir.DictType(STR, ir.TupleType((INT, FLOAT)))),
        ir.OptionalType(ir.UnionType((INT, STR))),
        ir.StructType("P", (("x", INT), ("y", INT)), is_tuple=True),
    ],
)
def test_a_complete_type_is_valid(kind):
    assert found_in(kind) == []


@pytest.mark.parametrize(
    ("kind", "code", "rule"),
    [
        (ir.TensorType("float32", ()), "BAD_TYPE", "TYPE-1"),
        ("tensor", "BAD_TYPE", "TYPE-2"),
        (ir.ListType(None), "BAD_TYPE", "TYPE-2"),
        (ir.ScalarType("int"), "BAD_TYPE", "TYPE-2"),
        (shaped(-1), "BAD_SHAPE", "TYPE-3"),
        (shaped(2**63), "BAD_SHAPE", "TYPE-3"),
        (shaped(ir.Symbol("N", 5, 4)), "BAD_SHAPE", "TYPE-4"),
        (shaped(ir.Symbol("N", -1)), "BAD_SHAPE", "TYPE-4"),
        (shaped(B, ir.DimExpr("-", (B, 1))), "BAD_SHAPE", "TYPE-5"),
        (shaped(B, ir.DimExpr("+", (B,))), "BAD_SHAPE", "TYPE-5"),
        (shaped(B, ir.DimExpr("//", (B, 2, 2))), "BAD_SHAPE", "TYPE-5"),
        (shaped(B, ir.DimExpr("neg", (B, B))), "BAD_SHAPE", "TYPE-5"),
        (shaped(B, ir.DimExpr("+", (B, None))), "BAD_SHAPE", "TYPE-5"),
        (shaped(B, ir.DimExpr("+", (B, 2**63))), "BAD_SHAPE", "TYPE-5"),
        (ir.UnionType((INT,)), "BAD_TYPE", "TYPE-6"),
        (ir.UnionType((INT, INT)), "BAD_TYPE", "TYPE-6"),
        (ir.UnionType((INT, ir.OptionalType(STR))), "BAD_TYPE", "TYPE-6"),
        (ir.DictType(FLOAT, INT), "BAD_TYPE", "TYPE-7"),
        (ir.StructType("P", (("x", INT), ("x", INT))), "BAD_NAME", "TYPE-8"),
        (ir.StructType("set", (("x", INT),)), "BAD_TYPE", "TYPE-17"),
        (ir.StructType("set", (("items", ir.DictType(INT, INT)),)), "BAD_TYPE", "TYPE-17"),
        (ir.StructType("frozenset", ()), "BAD_TYPE", "TYPE-17"),
        (ir.OptionalType(NONE), "BAD_TYPE", "TYPE-9"),
        (ir.OptionalType(ir.OptionalType(INT)), "BAD_TYPE", "TYPE-9"),
        (shaped(ir.DimExpr("+", (B, 1))), "BAD_SHAPE", "TYPE-16"),
    ],
)
def test_a_type_with_one_fault_is_refused(kind, code, rule):
    assert found_in(kind) == [(code, rule)]
    assert found_in(ir.ListType(kind)) == [(code, rule)]


def test_one_name_for_two_ranges_is_refused_across_functions():
    other = with_inputs(shaped(ir.Symbol("B", 1, 9)), name="g")

    (found,) = findings(model(with_inputs(shaped(B)), other))

    assert (found.code, found.rule) == ("BAD_SHAPE", "TYPE-4")
    assert found.where == "functions[g].inputs[x0]"
    assert found.what == "'B' is 1..8 elsewhere, found 1..9"


def test_a_type_nested_too_deep_is_over_the_limit():
    kind: ir.Type = INT
    for _ in range(63):
        kind = ir.ListType(kind)
    assert found_in(kind) == []

    for _ in range(5000):
        kind = ir.ListType(kind)
    with pytest.raises(UnsupportedError) as caught:
        validate(model(with_inputs(kind)))
    assert (caught.value.code, caught.value.rule) == ("FILE_LIMIT", "GRAPH-29")


def test_a_dimension_expression_and_a_constant_nested_too_deep_are_over_the_limit():
    dim: ir.Dim = B
    constant, kind = scalar(1), INT
    for _ in range(70):
        dim = ir.DimExpr("//", (dim, 2))
        kind = ir.TupleType((INT,))
        constant = ir.Constant(kind, (constant,))

    assert found_in(shaped(B, dim)) == [("FILE_LIMIT", "GRAPH-29")]
    assert found_for(constant) == [("FILE_LIMIT", "GRAPH-29")]


def test_a_rank_of_65_is_over_the_limit():
    assert found_in(shaped(*[1] * 64)) == []
    assert found_in(shaped(*[1] * 65)) == [("FILE_LIMIT", "GRAPH-29")]


@pytest.mark.parametrize(
    "constant",
    [
        scalar(None),
        scalar(2**63 - 1),
        scalar(float("nan")),
        scalar(F32),
        ir.Constant(ir.ListType(INT), (1, 2)),
        ir.Constant(ir.ListType(STR), (scalar("a"),)),
        ir.Constant(ir.DictType(STR, INT), (("a", scalar(1)),)),
        ir.Constant(ir.TupleType((INT, BOOL)), (1, True)),
        ir.Constant(ir.OptionalType(INT), None),
        ir.Constant(ir.UnionType((INT, STR)), "a"),
        tensor(np.zeros((2, 3), np.float32), F32),
    ],
)
def test_a_constant_of_its_type_is_valid(constant):
    assert found_for(constant) == []


@pytest.mark.parametrize(
    ("constant", "rule"),
    [
        (ir.Constant(INT, 1.0), "TYPE-10"),
        (ir.Constant(INT, True), "TYPE-10"),
        (ir.Constant(FLOAT, None), "TYPE-10"),
        (ir.Constant(shaped(), 1.0), "TYPE-10"),
        (ir.Constant(ir.ListType(INT), (1, 2.0)), "TYPE-10"),
        (ir.Constant(ir.ListType(STR), (scalar(1),)), "TYPE-10"),
        (ir.Constant(ir.TupleType((INT, INT)), (1,)), "TYPE-10"),
        (ir.Constant(ir.DictType(STR, INT), (("a", 1, 2),)), "TYPE-10"),
        (ir.Constant(ir.StructType("P", (("x", INT),)), ("a",)), "TYPE-10"),
        (ir.Constant(ir.OptionalType(INT), "a"), "TYPE-10"),
        (ir.Constant(INT, 2**63), "TYPE-11"),
        (ir.Constant(ir.ListType(INT), (0, -(2**63) - 1)), "TYPE-11"),
        (ir.Constant(ir.DictType(INT, INT), ((1, scalar(1)), (1, scalar(2)))), "TYPE-12"),
        (ir.Constant(shaped(3, 2), tensor(np.zeros((2, 3)), F32).value), "TYPE-13"),
        (ir.Constant(STR, "\ud800"), "TYPE-15"),
    ],
)
def test_a_constant_with_one_fault_is_refused(constant, rule):
    assert found_for(constant)[0] == ("BAD_CONSTANT", rule)


def test_a_constant_value_of_another_type_is_refused():
    five = ir.Value(FLOAT, "five", scalar(5))
    made = ir.Function("f", "authored", (), (ir.Output("", FLOAT),), ir.Block((), (), (five,)))

    assert [(f.code, f.rule) for f in findings(model(made))] == [("BAD_TYPE", "TYPE-14")]


@pytest.mark.parametrize(
    ("weight", "rule"),
    [
        (ir.Weight(F32, (-1,), None), "WEIGHT-20"),
        (ir.Weight(F32, (2**32, 2**32), None), "WEIGHT-20"),
        (ir.Weight(F32, (0, 2**32, 2**32), None), "WEIGHT-20"),
        (ir.Weight("float32", (1,), None), "WEIGHT-21"),
        (ir.Weight(F32, (2,), ArraySource(np.zeros(3, np.float32))), "WEIGHT-22"),
        (ir.Weight(F32, (3,), ArraySource(np.zeros(3))), "WEIGHT-22"),
    ],
)
def test_a_weight_with_one_fault_is_refused(weight, rule):
    made = model(parameters=(ir.Parameter("w", weight),))

    assert [(f.code, f.rule) for f in findings(made)] == [("BAD_WEIGHT", rule)]


def test_a_weight_of_too_many_elements_is_over_the_limit():
    made = model(parameters=(ir.Parameter("w", ir.Weight(F32, (2**30, 2**31), None)),))

    assert [(f.code, f.rule) for f in findings(made)] == [("FILE_LIMIT", "GRAPH-29")]
