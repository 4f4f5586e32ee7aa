"""The run-time values in what a loop carries: opened to parameters, closed to results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Empty, Items, OneOf, Partly, Struct
from tracescript.producer.script.flow.loop_choices import closed_choice
from tracescript.producer.script.flow.widening import Widening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.producer.script.emitter.entries import Entry


class Leaves(Widening):
    """Takes carried entries apart, always in one order."""

    def opened(self, entry: Entry, leaves: list[Value], params: list[Value]) -> Entry:
        """Replace the run-time values in an entry by parameters of the body."""
        if isinstance(entry, Value):
            leaves.append(entry)
            param = Value(entry.type)
            plain = self.plain(entry)
            self.e.session.roots.same(param, plain)
            self.e.session.aliases.copy(param, plain)
            if entry in self.e.session.wrapped:
                self.e.session.wrapped.add(param)
            name = self.e.unit.names.get(plain)
            if name:
                self.e.unit.names[param] = name
            params.append(param)
            self.e.session.carried.add(param)
            return param
        if isinstance(entry, Items):
            return replace(entry, parts=tuple(self.opened(p, leaves, params) for p in entry.parts))
        if isinstance(entry, Struct):
            fields = {n: self.opened(x, leaves, params) for n, x in entry.fields.items()}
            return replace(entry, fields=fields)
        if isinstance(entry, OneOf):
            index = self.opened(entry.index, leaves, params)
            parts = {k: self.opened(x, leaves, params) for k, x in entry.parts.items()}
            return replace(entry, index=self.e.value(index), parts=parts)
        if isinstance(entry, Partly):
            value = self.opened(entry.value, leaves, params)
            assert isinstance(value, Value)
            return Partly(value, entry.flags, entry.is_wrapped)
        return entry

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
        elif isinstance(begun, OneOf):
            for start, end in closed_choice(self, begun, ended):
                self.closed(start, end, out)
        elif isinstance(begun, Partly):
            self.closed(begun.value, ended.value if isinstance(ended, Partly) else ended, out)
        elif isinstance(begun, Value):
            out.append(
                self.e.empty(begun.type) if isinstance(ended, Empty) else self.e.value(ended)
            )

    def after(self, entry: Entry, results: Iterator[Value]) -> Entry:
        """Rebuild a carried entry from the results."""
        if isinstance(entry, Value):
            result = next(results)
            if entry in self.e.session.wrapped:
                self.e.session.wrapped.add(result)
            return result
        if isinstance(entry, Items):
            return replace(entry, parts=tuple(self.after(p, results) for p in entry.parts))
        if isinstance(entry, Struct):
            fields = {n: self.after(x, results) for n, x in entry.fields.items()}
            return replace(entry, fields=fields)
        if isinstance(entry, OneOf):
            index = self.after(entry.index, results)
            parts = {k: self.after(x, results) for k, x in entry.parts.items()}
            return replace(entry, index=self.e.value(index), parts=parts)
        if isinstance(entry, Partly):
            value = self.after(entry.value, results)
            assert isinstance(value, Value)
            return Partly(value, entry.flags, entry.is_wrapped)
        return entry
