"""Compiles spec/ops/*.toml into one OpsetDef, strictly: what is not understood is an error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tools import decompositions, expressions
from tracescript.v1 import opdef_pb2

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
    from google.protobuf.message import Message

MAJOR, MINOR = 1, 0
PROFILES = ("core", "control", "nn", "random", "linalg", "quant")


class SourceError(Exception):
    """A source file says something that is not understood; the text names file and key."""


def compile_opset(folder: Path) -> opdef_pb2.OpsetDef:
    """Read every op file of a folder and check them together.

    Raises SourceError for a key or value that opdef.proto does not know, and for an op that
    breaks a rule of the opset.
    """
    ops = [_read(path) for path in sorted(folder.glob("*.toml"))]
    opset = opdef_pb2.OpsetDef(name="tracescript", major=MAJOR, minor=MINOR)
    opset.ops.extend(sorted(ops, key=lambda op: op.name))
    for op in opset.ops:
        for fault in _faults(op):
            raise SourceError(f"{op.name}.toml: {fault}")
    fault = next(decompositions.close(opset.ops, folder / "helpers.code"), None)
    if fault:
        raise SourceError(fault)
    return opset


def _read(path: Path) -> opdef_pb2.OpDef:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path.name}: {error}") from error
    op = opdef_pb2.OpDef()
    _fill(op, data, path.name)
    if op.name != path.stem:
        raise SourceError(f"{path.name}: holds the op {op.name!r}")
    return op


def _fill(message: Message, data: dict[str, Any], where: str) -> None:
    fields = message.DESCRIPTOR.fields_by_name
    for key, value in data.items():
        place = f"{where}: {key}"
        if key not in fields:
            known = ", ".join(fields)
            raise SourceError(f"{place}: no such key; known are {known}")
        field = fields[key]
        if field.is_repeated:
            _fill_list(message, field, value, place)
        elif field.message_type:
            getattr(message, key).SetInParent()
            _fill(getattr(message, key), _expect(value, dict, place), place)
        else:
            setattr(message, key, _plain(field, value, place))


def _fill_list(message: Message, field: FieldDescriptor, value: Any, place: str) -> None:
    target = getattr(message, field.name)
    for i, item in enumerate(_expect(value, list, place)):
        if field.message_type:
            _fill(target.add(), _expect(item, dict, place), f"{place}[{i}]")
        else:
            target.append(_plain(field, item, f"{place}[{i}]"))


def _plain(field: FieldDescriptor, value: Any, place: str) -> Any:
    if field.enum_type:
        return _enum(field.enum_type, _expect(value, str, place), place)
    kinds = {
        field.CPPTYPE_STRING: str,
        field.CPPTYPE_BOOL: bool,
        field.CPPTYPE_DOUBLE: float,
        field.CPPTYPE_UINT64: int,
        field.CPPTYPE_UINT32: int,
    }
    if field.cpp_type == field.CPPTYPE_DOUBLE and type(value) is int:
        value = float(value)
    return _expect(value, kinds[field.cpp_type], place)


def _expect(value: Any, kind: type, place: str) -> Any:
    if type(value) is not kind:
        raise SourceError(f"{place}: expected {kind.__name__}, found {type(value).__name__}")
    return value


def _enum(enum: EnumDescriptor, text: str, place: str) -> int:
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    choices = {v.name.removeprefix(prefix).lower(): v.number for v in enum.values[1:]}
    if text not in choices:
        raise SourceError(f"{place}: {text!r} is none of {', '.join(choices)}")
    return choices[text]


def _faults(op: opdef_pb2.OpDef) -> Iterator[str]:
    """Yield what is wrong with one op by itself."""
    for field in ("since", "summary", "semantics", "tier", "effect", "numeric", "promotion"):
        if not getattr(op, field):
            yield f"{field} is missing"
    if op.profile not in PROFILES:
        yield f"profile: {op.profile!r} is none of {', '.join(PROFILES)}"
    if not op.shape.rule:
        yield "shape: a rule is missing"
    is_composite = op.tier == opdef_pb2.TIER_COMPOSITE
    if is_composite != bool(op.decomposition):
        yield "decomposition: a composite has one, a primitive none"
    if not (op.torch and op.numpy) and not op.absent_because:
        yield "absent_because: missing, though torch or numpy has no name for the op"
    yield from _repeats(op)
    yield from expressions.faults(op)
    yield from _example_faults(op)


def _repeats(op: opdef_pb2.OpDef) -> Iterator[str]:
    names = [i.name for i in op.inputs] + [a.name for a in op.attributes]
    ids = [c.id for c in op.constraints] + [e.id for e in op.errors]
    for group in (names, ids):
        for name in sorted({n for n in group if group.count(n) > 1}):
            yield f"{name} is declared twice"
    if any(i.variadic for i in op.inputs[:-1]):
        yield "inputs: only the last one is variadic"


def _example_faults(op: opdef_pb2.OpDef) -> Iterator[str]:
    names = {i.name for i in op.inputs}
    attributes = {a.name for a in op.attributes}
    ids = {c.id for c in op.constraints} | {e.id for e in op.errors}
    if not op.examples and not op.blocks and op.name != "call":
        yield "examples: there is none"
    for example in op.examples:
        place = f"example {example.title!r}"
        if not example.source:
            yield f"{place}: source is missing"
        if bool(example.outputs) == example.HasField("error") and op.outputs:
            yield f"{place}: either outputs or an error"
        if example.shows and example.shows not in ids:
            yield f"{place}: shows {example.shows}, which is not declared"
        for given in example.inputs:
            if given.name.split("[")[0] not in names:
                yield f"{place}: no input {given.name}"
        for attribute in example.attributes:
            if attribute.name not in attributes:
                yield f"{place}: no attribute {attribute.name}"
