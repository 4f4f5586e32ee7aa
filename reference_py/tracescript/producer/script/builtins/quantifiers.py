"""`any` and `all`: of generators, lists and tensors."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.producer.script.builtins.table import builtin, named_arguments, positional
from tracescript.producer.script.containers import set_order
from tracescript.producer.script.emitter.diagnostics import is_tensor
from tracescript.producer.script.flow.comprehensions import quantifier
from tracescript.producer.script.library.promote import emit_op

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@builtin("builtins.any")
def any_(e: Emitter, node: ast.Call) -> Entry:
    """`any`."""
    return _quantified(e, node, is_any=True)


@builtin("builtins.all")
def all_(e: Emitter, node: ast.Call) -> Entry:
    """`all`."""
    return _quantified(e, node, is_any=False)


def _quantified(e: Emitter, node: ast.Call, *, is_any: bool) -> Entry:
    set_order.allow(e, node)
    if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
        made = quantifier(e, node.args[0], is_any=is_any)
        set_order.check_quantifier(e, node)
        return made
    asked = _of_map(node)
    if asked is None:
        (x,) = set_order.without_order(positional(e, node, 1, 1))
        if is_tensor(x):
            return e.op("item_bool", [e.value(emit_op(e, "any" if is_any else "all", [x]))])
        asked = ast.Name(_ITEM, ast.Load()), named_arguments(e, [x], node)[0]
    item, over = asked
    loop = ast.comprehension(ast.Name(_ITEM, ast.Store()), over, [], 0)
    generator = ast.copy_location(ast.GeneratorExp(item, [loop]), node)
    ast.fix_missing_locations(generator)
    return quantifier(e, generator, is_any=is_any)


_ITEM = "item of quantifier"


def _of_map(node: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """`map(f, xs)` under any() and all(): f of an item, and what is run over; else None."""
    match node.args:
        case [ast.Call(ast.Name("map"), [ast.Name() | ast.Attribute() | ast.Lambda() as f, xs])]:
            return ast.Call(f, [ast.Name(_ITEM, ast.Load())], []), xs
    return None
