"""Picks an engine by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.errors import BadInputError

if TYPE_CHECKING:
    from tracescript.engine.protocol import Engine

NAMES = ("py", "ref")


def choose(name: str) -> Engine:
    """Return the engine of this name. Raises BadInputError for an unknown one."""
    if name == "ref":
        from tracescript.engine.ref import RefEngine

        return RefEngine()
    if name == "py":
        from tracescript.engine.py.engine import PyEngine

        return PyEngine()
    raise BadInputError(
        f"no engine {name!r}", code="BAD_INPUT", rule="EXEC-1", hint=f"engines: {', '.join(NAMES)}"
    )
