"""Methods of dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DictType, ScalarKind
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.changes import rebind
from tracescript.producer.script.containers.sequences import copied, counted, element_fits
from tracescript.producer.script.containers.views import view
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar
from tracescript.producer.script.emitter.entries import Empty, Items, Struct
from tracescript.producer.script.emitter.own_containers import plain_dict
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.flow.iteration import series_of
from tracescript.producer.script.prelude import methods as prelude
from tracescript.producer.script.prelude.containers import FrozenSetOf

if TYPE_CHECKING:
    import ast

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Arguments = dict[str, Entry]


def set_key(e: Emitter, target: ast.Subscript, owner: Value, held: DictType, entry: Entry) -> None:
    """`d[k] = v`; a set of ours is a dict too."""
    index, value = e.expr(target.slice), e.value(e.fit(entry, held.value))
    is_set = e.frame.owner_class is not None and issubclass(e.frame.owner_class, FrozenSetOf)
    key = e.value(index) if is_set else as_key(e, index)
    element_fits(e, held.key, key, "the set" if is_set else "the key of the dict")
    kind = element_fits(e, held.value, value, "the dict")
    e.session.aliases.escape(value, e.where())
    new_type = DictType(held.key, kind)
    rebind(e, target.value, owner, e.ops("dict.set", [owner, key, value], types=[new_type])[0])


def as_key(e: Emitter, entry: Entry) -> Value:
    """Return a key of a dict as a value; refused where the format has no such keys."""
    key = e.value(entry)
    if not is_scalar(key, ScalarKind.BOOL, ScalarKind.INT, ScalarKind.STR):
        raise e.error(
            None,
            f"keys of dicts and items of sets are bools, ints or texts, found {e.describe(key)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="make one key of its parts: i * width + j, or f'{i},{j}'",
        )
    return key


def _get(e: Emitter, _receiver: ast.expr, d: Entry, args: list[Entry], _kwargs: Arguments) -> Entry:
    key, *rest = counted(e, args, 1, 2)
    if isinstance(d, Empty):
        return rest[0] if rest else e.constant(None)
    value, k = e.value(d), e.value(key)
    assert isinstance(value.type, DictType)
    if rest and not is_none(rest[0]) and e.type_of_items(rest[0]) == value.type.value:
        return e.op("dict.get", [value, k, e.value(rest[0])])
    found = e.op("dict.contains", [value, k])
    other = rest[0] if rest else e.constant(None)
    return branch(e, found, (lambda: e.op("dict.get", [value, k, None]), lambda: other))


def _pop(e: Emitter, receiver: ast.expr, d: Entry, args: list[Entry], _kwargs: Arguments) -> Entry:
    key, *rest = counted(e, args, 1, 2)
    value, k = e.value(d), e.value(key)
    if not rest:
        item = e.op("dict.get", [value, k, None])
        rebind(e, receiver, d, e.op("dict.remove", [value, k]))
        return item
    found = e.op("dict.contains", [value, k])
    result = branch(e, found, (lambda: e.op("dict.get", [value, k, None]), lambda: rest[0]))
    left = branch(e, found, (lambda: e.op("dict.remove", [value, k]), lambda: value))
    rebind(e, receiver, d, left)
    return result


def _popitem(
    e: Emitter, receiver: ast.expr, d: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    counted(e, args, 0, 0)
    value = e.value(d)
    key = e.value(e.prelude(prelude.last_key, value))
    item = e.op("dict.get", [value, key, None])
    rebind(e, receiver, d, e.op("dict.remove", [value, key]))
    return Items((key, item))


def _setdefault(
    e: Emitter, receiver: ast.expr, d: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    first, second = counted(e, args, 2, 2)
    key, other = as_key(e, first), e.value(second)
    before = e.empty(DictType(key.type, other.type)) if isinstance(d, Empty) else e.value(d)
    assert isinstance(before.type, DictType)
    element_fits(e, before.type.value, other, "the dict")
    e.session.aliases.escape(other, e.where())
    made = branch(
        e,
        e.op("dict.contains", [before, key]),
        (lambda: before, lambda: e.op("dict.set", [before, key, other])),
    )
    rebind(e, receiver, d, made)
    return e.op("dict.get", [e.value(made), key, None])


def _update(
    e: Emitter, receiver: ast.expr, d: Entry, args: list[Entry], kwargs: Arguments
) -> Entry:
    made: Entry = d
    for more in counted(e, args, 0, 1):
        made = with_entries(e, made, more)
    if kwargs:
        made = with_entries(e, made, Struct(dict, kwargs))
    rebind(e, receiver, d, made)
    return e.constant(None)


def with_entries(e: Emitter, d: Entry, more: Entry) -> Entry:
    """Return a dict with the entries of another one, or of pairs."""
    more = plain_dict(more)
    if isinstance(more, Struct) and more.cls is dict:
        named = _named(e, more) if isinstance(d, Empty) else None
        if named is not None:
            return named
        more = Items(tuple(Items((e.constant(k), x)) for k, x in more.fields.items()))
    if isinstance(more, Value) and isinstance(more.type, DictType):
        e.session.aliases.copied(more, e.where())
        more = view(e, more, "items")
    series = series_of(e, more)
    if series.parts == ():
        return d
    made = e.prelude(prelude.updated, d, series)
    if isinstance(made, Value):
        e.session.aliases.renew(made, e.site())
    return made


def _named(e: Emitter, more: Struct) -> Entry | None:
    """Return a copy of a dict whose values have several types; None for one of one type."""
    from tracescript.producer.script.containers.named_dicts import named_dict

    return named_dict(e, [e.constant(k) for k in more.fields], list(more.fields.values()))


def merged(e: Emitter, left: Entry, right: Entry) -> Entry | None:
    """`a | b` of two dicts; None where one is none."""
    right = plain_dict(right)
    if not is_dict(left) or not is_dict(right):
        return None
    return with_entries(e, with_entries(e, Empty(is_dict=True, at=e.at), left), right)


def is_dict(entry: Entry) -> bool:
    """Whether an entry is a dict."""
    if isinstance(entry, Value):
        return isinstance(entry.type, DictType)
    return isinstance(entry, Empty) and entry.is_dict


def _view(what: str) -> Any:
    def method(
        e: Emitter, _receiver: ast.expr, d: Entry, args: list[Entry], _kwargs: Arguments
    ) -> Entry:
        counted(e, args, 0, 0)
        return view(e, d if isinstance(d, Empty) else e.value(d), what)

    return method


def _clear(
    e: Emitter, receiver: ast.expr, d: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    counted(e, args, 0, 0)
    if isinstance(d, Value):
        rebind(e, receiver, d, e.empty(d.type))
    return e.constant(None)


def _copy(
    e: Emitter, _receiver: ast.expr, d: Entry, args: list[Entry], _kwargs: Arguments
) -> Entry:
    counted(e, args, 0, 0)
    return copied(e, d)


DICT_METHODS = {
    "get": _get,
    "pop": _pop,
    "popitem": _popitem,
    "setdefault": _setdefault,
    "update": _update,
    "keys": _view("keys"),
    "values": _view("values"),
    "items": _view("items"),
    "clear": _clear,
    "copy": _copy,
}

__all__ = ["DICT_METHODS", "is_dict", "merged", "with_entries"]
