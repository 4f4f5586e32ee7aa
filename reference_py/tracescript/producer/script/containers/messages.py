"""Texts of several values, for people to read: what is printed, warned of and raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.producer.script.containers.text import Template

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def message(e: Emitter, nodes: Sequence[ast.expr], separator: str = " ") -> Value:
    """Evaluate and write several values into one text, for people to read."""
    before, e.is_message = e.is_message, True
    made = joined(e, [e.expr(n) for n in nodes], separator)
    e.is_message = before
    return made


def joined(e: Emitter, entries: Sequence[Entry], separator: str = " ") -> Value:
    """Write several values into one text."""
    template = Template(e)
    for k, entry in enumerate(entries):
        template.literal(separator if k else "")
        template.value(entry)
    return template.done()
