"""Trace decisions and shape guards: do they hold for this call, and what to say if not."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.engine.values import runtime
from tracescript.errors import ExecutionError, FailedGuard, GuardError
from tracescript.ir import dims
from tracescript.kernels import KERNELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript import ir

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
}
_READ: Final[Mapping[str, str]] = {
    "branch": "item_bool",
    "loop_condition": "item_bool",
    "compare": "item_bool",
    "int_read": "item_int",
    "float_read": "item_float",
}
_LOST: Final[Mapping[str, str]] = {
    "branch": "this input needs the branch that tracing lost",
    "loop_condition": "this input needs another number of loop iterations than was traced",
    "int_read": "the program read another integer while it was traced",
    "float_read": "the program read another number while it was traced",
    "tensor_read": "the program read other elements while it was traced",
    "compare": "this input needs the branch that tracing lost",
}
_SHOWN: Final = 4
"""Elements of an array that a message shows."""
_HINT: Final = (
    "trace with explore=2 or script the part that branches, "
    'or load with guards="warn" to run the traced branch anyway'
)


def found(decision: ir.TraceDecision, value: Any) -> Any:
    """Return what the program would read now. Raises ExecutionError where it could not."""
    if decision.kind == "tensor_read":
        return np.asarray(value)
    read = _READ[decision.kind]
    if not isinstance(value, (np.ndarray, np.generic)):
        return bool(value) if read == "item_bool" else value
    kernel = KERNELS.get(read)
    assert kernel is not None
    return kernel(value)


def _equal(observed: Any, now: Any) -> bool:
    if isinstance(observed, (np.ndarray, np.generic)):
        nan = observed.dtype.kind in "fcV"
        return observed.shape == now.shape and bool(
            np.all((observed == now) | ((observed != observed) & (now != now)))  # noqa: PLR0124  # NaN equals NaN here
            if nan
            else np.array_equal(observed, now)
        )
    return bool(observed == now or (observed != observed and now != now))  # noqa: PLR0124  # NaN equals NaN here


def holds(decision: ir.TraceDecision, value: Any) -> bool:
    """Whether a decision's value still is what tracing saw. Spec: TRACE-4."""
    assert decision.observed is not None
    try:
        return _equal(runtime(decision.observed), found(decision, value))
    except (ExecutionError, ValueError, OverflowError):
        return False


def _text(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return repr(value)
    first = ", ".join(str(v) for v in value.reshape(-1)[:_SHOWN])
    rest = ", ..." if value.size > _SHOWN else ""
    return f"{value.dtype}{list(value.shape)} of {first}{rest}"


def decision_failed(function: ir.Function, index: int, value: Any) -> GuardError:
    """Return the error of a trace decision that does not hold. Spec: TRACE-4."""
    decision = function.decisions[index]
    assert decision.observed is not None
    try:
        now = _text(found(decision, value))
    except (ExecutionError, ValueError, OverflowError):
        now = "a value that cannot be read"
    expected = _text(runtime(decision.observed))
    failed = _failed(function, index, decision.debug, expected=expected, found=now)
    predicate = f"{failed.predicate}: " if failed.predicate else ""
    return GuardError(
        _LOST[decision.kind],
        code="GUARD_FAILED",
        rule="TRACE-4",
        where=failed.location,
        excerpt=f"  {predicate}expected {expected} (traced), found {now}; "
        f"{function.name}, decision {index}",
        hint=_HINT,
        guard=failed,
    )


def uncheckable(function: ir.Function) -> GuardError | None:
    """Return the error of a function with a read that no guard can check. Spec: TRACE-6."""
    for index, decision in enumerate(function.decisions):
        if decision.kind == "unrecorded":
            failed = _failed(function, index, decision.debug)
            return GuardError(
                "the program read a value in a way that tracing could not record",
                code="GUARD_UNCHECKABLE",
                rule="TRACE-6",
                where=failed.location,
                excerpt=f"  {function.name}, decision {index}",
                hint="re-export with script; "
                'or load with guards="warn" to run the traced nodes anyway',
                guard=failed,
            )
    return None


def shape_guard_failed(
    function: ir.Function, index: int, binding: Mapping[str, int]
) -> GuardError | None:
    """Evaluate a shape guard; return its error, or None where it holds. Spec: TRACE-5."""
    guard = function.shape_guards[index]
    try:
        left, right = (dims.evaluate(d, binding) for d in (guard.left, guard.right))
        if _COMPARE[guard.comparison](left, right):
            return None
        now = f"{left} and {right}"
    except (KeyError, ZeroDivisionError, OverflowError):
        now = "sizes that cannot be compared"
    expected = f"{dims.text(guard.left)} {guard.comparison} {dims.text(guard.right)}"
    failed = _failed(function, index, guard.debug, True, expected, now)
    predicate = f"{failed.predicate}: " if failed.predicate else ""
    return GuardError(
        "this input has sizes that the trace does not cover",
        code="SHAPE_GUARD_FAILED",
        rule="TRACE-5",
        where=failed.location,
        excerpt=f"  {predicate}expected {expected}, found {now}; "
        f"{function.name}, shape guard {index}",
        hint="trace with sizes of this kind or use script; "
        'or load with guards="warn" to run the traced nodes anyway',
        guard=failed,
    )


def _failed(
    function: ir.Function,
    index: int,
    debug: ir.GuardDebug | None,
    is_shape_guard: bool = False,
    expected: str = "",
    found: str = "",  # the field's name
) -> FailedGuard:
    kind = "shape guard" if is_shape_guard else "decision"
    place = debug.place if debug else None
    return FailedGuard(
        function=function.name,
        index=index,
        is_shape_guard=is_shape_guard,
        location=f"{place.file}:{place.line}" if place else f"{function.name}, {kind} {index}",
        predicate=debug.predicate if debug else "",
        expected=expected,
        found=found,
    )


class Watch:
    """Reacts to guards that fail in one call: stops it, or notes each once."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.failed: dict[tuple[str, int, bool], FailedGuard] = {}

    def failing(self, error: GuardError) -> None:
        """Raise the error where guards are `error`, else note it."""
        if self.mode == "error":
            raise error
        if error.guard is not None:
            guard = error.guard
            self.failed.setdefault((guard.function, guard.index, guard.is_shape_guard), guard)

    def enter(self, function: ir.Function, binding: Mapping[str, int]) -> None:
        """Check what must hold when a function is entered."""
        error = uncheckable(function) if self.mode == "error" else None
        if error is not None:
            raise error
        for index in range(len(function.shape_guards)):
            error = shape_guard_failed(function, index, binding)
            if error is not None:
                self.failing(error)
