"""Loops whose rounds are counted at run time: one `loop` node each."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.constants import INT
from tracescript.ir.types import OptionalType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import (
    Conflict,
    Known,
    Partly,
    Series,
    Struct,
    Unset,
    values_in,
)
from tracescript.producer.script.emitter.size_marks import Kinds, are_alike, copy_marks, mark_unsure
from tracescript.producer.script.expressions.targets import assign_to, bound_names, stored_names
from tracescript.producer.script.flow.arms import placeholder
from tracescript.producer.script.flow.branches import refine
from tracescript.producer.script.flow.leaves import Leaves
from tracescript.producer.script.flow.related import Related, showing
from tracescript.producer.script.flow.rounds import go_on
from tracescript.producer.script.flow.watch import Watch
from tracescript.producer.script.source.exits import RETURNED, Loop

if TYPE_CHECKING:
    from tracescript.opset.build import Builder
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Scope
    from tracescript.producer.script.flow.related import Owner

_MOST_ATTEMPTS = 24


class Rolled(Leaves):
    """Emits the body until the types of what it carries stay the same, then writes the node."""

    def __init__(
        self, e: Emitter, node: Loop, series: Series | None, start: Value | None = None
    ) -> None:
        self.e = e
        self.node = node
        self.series = series
        self.start = start
        self.go = start
        self.base: Scope = e.scope
        self.origin: dict[Value, Value] = {}
        self.conflicts: dict[str, Conflict] = {}
        self.starts: Scope = {}
        self.unsure: set[str] = set()
        self.around: dict[int, list[Value]] = {}
        self.apart: set[str | Owner] = {e.frame.key(n) for n in bound_names(node)}
        self.gaps: set[str | Owner] = set(self.apart)
        self.bases: dict[Value, str] = {}
        self.held: tuple[dict[int, frozenset[str]], ...] = ({}, {})
        self.shown = {
            e.frame.key(f"run over by loop {k} in line {node.lineno}"): now
            for k, now in enumerate(series.shown if series else ())
        }
        self.base.update({key: now.value for key, now in self.shown.items()})
        self.hidden = set(self.shown)
        for name in [*stored_names(node), *node.stop]:
            self.carry(e.frame.key(name))

    def carry(self, key: str) -> bool:
        """Make a name one that the loop carries; False if it cannot be."""
        entry = self.base.get(key)
        if (
            entry is None
            or isinstance(entry, Unset | Conflict)
            or key in self.conflicts
            or key in self.starts
        ):
            return False
        is_data = isinstance(entry, Known) and self.e.session.is_data(entry)
        self.starts[key] = self.e.value(entry) if is_data else entry
        return True

    def run(self) -> None:
        """Compile the loop."""
        self.go = self.start or go_on(self.e, self.node)
        for _ in range(_MOST_ATTEMPTS):
            if self.attempt():
                return
        raise self.e.error(
            self.node,
            "the types of this loop's variables do not settle",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="give each variable its final type before the loop",
        )

    def attempt(self) -> bool:
        """Emit the loop once; True if nothing had to be learned, then the node is written."""
        e = self.e
        outer, go = e.builder, self.go
        leaves: list[Value] = []
        params: list[Value] = []
        owners: list[Owner] = []
        self.carry_related()
        e.builder = outer.child()
        e.scope = {**self.base, **self.conflicts}
        for key, entry in self.starts.items():
            self.open(key, entry, leaves, params)
            owners += [(key, n) for n in range(len(leaves) - len(owners))]
        begun = {key: e.scope[key] for key in self.starts}
        for flag in self.node.stop:
            e.scope[e.frame.key(flag)] = e.constant(False)
        starts, kinds = [self.plain(v) for v in leaves], self.kinds()
        for marks, held in kinds:
            marks.begin(starts, params, held)
        index = Value(INT, "")
        watch = Watch(e.session.aliases, params, self.around)
        related = Related(e, list(zip(owners, starts, params, strict=True)), self.apart, self.gaps)
        next_go = self.body(index)
        watch.stop()
        ended, inner, was_dead = e.scope, e.builder, e.is_dead
        e.builder, e.scope, e.is_dead = outer, dict(self.base), False
        if was_dead:
            ended = {**ended, **begun}
            next_go = e.constant(False)
        if self.learned(begun, ended) or self.unlike(begun, ended):
            return False
        ends = self.ends(inner, begun, ended)
        settled = [watch.is_settled(ends), related.holds(ends, self.bases)]
        settled += [marks.is_settled(params, ends, held) for marks, held in kinds]
        if not all(settled):
            return False
        assert go is not None
        related.results(self.write(inner, index, go, next_go, leaves, params, ends))
        return True

    def kinds(self) -> list[tuple[Kinds, dict[int, frozenset[str]]]]:
        """What tells sizes from tuples and lists, with what rounds have shown."""
        session = self.e.session
        return list(zip((session.tuple_kinds, session.list_kinds), self.held, strict=True))

    def open(self, key: str, entry: Entry, leaves: list[Value], params: list[Value]) -> None:
        """Give a carried name its parameters."""
        e = self.e
        opened = e.scope[key] = self.opened(entry, leaves, params)
        self.mark(key, entry, opened)
        name = key.partition(":")[2]
        if isinstance(opened, Value) and name.isidentifier():
            e.unit.names[opened] = name

    def carry_related(self) -> None:
        """Carry what shows tensors that the loop changes, and what they are views of."""
        for base, name in self.bases.items():
            key = self.e.frame.key(f"{name} of the loop in line {self.node.lineno}")
            self.base.setdefault(key, base)
            self.hidden.add(key)
            self.carry(key)
        starts = [x for key, x in self.starts.items() if key not in self.apart]
        begun = {self.plain(v) for x in starts for v in values_in(x)}
        for key in showing(self.e, self.base, begun):
            self.carry(key)

    def body(self, index: Value) -> Value:
        """Emit one round; returns whether another one follows."""
        e = self.e
        header = self.node.header
        if isinstance(header, ast.For):
            assert self.series is not None
            assert self.series.item is not None
            for key, now in self.shown.items():
                now.value = e.value(e.scope[key])
            if self.series.parts is None:
                e.session.loops.begin(index, self.series.trip, e.frame.source, header)
            assign_to(e, header.target, self.series.item(index))
        else:
            refine(e, header.test, True)
        begun = e.session.aliases.run_over(self.series, e.where())
        e.run(self.node.body)
        e.session.aliases.run_out(begun)
        return e.constant(True) if e.is_dead else go_on(e, self.node)

    # ------------------------------------------------------------------ carried names
    def learned(self, begun: Scope, ended: Scope) -> bool:
        """Whether the round showed names to carry or wider types."""
        news = False
        for key, entry in ended.items():
            if key in begun or entry is self.base.get(key) or key in self.conflicts:
                continue
            is_unset = isinstance(self.base.get(key, Unset()), Unset)
            if key.endswith(RETURNED) and is_unset:
                news |= self.carry_result(key, entry, frozenset())
            elif is_unset and self.is_given_by_break(key):
                news |= self.carry_result(key, entry, self.breaks())
            else:
                news |= self.carry(key)
        for key, before in begun.items():
            wider = self.widened(self.starts[key], before, ended.get(key, Unset()))
            if wider is None:
                self.conflict(key, before, ended.get(key, Unset()))
                news = True
            elif wider is not self.starts[key]:
                self.starts[key] = wider
                news = True
        return news

    def mark(self, key: str, start: Entry, entry: Entry) -> None:
        """Mark a carried name as sizes where it always is, as unsure where it is at times."""
        if key in self.unsure:
            mark_unsure(self.e, entry)
        else:
            copy_marks(self.e, start, entry)

    def unlike(self, begun: Scope, ended: Scope) -> bool:
        """Whether the round showed names that are the sizes of a tensor at times."""
        entries = ((key, entry, ended.get(key, entry)) for key, entry in begun.items())
        news = {k for k, a, b in entries if k not in self.unsure and not are_alike(self.e, a, b)}
        self.unsure |= news
        return bool(news)

    def carry_result(self, key: str, entry: Entry, flags: frozenset[str]) -> bool:
        """Carry a name that has no value before the loop: nobody reads it before it is set.

        It is the value of a `return`, or a name that has one where the loop is left by `break`.
        """
        if isinstance(entry, Struct) and entry.tokens and flags:
            return False
        kind = entry.value.type if isinstance(entry, Partly) else self.type_of(entry, INT)
        if kind is None:
            return False
        if isinstance(entry, Partly) and entry.is_wrapped and isinstance(kind, OptionalType):
            kind = kind.element
        start, slot = placeholder(self.e, kind)
        self.starts[key] = Partly(self.typed(start, slot), flags, slot != kind)
        self.base[key] = Unset()
        return True

    def conflict(self, key: str, before: Entry, after: Entry) -> None:
        """Stop carrying a name whose type changes; reading it is an error."""
        e = self.e
        one, other = e.describe_both(before, after)
        what = f"its type is {one} before the loop at {e.where()} and {other} at its end"
        self.conflicts[key] = Conflict(
            what, "start with a value of the type it has later, 0.0 for a float"
        )
        self.starts.pop(key, None)

    def ends(self, inner: Builder, begun: Scope, ended: Scope) -> list[Value]:
        """Return the carried values at the end of the body, in the order of the parameters."""
        before, self.e.builder = self.e.builder, inner
        out: list[Value] = []
        for key, entry in begun.items():
            self.closed(entry, ended.get(key, entry), out)
        self.e.builder = before
        return out

    # ------------------------------------------------------------------ the node
    def write(
        self,
        inner: Builder,
        index: Value,
        go: Value,
        next_go: Value,
        leaves: list[Value],
        params: list[Value],
        ends: list[Value],
    ) -> list[Value]:
        """Write the node and take its results as the names' values after the loop."""
        e = self.e
        block = inner.block((index, *params), (next_go, *ends))
        trip = self.series.trip if self.series else None
        starts = [self.plain(v) for v in leaves]
        types = [p.type for p in params]
        results = list(e.ops("loop", [trip, go, *starts], blocks=[block], types=types))
        for result, start, end, param in zip(results, starts, ends, params, strict=True):
            e.session.roots.join(result, start, end)
            e.session.aliases.flow(result, start, end, param)
            for marks, _ in self.kinds():
                marks.note(result, marks.of(param))
            name = e.unit.names.get(param) or e.unit.names.get(end)
            if name:
                e.unit.names[result] = name
        e.scope = {**self.base, **self.conflicts}
        self.mark_unset()
        left = iter(results)
        for key, entry in self.starts.items():
            e.scope[key] = self.after(entry, left)
            self.mark(key, entry, e.scope[key])
        for key in self.hidden:
            del e.scope[key]
        return results

    def mark_unset(self) -> None:
        """Note for names that only the body assigns that unrolling would give them a value."""
        e, header = self.e, self.node.header
        if self.series is None or not isinstance(header, ast.For):
            return
        key = e.session.loops.surely_runs(self.series.trip, e.frame.source, header)
        for name in stored_names(self.node) if key else ():
            if isinstance(e.lookup(name), Unset) and name.isidentifier():
                e.scope[e.frame.key(name)] = Unset(loop=key)
