"""`itertools`: what is known when compiling part by part, the rest as lists or by place."""

from __future__ import annotations

import ast
import itertools
import operator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracescript.producer.script.builtins.table import BUILTINS, builtin, positional
from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import Empty, Items, Known, Series, constant_of
from tracescript.producer.script.emitter.facts import MOST_UNROLLED
from tracescript.producer.script.expressions.operators import binary
from tracescript.producer.script.flow.branches import branch
from tracescript.producer.script.flow.iteration import as_list, rolled, series_of
from tracescript.producer.script.prelude import iterators as prelude

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.ir.values import Value
    from tracescript.producer.script.builtins.table import Builtin
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def _arguments(e: Emitter, node: ast.Call, *names: str) -> tuple[list[Series], dict[str, Entry]]:
    """Return what can be run over, and arguments of these names."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    if not set(kwargs) <= set(names):
        shown = ast.unparse(node.func)
        raise e.error(
            node,
            f"{shown}() takes lists{' and ' * bool(names)}{', '.join(names)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
        )
    return [series_of(e, a) for a in args], kwargs


def _number(e: Emitter, entry: Entry, what: str) -> int:
    known, value = constant_of(entry)
    if not known or not isinstance(value, int):
        e.session.loops.needs_constant(entry)
        raise e.error(None, f"{what} must be known at compile time", rule="SCRIPT-10")
    return value


def _known(series: Sequence[Series]) -> list[tuple[Entry, ...]] | None:
    """Return the parts of all, None where run time tells them."""
    parts = [s.parts for s in series if s.parts is not None]
    return parts if len(parts) == len(series) else None


@builtin("itertools.repeat")
def repeat(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.repeat(x, n)`."""
    args = positional(e, node, 1, 2, "times")
    if len(args) == 1:
        raise _endless(e, node)
    known, count = constant_of(args[1])
    if known and isinstance(count, int):
        return Items((args[0],) * count)
    trip = e.op("min_max", [e.make_list([e.as_int(args[1]), e.constant(0)])], {"largest": True})
    return Series(trip, lambda _: args[0], None, "repeat")


@builtin("itertools.count", "itertools.cycle", "itertools.tee", "itertools.groupby")
def endless(e: Emitter, node: ast.Call) -> Entry:
    """Iterators that never end, or share what they run over, are refused."""
    raise _endless(e, node)


def _endless(e: Emitter, node: ast.Call) -> Any:
    return e.error(
        node,
        f"scripts have no {ast.unparse(node)}: an iterator without a list of its items",
        hint="range(n), enumerate(xs) and xs[i % len(xs)] have an end",
    )


@builtin("itertools.product")
def product(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.product(xs, ys, repeat=n)`: the last runs fastest."""
    series, kwargs = _arguments(e, node, "repeat")
    series *= _number(e, kwargs["repeat"], "repeat=") if kwargs else 1
    return product_of(e, series)


def product_of(e: Emitter, series: Sequence[Series]) -> Series:
    """All tuples of items, one of each; the last runs fastest."""
    known = _known(series)
    if known is not None:
        return _unrolled(e, list(itertools.product(*known)))
    pairs = [rolled(e, s) for s in series]
    total: Entry = e.constant(1)
    for trip, _ in pairs:
        total = binary(e, ast.Mult, total, trip)

    def item(i: Value) -> Entry:
        parts: list[Entry] = []
        rest: Entry = i
        for trip, at in reversed(pairs):
            parts.insert(0, at(e.value(binary(e, ast.Mod, rest, trip))))
            rest = binary(e, ast.FloorDiv, rest, trip)
        return Items(tuple(parts))

    return Series(e.value(total), item, None, "product")


def _unrolled(e: Emitter, found: Sequence[tuple[Entry, ...]]) -> Series:
    if len(found) > MOST_UNROLLED:
        raise e.error(None, f"{len(found)} tuples are too many to unroll", rule="SCRIPT-6")
    return Series(None, None, tuple(map(Items, found)), "tuples")


@builtin("itertools.chain")
def chain(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.chain(xs, ys)`."""
    series, _ = _arguments(e, node)
    known = _known(series)
    if known is not None:
        return Series(None, None, tuple(x for parts in known for x in parts), "chain")
    made: Entry = Empty(at=node)
    for one in series:
        listed = as_list(e, one)
        made = listed if isinstance(made, Empty) else binary(e, ast.Add, made, listed)
    over = tuple(v for s in series for v in s.over)
    return replace(series_of(e, made), over=over)


@builtin("itertools.chain.from_iterable", "builtins.chain.from_iterable")
def chain_from(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.chain.from_iterable(lists)`."""
    return e.prelude(prelude.flattened, *positional(e, node, 1, 1))


@builtin("itertools.accumulate")
def accumulate(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.accumulate(xs, function, initial=x)`."""
    from tracescript.producer.script.calls.dispatch import arguments

    args, kwargs = arguments(e, node)
    names = ["iterable", "func", "initial"]
    given = dict(zip(names, args, strict=False)) | kwargs
    if not set(given) <= set(names) or "iterable" not in given or len(args) > 2:  # noqa: PLR2004  # initial is by name
        raise e.error(
            node, "accumulate() takes xs, func and initial", code="TYPE_INFERENCE", rule="SCRIPT-10"
        )
    function = given.get("func", Known(operator.add))
    function = Known(operator.add) if is_none(function) else function
    xs, start = as_list(e, series_of(e, given["iterable"])), given.get("initial")
    if start is None or is_none(start):
        return xs if isinstance(xs, Empty) else e.prelude(prelude.accumulated, xs, function)
    return e.prelude(prelude.accumulated_from, xs, function, start)


@builtin("itertools.pairwise")
def pairwise(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.pairwise(xs)`."""
    (series,), _ = _arguments(e, node)
    if series.parts is not None:
        return _unrolled(e, list(itertools.pairwise(series.parts)))
    trip, item = rolled(e, series)
    less = e.op("int.sub", [trip, e.constant(1)])
    count = e.op("min_max", [e.make_list([less, e.constant(0)])], {"largest": True})

    def at(i: Value) -> Entry:
        return Items((item(i), item(e.op("int.add", [i, e.constant(1)]))))

    return Series(count, at, None, "pairwise", series.over, series.shown)


@builtin("itertools.islice")
def islice(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.islice(xs, stop)`, `islice(xs, start, stop, step)`."""
    xs, *bounds = positional(e, node, 2, 4)
    if len(bounds) == 1:
        bounds = [e.constant(0), *bounds]
    series = series_of(e, xs)
    start, stop, step = (*bounds, e.constant(1))[:3]
    length = series.trip if series.parts is None else e.constant(len(series.parts))
    stop = e.value(length) if is_none(stop) and length is not None else stop
    start = e.constant(0) if is_none(start) else start
    step = e.constant(1) if is_none(step) else step
    known = [constant_of(b) for b in (start, stop, step)]
    if series.parts is not None and all(k and v >= 0 for k, v in known) and known[2][1]:
        return Series(None, None, series.parts[slice(*(v for _, v in known))], "islice")
    listed = as_list(e, series)
    return e.prelude(prelude.part, listed, *(e.as_int(b) for b in (start, stop, step)))


@builtin("itertools.zip_longest")
def zip_longest(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.zip_longest(xs, ys, fillvalue=x)`."""
    series, kwargs = _arguments(e, node, "fillvalue")
    fill = kwargs.get("fillvalue", e.constant(None))
    known = _known(series)
    if known is not None:
        return _unrolled(e, list(itertools.zip_longest(*known, fillvalue=fill)))
    pairs = [rolled(e, s) for s in series]
    longest = e.op("min_max", [e.make_list([t for t, _ in pairs])], {"largest": True})

    def one(i: Value, trip: Value, at: Callable[[Value], Entry]) -> Entry:
        is_in = e.op("int.cmp", [i, trip], {"relation": "lt"})
        return branch(e, is_in, (lambda: at(i), lambda: fill))

    def item(i: Value) -> Entry:
        return Items(tuple(one(i, trip, at) for trip, at in pairs))

    over = tuple(v for s in series for v in s.over)
    return Series(longest, item, None, "zip_longest", over)


def _choices(name: str, forms: dict[int, Any]) -> Builtin:
    """Compile what takes some of the items; of a list that run time tells, by a form of ours."""

    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        xs, *rest = positional(e, node, 1, 2, "r")
        series = series_of(e, xs)
        length = len(series.parts) if series.parts is not None else None
        is_all = not rest or is_none(rest[0])
        count = length if is_all else _number(e, rest[0], "the number of items")
        if series.parts is not None:
            return _unrolled(e, list(getattr(itertools, name)(series.parts, count)))
        form = None if count is None else forms.get(count)
        if form is None:
            raise e.error(
                node,
                f"{name}() of a list of run time takes {' or '.join(map(str, forms))} items here",
                rule="SCRIPT-10",
                hint="write the loops out",
            )
        return e.prelude(form, as_list(e, series))

    return compile_it


def _listed(function: Any) -> Builtin:
    """Compile a function of another function and a list."""

    def compile_it(e: Emitter, node: ast.Call) -> Entry:
        first, xs = positional(e, node, 2, 2)
        listed = as_list(e, series_of(e, xs))
        return listed if isinstance(listed, Empty) else e.prelude(function, first, listed)

    return compile_it


@builtin("itertools.compress")
def compress(e: Emitter, node: ast.Call) -> Entry:
    """`itertools.compress(xs, marks)`."""
    return e.prelude(prelude.chosen, *positional(e, node, 2, 2))


BUILTINS |= {
    "itertools.combinations": _choices("combinations", {2: prelude.pairs, 3: prelude.triples}),
    "itertools.combinations_with_replacement": _choices(
        "combinations_with_replacement", {2: prelude.pairs_with_same}
    ),
    "itertools.permutations": _choices("permutations", {2: prelude.ordered_pairs}),
    "itertools.takewhile": _listed(prelude.before),
    "itertools.dropwhile": _listed(prelude.after),
    "itertools.filterfalse": _listed(prelude.left_out),
    "itertools.starmap": _listed(prelude.spread),
}
