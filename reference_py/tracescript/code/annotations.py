"""Which values need their type written, because the rules of their op give another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.errors import InvalidModelError
from tracescript.ir.values import Constant, Value
from tracescript.opset.calls import Typing
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.code.paths import Paths
    from tracescript.ir.graph import Function, FunctionRef, Node
    from tracescript.ir.types import Type


def annotated(
    function: Function, lookup: Callable[[str], Function | None], paths: Paths
) -> frozenset[Value]:
    """Return the values whose declared type is not the inferred one.

    A loop's carried value is inferred from its start value; it is named by the loop's output.
    What is read as a path has the type of the state. Spec: CODE-24.
    """
    typing, found = Typing(lookup), set[Value]()
    todo: list[tuple[Node, bool]] = [(n, False) for n in reversed(function.body.nodes)]
    while todo:
        node, is_done = todo.pop()
        if node.blocks and not is_done:
            todo.append((node, True))
            for block in reversed(node.blocks):
                todo += [(n, False) for n in reversed(block.nodes)]
            continue
        inferred = inferred_types(typing, node)
        found.update(v for v, t in zip(node.outputs, inferred, strict=True) if v.type != t)
        typing.learn(node)
    return frozenset(v for v in found if v not in paths.of_value)


def inferred_types(typing: Typing, node: Node) -> tuple[Type | None, ...]:
    """Return the types that a reader finds for a node's outputs; None where it finds none."""
    nothing: tuple[Type | None, ...] = (None,) * len(node.outputs)
    definition = None if node.opset else opset().get(node.op)
    if definition is None:
        return nothing
    if node.op == "loop":
        return tuple(None if v is None else v.type for v in node.inputs[2:])
    attributes = {name: plain_attribute(value) for name, value in node.attributes}
    try:
        types = typing.results(definition, node.inputs, attributes, node.blocks)
    except InvalidModelError:
        return nothing
    return types if len(types) == len(nothing) else nothing


def plain_attribute(value: Constant | Type | FunctionRef) -> Any:
    """Return an attribute as the opset takes it: a Python value, a type or a reference."""
    if not isinstance(value, Constant):
        return value
    if isinstance(value.value, tuple):
        return tuple(v.value if isinstance(v, Constant) else v for v in value.value)
    return value.value
