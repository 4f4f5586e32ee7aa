"""Walks syntax trees: as `ast.walk`, without what says nothing of names and places."""

from __future__ import annotations

import ast
from typing import Any, Final

_NOT_NODES: Final = frozenset(
    {
        *("id", "ctx", "op", "ops", "attr", "arg", "kind", "type_comment"),
        *("conversion", "is_async", "simple", "lineno", "col_offset"),
    }
)
"""Fields with texts, numbers, contexts (`Store`) or operators (`Add`)."""


_FIELDS: Final[dict[Any, tuple[str, ...]]] = {}
"""By class the other fields."""


def _fields(node: ast.AST) -> tuple[str, ...]:
    found = _FIELDS.get(node.__class__)
    if found is None:
        found = tuple(name for name in node._fields if name not in _NOT_NODES)
        _FIELDS[node.__class__] = found
    return found


def children_of(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly below one, contexts and operators left out."""
    found: list[ast.AST] = []
    for name in _fields(node):
        part = getattr(node, name, None)
        if isinstance(part, ast.AST):
            found.append(part)
        elif isinstance(part, list):
            found += [one for one in part if isinstance(one, ast.AST)]
    return found


def nodes_of(root: ast.AST) -> list[ast.AST]:
    """Return a node and all below it, level by level, contexts and operators left out."""
    found = [root]
    for node in found:  # grows while it is run over
        for name in _fields(node):
            part = getattr(node, name, None)
            if isinstance(part, list):
                found += [one for one in part if isinstance(one, ast.AST)]
            elif isinstance(part, ast.AST):
                found.append(part)
    return found


__all__ = ["children_of", "nodes_of"]
