"""What the statements of the user's program are: texts for people, definitions, `return`s."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import ProducerError
from tracescript.ir import Place
from tracescript.producer.source import source_of, source_of_file
from tracescript.producer.trace.tape import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracescript.producer.source import Definition, Source

_SHOWING: Final = frozenset(
    {"print", "pprint", "write", "log", "debug", "info", "warning", "warn", "error", "critical"}
)
"""Calls that show a text to a person."""
_CHECKING: Final = frozenset(
    {
        "_assert",
        "_check",
        "_check_index",
        "_check_not_implemented",
        "_check_tensor_all",
        "_check_type",
        "_check_value",
        "torch_compilable_check",
    }
)
"""Calls of torch and transformers that show what follows their first argument if that is false."""
_WITHOUT: Final = (ast.expr, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""Nodes without a `return` of the function around them."""


@functools.lru_cache(maxsize=256)
def _shown(source: Source) -> tuple[tuple[int, int], ...]:
    """List the lines, first and last, of texts of a file that nothing computes with."""
    found: list[ast.AST] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            found += [node] if name in _SHOWING else []
            found += node.value.args[1:] if name in _CHECKING else []
        elif isinstance(node, ast.Raise):
            found.append(node)
        elif isinstance(node, ast.Assert) and node.msg is not None:
            found.append(node.msg)
    return tuple((n.lineno, n.end_lineno or n.lineno) for n in found)  # type: ignore[attr-defined]  # they have lines


def only_shows(site: Site | None) -> bool:
    """Tell whether a place belongs to a text for a person: `print`, a log, an error's message."""
    source = None if site is None else source_of_file(site.path)
    shown = () if source is None else _shown(source)
    return site is None or any(a <= site.place.line <= b for a, b in shown)


def defined(function: Any) -> Site | None:
    """Return the first line of a function of the program; None where its source is unknown."""
    found = _definition(function)
    if found is None:
        return None
    source, node = found
    return Site(
        Place(source.name, node.lineno, scope=getattr(node, "name", "<lambda>")), source.path
    )


def returned(function: Any) -> Site | None:
    """Return the only `return` of a function, or its first line where it has none or several."""
    found = _definition(function)
    if found is None:
        return None
    source, node = found
    exits = [node.body] if isinstance(node, ast.Lambda) else list(_returns(node.body))
    place = source.place(exits[0], getattr(node, "name", "<lambda>")) if len(exits) == 1 else None
    return defined(function) if place is None else Site(place, source.path)


def _definition(function: Any) -> tuple[Source, Definition] | None:
    try:
        return source_of(function)
    except ProducerError:
        return None


def _returns(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the `return`s among statements, none of functions in them."""
    for node in body:
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, _WITHOUT):
            yield from _returns(ast.iter_child_nodes(node))
