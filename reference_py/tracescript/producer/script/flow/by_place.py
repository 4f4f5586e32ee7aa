"""Loops that change the records of a list or dict: what they run over is reached by its place.

`for p in xs: p.go()` is compiled as if `p` were written `xs[i]`, so that the list has the record as
it is changed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

from tracescript.ir.types import DictType, ListType, StructType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Series
from tracescript.producer.script.expressions.targets import bound_names
from tracescript.producer.script.flow.iteration import series_of
from tracescript.producer.script.source.exits import Loop
from tracescript.producer.script.source.reading import as_written
from tracescript.producer.script.source.records import is_changed
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter


class _Form(NamedTuple):
    """What a loop runs over, the name of its records, the target of their indexes or keys."""

    over: ast.expr
    record: str
    place: ast.expr | None
    is_dict: bool


def by_place(e: Emitter, node: Loop) -> tuple[Loop, Series] | None:
    """Return a loop over places and what it runs over; None for any other loop."""
    assert isinstance(node.header, ast.For)
    form = _form(node.header)
    if form is None or not _is_place(form.over) or not _changes(e, node, form):
        return None
    held = e.expr(form.over)
    kind = held.type if isinstance(held, Value) else None
    inner: Type | None = None
    if isinstance(kind, DictType) and form.is_dict:
        inner = kind.value
    elif isinstance(kind, ListType) and not form.is_dict:
        inner = kind.element
    found = e.session.classes.get(inner) if isinstance(inner, StructType) else None
    if not isinstance(held, Value) or found is None or not is_changed(found):
        return None
    if form.is_dict:
        keys = series_of(e, held)
        series = Series(keys.trip, keys.item, None, "dict", (held,), by_place=True)
    else:
        trip = e.op("list.len", [held])
        series = Series(trip, lambda i: i, None, "list", (held,), by_place=True)
    return _rewritten(node, form), series


def _form(header: ast.For) -> _Form | None:
    target, over = header.target, header.iter
    if isinstance(target, ast.Name) and not isinstance(over, ast.Call):
        return _Form(over, target.id, None, is_dict=False)
    if not isinstance(over, ast.Call) or over.keywords:
        return None
    function, pair = over.func, target.elts if isinstance(target, ast.Tuple) else []
    method = function.attr if isinstance(function, ast.Attribute) and not over.args else ""
    if method == "values" and isinstance(target, ast.Name):
        return _Form(function.value, target.id, None, is_dict=True)  # type: ignore[attr-defined]  # it has a method
    if len(pair) != 2 or not isinstance(pair[1], ast.Name):  # noqa: PLR2004  # an index and a record
        return None
    if method == "items":
        return _Form(function.value, pair[1].id, pair[0], is_dict=True)  # type: ignore[attr-defined]  # it has a method
    if isinstance(function, ast.Name) and function.id == "enumerate" and len(over.args) == 1:
        return _Form(over.args[0], pair[1].id, pair[0], is_dict=False)
    return None


def _is_place(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _changes(e: Emitter, node: Loop, form: _Form) -> bool:
    """Whether the body may change the records, and names stand for the same throughout."""
    inside = [n for s in node.body for n in nodes_of(s)]
    root = form.over
    while isinstance(root, ast.Attribute):
        root = root.value
    assert isinstance(root, ast.Name)
    bound = {name for s in node.body for name in bound_names(s)}
    if {form.record, root.id} & bound or any(isinstance(n, ast.Lambda) for n in inside):
        return False
    if any(isinstance(n, ast.FunctionDef) for n in inside):
        return False
    if _is_read_elsewhere(e.frame.definition, node.header, form.record):
        return False
    changed = [n for n in inside if isinstance(n, ast.Attribute | ast.Subscript)]
    stored = [n for n in changed if isinstance(n.ctx, ast.Store)]
    called = [n.func for n in inside if isinstance(n, ast.Call)]
    return any(_starts_from(n, form.record) for n in [*stored, *called])


def _is_read_elsewhere(definition: ast.AST, loop: ast.AST, name: str) -> bool:
    """Whether a name is read where neither this loop nor another one gives it a value."""
    inside: set[int] = set()
    for n in nodes_of(definition):
        targets: list[ast.AST] = []
        if isinstance(n, ast.For):
            targets = [n.target]
        elif isinstance(n, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            targets = [g.target for g in n.generators]
        found = {t.id for x in targets for t in nodes_of(x) if isinstance(t, ast.Name)}
        if n is loop or name in found:
            within = n.body if isinstance(n, ast.For) else [n]
            inside |= {id(x) for s in within for x in nodes_of(s)}
    return any(
        isinstance(n, ast.Name) and n.id == name and id(n) not in inside
        for n in nodes_of(definition)
        if isinstance(getattr(n, "ctx", None), ast.Load)
    )


def _starts_from(node: ast.expr, name: str) -> bool:
    """Whether an expression is a part of what a name stands for."""
    if isinstance(node, ast.Name):
        return False
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id == name


def _rewritten(node: Loop, form: _Form) -> Loop:
    place = f"place of {form.record} in line {node.lineno}"

    def placed(found: Any) -> Any:
        if isinstance(found, list):
            return [placed(x) for x in found]
        if not isinstance(found, ast.AST):
            return found
        if isinstance(found, ast.Name) and found.id == form.record:
            index = ast.copy_location(ast.Name(place, ast.Load()), found)
            made = ast.copy_location(ast.Subscript(form.over, index, found.ctx), found)
            return as_written(made, form.record)
        other = type(found).__new__(type(found))
        for name, value in vars(found).items():
            setattr(other, name, placed(value))
        return other

    body: list[ast.stmt] = placed(node.body)
    if form.place is not None:
        value = ast.copy_location(ast.Name(place, ast.Load()), node)
        body.insert(0, ast.copy_location(ast.Assign([form.place], value), node))
    header = node.header
    assert isinstance(header, ast.For)
    target = ast.copy_location(ast.Name(place, ast.Store()), header.target)
    made = ast.copy_location(ast.For(target, header.iter, header.body, header.orelse), header)
    return Loop(made, body, node.stop)


__all__ = ["by_place"]
