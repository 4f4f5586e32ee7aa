"""Types of carried values that hold at the start and after every round."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.constants import NONE
from tracescript.ir.types import OptionalType
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    Known,
    OneOf,
    Partly,
    Struct,
)
from tracescript.producer.script.expressions.targets import is_read_outside
from tracescript.producer.script.flow.loop_choices import widened_choice

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.source.exits import Loop


class Widening:
    """Finds for each carried name a type that its value at the end has too."""

    e: Emitter
    node: Loop
    origin: dict[Value, Value]

    def typed(self, start: Value, kind: Type) -> Value:
        """Return a stand-in for a start value with the type of its parameter."""
        made = Value(kind)
        self.origin[made] = self.plain(start)
        return made

    def plain(self, value: Value) -> Value:
        """Return a start value as it is in the surrounding block, without the wider type."""
        return self.origin.get(value, value)

    def widened(self, start: Entry, before: Entry, after: Entry) -> Entry | None:
        """Return the start entry with types that hold the end's too; None if there are none."""
        if isinstance(start, Items) and isinstance(before, Items):
            if not isinstance(after, Items) or len(after.parts) != len(start.parts):
                return None
            found = [
                self.widened(*x) for x in zip(start.parts, before.parts, after.parts, strict=True)
            ]
            parts = [x for x in found if x is not None]
            if len(parts) != len(found):
                return None
            return (
                start
                if all(x is y for x, y in zip(parts, start.parts, strict=True))
                else replace(start, parts=tuple(parts))
            )
        if isinstance(start, Struct) and isinstance(before, Struct):
            return self.widened_struct(start, before, after)
        if isinstance(start, OneOf):
            return widened_choice(self, start, before, after)
        if isinstance(start, Partly) and isinstance(before, Partly):
            inner = after.value if isinstance(after, Partly) else after
            wider = self.widened(start.value, before.value, inner)
            is_wrapped = start.is_wrapped and not self.may_be_none(after)
            if wider is start.value and is_wrapped == start.is_wrapped:
                return start
            return Partly(wider, start.flags, is_wrapped) if isinstance(wider, Value) else None
        if isinstance(start, Empty):
            if isinstance(after, Value):
                return self.e.empty(after.type)
            return start if isinstance(after, Empty) else None
        if not isinstance(start, Value):
            return start if after is before else widened_choice(self, start, before, after)
        after_type = self.type_of(after, start.type)
        kind = join_types(start.type, after_type) if after_type is not None else None
        if kind is None:
            return widened_choice(self, start, before, after)
        return start if kind == start.type else self.typed(start, kind)

    def may_be_none(self, entry: Entry) -> bool:
        """Whether None is a value the program gives, no want of one."""
        if isinstance(entry, Partly):
            return not entry.is_wrapped and isinstance(entry.value.type, OptionalType)
        return isinstance(entry, Value) and (
            isinstance(entry.type, OptionalType) or entry.type == NONE
        )

    def widened_struct(self, start: Struct, before: Struct, after: Entry) -> Entry | None:
        """As `widened`, field by field."""
        if not isinstance(after, Struct) or after.cls is not start.cls:
            return widened_choice(self, start, before, after)
        if after.fields.keys() != start.fields.keys():
            return None
        fields = {
            n: self.widened(x, before.fields[n], after.fields[n]) for n, x in start.fields.items()
        }
        if any(x is None for x in fields.values()):
            return None
        sites = {t.site for t in start.tokens}
        tokens = start.tokens | {t for t in after.tokens if t.site not in sites}
        same = tokens == start.tokens and all(x is start.fields[n] for n, x in fields.items())
        return (
            start
            if same
            else replace(
                start, fields={n: x for n, x in fields.items() if x is not None}, tokens=tokens
            )
        )

    def type_of(self, entry: Entry, wanted: Type) -> Type | None:
        """Return the type an end value has or would be given."""
        if isinstance(entry, Value):
            return entry.type
        if isinstance(entry, Partly):
            return entry.value.type
        if isinstance(entry, Empty):
            return wanted
        if isinstance(entry, Items | Struct):
            return self.e.type_of_items(entry)
        if isinstance(entry, Known) and self.e.session.is_data(entry):
            return self.e.value(entry).type
        return None

    def breaks(self) -> frozenset[str]:
        """Return the flag of `break` as one that must be set."""
        names = [f for f in self.node.stop if f.startswith("break ")]
        return frozenset(f"!{self.e.frame.key(f)}" for f in names)

    def is_given_by_break(self, key: str) -> bool:
        """Whether a name that only the body assigns is read after the loop, which has a `break`."""
        number, _, name = key.partition(":")
        return (
            bool(self.breaks())
            and number == str(self.e.frame.number)
            and is_read_outside(self.e.frame.definition, self.node.header, name)
        )
