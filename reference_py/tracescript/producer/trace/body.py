"""A function of the model while it is being written, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracescript import ir
from tracescript.errors import ProducerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.opset.build import Builder
    from tracescript.producer.trace.tape import Frame, Op, Read, SizeFact, Wire


@dataclass(eq=False)
class Scope:
    """A function under construction. The four lists are its inputs by kind, in order.

    `outside` are the values from around the arm of a branch that is being written.
    """

    frame: Frame
    builder: Builder
    parent: Scope | None
    values: dict[Wire, ir.Value] = field(default_factory=dict)
    args: list[tuple[str, Wire, ir.Value]] = field(default_factory=list)
    captured: list[tuple[str, Wire, ir.Value]] = field(default_factory=list)
    bound: list[tuple[str, Any, ir.Value]] = field(default_factory=list)
    states: list[tuple[str, Any, ir.Value]] = field(default_factory=list)
    interned: dict[Any, ir.Value] = field(default_factory=dict)
    sizes: dict[Any, ir.Value] = field(default_factory=dict)
    decisions: list[ir.TraceDecision] = field(default_factory=list)
    shape_guards: list[ir.ShapeGuard] = field(default_factory=list)
    reads: dict[ir.TraceDecision, list[Read | SizeFact]] = field(default_factory=dict)
    facts: dict[ir.ShapeGuard, SizeFact] = field(default_factory=dict)
    outside: frozenset[ir.Value] = frozenset()
    is_explored: bool = False

    @property
    def outer(self) -> Scope:
        """The scope around this one. Raises ProducerError where there is none. Spec: TRACE-1."""
        if self.parent is None:
            what = "the program uses a number that another trace left"
            hint = "keep int(n) or float(n) of it"
            raise ProducerError(what, code="UNRECORDED_READ", rule="TRACE-1", hint=hint)
        return self.parent

    def inputs(self) -> list[ir.Input]:
        """Return the function's inputs in the order of the format."""
        kinds = ("positional", "positional", "bound", "state")
        groups = (self.args, self.captured, self.bound, self.states)
        return [
            ir.Input(name, value.type, "keyword_only" if name in self.frame.keyword_only else kind)
            for kind, group in zip(kinds, groups, strict=True)
            for name, _, value in group
        ]

    def params(self) -> tuple[ir.Value, ...]:
        """Return the values of the inputs."""
        groups = (self.args, self.captured, self.bound, self.states)
        return tuple(value for group in groups for _, _, value in group)


@dataclass(frozen=True)
class Made:
    """A finished function with what a caller must pass behind the caller's own arguments."""

    function: ir.Function
    scope: Scope
    escaping: tuple[Wire, ...]


def attributes_of(event: Op, inputs: Sequence[ir.Value | None]) -> dict[str, Any]:
    """Return the attributes of a call; the type of a struct gets the symbols of its fields."""
    kind = event.attributes.get("type")
    if event.op != "struct.make" or not isinstance(kind, ir.StructType):
        return event.attributes
    pairs = zip(kind.fields, inputs, strict=True)
    fields = tuple((name, t if v is None else v.type) for (name, t), v in pairs)
    return {"type": replace(kind, fields=fields)}
