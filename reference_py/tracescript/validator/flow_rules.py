"""Rules of `if`, `loop` and `call`: blocks, conditions, carried values, arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.ir.constants import BOOL, INT
from tracescript.ir.text import type_text
from tracescript.opset.relations import compatible
from tracescript.opset.table import opset
from tracescript.validator.fault import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript.validator.scope import Scope
    from tracescript.validator.sites import NodeSite

_HEADER = 2
"""Inputs of a loop before the carried values: trip count and condition."""


def nodes_of(scope: Scope, op: str) -> Iterator[NodeSite]:
    """Yield the nodes of one TraceScript op."""
    for sites in scope.functions:
        for site in sites.nodes:
            if site.node.op == op and not site.node.opset:
                yield site


def mismatch(declared: ir.Type, found: ir.Type) -> str:
    """Say which code fits a type that does not fit: only the shape, or more."""
    if (
        isinstance(declared, ir.TensorType)
        and isinstance(found, ir.TensorType)
        and declared.data_type == found.data_type
    ):
        return "BAD_SHAPE"
    return "BAD_TYPE"


def flow_1_condition_is_bool(scope: Scope) -> Iterator[Fault]:
    """FLOW-1: An `if` MUST have one input, its condition, of type bool."""
    for site in nodes_of(scope, "if"):
        inputs = site.node.inputs
        if len(inputs) != 1 or inputs[0] is None:
            yield Fault("BAD_CALL", site.where, f"`if` needs one input, found {len(inputs)}")
        elif inputs[0].type != BOOL:
            what = f"the condition is bool, found {type_text(inputs[0].type)}"
            hint = "convert a tensor with item_bool"
            yield Fault("BAD_TYPE", f"{site.where}.inputs[0]", what, hint)


def flow_2_if_has_two_blocks(scope: Scope) -> Iterator[Fault]:
    """FLOW-2: An `if` MUST have two blocks, then and else, without parameters."""
    for site in nodes_of(scope, "if"):
        if len(site.node.blocks) != len(("then", "else")):
            what = f"`if` needs two blocks, found {len(site.node.blocks)}"
            yield Fault("BAD_CALL", site.where, what, "an else without content is an empty block")
        for i, block in enumerate(site.node.blocks):
            if block.params:
                what = f"a block of `if` has no parameters, found {len(block.params)}"
                yield Fault("BAD_CALL", f"{site.where}.blocks[{i}]", what)


def flow_3_if_result_count(scope: Scope) -> Iterator[Fault]:
    """FLOW-3: Each block of an `if` MUST have one result for each output of the node."""
    for site in nodes_of(scope, "if"):
        for i, block in enumerate(site.node.blocks):
            if len(block.results) != len(site.node.outputs):
                what = f"{len(site.node.outputs)} results are needed, found {len(block.results)}"
                yield Fault("BAD_GRAPH", f"{site.where}.blocks[{i}].results", what)


def flow_4_if_result_types(scope: Scope) -> Iterator[Fault]:
    """FLOW-4: An output of an `if` MUST have a type that admits the results of both blocks."""
    for site in nodes_of(scope, "if"):
        for i, block in enumerate(site.node.blocks):
            if len(block.results) == len(site.node.outputs):
                place = f"{site.where}.blocks[{i}].results"
                yield from _misfits(site.node.outputs, block.results, place)


def _misfits(
    declared: Sequence[ir.Value], found: Sequence[ir.Value | None], place: str, code: str = ""
) -> Iterator[Fault]:
    for i, (want, have) in enumerate(zip(declared, found, strict=True)):
        if have is not None and not compatible(want.type, have.type):
            what = f"{type_text(want.type)} is needed, found {type_text(have.type)}"
            hint = "an extent that differs is written as unknown"
            code_here = code or mismatch(want.type, have.type)
            yield Fault(code_here, f"{place}[{i}]", what, hint if code_here == "BAD_SHAPE" else "")


def _is_whole(node: ir.Node) -> bool:
    """Whether a loop has the parts that the rules about its types look at."""
    carried = len(node.inputs) - _HEADER
    return (
        carried >= 0
        and len(node.blocks) == 1
        and len(node.blocks[0].params) == carried + 1
        and len(node.blocks[0].results) == carried + 1
        and len(node.outputs) == carried
    )


def flow_5_loop_block(scope: Scope) -> Iterator[Fault]:
    """FLOW-5: A `loop` MUST have one block; its parameters are an int index, then the carried."""
    for site in nodes_of(scope, "loop"):
        node, carried = site.node, len(site.node.inputs) - _HEADER
        if carried < 0:
            what = f"`loop` needs a trip count, a condition and carried values, found {carried + 2}"
            yield Fault("BAD_CALL", site.where, what)
        elif len(node.blocks) != 1:
            what = f"`loop` needs one block, found {len(node.blocks)}"
            yield Fault("BAD_CALL", site.where, what)
        elif len(node.blocks[0].params) != carried + 1:
            what = f"{carried + 1} parameters are needed, found {len(node.blocks[0].params)}"
            yield Fault("BAD_CALL", f"{site.where}.blocks[0].params", what)
        elif node.blocks[0].params[0].type != INT:
            what = f"the index is int, found {type_text(node.blocks[0].params[0].type)}"
            yield Fault("BAD_TYPE", f"{site.where}.blocks[0].params[0]", what)


def flow_6_loop_results(scope: Scope) -> Iterator[Fault]:
    """FLOW-6: A loop block MUST give a bool, whether to go on, then each carried value."""
    for site in nodes_of(scope, "loop"):
        carried = len(site.node.inputs) - _HEADER
        if len(site.node.outputs) != carried >= 0:
            what = f"{carried} outputs are needed, found {len(site.node.outputs)}"
            yield Fault("BAD_CALL", f"{site.where}.outputs", what)
        for block in site.node.blocks[:1]:
            place = f"{site.where}.blocks[0].results"
            if len(block.results) != carried + 1 > 0:
                what = f"a bool and {carried} carried values are needed, found {len(block.results)}"
                yield Fault("BAD_CALL", place, what)
            elif block.results and block.results[0].type != BOOL:
                found = type_text(block.results[0].type)
                yield Fault("BAD_TYPE", f"{place}[0]", f"the condition is bool, found {found}")


def flow_7_carried_types(scope: Scope) -> Iterator[Fault]:
    """FLOW-7: A carried value MUST keep its type: start, parameter, result and output."""
    for site in nodes_of(scope, "loop"):
        if not _is_whole(site.node):
            continue
        node, block = site.node, site.node.blocks[0]
        params = block.params[1:]
        starts = f"{site.where}.carried"
        yield from _misfits(params, node.inputs[_HEADER:], starts, "BAD_TYPE")
        next_values = f"{site.where}.blocks[0].carried"
        yield from _misfits(params, block.results[1:], next_values, "BAD_TYPE")
        yield from _misfits(node.outputs, params, f"{site.where}.outputs", "BAD_TYPE")


def flow_8_loop_header(scope: Scope) -> Iterator[Fault]:
    """FLOW-8: The trip count of a `loop` MUST be an int or absent, its condition a bool."""
    for site in nodes_of(scope, "loop"):
        for i, (value, kind) in enumerate(zip(site.node.inputs, (INT, BOOL), strict=False)):
            if value is None and kind is BOOL:
                yield Fault("BAD_CALL", f"{site.where}.inputs[1]", "the condition is missing")
            elif value is not None and value.type != kind:
                what = f"{type_text(kind)} is needed, found {type_text(value.type)}"
                yield Fault("BAD_TYPE", f"{site.where}.inputs[{i}]", what)


def flow_9_blocks_as_declared(scope: Scope) -> Iterator[Fault]:
    """FLOW-9: A node MUST have as many blocks as its op declares."""
    for sites in scope.functions:
        for site in sites.nodes:
            op = None if site.node.opset else opset().get(site.node.op)
            if op is None or op.name in {"if", "loop"} or len(op.blocks) == len(site.node.blocks):
                continue
            what = f"{op.name!r} has {len(op.blocks)} blocks, found {len(site.node.blocks)}"
            yield Fault("BAD_CALL", site.where, what)


def flow_10_call_counts(scope: Scope) -> Iterator[Fault]:
    """FLOW-10: A `call` MUST have one input for each input, and one output for each output."""
    for site in nodes_of(scope, "call"):
        attribute = dict(site.node.attributes).get("function")
        if not isinstance(attribute, ir.FunctionRef) or attribute.name not in scope.position:
            continue
        callee = scope.model.functions[scope.position[attribute.name]]
        for part, found, needed in (
            ("inputs", site.node.inputs, callee.inputs),
            ("outputs", site.node.outputs, callee.outputs),
        ):
            if len(found) != len(needed):
                what = f"{callee.name!r} has {len(needed)} {part}, found {len(found)}"
                hint = "bound inputs and states count too: a call passes them as plain values"
                yield Fault("BAD_CALL", f"{site.where}.{part}", what, hint)


RULES: tuple[Rule, ...] = (
    flow_1_condition_is_bool,
    flow_2_if_has_two_blocks,
    flow_3_if_result_count,
    flow_4_if_result_types,
    flow_5_loop_block,
    flow_6_loop_results,
    flow_7_carried_types,
    flow_8_loop_header,
    flow_9_blocks_as_declared,
    flow_10_call_counts,
)
