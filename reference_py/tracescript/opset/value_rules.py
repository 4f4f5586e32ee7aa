"""Result types that no signature can say: containers of several types, nested lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.ir import constants
from tracescript.ir.text import type_text
from tracescript.ir.types import (
    DataType,
    DictType,
    ListType,
    OptionalType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.opset import dtypes, faults
from tracescript.opset.relations import NEVER, compatible, join_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.types import Type
    from tracescript.ir.values import Value
    from tracescript.opset.table import OpDef


def tuple_make(_op: OpDef, items: tuple[Value, ...]) -> tuple[Type, ...]:
    """A tuple of the types of the items."""
    return (TupleType(tuple(v.type for v in items)),)


def tuple_get(_op: OpDef, t: Value, i: int) -> tuple[Type, ...]:
    """The element type at a place of a tuple."""
    assert isinstance(t.type, TupleType)
    return (t.type.elements[i],)


def tuple_unpack(_op: OpDef, t: Value) -> tuple[Type, ...]:
    """All element types of a tuple, one result for each."""
    assert isinstance(t.type, TupleType)
    return t.type.elements


def struct_make(op: OpDef, made: Type, fields: tuple[Value, ...]) -> tuple[Type, ...]:
    """The struct type itself, if the values fit its fields."""
    if not isinstance(made, StructType) or len(made.fields) != len(fields):
        what = f"expected a struct with {len(fields)} fields"
        raise faults.constraint(op.name, "C1", what)
    for (name, declared), value in zip(made.fields, fields, strict=True):
        if not compatible(declared, value.type):
            what = f"the value of field {name} does not fit its type"
            raise faults.constraint(op.name, "C1", what, code="BAD_TYPE")
    return (made,)


def struct_get(_op: OpDef, s: Value, field: str) -> tuple[Type, ...]:
    """The type of one field."""
    assert isinstance(s.type, StructType)
    return (dict(s.type.fields)[field],)


def dict_make(op: OpDef, entries: tuple[Value, ...]) -> tuple[Type, ...]:
    """A dict of the joined types of keys and values."""
    if len(entries) % 2:
        raise faults.constraint(op.name, "C1", f"{len(entries)} entries, expected pairs")
    key = _joined(op, entries[::2])
    value = _joined(op, entries[1::2])
    allowed = (NEVER, constants.BOOL, constants.INT, constants.STR)
    if key not in allowed:
        raise faults.constraint(op.name, "C1", "a key is no bool, int or str", code="BAD_TYPE")
    return (DictType(key, value),)


def _joined(op: OpDef, values: tuple[Value, ...]) -> Type:
    joined = join_all(value.type for value in values)
    if joined is None:
        raise faults.constraint(op.name, "C1", "types differ", code="BAD_TYPE")
    return joined


def to_list(op: OpDef, x: Value) -> tuple[Type, ...]:
    """One list for each axis of a tensor, around its scalars."""
    assert isinstance(x.type, TensorType)
    if x.type.shape is None:
        raise faults.constraint(op.name, "C1", "the rank of x is unknown")
    data_type = x.type.data_type
    result: Type = constants.BOOL
    if data_type is not DataType.BOOL:
        result = constants.INT if dtypes.in_set(data_type, "int") else constants.FLOAT
    for _ in x.type.shape:
        result = ListType(result)
    return (result,)


def union_make(op: OpDef, made: Type, a: Value) -> tuple[Type, ...]:
    """The union itself, if the value fits it."""
    inner = made.element if isinstance(made, OptionalType) else made
    if not isinstance(inner, UnionType) or not compatible(made, a.type):
        what = f"{type_text(made)} is no union that admits {type_text(a.type)}"
        raise faults.constraint(op.name, "C1", what)
    return (made,)


def union_get(_op: OpDef, found: Type) -> tuple[Type, ...]:
    """The type that is asked for."""
    return (found,)


def list_unpack(op: OpDef, xs: Value, length: int) -> tuple[Type, ...]:
    """The element type of a list, as often as said."""
    assert isinstance(xs.type, ListType), op.name
    return (xs.type.element,) * length


VALUE_RULES: Final[dict[str, Callable[..., tuple[Type, ...]]]] = {
    "dict_make": dict_make,
    "list_unpack": list_unpack,
    "struct_get": struct_get,
    "struct_make": struct_make,
    "to_list": to_list,
    "tuple_get": tuple_get,
    "tuple_make": tuple_make,
    "tuple_unpack": tuple_unpack,
    "union_get": union_get,
    "union_make": union_make,
}
"""Rules that make whole types; they get the op, then their arguments as values."""
