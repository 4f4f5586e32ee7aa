"""Parts of an expression that have their value while others are still to be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.aliases import refusal
from tracescript.producer.script.emitter.entries import Struct

if TYPE_CHECKING:
    import ast

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.heap import Token


class Flight:
    """Values of an expression whose other parts are still to be evaluated.

    A part that is a name stands for an object: it is what a later part makes of it.
    """

    def __init__(self, e: Emitter) -> None:
        self._e = e
        self._found: list[tuple[Entry, ast.expr | None, int, bool]] = []
        self._news: dict[int, Entry] = {}

    def add(self, entry: Entry, node: ast.expr | None = None) -> Entry:
        """Note a part that has its value."""
        self._found.append((entry, node, len(self._e.session.aliases.log), False))
        return entry

    def add_items(self, entry: Entry) -> Entry:
        """Note a part of which only the items are taken: it may change, they may not."""
        self._found.append((entry, None, len(self._e.session.aliases.log), True))
        return entry

    def check(self) -> None:
        """Find what later parts made of earlier ones.

        Raises ProducerError with ALIASING where that is not known.
        """
        aliases = self._e.session.aliases
        for entry, node, count, has_items in self._found:
            changed = {t for tokens in aliases.log[count:] for t in tokens}
            if not changed or not self._shown(entry, has_items) & changed:
                continue
            new = self._read_again(entry, node)
            if new is None:
                raise refusal(
                    self._e,
                    None,
                    "one part of this expression changes what another part has read",
                    "make the change in a line of its own",
                )
            self._news[id(entry)] = new

    def now(self, entry: Entry) -> Entry:
        """Return what a part is after all others have been evaluated."""
        return self._news.get(id(entry), entry)

    def _shown(self, entry: Entry, has_items: bool) -> set[Token]:
        aliases = self._e.session.aliases
        if not has_items:
            return aliases.seen(entry)
        return aliases.reach(aliases.contents(aliases.own(entry)))

    def _read_again(self, entry: Entry, node: ast.expr | None) -> Entry | None:
        """Return what a name stands for now if it still is the same object, else None."""
        key = None if node is None else self._e.key_of(node)
        if node is None or key is None or key not in self._e.scope:
            return None
        new = self._e.expr(node)
        aliases = self._e.session.aliases
        is_same = False
        if isinstance(entry, Value) and isinstance(new, Value):
            is_same = aliases.root(entry) is aliases.root(new)
        elif isinstance(entry, Struct) and isinstance(new, Struct):
            is_same = bool(entry.tokens) and entry.tokens == new.tokens
        return new if is_same else None


def is_element(e: Emitter, entry: Entry) -> bool:
    """Whether an entry is an element of numpy's, a copy."""
    kind = entry.type if isinstance(entry, Value) else None
    return e.frame.flavour == "numpy" and getattr(kind, "shape", None) == ()


__all__ = ["Flight", "is_element"]
