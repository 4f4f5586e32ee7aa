"""Types of a call's values, for compiling a program anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir.constants import BOOL, FLOAT, INT, NONE, STR
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
    set_type,
)
from tracescript.opset.relations import compatible
from tracescript.producer.script.emitter.objects import array_of, data_type_of_object, is_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript.ir.graph import Function
    from tracescript.ir.types import Type

_PLAIN = {bool: BOOL, int: INT, float: FLOAT, str: STR, type(None): NONE}


def type_of_value(value: Any) -> Type | None:
    """Return the type of a value, sizes left open; None if it has none. A type is its own."""
    if isinstance(value, TensorType):
        return value
    if is_array(value):
        array = array_of(value)
        data_type = data_type_of_object(array.dtype)
        return None if data_type is None else TensorType(data_type, (None,) * array.ndim)
    if type(value) in _PLAIN:
        return _PLAIN[type(value)]
    if isinstance(value, tuple):
        parts = [type_of_value(v) for v in value]
        known = tuple(p for p in parts if p is not None)
        return TupleType(known) if len(known) == len(parts) else None
    if isinstance(value, list) and value:
        inner = type_of_value(value[0])
        return None if inner is None else ListType(inner)
    if isinstance(value, set | frozenset) and value:
        inner = type_of_value(next(iter(value)))
        return None if inner is None else set_type(inner, type(value).__name__)
    if isinstance(value, dict) and value:
        key, item = (type_of_value(x) for x in next(iter(value.items())))
        return None if key is None or item is None else DictType(key, item)
    return None


def _as_declared(declared: Type, kind: Type) -> Type:
    """Return a value's type in the form of the declared one: optional, or a record."""
    if isinstance(declared, OptionalType):
        return OptionalType(_as_declared(declared.element, kind))
    if isinstance(declared, UnionType):
        return declared if compatible(declared, kind) else kind
    if isinstance(declared, StructType) and isinstance(kind, TupleType):
        names = [n for n, _ in declared.fields]
        if len(names) == len(kind.elements):
            fields = tuple(zip(names, kind.elements, strict=True))
            return StructType(declared.name, fields, declared.is_tuple)
    return kind


def types_of_values(
    function: Function, values: Mapping[str, Any], fixed: Mapping[str, Any]
) -> dict[str, Type]:
    """Return types of a call's values that differ from the inputs', except those the user fixed."""
    found: dict[str, Type] = {}
    for declared in function.inputs:
        if (
            declared.kind not in {"positional", "keyword_only"}
            or declared.name in fixed
            or declared.name not in values
        ):
            continue
        kind = type_of_value(values[declared.name])
        if kind is None or kind == NONE:
            continue
        kind = _as_declared(declared.type, kind)
        if kind != declared.type:
            found[declared.name] = kind
    return found
