"""Python's builtins, `math` and TraceScript's own marks, as scripts know them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import (
    DictType,
    ListType,
    ScalarKind,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.containers.edges import as_record
from tracescript.producer.script.containers.sequences import copied
from tracescript.producer.script.emitter.diagnostics import is_scalar
from tracescript.producer.script.emitter.entries import (
    Empty,
    constant_of,
)
from tracescript.producer.script.expressions.operators import optional_hint
from tracescript.producer.script.expressions.own_operators import own_length
from tracescript.producer.script.flow.iteration import (
    as_list,
    backwards,
    enumerated,
    range_series,
    series_of,
    zipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Series

    Builtin = Callable[[Emitter, ast.Call], Entry]

BUILTINS: dict[str, Builtin] = {}


def builtin(*names: str) -> Callable[[Builtin], Builtin]:
    """Register the compiler of a call of a builtin."""

    def register(function: Builtin) -> Builtin:
        BUILTINS.update(dict.fromkeys(names, function))
        return function

    return register


def positional(e: Emitter, node: ast.Call, low: int, high: int, *names: str) -> list[Entry]:
    """Compile positional arguments, and keyword ones under `names` into the places after them."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    for name in names[max(0, len(args) - low) :]:
        if name in kwargs:
            args.append(kwargs.pop(name))
    if kwargs or not low <= len(args) <= high:
        shown = ast.unparse(node.func)
        raise e.error(
            node,
            f"{shown}() takes {low} to {high} arguments here",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
        )
    return args


def named_arguments(e: Emitter, entries: list[Entry], node: ast.Call) -> list[ast.expr]:
    """Give entries names that syntax can hold; the names are nobody's."""
    made: list[ast.expr] = []
    for k, entry in enumerate(entries):
        name = f"argument {k} of a call"
        e.scope[e.frame.key(name)] = entry
        made.append(ast.copy_location(ast.Name(name, ast.Load()), node))
    return made


@builtin("builtins.range")
def range_(e: Emitter, node: ast.Call) -> Entry:
    """`range`."""
    return range_series(e, positional(e, node, 1, 3))


@builtin("builtins.enumerate")
def enumerate_(e: Emitter, node: ast.Call) -> Entry:
    """`enumerate`."""
    args = positional(e, node, 1, 2, "start")
    return enumerated(e, series_of(e, args[0]), args[1] if len(args) > 1 else e.constant(0))


@builtin("builtins.zip")
def zip_(e: Emitter, node: ast.Call) -> Entry:
    """`zip`."""
    from tracescript.producer.script.calls.dispatch import arguments
    from tracescript.producer.script.containers.deques import columns

    if len(node.args) == 1 and isinstance(node.args[0], ast.Starred) and not node.keywords:
        rows = e.expr(node.args[0].value)
        found = columns(e, rows)
        if found is not None:
            return found
        again = ast.Starred(named_arguments(e, [rows], node)[0], ast.Load())
        node = ast.copy_location(ast.Call(node.func, [again], []), node)
    args, kwargs = arguments(e, node)
    known, strict = constant_of(kwargs.get("strict", e.constant(False)))
    if not args or kwargs.keys() - {"strict"} or not known:
        raise e.error(
            node,
            "zip() takes lists and strict=True",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint="whether it is strict must be known at compile time",
        )
    series = [series_of(e, a) for a in args]
    if strict:
        _same_length(e, series)
    return zipped(e, series)


def _same_length(e: Emitter, series: list[Series]) -> None:
    """Stop where lists differ in length; CPython does so when the shorter one ends."""
    lengths = [s.trip if s.parts is None else e.constant(len(s.parts)) for s in series]
    for length in lengths[1:]:
        same = e.op("int.cmp", [lengths[0], length], {"relation": "eq"})
        text = "zip() with strict=True: the lengths differ"
        e.ops("assert", [same, e.constant(text)], {"code": "VALUE_ERROR"})


@builtin("builtins.reversed")
def reversed_(e: Emitter, node: ast.Call) -> Entry:
    """`reversed`."""
    return backwards(e, series_of(e, positional(e, node, 1, 1)[0]))


@builtin("builtins.list")
def list_(e: Emitter, node: ast.Call) -> Entry:
    """`list(xs)`: a list of its own."""
    args = positional(e, node, 0, 1)
    if not args:
        return Empty(at=node)
    return (
        copied(e, args[0])
        if isinstance(args[0], Value) and isinstance(args[0].type, ListType)
        else as_list(e, series_of(e, args[0]))
    )


@builtin("builtins.len")
def len_(e: Emitter, node: ast.Call) -> Entry:
    """`len`."""
    (x,) = positional(e, node, 1, 1)
    x = as_record(e, x) or x
    if isinstance(x, Value) and x.constant is None:
        if isinstance(x.type, ListType):
            return e.op("list.len", [x])
        if isinstance(x.type, DictType):
            return e.op("dict.len", [x])
        if isinstance(x.type, TupleType):
            return e.constant(len(x.type.elements))
        if isinstance(x.type, TensorType):
            from tracescript.producer.script.library.shapes import extent

            return extent(e, x, 0)
        if is_scalar(x, ScalarKind.STR):
            return e.op("str.len", [x])
        raise e.error(
            node,
            f"{e.describe(x)} has no length",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=optional_hint(x) or "lists, tuples, dicts, sets, texts and tensors have one",
        )
    own = own_length(e, x)
    if own is not None:
        return own
    known, value = constant_of(x)
    if known and hasattr(value, "__len__"):
        return e.constant(len(value))
    series = series_of(e, x)
    if series.parts is not None:
        return e.constant(len(series.parts))
    assert series.trip is not None
    return series.trip
