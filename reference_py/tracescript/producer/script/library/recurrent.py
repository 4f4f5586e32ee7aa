"""Recurrent networks as torch calls them: all layers at once, time or the batch first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Items, constant_of
from tracescript.producer.script.library.coerce import data_type
from tracescript.producer.script.library.packed import closing
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.random import draw
from tracescript.producer.script.library.table import SPECIAL, known
from tracescript.producer.script.library.written import composed

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


def _recurrent(op: str, more: dict[str, Any]) -> Special:
    def recurrent(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
        if not isinstance(constant_of(args[3])[1], bool):
            args = [args[0], *args[2:], e.constant(False), args[1]]
        x, state, weights, has_bias, layers, dropout, training, bidirectional, first, *sizes = args
        if isinstance(state, Value) and isinstance(state.type, TupleType):
            state = e.parts(state)
        states: list[Entry] = [*state.parts] if isinstance(state, Items) else [state]
        attributes = {
            "layers": known(e, layers, 1, "num_layers"),
            "bidirectional": bool(known(e, bidirectional, False, "bidirectional")),
            "has_bias": bool(known(e, has_bias, True, "has_biases")),
            **more,
        }
        share = float(known(e, dropout, 0.0, "dropout"))
        network = _Network(e, op, attributes, bool(known(e, first, False, "batch_first")))
        _check_weights(e, op, weights, network)
        share = share if known(e, training, False, "train") else 0.0
        if sizes:
            return network.packed((x, sizes[0]), states, weights, share)
        if share and attributes["layers"] > 1:
            return network.stacked(x, states, weights, share)
        return network.run(x, states, weights, attributes)

    return recurrent


def _check_weights(e: Emitter, op: str, weights: Entry, network: _Network) -> None:
    count = 1 + network.attributes["bidirectional"]
    expected = network.rows * network.attributes["layers"] * count
    parts = _listed(e, weights)
    if parts is not None and len(parts) != expected:
        raise e.error(
            None,
            f"{op} of {expected} weights, found {len(parts)}",
            rule="SCRIPT-10",
            hint="a projection (proj_size) is no part of the op: write its steps out",
        )


@dataclass(frozen=True, slots=True)
class _Network:
    """A recurrent network: its op with the attributes, and whether the batch comes first."""

    e: Emitter
    op: str
    attributes: dict[str, Any]
    is_batch_first: bool

    def run(
        self, x: Entry, states: list[Entry], weights: Entry, attributes: dict[str, Any]
    ) -> Items:
        """Run layers; the results are the sequence and the last states."""
        made = emit_op(self.e, self.op, [self.turned(x), *states, weights], attributes)
        assert isinstance(made, Items)
        return Items((self.turned(made.parts[0]), *made.parts[1:]))

    def turned(self, x: Entry) -> Value:
        """Exchange time and batch where the batch comes first."""
        value = self.e.value(x)
        if not self.is_batch_first:
            return value
        return self.e.op("transpose", [value], {"dim0": 0, "dim1": 1})

    def stacked(self, x: Entry, states: list[Entry], weights: Entry, share: float) -> Items:
        """Run layer by layer, with dropout between them."""
        e, parts = self.e, _parts(self.e, weights)
        layers, count = self.attributes["layers"], 1 + self.attributes["bidirectional"]
        rows = len(parts) // layers
        ends: list[list[Value]] = [[] for _ in states]
        for layer in range(layers):
            if layer:
                x = draw(e, "random_dropout", [x], {"p": share})
            begin, end = e.constant(layer * count), e.constant((layer + 1) * count)
            own: list[Entry] = [e.op("slice", [e.value(s), begin, end], {"dim": 0}) for s in states]
            rest = Items(parts[layer * rows : (layer + 1) * rows], is_list=True)
            x, *last = self.run(x, own, rest, {**self.attributes, "layers": 1}).parts
            for held, one in zip(ends, last, strict=True):
                held.append(e.value(one))
        return Items((x, *(e.op("cat", [e.make_list(held)], {"dim": 0}) for held in ends)))

    def packed(
        self, given: tuple[Entry, Entry], states: list[Entry], weights: Entry, share: float
    ) -> Items:
        """Run over packed sequences, padded, layer by layer and direction by direction.

        `given` are the data and how many there are of each time.
        """
        e, parts = self.e, _parts(self.e, weights)
        sizes = e.value(given[1])
        first = e.op("select", [sizes, e.constant(0)], {"dim": 0})
        batch = e.op("item_int", [first])
        x, has_step = _both(composed(e, "padded", given[0], sizes, batch, e.constant(0.0)))
        steps = _Steps(has_step, emit_op(e, "sum", [has_step], {"dim": (0,)}))
        count = 1 + self.attributes["bidirectional"]
        ends: list[list[Value]] = [[] for _ in states]
        for layer in range(self.attributes["layers"]):
            if layer and share:
                x = draw(e, "random_dropout", [x], {"p": share})
            outputs = []
            for at in range(layer * count, (layer + 1) * count):
                rows = parts[at * self.rows : (at + 1) * self.rows]
                y, *last = self.one_way(x, states, rows, at, steps)
                outputs.append(e.value(y))
                for held, one in zip(ends, last, strict=True):
                    held.append(e.value(one))
            whole = e.op("cat", [e.make_list(outputs)], {"dim": -1})
            x = composed(e, "blanked", whole, steps.has_step)
        data = e.session.tensors.index(e, e.value(x), [e.value(steps.has_step)])
        return Items((data, *(e.op("cat", [e.make_list(held)], {"dim": 0}) for held in ends)))

    def one_way(
        self, x: Entry, states: list[Entry], rows: tuple[Entry, ...], at: int, steps: _Steps
    ) -> list[Entry]:
        """Run one direction of one layer; return the sequence and the last states."""
        e, is_turned = self.e, self.attributes["bidirectional"] and at % 2
        inner = composed(e, "turned", x, steps.lengths) if is_turned else x
        if self.op == "lstm":
            shut = e.constant(closing(data_type(e.value(rows[0]))))
            inner, gates = _both(composed(e, "gated", inner, steps.has_step, rows[0], shut))
            rows = (gates, *rows[1:])
        begin, end = e.constant(at), e.constant(at + 1)
        own: list[Entry] = [e.op("slice", [e.value(s), begin, end], {"dim": 0}) for s in states]
        one = {**self.attributes, "layers": 1, "bidirectional": False}
        y, *after = self.run(inner, own, Items(rows, is_list=True), one).parts
        last = composed(e, "last", y, steps.lengths)
        return [composed(e, "turned", y, steps.lengths) if is_turned else y, last, *after[1:]]

    @property
    def rows(self) -> int:
        """How many weights a direction of a layer has."""
        return 4 if self.attributes["has_bias"] else 2


@dataclass(frozen=True, slots=True)
class _Steps:
    """Where padded sequences have steps, time first, and how many each has."""

    has_step: Entry
    lengths: Entry


def _both(made: Entry) -> tuple[Entry, Entry]:
    assert isinstance(made, Items)
    first, second = made.parts
    return first, second


def _listed(e: Emitter, weights: Entry) -> tuple[Entry, ...] | None:
    """Return the parts of a list, None where run time tells how many there are."""
    if isinstance(weights, Items):
        return weights.parts
    return e.session.made_lists.get(weights) if isinstance(weights, Value) else None


def _parts(e: Emitter, weights: Entry) -> tuple[Entry, ...]:
    """Return the weights of a list one by one."""
    found = _listed(e, weights)
    if found is None:
        raise e.error(
            None,
            "weights whose number is known only at run time",
            rule="SCRIPT-10",
            hint="write the weights as a list where the call is",
        )
    return found


SPECIAL |= {
    "torch.lstm": _recurrent("lstm", {}),
    "torch.gru": _recurrent("gru", {}),
    "torch.rnn_tanh": _recurrent("rnn", {"nonlinearity": "tanh"}),
    "torch.rnn_relu": _recurrent("rnn", {"nonlinearity": "relu"}),
}
