"""Items of containers are equal where they are one object or `==`: they differ for NaN alone.

A graph knows no objects. Where two NaN meet and the program's text does not say whether they are
one object, the call stops. Spec: SCRIPT-4.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Final

from tracescript.ir.constants import FLOAT
from tracescript.ir.types import DictType, ListType, ScalarKind
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.emitter.type_parts import parts_of_type
from tracescript.producer.script.expressions import comparison
from tracescript.producer.script.expressions.logic import negated, truth
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.prelude import methods

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_TEXT: Final = "whether two NaN are equal here hangs on whether they are one object"


def same_item(e: Emitter, left: Entry, right: Entry, where: Value | None = None) -> Value:
    """Whether two items are equal; `where` says at run time whether Python would ask at all."""
    if left is right:
        return e.constant(True)
    known = [constant_of(x) for x in (left, right)]
    values = [v for k, v in known if k and isinstance(v, float)]
    if len(values) == 2 and values[0] is values[1]:  # noqa: PLR2004  # both sides
        return e.constant(True)
    same = truth(e, comparison.related(e, "eq", operator.eq, left, right))
    is_of_floats = all(is_scalar(x, ScalarKind.FLOAT) for x in (left, right))
    if same.constant is None and is_of_floats and all(map(math.isnan, values)):
        both = [_is_nan(e, e.value(x)) for x in (left, right)]
        asked = both if where is None else [*both, where]
        _stop(e, asked)
    return same


def known_items(e: Emitter, entry: Entry) -> tuple[Entry, ...] | None:
    """Return the items of a list that the program has written out, None for another."""
    if isinstance(entry, Items):
        return entry.parts
    return e.session.made_lists.get(entry) if isinstance(entry, Value) else None


def unlike(e: Emitter, a: Value, b: Value, same: Value) -> Value:
    """Whether two values are equal that are `same` but for NaN; the call stops for two NaN."""
    if a is b:
        return e.constant(True)
    if not holds_floats(a.type) or same.constant is not None:
        return same
    if a.type == ListType(FLOAT):
        arms = lambda: e.constant(True), lambda: truth(e, e.prelude(methods.same_numbers, a, b))
        return e.value(branch(e, same, arms))
    tests = [negated(e, same), _holds_nan(e, a), _holds_nan(e, b)]
    if isinstance(a.type, ListType | DictType):
        length = "list.len" if isinstance(a.type, ListType) else "dict.len"
        lengths = [e.op(length, [x]) for x in (a, b)]
        tests.append(e.op("int.cmp", lengths, {"relation": "eq"}))
    _stop(e, tests)
    return same


def check_found(e: Emitter, xs: Value, x: Value) -> None:
    """Stop where an item that is looked for is NaN, and one of the items is."""
    if x.constant is not None and x.constant.value == x.constant.value:  # no NaN
        return
    if xs.type == ListType(FLOAT) and is_scalar(x, ScalarKind.FLOAT):
        e.prelude(methods.refuse_nan, xs, x)
    elif holds_floats(x.type):
        _stop(e, [_holds_nan(e, x)])


def holds_floats(kind: Type) -> bool:
    """Whether there may be NaN in values of a type."""
    return kind == FLOAT or any(map(holds_floats, parts_of_type(kind)))


def _is_nan(e: Emitter, x: Value) -> Value:
    return e.op("float.cmp", [x, x], {"relation": "ne"})


def _holds_nan(e: Emitter, x: Value) -> Value:
    return negated(e, e.op("equal", [x, x]))


def _stop(e: Emitter, tests: list[Value]) -> None:
    """Stop the call where all tests hold."""
    every = tests[0]
    for test in tests[1:]:
        every = e.op("bool.op", [every, test], {"operation": "and"})
    e.ops("assert", [negated(e, every), e.constant(_TEXT)], {"code": "VALUE_ERROR"})


__all__ = ["check_found", "holds_floats", "known_items", "same_item", "unlike"]
