"""Data classes that are quick to define and to make. Imports nothing of ours.

The standard library compiles up to six functions for each class it decorates, which took a third
of a process's first trace, and fills frozen instances by the names of their fields. Here a method
is compiled when it is first called, and `__init__` fills slots directly. What a class and its
instances do is the same, `dataclasses.fields` and `dataclasses.replace` included.
"""

from __future__ import annotations

import dataclasses
import inspect
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  # so that mypy knows it

_MISSING: Final = dataclasses.MISSING
_COPY_OF_SLOTS: Final = ("__dict__", "__weakref__")


def _record(
    cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True
) -> Any:
    """Make a data class, as `dataclasses.dataclass` does with these arguments.

    A base may not be one, and a field that is no argument of `__init__` has no default.
    """
    if cls is None:
        return lambda made: _Maker(made, frozen=frozen, slots=slots, eq=eq).make()
    return _Maker(cls, frozen=frozen, slots=slots, eq=eq).make()


if not TYPE_CHECKING:
    dataclass = _record


class _Maker:
    """Makes one data class out of a class with annotations."""

    def __init__(self, cls: type, *, frozen: bool, slots: bool, eq: bool) -> None:
        self._cls = cls
        self._given = dict(cls.__dict__)
        self._types = dict(cls.__annotations__)
        self._frozen, self._slots, self._eq = frozen, slots, eq
        self._fields: dict[str, Any] = {}
        for name in self._types:
            found = self._given.get(name, _MISSING)
            one = (
                found if isinstance(found, dataclasses.Field) else dataclasses.field(default=found)
            )
            if not one.init and (one.default, one.default_factory) != (_MISSING, _MISSING):
                message = f"{cls.__name__}.{name} has a default and is no argument"
                raise TypeError(message)
            self._fields[name] = one

    def make(self) -> type:
        """Return the class: a new one where it has slots, else the one that was given."""
        made = self._with_slots() if self._slots else self._with_defaults()
        for name, value in self._members(made).items():
            if name not in self._given:
                setattr(made, name, value)
        return made

    def _with_slots(self) -> type:
        left_out = {*self._fields, *_COPY_OF_SLOTS}
        namespace = {name: held for name, held in self._given.items() if name not in left_out}
        namespace["__slots__"] = tuple(self._fields)
        made = type(self._cls)(self._cls.__name__, self._cls.__bases__, namespace)
        made.__qualname__ = self._cls.__qualname__
        return made

    def _with_defaults(self) -> type:
        for name, one in self._fields.items():
            if one.default is not _MISSING:
                setattr(self._cls, name, one.default)
            elif name in self._given:
                delattr(self._cls, name)
        return self._cls

    def _members(self, made: Any) -> dict[str, Any]:
        names = tuple(self._fields)
        members: dict[str, Any] = {
            "__init__": _compiled_late(made, "__init__", self._init_text),
            "__repr__": _repr([name for name, one in self._fields.items() if one.repr]),
            "__match_args__": tuple(name for name, one in self._fields.items() if one.init),
            "__replace__": dataclasses.replace,
            "__dataclass_fields__": _Late(
                lambda: self._twin(init=False, eq=False).__dataclass_fields__
            ),
            "__dataclass_params__": _Late(lambda: self._whole_twin().__dataclass_params__),
            "__signature__": _Late(lambda: inspect.signature(self._whole_twin()), of_class=True),
        }
        if self._eq:
            members["__eq__"] = _compiled_late(made, "__eq__", self._eq_text)
            members["__hash__"] = None
            if self._frozen:
                members["__hash__"] = _compiled_late(made, "__hash__", self._hash_text)
        if self._frozen:
            members |= _refusal(made, frozenset(names))
        if self._frozen and self._slots:
            members |= _state(names)
        return members

    def _twin(self, **options: Any) -> Any:
        """Return a data class of the standard library with the same fields."""
        fields = [(name, self._types[name], one) for name, one in self._fields.items()]
        return dataclasses.make_dataclass(
            self._cls.__name__, fields, namespace={"__doc__": ""}, repr=False, **options
        )

    def _whole_twin(self) -> Any:
        return self._twin(init=True, eq=self._eq, frozen=self._frozen)

    def _init_text(self, made: Any) -> tuple[str, dict[str, Any]]:
        scope: dict[str, Any] = {"_missing": _MISSING, "_set": object.__setattr__}
        params, lines = ["self"], []
        for i, (name, one) in enumerate(self._fields.items()):
            if not one.init:
                continue
            value = name
            if one.default_factory is not _MISSING:
                scope[f"_make{i}"] = one.default_factory
                value = f"_make{i}() if {name} is _missing else {name}"
                params.append(f"{name}=_missing")
            elif one.default is not _MISSING:
                scope[f"_default{i}"] = one.default
                params.append(f"{name}=_default{i}")
            else:
                params.append(name)
            if self._frozen and self._slots:
                scope[f"_set{i}"] = getattr(made, name).__set__
                lines.append(f" _set{i}(self, {value})")
            elif self._frozen:
                lines.append(f" _set(self, {name!r}, {value})")
            else:
                lines.append(f" self.{name} = {value}")
        if hasattr(made, "__post_init__"):
            lines.append(" self.__post_init__()")
        return "\n".join([f"def __init__({', '.join(params)}):", *(lines or [" pass"])]), scope

    def _eq_text(self, _: Any) -> tuple[str, dict[str, Any]]:
        lines = (
            "def __eq__(self, other):",
            " if self is other: return True",
            " if self.__class__ is not other.__class__: return NotImplemented",
            f" return {self._values_text('self')} == {self._values_text('other')}",
        )
        return "\n".join(lines), {}

    def _hash_text(self, _: Any) -> tuple[str, dict[str, Any]]:
        return f"def __hash__(self): return hash({self._values_text('self')})", {}

    def _values_text(self, record: str) -> str:
        compared = [name for name, one in self._fields.items() if one.compare]
        return "(" + "".join(f"{record}.{name}, " for name in compared) + ")"


def _compiled_late(
    made: Any, name: str, text_of: Callable[[Any], tuple[str, dict[str, Any]]]
) -> Callable[..., Any]:
    """Return a method that compiles itself when it is first called."""

    def first(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        text, scope = text_of(made)
        exec(text, scope)  # noqa: S102  # nothing in it but names of fields
        method = scope[name]
        method.__qualname__ = f"{made.__qualname__}.{name}"
        method.__module__ = made.__module__
        setattr(made, name, method)
        return method(self, *args, **kwargs)

    first.__name__ = name
    return first


class _Late:
    """Something about a class that is worked out when it is first asked for."""

    def __init__(self, make: Callable[[], Any], *, of_class: bool = False) -> None:
        self._make = make
        self._made: Any = _MISSING
        self._of_class = of_class

    def __get__(self, instance: Any, owner: type) -> Any:
        if self._of_class and instance is not None:
            raise AttributeError(owner.__name__)
        if self._made is _MISSING:
            self._made = self._make()
        return self._made


def _repr(names: list[str]) -> Callable[[Any], str]:
    @recursive_repr()
    def __repr__(self: Any) -> str:  # noqa: N807  # it is one
        shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        return f"{type(self).__qualname__}({shown})"

    return __repr__


def _refusal(made: Any, names: frozenset[str]) -> dict[str, Any]:
    def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807  # it is one
        if type(self) is made or name in names:
            message = f"cannot assign to field {name!r}"
            raise dataclasses.FrozenInstanceError(message)
        super(made, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807  # it is one
        if type(self) is made or name in names:
            message = f"cannot delete field {name!r}"
            raise dataclasses.FrozenInstanceError(message)
        super(made, self).__delattr__(name)

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _state(names: tuple[str, ...]) -> dict[str, Any]:
    def __getstate__(self: Any) -> list[Any]:  # noqa: N807  # it is one
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:  # noqa: N807  # it is one
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return {"__getstate__": __getstate__, "__setstate__": __setstate__}


__all__ = ["dataclass"]
