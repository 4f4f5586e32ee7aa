"""What a program changes outside of its results, and the statements that do it."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.producer.source import source_of
from tracescript.producer.trace.places import error_at
from tracescript.producer.trace.tape import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that outlives the call, which no trace can repeat. Spec: TRACE-14."""

    what: str
    site: Site | None
    hint: str
    code: str = "UNSUPPORTED_PYTHON"

    def error(self) -> ProducerError:
        """Make the error about it, at the line that does it."""
        made = error_at(self.site, self.code, self.what, self.hint)
        made.rule = "TRACE-14"
        return made


def attribute(kind: type, name: str) -> Site | None:
    """Find the statement of a class's methods that changes an attribute."""
    bases = [b for b in kind.__mro__ if not b.__module__.startswith("torch.")]
    methods = (m for base in bases for m in vars(base).values() if inspect.isfunction(m))
    return variable(methods, name)


def variable(functions: Iterable[Any], name: str) -> Site | None:
    """Find the statement of functions that changes an attribute, or what a variable holds.

    An assignment to the variable itself counts where it is no local one; `__init__` does not.
    """
    for function in (f for f in functions if f.__name__ != "__init__"):
        try:
            source, definition = source_of(function)
        except ProducerError:
            continue
        for node in _writes(definition, name):
            place = source.place(node, function.__qualname__)
            if place is not None:
                return Site(place, source.path)
    return None


def _writes(definition: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield assignments to a name, its attributes and items, then calls of its methods."""
    calls = []
    scoped = (n for n in ast.walk(definition) if isinstance(n, (ast.Global, ast.Nonlocal)))
    is_bound = any(name in node.names for node in scoped)
    for node in ast.walk(definition):
        targets: list[ast.expr] = []
        if isinstance(node, (ast.Assign, ast.Delete)):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        if any(_is_of(target, name, is_bound=is_bound) for target in targets):
            yield node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            calls += [node] if _is_of(node.func.value, name, is_bound=True) else []
    yield from calls


def _is_of(node: ast.expr, name: str, *, is_bound: bool) -> bool:
    """Tell whether an expression is an attribute or item of a name, or bound to it itself."""
    parts = node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]
    for part in parts:
        inner: ast.expr = part
        while isinstance(inner, (ast.Attribute, ast.Subscript)):
            if isinstance(inner, ast.Attribute) and inner.attr == name:
                return True
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id == name and (is_bound or inner is not part):
            return True
    return False
