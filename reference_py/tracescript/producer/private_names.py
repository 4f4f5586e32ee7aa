"""Names such as `__x` inside classes: `_C__x`, as Python compiles them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from types import CodeType

_FIELDS = {
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.arg: "arg",
    ast.keyword: "arg",
    ast.FunctionDef: "name",
    ast.MatchAs: "name",
    ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}


def use_compiled_names(definition: ast.FunctionDef | ast.Lambda, code: CodeType) -> None:
    """Give private names in a function's syntax tree the names that its code has."""
    nodes = nodes_of(definition)
    found = [n for n in nodes if n is not definition and _private(n)]
    attributes = [n for n in nodes if isinstance(n, ast.MatchClass)]
    if not found and not attributes:
        return
    known = _names(code)
    written = {_private(n) for n in found} | {a for n in attributes for a in n.kwd_attrs}
    prefix = _prefix({n for n in written if _is_private(n)}, known, code)
    for node in found:
        setattr(node, _FIELDS[type(node)], prefix + _private(node))
    for node in attributes:
        node.kwd_attrs = [prefix + a if _is_private(a) else a for a in node.kwd_attrs]


def mangled(cls: type, name: str) -> str:
    """Return the name that a name in the body of a class stands for."""
    owner = cls.__name__.lstrip("_")
    return f"_{owner}{name}" if _is_private(name) and owner else name


def _private(node: ast.AST) -> str:
    """Return the private name that a node has, empty where it has none."""
    field = _FIELDS.get(type(node))
    name = getattr(node, field) if field is not None else None
    return name if name is not None and _is_private(name) else ""


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _names(code: CodeType) -> set[str]:
    """Return all names in compiled code, of keywords in calls and nested functions too."""
    found = {*code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars}
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            found |= _names(constant) | {constant.co_name}
        elif isinstance(constant, tuple):
            found |= {c for c in constant if isinstance(c, str)}
    return found


def _prefix(private: set[str], known: set[str], code: CodeType) -> str:
    """Return what the compiler has put before private names: nothing outside of classes."""
    if not private or private <= known:
        return ""
    first = min(private - known)
    places = getattr(code, "co_qualname", "").split(".")
    likely = {f"_{p.lstrip('_')}" for p in places}
    found = sorted(n[: -len(first)] for n in known if n.endswith(first) and n != first)
    found.sort(key=lambda p: (p not in likely, sum(p + n not in known for n in private), p))
    return found[0] if found else ""
