"""`x[i]`: elements and slices of containers, tensors and known objects; assignment to them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    StructType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.flight import Flight
from tracescript.producer.script.containers.choices import at_index, at_key, choose
from tracescript.producer.script.containers.defaults import missing
from tracescript.producer.script.containers.edges import as_record
from tracescript.producer.script.containers.named_dicts import (
    is_named_dict,
    item_at,
)
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor, may_be_none
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    Known,
    OneOf,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.own_containers import has_default
from tracescript.producer.script.expressions.indexing import index_tensor
from tracescript.producer.script.expressions.names import first_size
from tracescript.producer.script.expressions.operators import fold
from tracescript.producer.script.expressions.own_operators import special

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@expression(ast.Subscript)
def subscript(e: Emitter, node: ast.Subscript) -> Entry:
    """`x[i]`, `x[a:b]`, `x[:, None, i]`."""
    size = first_size(e, node)
    if size is not None:
        return size
    from tracescript.producer.script.builtins.limits import grid, is_grid

    owner = e.expr(node.value)
    if isinstance(owner, Value) and isinstance(owner.type, OptionalType):
        raise may_be_none(e, node.value, ast.unparse(node.value))
    if is_tensor(owner) or e.session.holds_array(owner):
        return index_tensor(e, e.value(owner), node.slice)
    if isinstance(owner, Known) and is_grid(owner):
        return grid(e, owner, node)
    if isinstance(owner, Known) and _is_generic(owner.value):
        return Known(owner.value[constant_of(e.expr(node.slice))[1]])
    if isinstance(node.slice, ast.Slice):
        return _slice(e, owner, node.slice)
    flight = Flight(e)
    flight.add(owner, node.value)
    index = e.expr(node.slice)
    flight.check()
    owner = flight.now(owner)
    if isinstance(owner, Struct) and has_default(owner):
        return missing(e, owner, index, node.value)
    return element(e, owner, index)


def _is_generic(value: Any) -> bool:
    """Whether an object makes types of types: `list`, `typing.List`."""
    is_class = isinstance(value, type) and value in {list, dict, tuple, set, frozenset}
    return is_class or type(value).__module__ == "typing"


def element(e: Emitter, owner: Entry, index: Entry) -> Entry:
    """`x[i]` of a container."""
    if isinstance(owner, Value) and isinstance(owner.type, ListType):
        return e.op("list.get", [owner, e.as_int(index)])
    if isinstance(owner, Value) and isinstance(owner.type, DictType):
        return e.op("dict.get", [owner, e.value(index), None])
    if isinstance(owner, Value) and isinstance(owner.type, TupleType):
        owner = e.parts(owner)
    if isinstance(owner, Value) and isinstance(owner.type, StructType):
        owner = as_record(e, owner) or owner
    if isinstance(owner, Struct) and is_named_dict(owner):
        return item_at(e, owner, index)
    own = special(e, owner, "getitem", index)
    if own is not None:
        return own
    if isinstance(owner, Struct) and issubclass(owner.cls, tuple):
        owner = Items(tuple(owner.fields.values()))
    if isinstance(owner, Items):
        return _part(e, owner, index)
    if isinstance(owner, Known):
        return _known_element(e, owner, index)
    folded = fold(e, lambda s, i: s[i], owner, index)
    if folded is not None:
        return folded
    if is_scalar(owner, ScalarKind.STR):
        return e.op("str.get", [e.value(owner), e.as_int(index)])
    raise e.error(
        None,
        f"{e.describe(owner)} has no elements here",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="lists, tuples, dicts, texts and tensors have elements",
    )


def _part(e: Emitter, owner: Items, index: Entry) -> Entry:
    known, k = constant_of(index)
    if not known:
        if e.session.is_runtime(owner) and owner.parts:
            listed = e.make_list([e.value(p) for p in owner.parts])
            return e.op("list.get", [listed, e.as_int(index)])
        e.session.loops.needs_constant(index)
        if owner.parts and is_scalar(index, ScalarKind.INT, ScalarKind.BOOL):
            return at_index(e, owner.parts, e.as_int(index))
        raise e.error(
            None, "this index must be known at compile time", hint="loop over the items themselves"
        )
    if not isinstance(k, int) or not -len(owner.parts) <= k < len(owner.parts):
        raise e.error(
            None,
            f"no element {k!r} in a tuple of {len(owner.parts)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    return owner.parts[k]


def _known_element(e: Emitter, owner: Known, index: Entry) -> Entry:
    if isinstance(index, OneOf):
        return choose(e, index, lambda part: _known_element(e, owner, part))
    known, k = constant_of(index)
    method = getattr(type(owner.value), "__getitem__", None)
    if inspect.isfunction(method) and not e.session.is_module(owner):
        return e.session.call_python(e, method, [index], {}, owner=owner)
    if not known:
        e.session.loops.needs_constant(index)
        if is_scalar(index, ScalarKind.INT, ScalarKind.BOOL):
            found = _chosen(e, owner, e.as_int(index))
            if found is not None:
                return found
        chosen = at_key(e, _keyed(e, owner), index)
        if chosen is not None:
            return chosen
        hint = "loop over the items themselves"
        if isinstance(owner.value, Mapping):
            hint = "keys of one type, bool, int or str, can be looked up at run time"
        raise e.error(
            None,
            f"an index of {e.describe(owner)} must be known at compile time",
            hint=hint,
        )
    return e.session.child_at(e, owner, k)


def _keyed(e: Emitter, owner: Known) -> dict[Any, Entry]:
    """Return the items of a known dict, or of a container of named modules, by their keys."""
    if isinstance(owner.value, Mapping):
        return {k: e.session.entry_of(x) for k, x in owner.value.items()}
    names = [constant_of(n)[1] for n in e.session.children(owner) or ()]
    return {n: e.session.child_at(e, owner, n) for n in names if isinstance(n, str)}


def _chosen(e: Emitter, owner: Known, index: Value) -> Entry | None:
    """An item of a known list by an index of run time; None where it is no list."""
    parts = e.session.children(owner)
    if parts is None and isinstance(owner.value, list | tuple):
        parts = tuple(e.session.entry_of(x) for x in owner.value)
    if not parts or (e.session.is_module(owner) and _keyed(e, owner)):
        return None
    if all(e.session.is_runtime(p) for p in parts):
        return e.op("list.get", [e.make_list([e.value(p) for p in parts]), index])
    return at_index(e, parts, index)


def _slice(e: Emitter, owner: Entry, node: ast.Slice) -> Entry:
    bounds = [None if b is None else e.expr(b) for b in (node.lower, node.upper, node.step)]
    bounds = [None if b is not None and constant_of(b) == (True, None) else b for b in bounds]
    if isinstance(owner, Value) and isinstance(owner.type, ListType):
        e.session.aliases.copied(owner, e.where())
        return e.op("list.slice", [owner, *(None if b is None else e.as_int(b) for b in bounds)])
    if isinstance(owner, Empty):
        return owner
    if is_scalar(owner, ScalarKind.STR) and not (
        constant_of(owner)[0] and all(b is None or constant_of(b)[0] for b in bounds)
    ):
        ints = [None if b is None else e.as_int(b) for b in bounds]
        return e.op("str.slice", [e.value(owner), *ints])
    known = [(True, None) if b is None else constant_of(b) for b in bounds]
    if not all(k for k, _ in known):
        raise e.error(
            node,
            f"the bounds of a slice of {e.describe(owner)} must be known at compile time",
            hint="a list made in the function can be sliced at run time: list(xs)[a:b]",
        )
    at = slice(*(v for _, v in known))
    if isinstance(owner, Value) and isinstance(owner.type, TupleType):
        owner = e.parts(owner)
    if isinstance(owner, Items):
        part = Items(owner.parts[at], owner.is_list)
        if owner in e.session.sizes:
            e.session.sizes.add(part)
        return part
    if isinstance(owner, Known):
        return e.session.child_at(e, owner, at)
    folded = fold(e, lambda s: s[at], owner)
    if folded is not None:
        return folded
    raise e.error(
        None,
        f"{e.describe(owner)} cannot be sliced here",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="lists, tuples, texts and tensors can be sliced",
    )
