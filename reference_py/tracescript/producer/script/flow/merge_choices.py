"""Joins arms whose values have no common type: the result is one of them, by a number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.types import OptionalType
from tracescript.ir.values import Value
from tracescript.producer.script.containers.choices import (
    are_sums,
    may_choose,
    numbered,
    parts_of,
    renumbered,
)
from tracescript.producer.script.emitter.entries import OneOf, Struct
from tracescript.producer.script.flow.arms import placeholder

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.flow.merge import Merge, Template


def choice(merge: Merge, a: Entry, b: Entry) -> Template | None:
    """Plan the choice between what two arms give; None where it cannot be one."""
    e = merge.e
    first, second = parts_of(a), parts_of(b)
    is_choice = isinstance(a, OneOf) or isinstance(b, OneOf)
    entries = [*first.values(), *second.values()]
    is_choice |= not e.session.carried.isdisjoint((a, b)) and are_sums(e, entries)
    if not may_choose(e, entries, is_choice=is_choice):
        return None
    numbers = numbered(first, second)
    templates: dict[int, Template] = {}
    for k, entry in first.items():
        partner = next((second[j] for j, n in numbers.items() if n == k), None)
        templates[k] = _alone(merge, 0, entry) if partner is None else _both(merge, entry, partner)
    for k, entry in second.items():
        if numbers[k] not in first:
            templates[numbers[k]] = _alone(merge, 1, entry)
    own = {k: k for k in first}
    sides = (
        merge.inside(0, lambda: renumbered(e, a, own)),
        merge.inside(1, lambda: renumbered(e, b, numbers)),
    )
    index = merge.join("", *sides)
    kinds = {x.kind for x in (a, b) if isinstance(x, OneOf)}
    kind = kinds.pop() if len(kinds) == 1 else None

    def made(results: tuple[Value, ...]) -> Entry:
        parts = {k: t(results) for k, t in templates.items()}
        return OneOf(e.value(index(results)), parts, kind)

    return made  # type: ignore[return-value]  # results are a tuple


def _both(merge: Merge, one: Entry, other: Entry) -> Template:
    """A part that both arms give: still one that may have a stand-in, where it had in either."""
    wrapped = merge.e.session.wrapped
    template = merge.join("", one, other)
    if not (one in wrapped or other in wrapped):
        return template

    def made(results: tuple[Value, ...]) -> Entry:
        found = template(results)
        wrapped.add(found)
        return found

    return made  # type: ignore[return-value]  # results are a tuple


def _alone(merge: Merge, k: int, entry: Entry) -> Template:
    """A part that one arm gives: the other has a stand-in that nobody reads."""
    e = merge.e
    if isinstance(entry, Struct):
        fields = {n: _alone(merge, k, x) for n, x in entry.fields.items()}
        return lambda r: replace(entry, fields={n: t(r) for n, t in fields.items()})
    if not isinstance(entry, Value) or not merge.is_made(k, entry):
        return lambda _: entry
    nobody, kind = placeholder(e, entry.type)
    slot = merge.slot(entry, nobody, kind) if k == 0 else merge.slot(nobody, entry, kind)
    is_wrapped = entry in e.session.wrapped or (
        kind != entry.type and isinstance(kind, OptionalType)
    )

    def made(results: tuple[Value, ...]) -> Entry:
        if is_wrapped:
            e.session.wrapped.add(results[slot])
        return results[slot]

    return made  # type: ignore[return-value]  # results are a tuple
