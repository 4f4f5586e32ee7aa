"""Calls of functions marked `ignore`: a finished model calls them in this process. SCRIPT-14."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.ir import constants
from tracescript.ir.graph import PYTHON, Node
from tracescript.ir.types import DataType, Symbol, TensorType
from tracescript.ir.values import Value
from tracescript.opset.table import opset
from tracescript.producer.script.containers.enums import is_member, learn_classes
from tracescript.producer.script.emitter.entries import Known, Struct
from tracescript.producer.script.emitter.size_marks import TUPLE
from tracescript.producer.script.emitter.type_parts import holds_tensor, with_tensors
from tracescript.producer.script.source.annotations import (
    OPEN,
    filled,
    hints_of,
    is_open_tuple,
    type_of_annotation,
    type_of_object,
)
from tracescript.producer.script.source.type_comments import comments_of
from tracescript.producer.source import unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.ir.types import StructType, Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


_NOTHING = object()


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """An argument that is a Python object known when compiling: a module, a data type."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """A Python function that nodes of opset `python` call.

    `args` and `kwargs` are objects that are held, and None for each of the nodes' inputs in order.
    `is_open` says that nobody has said what data types it gives, `gives_none` that it gives None.
    `classes` are those of records; `watched` the attributes, as (object, name), that the program
    was compiled with.
    """

    function: Callable[..., Any]
    args: tuple[Held | None, ...]
    kwargs: tuple[tuple[str, Held | None], ...]
    is_open: bool
    gives_none: bool
    flavour: str
    classes: Mapping[StructType, type]
    watched: Mapping[tuple[int, str], Any]


@dataclass(slots=True)
class Hosts:
    """The Python functions that a program calls, by op.

    What `f()` gives is of the type that the user says in `types`, or that calls have shown.
    """

    types: Mapping[str, Any]
    shown: Mapping[str, Type]
    by_op: dict[str, Host] = field(default_factory=dict)
    watched: dict[tuple[int, str], Any] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    _ops: dict[Any, str] = field(default_factory=dict)

    def op(self, name: str, key: Any) -> str:
        """Return the op that stands for a call: the function's name, unless another has it."""
        self.names.add(name)
        if key not in self._ops:
            free, k = name, 1
            while free in self._ops.values() or free in opset():
                k += 1
                free = f"{name}_{k}"
            self._ops[key] = free
        return self._ops[key]

    def take(self, others: Mapping[str, Host]) -> dict[str, str]:
        """Take in the functions of a finished model; return their ops here."""
        ops = {op: self.op(op, host) for op, host in others.items()}
        self.by_op.update({ops[op]: host for op, host in others.items()})
        return ops

    def check_types(self) -> None:
        """Raise ProducerError for a type of what no function gives. Spec: SCRIPT-13."""
        for name in self.types:
            if name.endswith("()") and name[:-2] not in self.by_op.keys() | self.names:
                raise ProducerError(
                    f"types: no ignored function {name} is called",
                    code="TYPE_INFERENCE",
                    rule="SCRIPT-13",
                    hint=f"called are: {', '.join(f'{op}()' for op in self.by_op) or 'none'}",
                )


def call_host(
    e: Emitter, function: Any, args: list[Entry], kwargs: dict[str, Entry], owner: Known | None
) -> Entry:
    """Write a call of a function marked `ignore`, with `owner` first if it is a method."""
    plain = unwrapped(function)
    name = plain.__qualname__.rpartition("<locals>.")[2]
    inputs: list[Value] = []
    given = [owner, *args] if owner is not None else args
    slots = tuple(_slot(e, entry, inputs) for entry in given)
    named = tuple((k, _slot(e, entry, inputs)) for k, entry in kwargs.items())
    for slot in [*slots, *dict(named).values()]:
        if isinstance(slot, Held):
            _refuse_states(e, name, plain, slot.value)
    hosts = e.session.hosts
    held = tuple((k, id(s.value)) for k, s in [*enumerate(slots), *named] if s is not None)
    op = hosts.op(name, (e.site(), function, held))
    kind, is_open = _gives(e, plain, name, op)
    gives_none = kind == constants.NONE
    hosts.by_op[op] = Host(
        *(function, slots, named, is_open, gives_none),
        *(e.session.flavour, e.session.classes, hosts.watched),
    )
    out = Value(kind)
    outputs = () if gives_none else (out,)
    e.builder.add(Node(op, tuple(inputs), outputs, (), (), e.place(), PYTHON))
    if gives_none:
        return e.constant(None)
    e.session.aliases.foreign(out, (e.site(), op))
    e.session.aliases.given(out, f"what {name}() gives, which Python may hold")
    for value in inputs:
        e.session.aliases.copy(out, value)
    if is_open:
        e.session.roots.open(out, frozenset({f"{op}()"}))
    if is_open_tuple(hints_of(plain).get("return")):
        e.session.list_kinds.note(out, TUPLE)
    return out


def _slot(e: Emitter, entry: Entry, inputs: list[Value]) -> Held | None:
    """Return the place of an argument: a known object as it is, a value as a further input."""
    if isinstance(entry, Known) and isinstance(entry.value, Struct):
        entry = entry.value
    if isinstance(entry, Known) and _is_object(e, entry):
        return Held(entry.value)
    inputs.append(e.value(entry, "what an ignored function takes"))
    return None


def _is_object(e: Emitter, entry: Known) -> bool:
    """Whether an entry is no value of the graph."""
    is_value = e.session.is_data(entry) or is_member(entry)
    return isinstance(entry.value, DataType) or not is_value


def _gives(e: Emitter, function: Any, name: str, op: str) -> tuple[Type, bool]:
    """Return the type of what a function gives, and whether its data types are open."""
    hosts, key = e.session.hosts, f"{op}()"
    said = hosts.types.get(key, hosts.types.get(f"{name}()"))
    written = getattr(function, "__annotations__", {}).get("return", _NOTHING)
    hint = hints_of(function).get("return", written)
    try:
        learn_classes(e.session, hint)
    except ProducerError as error:
        raise e.passed_on(error) from None
    kind = _annotated(e, function, hint) if said is None else type_of_object(said)
    if kind is None:
        raise e.error(
            None,
            f"{hint!r}, which {key} gives, is no type",
            code="TYPE_INFERENCE",
            rule="SCRIPT-13",
            hint="annotate a tensor, a number, a text, None, or containers and records of these",
        )
    if said is not None or not holds_tensor(kind):
        return with_tensors(kind, _without_names), False
    found = e.session.facts.data_types.get(key, OPEN.data_type)
    return hosts.shown.get(key) or filled(kind, found), True


def _annotated(e: Emitter, function: Any, hint: Any) -> Type | None:
    """Return the type of an annotation or type comment; a tensor where there is none."""
    if hint is not _NOTHING:
        return None if isinstance(hint, str) else type_of_object(hint)
    try:
        source, definition, _, _ = e.session.definitions.of(function)
    except ProducerError:
        return OPEN
    said = comments_of(source, definition).result
    return OPEN if said is None else type_of_annotation(e, said)


def _without_names(kind: TensorType) -> TensorType:
    """Return a type without symbols: nothing binds one inside a program."""
    if kind.shape is None:
        return kind
    known = tuple(None if isinstance(d, Symbol) else d for d in kind.shape)
    return TensorType(kind.data_type, known)


def _refuse_states(e: Emitter, name: str, function: Any, value: Any) -> None:
    """Refuse to show a module's state to Python: the model has its own."""
    states = e.session.facts.states
    if not states or not e.session.is_module(Known(value)):
        return
    read = _names(function, type(value), set())
    for _, module in e.session.walk(value):
        for owner, attribute in states:
            if owner == id(module) and attribute in read:
                raise e.error(
                    None,
                    f"{name} speaks of {attribute!r}, which is state of the model",
                    code="UNKNOWN_CALL",
                    rule="SCRIPT-14",
                    hint="pass it as an argument, and assign what the function returns",
                )


def _names(function: Any, cls: type, seen: set[str]) -> set[str]:
    """Return the names that a function speaks of, and the methods of a class that it names."""
    todo = [getattr(unwrapped(function), "__code__", None)]
    while todo:
        code = todo.pop()
        if code is None:
            continue
        new = set(code.co_names) - seen
        seen |= new
        todo += [c for c in code.co_consts if hasattr(c, "co_names")]
        todo += [getattr(getattr(cls, n, None), "__code__", None) for n in new]
    return seen


__all__ = ["Held", "Host", "Hosts", "call_host"]
