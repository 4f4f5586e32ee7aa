"""`<` and the like of lists, tuples and records: the first place that differs decides."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import ListType, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.containers.equality import compared_fields
from tracescript.producer.script.containers.nans import same_item
from tracescript.producer.script.emitter.entries import Empty, Items, Struct
from tracescript.producer.script.expressions import comparison
from tracescript.producer.script.expressions.logic import truth
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.prelude import containers as prelude_containers

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_LISTS = {
    "lt": prelude_containers.is_less,
    "le": prelude_containers.is_at_most,
    "gt": prelude_containers.is_greater,
    "ge": prelude_containers.is_at_least,
}


def ordered(e: Emitter, relation: str, python: Any, left: Entry, right: Entry) -> Entry | None:
    """Compare two containers or records; None where they have no order."""
    pair = _fields(left, right) or _tuples(e, left, right)
    if pair is not None:
        return _by_part(e, relation, python, *pair)
    sides = [_as_list(e, x) for x in (left, right)]
    if isinstance(left, Empty) and isinstance(right, Empty):
        return e.constant(python(0, 0)) if not left.is_dict and not right.is_dict else None
    a, b = (x or _empty(e, y, z) for x, y, z in zip(sides, (left, right), sides[::-1], strict=True))
    if a is None or b is None or a.type != b.type:
        return None
    return e.prelude(_LISTS[relation], a, b)


def _as_list(e: Emitter, entry: Entry) -> Value | None:
    if isinstance(entry, Items) and entry.is_list and e.session.is_runtime(entry):
        return e.value(entry)
    is_list = isinstance(entry, Value) and isinstance(entry.type, ListType)
    return entry if is_list and isinstance(entry, Value) else None


def _empty(e: Emitter, entry: Entry, other: Value | None) -> Value | None:
    """Return `[]` as a list of the other side's type."""
    is_list = isinstance(entry, Empty) and not entry.is_dict and other is not None
    return e.empty(other.type) if is_list and other is not None else None


def _tuples(e: Emitter, left: Entry, right: Entry) -> tuple[Items, Items] | None:
    """Return two tuples part by part, None where an entry is none."""
    found = []
    for entry in (left, right):
        made = entry
        if isinstance(entry, Struct) and issubclass(entry.cls, tuple):
            made = Items(tuple(entry.fields.values()))
        elif isinstance(entry, Value) and isinstance(entry.type, TupleType):
            made = e.parts(entry)
        if isinstance(made, Items) and not made.is_list:
            found.append(made)
    return (found[0], found[1]) if len(found) == 2 else None  # noqa: PLR2004  # both sides


def _fields(left: Entry, right: Entry) -> tuple[Items, Items] | None:
    """Return the fields of two data classes that `order=True` compares."""
    if not isinstance(left, Struct) or not isinstance(right, Struct) or left.cls is not right.cls:
        return None
    made_by = getattr(left.cls, "__dataclass_params__", None)
    if getattr(made_by, "order", False) is not True:
        return None
    return compared_fields(left, right)


def _by_part(e: Emitter, relation: str, python: Any, left: Items, right: Items) -> Entry:
    if not left.parts or not right.parts:
        return e.constant(python(len(left.parts), len(right.parts)))
    a, b = left.parts[0], right.parts[0]
    strict: tuple[str, Any] = (
        ("lt", operator.lt) if relation in {"lt", "le"} else ("gt", operator.gt)
    )
    rest = Items(left.parts[1:]), Items(right.parts[1:])
    same = same_item(e, a, b)
    if same.constant is not None:
        if same.constant.value:
            return _by_part(e, relation, python, *rest)
        return comparison.related(e, *strict, a, b)
    arms = (
        lambda: truth(e, _by_part(e, relation, python, *rest)),
        lambda: truth(e, comparison.related(e, *strict, a, b)),
    )
    return branch(e, same, arms)
