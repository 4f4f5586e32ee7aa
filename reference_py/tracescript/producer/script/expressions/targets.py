"""Assignment: to names, tuples, attributes (state), elements of containers and tensors."""

from __future__ import annotations

import ast
import functools
from dataclasses import replace
from inspect import getattr_static
from typing import TYPE_CHECKING

from tracescript.ir.types import ListType, TensorType, TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.flight import Flight, is_element
from tracescript.producer.script.containers.edges import as_record
from tracescript.producer.script.emitter.diagnostics import is_tensor
from tracescript.producer.script.emitter.entries import (
    Items,
    Known,
    MethodOf,
    OneOf,
    Series,
    Struct,
    items_of_constant,
)
from tracescript.producer.script.flow.iteration import as_tuple, series_of
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from tracescript.errors import ProducerError
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_MUTATING = frozenset(
    {
        *("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"),
        *("update", "setdefault", "popitem"),
    }
)


@functools.lru_cache(maxsize=4096)
def stored_names(node: ast.AST) -> tuple[str, ...]:
    """Return the names that statements below `node` assign or change in place, in source order."""
    found: dict[str, None] = {}
    flags: dict[str, None] = {}
    for child in nodes_of(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            found[child.id] = None
        elif isinstance(child, ast.Subscript | ast.Attribute) and isinstance(child.ctx, ast.Store):
            _root(child, found)
        elif isinstance(child, ast.Call) and _changes_receiver(child.func):
            _root(child.func, found)
        elif isinstance(child, ast.stmt) and (flag := getattr(child, "flag", None)) is not None:
            flags[flag] = None
    return (*found, *flags)


@functools.lru_cache(maxsize=4096)
def bound_names(node: ast.AST) -> frozenset[str]:
    """Return the names that statements below `node` bind to something else."""
    nodes = nodes_of(node)
    grown = {id(n.target) for n in nodes if isinstance(n, ast.AugAssign)}
    return frozenset(
        n.id
        for n in nodes
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and id(n) not in grown
    )


def is_read_outside(definition: ast.AST, loop: ast.AST, name: str) -> bool:
    """Whether a function reads a name at a place that is not in the body of a loop."""
    inside = {id(n) for s in getattr(loop, "body", ()) for n in _reads(s).get(name, ())}
    return any(id(n) not in inside for n in _reads(definition).get(name, ()))


@functools.lru_cache(maxsize=4096)
def _reads(node: ast.AST) -> dict[str, list[ast.Name]]:
    """Return the places below a node where names are read, by name."""
    found: dict[str, list[ast.Name]] = {}
    for n in nodes_of(node):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load):
            found.setdefault(n.id, []).append(n)
    return found


def _changes_receiver(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute):
        return False
    return function.attr in _MUTATING or function.attr.endswith("_")


def _root(node: ast.expr, found: dict[str, None]) -> None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        found[node.id] = None


def assign_to(e: Emitter, target: ast.expr, entry: Entry) -> None:
    """Assign an entry to a target of any form."""
    with e.looking_at(target):
        if isinstance(target, ast.Name):
            _assign_name(e, target.id, entry)
        elif isinstance(target, ast.Tuple | ast.List):
            _unpack(e, target, entry)
        elif isinstance(target, ast.Attribute):
            assign_attribute(e, target, entry)
        elif isinstance(target, ast.Subscript):
            from tracescript.producer.script.expressions.item_changes import assign_item

            assign_item(e, target, entry)
        else:
            raise e.error(target, "cannot assign to this")


def _assign_name(e: Emitter, name: str, entry: Entry) -> None:
    if isinstance(entry, Series):
        from tracescript.producer.script.flow.iteration import as_list

        is_kept = entry.parts is None and entry.what == "range"
        entry = entry if is_kept or entry.is_view else as_list(e, entry)
    e.bind(name, entry)


def _unpack(e: Emitter, target: ast.Tuple | ast.List, entry: Entry) -> None:
    """`a, b = xs`, with at most one starred target."""
    entry = _listed(e, entry)
    stars = [k for k, t in enumerate(target.elts) if isinstance(t, ast.Starred)]
    if stars and isinstance(entry, Value) and isinstance(entry.type, ListType):
        from tracescript.producer.script.containers.sequences import plain_list

        listed = e.value(plain_list(e, entry))
        entry = Items(tuple(_list_around(e, listed, stars[0], len(target.elts) - stars[0] - 1)))
        for one, part in zip(target.elts, entry.parts, strict=True):
            assign_to(e, one.value if isinstance(one, ast.Starred) else one, part)
        return
    parts = parts_of(e, entry, len(target.elts), has_star=bool(stars))
    if stars:
        k = stars[0]
        after = len(target.elts) - k - 1
        if len(parts) < len(target.elts) - 1:
            raise _wrong_length(e, target, len(parts))
        middle = parts[k : len(parts) - after]
        from tracescript.producer.script.flow.comprehensions import collected

        parts = [*parts[:k], collected(e, middle), *parts[len(parts) - after :]]
    if len(parts) != len(target.elts):
        raise _wrong_length(e, target, len(parts))
    for k, (one, part) in enumerate(zip(target.elts, parts, strict=True)):
        flight = Flight(e)
        for later in () if isinstance(one, ast.Name) else parts[k + 1 :]:
            if not is_element(e, later):
                flight.add(later)
        assign_to(e, one.value if isinstance(one, ast.Starred) else one, part)
        flight.check()


def _listed(e: Emitter, entry: Entry) -> Entry:
    """Return what can be run over, and has a length of run time only, as a list."""
    if isinstance(entry, Items) or is_tensor(entry) or e.session.holds_array(entry):
        return entry
    if isinstance(entry, Value) and isinstance(entry.type, ListType | TupleType):
        return entry
    from tracescript.producer.script.flow.iteration import as_list

    series = series_of(e, entry)
    return as_list(e, series) if as_tuple(e, series) is None else entry


def _list_around(e: Emitter, xs: Value, before: int, after: int) -> list[Entry]:
    """Take a run-time list apart around its starred target."""
    length = e.op("list.len", [xs])
    enough = e.op("int.cmp", [length, e.constant(before + after)], {"relation": "ge"})
    text = f"at least {before + after} values expected"
    e.ops("assert", [enough, e.constant(text)], {"code": "VALUE_ERROR"})
    end = e.constant(-after) if after else None
    return [
        *(e.op("list.get", [xs, e.constant(k)]) for k in range(before)),
        e.op("list.slice", [xs, e.constant(before), end, None]),
        *(e.op("list.get", [xs, e.constant(k - after)]) for k in range(after)),
    ]


def _wrong_length(e: Emitter, target: ast.Tuple | ast.List, found: int) -> ProducerError:
    return e.error(
        target,
        f"{len(target.elts)} values expected, found {found}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="a starred name takes any number: a, *rest = xs",
    )


def parts_of(e: Emitter, entry: Entry, wanted: int, *, has_star: bool = False) -> list[Entry]:
    """Return an entry part by part; a run-time list is unpacked into as many as wanted."""
    if isinstance(entry, Items):
        return list(entry.parts)
    if isinstance(entry, Value) and isinstance(entry.type, TupleType):
        return list(e.parts(entry).parts)
    if isinstance(entry, Value) and isinstance(entry.type, ListType) and not has_star:
        constant = items_of_constant(entry)
        if constant is not None:
            return [e.constant(v) for v in constant]
        return list(e.ops("list.unpack", [entry], types=[entry.type.element] * wanted))
    if is_tensor(entry) and isinstance(entry, Value) and not has_star:
        return _tensor_parts(e, entry, wanted)
    found = as_tuple(e, series_of(e, entry))
    if found is None:
        raise e.error(
            None,
            f"cannot unpack {e.describe(entry)}: its length is known only at run time",
            rule="SCRIPT-4",
        )
    return list(found.parts)


def _tensor_parts(e: Emitter, tensor: Value, wanted: int) -> list[Entry]:
    kind = tensor.type
    assert isinstance(kind, TensorType)
    if not kind.shape or not isinstance(kind.shape[0], int):
        same = e.op(
            "int.cmp", [e.op("size", [tensor], {"dim": 0}), e.constant(wanted)], {"relation": "eq"}
        )
        e.ops("assert", [same, e.constant(f"{wanted} rows expected")], {"code": "VALUE_ERROR"})
        count = wanted
    else:
        count = kind.shape[0]
    return [e.op("select", [tensor, e.constant(k)], {"dim": 0}) for k in range(count)]


def assign_attribute(e: Emitter, target: ast.Attribute, entry: Entry) -> None:
    """`self.x = e`: state of the module; a field of a record is replaced."""
    owner = e.expr(target.value)
    owner = as_record(e, owner) or owner
    if isinstance(owner, Struct) and owner.cls is not dict:
        _assign_field(e, target, owner, entry)
        return
    for one in owner.parts.values() if isinstance(owner, OneOf) else (owner,):
        if isinstance(one, Known) and one.path is None:
            e.session.states.begin(e, one.value)
    if not isinstance(owner, Known) or owner.path is None:
        raise e.error(
            target,
            f"cannot assign an attribute of {e.describe(owner)}",
            hint="only `self.name = value` makes state",
        )
    found = getattr_static(type(owner.value), target.attr, None)
    if isinstance(found, property) and found.fset is not None:
        e.session.call_python(e, found.fset, [entry], {}, owner=owner)
    else:
        e.session.states.write(e, owner, target.attr, entry)


def _assign_field(e: Emitter, target: ast.Attribute, owner: Struct, entry: Entry) -> None:
    """`record.x = e`: the name stands for a record with another field; a property's setter runs."""
    found = getattr_static(owner.cls, target.attr, None)
    if isinstance(found, property) and found.fset is not None:
        e.session.structs.call(e, MethodOf(Known(owner), found.fset, target.value), [entry], {})
        return
    if hasattr(type(found), "__set__"):
        raise e.error(
            target,
            f"{target.attr!r} of {owner.cls.__qualname__} cannot be assigned",
            hint="a property needs a setter",
        )
    if not owner.tokens:
        raise e.error(
            target,
            f"a {owner.cls.__qualname__} cannot be changed",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=f"make a new one: {owner.cls.__qualname__}(...)",
        )
    replaced = replace(owner, fields={**owner.fields, target.attr: entry})
    e.session.aliases.change(e, target.value, owner, replaced)
    from tracescript.producer.script.aliasing.changes import store

    store(e, target.value, replaced)


def as_target(node: ast.expr) -> ast.expr:
    """Return an expression as the target of an assignment."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Store()), node)
    if isinstance(node, ast.Attribute):
        return ast.copy_location(ast.Attribute(node.value, node.attr, ast.Store()), node)
    if isinstance(node, ast.Subscript):
        return ast.copy_location(ast.Subscript(node.value, node.slice, ast.Store()), node)
    return node


__all__ = [
    "as_target",
    "assign_attribute",
    "assign_to",
    "bound_names",
    "is_read_outside",
    "parts_of",
    "stored_names",
]
