"""Places of the user's source, and errors that show them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.ir.constants import INT
from tracescript.ir.text import place_text
from tracescript.ir.types import ListType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.diagnostics import describe_type, describe_types
from tracescript.producer.script.emitter.entries import (
    Bound,
    Closure,
    Conflict,
    Empty,
    Items,
    Known,
    MethodOf,
    OneOf,
    Partial,
    Partly,
    Series,
    Struct,
    Unset,
)
from tracescript.producer.script.emitter.own_containers import python_class
from tracescript.producer.script.emitter.size_marks import PLAIN
from tracescript.producer.source import caret

if TYPE_CHECKING:
    import ast

    from tracescript.ir.graph import Place
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame
    from tracescript.producer.script.session import Session


class Reports:
    """Says where the program is being compiled. The attributes are the emitter's."""

    session: Session
    frame: Frame
    at: ast.AST | None

    def place(self) -> Place | None:
        """Return the place of the user's syntax that is being compiled."""
        frame, place = self._shown()
        if place is not None or self.at is None:
            return place
        return frame.source.place(self.at, frame.scope_name)

    def _shown(self) -> tuple[Frame, Place | None]:
        """Return the innermost function of the user's, and its place if it called one of ours."""
        frame, place = self.frame, None
        while frame.is_ours and frame.enclosing is not None:
            frame, place = frame.enclosing, frame.inlined_at
        return frame, place

    def _users(self) -> tuple[Frame, Place | None]:
        """Return the innermost function that is not of this package, and where it called one."""
        frame, place = self._shown()
        while frame.source.is_ours and (called := frame.called_by()):
            frame, place = called
        return frame, place

    def site(self) -> tuple[Any, ...]:
        """Return what tells this place of the program from others, the calls to it included."""
        found: list[Any] = [getattr(self.at, "lineno", 0), getattr(self.at, "col_offset", 0)]
        frame = self.frame
        while frame.enclosing is not None:
            found.append(frame.inlined_at)
            frame = frame.enclosing
        return tuple(found)

    def where(self) -> str:
        """Return the place as `file:line`, for the second place of a message."""
        place = self.place()
        return f"{place.file}:{place.line}" if place else ""

    def error(
        self,
        node: ast.AST | None,
        what: str,
        *,
        code: str = "UNSUPPORTED_PYTHON",
        rule: str = "SCRIPT-1",
        hint: str = "",
        second: str = "",
    ) -> ProducerError:
        """Return a ProducerError that shows the user's line with a caret."""
        shown, place = self._users()
        if place is None and node is not None:
            place = shown.source.place(node, shown.scope_name)
        place = place or self.place()
        excerpt = caret(shown.source.lines, place) if place else ""
        notes = [second] if second else []
        frame: Frame | None = shown
        while frame is not None and frame.inlined_at is not None:
            notes.append(f"called from {place_text(frame.inlined_at)}")
            frame = frame.enclosing
        text = "\n".join([excerpt, *(f"  {note}" for note in notes)]) if notes else excerpt
        return ProducerError(
            what,
            code=code,
            where=place_text(place) if place else "",
            rule=rule,
            hint=hint,
            excerpt=text,
        )

    def _describe_part(self, entry: Entry) -> str:
        if isinstance(entry, Value) and entry in self.session.wrapped:
            return self.describe(entry).removeprefix("Optional[").removesuffix("]")
        return self.describe(entry)

    def describe_both(self, one: Entry, other: Entry) -> tuple[str, str]:
        """Name the types of two entries, in full where their short names are the same."""
        names = self.describe(one), self.describe(other)
        if names[0] == names[1] and isinstance(one, Value) and isinstance(other, Value):
            return describe_types(one.type, other.type)
        return names

    def describe(self, entry: Entry) -> str:
        """Name an entry's type as an error message does."""
        if isinstance(entry, Value):
            is_plain = self.session.list_kinds.of(entry) <= PLAIN
            is_list = entry.type != ListType(INT) or is_plain
            return describe_type(entry.type) if is_list else "tuple of ints"
        if isinstance(entry, Items):
            return "list" if entry.is_list else f"tuple of {len(entry.parts)}"
        if isinstance(entry, Known):
            if isinstance(entry.value, enum.Enum):
                return f"{type(entry.value).__qualname__}.{entry.value.name}"
            name = getattr(entry.value, "__qualname__", None) or type(entry.value).__name__
            return f"the Python object {name}"
        if isinstance(entry, Empty):
            return "an empty dict" if entry.is_dict else "an empty list"
        if isinstance(entry, Struct) and python_class(entry.cls) is not entry.cls:
            return f"a {python_class(entry.cls).__name__}"
        if isinstance(entry, Series) and entry.is_view:
            return f"{entry.what}() of a dict"
        names: dict[type, str] = {
            Struct: "a record",
            Bound: "a method",
            MethodOf: "a method",
            Closure: "a function",
            Partly: "undefined on some path",
            Unset: "undefined",
            Series: "something to run over",
            Partial: "a function",
            Conflict: "of a type that depends on the path",
        }
        if isinstance(entry, OneOf):
            return " or ".join(dict.fromkeys(self._describe_part(x) for x in entry.parts.values()))
        return names[type(entry)]
