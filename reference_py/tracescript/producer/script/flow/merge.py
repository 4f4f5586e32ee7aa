"""Joins what names stand for after two arms of an `if`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.types import DictType, ListType, OptionalType
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.producer.script.containers.enums import is_member
from tracescript.producer.script.emitter.alike import alike, is_list, same_constant, same_object
from tracescript.producer.script.emitter.entries import (
    Closure,
    Conflict,
    Empty,
    Items,
    Known,
    OneOf,
    Partly,
    Struct,
    Unset,
)
from tracescript.producer.script.emitter.size_marks import join_marks
from tracescript.producer.script.flow.arms import REACHED, Arm, placeholder
from tracescript.producer.script.source.exits import RETURNED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Scope

    Template = Callable[[Sequence[Value]], Entry]


class Merge:
    """The join of two arms: pairs of values that become results of the `if`."""

    def __init__(self, e: Emitter, arms: tuple[Arm, Arm]) -> None:
        self.e = e
        self.arms = arms
        self.slots: list[tuple[Value, Value]] = []
        self.types: list[Type] = []

    def names(self, base: Scope) -> dict[str, Template]:
        """Plan every name that either arm has."""
        a, b = (arm.scope for arm in self.arms)
        keys = dict.fromkeys([*base, *a, *b])
        return {k: self.join(k, a.get(k, Unset()), b.get(k, Unset())) for k in keys}

    def join(self, key: str, a: Entry, b: Entry) -> Template:
        """Plan one name; the template gives its entry once the results exist."""
        if a is b:
            return lambda _: a
        for k, (one, other) in enumerate(((a, b), (b, a))):
            if self.arms[k].is_dead:
                return self._only(1 - k, other)
            if isinstance(one, Conflict):
                return lambda _, one=one: one  # type: ignore[misc]  # binds the loop's value
        a, b = self._alike(a, b)
        if isinstance(a, Value) and isinstance(b, Value):
            return self._values(a, b)
        if isinstance(a, Items) and isinstance(b, Items) and len(a.parts) == len(b.parts):
            return self._items(key, a, b)
        if isinstance(a, Struct) and isinstance(b, Struct) and alike(a, b):
            fields = {n: self.join(key, a.fields[n], b.fields[n]) for n in a.fields}
            tokens = a.tokens | b.tokens
            return lambda r: Struct(a.cls, {n: t(r) for n, t in fields.items()}, tokens)
        if isinstance(a, Unset | Partly) or isinstance(b, Unset | Partly):
            return self._partly(key, a, b)
        if isinstance(a, Empty) and isinstance(b, Empty) and a.is_dict == b.is_dict:
            both = replace(a, tokens=a.tokens | b.tokens, outside=a.outside or b.outside)
            return lambda _: both
        if same_object(a, b):
            return lambda _: a
        return self._conflict(a, b)

    # ------------------------------------------------------------------ kinds of entries
    def _values(self, a: Value, b: Value) -> Template:
        if same_constant(a, b):
            return lambda _: a
        kind = join_types(a.type, b.type)
        if kind is None:
            return self._conflict(a, b)
        k = self.slot(a, b, kind)
        return lambda r: r[k]

    def _items(self, key: str, a: Items, b: Items) -> Template:
        parts = [self.join(key, x, y) for x, y in zip(a.parts, b.parts, strict=True)]

        def joined(results: Sequence[Value]) -> Items:
            made = Items(tuple(t(results) for t in parts), a.is_list, a.outside or b.outside)
            join_marks(self.e, a, b, made)
            return made

        return joined

    def _only(self, alive: int, entry: Entry) -> Template:
        """The other arm always raises: the entry of this one, brought out of it."""
        if isinstance(entry, Items):
            parts = [self._only(alive, p) for p in entry.parts]
            return lambda r: replace(entry, parts=tuple(t(r) for t in parts))
        if isinstance(entry, Struct):
            fields = {n: self._only(alive, x) for n, x in entry.fields.items()}
            return lambda r: replace(entry, fields={n: t(r) for n, t in fields.items()})
        if isinstance(entry, Closure):
            return self._only_closure(alive, entry)
        if isinstance(entry, OneOf):
            return self._only_choice(alive, entry)
        if isinstance(entry, Partly):
            inner = self._only(alive, entry.value)
            return lambda r: Partly(self.e.value(inner(r)), entry.flags, entry.is_wrapped)
        if not isinstance(entry, Value) or not self.is_made(alive, entry):
            return lambda _: entry
        nobody, kind = placeholder(self.e, entry.type)
        k = self.slot(entry, nobody, kind) if alive == 0 else self.slot(nobody, entry, kind)
        if kind == entry.type:
            return lambda r: r[k]
        return lambda r: self.e.unwrap(r[k], is_proved=True)

    def _only_choice(self, alive: int, entry: OneOf) -> Template:
        index = self._only(alive, entry.index)
        found = {k: self._only(alive, x) for k, x in entry.parts.items()}

        def made(r: Sequence[Value]) -> Entry:
            parts = {k: t(r) for k, t in found.items()}
            wrapped = self.e.session.wrapped
            wrapped.update(x for k, x in parts.items() if entry.parts[k] in wrapped)
            return replace(entry, index=self.e.value(index(r)), parts=parts)

        return made

    def _only_closure(self, alive: int, entry: Closure) -> Template:
        defaults = [self._only(alive, x) for x in entry.defaults]
        keyword = [x and self._only(alive, x) for x in entry.keyword_defaults]
        return lambda r: replace(
            entry,
            defaults=tuple(t(r) for t in defaults),
            keyword_defaults=tuple(t and t(r) for t in keyword),
        )

    def _flags(self, k: int, other: Entry) -> frozenset[str]:
        """Return flags of which one surely holds in an arm that gives a name no value."""
        own = self.arms[k].some or frozenset(f for f in self.arms[k].flags() if REACHED not in f)
        if own:
            return own
        clear = self.arms[k].clear()
        if isinstance(other, Partly):
            return frozenset(f for f in other.flags if f.startswith("!") and f[1:] in clear)
        return frozenset(f"!{f}" for f in self.arms[1 - k].flags() if f in clear)

    def _partly(self, key: str, a: Entry, b: Entry) -> Template:
        """A value in one arm only."""
        others = (b, a)
        sides = [self._side(k, x, others[k]) for k, x in enumerate((a, b))]
        flags = frozenset().union(*(f for _, f, _ in sides))
        unset = [x for x in (a, b) if isinstance(x, Unset)]
        no_flags = any(
            isinstance(x, Unset) and not self._flags(k, others[k]) for k, x in enumerate((a, b))
        )
        if (
            (no_flags and not key.endswith(RETURNED))
            or len(unset) == len(sides)
            or any(v is False for v, _, _ in sides)
        ):
            note = next((x.note for x in unset if x.note), "")
            return lambda _: Unset(note)
        (va, _, wrapped_a), (vb, _, wrapped_b) = sides
        known = [v for v in (va, vb) if isinstance(v, Value)]
        is_wrapped = wrapped_a and wrapped_b
        if len(known) == 1:
            nobody, kind = placeholder(self.e, known[0].type)
            is_wrapped = (is_wrapped and kind == OptionalType(known[0].type)) or (
                known[0].type == kind and is_wrapped and isinstance(kind, OptionalType)
            )
            va, vb = (v if isinstance(v, Value) else nobody for v in (va, vb))
        else:
            joined = join_types(known[0].type, known[1].type)
            if joined is None:
                return self._conflict(a, b)
            kind = joined
            is_wrapped = is_wrapped and isinstance(kind, OptionalType)
        if same_constant(va, vb):  # type: ignore[arg-type]  # both are values here
            kept = known[0]
            return lambda _: Partly(kept, flags, is_wrapped)
        k = self.slot(va, vb, kind)  # type: ignore[arg-type]  # both are values here
        return lambda r: Partly(r[k], flags, is_wrapped)

    def _side(
        self, k: int, entry: Entry, other: Entry
    ) -> tuple[Value | bool | None, frozenset[str], bool]:
        """Return a side's value (None: unset, False: none), flags, whether None means unset."""
        if isinstance(entry, Unset):
            return None, self._flags(k, other), True
        if isinstance(entry, Partly):
            return (
                entry.value,
                entry.flags,
                entry.is_wrapped or not isinstance(entry.value.type, OptionalType),
            )
        if isinstance(entry, Value | Items | Struct) and self.e.session.is_runtime(entry):
            value = self.inside(k, lambda: self.e.value(entry))
            own = isinstance(value.type, OptionalType) or value.type == constants.NONE
            return value, frozenset(), not own
        return False, frozenset(), False

    def _alike(self, a: Entry, b: Entry) -> tuple[Entry, Entry]:
        """Give both sides one form where they differ only in how much is known."""
        return self._like(0, a, b), self._like(1, b, a)

    def _like(self, k: int, one: Entry, other: Entry) -> Entry:
        """Return the entry of arm `k`, as a value if the other arm's is one."""
        if isinstance(other, Value):
            if isinstance(one, Empty) and isinstance(other.type, ListType | DictType):
                return self.e.empty(other.type)
            is_free = other.constant is None or other.type == constants.NONE or is_list(one)
            is_data = isinstance(one, Known) and self.e.session.is_data(one)
            is_data |= is_member(one)
            if is_data or (isinstance(one, Items | Struct) and is_free):
                return self.inside(k, lambda: self.e.value(one))
        if isinstance(one, Known) and isinstance(other, Known) and one.value is not other.value:
            are_data = self.e.session.is_data(one) and self.e.session.is_data(other)
            return self.inside(k, lambda: self.e.value(one)) if are_data else one
        lists = isinstance(one, Items) and isinstance(other, Items) and one.is_list
        if lists and len(_parts(one)) != len(_parts(other)):
            return self.inside(k, lambda: self.e.value(one))
        return one

    def _conflict(self, a: Entry, b: Entry) -> Template:
        from tracescript.producer.script.flow.merge_choices import choice

        e = self.e
        planned = choice(self, a, b)
        if planned is not None:
            return planned
        one, other = e.describe_both(a, b)
        what = f"its type is {one} or {other} after the `if` at {e.where()}"
        made = Conflict(what, "make both the same: torch.tensor(...), int(...) or float(...)")
        return lambda _: made

    # ------------------------------------------------------------------ results
    def inside(self, k: int, make: Callable[[], Value]) -> Value:
        """Write nodes at the end of an arm."""
        before = self.e.builder
        self.e.builder = self.arms[k].builder
        try:
            return make()
        finally:
            self.e.builder = before

    def is_made(self, k: int, value: Value) -> bool:
        """Whether a value is made in an arm, so that it must be a result to be seen outside."""
        return value.constant is None and value in self._made(k)

    def _made(self, k: int) -> set[Value]:
        """The values that an arm's own nodes define."""
        return {v for node in self.arms[k].builder.nodes for v in node.outputs}

    def slot(self, a: Value, b: Value, kind: Type) -> int:
        """Return the number of the result that is `a` or `b`."""
        for k, (x, y) in enumerate(self.slots):
            if x is a and y is b and self.types[k] == kind:
                return k
        self.slots.append((a, b))
        self.types.append(kind)
        return len(self.slots) - 1


def _parts(entry: Entry) -> tuple[Entry, ...]:
    return entry.parts if isinstance(entry, Items) else ()
