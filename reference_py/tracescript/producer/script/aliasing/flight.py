"""Parts of an expression that have their value while others are still to be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.producer.script.aliasing.aliases import refusal

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


class Flight:
    """Values of an expression whose other parts are still to be evaluated."""

    def __init__(self, e: Emitter) -> None:
        self._e = e
        self._found: list[tuple[Entry, int]] = []

    def add(self, entry: Entry) -> Entry:
        """Note a part that has its value."""
        self._found.append((entry, len(self._e.session.aliases.log)))
        return entry

    def check(self) -> None:
        """Refuse if a later part changed an earlier one. Raises ProducerError with ALIASING."""
        aliases = self._e.session.aliases
        for entry, count in self._found:
            changed = {t for tokens in aliases.log[count:] for t in tokens}
            if changed and aliases.seen(entry) & changed:
                raise refusal(
                    self._e,
                    None,
                    "one part of this expression changes what another part has read",
                    "make the change in a line of its own",
                )
