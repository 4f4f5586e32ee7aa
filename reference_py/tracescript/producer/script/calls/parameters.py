"""Binds a call's arguments to the parameters of a Python function."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from tracescript.producer.script.emitter.entries import Items, Struct
from tracescript.producer.tree import children_of, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.errors import ProducerError
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def bind_parameters(
    e: Emitter,
    definition: ast.FunctionDef | ast.Lambda,
    args: list[Entry],
    kwargs: dict[str, Entry],
    defaults: list[Entry],
    keyword_defaults: list[Entry | None],
) -> dict[str, Entry]:
    """Return what each parameter stands for. Raises ProducerError for arguments that do not fit."""
    a = definition.args
    name = getattr(definition, "name", "<lambda>")
    positional = [p.arg for p in a.posonlyargs + a.args]
    bound: dict[str, Entry] = dict(zip(positional, args, strict=False))
    rest = args[len(positional) :]
    extra: dict[str, Entry] = {}
    keyword = [p.arg for p in a.kwonlyargs]
    for key, entry in kwargs.items():
        if key in bound:
            raise _misfit(e, f"{name}() gets {key!r} twice")
        if key in positional or key in keyword:
            bound[key] = entry
        elif a.kwarg is not None:
            extra[key] = entry
        else:
            raise _misfit(
                e,
                f"{name}(): no parameter {key!r}",
                f"parameters: {', '.join([*positional, *keyword])}",
            )
    if rest and a.vararg is None:
        raise _misfit(
            e,
            f"{name}() takes {len(positional)} arguments without a name, found {len(args)}",
            f"parameters: {', '.join([*positional, *(f'{k}=' for k in keyword)])}",
        )
    with_default = dict(zip(positional[len(positional) - len(defaults) :], defaults, strict=True))
    with_default |= {k: d for k, d in zip(keyword, keyword_defaults, strict=True) if d is not None}
    out: dict[str, Entry] = {}
    for parameter in [*positional, *keyword]:
        found = bound.get(parameter, with_default.get(parameter))
        if found is None:
            raise _misfit(e, f"{name}() needs {parameter!r}")
        out[parameter] = found
    if a.vararg is not None:
        out[a.vararg.arg] = Items(tuple(rest))
    if a.kwarg is not None:
        out[a.kwarg.arg] = Struct(dict, extra)
    return out


def _misfit(e: Emitter, what: str, hint: str = "") -> ProducerError:
    return e.error(None, what, code="TYPE_INFERENCE", rule="SCRIPT-10", hint=hint)


@functools.lru_cache(maxsize=4096)
def local_names(definition: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Return the parameters and the names a function assigns itself."""
    a = definition.args
    names = {p.arg for p in [*a.posonlyargs, *a.args, *a.kwonlyargs]}
    names |= {p.arg for p in (a.vararg, a.kwarg) if p is not None}
    body = [definition.body] if isinstance(definition, ast.Lambda) else definition.body
    for statement in body:
        names |= set(_stores(statement))
    return frozenset(names) - borrowed_names(definition)


@functools.lru_cache(maxsize=4096)
def borrowed_names(definition: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Return the names that a function declares `nonlocal`."""
    body = [] if isinstance(definition, ast.Lambda) else definition.body
    return frozenset(name for statement in body for name in _borrows(statement))


def _borrows(node: ast.AST) -> Iterator[str]:
    """Yield names in `nonlocal`, not those of nested functions."""
    if isinstance(node, ast.Nonlocal):
        yield from node.names
    if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
        return
    for child in children_of(node):
        yield from _borrows(child)


def _stores(node: ast.AST) -> Iterator[str]:
    """Yield assigned names, not those of nested functions and comprehensions."""
    if isinstance(node, ast.FunctionDef):
        yield node.name
        return
    if isinstance(node, ast.Lambda | ast.ClassDef):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (n.asname or n.name.partition(".")[0] for n in node.names)
    if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name is not None:
        yield node.name
    if isinstance(node, ast.MatchMapping) and node.rest is not None:
        yield node.rest
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp):
        for child in nodes_of(node):
            if isinstance(child, ast.NamedExpr):
                yield child.target.id
        return
    for child in children_of(node):
        yield from _stores(child)
