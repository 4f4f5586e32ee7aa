"""Which names may stand for one Python object: changing it under two live names is refused."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir.types import DictType, ListType, TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.entries import Empty, Items

if TYPE_CHECKING:
    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry
    from tracescript.producer.script.frame import Frame

VIEWS = frozenset(
    {
        "select",
        "slice",
        "narrow",
        "reshape",
        "flatten",
        "unflatten",
        "transpose",
        "permute",
        "squeeze",
        "unsqueeze",
        "expand",
        "diagonal",
        "movedim",
    }
)


class Aliases:
    """Groups of values that may be one Python object. Spec: SCRIPT-8."""

    def __init__(self) -> None:
        self._parent: dict[Value, Value] = {}
        self._held: dict[Value, str] = {}
        self._given: dict[Value, str] = {}
        self._running: dict[Value, str] = {}

    def _root(self, value: Value) -> Value:
        while value in self._parent:
            value = self._parent[value]
        return value

    def same(self, new: Value, old: Value) -> None:
        """`new` may be the object that `old` is."""
        a, b = self._root(new), self._root(old)
        if a is not b and _is_changeable(new):
            self._parent[a] = b

    def join(self, result: Value, a: Value, b: Value) -> None:
        """`result` is one of two values."""
        self.same(result, a)
        self.same(result, b)

    def escape(self, value: Value, where: str) -> None:
        """A container now holds the value."""
        if isinstance(value.type, ListType | DictType):
            self._held[self._root(value)] = where

    def given(self, value: Value, name: str) -> None:
        """The caller of the function holds the value."""
        self._given[self._root(value)] = name

    def run_over(self, values: tuple[Value, ...], where: str) -> list[Value]:
        """A loop over containers begins; returns what `run_out` takes."""
        begun = [r for r in dict.fromkeys(map(self._root, values)) if r not in self._running]
        self._running.update(dict.fromkeys(begun, where))
        return begun

    def run_out(self, begun: list[Value]) -> None:
        """The loop has ended."""
        for root in begun:
            del self._running[root]

    def change(self, e: Emitter, receiver: ast.expr, old: Entry, new: Entry) -> None:
        """Check that nobody else sees a change made through `receiver`.

        Raises ProducerError with ALIASING.
        """
        if isinstance(old, Value):
            root = self._root(old)
            is_tensor = isinstance(old.type, TensorType)
            kind = "tensor" if is_tensor else "container"
            if root in self._given:
                name = self._given[root]
                hint = (
                    f"{name} = {name} + ..."
                    if is_tensor
                    else f"copy it first: {name} = list({name})"
                )
                raise e.error(
                    receiver,
                    f"this changes the caller's {kind} {name!r}",
                    code="ALIASING",
                    rule="SCRIPT-8",
                    hint=hint,
                )
            if root in self._running:
                raise e.error(
                    receiver,
                    f"this {kind} is changed while a loop runs over it",
                    code="ALIASING",
                    rule="SCRIPT-8",
                    second=f"{self._running[root]}: the loop",
                    hint="run over a copy: for x in list(xs)",
                )
            if root in self._held:
                raise e.error(
                    receiver,
                    f"this {kind} is changed while another container holds it",
                    code="ALIASING",
                    rule="SCRIPT-8",
                    second=f"{self._held[root]}: it is stored here",
                    hint="store it after the last change, or store a copy: list(...)",
                )
        self._other_names(e, receiver, old)
        if isinstance(old, Value) and isinstance(new, Value):
            self.same(new, old)

    def _other_names(self, e: Emitter, receiver: ast.expr, old: Entry) -> None:
        own = e.key_of(receiver)
        for key, entry in e.scope.items():
            if key == own or not self._may_be(entry, old):
                continue
            name = key.partition(":")[2]
            if key.startswith(f"{e.frame.number}:") and not is_read_later(e.frame, receiver, name):
                continue
            kind = (
                "tensor"
                if isinstance(old, Value) and isinstance(old.type, TensorType)
                else "container"
            )
            raise e.error(
                receiver,
                f"{ast.unparse(receiver)!r} and {name!r} may be the same {kind},"
                " which is changed here",
                code="ALIASING",
                rule="SCRIPT-8",
                hint="copy it: list(...) or .clone()"
                if kind == "container"
                else "write x = x + y, or x.clone() first",
            )

    def _may_be(self, entry: Entry, old: Entry) -> bool:
        if isinstance(entry, Items):
            return any(self._may_be(p, old) for p in entry.parts)
        if isinstance(entry, Empty):
            return entry is old
        return (
            isinstance(entry, Value)
            and isinstance(old, Value)
            and self._root(entry) is self._root(old)
        )


def _is_changeable(value: Value) -> bool:
    kind = (
        getattr(value.type, "element", value.type)
        if not isinstance(value.type, ListType)
        else value.type
    )
    return isinstance(kind, ListType | DictType | TensorType)


def is_read_later(frame: Frame, node: ast.AST, name: str) -> bool:
    """Whether a name is read after `node`, or anywhere in a loop around it."""
    here = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    loops = [
        n
        for n in ast.walk(frame.definition)
        if isinstance(n, ast.For | ast.While) and _start(n) <= here <= _end(n)
    ]
    for n in ast.walk(frame.definition):
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load):
            at = _start(n)
            if at > here or any(_start(outer) <= at <= _end(outer) for outer in loops):
                return True
    return False


def _start(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0
