"""Elements that are assigned and deleted: `xs[i] = v`, `del d[k]`, slices of lists."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.types import DictType, ListType
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.changes import rebind
from tracescript.producer.script.aliasing.flight import Flight
from tracescript.producer.script.aliasing.writes import write
from tracescript.producer.script.containers.dicts import as_key, set_key
from tracescript.producer.script.containers.lists import assign_slice, delete_slice
from tracescript.producer.script.containers.named_dicts import (
    assign_key,
    delete_key,
    is_named_dict,
)
from tracescript.producer.script.containers.sequences import element_fits
from tracescript.producer.script.emitter.diagnostics import is_tensor
from tracescript.producer.script.emitter.entries import Empty, Items, Known, Struct
from tracescript.producer.script.emitter.first_values import outside_dict, outside_value
from tracescript.producer.script.emitter.size_marks import is_tuple_like
from tracescript.producer.script.expressions.indexing import assign_index
from tracescript.producer.script.expressions.own_operators import special_method

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def assign_item(e: Emitter, target: ast.Subscript, entry: Entry) -> None:
    """`xs[i] = v`, `d[k] = v`, `x[...] = v`: the name stands for the new value."""
    owner = _assigned(e, e.expr(target.value))
    if is_tensor(owner):
        write(e, target.value, owner, assign_index(e, e.value(owner), target.slice, entry))
        return
    flight = Flight(e)
    flight.add(entry)
    owner = _after_index(e, target, owner, flight)
    with e.repeating():
        _assign_in(e, target, owner, entry)


def _after_index(e: Emitter, target: ast.Subscript, owner: Entry, flight: Flight) -> Entry:
    """Evaluate the index of a target; return what the owner is then."""
    flight.add(owner, target.value)
    index = target.slice
    for part in (
        (index.lower, index.upper, index.step) if isinstance(index, ast.Slice) else (index,)
    ):
        if part is not None:
            e.expr(part)
    flight.check()
    return flight.now(owner)


def _assign_in(e: Emitter, target: ast.Subscript, owner: Entry, entry: Entry) -> None:
    """Assign an element of what is no tensor, by an index that has been evaluated."""
    if isinstance(owner, Items) and owner.is_list and e.session.is_runtime(owner):
        owner = e.value(owner)
    if (
        isinstance(owner, Value)
        and isinstance(owner.type, ListType)
        and not is_tuple_like(e, owner)
    ):
        if isinstance(target.slice, ast.Slice):
            assign_slice(e, target.value, owner, target.slice, entry)
            return
        value = e.value(e.fit(entry, owner.type.element))
        index = e.as_int(e.expr(target.slice))
        kind = element_fits(e, owner.type.element, value, "the list")
        e.session.aliases.escape(value, e.where())
        rebind(
            e,
            target.value,
            owner,
            e.ops("list.set", [owner, index, value], types=[ListType(kind)])[0],
        )
        return
    if isinstance(owner, Empty) and owner.is_dict:
        key, value = as_key(e, e.expr(target.slice)), e.value(entry)
        start = e.empty(DictType(key.type, value.type))
        rebind(e, target.value, owner, e.op("dict.set", [start, key, value]))
        return
    if isinstance(owner, Value) and isinstance(owner.type, DictType):
        set_key(e, target, owner, owner.type, entry)
        return
    if isinstance(owner, Struct) and is_named_dict(owner):
        assign_key(e, target.value, owner, e.expr(target.slice), entry)
        return
    if _set_item(e, target, owner, entry):
        return
    raise e.error(
        target,
        f"cannot assign to an element of {e.describe(owner)}",
        hint="elements of lists, dicts and tensors made here can be assigned",
    )


def _set_item(e: Emitter, target: ast.Subscript, owner: Entry, *values: Entry) -> bool:
    """`record[k] = v` or `del record[k]`: what its class defines; False where it does not."""
    method = special_method(owner, "setitem" if values else "delitem")
    if method is None:
        return False
    bound = replace(method, receiver=target.value)
    e.session.structs.call(e, bound, [e.expr(target.slice), *values], {})
    return True


def _assigned(e: Emitter, owner: Entry) -> Entry:
    """An array or dict of the module's as a value: it becomes state, or is refused."""
    if e.session.holds_array(owner):
        return e.value(owner)
    if isinstance(owner, Known) and isinstance(owner.value, dict):
        return outside_dict(e, owner)
    if isinstance(owner, Known) and isinstance(owner.value, list):
        return outside_value(e, owner) or owner
    return owner


def delete_item(e: Emitter, target: ast.Subscript) -> None:
    """`del d[k]`, `del xs[i]`."""
    owner = _after_index(e, target, e.expr(target.value), Flight(e))
    with e.repeating():
        _delete_in(e, target, owner)


def _delete_in(e: Emitter, target: ast.Subscript, owner: Entry) -> None:
    if _set_item(e, target, owner):
        return
    if is_tuple_like(e, owner):
        raise e.error(target, f"cannot delete an element of {e.describe(owner)}")
    if isinstance(target.slice, ast.Slice):
        if isinstance(owner, Value) and isinstance(owner.type, ListType):
            delete_slice(e, target.value, owner, target.slice)
            return
        raise e.error(
            target,
            f"cannot delete elements of {e.describe(owner)}",
            hint="elements of lists can be",
        )
    index = e.expr(target.slice)
    if isinstance(owner, Value) and isinstance(owner.type, DictType):
        rebind(e, target.value, owner, e.op("dict.remove", [owner, e.value(index)]))
    elif isinstance(owner, Value) and isinstance(owner.type, ListType):
        rebind(e, target.value, owner, e.ops("list.pop", [owner, e.as_int(index)])[1])
    elif isinstance(owner, Struct) and is_named_dict(owner):
        delete_key(e, target.value, owner, index)
    else:
        raise e.error(target, f"cannot delete an element of {e.describe(owner)}")
