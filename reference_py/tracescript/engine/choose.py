"""Picks an engine by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracescript.engine.protocol import Engine

NAMES = ("py", "ref")


def choose(name: str) -> Engine:
    """Return the engine of this name, which is one of `NAMES`."""
    assert name in NAMES
    if name == "ref":
        from tracescript.engine.ref import RefEngine

        return RefEngine()
    from tracescript.engine.py.engine import PyEngine

    return PyEngine()
