"""Counts texts, lists and dicts against the memory of a call. Spec: EXEC-5, EXEC-9.

Python tells nobody when one of them dies. So those that are not small are kept here, and now and
then the ones that nobody else refers to are let go and the others counted: after as many new bytes
as were alive the last time, which makes it cheap, and before the limit is passed.
"""

from __future__ import annotations

from sys import getrefcount, getsizeof
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tracescript.engine.limits import Budget

SMALL_CONTAINER: Final = 32
"""Containers with at most so many items are not counted: a step makes only so many."""
SHORT: Final = 256
"""Texts with at most so many characters are not counted, likewise."""
_ENTRY: Final = 100
_SELDOM: Final = 1 << 18


def _referred(values: list[Any]) -> list[int]:
    """Return how often each value is referred to, the references of this module included."""
    return [getrefcount(value) for value in values]


_OWN: Final = _referred([object()])[0]


class Gathered:
    """The texts and containers of one call that may still be alive."""

    __slots__ = ("_budget", "_counted", "_kept", "_left")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._kept: list[Any] = []
        self._counted = 0
        self._left = self._allowance()

    def _allowance(self) -> int:
        """Return how many more bytes may come before the next look at what is alive."""
        free = self._budget.limits.memory - self._budget.memory
        return min(free, _SELDOM + self._counted)

    def hold(self, value: Any) -> None:
        """Take in a value that an op has made. Raises LimitError."""
        self._kept.append(value)
        self._left -= getsizeof(value) + _ENTRY
        if self._left < 0:
            self._sweep()

    def _sweep(self) -> None:
        """Let go of what is dead and count the rest, each once."""
        kept = list({id(value): value for value in self._kept}.values())
        self._kept = []
        used = _referred(kept)
        self._kept = kept = [v for v, n in zip(kept, used, strict=True) if n > _OWN]
        self._budget.release(self._counted)
        self._counted = 0
        counted = sum(map(getsizeof, kept)) + _ENTRY * len(kept)
        self._budget.reserve(counted)
        self._counted = counted
        self._left = self._allowance()


def hold(budget: Budget, value: Any) -> None:
    """Count a text or container until it dies. Raises LimitError."""
    if budget.gathered is None:
        budget.gathered = Gathered(budget)
    budget.gathered.hold(value)


def is_large(value: Any) -> bool:
    """Whether a value is a text or container that counts."""
    if isinstance(value, str):
        return len(value) > SHORT
    return isinstance(value, (list, dict)) and len(value) > SMALL_CONTAINER
