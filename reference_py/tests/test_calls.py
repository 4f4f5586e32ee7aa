"""The call checker, the builder, and what they remember."""

from __future__ import annotations

import pytest
from op_calls import F32, FLOAT, I64, INT, STR, B, refused, tensor, value

from tracescript import ir
from tracescript.ir import ListType, Symbol, TensorType
from tracescript.opset import attributes
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.opset.table import opset


@pytest.fixture
def builder():
    return Builder(Typing())


def test_an_unknown_op_is_refused(builder):
    assert refused(builder, "no_such_op", []) == ("BAD_CALL", "GRAPH-40")


def test_too_many_inputs_are_refused(builder):
    x = tensor(2)

    assert refused(builder, "add", [x, x, x]) == ("BAD_CALL", "GRAPH-40")


def test_a_missing_input_is_refused(builder):
    assert refused(builder, "add", [tensor(2), None]) == ("BAD_CALL", "GRAPH-41")


def test_a_trailing_optional_input_may_be_left_out(builder):
    (ys,) = builder.call("list.slice", [value(ListType(INT))])

    assert ys.type == ListType(INT)
    assert builder.nodes[0].inputs[1:] == (None, None, None)


def test_a_scalar_where_a_tensor_stands_is_refused(builder):
    assert refused(builder, "add", [tensor(2), builder.constant(1)]) == ("BAD_TYPE", "GRAPH-42")


def test_a_bool_is_no_int(builder):
    call = ("int.add", [builder.constant(1), builder.constant(True)])

    assert refused(builder, *call) == ("BAD_TYPE", "GRAPH-42")


def test_an_optional_is_no_int(builder):
    maybe = value(ir.OptionalType(INT))

    assert refused(builder, "int.neg", [maybe]) == ("BAD_TYPE", "GRAPH-42")


def test_two_data_types_for_one_variable_are_refused(builder):
    call = ("add", [tensor(2), tensor(2, dtype=I64)])

    assert refused(builder, *call) == ("BAD_CALL", "GRAPH-43")


def test_a_data_type_outside_the_set_is_refused(builder):
    assert refused(builder, "sqrt", [tensor(2, dtype=I64)]) == ("BAD_CALL", "GRAPH-43")


@pytest.mark.parametrize(
    "given",
    [{}, {"dim": "0"}, {"dim": 1.0}, {"dim": True}, {"dim": 0, "other": 1}, {"dim": 2**63}],
)
def test_attributes_that_do_not_fit_are_refused(builder, given):
    assert refused(builder, "size", [tensor(2)], given) == ("BAD_CALL", "GRAPH-44")


def test_an_attribute_outside_its_choices_is_refused(builder):
    call = ("int.bits", [builder.constant(1), builder.constant(1)], {"operation": "nand"})

    assert refused(builder, *call) == ("BAD_CALL", "GRAPH-44")


def test_attributes_equal_to_the_default_are_left_out_and_others_become_constants(builder):
    x = tensor(2, 3)

    builder.call("sum", [x], {"dim": [1], "keepdim": False})

    ((name, held),) = builder.nodes[0].attributes
    assert (name, held.type, held.value) == ("dim", ListType(INT), (1,))


def test_defaults_are_filled_in_for_whoever_runs_a_node(builder):
    builder.call("sum", [tensor(2, 3)], {"dim": [1]})

    filled = attributes.complete(opset()["sum"], builder.nodes[0].attributes)

    assert filled == {"dim": (1,), "keepdim": False}


def test_a_broken_constraint_is_named(builder):
    assert refused(builder, "size", [tensor(2, 3)], {"dim": 2}) == ("BAD_CALL", "OP.size.C1")


def test_extents_that_cannot_broadcast_are_refused(builder):
    code, rule = refused(builder, "add", [tensor(2), tensor(3)])

    assert code == "BAD_SHAPE"
    assert rule.startswith("OP.add.C")


def test_extents_that_may_broadcast_are_accepted(builder):
    (z,) = builder.call("add", [tensor(B), tensor(Symbol("N"))])

    assert z.type == TensorType(F32, (None,))


def test_a_symbol_beside_a_one_stays(builder):
    (z,) = builder.call("add", [tensor(B, 1), tensor(4)])

    assert z.type == TensorType(F32, (B, 4))


def test_sizes_keep_their_symbols_through_arithmetic_and_lists(builder):
    x = tensor(B, 4)
    (n,) = builder.call("size", [x], {"dim": 0})
    (m,) = builder.call("int.mul", [n, builder.constant(4)])
    (sizes,) = builder.call("list.make", [m])

    (y,) = builder.call("reshape", [x, sizes])

    assert y.type == TensorType(F32, (ir.dims.mul(B, 4),))


def test_a_left_over_extent_is_computed(builder):
    (y,) = builder.call("reshape", [tensor(B, 6), builder.constant([-1, 3])])

    assert y.type == TensorType(F32, (ir.dims.mul(B, 2), 3))


def test_a_reshape_that_does_not_fill_is_refused(builder):
    code, _ = refused(builder, "reshape", [tensor(2, 3), builder.constant([4])])

    assert code == "BAD_SHAPE"


def test_a_shape_is_known_as_a_list(builder):
    (s,) = builder.call("shape", [tensor(B, 4)])
    (n,) = builder.call("list.get", [s, builder.constant(-2)])
    (m,) = builder.call("list.len", [s])

    assert builder.typing.known(s) == (B, 4)
    assert builder.typing.known(n) == B
    assert builder.typing.known(m) == 2


def test_division_by_a_known_zero_teaches_nothing(builder):
    (q,) = builder.call("int.floordiv", [builder.constant(1), builder.constant(0)])

    assert builder.typing.known(q) is None


def test_concatenation_adds_the_extents_of_a_list(builder):
    (xs,) = builder.call("list.make", [tensor(B, 2), tensor(3, 2)])

    (y,) = builder.call("cat", [xs])

    assert y.type == TensorType(F32, (ir.dims.add(B, 3), 2))


def test_a_list_of_tensors_has_the_extents_they_share(builder):
    (xs,) = builder.call("list.make", [tensor(2, 5), tensor(3, 5)])

    assert xs.type == ListType(TensorType(F32, (None, 5)))


def test_a_list_of_several_types_is_refused(builder):
    code, rule = refused(builder, "list.make", [builder.constant(1), builder.constant(1.0)])

    assert (code, rule) == ("BAD_TYPE", "GRAPH-43")


def test_an_empty_list_fits_every_declared_list(builder):
    (xs,) = builder.call("list.make", [], types=[ListType(INT)])

    assert xs.type == ListType(INT)


def test_a_declared_type_that_contradicts_is_refused(builder):
    x, n = tensor(2), builder.constant(1)

    assert refused(builder, "neg", [x], types=[TensorType(F32, (3,))])[0] == "BAD_TYPE"
    assert refused(builder, "int.neg", [n], types=[INT, INT])[0] == "BAD_CALL"


def test_appending_widens_the_element(builder):
    (xs,) = builder.call("list.make", [tensor(2)])

    (ys,) = builder.call("list.append", [xs, tensor(3)])

    assert ys.type == ListType(TensorType(F32, (None,)))


def test_containers_give_back_their_parts(builder):
    (t,) = builder.call("tuple.make", [builder.constant(1), builder.constant("a")])
    a, b = builder.call("tuple.unpack", [t])
    (d,) = builder.call("dict.make", [b, a])
    (x,) = builder.call("dict.get", [d, b])
    point = ir.StructType("Point", (("x", INT), ("y", FLOAT)))
    (s,) = builder.call("struct.make", [a, builder.constant(2.0)], {"type": point})
    (y,) = builder.call("struct.get", [s], {"field": "y"})

    assert [v.type for v in (a, b, x, y)] == [INT, STR, INT, FLOAT]


def test_struct_fields_are_checked(builder):
    point = ir.StructType("Point", (("x", INT),))
    call = ("struct.make", [builder.constant(1.0)], {"type": point})

    assert refused(builder, *call) == ("BAD_TYPE", "OP.struct.make.C1")


@pytest.mark.parametrize(
    ("entries", "code"), [([1], "BAD_CALL"), ([1.0, 1], "BAD_TYPE"), ([1, 1, 2, "a"], "BAD_TYPE")]
)
def test_dict_entries_are_checked(builder, entries, code):
    call = ("dict.make", [builder.constant(e) for e in entries])

    assert refused(builder, *call) == (code, "OP.dict.make.C1")


def test_lists_of_tensors_have_no_equality(builder):
    call = ("list.contains", [value(ListType(TensorType(F32, (2,)))), tensor(2)])

    assert refused(builder, *call) == ("BAD_CALL", "OP.list.contains.C1")


def test_lists_of_dicts_have_no_order(builder):
    call = ("list.sort", [value(ListType(ir.DictType(INT, INT)))])

    assert refused(builder, *call) == ("BAD_CALL", "OP.list.sort.C1")


def test_a_list_of_an_unknown_rank_cannot_be_typed(builder):
    x = ir.Value(TensorType(F32, None))

    assert refused(builder, "to_list", [x]) == ("BAD_CALL", "OP.to_list.C1")


def test_an_optional_unwraps_to_its_element(builder):
    (x,) = builder.call("unwrap_optional", [value(ir.OptionalType(INT))])

    assert x.type == INT
