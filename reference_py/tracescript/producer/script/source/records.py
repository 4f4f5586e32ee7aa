"""Which classes are records, and their fields."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any


def field_names(cls: type) -> tuple[str, ...] | None:
    """Return the fields of a named tuple or data class, None for another class."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return tuple(cls._fields)
    if dataclasses.is_dataclass(cls):
        return tuple(f.name for f in dataclasses.fields(cls))
    return None


def init_names(cls: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parameters of a record's class, and those of them that need no name."""
    given = inspect.signature(cls).parameters.values()
    in_place = (p.name for p in given if p.kind is not inspect.Parameter.KEYWORD_ONLY)
    return tuple(p.name for p in given), tuple(in_place)


def has_made_init(cls: type) -> bool:
    """Whether instances of a record's class are made by what Python has written for the class."""
    if dataclasses.is_dataclass(cls):
        home = getattr(own_init(cls), "__code__", None)
        return getattr(home, "co_filename", "") == "<string>"
    made = next(c for c in cls.__mro__ if "_fields" in vars(c))
    return own_init(cls) is None and cls.__new__ is made.__new__


def is_changed(cls: type) -> bool:
    """Whether fields of a record's instances can be assigned."""
    if dataclasses.is_dataclass(cls):
        return not cls.__dataclass_params__.frozen  # type: ignore[attr-defined]  # set by dataclass
    return not issubclass(cls, tuple)


def own_init(cls: type) -> Any:
    """Return the `__init__` of a class, None where it is object's."""
    found = getattr(cls, "__init__")  # noqa: B009  # mypy takes cls.__init__ for an instance's
    return None if found is object.__init__ else found


def is_plain(cls: type) -> bool:
    """Whether instances of a class are what its Python `__init__` assigns, nothing behind it."""
    own = [c for c in cls.__mro__ if c is not object]
    hooks = ("__new__", "__setattr__", "__getattribute__", "__getattr__", "__slots__", "__del__")
    return (
        type(cls) is type
        and all(c.__module__ != "builtins" for c in own)
        and not any(hook in vars(c) for c in own for hook in hooks)
        and (own_init(cls) is None or inspect.isfunction(own_init(cls)))
        and cls.__module__.partition(".")[0] not in {"torch", "numpy", "tracescript", "functools"}
    )
