"""Where a set may be run over: in builtins whose result hangs on no order."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import ListType, ScalarKind
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.own_containers import keys_of

if TYPE_CHECKING:
    from tracescript.errors import ProducerError
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_EXACT = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.STR)
_HARMLESS = (
    *(ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.expr_context),
    *(ast.cmpop, ast.boolop, ast.unaryop, ast.IfExp),
)


def allow(e: Emitter, node: ast.Call) -> None:
    """Let the loops of a call's first argument run over sets."""
    for arg in node.args[:1]:
        e.order_free.add(arg)
        if isinstance(arg, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            e.order_free.update(g.iter for g in arg.generators)


def without_order(entries: list[Entry]) -> list[Entry]:
    """Return entries with what sets hold in place of the sets."""
    return [keys_of(x) for x in entries]


def check(e: Emitter, node: ast.Call, made: Entry) -> Entry:
    """Return a result, refused where it hangs on the order of a set that was run over."""
    inner = made
    if isinstance(made, Value) and isinstance(made.type, ListType):
        inner = Value(made.type.element)
    if _is_over_set(e, node) and not is_scalar(inner, *_EXACT):
        raise _seen(e, node)
    return made


def check_quantifier(e: Emitter, node: ast.Call) -> None:
    """Refuse any() and all() over a set where what is asked could raise an error for an item."""
    arg = node.args[0] if node.args else None
    if e.frame.is_ours or not isinstance(arg, ast.GeneratorExp) or not _is_over_set(e, node):
        return
    asked = [arg.elt, *(test for g in arg.generators for test in g.ifs)]
    if any(not isinstance(n, _HARMLESS) for test in asked for n in ast.walk(test)):
        raise _seen(e, node)


def _is_over_set(e: Emitter, node: ast.Call) -> bool:
    loops = [
        g.iter
        for arg in node.args[:1]
        if isinstance(arg, ast.GeneratorExp | ast.ListComp | ast.SetComp)
        for g in arg.generators
    ]
    return any(n in e.sets_run_over for n in loops)


def _seen(e: Emitter, node: ast.AST) -> ProducerError:
    return e.error(
        node,
        "the order of a set would be seen here",
        rule="SCRIPT-6",
        hint="sorted(s) has one order everywhere",
    )
