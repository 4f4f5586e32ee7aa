"""One fault in a valid function gives exactly the finding of its rule: SSA form and signature."""

from __future__ import annotations

import pytest

from tests.validator_models import F32, X, block, branch, constant, found, function, named, neg
from tracescript import ir
from tracescript.ir.constants import BOOL, INT, scalar


def test_a_value_defined_later_is_refused():
    x, y, z = named(X, "x"), named(X, "y"), named(X, "z")

    assert found(function([x], [neg(y, z), neg(x, y)], [z])) == [
        ("BAD_GRAPH", "GRAPH-1", ".body.nodes[0].inputs[0]")
    ]


def test_a_node_that_reads_its_own_output_is_refused():
    y = named(X, "y")

    assert found(function([], [neg(y, y)], [y])) == [
        ("BAD_GRAPH", "GRAPH-1", ".body.nodes[0].inputs[0]")
    ]


def test_a_block_that_reads_a_later_value_of_the_outer_block_is_refused():
    c, x, inner, y, later = named(BOOL, "c"), named(X, "x"), named(X), named(X), named(X, "later")
    node = branch(c, block((), [neg(later, inner)], [inner]), block((), (), [x]), y)

    assert found(function([c, x], [node, neg(x, later)], [y])) == [
        ("BAD_GRAPH", "GRAPH-1", ".body.nodes[0].blocks[0].nodes[0].inputs[0]")
    ]


def test_a_value_defined_twice_is_refused():
    x, y = named(X, "x"), named(X, "y")

    assert found(function([x], [neg(x, y), neg(x, y)], [y])) == [
        ("BAD_GRAPH", "GRAPH-2", ".body.nodes[1].outputs[0]")
    ]
    assert found(function([x, x], [], [x], inputs=(ir.Input("a", X), ir.Input("b", X)))) == [
        ("BAD_GRAPH", "GRAPH-2", ".body.params[1]")
    ]


def test_a_constant_that_a_node_defines_is_refused():
    five = constant(5)

    assert found(function([], [ir.Node("int.neg", (constant(1),), (five,))], [five])) == [
        ("BAD_GRAPH", "GRAPH-2", ".body.nodes[0].outputs[0]")
    ]


def test_a_value_of_a_sibling_block_is_refused():
    c, x, a, b, y = named(BOOL, "c"), named(X, "x"), named(X, "a"), named(X, "b"), named(X)
    node = branch(c, block((), [neg(x, a)], [a]), block((), [neg(a, b)], [b]), y)

    assert found(function([c, x], [node], [y])) == [
        ("BAD_GRAPH", "GRAPH-3", ".body.nodes[0].blocks[1].nodes[0].inputs[0]")
    ]


def test_an_inner_value_that_is_read_after_its_block_is_refused():
    c, x, a, y, z = named(BOOL, "c"), named(X, "x"), named(X, "a"), named(X), named(X)
    node = branch(c, block((), [neg(x, a)], [a]), block((), (), [x]), y)

    assert found(function([c, x], [node, neg(a, z)], [z])) == [
        ("BAD_GRAPH", "GRAPH-3", ".body.nodes[1].inputs[0]")
    ]


def test_a_result_that_nothing_defines_is_refused():
    assert found(function([], [], [named(X)])) == [("BAD_GRAPH", "GRAPH-4", ".body.results[0]")]


def test_parameters_that_are_not_the_inputs_are_refused():
    x = named(X, "x")

    assert found(function([x], [], [x], inputs=())) == [("BAD_GRAPH", "GRAPH-5", ".body.params")]
    assert found(function([x], [], [x], inputs=(ir.Input("x", INT),))) == [
        ("BAD_TYPE", "GRAPH-5", ".body.params[0]")
    ]


def test_results_that_do_not_fit_the_outputs_are_refused():
    x = named(X, "x")

    assert found(function([x], [], [x], outputs=())) == [("BAD_GRAPH", "GRAPH-6", ".body.results")]
    assert found(function([x], [], [x], outputs=(ir.Output("", INT),))) == [
        ("BAD_TYPE", "GRAPH-6", ".body.results[0]")
    ]


def test_a_block_of_two_nodes_is_refused():
    c, x, y = named(BOOL, "c"), named(X, "x"), named(X)
    shared = block((), (), [x])

    assert found(function([c, x], [branch(c, shared, shared, y)], [y])) == [
        ("BAD_GRAPH", "GRAPH-7", ".body.nodes[0].blocks[1]")
    ]


def test_functions_and_inputs_of_one_name_are_refused():
    x = named(X, "x")
    a = named(X, "x")
    same = function([x], [], [x])
    outputs = (ir.Output("o", X), ir.Output("o", X))

    assert found(same, function([a], [], [a])) == [("BAD_NAME", "GRAPH-8", "functions[1]")]
    assert found(function([x, a], [], [x])) == [("BAD_NAME", "GRAPH-9", ".inputs")]
    assert found(function([x], [], [x, x], outputs=outputs)) == [
        ("BAD_NAME", "GRAPH-9", ".outputs")
    ]


def test_inputs_out_of_order_are_refused():
    w, x = named(X, "w"), named(X, "x")
    inputs = (ir.Input("w", X, "bound"), ir.Input("x", X))

    assert found(function([w, x], [], [x], inputs=inputs)) == [
        ("BAD_GRAPH", "GRAPH-10", ".inputs[x]")
    ]


def test_a_state_without_its_new_value_is_refused():
    s = named(INT, "s")
    inputs = (ir.Input("s", INT, "state"),)

    assert found(function([s], [], [], inputs=inputs)) == [("BAD_GRAPH", "GRAPH-11", ".outputs")]
    assert found(function([s], [], [constant(1.0)], inputs=inputs)) == [
        ("BAD_TYPE", "GRAPH-11", ".outputs[0]")
    ]


def test_a_default_that_does_not_fit_is_refused():
    n, m = named(INT, "n"), named(INT, "m")
    wrong = ir.Input("n", INT, default=scalar(1.0))
    bound = ir.Input("n", INT, "bound", scalar(1))
    first = (ir.Input("n", INT, default=scalar(1)), ir.Input("m", INT))

    assert found(function([n], [], [n], inputs=(wrong,))) == [
        ("BAD_CONSTANT", "GRAPH-14", ".inputs[n].default")
    ]
    assert found(function([n], [], [n], inputs=(bound,))) == [
        ("BAD_CONSTANT", "GRAPH-14", ".inputs[n].default")
    ]
    assert found(function([n, m], [], [n], inputs=first)) == [
        ("BAD_GRAPH", "GRAPH-15", ".inputs[m]")
    ]


def test_an_unknown_origin_or_kind_is_refused():
    x = named(X, "x")

    assert found(function([x], [], [x], origin="guessed")) == [("BAD_ENUM", "GRAPH-32", "")]
    assert found(function([x], [], [x], inputs=(ir.Input("x", X, "odd"),))) == [
        ("BAD_ENUM", "GRAPH-32", ".inputs[x]")
    ]


def call(name: str, x: ir.Value, y: ir.Value) -> ir.Node:
    return ir.Node("call", (x,), (y,), (("function", ir.FunctionRef(name)),))


@pytest.mark.parametrize(("callee", "rule"), [("g", "GRAPH-21"), ("nobody", "GRAPH-33")])
def test_a_call_of_a_later_or_of_no_function_is_refused(callee, rule):
    x, y, z = named(X, "x"), named(X), named(X, "z")

    assert found(function([x], [call(callee, x, y)], [y]), function([z], [], [z], name="g")) == [
        ("BAD_INDEX", rule, ".body.nodes[0].attributes[function]")
    ]


def test_functions_that_call_each_other_may_stand_in_any_order():
    x, y, z, u = named(X, "x"), named(X), named(X, "z"), named(X)
    first = function([x], [call("g", x, y)], [y])
    second = function([z], [call("f", z, u)], [u], name="g")

    assert found(first, second) == []
    assert found(function([x], [call("f", x, y)], [y])) == []


def test_an_attribute_given_twice_is_refused():
    x, y = named(X, "x"), named(ir.TensorType(F32, ()))
    keep = ("keepdim", scalar(value=False))

    assert found(function([x], [ir.Node("sum", (x,), (y,), (keep, keep))], [y])) == [
        ("BAD_CALL", "GRAPH-22", ".body.nodes[0]")
    ]
