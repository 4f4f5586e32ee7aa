"""Functions made while a program runs: lambdas and nested functions."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.values import Value
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.entries import Closure, Empty, Items

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@expression(ast.Lambda)
def lambda_(e: Emitter, node: ast.Lambda) -> Entry:
    """A function without a name: compiled in line where it is called."""
    return closure_of(e, node)


def closure_of(e: Emitter, node: ast.Lambda | ast.FunctionDef) -> Closure:
    """Make a function: its defaults are computed now, once."""
    a = node.args
    names = [p.arg for p in a.posonlyargs + a.args][len(a.posonlyargs + a.args) - len(a.defaults) :]
    defaults = [_kept(e, n, e.expr(d)) for n, d in zip(names, a.defaults, strict=True)]
    keyword = [
        None if d is None else _kept(e, p.arg, e.expr(d))
        for p, d in zip(a.kwonlyargs, a.kw_defaults, strict=True)
    ]
    return Closure(node, e.frame, tuple(defaults), tuple(keyword))


def _kept(e: Emitter, name: str, entry: Entry) -> Entry:
    """A default outlives the calls: no call may change it."""
    if isinstance(entry, Value):
        e.session.aliases.given(entry, name)
    if isinstance(entry, Empty | Items):
        return replace(entry, outside=f"the default of {name!r}, which all calls share")
    return entry
