"""Run-time values in the suite: DataBundle tables, arrays, and the text form of authored cases."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from tracescript.v1 import data_pb2, model_pb2, tensor_pb2
from tracescript_conformance import float8

# Short names of authored text, and how the elements lie in memory. bfloat16 and float8 are kept as
# their bits.
SHORT: dict[str, tuple[int, str]] = {
    "bool": (tensor_pb2.DATA_TYPE_BOOL, "?"),
    "u8": (tensor_pb2.DATA_TYPE_UINT8, "u1"),
    "i8": (tensor_pb2.DATA_TYPE_INT8, "i1"),
    "u16": (tensor_pb2.DATA_TYPE_UINT16, "<u2"),
    "i16": (tensor_pb2.DATA_TYPE_INT16, "<i2"),
    "u32": (tensor_pb2.DATA_TYPE_UINT32, "<u4"),
    "i32": (tensor_pb2.DATA_TYPE_INT32, "<i4"),
    "u64": (tensor_pb2.DATA_TYPE_UINT64, "<u8"),
    "i64": (tensor_pb2.DATA_TYPE_INT64, "<i8"),
    "f16": (tensor_pb2.DATA_TYPE_FLOAT16, "<f2"),
    "bf16": (tensor_pb2.DATA_TYPE_BFLOAT16, "<u2"),
    "f32": (tensor_pb2.DATA_TYPE_FLOAT32, "<f4"),
    "f64": (tensor_pb2.DATA_TYPE_FLOAT64, "<f8"),
    "f8e4m3": (tensor_pb2.DATA_TYPE_FLOAT8_E4M3FN, "u1"),
    "f8e5m2": (tensor_pb2.DATA_TYPE_FLOAT8_E5M2, "u1"),
    "c64": (tensor_pb2.DATA_TYPE_COMPLEX64, "<c8"),
    "c128": (tensor_pb2.DATA_TYPE_COMPLEX128, "<c16"),
}
LAYOUT = dict(SHORT.values())
NAME = {number: short for short, (number, _) in SHORT.items()}
FLOATS = ("f16", "bf16", "f32", "f64", "f8e4m3", "f8e5m2")
COMPLEX = ("c64", "c128")
_SHOWN = 16
_MOST_ENTRIES = 100_000
_DEEPEST = 100


_FLOAT8 = {"f8e4m3": float8.numbers(3), "f8e5m2": float8.numbers(2, has_infinity=True)}


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor as it travels: data type number and elements (bits for bfloat16 and float8)."""

    data_type: int
    array: np.ndarray[Any, Any]

    @property
    def is_float(self) -> bool:
        """Whether the elements are floating-point numbers."""
        return NAME.get(self.data_type) in FLOATS

    @property
    def is_inexact(self) -> bool:
        """Whether the elements are floating-point or complex numbers."""
        return NAME.get(self.data_type) in {*FLOATS, *COMPLEX}

    def wide(self) -> np.ndarray[Any, Any]:
        """Return the elements as float64 or complex128, exactly."""
        name = NAME.get(self.data_type)
        if name in _FLOAT8:
            return _FLOAT8[name][self.array]
        if name in COMPLEX:
            return self.array.astype(np.complex128)
        if name == "bf16":
            return Tensor(
                SHORT["f32"][0], (self.array.astype(np.uint32) << 16).view(np.float32)
            ).wide()
        with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN
            return self.array.astype(np.float64)

    def __str__(self) -> str:
        name = NAME.get(self.data_type, f"data type {self.data_type}")
        shape = ",".join(map(str, self.array.shape))
        elements = (self.wide() if self.is_inexact else self.array).ravel().tolist()
        shown = " ".join(map(str, elements[:_SHOWN])) + (" ..." if len(elements) > _SHOWN else "")
        return f"{name}[{shape}] {shown}".rstrip()


@dataclass(frozen=True, slots=True)
class Struct:
    """A record: its type's name and its fields in order."""

    name: str
    fields: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class DataType:
    """A data type as a value, by its number in tensor.proto."""

    number: int


class BadValueError(ValueError):
    """A value that is not well formed: said by a testee, or written in an authored case."""


def tensor_of(message: data_pb2.TensorData) -> Tensor:
    """Read a tensor. Raises BadValueError where shape and bytes do not fit."""
    layout = LAYOUT.get(message.data_type)
    if layout is None:
        raise BadValueError(f"data type {message.data_type} is not one the suite uses")
    need = math.prod(message.shape) * np.dtype(layout).itemsize
    if need != len(message.content):
        raise BadValueError(
            f"shape {list(message.shape)} takes {need} bytes, found {len(message.content)}"
        )
    if layout == "?" and message.content.strip(b"\0\1"):
        raise BadValueError("a bool byte is neither 0 nor 1")
    try:
        array = np.frombuffer(message.content, layout).reshape(tuple(message.shape))
    except ValueError as error:
        shape = f"{len(message.shape)} extents like {list(message.shape[:8])}"
        raise BadValueError(f"no array has {shape}") from error
    return Tensor(message.data_type, array)


def read(table: Any, index: int) -> Any:
    """Read entry `index` of a data table; containers refer to smaller indices.

    Raises BadValueError for an index out of order, an entry without a kind, keys that are no keys,
    and for what is nested too deep or, by entries used again and again, too large.
    """
    return _read(table, index, [_MOST_ENTRIES], 0)


def _read(table: Any, index: int, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > _DEEPEST:
        raise BadValueError(f"more than {_MOST_ENTRIES} entries, or nested {_DEEPEST} deep")
    if not 0 < index < len(table):
        raise BadValueError(f"entry {index} of a table of {len(table)}")
    entry = table[index]
    kind = entry.WhichOneof("kind")
    if kind is None:
        raise BadValueError(f"entry {index} has no kind")
    if kind == "tensor":
        return tensor_of(entry.tensor)
    if kind in {"list", "tuple", "dict", "struct"}:
        message = getattr(entry, kind)
        items = message.fields if kind == "struct" else message.items
        if any(i >= index for i in items):
            raise BadValueError(f"entry {index} refers to itself or a later one")
        found = [_read(table, i, left, depth + 1) for i in items]
        if kind == "list":
            return found
        if kind == "tuple":
            return tuple(found)
        if kind == "dict":
            return _dict(found)
        return Struct(message.name, tuple(found))
    if kind == "none":
        return None
    value = getattr(entry, kind)
    if kind == "data_type":
        return DataType(value.data_type)
    return complex(value.real, value.imag) if kind == "complex_value" else value


def _dict(found: list[Any]) -> dict[Any, Any]:
    keys, values = found[::2], found[1::2]
    if len(keys) != len(values) or not all(isinstance(k, int | str) for k in keys):
        raise BadValueError(
            "a dict of keys without values, or with keys that are no int, bool, str"
        )
    return dict(zip(keys, values, strict=True))


def items(bundle: data_pb2.DataBundle) -> list[tuple[str, Any]]:
    """Return the (name, value) pairs of a bundle in order."""
    return [(item.name, read(bundle.table, item.data)) for item in bundle.items]


def write(table: Any, value: Any) -> int:
    """Append a value to a data table and return its index."""
    entry = data_pb2.Data()
    if isinstance(value, Tensor):
        entry.tensor.data_type = value.data_type  # type: ignore[assignment]  # as below
        entry.tensor.shape.extend(value.array.shape)
        entry.tensor.content = np.ascontiguousarray(value.array).tobytes()
    elif isinstance(value, Struct):
        entry.struct.CopyFrom(
            data_pb2.StructData(name=value.name, fields=[write(table, f) for f in value.fields])
        )
    elif isinstance(value, list | tuple):
        made = model_pb2.IndexList(items=[write(table, item) for item in value])
        (entry.list if isinstance(value, list) else entry.tuple).CopyFrom(made)
    elif isinstance(value, dict):
        flat = [part for pair in value.items() for part in pair]
        entry.dict.CopyFrom(model_pb2.IndexList(items=[write(table, part) for part in flat]))
    elif isinstance(value, DataType):
        entry.data_type.data_type = value.number  # type: ignore[assignment]  # a number of the enum
    elif value is None:
        entry.none.SetInParent()
    else:
        arms = {bool: "bool_value", int: "int_value", float: "float_value", str: "str_value"}
        if type(value) not in arms:
            raise BadValueError(f"a {type(value).__name__} is no run-time value")
        setattr(entry, arms[type(value)], value)
    if not table:
        table.append(data_pb2.Data())
    table.append(entry)
    return len(table) - 1


def bundle(values: list[tuple[str, Any]]) -> data_pb2.DataBundle:
    """Make a bundle of (name, value) pairs; an empty name means by position."""
    made = data_pb2.DataBundle(table=[data_pb2.Data()])
    for name, value in values:
        made.items.add(name=name, data=write(made.table, value))
    return made


_STRUCT = re.compile(r"(\w+)\((.*)\)")
_TENSOR = re.compile(rf"({'|'.join(SHORT)})\[([0-9, ]*)\]\s*(.*)", re.DOTALL)


def element(text: str, short: str) -> Any:
    """Read one element of text: decimal, hexadecimal float, nan, inf, true, false, 1+2j."""
    if short == "bool":
        return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
    if short in COMPLEX:
        return complex(text)
    if short in FLOATS:
        return float.fromhex(text) if "0x" in text else float(text)
    return int(text, 0)


def tensor(short: str, shape: tuple[int, ...], elements: list[Any]) -> Tensor:
    """Make a tensor of a short data type name from Python numbers."""
    number, layout = SHORT[short]
    if short == "bf16":
        bits = np.array(elements, np.float32).view(np.uint32)
        rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")
        rounded[np.isnan(np.array(elements, np.float32))] = 0x7FC0
        return Tensor(number, rounded.reshape(shape))
    if short in _FLOAT8:
        found = [float8.byte_of(_FLOAT8[short], e) for e in elements]
        if None in found:
            raise BadValueError(f"{elements} are no numbers of {short}")
        return Tensor(number, np.array(found, layout).reshape(shape))
    return Tensor(number, np.array(elements, layout).reshape(shape))


def parse(text: str) -> Any:
    """Read the text form, as AUTHORING.md has it. Raises BadValueError."""
    text = text.strip()
    if text[:1] in "[(" and text[-1:] in "])":
        parts = [parse(part) for part in _split(text[1:-1])]
        return parts if text[0] == "[" else tuple(parts)
    if text[:1] == "{" and text[-1:] == "}":
        pairs = [part.partition(":") for part in _split(text[1:-1])]
        return {parse(key): parse(value) for key, _, value in pairs}
    struct = _STRUCT.fullmatch(text)
    if struct:
        return Struct(struct[1], tuple(parse(part) for part in _split(struct[2])))
    match = _TENSOR.fullmatch(text)
    try:
        if match:
            short, dims, rest = match.groups()
            shape = tuple(int(d) for d in dims.split(",") if d.strip())
            elements = [element(t, short) for t in rest.split()]
            if len(elements) == 1 and math.prod(shape) > 1:
                elements *= math.prod(shape)
            if len(elements) != math.prod(shape):
                raise BadValueError(
                    f"{text!r}: {math.prod(shape)} elements expected, found {len(elements)}"
                )
            return tensor(short, shape, elements)
        kind, _, rest = text.partition(" ")
        if kind == "none":
            return None
        if kind == "str":
            return rest.strip().strip("'")
        if kind == "int":
            return int(rest)
        return element(rest, {"float": "f64", "bool": "bool"}[kind])
    except (KeyError, ValueError) as error:
        raise BadValueError(f"{text!r} is no value") from error


def _split(text: str) -> list[str]:
    """Split at the commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        depth += (character in "[({") - (character in "])}")
        if character == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [*parts, text[start:]] if text.strip() else []
