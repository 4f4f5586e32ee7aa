"""First values of states as constants: what an attribute holds before the first call."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.types import FROZEN_SET, SET, DictType, StructType, set_type
from tracescript.ir.values import Constant, Value
from tracescript.opset.build import constant_of
from tracescript.producer.script.containers.enums import enum_type, learn_classes
from tracescript.producer.script.emitter.entries import Empty, Known
from tracescript.producer.script.emitter.objects import is_array
from tracescript.producer.script.source.annotations import field_type
from tracescript.producer.script.source.records import field_names, is_plain, own_init

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    """Whether a value is a named tuple, or an instance of a data class or another plain class."""
    cls = type(value)
    return field_names(cls) is not None or (is_plain(cls) and own_init(cls) is not None)


def holds_record(held: Any, record: Any) -> bool:
    """Whether an object is a record, or holds it in fields of records, lists or dicts."""
    if held is record:
        return is_record(held)
    inner: Iterable[Any] = ()
    if isinstance(held, list | tuple | dict):
        inner = held.values() if isinstance(held, dict) else held
    elif is_record(held):
        inner = _fields(held).values()
    return any(holds_record(x, record) for x in inner)


def _fields(record: Any) -> dict[str, Any]:
    names = field_names(type(record))
    return dict(vars(record)) if names is None else {n: getattr(record, n) for n in names}


def _record(session: Session, value: Any) -> Constant:
    cls = type(value)
    parts = {n: _field(session, cls, n, x) for n, x in _fields(value).items()}
    fields = tuple((n, c.type) for n, c in parts.items())
    kind = StructType(cls.__name__, fields, is_tuple=isinstance(value, tuple))
    session.classes.setdefault(kind, cls)
    return Constant(kind, tuple(parts.values()))


def _field(session: Session, cls: type, name: str, value: Any) -> Constant:
    """Return a field as a constant; what an empty container holds is said by the annotation."""
    is_empty = isinstance(value, list | dict | set | frozenset) and not value
    return first_value(session, value, field_type(cls, name) if is_empty else None)


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


def outside_value(e: Emitter, owner: Known) -> Value | None:
    """Return a container or record that the program has not made as a value.

    None for anything else, and where no constant holds it.
    """
    held = owner.value
    is_container = isinstance(held, list | dict | set | frozenset)
    if not is_container and not is_record(held):
        return None
    if is_container and not held:
        return None
    try:
        made = e.builder.constant(first_value(e.session, held, None))
    except TypeError:
        return None
    e.session.aliases.given(made, f"a {type(held).__name__} that is made outside the function")
    return made
