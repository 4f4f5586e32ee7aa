"""Writes the guards of a function, each at the first place where it can stand in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.errors import InvalidModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.code.lines import Lines
    from tracescript.ir.graph import Function, TraceDecision
    from tracescript.ir.values import Constant, Value


class Guards:
    """The trace decisions of one function that wait to be written. Spec: CODE-19."""

    def __init__(
        self, function: Function, lines: Lines, constant: Callable[[Constant], str]
    ) -> None:
        self._function = function
        self._lines = lines
        self._constant = constant
        self._waiting = list(reversed(function.decisions))
        self._seen: set[Value] = set()

    def see(self, values: Sequence[Value]) -> None:
        """Note that values are defined, and write the guards that are due."""
        if not self._waiting:
            return
        self._seen.update(values)
        while self._waiting and self._is_due(self._waiting[-1]):
            self._lines.add(self._text(self._waiting.pop()))

    def finish(self) -> None:
        """Raise InvalidModelError, BAD_GUARD, where a guard found no place."""
        if self._waiting:
            number = len(self._function.decisions) - len(self._waiting)
            raise InvalidModelError(
                f"trace decision {number} is not in the order in which values are computed",
                code="BAD_GUARD",
                where=self._function.name,
                rule="CODE-19",
            )

    def _is_due(self, decision: TraceDecision) -> bool:
        value = decision.value
        return value is None or value.constant is not None or value in self._seen

    def _text(self, decision: TraceDecision) -> str:
        value, seen = decision.value, decision.observed
        tested = "None" if value is None else self._lines.atom(value).text
        observed = "None" if seen is None else self._constant(seen)
        return f"guard({decision.kind}, {tested}, {observed})"
