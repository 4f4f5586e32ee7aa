"""Drops what nobody reads: sizes asked for and not used, intermediate values of lowerings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tracescript.ir import Block, DataType, TensorType
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir import Node, TraceDecision, Value

_ABOUT_SIZES: Final = ("int.", "list.", "float.", "num.")


def pruned(
    nodes: Sequence[Node], results: Sequence[Value], decisions: Sequence[TraceDecision]
) -> tuple[Node, ...]:
    """Return the nodes that results, decisions, effects or possible traps need, in order."""
    live = set(results) | {d.value for d in decisions if d.value is not None}
    return _kept(nodes, live)


def _kept(nodes: Sequence[Node], live: set[Value]) -> tuple[Node, ...]:
    kept = []
    for node in reversed(nodes):
        if node.op == "if":
            node = _branch(node, live)  # noqa: PLW2901  # what is left of it
            if not any(block.nodes or block.results for block in node.blocks):
                continue
        if not _droppable(node) or any(output in live for output in node.outputs):
            kept.append(node)
            live.update(v for v in node.inputs if v is not None)
    return tuple(reversed(kept))


def _branch(node: Node, live: set[Value]) -> Node:
    """Drop the results of a branch that nobody reads, and what its arms compute for them."""
    wanted = [i for i, output in enumerate(node.outputs) if output in live]
    blocks = []
    for block in node.blocks:
        results = tuple(block.results[i] for i in wanted)
        live.update(results)
        blocks.append(Block(block.params, _kept(block.nodes, live), results))
    return replace(node, outputs=tuple(node.outputs[i] for i in wanted), blocks=tuple(blocks))


def _droppable(node: Node) -> bool:
    """Tell whether a node without readers may go: it has no effect and cannot trap here."""
    op = opset()[node.op]
    if op.effect != "none" or node.op == "call" or node.blocks:
        return False
    if node.op == "item_bool":
        return node.inputs[0] is not None and node.inputs[0].type == TensorType(DataType.BOOL, ())
    if not op.errors or node.op == "size" or node.op.startswith(_ABOUT_SIZES):
        return True
    return all(code == "SHAPE_ERROR" for _, code in op.errors) and all(
        _is_known(v) for v in node.inputs if v is not None
    )


def _is_known(value: Value) -> bool:
    kind = value.type
    return not isinstance(kind, TensorType) or (kind.shape is not None and None not in kind.shape)
