"""`for` and `while`: unrolled where what they run over is known part by part, else `loop` nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.constants import INT, NONE
from tracescript.ir.types import OptionalType
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.producer.script.core import statement
from tracescript.producer.script.entries import (
    Conflict,
    Empty,
    Items,
    Partly,
    Series,
    Struct,
    Unset,
    constant_of,
)
from tracescript.producer.script.exits import RETURNED, Loop
from tracescript.producer.script.flow import branch, refine
from tracescript.producer.script.iteration import series_of
from tracescript.producer.script.merge import placeholder
from tracescript.producer.script.operators import condition, negated
from tracescript.producer.script.targets import assign_to, stored_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.types import Type
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry, Scope

MOST_UNROLLED = 1024
_MOST_ATTEMPTS = 24


@statement(Loop)
def loop(e: Emitter, node: Loop) -> None:
    """A loop whose exits are flags."""
    header = node.header
    if isinstance(header, ast.While):
        _while(e, node, header)
        return
    with e.looking_at(header.iter):
        series = series_of(e, e.expr(header.iter))
    if series.parts is None and e.session.loops.is_unrolled(e.frame.source, header):
        series = _known_rounds(e, series)
    if series.parts is not None and len(series.parts) > MOST_UNROLLED:
        raise e.error(
            header.iter,
            f"this loop would be unrolled {len(series.parts)} times, at most {MOST_UNROLLED} are",
            hint="use a tensor",
        )
    if series.parts is not None:
        _unrolled(e, node, header, series.parts)
        return
    assert series.trip is not None
    _Rolled(e, node, series).run()


def _known_rounds(e: Emitter, series: Series) -> Series:
    """Return the items of a series one by one; its length is a constant."""
    known, rounds = constant_of(series.trip) if series.trip is not None else (False, 0)
    assert known
    assert series.item is not None
    return Series(None, None, tuple(series.item(e.constant(k)) for k in range(max(rounds, 0))))


def _while(e: Emitter, node: Loop, header: ast.While) -> None:
    start = _go_on(e, node)
    if start.constant is not None and not start.constant.value:
        return
    _Rolled(e, node, None, start).run()
    if isinstance(header.test, ast.Constant) and header.test.value and not node.stop:
        e.is_dead = True


def _go_on(e: Emitter, node: Loop) -> Value:
    """Whether another round begins: no flag is set, then the test holds."""
    tests = [(lambda flag=flag: negated(e, e.value(e.lookup(flag)))) for flag in node.stop]
    if isinstance(node.header, ast.While):
        test = node.header.test
        tests.append(lambda: condition(e, test))
    return _every(e, tests)


def _every(e: Emitter, tests: list[Callable[[], Value]]) -> Value:
    if not tests:
        return e.constant(True)
    first = tests[0]()
    if len(tests) == 1:
        return first
    if first.constant is not None:
        return _every(e, tests[1:]) if first.constant.value else first
    return e.value(branch(e, first, (lambda: _every(e, tests[1:]), lambda: e.constant(False))))


def _unrolled(e: Emitter, node: Loop, header: ast.For, parts: tuple[Entry, ...]) -> None:
    for k, part in enumerate(parts):
        go = _go_on(e, node)
        if go.constant is None:
            rest = parts[k:]

            def arm(rest: tuple[Entry, ...] = rest) -> None:
                for flag in node.stop:
                    e.bind(flag, e.constant(False))
                _unrolled(e, node, header, rest)

            branch(e, go, (arm, lambda: None))
            return
        if not go.constant.value:
            return
        assign_to(e, header.target, part)
        e.run(node.body)
        if e.is_dead:
            return


class _Rolled:
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
        self.starts[key] = entry
        return True

    def run(self) -> None:
        """Compile the loop."""
        self.go = self.start or _go_on(self.e, self.node)
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
        e.builder = outer.child()
        e.scope = {**self.base, **self.conflicts}
        for key, entry in self.starts.items():
            e.scope[key] = self.opened(entry, leaves, params)
            name, opened = key.partition(":")[2], e.scope[key]
            if isinstance(opened, Value) and name.isidentifier():
                e.unit.names[opened] = name
        begun = {key: e.scope[key] for key in self.starts}
        index = Value(INT, "")
        next_go = self.body(index)
        ended, inner, was_dead = e.scope, e.builder, e.is_dead
        e.builder, e.scope, e.is_dead = outer, dict(self.base), False
        if was_dead:
            ended = {**ended, **begun}
            next_go = e.constant(False)
        if self.learned(begun, ended):
            return False
        ends = self.ends(inner, begun, ended)
        assert go is not None
        self.write(inner, index, go, next_go, leaves, params, ends)
        return True

    def body(self, index: Value) -> Value:
        """Emit one round; returns whether another one follows."""
        e = self.e
        header = self.node.header
        if isinstance(header, ast.For):
            assert self.series is not None
            assert self.series.item is not None
            if self.series.parts is None:
                e.session.loops.begin(index, self.series.trip, e.frame.source, header)
            assign_to(e, header.target, self.series.item(index))
        else:
            refine(e, header.test, True)
        begun = e.session.aliases.run_over(self.series.over if self.series else None, e.where())
        e.run(self.node.body)
        e.session.aliases.run_out(begun)
        return e.constant(True) if e.is_dead else _go_on(e, self.node)

    # ------------------------------------------------------------------ carried names
    def opened(self, entry: Entry, leaves: list[Value], params: list[Value]) -> Entry:
        """Replace the run-time values in an entry by parameters of the body."""
        if isinstance(entry, Value):
            leaves.append(entry)
            param = Value(entry.type)
            plain = self.plain(entry)
            self.e.session.roots.same(param, plain)
            self.e.session.aliases.same(param, plain)
            name = self.e.unit.names.get(plain)
            if name:
                self.e.unit.names[param] = name
            params.append(param)
            return param
        if isinstance(entry, Items):
            return Items(tuple(self.opened(p, leaves, params) for p in entry.parts), entry.is_list)
        if isinstance(entry, Struct):
            return Struct(
                entry.cls, {n: self.opened(x, leaves, params) for n, x in entry.fields.items()}
            )
        if isinstance(entry, Partly):
            value = self.opened(entry.value, leaves, params)
            assert isinstance(value, Value)
            return Partly(value, entry.flags, entry.is_wrapped)
        return entry

    def learned(self, begun: Scope, ended: Scope) -> bool:
        """Whether the round showed names to carry or wider types."""
        news = False
        for key, entry in ended.items():
            if key in begun or entry is self.base.get(key) or key in self.conflicts:
                continue
            if key.endswith(RETURNED) and isinstance(self.base.get(key, Unset()), Unset):
                news |= self.carry_result(key, entry)
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

    def carry_result(self, key: str, entry: Entry) -> bool:
        """Carry the value of a `return` inside the loop: nobody reads it before it is set."""
        kind = entry.value.type if isinstance(entry, Partly) else self.type_of(entry, INT)
        if kind is None:
            return False
        if isinstance(entry, Partly) and entry.is_wrapped and isinstance(kind, OptionalType):
            kind = kind.element
        start, slot = placeholder(self.e, kind)
        self.starts[key] = Partly(self.typed(start, slot), frozenset(), slot != kind)
        self.base[key] = Unset()
        return True

    def typed(self, start: Value, kind: Type) -> Value:
        """Return a stand-in for a start value with the type of its parameter."""
        made = Value(kind)
        self.origin[made] = self.plain(start)
        return made

    def conflict(self, key: str, before: Entry, after: Entry) -> None:
        e = self.e
        what = f"its type is {e.describe(before)} before the loop at {e.where()} and {e.describe(after)} at its end"
        self.conflicts[key] = Conflict(
            what, "start with a value of the type it has later, 0.0 for a float"
        )
        self.starts.pop(key, None)

    def widened(self, start: Entry, before: Entry, after: Entry) -> Entry | None:
        """Return the start entry with types that hold the end's too; None if there are none."""
        if isinstance(start, Items) and isinstance(before, Items):
            if not isinstance(after, Items) or len(after.parts) != len(start.parts):
                return None
            found = [
                self.widened(*x) for x in zip(start.parts, before.parts, after.parts, strict=True)
            ]
            parts = [x for x in found if x is not None]
            if len(parts) != len(found):
                return None
            return (
                start
                if all(x is y for x, y in zip(parts, start.parts, strict=True))
                else Items(tuple(parts), start.is_list)
            )
        if isinstance(start, Struct) and isinstance(before, Struct):
            return self.widened_struct(start, before, after)
        if isinstance(start, Partly) and isinstance(before, Partly):
            inner = after.value if isinstance(after, Partly) else after
            wider = self.widened(start.value, before.value, inner)
            is_wrapped = start.is_wrapped and not self.may_be_none(after)
            if wider is start.value and is_wrapped == start.is_wrapped:
                return start
            return Partly(wider, start.flags, is_wrapped) if isinstance(wider, Value) else None
        if isinstance(start, Empty):
            if isinstance(after, Value):
                return self.e.empty(after.type)
            return start if isinstance(after, Empty) else None
        if not isinstance(start, Value):
            return start if after is before else None
        after_type = self.type_of(after, start.type)
        kind = join_types(start.type, after_type) if after_type is not None else None
        if kind is None:
            return None
        return start if kind == start.type else self.typed(start, kind)

    def may_be_none(self, entry: Entry) -> bool:
        """Whether None is a value the program gives, no want of one."""
        if isinstance(entry, Partly):
            return not entry.is_wrapped and isinstance(entry.value.type, OptionalType)
        return isinstance(entry, Value) and (
            isinstance(entry.type, OptionalType) or entry.type == NONE
        )

    def widened_struct(self, start: Struct, before: Struct, after: Entry) -> Entry | None:
        """As `widened`, field by field."""
        if not isinstance(after, Struct) or after.cls is not start.cls:
            return None
        fields = {
            n: self.widened(x, before.fields[n], after.fields[n]) for n, x in start.fields.items()
        }
        if any(x is None for x in fields.values()):
            return None
        same = all(x is start.fields[n] for n, x in fields.items())
        return (
            start if same else Struct(start.cls, {n: x for n, x in fields.items() if x is not None})
        )

    def type_of(self, entry: Entry, wanted: Type) -> Type | None:
        """Return the type an end value has or would be given."""
        if isinstance(entry, Value):
            return entry.type
        if isinstance(entry, Partly):
            return entry.value.type
        if isinstance(entry, Empty):
            return wanted
        if isinstance(entry, Items | Struct):
            return self.e.type_of_items(entry)
        return None

    def ends(self, inner: object, begun: Scope, ended: Scope) -> list[Value]:
        """Return the carried values at the end of the body, in the order of the parameters."""
        before, self.e.builder = self.e.builder, inner  # type: ignore[assignment]  # a Builder
        out: list[Value] = []
        for key, entry in begun.items():
            self.closed(entry, ended.get(key, entry), out)
        self.e.builder = before
        return out

    def closed(self, begun: Entry, ended: Entry, out: list[Value]) -> None:
        """Append the leaves of an entry where its start had them."""
        if isinstance(begun, Items):
            assert isinstance(ended, Items)
            for a, b in zip(begun.parts, ended.parts, strict=True):
                self.closed(a, b, out)
        elif isinstance(begun, Struct):
            assert isinstance(ended, Struct)
            for name, entry in begun.fields.items():
                self.closed(entry, ended.fields[name], out)
        elif isinstance(begun, Partly):
            self.closed(begun.value, ended.value if isinstance(ended, Partly) else ended, out)
        elif isinstance(begun, Value):
            out.append(
                self.e.empty(begun.type) if isinstance(ended, Empty) else self.e.value(ended)
            )

    # ------------------------------------------------------------------ the node
    def write(
        self,
        inner: object,
        index: Value,
        go: Value,
        next_go: Value,
        leaves: list[Value],
        params: list[Value],
        ends: list[Value],
    ) -> None:
        """Write the node and take its results as the names' values after the loop."""
        e = self.e
        block = inner.block((index, *params), (next_go, *ends))  # type: ignore[attr-defined]  # a Builder
        trip = self.series.trip if self.series else None
        starts = [self.plain(v) for v in leaves]
        types = [p.type for p in params]
        results = list(e.ops("loop", [trip, go, *starts], blocks=[block], types=types))
        for result, start, end, param in zip(results, starts, ends, params, strict=True):
            e.session.roots.join(result, start, end)
            e.session.aliases.join(result, start, end)
            name = e.unit.names.get(param) or e.unit.names.get(end)
            if name:
                e.unit.names[result] = name
        e.scope = {**self.base, **self.conflicts}
        left = iter(results)
        for key, entry in self.starts.items():
            e.scope[key] = self.after(entry, left)

    def plain(self, value: Value) -> Value:
        """Return a start value as it is in the surrounding block, without the wider type."""
        return self.origin.get(value, value)

    def after(self, entry: Entry, results: object) -> Entry:
        """Rebuild a carried entry from the results."""
        if isinstance(entry, Value):
            return next(results)  # type: ignore[call-overload,no-any-return]  # an iterator of values
        if isinstance(entry, Items):
            return Items(tuple(self.after(p, results) for p in entry.parts), entry.is_list)
        if isinstance(entry, Struct):
            return Struct(entry.cls, {n: self.after(x, results) for n, x in entry.fields.items()})
        if isinstance(entry, Partly):
            value = self.after(entry.value, results)
            assert isinstance(value, Value)
            return Partly(value, entry.flags, entry.is_wrapped)
        return entry
