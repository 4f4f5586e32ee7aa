"""Compares the messages with the last release: what breaks readers, what they must be told of.

    python -m tools.proto_baseline

`buf breaking` covers files and packages; this covers what it does not see, and needs no network:
fields, their numbers and types, enum values and the arms of oneofs. New arms and new enum values
are reported, because an old reader does not understand them: each comes with a feature or an opset
minor. The baseline is `proto/baseline/v1.binpb`, made by `python -m tools.generate --baseline`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from google.protobuf import descriptor_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
BASELINE = ROOT / "proto" / "baseline" / "v1.binpb"
OURS = "tracescript."


@dataclass(frozen=True, slots=True)
class Change:
    """A difference: `breaking` ones must not be released, the others must be announced."""

    name: str
    what: str
    breaking: bool

    def __str__(self) -> str:
        return f"{'breaking' if self.breaking else 'announce'}: {self.name}: {self.what}"


@dataclass(frozen=True, slots=True)
class Schema:
    """All messages and enums of ours by full name."""

    messages: dict[str, descriptor_pb2.DescriptorProto]
    enums: dict[str, descriptor_pb2.EnumDescriptorProto]


def schema_of(files: descriptor_pb2.FileDescriptorSet) -> Schema:
    """Collect messages and enums, nested ones included."""
    schema = Schema({}, {})
    for file in files.file:
        if file.package.startswith(OURS):
            schema.enums.update({f"{file.package}.{enum.name}": enum for enum in file.enum_type})
            for message in file.message_type:
                _collect(schema, file.package, message)
    return schema


def _collect(schema: Schema, scope: str, message: descriptor_pb2.DescriptorProto) -> None:
    name = f"{scope}.{message.name}"
    schema.messages[name] = message
    schema.enums.update({f"{name}.{enum.name}": enum for enum in message.enum_type})
    for nested in message.nested_type:
        _collect(schema, name, nested)


def current() -> descriptor_pb2.FileDescriptorSet:
    """Return the descriptors of the generated modules."""
    from tracescript.conformance.v1 import case_pb2, manifest_pb2, report_pb2, testee_pb2
    from tracescript.executor.v1 import call_pb2, executor_pb2, introspect_pb2, model_admin_pb2
    from tracescript.v1 import (
        code_pb2,
        data_pb2,
        debug_pb2,
        error_pb2,
        example_pb2,
        file_pb2,
        model_pb2,
        module_pb2,
        opdef_pb2,
        tensor_pb2,
        type_pb2,
    )

    files = descriptor_pb2.FileDescriptorSet()
    for module in (
        *(case_pb2, manifest_pb2, report_pb2, testee_pb2),
        *(call_pb2, executor_pb2, introspect_pb2, model_admin_pb2),
        *(code_pb2, data_pb2, debug_pb2, error_pb2, example_pb2, file_pb2, opdef_pb2),
        *(model_pb2, module_pb2, tensor_pb2, type_pb2),
    ):
        module.DESCRIPTOR.CopyToProto(files.file.add())
    return files


def compare(old: Schema, new: Schema) -> Iterator[Change]:
    """Yield every change that breaks a reader or that a reader must be told of."""
    for name, message in old.messages.items():
        if name in new.messages:
            yield from _compare_fields(name, message, new.messages[name])
        else:
            yield Change(name, "the message is gone", breaking=True)
    for name, enum in old.enums.items():
        if name in new.enums:
            yield from _compare_values(name, enum, new.enums[name])
        else:
            yield Change(name, "the enum is gone", breaking=True)


def _arm(
    message: descriptor_pb2.DescriptorProto, field: descriptor_pb2.FieldDescriptorProto
) -> str:
    """Name the oneof a field is an arm of; `optional` makes none that counts."""
    real = field.HasField("oneof_index") and not field.proto3_optional
    return message.oneof_decl[field.oneof_index].name if real else ""


def _compare_fields(
    name: str, old: descriptor_pb2.DescriptorProto, new: descriptor_pb2.DescriptorProto
) -> Iterator[Change]:
    fields = {field.number: field for field in new.field}
    for field in old.field:
        place = f"{name}.{field.name}"
        now = fields.pop(field.number, None)
        if now is None:
            yield Change(place, f"number {field.number} is gone", breaking=True)
        elif now.name != field.name:
            yield Change(place, f"number {field.number} is {now.name} now", breaking=True)
        elif (now.type, now.type_name, now.label, now.proto3_optional) != (
            field.type,
            field.type_name,
            field.label,
            field.proto3_optional,
        ):
            yield Change(place, "the type changed", breaking=True)
        elif _arm(old, field) != _arm(new, now):
            yield Change(place, "moved into or out of a oneof", breaking=True)
    highest = max((field.number for field in old.field), default=0)
    for field in fields.values():
        place = f"{name}.{field.name}"
        if field.number < highest:
            what = f"number {field.number} is new and below {highest}, the highest before"
            yield Change(place, what, breaking=True)
        elif _arm(new, field):
            yield Change(place, f"a new arm of {_arm(new, field)}", breaking=False)


def _compare_values(
    name: str, old: descriptor_pb2.EnumDescriptorProto, new: descriptor_pb2.EnumDescriptorProto
) -> Iterator[Change]:
    values = {value.number: value.name for value in new.value}
    for value in old.value:
        now = values.pop(value.number, None)
        if now != value.name:
            what = f"number {value.number} is {now or 'gone'} now"
            yield Change(f"{name}.{value.name}", what, breaking=True)
    for number, value_name in values.items():
        yield Change(f"{name}.{value_name}", f"a new value, {number}", breaking=False)


def main() -> int:
    """Print the changes; 1 if one of them breaks readers."""
    baseline = descriptor_pb2.FileDescriptorSet.FromString(BASELINE.read_bytes())
    changes = list(compare(schema_of(baseline), schema_of(current())))
    for change in changes:
        print(change)
    return int(any(change.breaking for change in changes))


if __name__ == "__main__":
    sys.exit(main())
