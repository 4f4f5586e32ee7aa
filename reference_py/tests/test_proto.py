"""The schema: flat messages, and no change that an old reader would stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.protobuf import descriptor_pb2

from tools import proto_baseline
from tracescript.v1 import file_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from google.protobuf.descriptor import Descriptor

    Edit = Callable[[descriptor_pb2.FileDescriptorSet], object]


def paths(message: Descriptor, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    assert message.full_name not in above, "a message contains itself"
    path = (*above, message.full_name)
    yield path
    for field in message.fields:
        if field.message_type is not None:
            yield from paths(field.message_type, path)


def test_messages_of_a_file_nest_at_most_eight_levels_and_none_is_recursive() -> None:
    assert max(len(path) for path in paths(file_pb2.File.DESCRIPTOR)) <= 8


def test_no_message_of_a_file_has_a_map_a_group_or_any() -> None:
    names = {name for path in paths(file_pb2.File.DESCRIPTOR) for name in path}
    assert {name.rpartition(".")[0] for name in names} == {"tracescript.v1"}


def test_generated_modules_do_not_differ_from_the_released_schema() -> None:
    released = descriptor_pb2.FileDescriptorSet.FromString(proto_baseline.BASELINE.read_bytes())
    old, new = (proto_baseline.schema_of(f) for f in (released, proto_baseline.current()))
    assert [str(c) for c in proto_baseline.compare(old, new) if c.breaking] == []


def example() -> descriptor_pb2.FileDescriptorSet:
    files = descriptor_pb2.FileDescriptorSet()
    file = files.file.add(name="a.proto", package="tracescript.v1")
    message = file.message_type.add(name="M")
    message.oneof_decl.add(name="kind")
    message.field.add(name="a", number=1, type=13, label=1)
    message.field.add(name="b", number=3, type=13, label=1, oneof_index=0)
    enum = file.enum_type.add(name="E")
    enum.value.add(name="ZERO", number=0)
    enum.value.add(name="ONE", number=1)
    message.nested_type.add(name="Inner").enum_type.add(name="F")
    files.file.add(name="other.proto", package="somebody.else").message_type.add(name="N")
    return files


def edit_message(edit: Callable[[descriptor_pb2.DescriptorProto], object]) -> Edit:
    return lambda files: edit(files.file[0].message_type[0])


def edit_enum(edit: Callable[[descriptor_pb2.EnumDescriptorProto], object]) -> Edit:
    return lambda files: edit(files.file[0].enum_type[0])


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda files: files.file.pop(), []),
        (edit_message(lambda m: m.field.add(name="c", number=4, type=13, label=1)), []),
        (
            edit_message(
                lambda m: m.field.add(name="c", number=4, type=13, label=1, oneof_index=0)
            ),
            ["announce: tracescript.v1.M.c: a new arm of kind"],
        ),
        (
            edit_message(lambda m: m.field.add(name="c", number=2, type=13, label=1)),
            ["breaking: tracescript.v1.M.c: number 2 is new and below 3, the highest before"],
        ),
        (
            edit_message(lambda m: m.field.pop(0)),
            ["breaking: tracescript.v1.M.a: number 1 is gone"],
        ),
        (
            edit_message(lambda m: setattr(m.field[0], "name", "z")),
            ["breaking: tracescript.v1.M.a: number 1 is z now"],
        ),
        (
            edit_message(lambda m: setattr(m.field[0], "type", 4)),
            ["breaking: tracescript.v1.M.a: the type changed"],
        ),
        (
            edit_message(lambda m: setattr(m.field[0], "label", 3)),
            ["breaking: tracescript.v1.M.a: the type changed"],
        ),
        (
            edit_message(lambda m: m.field[1].ClearField("oneof_index")),
            ["breaking: tracescript.v1.M.b: moved into or out of a oneof"],
        ),
        (
            edit_message(lambda m: m.nested_type.pop()),
            [
                "breaking: tracescript.v1.M.Inner: the message is gone",
                "breaking: tracescript.v1.M.Inner.F: the enum is gone",
            ],
        ),
        (
            edit_enum(lambda e: e.value.add(name="TWO", number=2)),
            ["announce: tracescript.v1.E.TWO: a new value, 2"],
        ),
        (
            edit_enum(lambda e: e.value.pop()),
            ["breaking: tracescript.v1.E.ONE: number 1 is gone now"],
        ),
        (
            edit_enum(lambda e: setattr(e.value[1], "name", "UNO")),
            ["breaking: tracescript.v1.E.ONE: number 1 is UNO now"],
        ),
    ],
)
def test_a_change_of_the_schema_is_named(edit: Edit, expected: list[str]) -> None:
    changed = example()
    edit(changed)
    old, new = proto_baseline.schema_of(example()), proto_baseline.schema_of(changed)
    assert [str(change) for change in proto_baseline.compare(old, new)] == expected
