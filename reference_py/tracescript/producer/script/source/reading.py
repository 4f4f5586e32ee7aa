"""Whether a name is read after a place of a function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.emitter.entries import Struct

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame


def is_read_later(frame: Frame, node: ast.AST, name: str) -> bool:
    """Whether a name is read after `node`, in a loop around it, or by a nested function."""
    here = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    if _is_bound_by(frame, here, name):
        return False
    around = [
        n
        for n in ast.walk(frame.definition)
        if isinstance(n, ast.For | ast.While) and _start(n) <= here <= _end(n)
    ]
    nested = [
        n
        for n in ast.walk(frame.definition)
        if isinstance(n, ast.Lambda | ast.FunctionDef) and n is not frame.definition
    ]
    for n in ast.walk(frame.definition):
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load):
            at = _start(n)
            if at > here or any(_start(outer) <= at <= _end(outer) for outer in [*around, *nested]):
                return True
    return not name.isidentifier()


def may_read(e: Emitter, key: str, receiver: ast.expr, entry: Entry) -> bool:
    """Whether a name may be read after a change, in the function at hand or those that call it."""
    frame: Frame | None = e.frame
    at: ast.AST | None = receiver
    number, _, name = key.partition(":")
    while frame is not None and number != str(frame.number):
        frame = frame.enclosing
        at = frame.at if frame is not None else None
        if isinstance(entry, Struct):
            return True
    return frame is None or at is None or is_read_later(frame, at, name)


def _is_bound_by(frame: Frame, here: tuple[int, int], name: str) -> bool:
    """Whether the assignment that a place is in gives the name another value."""
    return any(
        isinstance(s, ast.Assign)
        and _start(s) <= here <= _end(s)
        and any(isinstance(t, ast.Name) and t.id == name for t in s.targets)
        for s in ast.walk(frame.definition)
    )


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0
