"""Walks syntax trees: as `ast.walk`, without what says nothing of names and places."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOT_NODES: Final = frozenset(
    {
        *("id", "ctx", "op", "ops", "attr", "arg", "kind", "type_comment"),
        *("conversion", "is_async", "simple", "lineno", "col_offset"),
    }
)
"""Fields with texts, numbers, contexts (`Store`) or operators (`Add`)."""


_MIXED: Final = frozenset({"keys", "kw_defaults", "names", "kwd_attrs"})
"""Lists that may hold None or texts."""

_FIELDS: Final[dict[Any, tuple[str, ...]]] = {ast.Constant: ()}
"""By class the other fields."""


def _fields(node: ast.AST) -> tuple[str, ...]:
    found = tuple(name for name in node._fields if name not in _NOT_NODES)
    _FIELDS[node.__class__] = found
    return found


def children_of(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly below one, contexts and operators left out."""
    found: list[ast.AST] = []
    _add_children((node,), found)
    return found


def nodes_of(root: ast.AST) -> list[ast.AST]:
    """Return a node and all below it, level by level, contexts and operators left out."""
    found = [root]
    _add_children(found, found)
    return found


def _add_children(nodes: Iterable[ast.AST], found: list[ast.AST]) -> None:
    """Append what is directly below nodes to `found`, which may be `nodes` and grow."""
    fields_of, is_node = _FIELDS.get, ast.AST
    for node in nodes:
        fields = fields_of(node.__class__)
        for name in _fields(node) if fields is None else fields:
            part = getattr(node, name, None)
            if part.__class__ is list:
                found += [n for n in part if isinstance(n, is_node)] if name in _MIXED else part
            elif part is not None and isinstance(part, is_node):
                found.append(part)


__all__ = ["children_of", "nodes_of"]
