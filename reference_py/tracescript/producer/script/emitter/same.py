"""A text that two functions share exactly if they compute the same in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Sequence

_SMALL = 1024  # bytes; larger arrays count as equal only if they are one object


def fingerprint(function: ir.Function) -> str:
    """Write a function without names of values and without places."""
    base = function.name.rpartition(".")[2]
    parts = [
        base,
        function.origin,
        *(f"{i.name}|{i.type}|{i.kind}|{_constant(i.default)}" for i in function.inputs),
    ]
    parts += [f"{o.name}|{o.type}" for o in function.outputs]
    numbers: dict[ir.Value, int] = {}
    _block(function.body, numbers, parts)
    for d in function.decisions:
        parts.append(f"{d.kind} {_value(d.value, numbers)} {_constant(d.observed)}")
    parts += [f"{g.left} {g.comparison} {g.right} {g.kind}" for g in function.shape_guards]
    return "\n".join(parts)


def _block(block: ir.Block, numbers: dict[ir.Value, int], parts: list[str]) -> None:
    _define(block.params, numbers, parts)
    for node in block.nodes:
        inputs = " ".join(_value(v, numbers) for v in node.inputs)
        attributes = " ".join(f"{n}={_attribute(v)}" for n, v in node.attributes)
        parts.append(f"{node.opset}.{node.op}({inputs}) {attributes}")
        for inner in node.blocks:
            parts.append("{")
            _block(inner, numbers, parts)
            parts.append("}")
        _define(node.outputs, numbers, parts)
    parts.append(" ".join(_value(v, numbers) for v in block.results))


def _define(values: Sequence[ir.Value], numbers: dict[ir.Value, int], parts: list[str]) -> None:
    for v in values:
        numbers[v] = len(numbers)
        parts.append(f"%{numbers[v]}:{v.type}")


def _value(value: ir.Value | None, numbers: dict[ir.Value, int]) -> str:
    if value is None:
        return "-"
    return _constant(value.constant) if value.constant is not None else f"%{numbers[value]}"


def _constant(constant: ir.Constant | None) -> str:
    if constant is None:
        return "-"
    return f"{constant.type}:{_plain(constant.value)}"


def _plain(value: Any) -> str:
    if isinstance(value, ir.Weight):
        is_small = value.array.nbytes <= _SMALL
        return value.array.tobytes().hex() if is_small else f"weight {id(value)}"
    if isinstance(value, ir.Constant):
        return _constant(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))})"
    return repr(value)


def _attribute(value: Any) -> str:
    return _constant(value) if isinstance(value, ir.Constant) else repr(value)
