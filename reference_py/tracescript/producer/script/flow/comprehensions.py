"""Comprehensions and generators: loops with an append; short where every part is known."""

from __future__ import annotations

import ast
import contextlib
from typing import TYPE_CHECKING, TypeVar

from tracescript.opset.calls import join as join_types
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.entries import Empty, Items, Series
from tracescript.producer.script.expressions.targets import assign_to
from tracescript.producer.script.flow.iteration import series_at
from tracescript.producer.script.flow.iterators import refuse_kept
from tracescript.producer.script.flow.opening import can_open
from tracescript.producer.script.flow.seen import begin, refuse_seen
from tracescript.producer.script.source.exits import remove_loop_exits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

N = TypeVar("N", bound=ast.AST)
_RESULT = "result of comprehension"
_SERIES = "series of comprehension"


def collected(e: Emitter, parts: Sequence[Entry]) -> Entry:
    """Make a list of parts: a value where all are run-time values of one type."""
    if not parts:
        return Empty(at=e.at)
    if not all(e.session.is_runtime(p) for p in parts):
        return Items(tuple(parts), is_list=True)
    values = [e.value(p) for p in parts]
    kind = values[0].type
    for value in values[1:]:
        joined = join_types(kind, value.type)
        if joined is None:
            return Items(tuple(parts), is_list=True)
        kind = joined
    return e.make_list(values)


@expression(ast.ListComp, ast.GeneratorExp)
def list_comprehension(e: Emitter, node: ast.ListComp | ast.GeneratorExp) -> Entry:
    """`[f(x) for x in xs if c]`."""
    if not isinstance(node, ast.GeneratorExp):
        return _listed(e, node)
    refuse_kept(e, node)
    begun = begin(e)
    made = _listed(e, node)
    refuse_seen(e, node, begun)
    return made


def _listed(e: Emitter, node: ast.ListComp | ast.GeneratorExp) -> Entry:
    first = node.generators[0]
    last = _call(node, _RESULT, "append", [node.elt])
    if can_open(e, first.iter):
        return _accumulate(e, node, last, Empty(at=node))
    series = series_at(e, first.iter)
    if len(node.generators) == 1 and not first.ifs and series.parts is not None:
        return _each(e, node, series.parts)
    return _accumulate(e, node, last, Empty(at=node), series)


def _each(e: Emitter, node: ast.ListComp | ast.GeneratorExp, parts: tuple[Entry, ...]) -> Entry:
    """One generator over known parts: the elements one by one."""
    target = node.generators[0].target
    with _own_names(e, {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}):
        made = []
        for part in parts:
            assign_to(e, target, part)
            made.append(e.expr(node.elt))
    return collected(e, made)


@contextlib.contextmanager
def _own_names(e: Emitter, names: set[str]) -> Iterator[None]:
    """Make names local to a comprehension."""
    keys = [e.frame.key(name) for name in sorted(names)]
    before = {key: e.scope.pop(key) for key in keys if key in e.scope}
    outer, e.frame.local_names = e.frame.local_names, e.frame.local_names | names
    yield
    e.frame.local_names = outer
    for key in keys:
        e.scope.pop(key, None)
    e.scope.update(before)


@expression(ast.DictComp)
def dict_comprehension(e: Emitter, node: ast.DictComp) -> Entry:
    """`{k: v for x in xs}`."""
    target = ast.Subscript(ast.Name(_RESULT, ast.Load()), node.key, ast.Store())
    return _accumulate(e, node, ast.Assign([target], node.value), Empty(is_dict=True, at=node))


def keys_of_comprehension(e: Emitter, node: ast.SetComp) -> Entry:
    """`{k for x in xs}` as the keys of a dict."""
    target = ast.Subscript(ast.Name(_RESULT, ast.Load()), node.elt, ast.Store())
    kept = ast.Assign([target], ast.Constant(True))
    return _accumulate(e, node, kept, Empty(is_dict=True, at=node))


def quantifier(e: Emitter, node: ast.GeneratorExp, *, is_any: bool) -> Entry:
    """`any(...)` or `all(...)` of a generator: stops at the first that decides."""
    test = node.elt if is_any else _at(ast.UnaryOp(ast.Not(), node.elt), node)
    found = _at(ast.Assign([ast.Name(_RESULT, ast.Store())], ast.Constant(is_any)), node)
    decided: ast.stmt = _at(ast.If(test, [found, _at(ast.Break(), node)], []), node)
    if len(node.generators) > 1:
        decided = _at(ast.If(test, [found], []), node)
    return _accumulate(e, node, decided, e.constant(not is_any))


def _call(node: ast.AST, name: str, method: str, args: list[ast.expr]) -> ast.stmt:
    function = ast.Attribute(ast.Name(name, ast.Load()), method, ast.Load())
    return _at(ast.Expr(_at(ast.Call(function, args, []), node)), node)


def _at(made: N, node: ast.AST) -> N:
    ast.copy_location(made, node)
    return ast.fix_missing_locations(made)


def _accumulate(
    e: Emitter,
    node: ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp,
    last: ast.stmt,
    start: Entry,
    series: Series | None = None,
) -> Entry:
    """Run the loops with the result in a name of its own; the loops' variables stay inside."""
    body: list[ast.stmt] = [last]
    targets: set[str] = {_RESULT, _SERIES}
    is_opened = can_open(e, node.generators[0].iter)
    for k, generator in reversed(list(enumerate(node.generators))):
        for test in reversed(generator.ifs):
            body = [ast.copy_location(ast.If(test, body, []), test)]
        is_made = k == 0 and not is_opened
        run_over = ast.Name(_SERIES, ast.Load()) if is_made else generator.iter
        body = [_at(ast.For(generator.target, run_over, body, []), generator.target)]
        targets |= {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
    for made in body:
        _at(made, node)
    series = series or (None if is_opened else series_at(e, node.generators[0].iter))
    with _own_names(e, targets):
        e.scope[e.frame.key(_RESULT)] = start
        if series is not None:
            e.scope[e.frame.key(_SERIES)] = series
        e.run(remove_loop_exits(body))
        return e.lookup(_RESULT)
