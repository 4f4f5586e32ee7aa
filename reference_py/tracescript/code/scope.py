"""What names and paths mean at one point of a body that is being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracescript.ir.values import Value

if TYPE_CHECKING:
    from tracescript.code.heads import Head
    from tracescript.ir.graph import Node
    from tracescript.ir.types import Type


@dataclass(slots=True)
class Scope:
    """Names and states of one block, and the nodes read into it so far."""

    names: dict[str, Value] = field(default_factory=dict)
    states: dict[str, Value] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)

    def child(self) -> Scope:
        """Return the scope of a nested block: it sees everything and changes nothing outside."""
        return Scope(dict(self.names), dict(self.states))


class Entries:
    """The bound inputs and entry states that a body has asked for."""

    def __init__(self, head: Head) -> None:
        self.values: dict[tuple[str, str], Value] = {}
        self._head = head

    def kind(self, path: str) -> tuple[str, Type] | None:
        """Return kind and type of a path that the function may read by itself."""
        if self._head.hidden is not None:
            for declared in self._head.hidden:
                if declared.name == path:
                    return declared.kind, declared.type
            return None
        return self._head.owner.inputs.get(path) if self._head.owner else None

    def value(self, kind: str, path: str, t: Type) -> Value:
        """Return the entry value of a path, made where it is new."""
        found = self.values.get((kind, path))
        if found is None:
            known = self.kind(path)
            found = Value(known[1] if known and known[0] == kind else t, path)
            self.values[kind, path] = found
        return found
