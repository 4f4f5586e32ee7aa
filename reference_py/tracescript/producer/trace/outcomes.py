"""How the branch decisions of a run go: forced ones first, then as another run had them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.producer.trace import conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.producer.trace.tape import Frame, Site

MAX_UNROLL: Final = 16
"""Rounds of one `while` on data of which both outcomes are explored."""

Asked = tuple["tuple[Site, ...]", bool]
"""A decision: where it was asked, innermost place first, and its outcome."""


class Outcomes:
    """Chooses outcomes for one run.

    The first decisions go as `forced`. Later ones follow `preferred`, the decisions of a run that
    this one will be compared with, place by place; where that has none, the data decides.
    """

    def __init__(self, forced: Sequence[bool] = (), preferred: Sequence[Asked] = ()) -> None:
        self.taken: list[Asked] = []
        self.rounds: list[int] = []
        self.forced = list(forced)
        self._preferred = list(preferred)
        self._count: dict[tuple[Frame, object], int] = {}

    def choose(
        self, stack: tuple[Site, ...], frame: Frame, observed: bool
    ) -> tuple[int, bool]:  # a fact
        """Return the number of a decision and its outcome."""
        number = len(self.taken)
        key = (frame, stack[0].place if stack else None)
        self._count[key] = self._count.get(key, -1) + 1
        self.rounds.append(self._count[key])
        if number < len(self.forced):
            outcome = self.forced[number]
        else:
            outcome = self._followed(stack, self._count[key], observed)
        self.taken.append((stack, outcome))
        return number, outcome

    def _followed(self, stack: tuple[Site, ...], rounds: int, observed: bool) -> bool:  # a fact
        """Take the next outcome that the preferred run had at this place."""
        for index, (where, outcome) in enumerate(self._preferred):
            if [s.place for s in where] == [s.place for s in stack]:
                del self._preferred[: index + 1]
                return outcome
        is_endless = self.forced and rounds >= MAX_UNROLL and stack
        return observed and not (is_endless and conditions.in_loop_condition(stack[0]))
