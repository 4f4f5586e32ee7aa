"""The lines of a body in the making: names of values, and expressions that wait to be nested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.code.expressions import Expression
from tracescript.code.names import path_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.code.expressions import Plan
    from tracescript.code.names import Names
    from tracescript.ir.values import Constant, Value

LONGEST: Final = 100
DEEPEST: Final = 32

Pending = list[tuple["Value", Expression]]


class Lines:
    """Writes statements and nests expressions where reading gives back the order of the nodes.

    `named` holds the parameters' names, `paths` what is read as `self.<path>`. Spec: CODE-23.
    """

    def __init__(
        self,
        names: Names,
        named: dict[Value, str],
        paths: Mapping[Value, str],
        constant: Callable[[Constant], str],
    ) -> None:
        self.texts: list[str] = []
        self.names = names
        self.named = named
        self.indent = ""
        self.assigned = False
        self.pending: Pending = []
        self._paths = paths
        self._constant = constant

    def add(self, text: str, *, assigned: bool = False) -> None:
        """Write a line; `assigned` tells whether it is an assignment."""
        self.texts.append(f"{self.indent}{text}")
        self.assigned = assigned

    def name(self, value: Value) -> str:
        """Return the name or path of a value; its name is chosen where it is first written."""
        path = self._paths.get(value)
        if path is not None:
            return path_text(path)
        name = self.named.get(value)
        if name is None:
            name = self.named[value] = self.names.of_debug(value.name)
        return name

    def atom(self, value: Value) -> Expression:
        """Return a value as a literal, a name or a path."""
        if value.constant is not None:
            return Expression(self._constant(value.constant))
        return Expression(self.name(value))

    def flush(self) -> None:
        """Write everything pending as statements."""
        pending, self.pending = self.pending, []
        for value, expression in pending:
            self.add(f"{self.name(value)} = {expression.text}", assigned=True)

    def written(self, operands: Sequence[Value], plan: Plan | None = None) -> list[Expression]:
        """Return operands nested where the rules allow it, else all by name.

        `plan` is the node they stand in; without one they are a list of expressions.
        """
        taken = taken_off(self.pending, operands) if self.pending else {}
        if taken:
            parts = self.parts(taken, operands)
            if fits(whole(parts) if plan is None else plan.render(parts)):
                return parts
            self.pending += taken.items()
        if taken is None or taken:
            self.flush()
        return [self.atom(v) for v in operands]

    def parts(
        self, taken: Mapping[Value, Expression], operands: Sequence[Value]
    ) -> list[Expression]:
        """Return operands, those taken off as they are and the others by name."""
        return [taken[v] if v in taken else self.atom(v) for v in operands]


def taken_off(pending: Pending, operands: Sequence[Value]) -> dict[Value, Expression] | None:
    """Take the pending operands off; None where they are not exactly the tail of `pending`."""
    waiting = {value for value, _ in pending}
    wanted = [v for v in operands if v in waiting]
    split = len(pending) - len(wanted)
    tail = pending[split:]
    if [v for v, _ in tail] != wanted:
        return None
    del pending[split:]
    return dict(tail)


def whole(parts: Sequence[Expression]) -> Expression:
    """Join a list of expressions."""
    return Expression(", ".join(p.text for p in parts), max((p.depth for p in parts), default=0))


def fits(expression: Expression) -> bool:
    """Whether nesting gives a text that is short and flat enough."""
    return len(expression.text) <= LONGEST and expression.depth <= DEEPEST
