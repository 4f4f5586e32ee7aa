"""Records: named tuples and data classes, taken apart while compiling, whole at the edges."""

from __future__ import annotations

import ast
import dataclasses
import enum
import functools
import inspect
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import StructType
from tracescript.producer.script.aliasing.changes import store
from tracescript.producer.script.containers.edges import set_value, type_of_set
from tracescript.producer.script.containers.fields import given_fields
from tracescript.producer.script.emitter.entries import Above, Known, MethodOf, Struct
from tracescript.producer.script.emitter.own_containers import (
    is_dict_of,
    is_sequence_of,
    is_set,
    learn,
    plain_dict,
    python_class,
)
from tracescript.producer.script.source.records import (
    field_names,
    has_made_init,
    is_changed,
    is_plain,
    own_init,
)
from tracescript.producer.trace import hints

if TYPE_CHECKING:
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
                hint=_instead(cls),
            )
        fields, given = given_fields(e, cls, args, kwargs)
        made = Struct(cls, fields, self._tokens(e, cls))
        after = getattr(cls, "__post_init__", None)
        return self._complete(e, made if after is None else self._run(e, made, after, given, {}))

    def _complete(self, e: Emitter, made: Struct) -> Struct:
        """Return a record with its fields in the order of its class; each must have a value."""
        names = field_names(made.cls) or ()
        missing = [n for n in names if n not in made.fields]
        if missing:
            raise e.error(
                None,
                f"{made.cls.__qualname__}: field {missing[0]!r} has no value (init=False)",
                code="TYPE_INFERENCE",
                rule="SCRIPT-10",
                hint="assign it in __post_init__ on every path, or give it a default",
            )
        fields = {n: made.fields[n] for n in dict.fromkeys([*names, *made.fields])}
        return Struct(made.cls, fields, made.tokens)

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
    ) -> Struct:
        e.session.call_python(e, function, args, kwargs, owner=Known(made))
        return self._after(e)

    def _after(self, e: Emitter) -> Struct:
        """Return the record as the method that ran last has left it."""
        found = e.session.whole_record(e.session.calls.last_self)
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
        if (
            after is not e.session.whole_record(owner)
            and key is not None
            and method.receiver is not None
        ):
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

    def member(self, e: Emitter, owner: Struct, name: str, receiver: ast.expr) -> Entry:
        """A method, property or class attribute of a record's class."""
        if name == "__class__":
            return Known(python_class(owner.cls))
        found = inspect.getattr_static(owner.cls, name, None)
        if name == "_replace" and issubclass(owner.cls, tuple):
            return MethodOf(Known(owner), _REPLACE, receiver)
        made = self._of_class(e, owner, found, receiver)
        if made is not None:
            return made
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

    def _of_class(self, e: Emitter, owner: Struct, found: Any, receiver: ast.expr) -> Entry | None:
        """What a class holds under a name, for one of its records; None for what scripts lack."""
        if isinstance(found, functools.cached_property) and not is_changed(owner.cls):
            found = property(found.func)
        if isinstance(found, property):
            return self.call(e, MethodOf(Known(owner), found.fget, receiver), [], {})
        if isinstance(found, staticmethod):
            return Known(found.__func__)
        if isinstance(found, classmethod):
            return MethodOf(Known(owner.cls), found.__func__)
        if inspect.isfunction(found):
            return MethodOf(Known(owner), found, receiver)
        if isinstance(found, functools.cached_property):
            raise e.error(
                None,
                f"{found.attrname} is kept from its first use on (cached_property)",
                rule="SCRIPT-1",
                hint="make it a property, or set it in __init__",
            )
        is_constant = found is not None and not callable(found)
        return (
            e.session.entry_of(found)
            if is_constant and not hasattr(type(found), "__get__")
            else None
        )

    def above(self, e: Emitter, found: Above, name: str, node: ast.Attribute) -> Entry:
        """`super().name` in a method of a record."""
        mro = found.record.cls.__mro__
        for cls in mro[mro.index(found.cls) + 1 :]:
            member = vars(cls).get(name)
            receiver = ast.copy_location(ast.Name(found.name, ast.Load()), node)
            if cls is object and name == "__init__":
                return Known(_nothing)
            made = None if cls is object else self._of_class(e, found.record, member, receiver)
            if made is not None:
                return made
        raise e.error(node, f"no {name!r} above {found.cls.__qualname__}", rule="SCRIPT-3")

    def is_runtime(self, session: Session, entry: Struct) -> bool:
        """Whether a record can be a run-time value."""
        if is_sequence_of(entry):
            return False
        if is_dict_of(entry):
            return session.is_runtime(plain_dict(entry))
        return all(session.is_runtime(p) for p in entry.fields.values())

    def type_of(self, e: Emitter, entry: Struct) -> Type | None:
        """Return the type of the record as a value."""
        if is_sequence_of(entry):
            return None
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
        if is_sequence_of(entry):
            raise e.error(
                None,
                f"no result and no container holds {e.describe(entry)}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint="make it a list: list(...)",
            )
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


def _instead(cls: type) -> str:
    """Return what to make instead of an instance of a class."""
    if cls.__module__.partition(".")[0] == "numpy":
        return hints.instead(cls.__name__)
    return "named tuples, data classes and classes with a plain __init__ can be made"


def _nothing() -> None:
    """What `object.__init__` does."""
