"""Loops over `map`, `filter` and generators: a round makes the item that it takes. Spec: SCRIPT-6.

`for v in map(f, xs): body` is compiled as `for w in xs: v = f(w); body`, so that what the functions
do, and what stops them, comes in Python's order, and not at all behind a `break`.
"""

from __future__ import annotations

import ast
import copy
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Known
from tracescript.producer.script.source.exits import Loop

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

N = TypeVar("N", bound=ast.AST)
_NUMBERS: Final = itertools.count(1)


@dataclass(frozen=True)
class _Opened:
    """How the items of an iterator are made: `element`, after statements, for `target in source`.

    A statement is an assignment, or a test that leaves the item out.
    """

    source: ast.expr
    target: ast.expr
    begin: tuple[ast.stmt | ast.expr, ...]
    element: ast.expr

    def body(self, body: list[ast.stmt], at: ast.AST) -> list[ast.stmt]:
        """Return statements of a round, with what makes its item before them."""
        for part in reversed(self.begin):
            body = (
                [part, *body] if isinstance(part, ast.stmt) else [_at(ast.If(part, body, []), at)]
            )
        return body


def opened(e: Emitter, node: Loop) -> Loop | None:
    """Return a loop over what an iterator takes its items from; None for any other loop."""
    header = node.header
    assert isinstance(header, ast.For)
    found = None if e.frame.is_ours else _opened(e, header.iter)
    if found is None:
        return None
    item = _at(ast.Assign([header.target], found.element), header.iter)
    body = found.body([item, *node.body], header.iter)
    over = ast.copy_location(ast.For(found.target, found.source, header.body, []), header)
    return Loop(over, body, node.stop)


def can_open(e: Emitter, node: ast.expr) -> bool:
    """Whether a loop over an expression can make the items one by one; nothing is compiled."""
    if e.frame.is_ours:
        return False
    if isinstance(node, ast.GeneratorExp):
        return len(node.generators) == 1
    if not isinstance(node, ast.Call) or not _is_plain(node):
        return False
    name = _name(e, node)
    if name == "builtins.enumerate":
        return can_open(e, node.args[0])
    return (name == "builtins.map" and len(node.args) > 1) or (
        name == "builtins.filter" and len(node.args) == 2  # noqa: PLR2004  # f and a list
    )


def _is_plain(node: ast.Call) -> bool:
    is_spread = any(isinstance(a, ast.Starred) for a in node.args)
    return isinstance(node.func, ast.Name) and bool(node.args) and not (node.keywords or is_spread)


def _name(e: Emitter, node: ast.Call) -> str:
    callee = e.expr(node.func)
    return e.session.identity(callee.value) if isinstance(callee, Known) else ""


def _opened(e: Emitter, node: ast.expr) -> _Opened | None:
    if isinstance(node, ast.GeneratorExp):
        return _generator(e, node)
    if not isinstance(node, ast.Call) or not _is_plain(node):
        return None
    form = _FORMS.get(_name(e, node))
    return form(e, node) if form is not None else None


def _generator(e: Emitter, node: ast.GeneratorExp) -> _Opened | None:
    """A generator with one `for`; its variables get names of their own."""
    if len(node.generators) > 1:
        return None
    first = node.generators[0]
    number = next(_NUMBERS)
    own = {n.id for n in ast.walk(first.target) if isinstance(n, ast.Name)}

    def renamed(part: ast.expr) -> ast.expr:
        made = copy.deepcopy(part)
        for n in ast.walk(made):
            if isinstance(n, ast.Name) and n.id in own:
                n.id = f"{n.id} of generator {number}"
            elif isinstance(n, ast.arg) and n.arg in own:
                n.arg = f"{n.arg} of generator {number}"
        return made

    begin = tuple(map(renamed, first.ifs))
    return _over(e, _Opened(first.iter, renamed(first.target), begin, renamed(node.elt)), node)


def _map(e: Emitter, node: ast.Call) -> _Opened | None:
    """`map(f, xs, ...)`."""
    items = _items(node, len(node.args) - 1)
    if not items:
        return None
    function, over = _named(e, "function", e.expr(node.args[0]), node), node.args[1]
    target: ast.expr = items[0]
    if len(items) > 1:
        over = _at(ast.Call(_named(e, "zip", Known(zip), node), node.args[1:], []), node)
        target = _at(ast.Tuple(list(items), ast.Store()), node)
    element = _at(ast.Call(function, list(map(_load, items)), []), node)
    return _over(e, _Opened(over, target, (), element), node)


def _filter(e: Emitter, node: ast.Call) -> _Opened | None:
    """`filter(f, xs)`."""
    if len(node.args) != 2:  # noqa: PLR2004  # f and a list
        return None
    (item,) = _items(node, 1)
    function = e.expr(node.args[0])
    test = _load(item)
    if not is_none(function):
        test = _at(ast.Call(_named(e, "function", function, node), [test], []), node)
    return _over(e, _Opened(node.args[1], item, (test,), _load(item)), node)


def _enumerate(e: Emitter, node: ast.Call) -> _Opened | None:
    """`enumerate(map(f, xs))`: with a counter, since items may be left out."""
    inner = _opened(e, node.args[0])
    if inner is None:
        return None
    counter = _named(
        e, "counter", e.constant(0) if len(node.args) == 1 else e.expr(node.args[1]), node
    )
    (now,) = _items(node, 1)
    one = _at(ast.BinOp(counter, ast.Add(), ast.Constant(1)), node)
    begin = (
        _at(ast.Assign([now], counter), node),
        _at(ast.Assign([ast.Name(counter.id, ast.Store())], one), node),
    )
    pair = _at(ast.Tuple([_load(now), inner.element], ast.Load()), node)
    return replace(inner, begin=(*inner.begin, *begin), element=pair)


def _zip(e: Emitter, node: ast.Call) -> _Opened | None:
    """`zip(xs, map(f, ys))`: where the last alone is opened, no round makes an item in vain."""
    last = node.args[-1]
    is_short = isinstance(last, ast.GeneratorExp) and bool(last.generators[0].ifs)
    if is_short or not can_open(e, last) or any(can_open(e, a) for a in node.args[:-1]):
        return None
    if isinstance(last, ast.Call) and (
        _name(e, last) != "builtins.map" or can_open(e, last.args[1])
    ):
        return None
    inner = _opened(e, last)
    assert inner is not None
    items = _items(node, len(node.args) - 1)
    source = _at(ast.Call(node.func, [*node.args[:-1], inner.source], []), node)
    target = _at(ast.Tuple([*items, inner.target], ast.Store()), node)
    element = _at(ast.Tuple([*map(_load, items), inner.element], ast.Load()), node)
    return _Opened(source, target, inner.begin, element)


_FORMS: Final = {
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
}


def _over(e: Emitter, made: _Opened, at: ast.expr) -> _Opened:
    """Open what an opened iterator itself runs over, if that is an iterator."""
    inner = _opened(e, made.source)
    if inner is None:
        return made
    item = _at(ast.Assign([made.target], inner.element), at)
    return replace(inner, begin=(*inner.begin, item, *made.begin), element=made.element)


def _named(e: Emitter, what: str, entry: Entry, at: ast.expr) -> ast.Name:
    """Give an entry a name that syntax can hold and no user has."""
    name = f"{what} of iterator {next(_NUMBERS)}"
    e.scope[e.frame.key(name)] = entry
    return ast.copy_location(ast.Name(name, ast.Load()), at)


def _items(at: ast.expr, count: int) -> list[ast.Name]:
    names = (f"item of iterator {next(_NUMBERS)}" for _ in range(count))
    return [ast.copy_location(ast.Name(n, ast.Store()), at) for n in names]


def _load(name: ast.Name) -> ast.expr:
    return ast.copy_location(ast.Name(name.id, ast.Load()), name)


def _at(made: N, at: ast.AST) -> N:
    ast.copy_location(made, at)
    return ast.fix_missing_locations(made)


__all__ = ["can_open", "opened"]
