"""Lists, tuples, dicts. They are values: a change gives a new one, bound to the name."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.types import DictType, ListType
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.opset.relations import join_all
from tracescript.producer.script.aliasing.changes import rebind
from tracescript.producer.script.aliasing.flight import Flight
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.diagnostics import describe_types
from tracescript.producer.script.emitter.entries import Bound, Empty, Items, Series, Struct
from tracescript.producer.script.emitter.size_marks import PLAIN, TUPLE, is_tuple_like, may_be_tuple
from tracescript.producer.script.expressions.operators import binary
from tracescript.producer.script.flow.comprehensions import collected
from tracescript.producer.script.flow.iteration import as_list, series_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@expression(ast.Tuple)
def tuple_display(e: Emitter, node: ast.Tuple) -> Entry:
    """`(a, *b, c)`."""
    lists: list[Entry] = []
    parts = _elements(e, node.elts, lists)
    if not lists:
        return Items(tuple(parts))
    made = _joined(e, lists, parts)
    if not isinstance(made, Value) or made.type != ListType(constants.INT):
        what = "the length of what follows `*` is known only at run time"
        raise e.error(node, what, hint="make it a list: [*xs]")
    e.session.list_kinds.note(made, TUPLE)
    return made


@expression(ast.List)
def list_display(e: Emitter, node: ast.List) -> Entry:
    """`[a, *b, c]`."""
    lists: list[Entry] = []
    parts = _elements(e, node.elts, lists)
    return _joined(e, lists, parts) if parts or lists else Empty(at=node)


def _elements(e: Emitter, nodes: Sequence[ast.expr], lists: list[Entry]) -> list[Entry]:
    """Return the parts of a display.

    What follows `*` and has a length known only at run time goes to `lists`, with what is before
    it.
    """
    from tracescript.producer.script.builtins.functions import known_parts

    parts: list[Entry] = []
    flight = Flight(e)
    for node in nodes:
        if not isinstance(node, ast.Starred):
            parts.append(flight.add(e.expr(node), node))
            continue
        spread = flight.add_items(e.expr(node.value))
        parts_known = known_parts(e, spread)
        series = series_of(e, spread) if parts_known is None else Series(None, None, parts_known)
        if series.parts is not None:
            parts += series.parts
        else:
            lists += [collected(e, parts), as_list(e, series)] if parts else [as_list(e, series)]
            parts = []
    flight.check()
    return list(map(flight.now, parts))


def spread_out(e: Emitter, nodes: Sequence[ast.expr]) -> list[Entry]:
    """Return arguments; where run time tells how many, one list of all of them."""
    lists: list[Entry] = []
    parts = _elements(e, nodes, lists)
    return [_joined(e, lists, parts)] if lists else parts


def _joined(e: Emitter, lists: list[Entry], parts: list[Entry]) -> Entry:
    if parts:
        lists.append(collected(e, parts))
    made, *rest = lists
    for more in rest:
        made = binary(e, ast.Add, made, more)
    return made


@expression(ast.Dict)
def dict_display(e: Emitter, node: ast.Dict) -> Entry:
    """`{k: v, **d}`."""
    from tracescript.producer.script.containers.dicts import with_entries

    if not node.keys:
        return Empty(is_dict=True, at=node)
    kind = e.wanted.get(node)
    wanted = kind.value if isinstance(kind, DictType) else constants.NONE
    made: Entry = Empty(is_dict=True, at=node)
    entries: list[Entry] = []
    flight = Flight(e)
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            entries += [flight.add(e.expr(key)), flight.add(e.fit(e.expr(value), wanted), value)]
            continue
        more = flight.add_items(e.expr(value))
        if isinstance(made, Empty) and isinstance(more, Struct) and more.cls is dict:
            entries += [x for k, v in more.fields.items() for x in (e.constant(k), v)]
            continue
        made = with_entries(e, _literal(e, made, entries), more)
        entries = []
    flight.check()
    return _literal(e, made, list(map(flight.now, entries)))


def _literal(e: Emitter, before: Entry, found: list[Entry]) -> Entry:
    """Return a dict with more entries behind those it has."""
    from tracescript.producer.script.containers.dicts import as_key
    from tracescript.producer.script.containers.named_dicts import named_dict, refuse_values

    if not found:
        return before
    named = named_dict(e, found[::2], found[1::2]) if isinstance(before, Empty) else None
    if named is not None:
        return named
    entries = [as_key(e, x) if k % 2 == 0 else e.value(x) for k, x in enumerate(found)]
    if join_all(v.type for v in entries[1::2]) is None:
        raise refuse_values(e, entries[1::2])
    for v in entries[1::2]:
        e.session.aliases.escape(v, e.where())
    if isinstance(before, Empty):
        return e.op("dict.make", entries)
    made = e.value(before)
    for key, value in zip(entries[::2], entries[1::2], strict=True):
        made = e.op("dict.set", [made, key, value])
    return made


def grow(e: Emitter, receiver: ast.expr, op: ast.operator, before: Entry, operand: Entry) -> bool:
    """`xs += ys` and `d |= e` change the container itself; False for anything else."""
    from tracescript.producer.script.containers.dicts import is_dict, with_entries
    from tracescript.producer.script.containers.sets import grow_set

    if grow_set(e, receiver, op, before, operand):
        return True
    if isinstance(op, ast.BitOr) and is_dict(before):
        rebind(e, receiver, before, with_entries(e, before, operand))
        return True
    is_list = (isinstance(before, Empty) and not before.is_dict) or (
        isinstance(before, Value) and isinstance(before.type, ListType)
    )
    if not is_list or is_tuple_like(e, before) or not isinstance(op, ast.Add):
        return False
    is_ready = isinstance(operand, Value) and isinstance(operand.type, ListType)
    more = plain_list(e, operand) if is_ready else as_list(e, series_of(e, operand))
    e.session.aliases.copied(more, e.where())
    rebind(
        e,
        receiver,
        before,
        binary(e, ast.Add, before, more) if not isinstance(before, Empty) else copied(e, more),
    )
    return True


def plain_list(e: Emitter, xs: Entry) -> Entry:
    """Return a list as it is, a tuple that is a list in the graph as a list."""
    return copied(e, xs) if is_tuple_like(e, xs) else xs


def element_fits(e: Emitter, kind: Type, value: Value, what: str) -> Type:
    """Return the element type a container has with one more value; an error if there is none."""
    joined = join_types(kind, value.type)
    if joined is None:
        held, found = describe_types(kind, value.type)
        raise e.error(
            None,
            f"{what} holds {held}, found {found}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=f"make it {held} first",
        )
    return joined


def container_method(
    e: Emitter, method: Bound, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry | None:
    """Call a method of a list or dict; None if it is neither."""
    from tracescript.producer.script.containers.dicts import DICT_METHODS
    from tracescript.producer.script.containers.lists import LIST_METHODS, TUPLE_METHODS
    from tracescript.producer.script.containers.named_dicts import named_dict_method
    from tracescript.producer.script.containers.views import are_disjoint, are_keys

    owner = method.owner
    if isinstance(owner, Series) and are_keys(owner) and method.name == "isdisjoint":
        return are_disjoint(e, owner, args)
    if isinstance(owner, Struct):
        return named_dict_method(e, method, owner, args)
    if isinstance(owner, Items) and owner.is_list:
        refuse_outside(e, method, owner)
        owner = e.value(owner)
    is_list = isinstance(owner, Value) and isinstance(owner.type, ListType)
    is_dict = isinstance(owner, Value) and isinstance(owner.type, DictType)
    is_list |= isinstance(owner, Empty) and not owner.is_dict
    is_dict |= isinstance(owner, Empty) and owner.is_dict
    if not is_list and not is_dict:
        return None
    table: dict[str, Any] = LIST_METHODS if is_list else DICT_METHODS
    kind = "list" if is_list else "dict"
    if is_list and is_tuple_like(e, owner):
        table, kind = TUPLE_METHODS, "tuple"
    handler = table.get(method.name)
    if handler is None:
        raise e.error(
            None,
            f"scripts have no {kind}.{method.name}",
            code="UNKNOWN_CALL",
            rule="SCRIPT-12",
            hint=f"there are: {', '.join(table)}",
        )
    if kwargs and method.name not in {"sort", "update"}:
        raise e.error(
            None,
            f"{method.name}() takes no keyword arguments",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
        )
    return handler(e, method.receiver, owner, args, kwargs)


def refuse_outside(e: Emitter, method: Bound, owner: Items) -> None:
    """Refuse to change a list that the program has not made itself."""
    if owner.outside and method.name in CHANGES:
        rebind(e, method.receiver, owner, owner)


CHANGES = frozenset(
    {
        *("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"),
        *("update", "setdefault", "popitem"),
    }
)


def counted(e: Emitter, args: list[Entry], low: int, high: int) -> list[Entry]:
    """Return arguments; an error where there are too few or too many."""
    if not low <= len(args) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        raise e.error(
            None,
            f"{wanted} arguments expected, found {len(args)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
        )
    return args


def copied(e: Emitter, xs: Entry) -> Entry:
    """Return a list or dict of its own with the same items."""
    from tracescript.producer.script.containers.dicts import with_entries

    if isinstance(xs, Value) and isinstance(xs.type, ListType) and xs.constant is None:
        e.session.aliases.copied(xs, e.where())
        made = e.op("list.slice", [xs, None, None, None])
        if may_be_tuple(xs.type):
            e.session.list_kinds.note(made, PLAIN)
        return made
    if isinstance(xs, Value) and xs.constant is not None:
        made = e.builder.constant(xs.constant)
        e.session.aliases.fresh(made, e.site())
        return made
    if isinstance(xs, Value) and isinstance(xs.type, DictType):
        return with_entries(e, e.empty(xs.type), xs)
    if isinstance(xs, Items):
        return replace(xs, outside="")
    return Empty(xs.is_dict, e.at) if isinstance(xs, Empty) else xs


__all__ = ["CHANGES", "container_method", "copied", "counted", "element_fits", "grow", "spread_out"]
