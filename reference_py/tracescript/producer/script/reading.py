"""Whether a name is read after a place of a function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracescript.producer.script.frame import Frame


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
