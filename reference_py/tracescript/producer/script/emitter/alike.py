"""Whether what two arms give is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import ScalarType
from tracescript.producer.script.emitter.entries import Closure, Items, Known

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.entries import Entry, Struct


def is_list(entry: Entry) -> bool:
    """Whether an entry is a list part by part."""
    return isinstance(entry, Items) and entry.is_list


def same_constant(a: Value, b: Value) -> bool:
    """Whether two values are one, or equal scalar constants."""
    if a is b:
        return True
    return (
        a.constant is not None
        and b.constant is not None
        and a.type == b.type
        and isinstance(a.type, ScalarType)
        and repr(a.constant.value) == repr(b.constant.value)
    )


def alike(a: Struct, b: Struct) -> bool:
    """Whether two records have one class and the same fields."""
    return a.cls is b.cls and a.fields.keys() == b.fields.keys()


def same_object(a: Entry, b: Entry) -> bool:
    """Whether two entries known at compile time are one."""
    if isinstance(a, Known) and isinstance(b, Known):
        return a.value is b.value or (type(a.value) is type(b.value) and _equal(a.value, b.value))
    if isinstance(a, Closure) and isinstance(b, Closure):
        return (
            a.definition is b.definition
            and a.frame is b.frame
            and all(x is y for x, y in zip(a.defaults, b.defaults, strict=True))
            and all(x is y for x, y in zip(a.keyword_defaults, b.keyword_defaults, strict=True))
        )
    return False


def _equal(a: object, b: object) -> bool:
    return isinstance(a, str | int | float | tuple | type) and a == b
