"""Dicts whose keys are texts known when compiling: their values may have several types.

Each is a record of the class `dict`: the names behind `**`, and displays of several types.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.values import Value
from tracescript.opset.relations import join_all
from tracescript.producer.script.aliasing.changes import store
from tracescript.producer.script.containers.views import known_view
from tracescript.producer.script.emitter.diagnostics import describe_type
from tracescript.producer.script.emitter.entries import Items, Struct, constant_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping, Sequence

    from tracescript.errors import ProducerError
    from tracescript.ir.types import DictType
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Bound, Entry


def named_dict(e: Emitter, keys: Sequence[Entry], values: Sequence[Entry]) -> Struct | None:
    """Return a dict of known texts whose values have no common type; None for any other."""
    names = [name for known, name in map(constant_of, keys) if known and isinstance(name, str)]
    kinds = [e.type_of_items(x) for x in values]
    known = [k for k in kinds if k is not None]
    is_mixed = len(known) == len(kinds) and join_all(known) is None
    if not is_mixed or len(names) < len(keys):
        return None
    token = e.session.aliases.token(e.site())
    return Struct(dict, dict(zip(names, values, strict=True)), frozenset({token}))


def is_named_dict(entry: Entry) -> bool:
    """Whether an entry is such a dict."""
    return isinstance(entry, Struct) and entry.cls is dict


def item_at(e: Emitter, owner: Struct, index: Entry) -> Entry:
    """`d["name"]`."""
    return owner.fields[_key(e, owner, index)]


def _key(e: Emitter, owner: Struct, index: Entry) -> str:
    known, key = constant_of(index)
    if known and key in owner.fields:
        return str(key)
    if not known:
        e.session.loops.needs_constant(index)
    names = ", ".join(map(repr, owner.fields))
    raise e.error(
        None,
        f"no key {key!r} in this dict" if known else "a key of this dict must be known here",
        code="TYPE_INFERENCE" if known else "UNSUPPORTED_PYTHON",
        rule="SCRIPT-10",
        hint=f"its values have several types; its keys are: {names}",
    )


def assign_key(e: Emitter, receiver: ast.expr, owner: Struct, index: Entry, entry: Entry) -> None:
    """`d["name"] = v`: the name stands for a dict with another entry."""
    known, key = constant_of(index)
    if not known or not isinstance(key, str):
        _key(e, owner, index)
    _changed(e, receiver, owner, {**owner.fields, key: entry})


def delete_key(e: Emitter, receiver: ast.expr, owner: Struct, index: Entry) -> None:
    """`del d["name"]`."""
    key = _key(e, owner, index)
    _changed(e, receiver, owner, {n: x for n, x in owner.fields.items() if n != key})


def _changed(e: Emitter, receiver: ast.expr, owner: Struct, fields: dict[str, Entry]) -> None:
    new = replace(owner, fields=fields)
    e.session.aliases.change(e, receiver, owner, new)
    store(e, receiver, new)


def named_dict_method(e: Emitter, method: Bound, d: Struct, args: list[Entry]) -> Entry:
    """A method of a dict whose names are known when compiling."""
    pairs = [(e.constant(k), x) for k, x in d.fields.items()]
    if method.name == "items":
        return known_view(d, tuple(Items(p) for p in pairs), "items")
    if method.name in {"keys", "values"}:
        return known_view(d, tuple(p[method.name == "values"] for p in pairs), method.name)
    if method.name == "copy":
        return replace(d, tokens=frozenset({e.session.aliases.token(e.site())}))
    more = _entries(e, args[0]) if method.name == "update" and args else None
    if more is not None:
        _changed(e, method.receiver, d, {**d.fields, **more})
        return e.constant(None)
    if method.name in {"get", "pop"} and args:
        known, key = constant_of(args[0])
        if known and method.name == "pop" and key in d.fields:
            _changed(e, method.receiver, d, {k: x for k, x in d.fields.items() if k != key})
        if known and (key in d.fields or len(args) > 1):
            return d.fields[key] if key in d.fields else args[1]
        if known and method.name == "get":
            return e.constant(None)
    raise e.error(
        None,
        f"this use of {method.name}() of a dict whose values have several types",
        rule="SCRIPT-10",
        hint="there are copy get items keys pop update values, by names known when compiling",
    )


def _entries(e: Emitter, more: Entry) -> Mapping[str, Entry] | None:
    """Return the entries of a dict whose keys are known, None for any other."""
    if isinstance(more, Struct) and is_named_dict(more):
        return more.fields
    return e.session.known_keys.of(more) if isinstance(more, Value) else None


def as_dict(e: Emitter, d: Struct, kind: DictType) -> Entry:
    """Return such a dict as one whose values are all of one declared type, or as it is."""
    values = [e.fit(x, kind.value) for x in d.fields.values()]
    if any(not isinstance(x, Value) or x.type != kind.value for x in values):
        return d
    pairs = [y for k, x in zip(d.fields, values, strict=True) for y in (e.constant(k), e.value(x))]
    return e.op("dict.make", pairs) if pairs else e.empty(kind)


def refuse_values(e: Emitter, values: Sequence[Value]) -> ProducerError:
    """Return the error of a dict with values of several types whose keys are not known."""
    kinds = " and ".join(dict.fromkeys(describe_type(v.type) for v in values))
    return e.error(
        None,
        f"the values of a dict have one type, found {kinds}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="keys that are texts in the source can have values of several types;"
        " or annotate: d: dict[int, Union[int, str]]",
    )


__all__ = [
    "as_dict",
    "assign_key",
    "delete_key",
    "is_named_dict",
    "item_at",
    "named_dict",
    "named_dict_method",
    "refuse_values",
]
