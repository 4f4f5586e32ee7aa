"""Methods of lists."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.constants import INT
from tracescript.ir.types import ListType, StructType
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.changes import rebind
from tracescript.producer.script.containers.enums import is_member
from tracescript.producer.script.containers.nans import check_found
from tracescript.producer.script.containers.sequences import copied, counted, element_fits, grow
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Empty, Items, Known, constant_of
from tracescript.producer.script.emitter.own_containers import is_sequence_of
from tracescript.producer.script.emitter.size_marks import PLAIN
from tracescript.producer.script.flow.iteration import as_list, series_of
from tracescript.producer.script.prelude import methods as prelude
from tracescript.producer.script.prelude import orders, slices

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Arguments = dict[str, Entry]
    Method = Callable[[Emitter, ast.expr, Entry, list[Entry], Arguments], Entry]


def _append(
    e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    (item,) = counted(e, args, 1, 1)
    item = e.value(item) if is_sequence_of(item) else item
    if isinstance(xs, Empty) and not e.session.is_runtime(item) and not is_member(item):
        rebind(e, receiver, xs, Items((item,), is_list=True))
        return e.constant(None)
    if isinstance(xs, Value) and isinstance(xs.type, ListType):
        item = e.fit(item, xs.type.element)
    value = e.value(item, "a list item")
    start = e.empty(ListType(value.type)) if isinstance(xs, Empty) else e.value(xs)
    assert isinstance(start.type, ListType)
    element = element_fits(e, start.type.element, value, "the list")
    e.session.aliases.escape(value, e.where())
    made = e.ops("list.append", [start, value], types=[ListType(element)])[0]
    rebind(e, receiver, xs, made)
    return e.constant(None)


def _extend(
    e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    (more,) = counted(e, args, 1, 1)
    grow(e, receiver, ast.Add(), xs, more)
    return e.constant(None)


def _insert(
    e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    at, item = counted(e, args, 2, 2)
    value = e.value(item)
    xs_value = e.empty(ListType(value.type)) if isinstance(xs, Empty) else e.value(xs)
    index = e.as_int(at)
    head = e.op("list.slice", [xs_value, None, index, None])
    tail = e.op("list.slice", [xs_value, index, None, None])
    e.session.aliases.escape(value, e.where())
    middle = e.op("list.append", [head, value])
    rebind(e, receiver, xs, e.op("list.concat", [middle, tail]))
    return e.constant(None)


def _pop(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments) -> Entry:
    found = counted(e, args, 0, 1)
    index = e.as_int(found[0]) if found else e.constant(-1)
    item, rest = e.ops("list.pop", [e.value(xs), index])
    rebind(e, receiver, xs, rest)
    return item


def _remove(
    e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    (item,) = counted(e, args, 1, 1)
    value = e.value(xs)
    check_found(e, value, e.value(item))
    rebind(e, receiver, xs, e.prelude(prelude.removed, value, item))
    return e.constant(None)


def _clear(
    e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    counted(e, args, 0, 0)
    if isinstance(xs, Value):
        rebind(e, receiver, xs, e.empty(xs.type))
    return e.constant(None)


def _sort(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], kwargs: Arguments) -> Entry:
    counted(e, args, 0, 0)
    key, reverse = kwargs.get("key"), kwargs.get("reverse", e.constant(False))
    if not isinstance(xs, Empty):
        rebind(e, receiver, xs, sorted_list(e, e.value(xs), reverse, key))
    return e.constant(None)


def sorted_list(e: Emitter, xs: Value, descending: Entry, key: Entry | None = None) -> Value:
    """Return a list in order."""
    known, backwards = constant_of(descending)
    if not known:
        raise e.error(
            None,
            "`reverse` must be known at compile time",
            rule="SCRIPT-10",
            hint="write both calls in an if",
        )
    if (key is None or is_none(key)) and is_named_tuple(xs.type):
        key = Known(tuple)
    if key is not None and not is_none(key):
        return e.value(e.prelude(prelude.ordered, xs, key, e.constant(bool(backwards))))
    if has_own_order(e, xs.type):
        return e.value(e.prelude(orders.in_order, xs, e.constant(bool(backwards))))
    made = e.op("list.sort", [xs], {"descending": bool(backwards)})
    if made.type == ListType(INT):
        e.session.list_kinds.note(made, PLAIN)
    return made


def has_own_order(e: Emitter, kind: Type) -> bool:
    """Whether a list holds records whose class says which is less."""
    if not isinstance(kind, ListType) or not isinstance(kind.element, StructType):
        return False
    return hasattr(e.session.classes.get(kind.element), "__lt__") and not kind.element.is_tuple


def is_named_tuple(kind: Type) -> bool:
    """Whether a list holds named tuples, which are in order as tuples are."""
    return (
        isinstance(kind, ListType)
        and isinstance(kind.element, StructType)
        and kind.element.is_tuple
    )


def _reverse(
    e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    counted(e, args, 0, 0)
    if not isinstance(xs, Empty):
        rebind(e, receiver, xs, e.op("list.slice", [e.value(xs), None, None, e.constant(-1)]))
    return e.constant(None)


def _copy(
    e: Emitter, _receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    counted(e, args, 0, 0)
    return copied(e, xs)


def _index(
    e: Emitter, _receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    item, *bounds = counted(e, args, 1, 3)
    value = e.value(xs)
    check_found(e, value, e.value(item))
    return e.prelude(prelude.index, value, item, *bounds)


def _count(
    e: Emitter, _receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    (item,) = counted(e, args, 1, 1)
    value = e.value(xs)
    check_found(e, value, e.value(item))
    return e.prelude(prelude.count, value, item)


def _numel(
    e: Emitter, _receiver: ast.expr, xs: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    """Of sizes: how many elements such a tensor has."""
    counted(e, args, 0, 0)
    return e.prelude(prelude.product, e.value(xs))


def assign_slice(e: Emitter, receiver: ast.expr, xs: Value, node: ast.Slice, more: Entry) -> None:
    """`xs[a:b] = ys` and `xs[a:b:c] = ys`."""
    begin, end, step = _bounds(e, node)
    items = as_list(e, series_of(e, more))
    e.session.aliases.copied(items, e.where())
    with_items = e.empty(xs.type) if isinstance(items, Empty) else e.value(items)
    if is_none(step):
        made = e.prelude(slices.spliced, xs, begin, end, with_items)
    else:
        made = e.prelude(slices.stepped, xs, begin, end, step, with_items)
    rebind(e, receiver, xs, made)


def delete_slice(e: Emitter, receiver: ast.expr, xs: Value, node: ast.Slice) -> None:
    """`del xs[a:b]` and `del xs[a:b:c]`."""
    begin, end, step = _bounds(e, node)
    if is_none(step):
        made = e.prelude(slices.spliced, xs, begin, end, e.empty(xs.type))
    else:
        made = e.prelude(slices.dropped, xs, begin, end, step)
    rebind(e, receiver, xs, made)


def _bounds(e: Emitter, node: ast.Slice) -> list[Entry]:
    """Return the parts of a slice: ints, or None."""
    found = [e.constant(None) if x is None else e.expr(x) for x in _parts(node)]
    return [x if is_none(x) else e.as_int(x) for x in found]


def _parts(node: ast.Slice) -> tuple[ast.expr | None, ...]:
    return node.lower, node.upper, node.step


LIST_METHODS: dict[str, Method] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "remove": _remove,
    "clear": _clear,
    "sort": _sort,
    "reverse": _reverse,
    "copy": _copy,
    "index": _index,
    "count": _count,
}

TUPLE_METHODS: dict[str, Method] = {"index": _index, "count": _count, "numel": _numel}

__all__ = ["LIST_METHODS", "TUPLE_METHODS", "assign_slice", "delete_slice", "sorted_list"]
