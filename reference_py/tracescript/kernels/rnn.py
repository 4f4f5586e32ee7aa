"""Recurrent layers: the input's share of all time steps is one product, the rest a loop.

A gate's 1 / (1 + exp(-s)) is computed as (1 + tanh(s / 2)) / 2, its weights halved beforehand, so
that one call of tanh serves all gates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.products import parts_of, product_in_parts
from tracescript.kernels.rounding import Array, RoundedTable
from tracescript.kernels.table import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.kernels.table import Kernel

KERNELS: Final = RoundedTable()


def _halved(rows: Array, gates: int) -> Array:
    """Return rows, or biases, of which the first `gates` are halved: an exact operation."""
    half = rows.dtype.type(0.5)
    return np.concatenate([rows[:gates] * half, rows[gates:]])


class _Cell:
    """One direction of one layer, its weights laid out for products.

    What a step works on has its units first and the batch last, no axis for a batch of one: so all
    units of a gate lie together, and of several gates too.
    """

    gates = 1
    halved = 0

    def __init__(self, weights: Sequence[Array]) -> None:
        given, across, *biases = map(self.ordered, weights)
        self.inner = across.shape[1]
        if any(part.shape[0] != self.gates * self.inner for part in (given, across, *biases)):
            raise trap("SHAPE_ERROR", f"weights {[w.shape for w in weights]} do not fit")
        halved = self.halved * self.inner
        self.given = np.ascontiguousarray(_halved(given, halved).T)
        self.across = np.ascontiguousarray(_halved(across, halved))
        self.turned = np.ascontiguousarray(self.across.T)
        self.bias = self.joined([_halved(b, halved) for b in biases]) if biases else None
        self.half = np.array(0.5, across.dtype)

    def ordered(self, rows: Array) -> Array:
        """Return the rows of a weight with the gates to halve first."""
        return rows

    def joined(self, biases: Sequence[Array]) -> Array:
        """Return the bias of the inputs' shares, from that of inputs and that of states."""
        return biases[0] + biases[1]

    def shares(self, x: Array) -> Array:
        """Return the inputs' shares (time, gates * inner, batch) with biases that can be added."""
        time, batch, features = x.shape
        if features != self.given.shape[0]:
            what = f"expected {self.given.shape[0]} features, found {features}"
            raise trap("SHAPE_ERROR", what)
        if batch == 1:
            made = x.reshape(time, features).dot(self.given)
            if self.bias is not None:
                made += self.bias
            return made
        made = np.empty((time, self.given.shape[1], batch), x.dtype)
        product_in_parts(self.given.T, x.swapaxes(1, 2), made)
        if self.bias is not None:
            made += np.repeat(self.bias[:, np.newaxis], batch, axis=1)
        return made

    def run(self, x: Array, state: Sequence[Array]) -> tuple[Array, tuple[Array, ...]]:
        """Return the outputs of all time steps and what is carried after the last."""
        time, batch, _ = x.shape
        y = np.empty((time, self.inner, *_batch(batch)), x.dtype)
        carried = [np.array(s.reshape(-1) if batch == 1 else s.T, order="C") for s in state]
        last = self.steps(self.shares(x), carried, y)
        back = [v.reshape(1, -1) if batch == 1 else np.ascontiguousarray(v.T) for v in last]
        if batch == 1:
            return y[:, np.newaxis], tuple(back)
        return np.ascontiguousarray(y.swapaxes(1, 2)), tuple(back)

    def product(self, batch: tuple[int, ...]) -> Callable[[Array, Array], Any]:
        """Return what sets its second argument, sums, to what a state adds to them."""
        if not batch:
            return lambda h, sums: h.dot(self.turned, out=sums)
        rows, terms = self.across.shape
        count = parts_of(rows, terms, *batch)
        if count == 1:
            return lambda h, sums: self.across.dot(h, out=sums)
        parts = self.across.reshape(count, -1, terms)
        return lambda h, sums: np.matmul(parts, h, out=sums.reshape(count, -1, *batch))

    def steps(self, shares: Array, state: Sequence[Array], y: Array) -> Sequence[Array]:
        """Set y to the outputs of all steps; return what is carried after the last."""
        (h,), product = state, self.product(y.shape[2:])
        for now, out in zip(shares, y, strict=True):
            product(h, out)
            np.add(out, now, out)
            self.bend(out)
            h = out
        return (h,)

    def bend(self, sums: Array) -> None:
        """Apply the nonlinearity of a layer without gates."""
        np.tanh(sums, sums)

    def open(self, sums: Array) -> None:
        """Turn s / 2 into 1 / (1 + exp(-s))."""
        np.tanh(sums, sums)
        np.multiply(sums, self.half, sums)
        np.add(sums, self.half, sums)


def _batch(count: int) -> tuple[int, ...]:
    return () if count == 1 else (count,)


class _Relu(_Cell):
    def bend(self, sums: Array) -> None:
        np.maximum(sums, sums.dtype.type(0), out=sums)


class _Lstm(_Cell):
    gates, halved = 4, 3

    def ordered(self, rows: Array) -> Array:
        i, f, g, o = np.split(rows, 4)
        return np.concatenate([o, i, f, g])

    def steps(self, shares: Array, state: Sequence[Array], y: Array) -> Sequence[Array]:
        n, (h, cell), product = self.inner, state, self.product(y.shape[2:])
        work = np.empty((5 * n, *y.shape[2:]), y.dtype)
        sums, gates, o = work[: 4 * n], work[: 3 * n], work[:n]
        kept, added, c = work[n : 3 * n], work[3 * n :], work[4 * n :]
        c[...] = cell
        products = np.empty((2 * n, *y.shape[2:]), y.dtype)
        new, old = products[:n], products[n:]
        for now, out in zip(shares, y, strict=True):
            product(h, sums)
            np.add(sums, now, sums)
            np.tanh(sums, sums)
            np.multiply(gates, self.half, gates)
            np.add(gates, self.half, gates)
            np.multiply(kept, added, products)
            np.add(new, old, c)
            np.tanh(c, out)
            np.multiply(out, o, out)
            h = out
        return h, c


class _Gru(_Cell):
    gates, halved = 3, 2

    late: Array | None = None

    def joined(self, biases: Sequence[Array]) -> Array:
        both, n = super().joined(biases), 2 * self.inner
        both[n:] = biases[0][n:]
        self.late = biases[1][n:]
        return both

    def steps(self, shares: Array, state: Sequence[Array], y: Array) -> Sequence[Array]:
        n, (h,), product = self.inner, state, self.product(y.shape[2:])
        sums = np.empty((3 * n, *y.shape[2:]), y.dtype)
        gates, r, z, new = sums[: 2 * n], sums[:n], sums[n : 2 * n], sums[2 * n :]
        late = None
        if self.late is not None:
            late = self.late.reshape(n, *(1,) * (new.ndim - 1)) + np.zeros_like(new)
        for early, now, out in zip(shares[:, : 2 * n], shares[:, 2 * n :], y, strict=True):
            product(h, sums)
            np.add(gates, early, gates)
            self.open(gates)
            if late is not None:
                np.add(new, late, new)
            np.multiply(new, r, new)
            np.add(new, now, new)
            np.tanh(new, new)
            np.subtract(h, new, out)
            np.multiply(out, z, out)
            np.add(out, new, out)
            h = out
        return (h,)


def _cells(
    kind: type[_Cell], weights: Sequence[Array], layers: int, bidirectional: bool, has_bias: bool
) -> list[list[_Cell]]:
    """Return the cells of each layer, one for each direction."""
    each, directions = 4 if has_bias else 2, 2 if bidirectional else 1
    if len(weights) != each * layers * directions:
        what = f"expected {each * layers * directions} weights, found {len(weights)}"
        raise trap("SHAPE_ERROR", what)
    made = [kind(weights[k * each : (k + 1) * each]) for k in range(layers * directions)]
    return [made[k : k + directions] for k in range(0, len(made), directions)]


def _run(cells: list[list[_Cell]], x: Array, *start: Array) -> tuple[Array, ...]:
    """Run all layers; return the outputs and the last carried values, stacked."""
    if not x.shape[0]:
        raise trap("SHAPE_ERROR", "expected at least one time step, found none")
    flat = [cell for layer in cells for cell in layer]
    expected = (len(flat), x.shape[1], flat[0].inner)
    if any(s.shape != expected for s in start):
        what = f"expected states {expected}, found {[s.shape for s in start]}"
        raise trap("SHAPE_ERROR", what)
    last: list[tuple[Array, ...]] = []
    for layer in cells:
        outputs = []
        for direction, cell in enumerate(layer):
            given = x[::-1] if direction else x
            made, carried = cell.run(given, [s[len(last)] for s in start])
            outputs.append(made[::-1] if direction else made)
            last.append(carried)
        x = np.concatenate(outputs, axis=-1) if len(layer) > 1 else outputs[0]
    return (x, *(np.stack(parts) for parts in zip(*last, strict=True)))


@KERNELS.of("lstm")
def lstm(x: Array, h: Array, c: Array, weights: list[Array], **given: Any) -> tuple[Array, ...]:
    return _run(_cells(_Lstm, weights, **given), x, h, c)


@KERNELS.of("gru")
def gru(x: Array, h: Array, weights: list[Array], **given: Any) -> tuple[Array, ...]:
    return _run(_cells(_Gru, weights, **given), x, h)


def _plain(nonlinearity: str) -> type[_Cell]:
    return _Cell if nonlinearity == "tanh" else _Relu


@KERNELS.of("rnn")
def rnn(
    x: Array, h: Array, weights: list[Array], nonlinearity: str, **given: Any
) -> tuple[Array, ...]:
    return _run(_cells(_plain(nonlinearity), weights, **given), x, h)


def _prepared(kind: type[_Cell], weights: Any, given: dict[str, Any]) -> Kernel | None:
    if weights is OPEN:
        return None
    cells = _cells(kind, weights, **given)

    def run(x: Array, *rest: Any) -> tuple[Array, ...]:
        return _run(cells, x, *rest[:-1])

    return run


def _prepare_lstm(known: Sequence[Any], **given: Any) -> Kernel | None:
    return _prepared(_Lstm, known[3], given)


def _prepare_gru(known: Sequence[Any], **given: Any) -> Kernel | None:
    return _prepared(_Gru, known[2], given)


def _prepare_rnn(known: Sequence[Any], nonlinearity: str, **given: Any) -> Kernel | None:
    return _prepared(_plain(nonlinearity), known[2], given)


PREPARE: Final[dict[str, Callable[..., Kernel | None]]] = {
    "lstm": _prepare_lstm,
    "gru": _prepare_gru,
    "rnn": _prepare_rnn,
}
"""Op to a function of the inputs known beforehand, see `table.OPEN`."""
