"""Attributes of a call: from plain values to constants and back, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import constants
from tracescript.ir.graph import FunctionRef
from tracescript.ir.types import (
    DataType,
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.ir.values import Constant
from tracescript.opset import faults
from tracescript.opset.table import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracescript.ir.types import Type
    from tracescript.opset.table import AttributeDef, OpDef

_TYPES: Final = (
    TensorType,
    ScalarType,
    ListType,
    TupleType,
    DictType,
    OptionalType,
    UnionType,
    StructType,
)
_PLAIN: Final[dict[str, tuple[type, ...]]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "data_type": (DataType,),
    "type": _TYPES,
    "function": (FunctionRef,),
    "constant": (Constant,),
}
_ELEMENTS: Final = {"ints": int, "floats": float}


def complete(op: OpDef, given: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return every attribute of a call by name as a plain value, defaults included.

    `given` holds plain values or what a node holds (constants, types, function references).
    `ints` and `floats` become tuples, a data type stays a DataType.

    Raises:
        InvalidModelError: BAD_CALL for an attribute that is unknown, missing or of another kind.
            Spec: GRAPH-44.
    """
    named = dict(given)
    if not named and not op.attributes:
        return {}
    values: dict[str, Any] = {}
    for declared in op.attributes:
        if declared.name in named:
            values[declared.name] = _checked(op, declared, named.pop(declared.name))
        elif declared.default is REQUIRED:
            raise _fault(op, f"attribute {declared.name} is missing")
        else:
            values[declared.name] = default(declared)
    for name in named:
        known = ", ".join(a.name for a in op.attributes) or "none"
        raise _fault(op, f"attribute {name} is unknown; expected {known}")
    return values


def default(declared: AttributeDef) -> Any:
    """Return the default of an attribute as a plain value."""
    value = declared.default
    if declared.kind == "data_type" and isinstance(value, str):
        return None if value == "None" else DataType(value)
    if declared.kind in _ELEMENTS and value is not None:
        return tuple(_ELEMENTS[declared.kind](v) for v in value)
    return float(value) if declared.kind == "float" and value is not None else value


def constants_of(
    op: OpDef, values: Mapping[str, Any]
) -> tuple[tuple[str, Constant | Type | FunctionRef], ...]:
    """Return what a node holds: attributes in declared order, without those that are default."""
    return tuple(
        (declared.name, _constant(declared, values[declared.name]))
        for declared in op.attributes
        if declared.default is REQUIRED or not _same(values[declared.name], default(declared))
    )


def _same(a: Any, b: Any) -> bool:
    """Return whether two plain values are the same, the sign of zero and NaN included."""
    return type(a) is type(b) and repr(a) == repr(b)


def _constant(declared: AttributeDef, value: Any) -> Constant | Type | FunctionRef:
    if isinstance(value, (Constant, FunctionRef, *_TYPES)):
        return value
    if value is not None and declared.kind in _ELEMENTS:
        element = constants.INT if declared.kind == "ints" else constants.FLOAT
        return constants.numbers(value, element)
    return constants.scalar(value)


def _fault(op: OpDef, what: str) -> Exception:
    return faults.fault(op.name, what, code="BAD_CALL", rule=faults.ATTRIBUTE)


def _checked(op: OpDef, declared: AttributeDef, given: Any) -> Any:
    """Return an attribute's value in its plain form."""
    value = given
    if isinstance(given, Constant) and declared.kind != "constant":
        value = given.value
    if value is None and declared.default is None:
        return None
    if isinstance(value, list | tuple) and declared.kind in _ELEMENTS:
        value = tuple(_number(v, _ELEMENTS[declared.kind]) for v in value)
        fits = all(type(v) is _ELEMENTS[declared.kind] for v in value)
    else:
        value = _number(value, float) if declared.kind == "float" else value
        exact = declared.kind in {"bool", "int", "float", "str"}
        kinds = _PLAIN.get(declared.kind, ())
        fits = type(value) in kinds if exact else isinstance(value, kinds)
        if declared.kind == "constant":
            fits = True
    if not fits or not _within_64_bits(value):
        raise _fault(op, f"attribute {declared.name} is {given!r}, expected {declared.kind}")
    if declared.choices and value not in declared.choices:
        choices = ", ".join(declared.choices)
        raise _fault(op, f"attribute {declared.name} is {value!r}, expected one of {choices}")
    return value


def _number(value: Any, kind: type) -> Any:
    """Widen an int to float where a float is declared."""
    return float(value) if kind is float and type(value) is int else value


def _within_64_bits(value: Any) -> bool:
    listed = value if isinstance(value, tuple) else (value,)
    return all(-(2**63) <= v < 2**63 for v in listed if type(v) is int)
