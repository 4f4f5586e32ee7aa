"""Values of the graph that stand for more while compiling: sets, members of enums, unions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import (
    DICT,
    FROZEN_SET,
    ITEMS,
    SET,
    DictType,
    StructType,
    is_set_type,
    set_type,
)
from tracescript.ir.values import Value
from tracescript.producer.script.containers.enums import is_enum, member_at
from tracescript.producer.script.containers.unions import is_union, taken_apart
from tracescript.producer.script.emitter.entries import Struct
from tracescript.producer.script.prelude.containers import FrozenSetOf, SetOf
from tracescript.producer.script.source.records import is_changed

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.heap import Token


def opened(e: Emitter, entry: Entry) -> Entry:
    """Return what a value stands for; a plain value, and any other entry, as it is."""
    if not isinstance(entry, Value):
        return entry
    if is_union(entry.type):
        return taken_apart(e, entry)
    if not isinstance(entry.type, StructType):
        return entry
    if is_set_type(entry.type):
        cls = SetOf if entry.type.name == SET else FrozenSetOf
        kept = e.op("struct.get", [entry], {"field": ITEMS})
        return Struct(cls, {"kept": kept}, _tokens(e, entry))
    if entry.type.name == DICT:
        fields = {n: e.op("struct.get", [entry], {"field": n}) for n, _ in entry.type.fields}
        return Struct(dict, {n: opened(e, x) for n, x in fields.items()}, _tokens(e, entry))
    found = e.session.classes.get(entry.type)
    return member_at(e, found, entry) if is_enum(found) else entry


def as_record(e: Emitter, entry: Entry) -> Struct | None:
    """Return a value as the record of the user's class that it is; None where it is none."""
    if not isinstance(entry, Value) or not isinstance(entry.type, StructType):
        return None
    found = e.session.classes.get(entry.type)
    if found is None or is_enum(found):
        return None
    fields = {n: e.op("struct.get", [entry], {"field": n}) for n, _ in entry.type.fields}
    tokens = _tokens(e, entry) if is_changed(found) else frozenset()
    return Struct(found, {n: opened(e, x) for n, x in fields.items()}, tokens)


def _tokens(e: Emitter, value: Value) -> frozenset[Token]:
    """Return what stands for the objects that a value may be."""
    return frozenset(e.session.aliases.of(value))


def set_value(e: Emitter, entry: Struct) -> Value:
    """Return a set as a value, which is the same object."""
    kind = type_of_set(entry)
    if kind is None:
        raise e.error(
            None,
            "cannot tell what this empty set holds",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="annotate: s: set[int] = set()",
        )
    made = e.op("struct.make", [e.value(entry.fields["kept"])], {"type": kind})
    e.session.aliases.stands_for(made, entry.tokens)
    return made


def type_of_set(entry: Struct) -> StructType | None:
    """Return the type of a set as a value, None where nothing says what it holds."""
    kept = entry.fields["kept"]
    if not isinstance(kept, Value) or not isinstance(kept.type, DictType):
        return None
    return set_type(kept.type.key, SET if issubclass(entry.cls, SetOf) else FROZEN_SET)
