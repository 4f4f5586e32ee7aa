"""The types of `if`, `loop` and `call`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.text import type_text
from tracescript.opset import faults
from tracescript.opset.relations import bind, compatible, join, substitute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.ir.graph import Block, Function
    from tracescript.ir.types import Dim, Symbol, Type
    from tracescript.opset.table import OpDef


def results(
    op: OpDef,
    named: dict[str, Any],
    attributes: dict[str, Any],
    blocks: Sequence[Block],
    function: Callable[[str], Function | None],
) -> tuple[Type, ...]:
    """Return the result types of a node with blocks or of a call.

    Raises:
        InvalidModelError: the rule of control flow that is broken, or GRAPH-33.
    """
    if len(blocks) != len(op.blocks):
        what = f"{len(blocks)} blocks, expected {len(op.blocks)}"
        raise faults.fault(op.name, what, code="BAD_CALL", rule="FLOW-9")
    if op.name == "if":
        return _if(op, blocks)
    if op.name == "loop":
        return _loop(op, named, blocks[0])
    return _call(op, named, attributes, function)


def _if(op: OpDef, blocks: Sequence[Block]) -> tuple[Type, ...]:
    first, second = blocks
    if first.params or second.params:
        raise faults.fault(op.name, "an arm has parameters", code="BAD_CALL", rule="FLOW-2")
    if len(first.results) != len(second.results):
        what = f"the arms give {len(first.results)} and {len(second.results)} results"
        raise faults.fault(op.name, what, code="BAD_GRAPH", rule="FLOW-3")
    joined = []
    for i, (a, b) in enumerate(zip(first.results, second.results, strict=True)):
        both = join(a.type, b.type)
        if both is None:
            what = (
                f"result {i} is {type_text(a.type)} in one arm and {type_text(b.type)} in the other"
            )
            raise faults.fault(op.name, what, code="BAD_TYPE", rule="FLOW-4")
        joined.append(both)
    return tuple(joined)


def _loop(op: OpDef, named: dict[str, Any], body: Block) -> tuple[Type, ...]:
    start = named["carried"]
    if len(body.params) != 1 + len(start) or body.params[0].type != constants.INT:
        what = f"the body takes {len(body.params)} values, expected an index and {len(start)} more"
        raise faults.fault(op.name, what, code="BAD_CALL", rule="FLOW-5")
    if len(body.results) != 1 + len(start) or body.results[0].type != constants.BOOL:
        what = f"the body gives {len(body.results)} values, expected a bool and {len(start)} more"
        raise faults.fault(op.name, what, code="BAD_CALL", rule="FLOW-6")
    rows = zip(body.params[1:], start, body.results[1:], strict=True)
    for i, (param, first, following) in enumerate(rows):
        for value, which in ((first, "starts as"), (following, "becomes")):
            if not compatible(param.type, value.type):
                own, other = type_text(param.type), type_text(value.type)
                what = f"carried value {i} is {own} and {which} {other}"
                raise faults.fault(op.name, what, code="BAD_TYPE", rule="FLOW-7")
    return tuple(param.type for param in body.params[1:])


def _call(
    op: OpDef,
    named: dict[str, Any],
    attributes: dict[str, Any],
    function: Callable[[str], Function | None],
) -> tuple[Type, ...]:
    name = attributes["function"].name
    callee = function(name)
    if callee is None:
        what = f"no function {name!r} stands before this one"
        raise faults.fault(op.name, what, code="BAD_INDEX", rule="GRAPH-33")
    arguments = named["arguments"]
    if len(arguments) != len(callee.inputs):
        what = f"{name} takes {len(callee.inputs)} values, found {len(arguments)}"
        raise faults.fault(op.name, what, code="BAD_CALL", rule="FLOW-10")
    binding: dict[Symbol, Dim] = {}
    for declared, value in zip(callee.inputs, arguments, strict=True):
        bind(declared.type, value.type, binding)
    for declared, value in zip(callee.inputs, arguments, strict=True):
        expected = substitute(declared.type, binding)
        if expected is not value.type and not compatible(expected, value.type):
            found, wanted = type_text(value.type), type_text(declared.type)
            what = f"{name}: {declared.name} is {found}, expected {wanted}"
            raise faults.fault(op.name, what, code="BAD_TYPE", rule="FLOW-10")
    return tuple(substitute(output.type, binding) for output in callee.outputs)
