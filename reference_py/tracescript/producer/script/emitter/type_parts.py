"""What values of a type hold, and whether a program can change them in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.types import Type


def is_changeable(kind: Type) -> bool:
    """Whether values of a type are, or hold, objects that a program can change in place."""
    if isinstance(kind, TensorType | ListType | DictType):
        return True
    if isinstance(kind, ScalarType):
        return False
    if isinstance(kind, OptionalType):
        return is_changeable(kind.element)
    if isinstance(kind, StructType) and not kind.is_tuple:
        return True
    if isinstance(kind, UnionType):
        return any(map(is_changeable, kind.members))
    return any(map(is_changeable, parts_of_type(kind)))


def holds_tensor(kind: Type) -> bool:
    """Whether values of a type are, or hold, tensors."""
    if isinstance(kind, OptionalType):
        return holds_tensor(kind.element)
    return isinstance(kind, TensorType) or any(map(holds_tensor, parts_of_type(kind)))


def with_tensors(kind: Type, changed: Callable[[TensorType], TensorType]) -> Type:
    """Return a type with other tensors in it: alone, and in lists, tuples, dicts and optionals."""
    if isinstance(kind, TensorType):
        return changed(kind)
    if isinstance(kind, ListType):
        return ListType(with_tensors(kind.element, changed))
    if isinstance(kind, OptionalType):
        return OptionalType(with_tensors(kind.element, changed))
    if isinstance(kind, TupleType):
        return TupleType(tuple(with_tensors(t, changed) for t in kind.elements))
    if isinstance(kind, DictType):
        return DictType(kind.key, with_tensors(kind.value, changed))
    return kind


def parts_of_type(kind: Type) -> tuple[Type, ...]:
    """Return the types of what a value of a type holds."""
    if isinstance(kind, TensorType | ScalarType):
        return ()
    if isinstance(kind, OptionalType):
        return parts_of_type(kind.element)
    if isinstance(kind, ListType):
        return (kind.element,)
    if isinstance(kind, DictType):
        return (kind.value,)
    if isinstance(kind, TupleType):
        return kind.elements
    if isinstance(kind, UnionType):
        return tuple(t for m in kind.members for t in parts_of_type(m))
    return tuple(t for _, t in kind.fields) if isinstance(kind, StructType) else ()


__all__ = ["holds_tensor", "is_changeable", "parts_of_type", "with_tensors"]
