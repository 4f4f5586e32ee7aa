"""What a `for` can run over."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    StructType,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.containers.edges import as_record
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    Known,
    RunOver,
    Series,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.facts import MOST_UNROLLED
from tracescript.producer.script.emitter.own_containers import (
    is_sequence_of,
    is_set,
    keys_of,
    plain_dict,
)
from tracescript.producer.script.expressions.tensors import row_of
from tracescript.producer.script.prelude import containers as prelude_containers

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from tracescript.errors import ProducerError
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_RANGE_ARGUMENTS = 3  # start, end, step


def series_of(e: Emitter, entry: Entry) -> Series:
    """Return how to run over an entry. Spec: SCRIPT-6."""
    if isinstance(entry, Series):
        return entry
    if isinstance(entry, Items):
        return Series(None, None, entry.parts, "tuple")
    if isinstance(entry, Empty):
        return Series(None, None, (), "list")
    if isinstance(entry, Value) and isinstance(entry.type, StructType) and entry.type.is_tuple:
        entry = as_record(e, entry) or entry
    entry = plain_dict(entry)
    if keys_of(entry) is not entry and e.frame.namespace is vars(prelude_containers):
        return series_of(e, keys_of(entry))
    if isinstance(entry, Struct):
        if is_sequence_of(entry):
            return series_of(e, entry.fields["kept"])
        if entry.cls is dict:
            return Series(None, None, tuple(map(e.constant, entry.fields)), "dict")
        if issubclass(entry.cls, tuple):
            return Series(None, None, tuple(entry.fields.values()), "tuple")
        raise _refused(e, entry)
    if isinstance(entry, Known):
        return _known(e, entry)
    if isinstance(entry, Value):
        return _value(e, entry)
    raise _refused(e, entry)


def series_at(e: Emitter, node: ast.expr) -> Series:
    """Return how to run over what an expression gives: a set only where no order is seen."""
    entry = e.expr(node)
    if keys_of(entry) is not entry and node in e.order_free:
        e.sets_run_over.add(node)
        entry = keys_of(entry)
    return series_of(e, entry)


def _refused(e: Emitter, entry: Entry) -> ProducerError:
    if is_set(entry) or (isinstance(entry, Known) and isinstance(entry.value, set | frozenset)):
        return e.error(
            None,
            "the order of a set would be seen here",
            rule="SCRIPT-6",
            hint="sorted(s) has one order everywhere",
        )
    return e.error(
        None,
        f"cannot run over {e.describe(entry)}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-6",
        hint="a list, tuple, dict, range, text, tensor or container of modules can be run over",
    )


def _known(e: Emitter, entry: Known) -> Series:
    children = e.session.children(entry)
    if children is not None:
        return Series(None, None, children, "modules")
    if e.session.holds_array(entry):
        return _value(e, e.value(entry))
    if isinstance(entry.value, list | tuple | range | dict | enum.EnumMeta):
        return Series(None, None, tuple(e.session.entry_of(x) for x in entry.value), "tuple")
    raise _refused(e, entry)


def _value(e: Emitter, value: Value) -> Series:
    kind = value.type
    now = RunOver(value)
    if isinstance(kind, ListType):
        return Series(
            e.op("list.len", [value]),
            lambda i: e.op("list.get", [now.value, i]),
            None,
            "list",
            (value,),
            (now,),
        )
    if isinstance(kind, TensorType):
        if kind.shape == ():
            raise e.error(
                None, "cannot run over a 0-d tensor", code="TYPE_INFERENCE", rule="SCRIPT-6"
            )
        trip = e.op("size", [value], {"dim": 0})
        return Series(trip, lambda i: row_of(e, now.value, i), None, "tensor", (), (now,))
    if isinstance(kind, DictType):
        keys = _value(e, e.op("dict.keys", [value]))
        return Series(keys.trip, keys.item, None, "dict", (value,))
    if isinstance(kind, TupleType):
        return Series(None, None, e.parts(value).parts, "tuple")
    if is_scalar(value, ScalarKind.STR) and value.constant is not None:
        return Series(None, None, tuple(e.constant(c) for c in value.constant.value), "str")
    if is_scalar(value, ScalarKind.STR):
        return Series(e.op("str.len", [value]), lambda i: e.op("str.get", [value, i]), None, "str")
    hint = "exclude None first: `if x is not None:`"
    if not isinstance(kind, OptionalType):
        hint = (
            "range(n) counts to n" if is_scalar(value, ScalarKind.INT) else "make it a list first"
        )
    raise e.error(
        None,
        f"cannot run over {e.describe(value)}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-6",
        hint=hint,
    )


def range_series(e: Emitter, args: Sequence[Entry]) -> Series:
    """`range(n)`, `range(a, b)`, `range(a, b, step)`."""
    if not 1 <= len(args) <= _RANGE_ARGUMENTS or not all(
        is_scalar(a, ScalarKind.INT, ScalarKind.BOOL) or is_tensor(a) for a in args
    ):
        raise e.error(
            None,
            "range() needs one to three ints",
            code="TYPE_INFERENCE",
            rule="SCRIPT-6",
            hint="int(x) makes an int",
        )
    values = [e.as_int(a) for a in args]
    if len(values) == 1:
        return Series(values[0], lambda i: i)
    start, end = values[:2]
    step = values[2] if len(values) == _RANGE_ARGUMENTS else e.constant(1)
    known = [constant_of(v) for v in (start, end, step)]
    if all(k for k, _ in known) and known[2][1] != 0:
        trip = e.constant(len(range(*(v for _, v in known))))
    else:
        trip = e.op("range.len", [start, end, step])

    def item(i: Value) -> Entry:
        scaled = i if known[2] == (True, 1) else e.op("int.mul", [i, step])
        return scaled if known[0] == (True, 0) else e.op("int.add", [start, scaled])

    return Series(trip, item)


def enumerated(e: Emitter, inner: Series, start: Entry) -> Series:
    """`enumerate(xs, start)`."""
    first = e.as_int(start)
    known, begin = constant_of(first)
    if inner.parts is not None and known:
        pairs = [Items((e.constant(begin + k), p)) for k, p in enumerate(inner.parts)]
        return Series(None, None, tuple(pairs), "enumerate")
    trip, item = rolled(e, inner)
    return Series(
        trip,
        lambda i: Items((i if known and begin == 0 else e.op("int.add", [first, i]), item(i))),
        None,
        "enumerate",
        inner.over,
        inner.shown,
    )


def rolled(e: Emitter, series: Series) -> tuple[Value, Any]:
    """Return a series as a number of rounds and a function, known parts as a list."""
    made = _rolled(e, series)
    assert made.trip is not None
    return made.trip, made.item


def _rolled(e: Emitter, series: Series) -> Series:
    if series.parts is None:
        return series
    if not series.parts:
        return Series(e.constant(0), lambda _: e.constant(0))
    now = RunOver(e.make_list([e.value(p) for p in series.parts]))
    count = e.constant(len(series.parts))
    return Series(count, lambda i: e.op("list.get", [now.value, i]), shown=(now,))


def zipped(e: Emitter, inner: Sequence[Series]) -> Series:
    """`zip(xs, ys)`: as long as the shortest."""
    known = [s.parts for s in inner if s.parts is not None]
    if len(known) == len(inner):
        return Series(None, None, tuple(Items(p) for p in zip(*known, strict=False)), "zip")
    every = [_rolled(e, s) for s in inner]
    trips = [s.trip for s in every if s.trip is not None]
    trip = (
        trips[0] if len(trips) == 1 else e.op("min_max", [e.make_list(trips)], {"largest": False})
    )
    over = tuple(v for s in inner for v in s.over)
    shown = tuple(now for s in every for now in s.shown)

    def items(i: Value) -> Entry:
        return Items(tuple(s.item(i) for s in every if s.item is not None))

    return Series(trip, items, None, "zip", over, shown)


def backwards(e: Emitter, inner: Series) -> Series:
    """`reversed(xs)`."""
    if inner.parts is not None:
        return Series(None, None, inner.parts[::-1], inner.what)
    trip, item = rolled(e, inner)

    def at(i: Value) -> Entry:
        return item(e.op("int.sub", [e.op("int.sub", [trip, e.constant(1)]), i]))

    return Series(trip, at, None, inner.what, inner.over, inner.shown)


def as_list(e: Emitter, series: Series) -> Entry:
    """`list(xs)`: a list value, or a list of what is known at compile time."""
    from tracescript.producer.script.containers.sequences import copied
    from tracescript.producer.script.flow.comprehensions import collected

    if series.parts is not None:
        return collected(e, list(series.parts))
    if series.listed is not None:
        return copied(e, series.listed)
    return e.session.gather(e, series)


def as_tuple(e: Emitter, series: Series) -> Items | None:
    """`tuple(xs)` where the number of parts is known."""
    if series.parts is not None:
        return Items(series.parts)
    known, count = (False, 0) if series.trip is None else constant_of(series.trip)
    if not known or series.item is None or count > MOST_UNROLLED:
        return None
    return Items(tuple(series.item(e.constant(k)) for k in range(count)))
