"""Reads the examples of op files: literals to values and types. For tests and case generation."""

from __future__ import annotations

import ast
import functools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset import dtypes
from tracescript.opset.relations import join
from tracescript.v1 import error_pb2

if TYPE_CHECKING:
    from tracescript.opset.table import OpDef
    from tracescript.v1 import opdef_pb2

_SCALARS = {
    "none": constants.NONE,
    "bool": constants.BOOL,
    "int": constants.INT,
    "float": constants.FLOAT,
    "str": constants.STR,
    "dtype": constants.DATA_TYPE,
}
_CONTAINER = re.compile(r"(list|tuple|dict|Union)\[(.*)\]")
_STRUCT = re.compile(r"(\w+)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value of an example: its name, type, run-time form and bounds."""

    name: str
    type: ir.Type
    value: Any
    bounds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One example: operands in declared order (None where omitted), attributes by name."""

    title: str
    inputs: tuple[Literal | None, ...]
    attributes: dict[str, Any]
    outputs: tuple[Literal, ...]
    error: str
    shows: str


def examples(op: OpDef, message: opdef_pb2.OpDef) -> list[Example]:
    """Return the examples of an op."""
    return [_example(op, e) for e in message.examples]


def _example(op: OpDef, e: opdef_pb2.OpExample) -> Example:
    given = {i.name: i for i in e.inputs}
    operands: list[Literal | None] = []
    for declared in op.inputs:
        numbered = [i for i in e.inputs if i.name.startswith(f"{declared.name}[")]
        if declared.variadic:
            operands += [_literal(i, declared.kind) for i in numbered]
        elif numbered:
            operands.append(_gathered(declared.name, numbered))
        elif declared.name in given:
            operands.append(_literal(given[declared.name], declared.kind))
        else:
            operands.append(None)
    outputs: list[Literal] = []
    for result in op.outputs:
        numbered = [o for o in e.outputs if o.name.startswith(f"{result.name}[")]
        if numbered and not result.variadic:
            outputs.append(_gathered(result.name, numbered))
        else:
            named = [o for o in e.outputs if o.name.split("[")[0] == result.name]
            outputs += [_literal(o, result.kind) for o in named]
    code = error_pb2.ErrorCode.Name(e.error).removeprefix("ERROR_CODE_")
    return Example(
        e.title,
        tuple(operands),
        {a.name: _attribute(op, a.name, a.text) for a in e.attributes},
        tuple(outputs),
        code if e.HasField("error") else "",
        e.shows,
    )


def _gathered(name: str, numbered: list[opdef_pb2.NamedLiteral]) -> Literal:
    """Return a list of tensors, one literal for each."""
    items = [_literal(i, "any") for i in numbered]
    types = [i.type for i in items if i.value is not None]
    element = functools.reduce(lambda a, b: join(a, b) or b, types)
    return Literal(name, ir.ListType(element), [i.value for i in items], ())


def _attribute(op: OpDef, name: str, text: str) -> Any:
    declared = op.attribute(name)
    kind = declared.kind if declared else ""
    if kind == "data_type":
        return ir.DataType(text.removesuffix("_"))
    if kind == "type":
        return type_of(text)
    return float(text) if text in {"inf", "-inf", "nan"} else ast.literal_eval(text)


def type_of(text: str) -> ir.Type:
    """Return the type that an example's text names, tensors aside."""
    if text in _SCALARS:
        return _SCALARS[text]
    if match := _CONTAINER.fullmatch(text):
        parts = [type_of(p) for p in _split(match[2])]
        if match[1] == "list":
            return ir.ListType(parts[0])
        if match[1] == "Union":
            return ir.UnionType(tuple(parts))
        return ir.TupleType(tuple(parts)) if match[1] == "tuple" else ir.DictType(*parts)
    if match := _STRUCT.fullmatch(text):
        fields = (p.split(": ") for p in _split(match[2]))
        return ir.StructType(match[1], tuple((n, type_of(t)) for n, t in fields))
    return ir.TensorType(ir.DataType(text.removesuffix("_")), None)


def _split(text: str) -> list[str]:
    """Split at the commas that no bracket encloses."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "[(") - (char in "])")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [p.strip() for p in parts if p.strip()]


def _literal(literal: opdef_pb2.NamedLiteral, kind: str) -> Literal:
    bounds = tuple(float(b) for b in literal.bounds)
    is_bool = literal.type == "bool" and kind == "any" and bool(literal.shape)
    is_tensor = (
        is_bool
        or kind == "tensor"
        or (literal.type not in _SCALARS and _is_data_type(literal.type))
    )
    if is_tensor:
        data_type = ir.DataType(literal.type.removesuffix("_"))
        shape = tuple(literal.shape)
        value = _array(literal.values, data_type).reshape(shape)
        return Literal(literal.name, ir.TensorType(data_type, shape), value, bounds)
    found = _inner(literal.type, kind)
    return Literal(literal.name, found, _value(found, literal), bounds)


def _inner(text: str, kind: str) -> ir.Type:
    """Return the type of a literal; a list of tensors is written by its element's data type."""
    return ir.ListType(type_of(text)) if kind == "list" and _is_data_type(text) else type_of(text)


def _is_data_type(text: str) -> bool:
    return any(text.removesuffix("_") == d.value for d in ir.DataType)


def _array(values: Any, data_type: ir.DataType) -> np.ndarray[Any, Any]:
    dtype = dtypes.numpy_of(data_type)
    if dtype.kind == "b":
        return np.array([v.lower() in {"true", "1"} for v in values], dtype)
    if dtype.kind in "iu" or dtype.name.startswith(("int", "uint")):
        return np.array([int(v) for v in values], dtype)
    if dtype.kind == "c":
        return np.array([complex(v) for v in values], dtype)
    return np.array([_float(v) for v in values], np.float64).astype(dtype)


def _float(text: str) -> float:
    return float.fromhex(text) if "0x" in text else float(text)


def _value(found: ir.Type, literal: opdef_pb2.NamedLiteral) -> Any:
    values = list(literal.values)
    if isinstance(found, ir.ListType):
        return _list(found, values, list(literal.shape) or [len(values)])
    if isinstance(found, ir.TupleType):
        return tuple(_scalar(t, v) for t, v in zip(found.elements, values, strict=True))
    if isinstance(found, ir.StructType):
        return tuple(_scalar(t, v) for (_, t), v in zip(found.fields, values, strict=True))
    if isinstance(found, ir.DictType):
        pairs = zip(values[::2], values[1::2], strict=True)
        return {_scalar(found.key, k): _scalar(found.value, v) for k, v in pairs}
    return None if found == constants.NONE else _scalar(found, values[0])


def _list(found: ir.ListType, values: list[str], shape: list[int]) -> list[Any]:
    element = found.element
    if not isinstance(element, ir.ListType):
        return [_scalar(element, v) for v in values]
    step = math.prod(shape[1:])
    return [_list(element, values[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _scalar(found: ir.Type, text: str) -> Any:
    if isinstance(found, ir.UnionType):
        return _scalar(found.members[0], text)
    if found == constants.BOOL:
        return text.lower() in {"true", "1"}
    if found == constants.INT:
        return int(text)
    if found == constants.FLOAT:
        return _float(text)
    return ir.DataType(text) if found == constants.DATA_TYPE else text
