"""`in`: whether a container, text or range holds something."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from tracescript.ir.types import DataType, DictType, ListType, ScalarKind, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.containers.choices import type_needed
from tracescript.producer.script.containers.equality import compares_by_fields
from tracescript.producer.script.containers.nans import check_found, known_items, same_item
from tracescript.producer.script.containers.views import dict_of_keys
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    Known,
    OneOf,
    Series,
    Struct,
    constant_of,
)
from tracescript.producer.script.expressions.logic import truth
from tracescript.producer.script.expressions.operators import NUMBERS, scalar_kind
from tracescript.producer.script.expressions.own_operators import special
from tracescript.producer.script.flow.iteration import as_list
from tracescript.producer.script.prelude import methods, numerals

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def contains(e: Emitter, container: Entry, item: Entry) -> Value:
    """`item in container`."""
    if isinstance(container, Known) and isinstance(container.value, enum.Flag):
        return _has_flags(e, container.value, item)
    known = constant_of(container), constant_of(item)
    is_container = known[0][0] and hasattr(known[0][1], "__contains__")
    if is_container and known[1][0] and not isinstance(known[1][1], DataType):
        return e.constant(known[1][1] in known[0][1])
    if isinstance(container, Empty):
        return e.constant(False)
    if isinstance(container, OneOf):
        raise type_needed(e, container)
    own = special(e, container, "contains", item)
    if own is not None:
        return truth(e, own)
    if isinstance(container, Struct) and container.cls is dict:
        container = Items(tuple(map(e.constant, container.fields)))
        if known[1][0]:
            return e.constant(known[1][1] in constant_of(container)[1])
    if is_scalar(container, ScalarKind.STR) and is_scalar(item, ScalarKind.STR):
        found = e.op("str.find", [e.value(container), e.value(item)])
        return e.op("int.cmp", [found, e.constant(0)], {"relation": "ge"})
    if isinstance(container, Series) and container.what == "range":
        return _in_range(e, container, item)
    if isinstance(container, Series):
        listed = Items(container.parts) if container.parts else None
        container = listed or dict_of_keys(container) or as_list(e, container)
    if isinstance(container, Known):
        container = _known_items(e, container)
    if isinstance(container, Value) and isinstance(container.type, DictType):
        return e.op("dict.contains", [container, e.value(item)])
    return _in_sequence(e, container, item)


def _has_flags(e: Emitter, flags: enum.Flag, item: Entry) -> Value:
    """`Perm.R in perms`: whether flags of one class have all of others."""
    if isinstance(item, Known) and isinstance(item.value, type(flags)):
        return e.constant(item.value in flags)
    raise e.error(
        None,
        f"`in` of flags needs a member of {type(flags).__qualname__} known at compile time",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="compare numbers: perms & flag == flag",
    )


def _in_sequence(e: Emitter, container: Entry, item: Entry) -> Value:
    """`item in container` of a list or tuple."""
    parts = known_items(e, container)
    if parts is not None and is_scalar(item, *NUMBERS):
        return _among(e, parts, item)
    if isinstance(container, Value) and isinstance(container.type, ListType):
        return _in_list(e, container, item)
    if isinstance(container, Value) and isinstance(container.type, TupleType):
        container = e.parts(container)
    if not isinstance(container, Items):
        raise e.error(
            None,
            f"`in` has no meaning for {e.describe(container)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="lists, tuples, dicts, sets and texts hold something",
        )
    return _among(e, container.parts, item)


def _known_items(e: Emitter, container: Known) -> Entry:
    """Return what a known object holds; the object itself where it holds nothing."""
    try:
        return Items(tuple(e.session.entry_of(x) for x in container.value))
    except TypeError:
        return container


def _in_range(e: Emitter, container: Series, item: Entry) -> Value:
    """`x in range(...)`, which takes no time for the numbers in between."""
    assert container.item is not None
    assert container.trip is not None
    ends = [container.item(e.constant(k)) for k in range(2)]
    if is_scalar(item, ScalarKind.FLOAT):
        return truth(e, e.prelude(numerals.holds_float, item, *ends, container.trip))
    if not is_scalar(item, ScalarKind.INT, ScalarKind.BOOL):
        return e.constant(False)
    return truth(e, e.prelude(numerals.in_range, e.as_int(item), *ends, container.trip))


def _among(e: Emitter, parts: tuple[Entry, ...], item: Entry) -> Value:
    """Whether an item is equal to one of several."""
    found = e.constant(False)
    for part in parts:
        one = same_item(e, item, part)
        if one.constant is not None:
            if one.constant.value:
                return e.constant(True)
        else:
            found = (
                one
                if found.constant is not None and not found.constant.value
                else e.op("bool.op", [found, one], {"operation": "or"})
            )
    return found


def _in_list(e: Emitter, container: Value, item: Entry) -> Value:
    """`x in xs`: a bool counts as an int, other types never meet."""
    assert isinstance(container.type, ListType)
    value = e.value(item)
    if container.type.element != value.type and is_scalar(value, *NUMBERS):
        wanted = scalar_kind(Value(container.type.element))
        if wanted is ScalarKind.INT and is_scalar(value, ScalarKind.BOOL):
            value = e.as_int(value)
        elif wanted is ScalarKind.FLOAT:
            value = e.as_float(value)
    if not compares_by_fields(e, container.type):
        return truth(e, e.prelude(methods.holds, container, item))
    check_found(e, container, value)
    return e.op("list.contains", [container, value])
