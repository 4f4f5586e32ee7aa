"""Records: named tuples and data classes, taken apart while compiling, whole at the edges."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import StructType
from tracescript.producer.script.entries import Known, MethodOf, Struct
from tracescript.producer.script.records import field_names

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.ir.values import Value
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


class Structs:
    """How records are made, read and turned into values."""

    def make(self, e: Emitter, cls: type, args: list[Entry], kwargs: dict[str, Entry]) -> Entry:
        """Call a class: a record of its fields; a data class as if by its generated `__init__`."""
        names = field_names(cls)
        if issubclass(cls, enum.Enum) or names is None or "__post_init__" in vars(cls):
            raise e.error(
                None,
                f"scripts cannot make a {cls.__qualname__}",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint="named tuples and data classes can be made",
            )
        fields = dict(zip(names, args, strict=False)) | kwargs
        unknown = [n for n in fields if n not in names]
        for name, value in self._defaults(cls).items():
            fields.setdefault(name, e.session.entry_of(value))
        missing = [n for n in names if n not in fields]
        if unknown or missing or len(args) > len(names):
            what = (
                f"no field {unknown[0]!r}"
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
                hint=f"fields: {', '.join(names)}",
            )
        return Struct(cls, {n: fields[n] for n in names})

    def _defaults(self, cls: type) -> dict[str, Any]:
        if hasattr(cls, "_field_defaults"):
            return dict(cls._field_defaults)
        return {
            f.name: f.default
            for f in dataclasses.fields(cls)
            if f.default is not dataclasses.MISSING
        }

    def member(self, e: Emitter, owner: Struct, name: str) -> Entry:
        """A method or property of a record's class."""
        found = getattr(owner.cls, name, None)
        if isinstance(found, property):
            return e.session.call_python(e, found.fget, [owner], {})
        if callable(found):
            return MethodOf(Known(owner), found)
        raise e.error(
            None,
            f"{owner.cls.__qualname__} has no field {name!r}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )

    def type_of(self, e: Emitter, entry: Struct) -> Type | None:
        """Return the type of the record as a value."""
        if entry.cls is dict:
            return None
        fields = {n: e.type_of_items(x) for n, x in entry.fields.items()}
        known = tuple((n, t) for n, t in fields.items() if t is not None)
        if len(known) != len(fields):
            return None
        return StructType(entry.cls.__name__, known, is_tuple=issubclass(entry.cls, tuple))

    def value(self, e: Emitter, entry: Struct) -> Value:
        """Make the record a run-time value."""
        values = [e.value(x) for x in entry.fields.values()]
        fields = tuple((n, v.type) for n, v in zip(entry.fields, values, strict=True))
        kind = StructType(entry.cls.__name__, fields, is_tuple=issubclass(entry.cls, tuple))
        return e.op("struct.make", values, {"type": kind})
