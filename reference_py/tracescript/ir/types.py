"""Types, symbolic dimensions and dimension expressions. No rules here: the validator has them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeGuard


class DataType(enum.Enum):
    """An element type; the value is its name in the spec, `number` its number in tensor.proto.

    Spec: TYPE-1.
    """

    BOOL = "bool"
    UINT8 = "uint8"
    INT8 = "int8"
    UINT16 = "uint16"
    INT16 = "int16"
    UINT32 = "uint32"
    INT32 = "int32"
    UINT64 = "uint64"
    INT64 = "int64"
    FLOAT16 = "float16"
    BFLOAT16 = "bfloat16"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    COMPLEX32 = "complex32"
    COMPLEX64 = "complex64"
    COMPLEX128 = "complex128"
    FLOAT8_E4M3FN = "float8_e4m3fn"
    FLOAT8_E5M2 = "float8_e5m2"
    FLOAT8_E4M3FNUZ = "float8_e4m3fnuz"
    FLOAT8_E5M2FNUZ = "float8_e5m2fnuz"
    FLOAT8_E8M0FNU = "float8_e8m0fnu"
    FLOAT6_E2M3FN = "float6_e2m3fn"
    FLOAT6_E3M2FN = "float6_e3m2fn"
    FLOAT4_E2M1FN = "float4_e2m1fn"
    UINT4 = "uint4"
    INT4 = "int4"
    UINT2 = "uint2"
    INT2 = "int2"

    __hash__ = object.__hash__  # members are compared by identity; types are often keys

    @property
    def number(self) -> int:
        """The number of DataType in tensor.proto."""
        return _NUMBERS[self]

    @property
    def bits(self) -> int:
        """Bits one element takes in a storage."""
        return _BITS[self]

    @classmethod
    def of_number(cls, number: int) -> DataType | None:
        """Return the data type with this number in tensor.proto, or None if there is none."""
        return _OF_NUMBER.get(number)


_NUMBERS = {data_type: i for i, data_type in enumerate(DataType, 1)}
_OF_NUMBER = {i: data_type for data_type, i in _NUMBERS.items()}
_BITS = dict(
    zip(
        DataType,
        [
            8,
            8,
            8,
            16,
            16,
            32,
            32,
            64,
            64,
            16,
            16,
            32,
            64,
            32,
            64,
            128,
            *[8] * 5,
            6,
            6,
            *[4] * 3,
            2,
            2,
        ],
        strict=True,
    )
)


class ScalarKind(enum.Enum):
    """Kinds of values that are no tensor and no container; the value is the name in text."""

    NONE = "None"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    STR = "str"
    DATA_TYPE = "dtype"
    COMPLEX = "complex"

    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Symbol:
    """A named dimension: a non-negative integer that a call binds. Spec: TYPE-4."""

    name: str
    min: int = 0
    max: int | None = None

    def __hash__(self) -> int:
        return hash(self.name)  # equal ones have one name; types with symbols are often keys


@dataclass(frozen=True, slots=True)
class DimExpr:
    """Integer arithmetic over symbols, as data.

    `operator` is one of `+ * // ceil_div % min max neg`; `operands` are ints, symbols or
    expressions. Canonical: built by `dims.py`, which folds constants and orders operands.
    """

    operator: str
    operands: tuple[int | Symbol | DimExpr, ...]


Dim: TypeAlias = "int | Symbol | DimExpr | None"
"""An extent: a number, a symbol, an expression, or None for known only at run time."""


@dataclass(frozen=True, slots=True)
class TensorType:
    """A dense tensor. `shape` None means unknown rank; `()` is rank 0."""

    data_type: DataType
    shape: tuple[Dim, ...] | None


@dataclass(frozen=True, slots=True)
class ScalarType:
    """None, a Python number, a string or a data type as a value."""

    kind: ScalarKind


@dataclass(frozen=True, slots=True)
class ListType:
    """A list of one element type, any length."""

    element: Type


@dataclass(frozen=True, slots=True)
class TupleType:
    """A tuple of fixed length."""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class DictType:
    """An insertion-ordered dict; keys are int, str or bool."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class OptionalType:
    """The element type, or None."""

    element: Type


@dataclass(frozen=True, slots=True)
class UnionType:
    """One of several types, none of them optional or a union."""

    members: tuple[Type, ...]


DICT: Final = "dict"
"""The name of a struct that stands for a dict of the program with values of different types."""
SET: Final = "set"
FROZEN_SET: Final = "frozenset"
ITEMS: Final = "items"
"""The one field of a struct that stands for a set: a dict whose keys are the items."""


@dataclass(frozen=True, slots=True)
class StructType:
    """A record with value semantics: a named tuple, a data class, or a dict."""

    name: str
    fields: tuple[tuple[str, Type], ...]
    is_tuple: bool = False


Type: TypeAlias = (
    "TensorType | ScalarType | ListType | TupleType | DictType | OptionalType | UnionType"
    " | StructType"
)


def set_type(item: Type, name: str = SET) -> StructType:
    """Return the struct that stands for a set of these items."""
    return StructType(name, ((ITEMS, DictType(item, ScalarType(ScalarKind.BOOL))),))


def is_set_type(kind: Type) -> TypeGuard[StructType]:
    """Whether a type is a struct that stands for a set of the program."""
    if not isinstance(kind, StructType) or kind.name not in {SET, FROZEN_SET} or not kind.fields:
        return False
    held = kind.fields[0][1]
    return isinstance(held, DictType) and kind == set_type(held.key, kind.name)


def parts_by_path(declared: Type) -> tuple[tuple[str, Type], ...]:
    """Return the types directly inside one with what a path to such a part appends.

    `[0]` in a tuple, `.h` in a struct (`['h']` where a program has a dict), `[*]` for any element
    of a list or value of a dict.
    """
    match declared:
        case ListType():
            return (("[*]", declared.element),)
        case DictType():
            return (("[*]", declared.value),)
        case TupleType():
            return tuple((f"[{i}]", part) for i, part in enumerate(declared.elements))
        case StructType():
            form = "[{!r}]" if declared.name == DICT else ".{}"
            return tuple((form.format(name), part) for name, part in declared.fields)
        case OptionalType():
            return (("", declared.element),)
        case _:
            return ()
