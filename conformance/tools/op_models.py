"""Models of one node: an example of an op's definition as a file, its inputs and its outputs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from tools.encode import Tables, model_file
from tracescript.v1 import model_pb2, tensor_pb2
from tracescript_conformance.values import SHORT, DataType, Struct, Tensor, element, tensor

LONG = {
    "bool": "bool", "uint8": "u8", "int8": "i8", "uint16": "u16", "int16": "i16", "uint32": "u32",
    "int32": "i32", "uint64": "u64", "int64": "i64", "float16": "f16", "bfloat16": "bf16",
    "float32": "f32", "float64": "f64", "float8_e4m3fn": "f8e4m3", "float8_e5m2": "f8e5m2",
    "complex64": "c64", "complex128": "c128",
}  # fmt: skip
_SCALARS = {"int", "float", "bool", "str", "none", "dtype"}
_STRUCT = re.compile(r"(\w+)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value of an example: its name, its type, the run-time value, per-element bounds."""

    name: str
    form: Any
    value: Any
    bounds: tuple[float, ...]


def split(text: str) -> list[str]:
    """Split at the commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        depth += (character in "[(") - (character in "])")
        if character == "," and not depth:
            parts.append(text[start:i].strip())
            start = i + 1
    return [*parts, text[start:].strip()] if text.strip() else []


def parse_type(text: str, shape: tuple[int, ...] | None = None) -> Any:
    """Read a type as examples write it: `float32`, `list[int]`, `Point(x: int)`."""
    if text in LONG and not (text == "bool" and shape is None):
        return ("tensor", text, shape)
    if text in _SCALARS:
        return ("scalar", text)
    head, _, rest = text.partition("[")
    inner = split(rest[:-1])
    if head == "Union":
        return ("union", tuple(parse_type(part) for part in inner))
    if head == "list":
        return ("list", parse_type(inner[0]))
    if head == "tuple":
        return ("tuple", tuple(parse_type(part) for part in inner))
    if head == "dict":
        return ("dict", parse_type(inner[0]), parse_type(inner[1]))
    match = _STRUCT.fullmatch(text)
    if match is None:
        raise ValueError(f"no type {text!r}")
    fields = (part.partition(":") for part in split(match[2]))
    return ("struct", match[1], tuple((n.strip(), parse_type(t.strip())) for n, _, t in fields))


def literal(item: dict[str, Any]) -> Literal:
    """Read a NamedLiteral of an op's TOML."""
    text, values = item["type"], [str(v) for v in item.get("values", [])]
    is_tensor = text in LONG and not (text == "bool" and "shape" not in item)
    shape = tuple(item.get("shape", ())) if is_tensor else None
    form = parse_type(text, shape)
    bounds = tuple(float(b) for b in item.get("bounds", []))
    if is_tensor:
        short = LONG[text]
        elements = [element(v, short) for v in values]
        return Literal(item["name"], form, tensor(short, shape or (), elements), bounds)
    rest = list(values)
    value = _value(form, rest, list(item.get("shape", ())))
    if rest:
        raise ValueError(f"{item['name']}: {len(rest)} values too many")
    return Literal(item["name"], form, value, bounds)


def _value(form: Any, rest: list[str], shape: list[int]) -> Any:
    kind = form[0]
    if kind == "scalar":
        return _scalar(form[1], rest)
    if kind == "union":
        return _value(form[1][0], rest, shape)
    if kind == "list":
        return [_value(form[1], rest, shape[1:]) for _ in range(shape[0] if shape else len(rest))]
    if kind == "tuple":
        return tuple(_value(part, rest, []) for part in form[1])
    if kind == "dict":
        made = {}
        while rest:
            key = _value(form[1], rest, [])
            made[key] = _value(form[2], rest, [])
        return made
    return Struct(form[1], tuple(_value(part, rest, []) for _, part in form[2]))


def _scalar(kind: str, rest: list[str]) -> Any:
    if kind == "none":
        return None
    text = rest.pop(0)
    if kind == "str":
        return text
    if kind == "dtype":
        return DataType(tensor_pb2.DataType.Value(f"DATA_TYPE_{text.upper()}"))
    return int(text, 0) if kind == "int" else element(text, "f64" if kind == "float" else kind)


def attributes(op: dict[str, Any], given: list[dict[str, str]]) -> dict[str, tuple[Any, Any]]:
    """Read the attributes of an example as (type, value), defaults left out."""
    found = {}
    for attribute in op.get("attributes", []):
        text = next((g["text"] for g in given if g["name"] == attribute["name"]), None)
        if text is None or text == attribute.get("default"):
            continue
        found[attribute["name"]] = _attribute(attribute["kind"], text)
    return found


def _attribute(kind: str, text: str) -> tuple[Any, Any]:
    if text == "None":
        return ("scalar", "none"), None
    if kind == "data_type":
        return ("scalar", "dtype"), text.rstrip("_")
    if kind in {"ints", "floats"}:
        return ("list", ("scalar", kind[:-1])), [*ast.literal_eval(text)]
    if text in {"inf", "-inf", "nan"}:
        return ("scalar", "float"), float(text)
    if kind == "type":
        return ("type", parse_type(text)), None
    value = ast.literal_eval(text)
    return ("scalar", kind), float(value) if kind == "float" else value


def ordered_inputs(op: dict[str, Any], given: list[Literal]) -> list[Literal | None]:
    """Return the inputs in declared order, None for one left out; variadic ones spread."""
    by_name = {item.name: item for item in given}
    found: list[Literal | None] = []
    for declared in op.get("inputs", []):
        name = declared["name"]
        parts = [item for item in given if re.fullmatch(rf"{re.escape(name)}\[\d+\]", item.name)]
        if declared.get("variadic"):
            found += parts
        elif parts and declared["kind"] == "list":
            form = ("list", unshaped([p.form for p in parts]))
            found.append(Literal(name, form, [p.value for p in parts], ()))
        else:
            found.append(by_name.get(name))
    return found


def unshaped(forms: list[Any]) -> Any:
    """Return one type for all elements of a list: extents that differ become unknown.

    A None among them makes it optional.
    """
    none = ("scalar", "none")
    if none in forms:
        return ("optional", unshaped([form for form in forms if form != none]))
    first = forms[0]
    if first[0] != "tensor":
        return first
    shapes = [form[2] for form in forms]
    if None in shapes or len({len(shape) for shape in shapes}) > 1:
        return (first[0], first[1], None)
    extents = [extent[0] if len(set(extent)) == 1 else None for extent in zip(*shapes, strict=True)]
    return (first[0], first[1], tuple(extents))


KNOWN = {("scalar", "int"), ("list", ("scalar", "int"))}
"""Types whose values a checker can look at before the model runs."""


def model_of(
    op: dict[str, Any],
    given: list[Literal | None],
    attribute_values: dict[str, Any],
    results: list[Any],
    *,
    is_static: bool = False,
) -> bytes:
    """Write a file whose `forward` is one node of `op`.

    Where `is_static`, sizes are constants of the file, so that a fault shows before any call.
    """
    tables = Tables(op["name"])
    model = tables.model
    model.opsets.add(name="tracescript", major=1)
    model.ops.add(opset=1, name=op["name"])
    function = model.functions.add(name="Op.forward", origin=model_pb2.ORIGIN_AUTHORED)
    function.values.add()
    function.blocks.add()
    body = function.blocks.add()
    node = body.nodes.add(op=1)
    for item in given:
        if item is None:
            node.inputs.append(0)
            continue
        index = tables.type(item.form)
        node.inputs.append(len(function.values))
        if is_static and item.form in KNOWN:
            function.values.add(type=index, constant=tables.constant(item.form, item.value))
            continue
        name = item.name.replace("[", "_").replace("]", "")
        function.inputs.add(name=name, type=index, kind=model_pb2.INPUT_KIND_POSITIONAL)
        body.inputs.append(len(function.values))
        function.values.add(type=index)
    for form in results:
        function.outputs.add(type=tables.type(form))
        function.values.add(type=tables.type(form))
        node.outputs.append(len(function.values) - 1)
    body.results.extend(node.outputs)
    for name, (form, value) in attribute_values.items():
        if form[0] == "type":
            node.attributes.add(name=name, type=tables.type(form[1]))
        else:
            node.attributes.add(name=name, constant=tables.constant(form, value))
    module = model.modules.add(class_name="Op")
    module.methods.add(name="forward", function=1, exported=True)
    return model_file(model, [op["profile"]])


def is_short(name: str) -> bool:
    """Whether the suite carries tensors of this data type."""
    return LONG.get(name) in SHORT


__all__ = ["Literal", "Tensor", "attributes", "literal", "model_of", "ordered_inputs", "parse_type"]
