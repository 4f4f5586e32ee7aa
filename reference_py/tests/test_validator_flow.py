"""One fault in a valid function gives exactly the finding of its rule: if, loop, call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.validator_models import F32, X, block, branch, constant, found, function, named, neg
from tracescript import ir
from tracescript.ir.constants import BOOL, FLOAT, INT


def gate(**changes):
    """`if c: y = x else: y = -x`, with changes to the node."""
    c, x, a, y = named(BOOL, "c"), named(X, "x"), named(X, "a"), named(X, "y")
    node = branch(c, block((), (), [x]), block((), [neg(x, a)], [a]), y)
    return function([c, x], [replace(node, **changes)], [y])


def test_a_condition_that_is_no_bool_is_refused():
    assert found(gate(inputs=(constant(1),))) == [
        ("BAD_TYPE", "FLOW-1", ".body.nodes[0].inputs[0]")
    ]
    assert found(gate(inputs=())) == [("BAD_CALL", "FLOW-1", ".body.nodes[0]")]


def test_an_if_without_two_plain_blocks_is_refused():
    x = constant(1)
    y = named(INT, "y")
    one = ir.Node("if", (constant(value=True),), (y,), blocks=(block((), (), [x]),))
    odd = branch(constant(value=True), block([named(INT)], (), [x]), block((), (), [x]), y)

    assert found(function([], [one], [y])) == [("BAD_CALL", "FLOW-2", ".body.nodes[0]")]
    assert found(function([], [odd], [y])) == [("BAD_CALL", "FLOW-2", ".body.nodes[0].blocks[0]")]


def test_arms_with_different_numbers_of_results_are_refused():
    x, y = constant(1), named(INT, "y")
    node = branch(constant(value=True), block((), (), [x, x]), block((), (), [x]), y)

    assert found(function([], [node], [y])) == [
        ("BAD_GRAPH", "FLOW-3", ".body.nodes[0].blocks[0].results")
    ]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (ir.TensorType(F32, (4,)), "BAD_SHAPE"),
        (ir.TensorType(ir.DataType.INT64, (3,)), "BAD_TYPE"),
        (INT, "BAD_TYPE"),
    ],
)
def test_arms_with_different_types_are_refused(other, code):
    c, x, z, y = named(BOOL, "c"), named(X, "x"), named(other, "z"), named(X, "y")
    node = branch(c, block((), (), [x]), block((), (), [z]), y)

    assert found(function([c, x, z], [node], [y])) == [
        (code, "FLOW-4", ".body.nodes[0].blocks[1].results[0]")
    ]


def loop(start=None, **parts):
    """`for i in range(n): v = v`, with changes to the parts."""
    n, v, i, before, after = (named(INT, name) for name in ("n", "v", "i", "b", "y"))
    go = constant(value=True)
    body = block(parts.get("params", (i, before)), (), parts.get("results", (go, before)))
    inputs = parts.get("inputs", (n, go, start or v))
    node = ir.Node("loop", inputs, parts.get("outputs", (after,)), blocks=(body,))
    return function([n, v], [node], node.outputs)


def test_loops_with_parts_that_do_not_fit_are_refused():
    i, v, y, go = named(INT, "i"), named(INT), named(INT, "y"), constant(value=True)
    node = ".body.nodes[0]"
    no_header = loop(inputs=(constant(1),), outputs=())

    assert found(loop()) == []
    assert ("BAD_CALL", "FLOW-5", node) in found(no_header)
    assert found(function([i], [ir.Node("loop", (None, go, i), (y,))], [y])) == [
        ("BAD_CALL", "FLOW-5", node)
    ]
    assert found(loop(params=(i,), results=(go, i))) == [
        ("BAD_CALL", "FLOW-5", f"{node}.blocks[0].params")
    ]
    assert found(loop(params=(named(FLOAT), v), results=(go, v))) == [
        ("BAD_TYPE", "FLOW-5", f"{node}.blocks[0].params[0]")
    ]
    assert found(loop(params=(i, v), results=(v,))) == [
        ("BAD_CALL", "FLOW-6", f"{node}.blocks[0].results")
    ]
    assert found(loop(params=(i, v), results=(v, v))) == [
        ("BAD_TYPE", "FLOW-6", f"{node}.blocks[0].results[0]")
    ]
    assert found(loop(outputs=(y, named(INT)))) == [("BAD_CALL", "FLOW-6", f"{node}.outputs")]
    assert found(loop(inputs=(constant(1.0), go, constant(1)))) == [
        ("BAD_TYPE", "FLOW-8", f"{node}.inputs[0]")
    ]
    assert found(loop(inputs=(None, None, constant(1)))) == [
        ("BAD_CALL", "FLOW-8", f"{node}.inputs[1]")
    ]


def test_a_carried_value_that_changes_its_type_is_refused():
    i, v, go = named(INT, "i"), named(INT), constant(value=True)
    node = ".body.nodes[0]"

    assert found(loop(start=constant(1.0))) == [("BAD_TYPE", "FLOW-7", f"{node}.carried[0]")]
    assert found(loop(params=(i, v), results=(go, constant(1.0)))) == [
        ("BAD_TYPE", "FLOW-7", f"{node}.blocks[0].carried[0]")
    ]
    assert found(loop(outputs=(named(FLOAT),))) == [("BAD_TYPE", "FLOW-7", f"{node}.outputs[0]")]


def test_blocks_at_an_op_that_has_none_are_refused():
    x, y = named(X, "x"), named(X)

    assert found(function([x], [replace(neg(x, y), blocks=(block(),))], [y])) == [
        ("BAD_CALL", "FLOW-9", ".body.nodes[0]")
    ]


def test_a_call_with_a_wrong_number_of_inputs_or_outputs_is_refused():
    x, y, z = named(X, "x"), named(X), named(X, "z")
    callee = function([z], [], [z], name="g")
    ref = (("function", ir.FunctionRef("g")),)

    assert found(callee, function([x], [ir.Node("call", (x, x), (y,), ref)], [y])) == [
        ("BAD_CALL", "FLOW-10", ".body.nodes[0].inputs")
    ]
    assert found(callee, function([x], [ir.Node("call", (x,), (), ref)], [x])) == [
        ("BAD_CALL", "FLOW-10", ".body.nodes[0].outputs")
    ]
