"""The two arms of an `if` once they are compiled, and stand-ins for values an arm does not give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import DictType, ListType, OptionalType, ScalarKind, ScalarType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Known

if TYPE_CHECKING:
    from tracescript.ir.types import Type
    from tracescript.opset.build import Builder
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Scope

_ZEROS = {
    ScalarKind.NONE: None,
    ScalarKind.BOOL: False,
    ScalarKind.INT: 0,
    ScalarKind.FLOAT: 0.0,
    ScalarKind.STR: "",
}


REACHED = "reached "
"""In keys of flags that say that a part of an expression was evaluated: set, they end nothing."""
SOME_SET = "one of these flags is set"
RESULT = "result of an expression"
"""Where an arm keeps what it gives; not a flag, though it may be True."""


class Arm:
    """One compiled arm: its names at the end, its nodes, whether it always raises."""

    def __init__(self, scope: Scope, builder: Builder, *, is_dead: bool) -> None:
        some = scope.pop(SOME_SET, None)
        self.some: frozenset[str] = some.value if isinstance(some, Known) else frozenset()
        self.scope = scope
        self.builder = builder
        self.is_dead = is_dead

    def flags(self) -> frozenset[str]:
        """Return exit flags of which one is surely set at the end of the arm."""
        return self.some or frozenset(
            key
            for key, entry in self.scope.items()
            if " " in key
            and key != RESULT
            and isinstance(entry, Value)
            and entry.constant is not None
            and entry.constant.value is True
        )

    def clear(self) -> frozenset[str]:
        """Return exit flags that are surely not set at the end of the arm."""
        return frozenset(
            key
            for key, entry in self.scope.items()
            if " " in key
            and key != RESULT
            and isinstance(entry, Value)
            and entry.constant is not None
            and entry.constant.value is False
        )


def placeholder(e: Emitter, kind: Type) -> tuple[Value, Type]:
    """Return a constant nobody reads for a place of a type, and the type of the place then."""
    if isinstance(kind, ScalarType) and kind.kind in _ZEROS:
        return e.constant(_ZEROS[kind.kind]), kind
    if isinstance(kind, ListType | DictType):
        return e.empty(kind), kind
    if isinstance(kind, OptionalType):
        return e.constant(None), kind
    return e.constant(None), OptionalType(kind)
