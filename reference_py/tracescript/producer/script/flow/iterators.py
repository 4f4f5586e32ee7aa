"""Iterators that a name holds: their items are taken once, where the name is read."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.producer.script.emitter.entries import Closure, Known, MethodOf
from tracescript.producer.script.emitter.frame import cells_of
from tracescript.producer.tree import children_of, nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_BUILTINS = frozenset({"map", "filter", "zip", "enumerate", "reversed", "chain.from_iterable"})
_LATER = (ast.While, ast.Lambda, ast.FunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Position = tuple[int, int]

CONSUMERS = frozenset(
    {
        *("all", "any", "dict", "enumerate", "filter", "frozenset", "list", "map", "max", "min"),
        *("set", "sorted", "sum", "tuple", "zip", "unroll", "reduce", "prod", "fromkeys", "join"),
        *("Counter", "OrderedDict", "defaultdict", "extend", "update", "difference_update"),
        *("union", "intersection", "difference", "symmetric_difference", "intersection_update"),
        *("issubset", "issuperset", "isdisjoint", "symmetric_difference_update", "chain"),
        *("from_iterable", "islice", "accumulate", "product", "permutations", "combinations"),
        *("takewhile", "dropwhile", "filterfalse", "starmap", "pairwise", "zip_longest"),
        *("compress", "combinations_with_replacement", "deque", "extendleft"),
    }
)
"""Functions and methods, by the last part of their name, that take an iterator to its end."""


def is_iterator(e: Emitter, node: ast.expr | None) -> bool:
    """Whether an expression gives an iterator in Python, not a list."""
    if isinstance(node, ast.GeneratorExp):
        return True
    function = node.func if isinstance(node, ast.Call) else None
    root = function
    while isinstance(root, ast.Attribute):
        root = root.value
    if function is None or not isinstance(root, ast.Name) or not root.id.isidentifier():
        return False
    if isinstance(function, ast.Name) or isinstance(e.expr(root), Known):
        return makes_iterator(e, e.expr(function))
    return False


def makes_iterator(e: Emitter, callee: Entry) -> bool:
    """Whether what an entry stands for gives an iterator: a builtin, or the program's own."""
    if isinstance(callee, Closure):
        cells = {**callee.frame.namespace, **callee.frame.cells}
        return _returns_iterator(e, callee.definition, cells)
    function = getattr(callee, "function" if isinstance(callee, MethodOf) else "value", None)
    if gives_iterator(e.session.identity(function)):
        return True
    home = str(getattr(function, "__module__", "")).partition(".")[0]
    if not inspect.isfunction(function) or home in {"torch", "numpy", "tracescript"}:
        return False
    names = {**function.__globals__, **cells_of(function)}
    try:
        definition = e.session.definitions.of(function).definition
    except ProducerError:
        return False
    return _returns_iterator(e, definition, names)


def _returns_iterator(
    e: Emitter, definition: ast.FunctionDef | ast.Lambda, names: dict[str, Any]
) -> bool:
    """Whether a function of the program returns what it makes an iterator of, by its own text."""

    def called(node: ast.expr) -> Any:
        if isinstance(node, ast.Attribute):
            return getattr(called(node.value), node.attr, None)
        name = node.id if isinstance(node, ast.Name) else ""
        return names.get(name, getattr(builtins, name, None))

    def is_made(node: ast.expr | None) -> bool:
        if isinstance(node, ast.IfExp):
            return is_made(node.body) or is_made(node.orelse)
        if isinstance(node, ast.Call):
            return gives_iterator(e.session.identity(called(node.func)))
        return isinstance(node, ast.GeneratorExp)

    if isinstance(definition, ast.Lambda):
        return is_made(definition.body)
    inside = [n for s in definition.body for n in nodes_of(s)]
    made: set[str] = set()
    for n in inside:
        if isinstance(n, ast.Assign) and is_made(n.value):
            made |= {t.id for t in n.targets if isinstance(t, ast.Name)}
    returned = [n.value for n in inside if isinstance(n, ast.Return)]
    return any(is_made(r) or (isinstance(r, ast.Name) and r.id in made) for r in returned)


def gives_iterator(home: str) -> bool:
    """Whether a function, by its module and name, gives an iterator."""
    module, _, name = home.partition(".")
    return module == "itertools" or (module == "builtins" and name in _BUILTINS)


def refuse_late(e: Emitter, node: ast.Assign | ast.AnnAssign) -> None:
    """Refuse an iterator in a name whose items a list would not show as Python does.

    That is where the name is read more than once, in a loop that begins later, or after a change of
    what the items are made of. Spec: SCRIPT-6.
    """
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [t.id for t in targets if isinstance(t, ast.Name)]
    if e.frame.is_ours or not names or node.value is None or not is_iterator(e, node.value):
        return
    for name in names:
        reads = list(_reads(e.frame.definition, name, _end(node)))
        if len(reads) > 1 or any(late for _, late in reads):
            raise _error(e, node, name, reads[-1][0], "its items are taken once")
        if e.frame.enclosing is None and any(_is_result(e.frame.definition, r) for r, _ in reads):
            raise _error(e, node, name, reads[0][0], "it is no result")
        for read, _ in reads:
            used = {n.id for n in nodes_of(node.value) if isinstance(n, ast.Name)}
            changed = _changed(e.frame.definition, used, _end(node), (read.lineno, read.col_offset))
            if changed is not None:
                what = f"{changed!r} changes before its items are taken"
                raise _error(e, node, name, read, what)


def refuse_result(e: Emitter, node: ast.expr | None) -> None:
    """Refuse an iterator as the result of the function that is scripted. Spec: SCRIPT-4."""
    if e.frame.enclosing is None and node is not None and is_iterator(e, node):
        raise e.error(
            node,
            "an iterator is no result",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=f"return list({ast.unparse(node)})",
        )


def refuse_kept(e: Emitter, node: ast.expr) -> None:
    """Refuse an iterator that is passed on, stored or asked for anything but its items.

    In the graph it is a list, which could be run over again. Spec: SCRIPT-6.
    """
    parents = parents_of(e.frame.definition)
    if e.frame.is_ours or node not in parents or _is_consumed(node, parents):
        return
    raise e.error(
        node,
        "an iterator is kept here, whose items are taken once",
        rule="SCRIPT-6",
        hint="make it a list: list(...)",
    )


@functools.lru_cache(maxsize=1024)
def parents_of(definition: ast.AST) -> dict[ast.AST, ast.AST]:
    """Return what is around each node below a definition."""
    return {child: node for node in nodes_of(definition) for child in children_of(node)}


def _is_consumed(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether what is around an expression takes its items, or names it."""
    parent = parents[node]
    if isinstance(parent, ast.IfExp) and node is not parent.test:
        return _is_consumed(parent, parents)
    if isinstance(parent, ast.Assign):
        return not any(
            isinstance(t, ast.Attribute)
            or (isinstance(t, ast.Subscript) and not isinstance(t.slice, ast.Slice))
            for t in parent.targets
        )
    if isinstance(parent, ast.Compare):
        return isinstance(parent.ops[-1], ast.In | ast.NotIn) and node is parent.comparators[-1]
    if isinstance(parent, ast.Call):
        name = getattr(parent.func, "attr", "") or getattr(parent.func, "id", "")
        return node is not parent.func and name in CONSUMERS
    return isinstance(parent, _CONSUMING)


_CONSUMING = (ast.For, ast.comprehension, ast.Starred, ast.AugAssign, ast.AnnAssign, ast.Return)


def _error(e: Emitter, node: ast.stmt, name: str, read: ast.Name, what: str) -> ProducerError:
    return e.error(
        node,
        f"{name!r} is an iterator: {what}",
        rule="SCRIPT-6",
        second=f"{e.frame.source.name}: it is read in line {read.lineno}",
        hint=f"make it a list: {name} = list(...)",
    )


def _reads(definition: ast.AST, name: str, after: Position) -> Iterator[tuple[ast.Name, bool]]:
    """Yield reads of a name until it is assigned again, and whether a later loop does it."""
    stores = [
        (n.lineno, 10**9)
        for n in nodes_of(definition)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    ]
    until = min((s for s in stores if s > (after[0], 10**9)), default=(10**9, 0))

    def walk(node: ast.AST, late: bool) -> Iterator[tuple[ast.Name, bool]]:
        begins = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) >= after
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            if after <= (node.lineno, node.col_offset) <= until:
                yield node, late
            return
        first: ast.AST | None = None
        if isinstance(node, ast.For):
            first = node.iter
        elif isinstance(node, _COMPREHENSIONS):
            first = node.generators[0].iter
        is_loop = begins and (first is not None or isinstance(node, _LATER))
        if first is not None:
            yield from walk(first, late)
        for child in children_of(node):
            inner = child
            if inner is first:
                continue
            if isinstance(inner, ast.comprehension) and inner.iter is first:
                for part in (inner.target, *inner.ifs):
                    yield from walk(part, late or is_loop)
                continue
            yield from walk(inner, late or is_loop)

    yield from walk(definition, False)


def _is_result(definition: ast.AST, read: ast.Name) -> bool:
    """Whether a read of a name is what a function returns."""
    returns = (n.value for n in nodes_of(definition) if isinstance(n, ast.Return))
    return any(value is read for value in returns)


def _changed(definition: ast.AST, names: set[str], after: Position, before: Position) -> str | None:
    """Return a name that is assigned, or may be changed, between two places."""
    for n in nodes_of(definition):
        at = getattr(n, "lineno", 0), getattr(n, "col_offset", 0)
        if not after <= at < before:
            continue
        root: ast.AST = n
        is_store = isinstance(getattr(n, "ctx", None), ast.Store | ast.Del)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute):
            root, is_store = n.func.value, True
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if is_store and isinstance(root, ast.Name) and root.id in names:
            return root.id
    return None


def _end(node: ast.AST) -> Position:
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0


__all__ = [
    "CONSUMERS",
    "gives_iterator",
    "is_iterator",
    "makes_iterator",
    "parents_of",
    "refuse_kept",
    "refuse_late",
    "refuse_result",
]
