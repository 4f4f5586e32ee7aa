"""Literals and the walrus."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.emitter.core import INT64, expression
from tracescript.producer.script.emitter.entries import Known

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@expression(ast.NamedExpr)
def walrus(e: Emitter, node: ast.NamedExpr) -> Entry:
    """`(name := value)`."""
    entry = e.expr(node.value)
    e.bind(node.target.id, entry)
    return entry


@expression(ast.Constant)
def literal(e: Emitter, node: ast.Constant) -> Entry:
    """A number, a string, None, True, False, `...`."""
    if node.value is Ellipsis:
        return Known(Ellipsis)
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value not in INT64:
        raise e.error(node, f"{node.value} is beyond 64 bits", rule="SCRIPT-5", hint="use a float")
    if not isinstance(node.value, bool | int | float | str | type(None)):
        raise e.error(
            node,
            f"scripts have no {type(node.value).__name__}",
            hint="numbers are int and float, texts are str",
        )
    return e.constant(node.value)
