"""Recurrent layers: the input's share of all time steps is one product, the rest a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.activation import logistic
from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Callable

    Step = Callable[[Array, Array, Any], tuple[Array, Any]]

KERNELS: Final = RoundedTable()


def _parts(x: Array, count: int) -> list[Array]:
    """Split the last axis into equal parts; `np.split` takes ten times as long."""
    n = x.shape[-1] // count
    return [x[..., i * n : (i + 1) * n] for i in range(count)]


def _lstm_step(now: Array, before: Array, carried: Any) -> tuple[Array, Any]:
    i, f, g, o = _parts(now + before, 4)
    cell = logistic(f) * carried[1] + logistic(i) * np.tanh(g)
    state = logistic(o) * np.tanh(cell)
    return state, (state, cell)


def _gru_step(now: Array, before: Array, carried: Any) -> tuple[Array, Any]:
    r, z, n = _parts(now, 3)
    r_before, z_before, n_before = _parts(before, 3)
    new = np.tanh(n + logistic(r + r_before) * n_before)
    state = new + logistic(z + z_before) * (carried[0] - new)
    return state, (state,)


def _tanh_step(now: Array, before: Array, _: Any) -> tuple[Array, Any]:
    state = np.tanh(now + before)
    return state, (state,)


def _relu_step(now: Array, before: Array, _: Any) -> tuple[Array, Any]:
    state = np.maximum(now + before, now.dtype.type(0))
    return state, (state,)


def _pass(x: Array, carried: Any, weights: list[Array], step: Step) -> tuple[Array, Any]:
    """Run one direction of one layer over all time steps."""
    shares = np.matmul(x, weights[0].T)
    if len(weights) > 2:  # noqa: PLR2004 - two matrices, then the biases
        shares = shares + weights[2]
    across = weights[1].T
    steps = []
    for now in shares:
        before = np.matmul(carried[0], across)
        if len(weights) > 2:  # noqa: PLR2004 - as above
            before += weights[3]
        state, carried = step(now, before, carried)
        steps.append(state)
    return np.stack(steps), carried


def _run(
    x: Array,
    start: tuple[Array, ...],
    weights: list[Array],
    step: Step,
    layers: int,
    both: bool,
    bias: bool,
) -> tuple[Array, ...]:
    """Run all layers; return the outputs and the last carried values, stacked."""
    if not x.shape[0]:
        raise trap("SHAPE_ERROR", "expected at least one time step, found none")
    each, last = 4 if bias else 2, []
    for layer in range(layers):
        outputs = []
        for direction in range(2 if both else 1):
            k = layer * (2 if both else 1) + direction
            own = weights[k * each : (k + 1) * each]
            given = x[::-1] if direction else x
            made, carried = _pass(given, tuple(s[k] for s in start), own, step)
            outputs.append(made[::-1] if direction else made)
            last.append(carried)
        x = np.concatenate(outputs, axis=-1) if both else outputs[0]
    return (x, *(np.stack(parts) for parts in zip(*last, strict=True)))


@KERNELS.of("lstm")
def lstm(
    x: Array,
    h: Array,
    c: Array,
    weights: list[Array],
    layers: int,
    bidirectional: bool,
    has_bias: bool,
) -> tuple[Array, ...]:
    return _run(x, (h, c), weights, _lstm_step, layers, bidirectional, has_bias)


@KERNELS.of("gru")
def gru(
    x: Array, h: Array, weights: list[Array], layers: int, bidirectional: bool, has_bias: bool
) -> tuple[Array, ...]:
    return _run(x, (h,), weights, _gru_step, layers, bidirectional, has_bias)


@KERNELS.of("rnn")
def rnn(
    x: Array,
    h: Array,
    weights: list[Array],
    nonlinearity: str,
    layers: int,
    bidirectional: bool,
    has_bias: bool,
) -> tuple[Array, ...]:
    step = _tanh_step if nonlinearity == "tanh" else _relu_step
    return _run(x, (h,), weights, step, layers, bidirectional, has_bias)
