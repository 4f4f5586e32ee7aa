"""Builtins that take functions or make texts: map, filter, reduce, partial, ord, hex."""

from __future__ import annotations

import ast
import contextlib
import operator
from typing import TYPE_CHECKING, Any

from tracescript.ir.constants import INT
from tracescript.ir.types import ListType, ScalarKind
from tracescript.ir.values import Value
from tracescript.producer.script.builtins.table import (
    BUILTINS,
    builtin,
    named_arguments,
    positional,
)
from tracescript.producer.script.containers import set_order
from tracescript.producer.script.containers.enums import is_member
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar
from tracescript.producer.script.emitter.entries import (
    Empty,
    Entry,
    Items,
    Known,
    Partial,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.size_marks import TUPLE
from tracescript.producer.script.expressions.comparison import identical
from tracescript.producer.script.expressions.logic import negated, truth, unary
from tracescript.producer.script.expressions.membership import contains
from tracescript.producer.script.expressions.operators import fold
from tracescript.producer.script.flow.iteration import as_list, as_tuple, series_of
from tracescript.producer.script.prelude import dicts as prelude_dicts
from tracescript.producer.script.prelude import methods as prelude

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter


@builtin("builtins.map")
def map_(e: Emitter, node: ast.Call) -> Entry:
    """`map(f, xs, ...)`: all items at once."""
    function, *lists = positional(e, node, 2, 16)
    return e.prelude(prelude.mapped, function, *lists)


@builtin("builtins.filter")
def filter_(e: Emitter, node: ast.Call) -> Entry:
    """`filter(f, xs)`."""
    function, xs = positional(e, node, 2, 2)
    if is_none(function):
        function = Known(bool)
    return e.prelude(prelude.kept, function, xs)


@builtin("_functools.reduce", "functools.reduce")
def reduce(e: Emitter, node: ast.Call) -> Entry:
    """`functools.reduce(f, xs, start)`."""
    function, xs, *start = positional(e, node, 2, 3)
    series = series_of(e, xs)
    if start:
        return e.prelude(prelude.reduced_from, function, series, *start)
    if series.parts is not None:
        if not series.parts:
            raise e.error(node, "reduce() of nothing", code="TYPE_INFERENCE", rule="SCRIPT-4")
        rest = Items(series.parts[1:])
        return e.prelude(prelude.reduced_from, function, rest, series.parts[0])
    return e.prelude(prelude.reduced, function, as_list(e, series))


@builtin("functools.partial")
def partial(e: Emitter, node: ast.Call) -> Entry:
    """`functools.partial(f, a, k=b)`."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    return Partial(args[0], tuple(args[1:]), kwargs)


@builtin("operator.itemgetter", "_operator.itemgetter", "operator.attrgetter")
def getter(e: Emitter, node: ast.Call) -> Entry:
    """`operator.itemgetter(1)`: known at compile time."""
    known = [constant_of(a) for a in positional(e, node, 1, 8)]
    if not all(k for k, _ in known):
        raise e.error(node, "what it gets must be known at compile time", rule="SCRIPT-10")
    return Known(operator.itemgetter(*(v for _, v in known)))


def call_getter(e: Emitter, getter_: Known, args: list[Entry]) -> Entry:
    """Call an `operator.itemgetter`."""
    from tracescript.producer.script.expressions.subscripts import element

    keys = getter_.value.__reduce__()[1]
    found = tuple(element(e, args[0], e.session.entry_of(k)) for k in keys)
    return found[0] if len(found) == 1 else Items(found)


@builtin("builtins.sorted")
def sorted_(e: Emitter, node: ast.Call) -> Entry:
    """`sorted(xs, key=f, reverse=True)`."""
    from tracescript.producer.script.calls.dispatch import arguments
    from tracescript.producer.script.containers.lists import sorted_list

    set_order.allow(e, node)
    args, kwargs = arguments(e, node)
    if "key" not in kwargs:
        args = set_order.without_order(args)
    if len(args) != 1 or not set(kwargs) <= {"key", "reverse"}:
        raise e.error(
            node, "sorted() takes xs, key and reverse", code="TYPE_INFERENCE", rule="SCRIPT-10"
        )
    xs = as_list(e, series_of(e, args[0]))
    if isinstance(xs, Empty):
        return xs
    if isinstance(xs, Items) and any(map(is_member, xs.parts)):
        return _sorted_members(e, xs, kwargs)
    value = e.value(xs)
    e.session.aliases.copied(value, e.where())
    made = sorted_list(e, value, kwargs.get("reverse", e.constant(False)), kwargs.get("key"))
    return set_order.check(e, node, made)


def _sorted_members(e: Emitter, xs: Items, kwargs: dict[str, Entry]) -> Entry:
    """Members of enums in order, which stay members: those known at compile time."""
    members = [p.value for p in xs.parts if isinstance(p, Known)]
    is_known, backwards = constant_of(kwargs.get("reverse", e.constant(False)))
    if len(members) == len(xs.parts) and is_known and is_none(kwargs.get("key", e.constant(None))):
        with contextlib.suppress(TypeError):
            found = sorted(members, reverse=bool(backwards))
            return Items(tuple(map(e.session.entry_of, found)), is_list=True)
    raise e.error(
        None,
        "sorted() of members of an enum: those have no order known at compile time",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="sort their values: sorted([m.value for m in C])",
    )


@builtin("builtins.ord")
def ord_(e: Emitter, node: ast.Call) -> Entry:
    """`ord`."""
    (x,) = positional(e, node, 1, 1)
    return fold(e, ord, x) or e.op("str.ord", [_text(e, x)])


def _text(e: Emitter, x: Entry) -> Value:
    if not is_scalar(x, ScalarKind.STR):
        raise e.error(
            None,
            f"a str is expected, found {e.describe(x)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    return e.value(x)


@builtin("builtins.chr")
def chr_(e: Emitter, node: ast.Call) -> Entry:
    """`chr`."""
    (x,) = positional(e, node, 1, 1)
    return fold(e, chr, x) or e.op("str.chr", [e.as_int(x)])


def _based(base: int, prefix: str, python: Any) -> Any:
    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        (x,) = positional(e, node, 1, 1)
        found = fold(e, python, x)
        parts = e.as_int(x), e.constant(base), e.constant(prefix)
        return found or e.prelude(prelude.digits, *parts)

    return compile_it


BUILTINS["builtins.bin"] = _based(2, "0b", bin)
BUILTINS["builtins.oct"] = _based(8, "0o", oct)
BUILTINS["builtins.hex"] = _based(16, "0x", hex)


@builtin("builtins.dict")
def dict_(e: Emitter, node: ast.Call) -> Entry:
    """`dict()`, `dict(d)`, `dict(pairs)`, `dict(k=v)`."""
    from tracescript.producer.script.calls.dispatch import arguments
    from tracescript.producer.script.containers.dicts import with_entries

    args, kwargs = arguments(e, node)
    made: Entry = Empty(is_dict=True, at=node)
    for more in [*args[:1], *([Struct(dict, kwargs)] if kwargs else [])]:
        made = with_entries(e, made, more)
    return made


@builtin("builtins.dict.fromkeys")
def from_keys(e: Emitter, node: ast.Call) -> Entry:
    """`dict.fromkeys(keys, value)`."""
    keys, *value = positional(e, node, 1, 2)
    return e.prelude(prelude_dicts.from_keys, keys, *(value or [e.constant(None)]))


@builtin("builtins.tuple")
def tuple_(e: Emitter, node: ast.Call) -> Entry:
    """`tuple(xs)`."""
    from tracescript.producer.script.containers.deques import tuple_of

    args = positional(e, node, 0, 1)
    if not args:
        return Items(())
    parts = known_parts(e, args[0])
    if parts is not None:
        return Items(parts)
    series = series_of(e, args[0])
    made = as_tuple(e, series)
    if made is not None:
        return made
    listed = as_list(e, series)
    if isinstance(listed, Value) and listed.type != ListType(INT):
        return tuple_of(listed)
    if not isinstance(listed, Value):
        raise e.error(
            node,
            "the length of this tuple is known only at run time",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="use a list",
        )
    e.session.list_kinds.note(listed, TUPLE)
    return listed


def known_parts(e: Emitter, entry: Entry) -> tuple[Entry, ...] | None:
    """Return the items of a list whose length is known, None for anything else."""
    if not isinstance(entry, Value) or not isinstance(entry.type, ListType):
        return None
    known, items = constant_of(entry)
    if known:
        return tuple(e.constant(v) for v in items)
    return e.session.made_lists.get(entry)


@builtin("dataclasses.replace")
def replace(e: Emitter, node: ast.Call) -> Entry:
    """`dataclasses.replace(record, x=e)`."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    if len(args) != 1 or not isinstance(args[0], Struct):
        raise e.error(node, "replace() needs a data class", code="TYPE_INFERENCE", rule="SCRIPT-4")
    return e.session.structs.replaced(e, args[0], kwargs)


def _operator(make: Any, count: int) -> Any:
    return lambda e, node: make(e, *positional(e, node, count, count))


def _unary(kind: type[ast.unaryop]) -> Any:
    return _operator(lambda e, x: unary(e, kind, x), 1)


def _getitem(e: Emitter, node: ast.Call) -> Entry:
    owner, index = named_arguments(e, positional(e, node, 2, 2), node)
    return e.expr(ast.copy_location(ast.Subscript(owner, index, ast.Load()), node))


BUILTINS |= {
    "_operator.neg": _unary(ast.USub),
    "_operator.pos": _unary(ast.UAdd),
    "_operator.invert": _unary(ast.Invert),
    "_operator.inv": _unary(ast.Invert),
    "_operator.getitem": _getitem,
    "_operator.not_": _operator(lambda e, x: negated(e, truth(e, x)), 1),
    "_operator.truth": _operator(truth, 1),
    "_operator.contains": _operator(contains, 2),
    "_operator.is_": _operator(identical, 2),
    "_operator.is_not": _operator(lambda e, a, b: negated(e, identical(e, a, b)), 2),
}


__all__ = ["call_getter", "known_parts"]
