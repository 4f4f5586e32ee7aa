"""What two functions share exactly if they compute the same in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

_SMALL = 1024  # bytes; larger arrays count as equal only if they are one object


def fingerprint(function: ir.Function) -> Hashable:
    """Return all of a function but names of values and places, to be compared.

    Values are texts there, because 1, 1.0 and True are equal in Python, and so are 0.0 and -0.0.
    """
    parts: list[Hashable] = [function.name.rpartition(".")[2], function.origin]
    parts += [(i.name, i.type, i.kind, _constant(i.default)) for i in function.inputs]
    parts += [(o.name, o.type) for o in function.outputs]
    numbers: dict[ir.Value, int] = {}
    parts += [part for part, _ in _block(function.body, numbers)]
    for d in function.decisions:
        parts.append((d.kind, _value(d.value, numbers), _constant(d.observed)))
    parts += [(g.left, g.comparison, g.right, g.kind) for g in function.shape_guards]
    return tuple(parts)


def first_difference(one: ir.Model, other: ir.Model) -> ir.Place | None:
    """Return the place of the first node that two models of one program do not share."""
    found: ir.Place | None = None
    for a, b in zip(one.functions, other.functions, strict=False):
        pairs = zip(_block(a.body, {}), _block(b.body, {}), strict=False)
        for (part, place), (others, _) in pairs:
            found = place or found
            if part != others:
                return found
    return found


def _block(
    block: ir.Block, numbers: dict[ir.Value, int]
) -> Iterator[tuple[Hashable, ir.Place | None]]:
    """Yield what a block is made of, in order, with the places of its nodes."""
    yield from _define(block.params, numbers, None)
    for node in block.nodes:
        inputs = tuple([_value(v, numbers) for v in node.inputs])
        attributes = tuple([(n, _attribute(v)) for n, v in node.attributes])
        yield (node.opset, node.op, inputs, attributes), node.place
        for inner in node.blocks:
            yield "{", node.place
            yield from _block(inner, numbers)
            yield "}", node.place
        yield from _define(node.outputs, numbers, node.place)
    yield tuple([_value(v, numbers) for v in block.results]), None


def _define(
    values: Sequence[ir.Value], numbers: dict[ir.Value, int], place: ir.Place | None
) -> Iterator[tuple[Hashable, ir.Place | None]]:
    for v in values:
        numbers[v] = len(numbers)
        yield (numbers[v], v.type), place


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
