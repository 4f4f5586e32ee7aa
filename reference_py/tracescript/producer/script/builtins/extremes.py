"""`min` and `max`."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from tracescript.ir.types import ListType, ScalarKind, TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.builtins.table import builtin
from tracescript.producer.script.containers import set_order
from tracescript.producer.script.containers.enums import is_member
from tracescript.producer.script.containers.lists import has_own_order, is_named_tuple
from tracescript.producer.script.containers.mixed import is_mixed, one_of
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import Empty, Items, Known
from tracescript.producer.script.expressions.comparison import related
from tracescript.producer.script.expressions.logic import truth
from tracescript.producer.script.expressions.operators import NUMBERS, fold, plain_number
from tracescript.producer.script.flow.iteration import as_list, series_of
from tracescript.producer.script.prelude import methods as prelude
from tracescript.producer.script.prelude import orders

if TYPE_CHECKING:
    import ast

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@builtin("builtins.min")
def min_(e: Emitter, node: ast.Call) -> Entry:
    """`min`."""
    return _extreme(e, node, largest=False)


@builtin("builtins.max")
def max_(e: Emitter, node: ast.Call) -> Entry:
    """`max`."""
    return _extreme(e, node, largest=True)


def _extreme(e: Emitter, node: ast.Call, *, largest: bool) -> Entry:
    from tracescript.producer.script.calls.dispatch import arguments

    set_order.allow(e, node)
    args, kwargs = arguments(e, node)
    if len(args) == 1 and "key" not in kwargs:
        args = set_order.without_order(args)
    name = "max" if largest else "min"
    if not args or not set(kwargs) <= {"key", "default"}:
        raise e.error(
            node, f"{name}() takes values, key and default", code="TYPE_INFERENCE", rule="SCRIPT-10"
        )
    if kwargs:
        return set_order.check(e, node, _extreme_by(e, args, kwargs, largest=largest))
    return set_order.check(e, node, extreme(e, args, largest=largest))


def _extreme_by(e: Emitter, args: list[Entry], kwargs: dict[str, Entry], *, largest: bool) -> Entry:
    """`max(xs, key=f)` and `max(xs, default=d)`."""
    xs = as_list(e, series_of(e, args[0] if len(args) == 1 else Items(tuple(args))))
    other = kwargs.get("default")
    if isinstance(xs, Empty):
        if other is None:
            raise e.error(None, "the list is empty", code="TYPE_INFERENCE", rule="SCRIPT-4")
        return other
    listed = e.value(xs)

    def found() -> Entry:
        key = kwargs.get("key")
        if key is None or is_none(key):
            return extreme(e, [listed], largest=largest)
        return e.prelude(prelude.largest if largest else prelude.smallest, listed, key)

    if other is None:
        return found()
    return one_of(e, truth(e, listed), found, lambda: other)


def extreme(e: Emitter, args: list[Entry], *, largest: bool) -> Entry:
    """`min` or `max` of values, or of what one value holds."""
    if len(args) == 1 and (is_tensor(args[0]) or e.session.holds_array(args[0])):
        return e.prelude(orders.greatest_row if largest else orders.least_row, e.value(args[0]))
    if len(args) == 1:
        listed = as_list(e, series_of(e, args[0]))
        if not isinstance(listed, Items):
            return _of_list(e, e.value(listed), largest=largest)
        args = list(listed.parts)
    folded = fold(e, max if largest else min, *args) if len(args) > 1 else None
    if folded is not None:
        return folded
    if any(map(is_member, args)) and not any(map(is_tensor, args)):
        return _of_types(e, args, largest=largest)
    args = [plain_number(e, a) for a in args]
    tensors = [e.value(a).type for a in args if is_tensor(a) or e.session.holds_array(a)]
    if any(isinstance(k, TensorType) and k.shape != () for k in tensors):
        raise e.error(
            None,
            "min() and max() of tensors hang on truth values of tensors",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="torch.maximum(a, b) compares element by element",
        )
    are_numbers = all(is_mixed(e, a) or is_scalar(a, *NUMBERS) for a in args)
    if tensors or (
        are_numbers
        and (any(is_mixed(e, a) for a in args) or len({e.value(a).type for a in args}) > 1)
    ):
        return _of_types(e, args, largest=largest)
    values = [e.value(a) for a in args]
    return _of_list(e, e.make_list(values), largest=largest)


def _of_types(e: Emitter, args: list[Entry], *, largest: bool) -> Entry:
    """The first of the smallest or largest numbers, with the type that it has."""
    relation, python = ("gt", operator.gt) if largest else ("lt", operator.lt)
    best, *rest = args
    for x in rest:
        test = truth(e, related(e, relation, python, x, best))
        best = one_of(e, test, lambda x=x: x, lambda best=best: best)
    return best


def _of_list(e: Emitter, xs: Value, *, largest: bool) -> Value:
    """The smallest or largest item of a list."""
    kind = Value(xs.type.element) if isinstance(xs.type, ListType) else xs
    if is_scalar(kind, ScalarKind.INT, ScalarKind.FLOAT):
        return e.op("min_max", [xs], {"largest": largest})
    if is_named_tuple(xs.type):
        by_key = prelude.largest if largest else prelude.smallest
        return e.value(e.prelude(by_key, xs, Known(tuple)))
    if has_own_order(e, xs.type):
        return e.value(e.prelude(orders.greatest if largest else orders.least, xs))
    place = e.constant(-1 if largest else 0)
    return e.op("list.get", [e.op("list.sort", [xs]), place])
