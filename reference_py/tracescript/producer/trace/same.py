"""Says when two functions are the same program, so that twelve equal layers become one function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Hashable


def signature(function: ir.Function) -> Hashable:
    """Return a key that is equal for functions equal in everything but name and places."""
    numbers: dict[ir.Value, int] = {}

    def read(value: ir.Value | None) -> Hashable:
        if value is None:
            return None
        if value.constant is not None:
            return _constant(value.constant)
        return numbers[value]

    def define(values: tuple[ir.Value, ...]) -> Hashable:
        for value in values:
            numbers[value] = len(numbers)
        return tuple(value.type for value in values)

    def block(body: ir.Block) -> Hashable:
        define(body.params)
        nodes = []
        for node in body.nodes:
            attributes = tuple((name, _attribute(value)) for name, value in node.attributes)
            given, inner = tuple(map(read, node.inputs)), tuple(map(block, node.blocks))
            nodes.append((node.op, given, attributes, inner, define(node.outputs)))
        return tuple(nodes), tuple(map(read, body.results))

    inputs = tuple((i.name, i.type, i.kind) for i in function.inputs)
    body = block(function.body)
    decisions = tuple(
        (d.kind, read(d.value), d.observed and _constant(d.observed)) for d in function.decisions
    )
    guards = tuple((g.left, g.comparison, g.right, g.kind) for g in function.shape_guards)
    return inputs, body, decisions, guards


def _attribute(value: Any) -> Hashable:
    return _constant(value) if isinstance(value, ir.Constant) else value


def _constant(constant: ir.Constant) -> Hashable:
    value = constant.value
    if isinstance(value, ir.Weight):
        small = value.array.size == 1
        return constant.type, value.array.tobytes() if small else value
    return constant.type, repr(value)
