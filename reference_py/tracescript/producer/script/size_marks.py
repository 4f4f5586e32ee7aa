"""Which entries are sizes of a tensor, through loops and branches: texts of them are others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.producer.script.entries import Items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


def copy_marks(e: Emitter, source: Entry, target: Entry) -> None:
    """Mark what stands in the places of sizes as sizes."""
    for a, b in _pairs(source, target):
        if a in e.session.sizes:
            e.session.sizes.add(b)
        if a in e.session.unsure_sizes:
            e.session.unsure_sizes.add(b)


def mark_unsure(e: Emitter, entry: Entry) -> None:
    """Mark what may be sizes or a plain tuple, so that nobody asks for its text."""
    e.session.unsure_sizes.update(a for a, _ in _pairs(entry, entry) if isinstance(a, Items))


def join_marks(e: Emitter, a: Entry, b: Entry, made: Entry) -> None:
    """Mark what is one of two entries: as sizes where both are, as unsure where one is."""
    if not are_alike(e, a, b):
        mark_unsure(e, made)
        return
    copy_marks(e, a, made)
    copy_marks(e, b, made)


def are_alike(e: Emitter, a: Entry, b: Entry) -> bool:
    """Whether the same places of two entries are sizes."""
    return all(
        (x in e.session.sizes) == (y in e.session.sizes)
        for x, y in _pairs(a, b)
        if isinstance(x, Items)
    )


def _pairs(a: Entry, b: Entry) -> Iterator[tuple[Entry, Entry]]:
    yield a, b
    if isinstance(a, Items) and isinstance(b, Items):
        for x, y in zip(a.parts, b.parts, strict=False):
            yield from _pairs(x, y)
