"""Resolves the arguments of a shape rule for one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.types import DataType, ListType, OptionalType, TensorType
from tracescript.opset.knowledge import UNKNOWN, Operand
from tracescript.opset.predicates import Evaluator
from tracescript.opset.shapes import Many

if TYPE_CHECKING:
    from tracescript.ir.types import Type


def resolve(rule: str, text: str, names: dict[str, Any]) -> Any:
    """Return one argument of a rule: a name's meaning, or the value of an expression."""
    if text not in names:
        return _dims(Evaluator(names).value(text))
    named = names[text]
    if rule == "nested":
        return _lengths(named)
    if isinstance(named, tuple) and named and isinstance(named[0], Operand):
        return [_shape(item.type) for item in named]
    if not isinstance(named, Operand):
        return named
    if isinstance(named.type, TensorType | OptionalType):
        return _shape(named.type)
    element = _list_of_tensors(named.type)
    if element is None:
        return _dims(named.known)
    if named.items is None:
        shape = _shape(element)
        return Many(None if shape is UNKNOWN else shape)
    if rule == "index":
        return [s for item in named.items for s in _index_shapes(item.type)]
    return [_shape(item.type) for item in named.items]


def _list_of_tensors(found: Type) -> Type | None:
    element = found.element if isinstance(found, ListType) else None
    inner = element.element if isinstance(element, OptionalType) else element
    return inner if isinstance(inner, TensorType) else None


def _shape(found: Type) -> Any:
    inner = found.element if isinstance(found, OptionalType) else found
    if not isinstance(inner, TensorType) or inner.shape is None:
        return UNKNOWN
    return inner.shape


def _index_shapes(found: Type) -> list[Any]:
    """Return the index shapes one element stands for: a mask stands for one index per axis."""
    if found == constants.NONE:
        return [None]
    shape = _shape(found)
    if isinstance(found, TensorType) and found.data_type is DataType.BOOL and shape is not UNKNOWN:
        return [(None,)] * len(shape)
    return [shape]


def _dims(value: Any) -> Any:
    """Turn what an expression gives into what a rule takes: tuples of dims."""
    if isinstance(value, list | tuple):
        return tuple(None if v is UNKNOWN else _dims(v) for v in value)
    return _dims(value.known) if isinstance(value, Operand) else value


def _lengths(operand: Operand) -> Any:
    """Return the lengths of nested lists, unknown ones as None."""
    lengths: list[int | None] = []
    found, current = operand.type, operand
    while isinstance(found, ListType):
        items = current.items if current else None
        values = current.known if current else UNKNOWN
        if items is not None:
            lengths.append(len(items))
        else:
            lengths.append(len(values) if isinstance(values, list | tuple) else None)
        current = items[0] if items else None  # type: ignore[assignment]  # unknown from here
        found = found.element
    return tuple(lengths)
