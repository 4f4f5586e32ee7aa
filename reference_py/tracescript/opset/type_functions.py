"""What expressions of op definitions ask of types that are no tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import (
    DictType,
    ListType,
    ScalarKind,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
)
from tracescript.opset.knowledge import Operand, plain
from tracescript.opset.relations import tensors_in

if TYPE_CHECKING:
    from tracescript.ir.types import Type

_KINDS: Final[dict[type, str]] = {
    TensorType: "tensor",
    ListType: "list",
    TupleType: "tuple",
    DictType: "dict",
    StructType: "struct",
}


def kind_of(a: Type) -> str:
    """Return the value kind of a type as signatures name it; `any` for optionals and unions."""
    if isinstance(a, ScalarType):
        return a.kind.value.lower()
    return _KINDS.get(type(a), "any")


def kind(x: Any) -> Any:
    """The kind of a value: `tensor int float bool str list tuple dict struct none`."""
    if isinstance(x, Operand):
        return kind_of(x.type)
    return "none" if x is None else type(x).__name__.lower()


def has_equality(x: Any) -> Any:
    """Whether values of this type can be compared: no tensor is inside."""
    return next(tensors_in(x.type), None) is None


def has_order(x: Any) -> bool:
    """Whether the elements of a list have an order."""
    return isinstance(x.type, ListType) and _is_ordered(x.type.element)


def _is_ordered(a: Type) -> bool:
    if isinstance(a, ScalarType):
        return a.kind in {ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT, ScalarKind.STR}
    if isinstance(a, ListType):
        return _is_ordered(a.element)
    return isinstance(a, TupleType) and all(map(_is_ordered, a.elements))


def is_numbers(x: Any) -> bool:
    """Whether a value is a bool, int or float, or nested lists of such."""
    inner = x.type
    while isinstance(inner, ListType):
        inner = inner.element
    kinds = {ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT}
    empty = isinstance(x.type, ListType) and kind_of(inner) == "any"
    return empty or (isinstance(inner, ScalarType) and inner.kind in kinds)


def has_field(x: Any, name: Any) -> bool:
    """Whether a struct has a field of this name."""
    return isinstance(x.type, StructType) and plain(name) in dict(x.type.fields)
