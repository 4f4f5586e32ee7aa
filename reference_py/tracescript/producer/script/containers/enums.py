"""Members of enums as values of the graph: structs of a name and a value."""

from __future__ import annotations

import enum
import typing
from typing import TYPE_CHECKING, Any, TypeGuard

from tracescript.errors import ProducerError
from tracescript.ir import constants
from tracescript.ir.types import StructType
from tracescript.producer.script.emitter.entries import Known, OneOf
from tracescript.producer.script.source.records import field_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.ir.types import Type
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.session import Session

_PLAIN = (bool, int, float, str)


def is_enum(value: Any) -> TypeGuard[type[enum.Enum]]:
    """Whether an object is an enum class."""
    return isinstance(value, type) and issubclass(value, enum.Enum)


def enum_type(cls: type[enum.Enum]) -> Type:
    """Return the type of an enum's members as values.

    A number or text where the class is one too (IntEnum, StrEnum), else a struct of its name with
    the field `name`, and `value` where all values are plain and of one type.
    """
    for plain in _PLAIN:
        if issubclass(cls, plain):
            return constants.scalar(plain()).type
    kinds = {type(m.value) for m in cls}
    fields: tuple[tuple[str, Type], ...] = (("name", constants.STR),)
    if len(kinds) == 1 and kinds <= set(_PLAIN):
        fields += (("value", constants.scalar(next(iter(cls)).value).type),)
    return StructType(cls.__name__, fields)


def classes_in(given: Any) -> Iterator[type]:
    """Yield the enums and records that a type names, those in fields of records too."""
    if is_enum(given):
        yield given
    elif isinstance(given, type) and field_names(given) is not None:
        yield given
        for part in typing.get_type_hints(given).values():
            yield from classes_in(part)
    for part in typing.get_args(given):
        yield from classes_in(part)


def learn_classes(session: Session, given: Any) -> None:
    """Note the enums and records that a type names, so that what they are is known again.

    Raises ProducerError where two of them look alike in a file.
    """
    from tracescript.producer.script.source.annotations import type_of_object

    for cls in classes_in(given):
        kind = enum_type(cls) if is_enum(cls) else type_of_object(cls)
        if isinstance(kind, StructType) and session.classes.setdefault(kind, cls) is not cls:
            what = "enums" if is_enum(cls) else "classes"
            raise ProducerError(
                f"two {what} are called {cls.__name__}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="give one of them another name: a file tells them by their names",
            )


def _value(e: Emitter, cls: type[enum.Enum], parts: dict[int, Any], index: Value) -> Value:
    """Return a member of an enum as a value, by the number under which it stands in `parts`."""
    from tracescript.producer.script.containers.choices import from_table

    kind = enum_type(cls)
    if not isinstance(kind, StructType):
        plain = {k: e.constant(m.value) for k, m in parts.items()}
        return from_table(e, plain, index)
    try:
        learn_classes(e.session, cls)
    except ProducerError as error:
        raise e.passed_on(error) from None
    fields = [
        from_table(e, {k: e.constant(getattr(m, name)) for k, m in parts.items()}, index)
        for name, _ in kind.fields
    ]
    return e.op("struct.make", fields, {"type": kind})


def member_at(e: Emitter, cls: type[enum.Enum], value: Value) -> OneOf:
    """Return the member of an enum that a value names; what names none ends the call."""
    members = list(cls)
    table = [e.constant(x) for k, m in enumerate(members) for x in (m.name, k)]
    name = e.op("struct.get", [value], {"field": "name"})
    at = e.op("dict.get", [e.op("dict.make", table), name, e.constant(-1)])
    found = e.op("int.cmp", [at, e.constant(0)], {"relation": "ge"})
    text = e.constant(f"not a valid {cls.__qualname__}")
    e.ops("assert", [found, text], {"code": "VALUE_ERROR"})
    return OneOf(at, {k: Known(m) for k, m in enumerate(members)})


def is_member(entry: Any) -> bool:
    """Whether an entry is a member of an enum, known or one of several."""
    if isinstance(entry, OneOf):
        return all(map(is_member, entry.parts.values()))
    return isinstance(entry, Known) and isinstance(entry.value, enum.Enum)


def member_of_enum(e: Emitter, entry: Any) -> Value | None:
    """Return a member, known or one of several, as a value; None for anything else."""
    if not is_member(entry):
        return None
    parts = entry.parts if isinstance(entry, OneOf) else {0: entry}
    members = {k: x.value for k, x in parts.items() if isinstance(x, Known)}
    index = entry.index if isinstance(entry, OneOf) else e.constant(0)
    return _value(e, type(next(iter(members.values()))), members, index)


__all__ = ["enum_type", "is_enum", "is_member", "learn_classes", "member_at", "member_of_enum"]
