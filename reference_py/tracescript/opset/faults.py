"""The errors of a call that does not fit its op."""

from __future__ import annotations

from typing import Final

from tracescript.errors import InvalidModelError

ARITY: Final = "GRAPH-40"
OPTIONAL: Final = "GRAPH-41"
KIND: Final = "GRAPH-42"
VARIABLE: Final = "GRAPH-43"
ATTRIBUTE: Final = "GRAPH-44"
SHAPE: Final = "GRAPH-46"


def fault(op: str, what: str, *, code: str, rule: str, hint: str = "") -> InvalidModelError:
    """Return the error of one call; whoever knows the node adds the place."""
    return InvalidModelError(f"{op}: {what}", code=code, rule=rule, hint=hint)


def constraint(op: str, number: str, what: str, *, code: str = "BAD_CALL") -> InvalidModelError:
    """Return the error of a broken constraint of an op."""
    return fault(op, what, code=code, rule=f"OP.{op}.{number}")
