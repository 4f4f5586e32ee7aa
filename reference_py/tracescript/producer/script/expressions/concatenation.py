"""`+`, `*` and `%` of texts, lists and tuples."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import ListType, ScalarKind, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import Empty, Items, constant_of
from tracescript.producer.script.emitter.facts import MOST_UNROLLED
from tracescript.producer.script.emitter.size_marks import as_tuple_list, is_tuple_like
from tracescript.producer.script.expressions.operators import WHOLE, to_number
from tracescript.producer.script.prelude import text as prelude_text

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def sequences(e: Emitter, kind: type[ast.operator], left: Entry, right: Entry) -> Entry | None:
    """`+` and `*` of strings, lists and tuples."""
    left, right = (
        e.parts(x) if isinstance(x, Value) and isinstance(x.type, TupleType) else x
        for x in (left, right)
    )
    if (
        kind is ast.Add
        and isinstance(left, Items)
        and isinstance(right, Items)
        and left.is_list == right.is_list
    ):
        return Items(left.parts + right.parts, left.is_list)
    if kind is ast.Mult and isinstance(left, Items):
        known, times = constant_of(right)
        if known and isinstance(times, int) and len(left.parts) * times <= MOST_UNROLLED:
            return Items(left.parts * times, left.is_list)
    if kind is ast.BitOr:
        from tracescript.producer.script.containers.dicts import merged

        return merged(e, left, right)
    if kind is ast.Mod and is_scalar(left, ScalarKind.STR) and constant_of(left)[0]:
        from tracescript.producer.script.containers.formatting import percent

        return percent(e, constant_of(left)[1], right)
    if kind is ast.Mult and is_scalar(right, ScalarKind.STR):
        left, right = right, left
    if kind is ast.Mult and is_scalar(left, ScalarKind.STR) and is_scalar(right, *WHOLE):
        return e.prelude(prelude_text.repeated, left, e.as_int(right))
    if kind is ast.Add and is_scalar(left, ScalarKind.STR) and is_scalar(right, ScalarKind.STR):
        return e.op("str.concat", [e.value(left), e.value(right)])
    return _lists(e, kind, left, right) if kind in {ast.Add, ast.Mult} else None


def _lists(e: Emitter, kind: type[ast.operator], left: Entry, right: Entry) -> Entry | None:
    """`+` and `*` of lists, and of tuples whose length run time tells."""
    pair = _tuples(e, kind, left, right)
    if pair is None:
        return None
    left, right = pair
    if kind is ast.Add:
        left, right = _typed_pair(e, left, right)
        if isinstance(left, Value) and isinstance(right, Value) and isinstance(left.type, ListType):
            return _joined(e, left, right)
    if kind is ast.Mult and isinstance(right, Value) and isinstance(right.type, ListType):
        left, right = right, left
    if (
        kind is ast.Mult
        and isinstance(left, Value)
        and isinstance(left.type, ListType)
        and is_scalar(right, ScalarKind.INT, ScalarKind.BOOL)
    ):
        made = e.op("list.repeat", [left, to_number(e, e.value(right), ScalarKind.INT)])
        e.session.aliases.copied(made, e.where())
        return made
    return None


def _joined(e: Emitter, left: Value, right: Value) -> Value:
    """Two lists as one; a constant where both are."""
    (is_known, first), (is_second, second) = constant_of(left), constant_of(right)
    if is_known and is_second and left.type == right.type and not is_tuple_like(e, left):
        return e.make_list([e.constant(v) for v in (*first, *second)])
    for listed in (left, right):
        e.session.aliases.copied(listed, e.where())
    return e.op("list.concat", [left, right])


def _tuples(
    e: Emitter, kind: type[ast.operator], left: Entry, right: Entry
) -> tuple[Entry, Entry] | None:
    """`+` and `*` of tuples whose length run time tells; None where one side is a list.

    Such tuples of ints are lists in the graph, and so becomes a tuple beside one.
    """
    if kind is ast.Mult and isinstance(right, Items):
        left, right = right, left
    if kind is ast.Mult:
        is_plain = isinstance(left, Items) and not left.is_list and left.parts
        if not is_plain or not is_scalar(right, *WHOLE) or constant_of(right)[0]:
            return left, right
        return as_tuple_list(e, left) or left, right
    if is_tuple_like(e, left) == is_tuple_like(e, right):
        return left, right
    sides = [s if is_tuple_like(e, s) else as_tuple_list(e, s) for s in (left, right)]
    return None if sides[0] is None or sides[1] is None else (sides[0], sides[1])


def _typed_pair(e: Emitter, left: Entry, right: Entry) -> tuple[Entry, Entry]:
    """Give `[]` the type of the list beside it."""
    if isinstance(left, Empty) and isinstance(right, Value):
        return e.empty(right.type), right
    if isinstance(right, Empty) and isinstance(left, Value):
        return left, e.empty(left.type)
    if isinstance(left, Items) and left.is_list:
        left = e.value(left)
    if isinstance(right, Items) and right.is_list:
        right = e.value(right)
    return left, right
