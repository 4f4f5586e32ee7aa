"""Rules of trace decisions and shape guards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript import ir
from tracescript.ir.constants import BOOL, FLOAT, INT
from tracescript.ir.text import type_text
from tracescript.validator.fault import Fault, Rule
from tracescript.validator.type_rules import bound_symbols, unbound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.validator.scope import Scope
    from tracescript.validator.sites import FunctionSites

_WITH_DECISIONS: Final = ("traced", "explored", "imported")
_OBSERVED: Final = {
    "branch": BOOL,
    "loop_condition": BOOL,
    "compare": BOOL,
    "int_read": INT,
    "float_read": FLOAT,
}
"""The type of what was observed, by the kind of decision."""
_KINDS: Final = (*_OBSERVED, "tensor_read", "unrecorded")
_COMPARISONS: Final = ("==", "!=", "<", "<=")
_GUARD_KINDS: Final = ("comparison", "unrolled_loop", "iteration", "size_read")


def _decisions(scope: Scope) -> Iterator[tuple[FunctionSites, str, ir.TraceDecision]]:
    for sites in scope.functions:
        for i, decision in enumerate(sites.function.decisions):
            yield sites, f"{sites.where}.decisions[{i}]", decision


def trace_20_only_where_traced(scope: Scope) -> Iterator[Fault]:
    """TRACE-20: A function with decisions MUST be of origin traced, explored or imported."""
    for sites in scope.functions:
        if sites.function.decisions and sites.function.origin not in _WITH_DECISIONS:
            count = len(sites.function.decisions)
            what = f"a {sites.function.origin} function has {count} trace decisions"
            hint = "a function that keeps its control flow has none"
            yield Fault("BAD_GUARD", sites.where, what, hint)


def trace_21_value_and_observed(scope: Scope) -> Iterator[Fault]:
    """TRACE-21: A decision MUST have a value and an observation, an unrecorded one neither."""
    for _, where, decision in _decisions(scope):
        parts = {"value": decision.value, "observed": decision.observed}
        for part, content in parts.items():
            if (content is None) != (decision.kind == "unrecorded"):
                what = f"a decision of kind {decision.kind} "
                what += f"needs {part}" if content is None else f"has no {part}"
                yield Fault("BAD_GUARD", where, what)


def trace_22_observed_fits(scope: Scope) -> Iterator[Fault]:
    """TRACE-22: What was observed MUST be of the type that the kind of the decision reads."""
    for _, where, decision in _decisions(scope):
        value, observed = decision.value, decision.observed
        if value is None or observed is None or decision.kind not in _KINDS:
            continue
        expected = _OBSERVED.get(decision.kind)
        if expected is None:
            same = (
                isinstance(value.type, ir.TensorType)
                and isinstance(observed.type, ir.TensorType)
                and value.type.data_type == observed.type.data_type
            )
            needed = f"a tensor as {type_text(value.type)}"
        else:
            same, needed = observed.type == expected, type_text(expected)
        if not same:
            what = f"{decision.kind} observes {needed}, found {type_text(observed.type)}"
            yield Fault("BAD_GUARD", f"{where}.observed", what)


def trace_23_value_is_readable(scope: Scope) -> Iterator[Fault]:
    """TRACE-23: The value of a decision MUST be a tensor or a scalar that its kind can read."""
    for _, where, decision in _decisions(scope):
        if decision.value is None or decision.kind not in _KINDS:
            continue
        kind = decision.value.type
        scalars = {INT: {INT}, FLOAT: {FLOAT, INT}, BOOL: {BOOL, INT, FLOAT}}
        expected = _OBSERVED.get(decision.kind)
        if not isinstance(kind, ir.TensorType) and (
            expected is None or kind not in scalars[expected]
        ):
            what = f"{decision.kind} cannot read {type_text(kind)}"
            yield Fault("BAD_GUARD", f"{where}.value", what)


def trace_24_value_is_defined(scope: Scope) -> Iterator[Fault]:
    """TRACE-24: The value of a decision MUST be defined in the function that has the decision."""
    for sites, where, decision in _decisions(scope):
        value = decision.value
        if value is not None and value.constant is None and value not in sites.definitions:
            what = f"{value.name or 'the value'!r} is not defined in {sites.function.name!r}"
            yield Fault("BAD_GUARD", f"{where}.value", what)


def trace_25_order(scope: Scope) -> Iterator[Fault]:
    """TRACE-25: Decisions MUST stand in the order of the text, each inside its value's block."""
    for sites in scope.functions:
        now = 0
        for i, decision in enumerate(sites.function.decisions):
            definitions = sites.definitions.get(decision.value) if decision.value else None
            if not definitions:
                continue
            now = max(now, definitions[0].time)
            if now > definitions[0].block.exit:
                what = f"decision {i} can only stand before an earlier one: its block has ended"
                yield Fault("BAD_GUARD", f"{sites.where}.decisions[{i}]", what)


def trace_26_shape_guards(scope: Scope) -> Iterator[Fault]:
    """TRACE-26: A shape guard MUST compare sizes whose symbols the function's inputs bind."""
    for sites in scope.functions:
        if not sites.function.shape_guards:
            continue
        bound = bound_symbols(one.type for one in sites.function.inputs)
        for i, guard in enumerate(sites.function.shape_guards):
            where = f"{sites.where}.shape_guards[{i}]"
            for side, dim in (("left", guard.left), ("right", guard.right)):
                if dim is None:
                    yield Fault("BAD_GUARD", f"{where}.{side}", "an unknown extent is compared")
                for symbol in unbound(dim, bound):
                    yield Fault("BAD_GUARD", f"{where}.{side}", f"no input binds {symbol.name!r}")


def trace_27_known_kinds(scope: Scope) -> Iterator[Fault]:
    """TRACE-27: Kinds of decisions and of shape guards MUST be of the lists below."""
    for _, where, decision in _decisions(scope):
        if decision.kind not in _KINDS:
            what = f"kind {decision.kind!r} is none of {', '.join(_KINDS)}"
            yield Fault("BAD_ENUM", where, what)
    for sites in scope.functions:
        for i, guard in enumerate(sites.function.shape_guards):
            where = f"{sites.where}.shape_guards[{i}]"
            if guard.kind not in _GUARD_KINDS:
                what = f"kind {guard.kind!r} is none of {', '.join(_GUARD_KINDS)}"
                yield Fault("BAD_ENUM", where, what)
            if guard.comparison not in _COMPARISONS:
                what = f"comparison {guard.comparison!r} is none of {' '.join(_COMPARISONS)}"
                yield Fault("BAD_ENUM", where, what)


RULES: tuple[Rule, ...] = (
    trace_20_only_where_traced,
    trace_21_value_and_observed,
    trace_22_observed_fits,
    trace_23_value_is_readable,
    trace_24_value_is_defined,
    trace_25_order,
    trace_26_shape_guards,
    trace_27_known_kinds,
)
