"""Values of a union type: taken apart by their types, and put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.ir.values import Value
from tracescript.opset.relations import compatible
from tracescript.producer.script.emitter.diagnostics import describe_type
from tracescript.producer.script.emitter.entries import OneOf, Struct
from tracescript.producer.script.emitter.type_parts import parts_of_type
from tracescript.producer.script.flow.narrowing import unwrapped

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def is_union(kind: Type | None) -> bool:
    """Whether a type is a union, or one that may also be None."""
    return isinstance(kind.element if isinstance(kind, OptionalType) else kind, UnionType)


def names_union(kind: Type) -> bool:
    """Whether a union is in a type, at any depth."""
    return is_union(kind) or any(map(names_union, parts_of_type(kind)))


def members_of(kind: Type) -> tuple[Type, ...]:
    """Return what a value of a union type may be; None last where it may be None."""
    if isinstance(kind, OptionalType):
        return (*members_of(kind.element), constants.NONE)
    return kind.members if isinstance(kind, UnionType) else (kind,)


def are_told_apart(kind: Type) -> bool:
    """Whether a value shows which member of a union it is, whatever it holds."""
    forms = [_form(m) for m in members_of(kind)]
    return len(set(forms)) == len(forms)


def refuse_alike(e: Emitter, kind: Type) -> None:
    """Refuse values of a union whose members nothing tells apart. Spec: SCRIPT-4."""
    if are_told_apart(kind):
        return
    names = [describe_type(m) for m in members_of(kind)]
    raise e.error(
        None,
        f"nothing tells values of {' and '.join(names)} apart in a file",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="make them one class with a field that says which it is",
    )


def _form(kind: Type) -> object:
    if isinstance(kind, ScalarType):
        return kind
    if isinstance(kind, TensorType):
        return kind.data_type
    if isinstance(kind, TupleType | StructType):
        return TupleType
    return ListType if isinstance(kind, ListType) else DictType


def taken_apart(e: Emitter, value: Value) -> OneOf:
    """Return a value of a union as one of its types, side by side."""
    from tracescript.producer.script.flow.branches import branch

    refuse_alike(e, value.type)
    members = members_of(value.type)
    parts: dict[int, Entry] = {}
    index: Entry = e.constant(len(members) - 1)
    for k, kind in reversed(list(enumerate(members))):
        if kind == constants.NONE:
            parts[k] = e.constant(None)
            continue
        test = e.op("isinstance", [value], {"type": kind})
        arms = (lambda t=kind: e.op("union.get", [value], {"type": t}), lambda: e.constant(None))
        part = e.value(branch(e, test, arms))
        e.session.wrapped.add(part)
        parts[k] = part
        if k < len(members) - 1:
            index = branch(e, test, (lambda n=k: e.constant(n), lambda i=index: i))  # type: ignore[misc]  # binds the loop's values
    return OneOf(e.value(index), dict(sorted(parts.items())), value.type)


def put_together(e: Emitter, choice: OneOf, kind: Type) -> Value:
    """Return one of several values as a value of a union type: a chain of `if`."""
    from tracescript.producer.script.containers.choices import is_one
    from tracescript.producer.script.flow.branches import branch

    number, *rest = choice.parts
    if not rest:
        return as_union(e, e.value(unwrapped(e, choice.parts[number])), kind)
    test = is_one(e, choice, [number])
    one = OneOf(choice.index, {number: choice.parts[number]})
    others = OneOf(choice.index, {k: choice.parts[k] for k in rest})
    arms = (lambda: put_together(e, one, kind), lambda: put_together(e, others, kind))
    return e.value(branch(e, test, arms))


def as_union(e: Emitter, value: Value, kind: Type) -> Value:
    """Return a value as one of a union that admits its type; any other as it is."""
    if value.type == kind or not compatible(kind, value.type):
        return value
    refuse_alike(e, kind)
    return e.op("union.make", [value], {"type": kind})


def holds_values(choice: OneOf) -> bool:
    """Whether the parts of a choice are values or records, not objects known when compiling."""
    return all(isinstance(x, Value | Struct) for x in choice.parts.values())


__all__ = [
    "are_told_apart",
    "as_union",
    "holds_values",
    "is_union",
    "members_of",
    "names_union",
    "put_together",
    "refuse_alike",
    "taken_apart",
]
