"""Fields of data classes and named tuples by the arguments of the call that makes one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from tracescript.producer.script.emitter.entries import Empty, Items
from tracescript.producer.script.source.annotations import field_type
from tracescript.producer.script.source.records import field_names, init_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def given_fields(
    e: Emitter, cls: type, args: list[Entry], kwargs: dict[str, Entry]
) -> tuple[dict[str, Entry], list[Entry]]:
    """Return the fields of a new record, and what `__post_init__` gets.

    Fields with `init=False` and no default are left out.
    """
    takes, in_place = init_names(cls)
    fields = dict(zip(in_place, args, strict=False)) | kwargs
    twice = [n for n in in_place[: len(args)] if n in kwargs]
    unknown = [n for n in fields if n not in takes] + twice
    for name, value in _defaults(e, cls, fields).items():
        fields.setdefault(name, value)
    missing = [n for n in takes if n not in fields]
    if unknown or missing or len(args) > len(in_place):
        what = (
            f"{unknown[0]!r} is no parameter, or is given twice"
            if unknown
            else f"field {missing[0]!r} is missing"
            if missing
            else "too many arguments"
        )
        raise e.error(
            None,
            f"{cls.__qualname__}: {what}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint=f"fields: {', '.join(takes)}{_named_only(takes, in_place)}",
        )
    kept = field_names(cls) or ()
    typed = {n: _fitted(e, cls, n, fields[n]) for n in kept if n in fields}
    return typed, [fields[n] for n in takes if n not in kept]


def _named_only(takes: Sequence[str], in_place: Sequence[str]) -> str:
    """Say which fields cannot be given by place."""
    named = [n for n in takes if n not in in_place]
    return f"; by name alone: {', '.join(named)}" if named else ""


def _defaults(e: Emitter, cls: type, given: dict[str, Entry]) -> dict[str, Entry]:
    entry_of = e.session.entry_of
    if not dataclasses.is_dataclass(cls):
        return {n: entry_of(v) for n, v in getattr(cls, "_field_defaults", {}).items()}
    found: dict[str, Entry] = {}
    for f in cls.__dataclass_fields__.values():
        if f.default is not dataclasses.MISSING:
            found[f.name] = entry_of(f.default)
        elif f.default_factory is not dataclasses.MISSING and f.name not in given:
            found[f.name] = _factory(e, f.default_factory)
    return found


def _fitted(e: Emitter, cls: type, name: str, entry: Entry) -> Entry:
    """Give `[]` and `{}` the type that the annotation of a field says."""
    if not isinstance(entry, Empty):
        return entry
    kind = field_type(cls, name)
    return entry if kind is None else e.fit(entry, kind)


def _factory(e: Emitter, factory: Any) -> Entry:
    """The default of a field that a function makes."""
    if factory in {list, dict}:
        return Empty(is_dict=factory is dict, at=e.at)
    if factory is set:
        from tracescript.producer.script.containers.sets import set_of

        return set_of(e, Items(()))
    return e.session.call_python(e, factory, [], {})
