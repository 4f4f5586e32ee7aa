"""What one round of a loop does to objects: whether the checks made in it hold in every round."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.aliasing.aliases import Aliases
    from tracescript.producer.script.emitter.heap import Token


class Watch:
    """Watches the body of a loop.

    `around` are, by the number of a carried value, ends of earlier attempts that it may start with.
    """

    def __init__(
        self, aliases: Aliases, params: Sequence[Value], around: dict[int, list[Value]]
    ) -> None:
        self._aliases = aliases
        self._params = params
        self._around = around
        self._first = aliases.count
        self._log = len(aliases.log)
        for k, ends in around.items():
            for end in ends:
                aliases.copy(params[k], end)
        self._before = self._contents()
        self._valued = set(aliases.valued)
        aliases.loops.append(object())

    def _contents(self) -> dict[Token, set[Token]]:
        aliases = self._aliases
        reached = aliases.reach(t for p in self._params for t in aliases.of(p))
        return {t: aliases.contents((t,)) for t in reached}

    def _holds(self, before: set[Token], after: set[Token]) -> bool:
        """Whether nothing is new: tokens older than the loop one by one, others by their place."""
        sites = {t.site for t in before}
        return all(t in before if t.number <= self._first else t.site in sites for t in after)

    def stop(self) -> None:
        """The body has ended."""
        self._aliases.loops.pop()

    def is_settled(self, ends: Sequence[Value]) -> bool:
        """Whether later rounds begin with what this one began with, as far as changes go."""
        aliases = self._aliases
        if len(aliases.log) == self._log:
            return True
        settled = all(t.number > self._first for t in aliases.valued - self._valued)
        for k, (param, end) in enumerate(zip(self._params, ends, strict=True)):
            if not self._holds(aliases.of(param), aliases.of(end)):
                self._around.setdefault(k, []).append(end)
                settled = False
        after = self._contents()
        return settled and all(
            self._holds(held, after[t]) for t, held in self._before.items() if t in after
        )


__all__ = ["Watch"]
