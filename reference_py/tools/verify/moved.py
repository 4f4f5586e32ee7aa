"""Bounds of long composites: how far a result moves when each primitive is off by its own bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.verify.execute import Graph
from tools.verify.values import generator
from tracescript.engine import ref
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from tools.verify.plan import Call

_RUNS: Final = 8
_LIMITS: Final = Limits(steps=1 << 62, memory=1 << 62, seconds=1e9)
_EXACT: Final = {"exact"}


def _off(name: str, inputs: Any, value: Any, u: float) -> Any:
    """Return how far a primitive's result may be off, by its class."""
    op = opset()[name]
    if op.numeric == "accum":
        size = abs(value)
        if name == "matmul":
            size = np.matmul(abs(inputs[0]), abs(inputs[1]))
            return (2 * np.sqrt(inputs[0].shape[-1]) + 2) * u * size
        return (2 * np.sqrt(max(inputs[0].size / max(value.size, 1), 1)) + 2) * u * size
    tolerances = opset().message(name).tolerances
    return (2 * tolerances[0].ulps if tolerances else 1) * u * abs(value)


def _noisy(name: str, kernel: Any, draw: Any, u: float) -> Any:
    if opset()[name].numeric in _EXACT:
        return kernel

    def moved(*inputs: Any, **attributes: Any) -> Any:
        value = kernel(*inputs, **attributes)
        if not isinstance(value, np.ndarray | np.generic) or value.dtype != np.float64:
            return value
        off = np.where(np.isfinite(value), _off(name, inputs, value, u), 0.0)
        return value + draw.choice((-1.0, 1.0), np.shape(value)) * off

    return moved


def largest_change(op: str, call: Call, u: float) -> tuple[Any, ...]:
    """Return, for each result, the largest change over several runs in float64."""
    graph = Graph(op, call, symbolic=False)

    def run(draw: Any) -> list[Any]:
        loaded = ref.RefEngine().load(graph.model, Options(guards="ignore", expand=True))
        if draw is not None:
            make = loaded.linker.make

            def noisy(node: Any) -> Any:
                found = make(node)
                return replace(found, kernel=_noisy(node.op, found.kernel, draw, u))

            loaded.linker.make = noisy  # type: ignore[method-assign] - each node is linked by it
        prepared = loaded.method(graph.model.root.methods[0])
        return list(prepared(graph.given, (), Budget(_LIMITS)).outputs)

    plain = run(None)
    changes = [np.zeros(np.shape(v)) for v in plain]
    for i in range(_RUNS):
        found = run(generator(op, i))
        for k, (a, b) in enumerate(zip(found, plain, strict=True)):
            changes[k] = np.fmax(changes[k], np.abs(a - b))
    return tuple(changes)
