"""Compares results with expected ones, and runs the examples a file carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.errors import TsError
from tracescript.model.input_checks import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript import ir
    from tracescript.model.model import Model


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One example: its name, what went wrong (empty if nothing), and the worst error / bound.

    `stopped` tells that a call ended with an error which the example does not expect.
    """

    name: str
    problem: str
    worst_ratio: float
    stopped: bool = False

    @property
    def passed(self) -> bool:
        """Whether the example gave what it should."""
        return not self.problem


def as_given(inputs: Sequence[tuple[str, Any]]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the inputs of an example's call: those by position, and those by name."""
    by_position = tuple(value for name, value in inputs if not name)
    return by_position, {name: value for name, value in inputs if name}


def difference(
    got: Any, expected: Any, bound: Any = None, zero_sign: bool = False
) -> tuple[str, float]:
    """Compare a result with an expected value element by element.

    Returns what differs (empty if nothing) and the largest |got - expected| / bound. NaN equals
    NaN, infinities are equal, zeros of either sign are equal unless `zero_sign`. Spec: CONF-3.
    """
    if isinstance(expected, np.ndarray | np.generic):
        return _tensors(got, np.asarray(expected), bound, zero_sign)
    if isinstance(expected, tuple | list):
        if type(got) is not type(expected) or len(got) != len(expected):
            return f"{describe(expected)} of {len(expected)} expected, found {describe(got)}", 0.0
        bounds = _bounds(bound, len(expected))
        return _first(
            (f"[{i}]", *difference(g, e, b, zero_sign))
            for i, (g, e, b) in enumerate(zip(got, expected, bounds, strict=True))
        )
    if isinstance(expected, dict):
        if not isinstance(got, dict) or list(got) != list(expected):
            return f"keys {list(expected)} expected, found {describe(got)}", 0.0
        bounds = _bounds(bound, len(expected))
        return _first(
            (f"[{k!r}]", *difference(got[k], e, b, zero_sign))
            for (k, e), b in zip(expected.items(), bounds, strict=True)
        )
    if isinstance(expected, float) and isinstance(got, float):
        return _tensors(np.float64(got), np.asarray(expected), bound, zero_sign)
    same = type(got) is type(expected) and got == expected
    return ("" if same else f"{expected!r} expected, found {got!r}"), 0.0


def _bounds(bound: Any, count: int) -> tuple[Any, ...]:
    """Return the bounds of a container's elements; one bound is for all of them."""
    return bound if isinstance(bound, tuple) else (bound,) * count


def _first(parts: Any) -> tuple[str, float]:
    worst = 0.0
    for where, problem, ratio in parts:
        if problem:
            return f"{where}: {problem}", ratio
        worst = max(worst, ratio)
    return "", worst


def _tensors(
    got: Any, expected: np.ndarray[Any, Any], bound: Any, zero_sign: bool
) -> tuple[str, float]:
    if not isinstance(got, np.ndarray | np.generic):
        return f"{describe(expected)} expected, found {describe(got)}", 0.0
    got = np.asarray(got)
    if got.dtype != expected.dtype or got.shape != expected.shape:
        return f"{describe(expected)} expected, found {describe(got)}", 0.0
    if got.dtype.kind in "biu":
        wrong = got != expected
        ratio = np.where(wrong, np.inf, 0.0)
    else:
        wide = np.complex128 if got.dtype.kind == "c" else np.float64
        with np.errstate(all="ignore"):
            a, b = got.astype(wide), expected.astype(wide)
            same = (a == b) | (np.isnan(a) & np.isnan(b))
            if zero_sign:
                same &= np.isnan(a) | (np.signbit(a) == np.signbit(b))
            error = np.abs(a - b)
            limit = np.broadcast_to(
                np.asarray(0.0 if bound is None else bound, np.float64), a.shape
            )
            inside = np.isfinite(error) & (error <= limit)
            ratio = np.where(same, 0.0, np.where(limit > 0, error / limit, np.inf))
        wrong = ~(same | inside)
    if not wrong.any():
        return "", float(ratio.max(initial=0.0))
    at = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    place = f"element {list(map(int, at))}" if at else "the value"
    return f"{place}: {expected[at]!r} expected, found {got[at]!r}", float(
        np.nan_to_num(ratio.max(), posinf=1e300)
    )


def run_example(model: Model, example: ir.Example) -> CheckResult:
    """Run the calls of one example on a fresh instance and compare every outcome."""
    instance = model.instance()
    worst = 0.0
    for number, call in enumerate(example.calls):
        where = f"call {number} of {call.method}"
        try:
            outputs = instance.call(call.method, *as_given(call.inputs))
        except TsError as error:
            if error.code != call.error:
                return CheckResult(example.name, f"{where}: {error}", worst, stopped=True)
            continue
        if call.error:
            return CheckResult(example.name, f"{where}: {call.error} expected, it returned", worst)
        problem, ratio = differs(outputs, call)
        worst = max(worst, ratio)
        if problem:
            return CheckResult(example.name, f"{where}{problem}", worst)
    return CheckResult(example.name, "", worst)


def differs(outputs: Sequence[Any], call: ir.ExampleCall) -> tuple[str, float]:
    """Compare the outputs of a call with the expected ones; as `difference`."""
    if len(outputs) != len(call.outputs):
        return f": {len(call.outputs)} outputs expected, found {len(outputs)}", 0.0
    worst = 0.0
    for i, (got, want) in enumerate(zip(outputs, call.outputs, strict=True)):
        problem, ratio = difference(got, want.value, want.bound, want.zero_sign)
        worst = max(worst, ratio)
        if problem:
            return f", output {i}: {problem}", worst
    return "", worst
