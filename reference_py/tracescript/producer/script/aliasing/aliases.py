"""Refuses changes of an object that something else in the program still sees. Spec: SCRIPT-8."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import DictType, ListType, OptionalType, TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import (
    Empty,
    Items,
    OneOf,
    Partly,
    Series,
    Struct,
    held_by,
)
from tracescript.producer.script.emitter.heap import Heap
from tracescript.producer.script.emitter.own_containers import python_class
from tracescript.producer.script.source.reading import behind, may_read, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.errors import ProducerError
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.heap import Token


class Aliases(Heap):
    """The objects of a program, and who may see a change of one."""

    def __init__(self) -> None:
        super().__init__()
        self._given: dict[Token, str] = {}
        self._running: list[tuple[set[Token], str, bool]] = []
        self._kept: set[Token] = set()
        self._shared: dict[Token, str] = {}
        self.log: list[set[Token]] = []
        self.lent: list[str] = []
        self.valued: set[Token] = set()
        self.is_putting_back = False

    # ------------------------------------------------------------------ what is learned
    def join(self, result: Value, a: Value, b: Value) -> None:
        """`result` is one of two values; where both are one object, it is that one."""
        if self.root(a) is self.root(b):
            self.same(result, a)
            return
        self.copy(result, a)
        self.copy(result, b)

    def flow(self, result: Value, start: Value, end: Value, param: Value) -> None:
        """A value that a loop carries: still the object it began with if rounds only change it."""
        if self.root(end) is self.root(param):
            self.same(param, start)
            self.same(result, start)
            return
        self.copy(param, end)
        self.join(result, start, end)

    def escape(self, value: Value, where: str) -> None:
        """A container now holds the value; what two places hold is shared."""
        if self.is_putting_back:
            return
        for token in self.of(value):
            if token in self._kept or token.loop is not self.loops[-1]:
                self._shared.setdefault(token, where)
            self._kept.add(token)

    def copied(self, entry: Entry, where: str) -> None:
        """Another container holds the elements of this one too."""
        if isinstance(entry, Value):
            for token in self.contents(self.of(entry)):
                self._shared.setdefault(token, where)

    def given(self, value: Value, name: str) -> None:
        """The caller of the function holds the value, and what is in it.

        `name` is the parameter's, or says where else the value is made.
        """
        for token in self.reach(self.of(value)):
            self._given.setdefault(token, name)

    def is_passed(self, entry: Entry) -> bool:
        """Whether an entry may be an argument, which the function's caller holds."""
        return any(self._given.get(t, "").isidentifier() for t in self.own(entry))

    def run_over(self, series: Series | None, where: str) -> int:
        """A loop over containers begins; returns what `run_out` takes."""
        if series is None:
            return 0
        self._running += [(self.of(v), where, series.by_place) for v in series.over]
        return len(series.over)

    def run_out(self, count: int) -> None:
        """The loop has ended."""
        del self._running[len(self._running) - count :]

    # ------------------------------------------------------------------ what an entry may be
    def seen(self, entry: Entry) -> set[Token]:
        """Return the tokens of all objects that can be reached from an entry."""
        if isinstance(entry, Value):
            return self.reach(self.of(entry))
        if isinstance(entry, Partly):
            return self.seen(entry.value)
        if isinstance(entry, Items):
            return {t for p in entry.parts for t in self.seen(p)}
        if isinstance(entry, Struct):
            return set(entry.tokens) | {t for p in entry.fields.values() for t in self.seen(p)}
        if isinstance(entry, OneOf):
            return {t for p in entry.parts.values() for t in self.seen(p)}
        if isinstance(entry, Series):
            held = {t for d in entry.held for t in self.own(d)}
            return held | {t for v in entry.over for t in self.reach(self.of(v))}
        if isinstance(entry, Empty):
            return set(entry.tokens)
        return {t for p in held_by(entry) for t in self.seen(p)}

    def own(self, entry: Entry) -> set[Token]:
        """Return the tokens of the objects that an entry itself may be."""
        if isinstance(entry, Value):
            return self.of(entry)
        if isinstance(entry, OneOf):
            return {t for p in entry.parts.values() for t in self.own(p)}
        return set(entry.tokens) if isinstance(entry, Struct | Empty) else set()

    # ------------------------------------------------------------------ changes
    def change(self, e: Emitter, receiver: ast.expr, old: Entry, new: Entry) -> None:
        """Check that nobody else sees a change made through `receiver`.

        Raises ProducerError with ALIASING.
        """
        if e.frame.is_ours:
            return
        tokens = self.own(old)
        kind = _kind(old)
        self.outside(e, receiver, tokens, kind, becomes_state=e.is_own_attribute(receiver))
        self._as_value(e, receiver, tokens)
        if not isinstance(receiver, ast.Name):
            self.twice(e, receiver, tokens, kind)
            root = e.scope.get(e.root_key(receiver) or "")
            if root is not None and self._paths(root, tokens) > 1:
                raise _in_several_places(e, receiver, kind, e.where())
        self._other_names(e, receiver, tokens, kind)
        self.log.append(tokens)
        if isinstance(old, Value) and isinstance(new, Value):
            self.same(new, old)

    def changed_by_call(self, e: Emitter, entry: Entry, owner: str = "") -> None:
        """A call writes into a tensor: nobody may read it any more but by the key of its owner."""
        tokens = self.own(entry)
        passed = {t: n for t, n in self._given.items() if t in tokens and n.isidentifier()}
        if passed and e.unit.is_inner:
            e.unit.changed |= set(passed.values())
            tokens -= passed.keys()
        at = behind(e.at)
        self.outside(e, at, tokens, "tensor", becomes_state=bool(owner))
        self._other_names(e, at, tokens, "tensor", owner)
        self.log.append(tokens)

    def outside(
        self,
        e: Emitter,
        receiver: ast.expr,
        tokens: set[Token],
        kind: str,
        *,
        becomes_state: bool = False,
    ) -> None:
        """Refuse to change what is made outside, or what a loop runs over."""
        for token in tokens:
            name = self._given.get(token, "")
            if name and (name.isidentifier() or not becomes_state):
                is_name = name.isidentifier()
                held = f"the caller's {kind} {name!r}" if is_name else name
                shown = name if is_name else "xs"
                hint = f"copy it first: {shown} = {_COPIES.get(kind, 'list')}({shown})"
                if kind == "tensor":
                    hint = f"{shown} = {shown} + ..." if is_name else "copy it first: x = x.clone()"
                raise refusal(e, receiver, f"this changes {held}", hint)
        for over, where, by_place in self._running:
            if over & tokens and not (by_place and self.is_putting_back):
                raise refusal(
                    e,
                    receiver,
                    f"this {kind} is changed while a loop runs over it",
                    "run over a copy: for x in list(xs)",
                    f"{where}: the loop",
                )

    def _as_value(self, e: Emitter, receiver: ast.expr, tokens: set[Token]) -> None:
        if tokens & self.valued:
            raise refusal(
                e,
                receiver,
                "this record is changed after something else has taken it as a value",
                "change it before it is stored, passed on or joined with another",
            )

    def twice(self, e: Emitter, receiver: ast.expr, tokens: set[Token], kind: str) -> None:
        """An object reached through a container: no other place may hold it."""
        found = next((self._shared[t] for t in tokens if t in self._shared), None)
        if found is not None:
            raise _in_several_places(e, receiver, kind, found)

    def _paths(self, entry: Entry, tokens: set[Token]) -> int:
        """Count the parts of an entry by which objects can be reached."""
        parts: Sequence[Entry] = ()
        if isinstance(entry, Items):
            parts = entry.parts
        elif isinstance(entry, Struct):
            parts = tuple(entry.fields.values())
        else:
            return int(bool(self.seen(entry) & tokens))
        return sum(self._paths(p, tokens) for p in parts)

    def _other_names(
        self, e: Emitter, receiver: ast.expr, tokens: set[Token], kind: str, owner: str = ""
    ) -> None:
        own = owner or e.root_key(receiver)
        if not tokens:
            return
        for key, entry in e.scope.items():
            if key == own or key in self.lent or not self.seen(entry) & tokens:
                continue
            name = key.partition(":")[2]
            if not may_read(e, key, receiver, entry):
                continue
            shown = repr(name) if name.isidentifier() else "what the loop runs over"
            if isinstance(receiver, ast.Constant):
                raise refusal(
                    e,
                    None,
                    f"this call changes {name!r} in place, which is read later",
                    "read a copy, x.clone(); make layers with inplace=False",
                )
            raise refusal(
                e,
                receiver,
                f"{written(receiver)!r} and {shown} may be the same {kind}, which is changed here",
                _HINTS.get(kind, "copy it: list(...) or .clone()"),
            )


_COPIES = {"set": "set", "defaultdict": "dict", "dict": "dict"}
_HINTS = {
    "tensor": "write x = x + y, or x.clone() first",
    "record": "make another record with the same fields",
    "set": "copy it: set(...)",
    "defaultdict": "copy it: dict(...)",
    "dict": "copy it: dict(...)",
    "Counter": "copy it: c.copy()",
    "OrderedDict": "copy it: d.copy()",
}


def refusal(
    e: Emitter, node: ast.AST | None, what: str, hint: str, second: str = ""
) -> ProducerError:
    """Return the error of a change that something else would see."""
    return e.error(node, what, code="ALIASING", rule="SCRIPT-8", hint=hint, second=second)


def _in_several_places(e: Emitter, receiver: ast.expr, kind: str, second: str) -> ProducerError:
    what = f"this {kind} is changed while containers may hold it in several places"
    hint = f"change it before it is stored, or store copies: {_COPIES.get(kind, 'list')}(...)"
    return refusal(e, receiver, what, hint, f"{second}: it is stored here")


def _kind(entry: Entry) -> str:
    if isinstance(entry, Struct):
        found = python_class(entry.cls)
        return "record" if found is entry.cls and found is not dict else found.__name__
    if isinstance(entry, OneOf):
        return "tensor"
    kind = entry.type if isinstance(entry, Value) else None
    inner = kind.element if isinstance(kind, OptionalType) else kind
    return "tensor" if isinstance(inner, TensorType) else "container"


def is_container(entry: Entry) -> bool:
    """Whether an entry is a list or dict, with elements or still without."""
    return isinstance(entry, Empty) or (
        isinstance(entry, Value) and isinstance(entry.type, ListType | DictType)
    )


__all__ = ["Aliases", "is_container", "refusal"]
