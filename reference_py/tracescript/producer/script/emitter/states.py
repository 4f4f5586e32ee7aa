"""Attributes that methods change: read and written through the scope, like names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir.model import State
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.producer.script.containers.edges import as_record
from tracescript.producer.script.emitter.entries import Known, Unset
from tracescript.producer.script.emitter.facts import RestartError
from tracescript.producer.script.emitter.first_values import first_value, holds_record
from tracescript.producer.script.emitter.objects import is_array

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.ir.values import Constant
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.facts import Facts
    from tracescript.producer.script.session import Session


def join_path(prefix: str, name: str) -> str:
    """Write a path below a module's path."""
    return f"{prefix}.{name}" if prefix else name


class States:
    """The states of a program: which attributes, their types and first values. Spec: SCRIPT-11."""

    def __init__(self, session: Session, facts: Facts) -> None:
        self._session = session
        self._facts = facts
        self._made: dict[tuple[int, str], State] = {}

    def key(self, e: Emitter, owner: Known, name: str) -> str | None:
        """Return the scope's key of an attribute that is state, None for any other."""
        known = id(owner.value), name
        if owner.path is not None and known in self._facts.passing:
            return f"state:{join_path(owner.path, name)}"
        if owner.path is None or known not in self._facts.states:
            return None
        path = self.within(e, join_path(owner.path, name), self._made.get(known))
        return f"state:{path}" if path in e.unit.states else None

    def within(self, e: Emitter, path: str, state: State | None) -> str:
        """Return the path at which a unit has a state: the first to an object that has several."""
        if path in e.unit.states:
            return path
        return next((p for p, (_, held) in e.unit.states.items() if held is state), path)

    def enter(self, e: Emitter, module: Any) -> None:
        """Make a state input of every state below a unit's module, and of every generator."""
        self._session.generators.enter(e)
        for (owner, full), state in self._facts.inherited.items():
            if owner == id(module):
                self.open(e, full, state)
        for path, obj in self._session.walk(module):
            for (owner, name), kind in self._facts.states.items():
                if owner != id(obj):
                    continue
                state = self.of(obj, name, kind)
                full = self.within(e, join_path(path, name), state)
                if full not in e.unit.states:
                    self.open(e, full, state)

    def open(self, e: Emitter, path: str, state: State) -> None:
        """Make a state input."""
        e.unit.states[path] = (Value(state.type, path), state)
        e.scope[f"state:{path}"] = e.unit.states[path][0]

    def inherit(self, e: Emitter, path: str, state: State) -> None:
        """Take in a state of a finished model that a function calls. Raises RestartError once."""
        if path not in e.unit.states:
            known = id(e.unit.module), path
            raise RestartError(lambda facts: facts.inherited.update({known: state}))

    def of(self, owner: Any, name: str, kind: Type) -> State:
        """Return the state of one attribute of one object."""
        key = id(owner), name
        if key not in self._made:
            initial = _initial(self._session, getattr(owner, name), kind)
            path = join_path(self._session.path_of(owner), name)
            self._made[key] = State(
                path, kind, initial, "buffer" if is_array(getattr(owner, name)) else "attribute"
            )
        return self._made[key]

    @property
    def made(self) -> tuple[State, ...]:
        """The states of all attributes."""
        return tuple(self._made.values())

    def find(self, owner: Any, name: str) -> State | None:
        """Return the state of an attribute if it is one."""
        return self._made.get((id(owner), name))

    def write(self, e: Emitter, owner: Known, name: str, entry: Entry) -> None:
        """`self.name = entry`. Raises RestartError where the state or its type is news."""
        known = (id(owner.value), name)
        if known in self._facts.passing:
            e.scope[self.key(e, owner, name) or ""] = entry
            return
        kind = self._facts.states.get(known)
        if kind is None:
            kind = self._first_type(e, owner, name, entry)
        entry = e.fit(entry, kind)
        value = e.value(entry, f"self.{name}")
        joined = join_types(kind, value.type)
        if joined is None and isinstance(getattr(owner.value, name), list | dict):
            raise RestartError(lambda facts: facts.passing.add(known))
        if joined is None:
            raise e.error(
                None,
                f"self.{name} is {e.describe(Value(kind))} at first and {e.describe(value)} here",
                code="TYPE_INFERENCE",
                rule="SCRIPT-11",
                hint="give it a first value of this type in __init__",
            )
        if joined != self._facts.states.get(known):
            widened = joined

            def learn(facts: Facts) -> None:
                facts.states[known] = widened

            raise RestartError(learn)
        key = self.key(e, owner, name)
        if key is None:
            raise e.error(
                None,
                f"{name} belongs to a module that is not reached through self",
                rule="SCRIPT-11",
            )
        e.scope[key] = value

    def _first_type(self, e: Emitter, owner: Known, name: str, entry: Entry) -> Type:
        """The type of an attribute before any method writes it."""
        if not hasattr(owner.value, name):
            raise e.error(
                None,
                f"self.{name} has no value before the first call",
                rule="SCRIPT-11",
                hint=f"set self.{name} in __init__",
            )
        parameters = [n for n, _, _ in self._session.parts(owner.value)[0]]
        if name in parameters:
            raise e.error(
                None,
                f"the program writes the parameter {name}",
                rule="SCRIPT-11",
                hint="register it as a buffer",
            )
        value = getattr(owner.value, name)
        if isinstance(value, list | dict | set) and not value:
            written = e.type_of_items(entry)
            if written is None:
                raise e.error(
                    None,
                    f"cannot tell the element type of self.{name}",
                    code="TYPE_INFERENCE",
                    rule="SCRIPT-4",
                    hint="annotate what is assigned",
                )
            return written
        if isinstance(value, list | dict) and not _can_be_constant(self._session, value):
            raise RestartError(lambda facts: facts.passing.add((id(owner.value), name)))
        return _initial(self._session, value, None).type

    def read(self, e: Emitter, key: str, name: str) -> Entry:
        """Return what an attribute that is state, or passes through a call, stands for now."""
        entry = e.scope.get(key, Unset())
        if isinstance(entry, Unset):
            raise e.error(
                None,
                f"self.{name} may be read before this call gives it a value",
                rule="SCRIPT-11",
                hint="no state can hold its first value: pass what it holds as an argument",
            )
        return as_record(e, entry) or entry

    def begin(self, e: Emitter, record: Any) -> None:
        """Make the attribute state that holds a record, or a record that holds it.

        Raises RestartError; returns where no attribute of a module does.
        """
        for path, module in self._session.walk(e.unit.module):
            for name, held in vars(module).items():
                if not holds_record(held, record):
                    continue
                known = id(module), name
                kind = self._first_type(e, Known(module, path), name, Unset())

                def learn(facts: Facts, known: Any = known, kind: Type = kind) -> None:
                    facts.states[known] = kind

                raise RestartError(learn)


def _can_be_constant(session: Session, value: Any) -> bool:
    try:
        first_value(session, value, None)
    except TypeError:
        return False
    return True


def _initial(session: Session, value: Any, kind: Type | None) -> Constant:
    """Return the first value of a state as a constant."""
    try:
        return first_value(session, value, kind)
    except TypeError as error:
        session.refuse(f"an attribute of type {type(value).__name__} cannot be state", error)
