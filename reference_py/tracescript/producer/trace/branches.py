"""Writes explored branches, and the program's own checks, into functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.errors import InvalidModelError
from tracescript.ir import TensorType, constants
from tracescript.producer.trace.places import error_at
from tracescript.producer.trace.tape import Assert, Raise

if TYPE_CHECKING:
    from tracescript import ir
    from tracescript.producer.trace.body import Scope
    from tracescript.producer.trace.emit import Emitter
    from tracescript.producer.trace.tape import Arm, Event, If, Site, Wire

_READ: Final = {
    "branch": "item_bool",
    "loop_condition": "item_bool",
    "compare": "item_bool",
    "int_read": "item_int",
    "float_read": "item_float",
}
"""By kind of decision, the op that takes the value out of a tensor."""


def both_arms(emitter: Emitter, scope: Scope, event: If) -> None:
    """Add an `if` with both arms of a branch. Spec: TRACE-16."""
    scope.is_explored = True
    condition = _truth(emitter, scope, event.predicate, event.site)
    blocks = [_arm(emitter, scope, arm) for arm in (event.yes, event.no)]
    place = emitter.place(scope, event.site)
    try:
        results = scope.builder.call("if", [condition], blocks=blocks, place=place)
    except InvalidModelError as error:
        raise error_at(event.site, "TYPE_INFERENCE", f"the arms of this branch: {error}") from error
    scope.values.update(zip(event.outputs, results, strict=True))


def _arm(emitter: Emitter, scope: Scope, arm: Arm) -> ir.Block:
    builder, sizes, outside = scope.builder, scope.sizes, scope.outside
    scope.builder, scope.sizes = builder.child(), dict(sizes)
    scope.outside = frozenset(scope.values.values())
    for event in arm.events:
        emitter.event(scope, event)
    results = [emitter.resolve(scope, wire) for wire in arm.results]
    made = scope.builder.block((), results)
    scope.builder, scope.sizes, scope.outside = builder, sizes, outside
    return made


def _truth(emitter: Emitter, scope: Scope, wire: Wire, site: Site | None) -> ir.Value:
    """Return a bool of a decision's value."""
    value, place = emitter.resolve(scope, wire), emitter.place(scope, site)
    if value.type == constants.BOOL:
        return value
    return scope.builder.call("item_bool", [value], place=place)[0]


def check(emitter: Emitter, scope: Scope, event: Event) -> None:
    """Add the program's own `raise` or `assert`. Spec: TRACE-17."""
    place = emitter.place(scope, event.site) if isinstance(event, (Raise, Assert)) else None
    if isinstance(event, Raise):
        message = scope.builder.constant(event.message)
        scope.builder.call("raise", [message], {"kind": event.kind}, place=place)
        scope.is_explored = True
    elif isinstance(event, Assert):
        holds = _truth(emitter, scope, event.wire, event.site)
        if not event.observed:
            (holds,) = scope.builder.call("bool.not", [holds], place=place)
        message = scope.builder.constant(event.message)
        scope.builder.call("assert", [holds, message], place=place)
        scope.is_explored = True


def in_arm(scope: Scope, value: ir.Value, kind: str) -> ir.Value:
    """Compute a value again inside an arm, so that its guard holds there only. Spec: TRACE-18."""
    call, number = scope.builder.call, scope.builder.constant
    if value.type == constants.BOOL:
        return call("bool.op", [value, value], {"operation": "and"})[0]
    if value.type == constants.INT:
        return call("int.add", [value, number(0)])[0]
    if value.type == constants.FLOAT:
        return call("float.arith", [value, number(0.0)], {"operation": "add"})[0]
    op = _READ.get(kind)
    if op is not None:
        return call(op, [value])[0]
    assert isinstance(value.type, TensorType), "no other value is read"
    return call("cast", [value], {"dtype": value.type.data_type})[0]
