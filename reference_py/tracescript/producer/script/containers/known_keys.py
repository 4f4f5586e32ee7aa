"""Dicts whose keys are texts known at compile time: their entries can be passed by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.producer.script.emitter.entries import constant_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.values import Value


class KnownKeys:
    """The entries of dict values, as far as the nodes that made them tell."""

    def __init__(self) -> None:
        self._entries: dict[Value, dict[str, Value]] = {}

    def of(self, value: Value) -> dict[str, Value] | None:
        """Return the entries of a dict by their keys, None where a key is not known."""
        known, items = constant_of(value)
        return {} if known and items == [] else self._entries.get(value)

    def through(self, name: str, inputs: Sequence[Value | None], outputs: Sequence[Value]) -> None:
        """Note the entries of what a node makes."""
        if name not in {"dict.make", "dict.set", "dict.remove"}:
            return
        values = [v for v in inputs if v is not None]
        before = {} if name == "dict.make" else self.of(values[0])
        if before is None:
            return
        if name == "dict.remove":
            known, key = constant_of(values[1])
            if known:
                self._entries[outputs[0]] = {k: v for k, v in before.items() if k != key}
            return
        rest = values if name == "dict.make" else values[1:]
        entries = dict(before)
        for key_value, value in zip(rest[::2], rest[1::2], strict=True):
            known, key = constant_of(key_value)
            if not known or not isinstance(key, str):
                return
            entries[key] = value
        self._entries[outputs[0]] = entries
