"""Names whose type or object changes in a loop: what the loop carries is one of several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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
    from tracescript.producer.script.flow.widening import Widening


def widened_choice(loop: Widening, start: Entry, before: Entry, after: Entry) -> Entry | None:
    """Return the start as a choice that has the end's parts too; None where it cannot be one."""
    e = loop.e
    first, second = parts_of(start), parts_of(after)
    entries = [*first.values(), *second.values()]
    is_choice = isinstance(start, OneOf) or isinstance(after, OneOf)
    if not may_choose(e, entries, is_choice=is_choice or are_sums(e, entries)):
        return None
    opened = parts_of(before)
    numbers = numbered(first, second)
    parts, is_new = dict(first), not isinstance(start, OneOf)
    for k, entry in second.items():
        n = numbers[k]
        if n not in parts:
            parts[n], is_new = _stand_in(loop, entry), True
        elif isinstance(parts[n], Value | Struct):
            wider = loop.widened(parts[n], opened[n], entry)
            if wider is None:
                return None
            is_new |= wider is not parts[n]
            parts[n] = wider
    if not is_new:
        return start
    if isinstance(start, OneOf):
        return replace(start, parts=parts)
    return OneOf(e.constant(0), parts)


def _stand_in(loop: Widening, entry: Entry) -> Entry:
    """What a part is before it is chosen for the first time: nobody reads it."""
    if isinstance(entry, Struct):
        fields = {n: _stand_in(loop, x) for n, x in entry.fields.items()}
        return replace(entry, fields=fields)
    if not isinstance(entry, Value):
        return entry
    nobody, kind = placeholder(loop.e, entry.type)
    made = loop.typed(nobody, kind)
    if kind != entry.type or entry in loop.e.session.wrapped:
        loop.e.session.wrapped.add(made)
    return made


def closed_choice(loop: Widening, begun: OneOf, ended: Entry) -> list[tuple[Entry, Entry]]:
    """Pair the leaves of a choice at the start of a round with those at its end."""
    second = parts_of(ended)
    numbers = numbered(begun.parts, second)
    pairs: list[tuple[Entry, Entry]] = [(begun.index, renumbered(loop.e, ended, numbers))]
    for k, entry in begun.parts.items():
        found = next((second[j] for j, n in numbers.items() if n == k), entry)
        pairs.append((entry, found))
    return pairs
