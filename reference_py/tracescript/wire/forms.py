"""Which Python value stands for a constant of which type; shared by reading and writing."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import (
    DataType,
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.ir.values import Constant, Weight

if TYPE_CHECKING:
    from tracescript.ir.types import Type

NONE: Final = ScalarType(ScalarKind.NONE)
INT: Final = ScalarType(ScalarKind.INT)
FLOAT: Final = ScalarType(ScalarKind.FLOAT)
NUMBERS: Final = frozenset({INT, FLOAT, ScalarType(ScalarKind.BOOL)})
INT_MIN: Final = -(1 << 63)
INT_MAX: Final = (1 << 63) - 1
EXTENT_MAX: Final = (1 << 64) - 1
CANONICAL_NAN: Final = bytes.fromhex("000000000000f87f")
"""The bytes of the only NaN that a constant may hold, little-endian."""

KINDS: Final[dict[type, ScalarKind]] = {
    type(None): ScalarKind.NONE,
    bool: ScalarKind.BOOL,
    int: ScalarKind.INT,
    float: ScalarKind.FLOAT,
    str: ScalarKind.STR,
    complex: ScalarKind.COMPLEX,
    DataType: ScalarKind.DATA_TYPE,
}


def packed_type(form: Type) -> Type | None:
    """Return INT or FLOAT if constants of this list or tuple type are written as plain numbers."""
    if isinstance(form, ListType):
        elements = {form.element}
    elif isinstance(form, TupleType):
        elements = set(form.elements)
    else:
        return None
    return next((kind for kind in (INT, FLOAT) if elements == {kind}), None)


def element_types(form: Type, count: int) -> tuple[Type, ...] | None:
    """Return the types of the elements of a list, tuple or struct, or None for another type."""
    if isinstance(form, ListType):
        return (form.element,) * count
    if isinstance(form, TupleType):
        return form.elements
    return tuple(t for _, t in form.fields) if isinstance(form, StructType) else None


def fits(form: Type, value: Any) -> bool:
    """Tell whether a constant's value has the outer form of a type that is no optional or union."""
    if isinstance(form, ScalarType):
        return KINDS.get(type(value)) is form.kind
    if isinstance(form, TensorType):
        return isinstance(value, Weight)
    if not isinstance(value, tuple):
        return False
    if isinstance(form, DictType):
        return all(isinstance(pair, tuple) for pair in value)
    types = element_types(form, len(value))
    if types is None or len(types) != len(value):
        return False
    packed = packed_type(form)
    return packed is None or all(fits(packed, plain(item)) for item in value)


def plain(item: Any) -> Any:
    """Return the value of an element that may be a Constant or a plain value."""
    return item.value if isinstance(item, Constant) else item


def chosen(form: Type, value: Any) -> Type | None:
    """Return the alternative of an optional or union type that a value has, or a type it fits."""
    if isinstance(form, OptionalType):
        return NONE if value is None else chosen(form.element, value)
    if isinstance(form, UnionType):
        return next((m for m in form.members if fits(m, value)), None)
    return form if fits(form, value) else None


def float_bytes(value: float) -> bytes:
    """Return the eight bytes that stand for a float; every NaN is the canonical one."""
    return CANONICAL_NAN if value != value else struct.pack("<d", value)  # noqa: PLR0124  # is it a NaN?


def one_nan(value: float) -> float:
    """Return the value, with the canonical NaN for every NaN."""
    return float(struct.unpack("<d", float_bytes(value))[0])
