"""Records: named tuples and data classes, taken apart while compiling, whole at the edges."""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import StructType
from tracescript.producer.script.aliasing.changes import store
from tracescript.producer.script.containers.edges import set_value, type_of_set
from tracescript.producer.script.emitter.entries import Above, Empty, Items, Known, MethodOf, Struct
from tracescript.producer.script.emitter.own_containers import (
    is_dict_of,
    is_set,
    learn,
    plain_dict,
    python_class,
)
from tracescript.producer.script.source.annotations import field_type
from tracescript.producer.script.source.records import (
    field_names,
    has_made_init,
    init_names,
    is_changed,
    is_plain,
    own_init,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Type
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.heap import Token
    from tracescript.producer.script.session import Session

_REPLACE = object()


class Structs:
    """How records are made, read and turned into values."""

    def make(self, e: Emitter, cls: type, args: list[Entry], kwargs: dict[str, Entry]) -> Entry:
        """Call a class: a record of its fields; a data class as if by its generated `__init__`."""
        names = field_names(cls)
        if (names is None or not has_made_init(cls)) and is_plain(cls):
            return self._constructed(e, cls, args, kwargs)
        if issubclass(cls, enum.Enum) or names is None or not has_made_init(cls):
            raise e.error(
                None,
                f"scripts cannot make a {cls.__qualname__}",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint="named tuples, data classes and classes with a plain __init__ can be made",
            )
        takes, in_place = init_names(cls)
        fields = dict(zip(in_place, args, strict=False)) | kwargs
        twice = [n for n in in_place[: len(args)] if n in kwargs]
        unknown = [n for n in fields if n not in takes] + twice
        for name, value in self._defaults(e, cls, fields).items():
            fields.setdefault(name, value)
        missing = [n for n in names if n not in fields]
        if unknown or missing or len(args) > len(in_place):
            what = (
                f"{unknown[0]!r} is no parameter, or is given twice"
                if unknown
                else f"field {missing[0]!r} is missing"
                if missing
                else "too many arguments"
            )
            raise e.error(
                None,
                f"{cls.__qualname__}: {what}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
                hint=f"fields: {', '.join(takes)}{_named_only(takes, in_place)}",
            )
        typed = {n: _fitted(e, cls, n, fields[n]) for n in names}
        made = Struct(cls, typed, self._tokens(e, cls))
        after = getattr(cls, "__post_init__", None)
        return made if after is None else self._run(e, made, after, [], {})

    def _tokens(self, e: Emitter, cls: type) -> frozenset[Token]:
        return frozenset({e.session.aliases.token(e.site())} if is_changed(cls) else ())

    def _constructed(
        self, e: Emitter, cls: type, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Make an instance of a class by running its `__init__`."""
        made = Struct(cls, {}, self._tokens(e, cls))
        function = own_init(cls)
        return made if function is None else self._run(e, made, function, args, kwargs)

    def _run(
        self, e: Emitter, made: Struct, function: Any, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        e.session.call_python(e, function, args, kwargs, owner=Known(made))
        return self._after(e)

    def _after(self, e: Emitter) -> Struct:
        """Return the record as the method that ran last has left it."""
        found = e.session.calls.last_self
        if not isinstance(found, Struct):
            raise e.error(None, "the fields of this record depend on the path", rule="SCRIPT-4")
        return found

    def call(
        self, e: Emitter, method: MethodOf, args: list[Entry], kwargs: dict[str, Entry]
    ) -> Entry:
        """Call a method of a record; what it changes is changed where the record has its name."""
        owner = method.owner.value
        if method.function is _REPLACE:
            return self.replaced(e, owner, kwargs)
        key = e.root_key(method.receiver) if method.receiver is not None else None
        lent = e.session.aliases.lent
        lent.append(key or "")
        result = e.session.call_python(e, method.function, args, kwargs, owner=method.owner)
        lent.pop()
        after = self._after(e)
        if after is not owner and key is not None and method.receiver is not None:
            if python_class(owner.cls) is not owner.cls:
                learn(e, owner, after)
                e.session.aliases.change(e, method.receiver, owner, after)
            elif not isinstance(method.receiver, ast.Name):
                e.session.aliases.change(e, method.receiver, owner, after)
            store(e, method.receiver, after)
        return result

    def replaced(self, e: Emitter, owner: Struct, changes: dict[str, Entry]) -> Entry:
        """`dataclasses.replace(record, x=e)` and `record._replace(x=e)`."""
        unknown = [n for n in changes if n not in owner.fields]
        if unknown:
            raise e.error(
                None,
                f"{owner.cls.__qualname__}: no field {unknown[0]!r}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
                hint=f"fields: {', '.join(owner.fields)}",
            )
        made = Struct(owner.cls, {**owner.fields, **changes}, self._tokens(e, owner.cls))
        after = getattr(owner.cls, "__post_init__", None)
        is_remade = after is not None and dataclasses.is_dataclass(owner.cls)
        return self._run(e, made, after, [], {}) if is_remade else made

    def _defaults(self, e: Emitter, cls: type, given: dict[str, Entry]) -> dict[str, Entry]:
        entry_of = e.session.entry_of
        if hasattr(cls, "_field_defaults"):
            return {n: entry_of(v) for n, v in cls._field_defaults.items()}
        found: dict[str, Entry] = {}
        for f in dataclasses.fields(cls):
            if f.default is not dataclasses.MISSING:
                found[f.name] = entry_of(f.default)
            elif f.default_factory is not dataclasses.MISSING and f.name not in given:
                found[f.name] = _factory(e, f.default_factory)
        return found

    def member(self, e: Emitter, owner: Struct, name: str, receiver: ast.expr) -> Entry:
        """A method, property or class attribute of a record's class."""
        if name == "__class__":
            return Known(python_class(owner.cls))
        found = inspect.getattr_static(owner.cls, name, None)
        if isinstance(found, property):
            return self.call(e, MethodOf(Known(owner), found.fget, receiver), [], {})
        if isinstance(found, staticmethod):
            return Known(found.__func__)
        if isinstance(found, classmethod):
            return MethodOf(Known(owner.cls), found.__func__)
        if name == "_replace" and issubclass(owner.cls, tuple):
            return MethodOf(Known(owner), _REPLACE, receiver)
        if inspect.isfunction(found):
            return MethodOf(Known(owner), found, receiver)
        if found is not None and not callable(found) and not hasattr(type(found), "__get__"):
            return e.session.entry_of(found)
        if name == "pop" and is_set(owner):
            raise e.error(
                None,
                "which item pop() takes out hangs on the order of the set",
                rule="SCRIPT-6",
                hint="say which: x = min(s), then s.remove(x)",
            )
        if python_class(owner.cls) is not owner.cls:
            methods = [n for n in dir(owner.cls) if inspect.isfunction(getattr(owner.cls, n))]
            known = [n for n in methods if hasattr(python_class(owner.cls), n) and n[0] != "_"]
            raise e.error(
                None,
                f"{e.describe(owner)} has no {name!r} in scripts",
                code="UNKNOWN_CALL",
                rule="SCRIPT-12",
                hint=f"there are: {', '.join(known)}",
            )
        raise e.error(
            None,
            f"{owner.cls.__qualname__} has no field {name!r}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=f"fields: {', '.join(owner.fields)}" if owner.fields else "",
        )

    def above(self, e: Emitter, found: Above, name: str, node: ast.Attribute) -> Entry:
        """`super().name` in a method of a record."""
        mro = found.record.cls.__mro__
        for cls in mro[mro.index(found.cls) + 1 :]:
            member = vars(cls).get(name)
            if inspect.isfunction(member):
                receiver = ast.copy_location(ast.Name(found.name, ast.Load()), node)
                return MethodOf(Known(found.record), member, receiver)
            if cls is object and name == "__init__":
                return Known(_nothing)
        raise e.error(node, f"no {name!r} above {found.cls.__qualname__}", rule="SCRIPT-3")

    def is_runtime(self, session: Session, entry: Struct) -> bool:
        """Whether a record can be a run-time value."""
        if is_dict_of(entry):
            return session.is_runtime(plain_dict(entry))
        return all(session.is_runtime(p) for p in entry.fields.values())

    def type_of(self, e: Emitter, entry: Struct) -> Type | None:
        """Return the type of the record as a value."""
        if is_dict_of(entry):
            return e.type_of_items(plain_dict(entry))
        if is_set(entry):
            return type_of_set(entry)
        fields = {n: e.type_of_items(x) for n, x in entry.fields.items()}
        known = tuple((n, t) for n, t in fields.items() if t is not None)
        if len(known) != len(fields):
            return None
        return StructType(entry.cls.__name__, known, is_tuple=issubclass(entry.cls, tuple))

    def value(self, e: Emitter, entry: Struct) -> Value:
        """Make the record a run-time value, which is the same object."""
        if is_set(entry):
            return set_value(e, entry)
        if is_dict_of(entry):
            e.session.aliases.valued |= entry.tokens
            return e.value(plain_dict(entry))
        values = [e.value(x) for x in entry.fields.values()]
        fields = tuple((n, v.type) for n, v in zip(entry.fields, values, strict=True))
        kind = StructType(entry.cls.__name__, fields, is_tuple=issubclass(entry.cls, tuple))
        if entry.cls is not dict and e.session.classes.setdefault(kind, entry.cls) is not entry.cls:
            raise e.error(
                None,
                f"two classes are called {entry.cls.__name__}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="give one of them another name: a file tells records by their names",
            )
        made = e.op("struct.make", values, {"type": kind})
        if entry.tokens:
            e.session.aliases.stands_for(made, entry.tokens, values)
        return made


def _named_only(takes: Sequence[str], in_place: Sequence[str]) -> str:
    """Say which fields cannot be given by place."""
    named = [n for n in takes if n not in in_place]
    return f"; by name alone: {', '.join(named)}" if named else ""


def _nothing() -> None:
    """What `object.__init__` does."""


def _fitted(e: Emitter, cls: type, name: str, entry: Entry) -> Entry:
    """Give `[]` and `{}` the type that the annotation of a field says."""
    if not isinstance(entry, Empty):
        return entry
    kind = field_type(cls, name)
    return entry if kind is None else e.fit(entry, kind)


def _factory(e: Emitter, factory: Any) -> Entry:
    """The default of a field that a function makes."""
    if factory in {list, dict}:
        return Empty(is_dict=factory is dict, at=e.at)
    if factory is set:
        from tracescript.producer.script.containers.sets import set_of

        return set_of(e, Items(()))
    return e.session.call_python(e, factory, [], {})
