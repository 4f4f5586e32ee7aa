"""The example of the file's self-check: the traced inputs and what the program itself returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir

if TYPE_CHECKING:
    from tracescript.producer.trace.run import Run

_STEPS: Final = {"float16": 2e-2, "bfloat16": 1e-1, "float32": 2e-4, "float64": 1e-10}
_STEPS_COMPLEX: Final = {"complex64": 2e-4, "complex128": 1e-10}


def example_of(runs: list[Run]) -> ir.Example:
    """Make an example that calls every traced method once, in order. Spec: TRACE-9."""
    calls = tuple(
        ir.ExampleCall(
            run.method,
            tuple((n if n in run.frame.keyword_only else "", value) for n, value, _ in run.inputs),
            tuple(ir.ExpectedValue(value, bound(value)) for value in run.outputs),
        )
        for run in runs
    )
    return ir.Example("traced", calls)


def bound(value: Any) -> Any:
    """Return the largest difference allowed: a step of the data type, as wide as the values are.

    A container has the largest of its parts.
    """
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        inner = [b for b in map(bound, value) if b is not None]
        return max(inner, default=None)
    if not isinstance(value, (np.ndarray, np.generic)):
        return None
    step = (_STEPS | _STEPS_COMPLEX).get(value.dtype.name)
    if step is None:
        return None
    with np.errstate(all="ignore"):
        wide = np.abs(np.asarray(value)).astype(np.float64)
    finite = wide[np.isfinite(wide)]
    return np.asarray(step * max(1e-3, float(finite.max(initial=0.0))))
