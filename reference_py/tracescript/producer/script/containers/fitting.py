"""Declared types where an entry has none of its own: `[]`, `{}`, `set()`, one of several values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.types import DictType, ListType, OptionalType, TupleType, is_set_type
from tracescript.ir.values import Value
from tracescript.producer.script.containers.unions import (
    are_told_apart,
    as_union,
    holds_values,
    is_union,
    put_together,
)
from tracescript.producer.script.emitter.entries import Empty, Items, OneOf, Struct
from tracescript.producer.script.emitter.own_containers import is_dict_of, is_set

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def fitted(e: Emitter, entry: Entry, kind: Type) -> Entry:
    """Return an entry with a declared type, its parts too; as it is where it has its own."""
    if is_union(kind):
        return _of_union(e, entry, kind) if are_told_apart(kind) else entry
    if isinstance(entry, Empty):
        inner = kind.element if isinstance(kind, OptionalType) else kind
        return e.empty(inner) if isinstance(inner, ListType | DictType) else entry
    if isinstance(entry, Struct):
        return _record(e, entry, kind)
    if isinstance(entry, Items) and entry.is_list and isinstance(kind, ListType):
        parts = tuple(fitted(e, p, kind.element) for p in entry.parts)
        return replace(entry, parts=parts)
    if not isinstance(entry, Items) or not isinstance(kind, TupleType):
        return entry
    if len(entry.parts) != len(kind.elements):
        return entry
    found = [fitted(e, p, k) for p, k in zip(entry.parts, kind.elements, strict=True)]
    is_same = all(a is b for a, b in zip(found, entry.parts, strict=True))
    return entry if is_same and not entry.is_list else Items(tuple(found))


def _of_union(e: Emitter, entry: Entry, kind: Type) -> Entry:
    if isinstance(entry, OneOf):
        return put_together(e, entry, kind) if holds_values(entry) else entry
    if not isinstance(entry, Value | Struct | Items) or not e.session.is_runtime(entry):
        return entry
    return as_union(e, e.value(entry), kind)


def _record(e: Emitter, entry: Struct, kind: Type) -> Entry:
    """A set, a dict with defaults or one of several types."""
    if entry.cls is dict and isinstance(kind, DictType):
        from tracescript.producer.script.containers.named_dicts import as_dict

        return as_dict(e, entry, kind)
    if not (is_dict_of(entry) or is_set(entry)) or not isinstance(entry.fields["kept"], Empty):
        return entry
    held = kind.fields[0][1] if is_set_type(kind) and is_set(entry) else kind
    if not isinstance(held, DictType):
        return entry
    return replace(entry, fields={**entry.fields, "kept": e.empty(held)})


__all__ = ["fitted"]
