"""`==` of lists, tuples, dicts and records."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tracescript.ir.types import DictType, ListType, StructType, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.containers.nans import known_items, same_item, unlike
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Empty, Items, Known, Struct, constant_of
from tracescript.producer.script.emitter.own_containers import plain_dict
from tracescript.producer.script.emitter.size_marks import is_tuple_like
from tracescript.producer.script.emitter.type_parts import parts_of_type
from tracescript.producer.script.expressions import comparison
from tracescript.producer.script.expressions.logic import negated, truth
from tracescript.producer.script.prelude import methods

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def equal(e: Emitter, left: Entry, right: Entry) -> Value | None:
    """Equality of what is no number, string or tensor; None where it has no meaning."""
    if is_none(left) or is_none(right):
        return comparison.identical(e, left, right)
    if left is right and (isinstance(left, Struct) or _is_sequence(left)):
        return e.constant(True)
    left, right = plain_dict(left), plain_dict(right)
    same = comparison.same_data_type(e, left, right)
    if same is not None:
        return e.constant(same)
    if isinstance(left, Known) and isinstance(right, Known):
        return e.constant(bool(left.value == right.value))
    left, right = _as_tuple(left), _as_tuple(right)
    if isinstance(left, Struct) and isinstance(right, Struct):
        return _equal_records(e, left, right)
    if isinstance(left, Known | Struct) or isinstance(right, Known | Struct):
        known = [constant_of(x) for x in (left, right)]
        return e.constant(known[0][1] == known[1][1]) if all(k for k, _ in known) else None
    left, right = _sizes_alike(e, left, right)
    if _is_sequence(left) and _is_sequence(right):
        return _equal_containers(e, left, right)
    if isinstance(left, Value) and isinstance(left.type, TupleType):
        left = e.parts(left)
    if isinstance(right, Value) and isinstance(right.type, TupleType):
        right = e.parts(right)
    if not isinstance(left, Items) or not isinstance(right, Items):
        return None
    return _equal_parts(e, left, right)


def _equal_parts(e: Emitter, left: Items, right: Items) -> Value:
    """`==` of tuples, or of lists whose items are known one by one."""
    if left.is_list != right.is_list:
        return e.constant(False)
    if len(left.parts) != len(right.parts):
        return e.constant(False)
    result = e.constant(True)
    for a, b in zip(left.parts, right.parts, strict=True):
        one = same_item(e, a, b, result if result.constant is None else None)
        if result.constant is not None and not result.constant.value:
            return result
        if result.constant is not None:
            result = one if result.constant.value else result
        else:
            result = e.op("bool.op", [result, one], {"operation": "and"})
    return result


def _sizes_alike(e: Emitter, left: Entry, right: Entry) -> tuple[Entry, Entry]:
    """Sizes are a tuple, also where the rank is unknown and they are a list in the graph."""
    is_list = [isinstance(x, Value) and isinstance(x.type, ListType) for x in (left, right)]
    sides = [left, right]
    for k, other in ((0, 1), (1, 0)):
        if not is_list[k] or not is_tuple_like(e, sides[k]):
            continue
        if is_list[other] and is_tuple_like(e, sides[other]):
            continue
        found = sides[other]
        if isinstance(found, Items) and not found.is_list:
            sides[other] = e.value(Items(found.parts, is_list=True))
        elif _is_sequence(found):
            sides[other] = Items(())
            sides[k] = Items((e.constant(0),))
    return sides[0], sides[1]


def _as_tuple(entry: Entry) -> Entry:
    """A named tuple compares as a tuple."""
    if isinstance(entry, Struct) and issubclass(entry.cls, tuple):
        return Items(tuple(entry.fields.values()))
    return entry


def _is_sequence(entry: Entry) -> bool:
    """Whether an entry is a list or dict."""
    if isinstance(entry, Items) and entry.is_list:
        return True
    return isinstance(entry, Empty) or (
        isinstance(entry, Value) and isinstance(entry.type, ListType | DictType)
    )


def _equal_containers(e: Emitter, left: Entry, right: Entry) -> Value | None:
    """`==` of two lists or two dicts of one type."""
    if isinstance(left, Empty) and isinstance(right, Empty):
        return e.constant(left.is_dict == right.is_dict)
    if isinstance(left, Items) and isinstance(right, Items):
        return equal(e, Items(left.parts), Items(right.parts))
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Empty) and isinstance(other, Value):
            if one.is_dict != isinstance(other.type, DictType):
                return e.constant(False)
            return negated(e, truth(e, other))
    parts = known_items(e, left), known_items(e, right)
    if parts[0] is not None and parts[1] is not None:
        return equal(e, Items(parts[0]), Items(parts[1]))
    a, b = e.value(left), e.value(right)
    if isinstance(a.type, DictType) != isinstance(b.type, DictType):
        return e.constant(False)
    if a.type != b.type:
        return None
    if compares_by_fields(e, a.type):
        return unlike(e, a, b, e.op("equal", [a, b]))
    is_list = isinstance(a.type, ListType)
    return truth(e, e.prelude(methods.same_items, a, b)) if is_list else None


def compares_by_fields(e: Emitter, kind: Type) -> bool:
    """Whether values of a type are equal where all their parts are, as the op `equal` takes it.

    A class whose instances are compared by a method of its own, or by identity, is not.
    """
    if isinstance(kind, StructType) and not kind.is_tuple:
        cls = e.session.classes.get(kind)
        if cls is not None and not _has_fields_alone(cls):
            return False
    return all(compares_by_fields(e, part) for part in parts_of_type(kind))


def _has_fields_alone(cls: type) -> bool:
    own = vars(cls).get("__eq__")
    is_made = getattr(getattr(cls, "__dataclass_params__", None), "eq", False) is True
    is_made &= getattr(getattr(own, "__code__", None), "co_filename", "<string>") == "<string>"
    return own is not None and is_made and all(f.compare for f in dataclasses.fields(cls))


def _equal_records(e: Emitter, left: Struct, right: Struct) -> Value | None:
    """`==` of two data classes, as the method that `dataclass` makes, or of two dicts."""
    if left.cls is dict and right.cls is dict:
        if left.fields.keys() != right.fields.keys():
            return e.constant(False)
        others = tuple(right.fields[n] for n in left.fields)
        return equal(e, Items(tuple(left.fields.values())), Items(others))
    own = vars(left.cls).get("__eq__")
    if getattr(own, "__module__", "") != left.cls.__module__ or left.cls is not right.cls:
        return None
    if getattr(getattr(left.cls, "__dataclass_params__", None), "eq", False) is not True:
        return None
    return equal(e, *compared_fields(left, right))


def compared_fields(left: Struct, right: Struct) -> tuple[Items, Items]:
    """Return the fields by which a data class compares, of two instances of it."""
    names = [f.name for f in dataclasses.fields(left.cls) if f.compare]
    return Items(tuple(left.fields[n] for n in names)), Items(tuple(right.fields[n] for n in names))
