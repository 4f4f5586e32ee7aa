"""What two functions share exactly if they compute the same in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_SMALL = 1024  # bytes; larger arrays count as equal only if they are one object


def fingerprint(function: ir.Function) -> Hashable:
    """Return all of a function but names of values and places, to be compared.

    Values are texts there, because 1, 1.0 and True are equal in Python, and so are 0.0 and -0.0.
    """
    parts: list[Hashable] = [function.name.rpartition(".")[2], function.origin]
    parts += [(i.name, i.type, i.kind, _constant(i.default)) for i in function.inputs]
    parts += [(o.name, o.type) for o in function.outputs]
    numbers: dict[ir.Value, int] = {}
    _block(function.body, numbers, parts)
    for d in function.decisions:
        parts.append((d.kind, _value(d.value, numbers), _constant(d.observed)))
    parts += [(g.left, g.comparison, g.right, g.kind) for g in function.shape_guards]
    return tuple(parts)


def _block(block: ir.Block, numbers: dict[ir.Value, int], parts: list[Hashable]) -> None:
    _define(block.params, numbers, parts)
    for node in block.nodes:
        inputs = tuple([_value(v, numbers) for v in node.inputs])
        attributes = tuple([(n, _attribute(v)) for n, v in node.attributes])
        parts.append((node.opset, node.op, inputs, attributes))
        for inner in node.blocks:
            parts.append("{")
            _block(inner, numbers, parts)
            parts.append("}")
        _define(node.outputs, numbers, parts)
    parts.append(tuple([_value(v, numbers) for v in block.results]))


def _define(
    values: Sequence[ir.Value], numbers: dict[ir.Value, int], parts: list[Hashable]
) -> None:
    for v in values:
        numbers[v] = len(numbers)
        parts.append((numbers[v], v.type))


def _value(value: ir.Value | None, numbers: dict[ir.Value, int]) -> Hashable:
    if value is None:
        return None
    return numbers[value] if value.constant is None else _constant(value.constant)


def _constant(constant: ir.Constant | None) -> Hashable:
    return None if constant is None else (constant.type, _plain(constant.value))


def _plain(value: Any) -> Hashable:
    if isinstance(value, ir.Weight):
        is_small = value.array.nbytes <= _SMALL
        return value.array.tobytes() if is_small else f"weight {id(value)}"
    if isinstance(value, ir.Constant):
        return _constant(value)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return repr(value)


def _attribute(value: Any) -> Hashable:
    return _constant(value) if isinstance(value, ir.Constant) else value
