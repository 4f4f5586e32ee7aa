"""Run-time values: nodes, constants, conversions. The part of the emitter that writes."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, cast

from tracescript.errors import InvalidModelError
from tracescript.ir.constants import INT
from tracescript.ir.types import (
    ListType,
    ScalarKind,
    ScalarType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.opset.calls import join as join_types
from tracescript.opset.table import opset
from tracescript.producer.script.containers.enums import enum_type, member_of_enum
from tracescript.producer.script.containers.fitting import fitted
from tracescript.producer.script.containers.unions import put_together
from tracescript.producer.script.emitter.diagnostics import describe_types, is_scalar
from tracescript.producer.script.emitter.entries import (
    Conflict,
    Empty,
    Items,
    Known,
    OneOf,
    Series,
    Struct,
)
from tracescript.producer.script.emitter.reports import Reports
from tracescript.producer.script.emitter.size_marks import PLAIN, SIZES
from tracescript.producer.script.library.coerce import as_index

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping, Sequence

    from tracescript.ir.graph import Block
    from tracescript.ir.types import Type
    from tracescript.opset.build import Builder
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry, Scope
    from tracescript.producer.script.emitter.frame import Frame
    from tracescript.producer.script.emitter.unit import Unit
    from tracescript.producer.script.session import Session


_OF_SERIES = "list(...) makes a list of it"
_OF_OTHERS = "a script computes with numbers, texts, tensors, lists, dicts, tuples and records"
_HINTS = {
    "dict.make": "all values of a dict have one type; a named tuple or data class has several",
    "list.make": "all items of a list have one type; a tuple has several",
}


class Values(Reports):
    """Writes nodes into the current block. The attributes are the emitter's."""

    session: Session
    unit: Unit
    frame: Frame
    builder: Builder
    scope: Scope
    at: ast.AST | None

    @property
    def _emitter(self) -> Emitter:
        return cast("Emitter", self)

    def value(self, entry: Entry, what: str = "this value") -> Value:
        """Return the run-time value of an entry, made with nodes if need be."""
        if isinstance(entry, Value):
            return entry
        if isinstance(entry, Items) and entry.is_list:
            made = self.make_list([self.value(p, what) for p in entry.parts])
            if entry.outside:
                self.session.aliases.given(made, entry.outside)
            return made
        if isinstance(entry, Items):
            return self._tuple(entry, what)
        if isinstance(entry, Known):
            member = member_of_enum(self._emitter, entry)
            if member is not None:
                return member
            return self.session.array_value(self._emitter, entry, what)
        if isinstance(entry, Struct):
            return self.session.structs.value(self._emitter, entry)
        if isinstance(entry, Empty):
            shown = "{}" if entry.is_dict else "[]"
            kind = "dict[str, Tensor] = {}" if entry.is_dict else "list[Tensor] = []"
            raise self.error(
                entry.at or self.at,
                f"cannot tell the element type of {shown}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint=f"annotate: xs: {kind}",
            )
        if isinstance(entry, OneOf):
            from tracescript.producer.script.containers.choices import type_needed

            member = member_of_enum(self._emitter, entry)
            if member is not None:
                return member
            if entry.kind is not None:
                return put_together(self._emitter, entry, entry.kind)
            raise type_needed(self._emitter, entry)
        if isinstance(entry, Conflict):
            raise self.error(
                None,
                f"{what} cannot be used: {entry.what}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-4",
                hint=entry.hint,
            )
        raise self.error(
            None,
            f"{what} is {self.describe(entry)}; it cannot be computed with at run time",
            hint=_OF_SERIES if isinstance(entry, Series) else _OF_OTHERS,
        )

    def _tuple(self, entry: Items, what: str) -> Value:
        """Return a tuple as a run-time value, which still is the sizes of a tensor if it was."""
        made = self.op("tuple.make", [self.value(p, what) for p in entry.parts])
        if entry in self.session.sizes:
            self.session.tuple_kinds.note(made, SIZES)
        elif entry in self.session.unsure_sizes:
            self.session.tuple_kinds.note(made, SIZES | PLAIN)
        return made

    def constant(self, value: Any, type_: Type | None = None) -> Value:
        """Return the constant of a plain Python value; a function has one of each."""
        key = (type(value).__name__, repr(value), type_)
        if key not in self.unit.constants:
            self.unit.constants[key] = self.builder.constant(value, type_)
        return self.unit.constants[key]

    def op(
        self, name: str, inputs: Sequence[Value | None], attributes: Mapping[str, Any] | None = None
    ) -> Value:
        """Write a node with one output."""
        return self.ops(name, inputs, attributes)[0]

    def ops(
        self,
        name: str,
        inputs: Sequence[Value | None],
        attributes: Mapping[str, Any] | None = None,
        *,
        blocks: Sequence[Block] = (),
        types: Sequence[Type] | None = None,
    ) -> tuple[Value, ...]:
        """Write a node; a broken constraint of the op becomes an error of the user's line."""
        try:
            outputs = self.builder.call(
                name, inputs, attributes or {}, blocks=blocks, place=self.place(), types=types
            )
        except InvalidModelError as error:
            raise self.error(
                None,
                error.what if error.what.startswith(f"{name}:") else f"{name}: {error.what}",
                code="TYPE_INFERENCE",
                rule=error.rule,
                hint=error.hint or _HINTS.get(name, ""),
            ) from None
        self.session.roots.through(opset()[name], inputs, outputs)
        self.session.loops.through(inputs, outputs)
        self.session.identities.made(name, outputs)
        self.session.known_keys.through(name, inputs, outputs)
        self.session.aliases.through(name, inputs, outputs, self.site())
        self.session.tuple_kinds.through(inputs, outputs)
        self.session.list_kinds.through(inputs, outputs)
        self.session.origins.record(name, inputs, outputs, attributes or {})
        for out in outputs:
            held = self.session.origins.held(out)
            if held is not None:
                self.session.aliases.same(out, held)
        return outputs

    def empty(self, kind: Type) -> Value:
        """Return an empty list or dict of its own: two of them are never one object."""
        made = self.builder.constant((), kind)
        self.session.aliases.fresh(made, self.site())
        return made

    def make_list(self, items: Sequence[Value]) -> Value:
        """Make a list of values of one type; a constant where all are constants."""
        if not items:
            raise self.error(
                None,
                "cannot tell the element type of []",
                code="TYPE_INFERENCE",
                hint="annotate: xs: list[Tensor] = []",
            )
        self._check_items(items)
        kinds = {v.type for v in items}
        if len(kinds) == 1 and all(
            v.constant is not None and isinstance(v.type, ScalarType) for v in items
        ):
            values = tuple(v.constant.value for v in items if v.constant is not None)
            made = self.builder.constant(values, ListType(items[0].type))
            self.session.aliases.fresh(made, self.site())
            return made
        for v in items:
            self.session.aliases.escape(v, self.where())
        made = self.op("list.make", list(items))
        self.session.made_lists[made] = tuple(items)
        return made

    def _check_items(self, items: Sequence[Value]) -> None:
        kind = items[0].type
        for v in items[1:]:
            joined = join_types(kind, v.type)
            if joined is None:
                one, other = describe_types(kind, v.type)
                raise self.error(
                    None,
                    f"a list holds one type, found {one} and {other}",
                    code="TYPE_INFERENCE",
                    rule="SCRIPT-4",
                    hint="a tuple or named tuple holds several",
                )
            kind = joined

    def unwrap(self, value: Value, *, is_proved: bool = False) -> Value:
        """Return an Optional value's content; traps on None unless it is proved not to be."""
        made = self.op("unwrap_optional", [value])
        if is_proved:
            self.unit.proved.add(made)
        name = self.unit.names.get(value)
        if name:
            self.unit.names[made] = name
        return made

    def parts(self, value: Value) -> Items:
        """Take a tuple value apart; a constant one into constants."""
        kind = value.type
        assert isinstance(kind, TupleType)
        if not kind.elements:
            return Items(())
        made = Items(self.ops("tuple.unpack", [value], types=kind.elements))
        if all(k == INT for k in kind.elements):
            kinds = self.session.tuple_kinds.of(value)
            if kinds == SIZES:
                self.session.sizes.add(made)
            elif kinds > SIZES:
                self.session.unsure_sizes.add(made)
        return made

    def as_int(self, entry: Entry, what: str = "an int") -> Value:
        """Return an int value; a bool counts as 0 or 1."""
        if is_scalar(entry, ScalarKind.INT):
            return self.value(entry)
        if is_scalar(entry, ScalarKind.BOOL):
            value = self.value(entry)
            if value.constant is not None:
                return self.constant(int(value.constant.value))
            return self.op("num.cast", [value], {"to": "int"})
        found = as_index(self._emitter, entry)
        if found is not None:
            return found
        raise self.error(
            None,
            f"{what} is expected, found {self.describe(entry)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="int(x) makes an int",
        )

    def as_float(self, entry: Entry, what: str = "a float") -> Value:
        """Return a float value; an int is converted."""
        if is_scalar(entry, ScalarKind.FLOAT):
            return self.value(entry)
        value = self.as_int(entry, what)
        if value.constant is not None:
            return self.constant(float(value.constant.value))
        return self.op("num.cast", [value], {"to": "float"})

    def type_of_items(self, entry: Entry) -> Type | None:
        """Return the type that `value` would give an entry, without writing nodes."""
        if isinstance(entry, Value):
            return entry.type
        if isinstance(entry, Struct):
            return self.session.structs.type_of(self._emitter, entry)
        if isinstance(entry, Known) and isinstance(entry.value, enum.Enum):
            return enum_type(type(entry.value))
        if not isinstance(entry, Items):
            return None
        parts = [self.type_of_items(p) for p in entry.parts]
        known = [p for p in parts if p is not None]
        if len(known) != len(parts):
            return None
        if not entry.is_list:
            return TupleType(tuple(known))
        return ListType(known[0]) if known and len(set(known)) == 1 else None

    def fit(self, entry: Entry, kind: Type) -> Entry:
        """Use a declared type where an entry has none of its own, or one of several."""
        return fitted(self._emitter, entry, kind)
