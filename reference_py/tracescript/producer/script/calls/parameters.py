"""Binds a call's arguments to the parameters of a Python function."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Final

from tracescript.producer.script.emitter.entries import Items, Struct
from tracescript.producer.tree import children_of, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    own = _own_nodes(definition)
    for node in own:
        if node.__class__ in _BINDING:
            names.update(_assigned(node))
    return frozenset(names) - _borrowed(own)


@functools.lru_cache(maxsize=4096)
def borrowed_names(definition: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Return the names that a function declares `nonlocal`, not those of functions inside it."""
    return _borrowed(_own_nodes(definition))


def _borrowed(nodes: list[ast.AST]) -> frozenset[str]:
    return frozenset(
        name for node in nodes if isinstance(node, ast.Nonlocal) for name in node.names
    )


def _own_nodes(definition: ast.FunctionDef | ast.Lambda) -> list[ast.AST]:
    """Return the nodes of a function's body, without those inside functions and comprehensions."""
    body = definition.body
    found: list[ast.AST] = [*body] if isinstance(body, list) else [body]
    for node in found:
        if node.__class__ not in _INNER:
            found += children_of(node)
    return found


def _assigned(node: ast.AST) -> Iterable[str]:
    """Return the names that a node itself assigns."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, ast.FunctionDef):
        return (node.name,)
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [n.asname or n.name.partition(".")[0] for n in node.names]
    if isinstance(node, _COMPREHENSIONS):
        return [n.target.id for n in nodes_of(node) if isinstance(n, ast.NamedExpr)]
    name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
    return () if name is None else (name,)


_COMPREHENSIONS: Final = (ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)
_INNER: Final = frozenset({ast.FunctionDef, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS})
"""Classes of nodes inside which names are those of others."""
_BINDING: Final = frozenset(
    {
        *(ast.Name, ast.FunctionDef, *_COMPREHENSIONS),
        *(ast.MatchAs, ast.MatchStar, ast.MatchMapping),
        *(ast.Import, ast.ImportFrom),
    }
)
