"""First values of states as constants: what an attribute holds before the first call."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.types import FROZEN_SET, SET, DictType, StructType, set_type
from tracescript.ir.values import Constant
from tracescript.opset.build import constant_of
from tracescript.producer.script.containers.enums import enum_type, learn_classes
from tracescript.producer.script.emitter.entries import Empty, Known
from tracescript.producer.script.emitter.objects import is_array
from tracescript.producer.script.source.records import field_names

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.session import Session


_OUTSIDE = "a dict that is made outside the function"


def first_value(session: Session, value: Any, kind: Type | None) -> Constant:
    """Return the first value of a state; `kind` is the type of an empty container.

    Raises TypeError for what no constant holds.
    """
    if isinstance(value, list | dict) and not value and kind is not None:
        return Constant(kind, ())
    if isinstance(value, set | frozenset) and not value and kind is not None:
        assert isinstance(kind, StructType)
        return Constant(kind, (Constant(kind.fields[0][1], ()),))
    return constant_of(_plain(session, value))


def _plain(session: Session, value: Any) -> Any:
    """Return a value with arrays, sets, members of enums and records as their constants."""
    if is_array(value):
        return session.arrays.of(value).value
    if isinstance(value, enum.Enum):
        return _member(session, value)
    if isinstance(value, set | frozenset):
        return _set(value)
    if is_record(value):
        return _record(session, value)
    if isinstance(value, list):
        return [_plain(session, v) for v in value]
    if isinstance(value, tuple):
        return tuple(_plain(session, v) for v in value)
    if isinstance(value, dict):
        return {k: _plain(session, v) for k, v in value.items()}
    return value


def _member(session: Session, member: enum.Enum) -> Any:
    learn_classes(session, type(member))
    kind = enum_type(type(member))
    if not isinstance(kind, StructType):
        return member.value
    return Constant(kind, tuple(constants.scalar(getattr(member, n)) for n, _ in kind.fields))


def _set(value: set[Any] | frozenset[Any]) -> Constant:
    kept = constant_of(dict.fromkeys(sorted(value), True))
    assert isinstance(kept.type, DictType)
    return Constant(set_type(kept.type.key, SET if isinstance(value, set) else FROZEN_SET), (kept,))


def is_record(value: Any) -> bool:
    """Whether a value is a named tuple or an instance of a data class."""
    return field_names(type(value)) is not None


def _record(session: Session, value: Any) -> Constant:
    cls = type(value)
    parts = {n: constant_of(_plain(session, getattr(value, n))) for n in field_names(cls) or ()}
    fields = tuple((n, c.type) for n, c in parts.items())
    kind = StructType(cls.__name__, fields, is_tuple=isinstance(value, tuple))
    session.classes.setdefault(kind, cls)
    return Constant(kind, tuple(parts.values()))


def outside_dict(e: Emitter, owner: Known) -> Entry:
    """Return a dict that the program has not made as a value; as it is where no constant holds it.

    An empty one says no type.
    """
    if not owner.value:
        return Empty(is_dict=True, at=e.at, outside=_OUTSIDE)
    try:
        made = e.builder.constant(constant_of(owner.value))
    except TypeError:
        return owner
    e.session.aliases.given(made, _OUTSIDE)
    return made
