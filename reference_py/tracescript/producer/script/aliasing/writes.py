"""Tensors changed in place: all that shows the elements stands for what it shows afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.types import TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.aliases import refusal
from tracescript.producer.script.aliasing.changes import store
from tracescript.producer.script.aliasing.inverses import put_back
from tracescript.producer.script.calls.callees import is_place
from tracescript.producer.script.emitter.entries import (
    Bound,
    Closure,
    Items,
    Known,
    OneOf,
    Partial,
    Partly,
    Series,
    Struct,
)
from tracescript.producer.script.emitter.type_parts import is_changeable
from tracescript.producer.script.flow.narrowing import bare
from tracescript.producer.script.flow.related import BASE, remade
from tracescript.producer.script.source.exits import RETURNED
from tracescript.producer.script.source.reading import as_written, behind, may_read, written

if TYPE_CHECKING:
    import ast

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.emitter.origins import Made


class _UnknownError(Exception):
    """What a value shows after the change cannot be known."""


def write(e: Emitter, receiver: ast.expr, old: Entry, new: Entry) -> None:
    """A tensor that `receiver` names has the elements of `new` from here on. Spec: SCRIPT-8.

    Raises ProducerError with ALIASING where something that may show the elements, and is read
    later, cannot be told to.
    """
    if not isinstance(old, Value) or not isinstance(new, Value):
        return
    if e.frame.is_ours or old.constant is not None or _is_number(e, old):
        if not e.frame.is_ours:
            e.session.aliases.change(e, receiver, old, new)
        if is_place(receiver):
            store(e, receiver, new)
        return
    _Write(e, receiver, old, new).run()


def write_choice(e: Emitter, receiver: ast.expr, old: Entry, new: Entry) -> None:
    """A number or else a tensor, changed in place if it is one: nobody else may see it."""
    parts = [bare(e, x) for x in old.parts.values()] if isinstance(old, OneOf) else []
    values = [x for x in parts if isinstance(x, Value)]
    if any(is_changeable(x.type) and not _is_number(e, x) for x in values):
        e.session.aliases.change(e, receiver, old, new)


def written_by_call(e: Emitter, key: str, new: Value | None) -> None:
    """A call has changed a tensor that is state, which is `new` now; None if it is another tensor.

    Raises as `write` does.
    """
    old = e.value(e.scope[key])
    if new is None or not isinstance(old.type, TensorType):
        e.session.aliases.changed_by_call(e, old, key)
    else:
        _Write(e, as_written(behind(e.at), f"self.{key.partition(':')[2]}"), old, new).run()


def _is_number(e: Emitter, value: Value) -> bool:
    """Whether an array of numpy's may be a number, which has no elements to change."""
    return e.frame.flavour == "numpy" and getattr(value.type, "shape", None) == ()


class _Write:
    """One change: `news` are by value what takes its place."""

    def __init__(self, e: Emitter, receiver: ast.expr, old: Value, new: Value) -> None:
        self.e = e
        self.receiver = receiver
        self.aliases = e.session.aliases
        self.origins = e.session.origins
        self.tokens = self.aliases.of(old)
        self.news: dict[Value, Value] = {old: new}
        self.entries: dict[int, Entry] = {}
        self.old, self.new = old, new
        self.unsure: Made | None = None

    def run(self) -> None:
        """Put the change into all that shows it."""
        root = self.put_back()
        self.own(root)
        self.aliases.outside(self.e, self.receiver, self.tokens, "tensor")
        self.spread()
        self.aliases.log.append(self.tokens)

    def put_back(self) -> Value:
        """Write the change into what the tensor is a view of, and so on; return the last."""
        old, new = self.old, self.new
        while True:
            made = self.origins.made.get(old)
            self.take(old, new)
            base = made.inputs[0] if made is not None else None
            if made is None or base is None:
                return old
            if made.op == "diagonal" and self.e.frame.flavour == "numpy":
                raise refusal(
                    self.e,
                    self.receiver,
                    "numpy's diagonals are read-only",
                    "write into x itself, or into np.diagonal(x).copy()",
                )
            if made.op in {"expand", "tensor_unfold"} and not self.origins.is_sure(old):
                raise refusal(
                    self.e,
                    self.receiver,
                    "elements of this tensor may be the same in memory",
                    "write into a copy: x = x.clone()",
                )
            if made.op in {"list.get", "list.unpack", "list.pop", "dict.get"}:
                self.aliases.twice(self.e, self.receiver, self.tokens, "tensor")
            changed = None
            if self.origins.is_sure(old):
                changed = put_back(self.e, made, base, new)
            if changed is None:
                self.unsure = made
                return old
            self.origins.made[new] = made.of((changed, *made.inputs[1:]), new)
            old, new = base, changed

    def take(self, old: Value, new: Value) -> None:
        """Let a value stand for another from here on."""
        self.news[old] = new
        self.origins.changed(new, old)
        self.aliases.same(new, old)
        name = self.e.unit.names.get(old)
        if name:
            self.e.unit.names[new] = name

    def own(self, root: Value) -> None:
        """A buffer of the module becomes state. Raises RestartError where that is news."""
        e = self.e
        found = next((p for p, (v, _) in e.unit.bound.items() if v is root), None)
        if found is None or e.unit.module is None:
            return
        above, _, name = found.rpartition(".")
        owner = next((o for p, o in e.session.walk(e.unit.module) if p == above), None)
        if owner is not None:
            e.session.states.write(e, Known(owner, above), name, self.news[root])

    # ------------------------------------------------------------------ what shows it
    def spread(self) -> None:
        """Give every name that shows the elements its new value."""
        e = self.e
        for key, entry in list(e.scope.items()):
            if isinstance(entry, Series) or not self.aliases.seen(entry) & self.tokens:
                continue
            try:
                e.scope[key] = self.entry(entry)
            except _UnknownError:
                if not _is_unread(key, entry) and may_read(e, key, self.receiver, entry):
                    raise self.refusal(key) from None

    def refusal(self, key: str) -> Exception:
        """Return the error of a change of which it is not known who sees it."""
        name = key.partition(":")[2]
        shown = f"{name!r}" if name.isidentifier() else "what the loop runs over"
        text = written(self.receiver)
        op = self.unsure.op if self.unsure is not None else ""
        if op in {"reshape", "flatten", "identity"}:
            what = f"{text!r} may be a view or a copy of {shown}, and is changed here"
            return refusal(
                self.e, self.receiver, what, "x.view(...) is always a view, x.clone() never"
            )
        what = f"{text!r} and {shown} may be the same tensor, which is changed here"
        return refusal(self.e, self.receiver, what, "write x = x + y, or x.clone() first")

    def entry(self, entry: Entry) -> Entry:
        """Return an entry with new values in place of old ones."""
        if isinstance(entry, Value):
            return self.value(entry)
        if id(entry) not in self.entries:
            self.entries[id(entry)] = self.parts(entry)
        return self.entries[id(entry)]

    def parts(self, entry: Entry) -> Entry:
        """Return an entry of several parts with new ones."""
        if isinstance(entry, Items):
            return replace(entry, parts=tuple(map(self.entry, entry.parts)))
        if isinstance(entry, Struct):
            return replace(entry, fields={n: self.entry(x) for n, x in entry.fields.items()})
        if isinstance(entry, Partly):
            return replace(entry, value=self.value(entry.value))
        if isinstance(entry, Bound):
            return replace(entry, owner=self.entry(entry.owner))
        if isinstance(entry, Partial):
            kwargs = {n: self.entry(x) for n, x in entry.kwargs.items()}
            return replace(entry, args=tuple(map(self.entry, entry.args)), kwargs=kwargs)
        if isinstance(entry, Closure):
            keyword = tuple(x and self.entry(x) for x in entry.keyword_defaults)
            defaults = tuple(map(self.entry, entry.defaults))
            return replace(entry, defaults=defaults, keyword_defaults=keyword)
        return self.choice(entry) if isinstance(entry, OneOf) else entry

    def choice(self, entry: OneOf) -> OneOf:
        """Return one of several entries with new ones."""
        parts = {k: self.entry(x) for k, x in entry.parts.items()}
        wrapped = self.e.session.wrapped
        wrapped.update(x for k, x in parts.items() if entry.parts[k] in wrapped)
        return replace(entry, parts=parts)

    def value(self, value: Value) -> Value:
        """Return what takes the place of a value: computed anew from what it comes from."""
        if value not in self.news:
            if not self.aliases.seen(value) & self.tokens:
                return value
            made = self.origins.made.get(value)
            if made is None or not self.origins.is_sure(value):
                raise _UnknownError
            inputs = [None if v is None else self.value(v) for v in made.inputs]
            self.news[value] = remade(self.e, value, made, inputs)
        return self.news[value]


def _is_unread(key: str, entry: Entry) -> bool:
    """Whether a name is one of the compiler's that nothing reads after a change."""
    is_result = key.endswith(RETURNED) and isinstance(entry, Partly)
    return is_result or key.partition(":")[2].startswith(BASE)


__all__ = ["write"]
