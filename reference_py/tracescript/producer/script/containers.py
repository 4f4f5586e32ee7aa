"""Lists, tuples, dicts. They are values: a change gives a new one, bound to the name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import DictType, ListType
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.producer.script.aliases import Flight
from tracescript.producer.script.comprehensions import collected
from tracescript.producer.script.core import expression
from tracescript.producer.script.diagnostics import describe_type
from tracescript.producer.script.entries import Bound, Empty, Items, Series, constant_of
from tracescript.producer.script.flow import branch
from tracescript.producer.script.iteration import as_list, series_of
from tracescript.producer.script.operators import binary
from tracescript.producer.script.targets import rebind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Type
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry


@expression(ast.Tuple)
def tuple_display(e: Emitter, node: ast.Tuple) -> Entry:
    """`(a, *b, c)`."""
    return Items(tuple(_elements(e, node.elts)))


@expression(ast.List)
def list_display(e: Emitter, node: ast.List) -> Entry:
    """`[a, *b, c]`."""
    parts = _elements(e, node.elts)
    if not parts:
        return Empty(at=node)
    return collected(e, parts)


def _elements(e: Emitter, nodes: Sequence[ast.expr]) -> list[Entry]:
    parts: list[Entry] = []
    flight = Flight(e)
    for node in nodes:
        if isinstance(node, ast.Starred):
            series = series_of(e, e.expr(node.value))
            if series.parts is None:
                raise e.error(
                    node,
                    "the length of what follows `*` is known only at run time",
                    hint="use + on lists",
                )
            parts += series.parts
        else:
            parts.append(flight.add(e.expr(node)))
    flight.check()
    return parts


@expression(ast.Dict)
def dict_display(e: Emitter, node: ast.Dict) -> Entry:
    """`{k: v}`."""
    if not node.keys:
        return Empty(is_dict=True, at=node)
    entries: list[Value] = []
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            raise e.error(node, "`**` in a dict", hint="write the entries out")
        entries += [e.value(e.expr(key)), e.value(e.expr(value))]
    for v in entries[1::2]:
        e.session.aliases.escape(v, e.where())
    return e.op("dict.make", entries)


def grow(e: Emitter, receiver: ast.expr, op: ast.operator, before: Entry, operand: Entry) -> bool:
    """`xs += ys` changes the list itself; False for anything else."""
    is_list = isinstance(before, Empty) or (
        isinstance(before, Value) and isinstance(before.type, ListType)
    )
    if not is_list or not isinstance(op, ast.Add):
        return False
    more = as_list(e, series_of(e, operand)) if not isinstance(operand, Value) else operand
    rebind(
        e,
        receiver,
        before,
        binary(e, ast.Add, before, more) if not isinstance(before, Empty) else more,
    )
    return True


def element_fits(e: Emitter, kind: Type, value: Value, what: str) -> Type:
    """Return the element type a container has with one more value; an error if there is none."""
    joined = join_types(kind, value.type)
    if joined is None:
        raise e.error(
            None,
            f"{what} holds {describe_type(kind)}, found {describe_type(value.type)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=f"make it {describe_type(kind)} first",
        )
    return joined


def container_method(
    e: Emitter, method: Bound, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry | None:
    """Call a method of a list or dict; None if it is neither."""
    owner = method.owner
    if isinstance(owner, Items) and owner.is_list and not owner.outside:
        owner = e.value(owner)
    if isinstance(owner, Items) and owner.outside and method.name not in _CHANGES:
        owner = e.value(owner)
    is_list = isinstance(owner, Value) and isinstance(owner.type, ListType)
    is_dict = isinstance(owner, Value) and isinstance(owner.type, DictType)
    is_list |= isinstance(owner, Items) and owner.is_list
    is_list |= isinstance(owner, Empty) and not owner.is_dict
    is_dict |= isinstance(owner, Empty) and owner.is_dict
    if not is_list and not is_dict:
        return None
    table = _LIST if is_list else _DICT
    handler = table.get(method.name)
    if handler is None:
        kind = "list" if is_list else "dict"
        raise e.error(
            None,
            f"scripts have no {kind}.{method.name}",
            code="UNKNOWN_CALL",
            hint=f"there are: {', '.join(table)}",
        )
    if kwargs and method.name != "sort":
        raise e.error(
            None,
            f"{method.name}() takes no keyword arguments",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    if kwargs:
        args = [kwargs.get("reverse", e.constant(False))]
    return handler(e, method.receiver, owner, args)


def _append(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    (item,) = _count(e, args, 1, 1)
    if isinstance(xs, Empty) and not e.session.is_runtime(item):
        rebind(e, receiver, xs, Items((item,), is_list=True))
        return e.constant(None)
    value = e.value(item, "a list item")
    start = e.empty(ListType(value.type)) if isinstance(xs, Empty) else e.value(xs)
    assert isinstance(start.type, ListType)
    element = element_fits(e, start.type.element, value, "the list")
    e.session.aliases.escape(value, e.where())
    made = e.ops("list.append", [start, value], types=[ListType(element)])[0]
    rebind(e, receiver, xs, made)
    return e.constant(None)


def _extend(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    (more,) = _count(e, args, 1, 1)
    grow(e, receiver, ast.Add(), xs, more)
    return e.constant(None)


def _insert(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    at, item = _count(e, args, 2, 2)
    value = e.value(item)
    xs_value = e.empty(ListType(value.type)) if isinstance(xs, Empty) else e.value(xs)
    index = e.as_int(at)
    head = e.op("list.slice", [xs_value, None, index, None])
    tail = e.op("list.slice", [xs_value, index, None, None])
    middle = e.op("list.append", [head, value])
    rebind(e, receiver, xs, e.op("list.concat", [middle, tail]))
    return e.constant(None)


def _pop(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    found = _count(e, args, 0, 1)
    index = e.as_int(found[0]) if found else e.constant(-1)
    item, rest = e.ops("list.pop", [e.value(xs), index])
    rebind(e, receiver, xs, rest)
    return item


def _clear(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    _count(e, args, 0, 0)
    if isinstance(xs, Value):
        rebind(e, receiver, xs, e.empty(xs.type))
    return e.constant(None)


def _sort(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    rebind(e, receiver, xs, sorted_list(e, e.value(xs), args[0] if args else e.constant(False)))
    return e.constant(None)


def sorted_list(e: Emitter, xs: Value, descending: Entry) -> Value:
    """Return a list in order."""
    known, backwards = constant_of(descending)
    if not known:
        raise e.error(
            None, "`reverse` must be known at compile time", hint="write both calls in an if"
        )
    return e.op("list.sort", [xs], {"descending": bool(backwards)})


def _reverse(e: Emitter, receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    _count(e, args, 0, 0)
    rebind(e, receiver, xs, e.op("list.slice", [e.value(xs), None, None, e.constant(-1)]))
    return e.constant(None)


def _copy(e: Emitter, _receiver: ast.expr, xs: Entry, args: list[Entry]) -> Entry:
    _count(e, args, 0, 0)
    return copied(e, xs)


def copied(e: Emitter, xs: Entry) -> Entry:
    """Return a list of its own with the same items."""
    if isinstance(xs, Value) and isinstance(xs.type, ListType) and xs.constant is None:
        e.session.aliases.copied(xs, e.where())
        return e.op("list.slice", [xs, None, None, None])
    if isinstance(xs, Value) and isinstance(xs.type, ListType):
        return e.make_list([e.constant(v) for v in constant_of(xs)[1]]) if constant_of(xs)[1] else e.empty(xs.type)
    return Empty(xs.is_dict, e.at) if isinstance(xs, Empty) else xs


def _dict_get(e: Emitter, _receiver: ast.expr, d: Entry, args: list[Entry]) -> Entry:
    key, *rest = _count(e, args, 1, 2)
    value, k = e.value(d), e.value(key)
    if rest and not (isinstance(rest[0], Value) and rest[0].type == e.constant(None).type):
        return e.op("dict.get", [value, k, e.value(rest[0])])
    found = e.op("dict.contains", [value, k])
    return branch(e, found, (lambda: e.op("dict.get", [value, k, None]), lambda: e.constant(None)))


def _dict_pop(e: Emitter, receiver: ast.expr, d: Entry, args: list[Entry]) -> Entry:
    (key,) = _count(e, args, 1, 1)
    value, k = e.value(d), e.value(key)
    item = e.op("dict.get", [value, k, None])
    rebind(e, receiver, d, e.op("dict.remove", [value, k]))
    return item


def _keys(e: Emitter, _receiver: ast.expr, d: Entry, _args: list[Entry]) -> Entry:
    return d if isinstance(d, Empty) else e.op("dict.keys", [e.value(d)])


def _values(e: Emitter, _receiver: ast.expr, d: Entry, _args: list[Entry]) -> Entry:
    return d if isinstance(d, Empty) else e.op("dict.values", [e.value(d)])


def _items(e: Emitter, receiver: ast.expr, d: Entry, args: list[Entry]) -> Entry:
    if isinstance(d, Empty):
        return Series(None, None, (), "dict")
    keys, values = e.value(_keys(e, receiver, d, args)), e.value(_values(e, receiver, d, args))
    return Series(
        e.op("list.len", [keys]),
        lambda i: Items((e.op("list.get", [keys, i]), e.op("list.get", [values, i]))),
        None,
        "dict",
        (e.value(d),),
    )


def _count(e: Emitter, args: list[Entry], low: int, high: int) -> list[Entry]:
    if not low <= len(args) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise e.error(
            None,
            f"{wanted} arguments expected, found {len(args)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    return args


_LIST = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "clear": _clear,
    "sort": _sort,
    "reverse": _reverse,
    "copy": _copy,
}
_DICT = {
    "get": _dict_get,
    "pop": _dict_pop,
    "keys": _keys,
    "values": _values,
    "items": _items,
    "clear": _clear,
}

_CHANGES = frozenset({"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"})

__all__ = ["container_method", "copied", "element_fits", "grow", "sorted_list"]
