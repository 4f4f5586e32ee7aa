"""Turns reads and facts about sizes into trace decisions and shape guards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript import ir
from tracescript.ir import constants, dims
from tracescript.producer.trace import branches, conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.trace.body import Scope
    from tracescript.producer.trace.emit import Emitter
    from tracescript.producer.trace.tape import Read, Site, SizeFact, Wire

_ARITHMETIC: Final[Mapping[str, Callable[..., ir.Dim]]] = {
    "int.add": dims.add,
    "int.sub": dims.sub,
    "int.mul": dims.mul,
    "int.neg": dims.neg,
    "int.floordiv": dims.floor_div,
}
_RELATIONS: Final = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le"}


def read(emitter: Emitter, scope: Scope, event: Read) -> None:
    """Add the trace decision of a read, once for each value and outcome. Spec: TRACE-1."""
    value = None if event.wire is None else emitter.resolve(scope, event.wire)
    if value is not None and value.constant is not None and event.kind != "tensor_read":
        return  # a size that turned out to be fixed: the outcome is the same in every call
    if value is not None and value in scope.outside:
        value = branches.in_arm(scope, value, event.kind)
    debug = describe(event.site, call=event.call, observed=event.observed)
    kind = event.kind
    if kind == "branch" and debug is not None and debug.statement == "while":
        kind = "loop_condition"
    _add(scope, ir.TraceDecision(kind, value, _observed(event, value), debug), event)


def _observed(event: Read, value: ir.Value | None) -> ir.Constant | None:
    if value is None:
        return None
    if event.kind == "tensor_read":
        assert isinstance(value.type, ir.TensorType), "only a tensor is copied out"
        return constants.tensor(event.observed, value.type.data_type)
    return constants.scalar(event.observed)


def _add(scope: Scope, decision: ir.TraceDecision, event: Read | SizeFact) -> None:
    for known in scope.decisions:
        if known.value is decision.value and known.kind == decision.kind != "unrecorded":
            scope.reads[known].append(event)
            return
    scope.decisions.append(decision)
    scope.reads[decision] = [event]


def describe(site: Site | None, *, call: str, observed: object) -> ir.GuardDebug | None:
    """Return the line, the predicate as written, and both arms."""
    if site is None:
        return None
    statement, kept, lost = "call", None, None
    if isinstance(observed, bool):
        statement, kept, lost = conditions.arms(site, observed=observed)
    return ir.GuardDebug(site.place, _predicate(site, call), statement, kept, lost)


def _predicate(site: Site, call: str) -> str:
    written = conditions.written(site)
    if call.startswith("len("):  # of a list that a trace takes apart
        return f"len({written})" if call == "len()" else call
    return written or call


def size_fact(emitter: Emitter, scope: Scope, event: SizeFact) -> None:
    """Add a shape guard, or a decision where a size is known only at run time. Spec: TRACE-5."""
    found = _known(emitter, scope, event)
    if found is None:
        _run_time_fact(emitter, scope, event)
        return
    scope, left, right = found
    if always(left, event.comparison, right):
        return
    wanted = emitter.symbols.kept_in((left, right))
    why = _reason(event, emitter.symbols.value(left))
    if wanted is not None:
        sides = [emitter.symbols.outside(side) for side in (left, right)]
        raise _lost(emitter, wanted, event, sides, why)
    emitter.symbols.note((left, right), event.site, why)
    debug = describe(event.site, call=event.written, observed=None)
    guard = ir.ShapeGuard(left, event.comparison, right, event.kind, debug)
    key = (left, event.comparison, right)
    if all((g.left, g.comparison, g.right) != key for g in scope.shape_guards):
        scope.shape_guards.append(guard)
        scope.facts[guard] = event


def _known(emitter: Emitter, scope: Scope, event: SizeFact) -> tuple[Scope, ir.Dim, ir.Dim] | None:
    """Return the two sides as sizes, and the function whose sizes they are.

    A number that a module was called with is a size in the function around it.
    """
    around: Scope | None = scope
    while around is not None:
        left, right = (_size(emitter, around, side) for side in (event.left, event.right))
        if left is not None and right is not None:
            return around, left, right
        around = around.parent
    return None


def _size(emitter: Emitter, scope: Scope, side: Wire | int | None) -> ir.Dim:
    """Return what is known of a number in a function; None where it is not known there."""
    if isinstance(side, int) or side is None:
        return side
    if side.constant is not None or side in scope.values:
        known = emitter.typing.known(emitter.resolve(scope, side))
        return known if isinstance(known, (int, ir.Symbol, ir.DimExpr)) else None
    made = side.maker
    compute = None if made is None else _ARITHMETIC.get(made.op)
    if made is None or compute is None:
        return None
    operands = [_size(emitter, scope, wire) for wire in made.inputs]
    return None if None in operands else compute(*operands)


def _lost(
    emitter: Emitter, wanted: ir.Symbol, event: SizeFact, sides: Sequence[ir.Dim], why: str
) -> Exception:
    """Make the error about a dimension that has to stay open; a comparison limits its range."""
    if event.kind != "comparison":
        return emitter.symbols.fixed(wanted, event.site, why)
    left, right = sides
    text = f"{dims.text(left)} {event.comparison} {dims.text(right)}"
    strict = event.comparison == "<"
    hint = ""
    if left == wanted and isinstance(right, int) and event.comparison in {"<", "<="}:
        hint = f"max={right - strict}"
    elif right == wanted and isinstance(left, int) and event.comparison in {"<", "<="}:
        hint = f"min={left + strict}"
    elif event.comparison == "!=" and sides == [wanted, wanted.min]:
        hint = f"min={wanted.min + 1}"
    hint = hint and f'ts.Dim("{wanted.name}", {hint}) stays dynamic in that range'
    return emitter.symbols.fixed(wanted, event.site, why, f"limited to {text}", hint)


def always(left: ir.Dim, comparison: str, right: ir.Dim) -> bool:
    """Tell whether a comparison holds for every binding of the symbols."""
    low, high = dims.bounds(dims.sub(left, right))
    return {
        "==": left == right or low == high == 0,
        "!=": low > 0 or high < 0,
        "<": high < 0,
        "<=": high <= 0,
    }[comparison]


def _reason(event: SizeFact, size: int | None) -> str:
    if event.kind == "unrolled_loop":
        return f"the loop ran {size} times in the example, and tracing unrolls loops"
    if event.kind == "iteration":
        return f"the program iterated over it {size} times, and tracing unrolls loops"
    if event.kind == "size_read":
        return "the program read it as a plain number"
    return "the program compared it, and the trace holds one outcome"


def _run_time_fact(emitter: Emitter, scope: Scope, event: SizeFact) -> None:
    values = [
        scope.builder.constant(side) if isinstance(side, int) else emitter.resolve(scope, side)
        for side in (event.left, event.right)
    ]
    place = event.site.place if event.site else None
    debug = describe(event.site, call=event.written, observed=None)
    if event.kind != "comparison" and isinstance(event.right, int):
        _add(
            scope,
            ir.TraceDecision("int_read", values[0], constants.scalar(event.right), debug),
            event,
        )
        return
    relation = {"relation": _RELATIONS[event.comparison]}
    (value,) = scope.builder.call("int.cmp", values, relation, place=place)
    _add(scope, ir.TraceDecision("branch", value, constants.scalar(True), debug), event)
