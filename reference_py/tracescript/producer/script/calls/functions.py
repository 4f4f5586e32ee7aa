"""Python functions: their bodies, defaults, and what they are keyed by."""

from __future__ import annotations

import ast
import functools
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DictType, ListType, TensorType
from tracescript.ir.values import Value
from tracescript.producer.private_names import mangled
from tracescript.producer.script.emitter.entries import (
    Closure,
    Empty,
    Items,
    OneOf,
    Partly,
    Series,
    Struct,
    Unset,
    constant_of,
)
from tracescript.producer.script.emitter.facts import DeadEndError
from tracescript.producer.script.emitter.own_containers import is_dict_of
from tracescript.producer.script.source.exits import RETURNED, remove_exits
from tracescript.producer.source import unwrapped

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.frame import Frame
    from tracescript.producer.script.session import Session


def run_body(e: Emitter, frame: Frame) -> Entry:
    """Compile a function's statements and return what it returns."""
    definition = frame.definition
    if isinstance(definition, ast.Lambda):
        frame.returned_at = definition.body
        try:
            return e.expr(definition.body)
        except DeadEndError:
            return e.constant(None)
    e.run(without_exits(definition) if frame.body is None else frame.body)
    result = e.scope.get(frame.key(RETURNED), Unset())
    if isinstance(result, Partly):
        result = e.unwrap(result.value, is_proved=True) if result.is_wrapped else result.value
    return e.constant(None) if isinstance(result, Unset) else result


@functools.lru_cache(maxsize=4096)
def without_exits(definition: ast.FunctionDef) -> list[ast.stmt]:
    """Return the body of a function without exits; worked out once."""
    return remove_exits(definition.body)


def plain_type(kind: Any) -> Any:
    """A parameter's type: extents that are expressions become unknown, for no call binds them."""
    if isinstance(kind, TensorType) and kind.shape is not None:
        from tracescript.ir.types import Symbol

        return TensorType(
            kind.data_type, tuple(d if isinstance(d, int | Symbol) else None for d in kind.shape)
        )
    return kind


def has_container(entry: Entry) -> bool:
    """Whether a list or dict, which a callee could change, is in an entry."""
    if isinstance(entry, Items):
        return entry.is_list or any(map(has_container, entry.parts))
    return (
        is_dict_of(entry)
        or isinstance(entry, Empty)
        or (isinstance(entry, Value) and isinstance(entry.type, ListType | DictType))
    )


_READING = frozenset({"get", "items", "keys", "values", "index", "count", "copy", "__getitem__"})


def holds_closure(entry: Entry) -> bool:
    """Whether a function made inside another is in an entry; it keeps that one's names alive."""
    if isinstance(entry, Items):
        return any(map(holds_closure, entry.parts))
    if isinstance(entry, Struct):
        return any(map(holds_closure, entry.fields.values()))
    if isinstance(entry, OneOf):
        return any(map(holds_closure, entry.parts.values()))
    return isinstance(entry, Closure)


def fixed_key(entry: Entry) -> Any:
    """Return what tells one compile-time argument from another."""
    known, value = constant_of(entry)
    return (
        repr(value)
        if known and isinstance(value, bool | int | float | str | list | tuple | None)
        else id(getattr(entry, "value", entry))
    )


def computed(
    session: Session, function: Any, args: list[Entry], kwargs: dict[str, Entry]
) -> Entry | None:
    """Run a builtin method of a known list, dict or string at once."""
    owner = getattr(function, "__self__", None)
    if (
        not inspect.isbuiltin(function)
        or not isinstance(owner, list | dict | tuple | str)
        or (isinstance(owner, list | dict) and function.__name__ not in _READING)
        or kwargs
    ):
        return None
    known = [constant_of(a) for a in args]
    if not all(k for k, _ in known):
        return None
    found = function(*(v for _, v in known))
    if isinstance(found, type({}.keys()) | type({}.values()) | type({}.items())):
        return Series(None, None, tuple(map(session.entry_of, found)), function.__name__)
    return session.entry_of(found)


def defaults_of(
    session: Session, definition: ast.FunctionDef | ast.Lambda, function: Any
) -> tuple[list[Entry], list[Entry | None]]:
    """Return the defaults of positional and of keyword-only parameters."""
    plain = unwrapped(function)
    keyword = plain.__kwdefaults__ or {}
    return (
        [session.entry_of(d) for d in plain.__defaults__ or ()],
        [
            session.entry_of(keyword[a.arg]) if a.arg in keyword else None
            for a in definition.args.kwonlyargs
        ],
    )


def defining_class(owner: Any, function: Any) -> type | None:
    """The class whose body defines a method, for `super()`."""
    if owner is None:
        return None
    for cls in owner.cls.__mro__ if isinstance(owner, Struct) else type(owner).__mro__:
        found = vars(cls).get(mangled(cls, function.__name__))
        if (
            found is function
            or getattr(found, "__wrapped__", None) is function
            or getattr(found, "fget", None) is function
        ):
            return cls
    return None
