"""Writes what a trace recorded of one call into a script: its ops, on the script's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import constants
from tracescript.ir.types import DimExpr, ListType, Symbol, TensorType
from tracescript.ir.values import Value
from tracescript.opset.table import opset
from tracescript.producer.trace.guards import always
from tracescript.producer.trace.tape import Op, Read, SizeFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracescript.ir.types import Dim, Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.trace.tape import Event, Wire

_INTS = ListType(constants.INT)


class DependsOnDataError(Exception):
    """The call does something else for other elements or sizes: a script does not know which."""


class Replay:
    """The values that wires of a recording stand for in a script."""

    def __init__(self, e: Emitter, given: dict[Wire, Value]) -> None:
        self._e = e
        self._values = dict(given)

    def run(self, events: Sequence[Event], results: Iterable[Wire]) -> None:
        """Write the ops that results and checks need.

        Raises DependsOnDataError for a recording that holds for some elements or sizes alone.
        """
        needed = _needed(events, results)
        for event in events:
            if isinstance(event, Op):
                if event in needed:
                    self._op(event)
            elif isinstance(event, SizeFact):
                self._fact(event)
            else:
                self._read(event)

    def value(self, wire: Wire) -> Value:
        """Return what a wire stands for."""
        if wire not in self._values:
            if wire.constant is None:
                raise DependsOnDataError
            self._values[wire] = Value(wire.constant.type, "", wire.constant)
        return self._values[wire]

    def _op(self, event: Op) -> None:
        e, inputs = self._e, [None if w is None else self.value(w) for w in event.inputs]
        types = None
        if event.op == "list.unpack" and inputs[0] is not None:
            kind = inputs[0].type
            assert isinstance(kind, ListType), "a list is unpacked"
            types = [kind.element] * len(event.outputs)
        made = e.ops(event.op, inputs, event.attributes, types=types)
        for wire, value in zip(event.outputs, made, strict=True):
            _check(wire.type, value.type)
            self._values[wire] = self._simpler(value)

    def _simpler(self, value: Value) -> Value:
        """Return a constant for numbers that the types of operands tell."""
        if value.type not in {constants.INT, _INTS}:
            return value
        known: Any = self._e.builder.typing.known(value)
        if isinstance(known, int):
            return self._e.constant(known)
        if isinstance(known, tuple) and all(isinstance(n, int) for n in known):
            made = constants.numbers(known, constants.INT)
            return Value(made.type, "", made)
        return value

    def _fact(self, event: SizeFact) -> None:
        left, right = self._size(event.left), self._size(event.right)
        if left is None or right is None or not always(left, event.comparison, right):
            raise DependsOnDataError

    def _size(self, side: Wire | int) -> Dim:
        if isinstance(side, int):
            return side
        value = self.value(side)
        known = self._e.builder.typing.known(value)
        return known if isinstance(known, int | Symbol | DimExpr) else None

    def _read(self, event: Event) -> None:
        value = self.value(event.wire) if isinstance(event, Read) and event.wire else None
        constant = None if value is None else value.constant
        if constant is None or not isinstance(event, Read) or constant.value != event.observed:
            raise DependsOnDataError


def _check(seen: Type, found: Type) -> None:
    """Raise where an op gives another data type or another size than the library did."""
    if not isinstance(seen, TensorType) or not isinstance(found, TensorType):
        return
    if seen.data_type is not found.data_type:
        raise DependsOnDataError
    if found.shape is None or seen.shape is None:
        return
    pairs = zip(found.shape, seen.shape, strict=False)
    if len(found.shape) != len(seen.shape) or any(isinstance(a, int) and a != b for a, b in pairs):
        raise DependsOnDataError


def _needed(events: Sequence[Event], results: Iterable[Wire]) -> set[Op]:
    """Return the ops that results, checks and facts hang on."""
    wires, needed = set(results), set[Op]()
    for event in events:
        if isinstance(event, SizeFact):
            wires |= {side for side in (event.left, event.right) if not isinstance(side, int)}
        elif isinstance(event, Read) and event.wire is not None:
            wires.add(event.wire)
    for event in reversed(events):
        if isinstance(event, Op) and (
            opset()[event.op].effect != "none" or not wires.isdisjoint(event.outputs)
        ):
            needed.add(event)
            wires |= {w for w in event.inputs if w is not None}
    return needed
