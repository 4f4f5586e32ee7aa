"""Whether a name is read after a place of a function."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, NamedTuple

from tracescript.producer.script.emitter.entries import Struct
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame


class _Places(NamedTuple):
    """What matters of a function: loops, nested functions, reads and assignments by name."""

    loops: list[ast.AST]
    nested: list[ast.AST]
    reads: dict[str, list[ast.AST]]
    assigned: dict[str, list[ast.AST]]


@functools.lru_cache(maxsize=4096)
def _places(definition: ast.AST) -> _Places:
    """Return the places of a function; found once."""
    found = _Places([], [], {}, {})
    for n in nodes_of(definition):
        if isinstance(n, ast.For | ast.While):
            found.loops.append(n)
        elif isinstance(n, ast.Lambda | ast.FunctionDef):
            if n is not definition:
                found.nested.append(n)
        elif isinstance(n, ast.Assign):
            for target in n.targets:
                if isinstance(target, ast.Name):
                    found.assigned.setdefault(target.id, []).append(n)
        elif isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load):
            found.reads.setdefault(n.id, []).append(n)
    return found


def is_read_later(frame: Frame, node: ast.AST, name: str) -> bool:
    """Whether a name is read after `node`, in a loop around it, or by a nested function."""
    here = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    places = _places(frame.definition)
    if any(_start(s) <= here <= _end(s) for s in places.assigned.get(name, ())):
        return False  # the assignment that the place is in gives the name another value
    around = [n for n in places.loops if _start(n) <= here <= _end(n)]
    for n in places.reads.get(name, ()):
        at = _start(n)
        if at > here or any(
            _start(outer) <= at <= _end(outer) for outer in (*around, *places.nested)
        ):
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


def behind(node: ast.AST | None) -> ast.expr:
    """Return an expression at the end of a call: what comes later reads what the call left."""
    line, column = (0, 0) if node is None else _end(node)
    return ast.Constant(None, lineno=line, col_offset=column)


def as_written(node: ast.expr, text: str) -> ast.expr:
    """Note how the program writes an expression that stands for another."""
    node.written = text  # type: ignore[attr-defined]  # a node takes any attribute
    return node


def written(node: ast.expr) -> str:
    """Return an expression as the program writes it."""
    return getattr(node, "written", "") or ast.unparse(node)


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0
