"""Recurrent networks as torch calls them: all layers at once, time or the batch first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import TupleType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Items
from tracescript.producer.script.library.promote import emit_op
from tracescript.producer.script.library.random import draw
from tracescript.producer.script.library.table import SPECIAL, known

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


def _recurrent(op: str, more: dict[str, Any]) -> Special:
    def recurrent(e: Emitter, args: list[Entry], _kwargs: Arguments) -> Entry:
        x, state, weights, has_bias, layers, dropout, training, bidirectional, batch_first = args
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
        network = _Network(e, op, attributes, bool(known(e, batch_first, False, "batch_first")))
        if known(e, training, False, "train") and share and attributes["layers"] > 1:
            return network.stacked(x, states, weights, share)
        return network.run(x, states, weights, attributes)

    return recurrent


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


def _parts(e: Emitter, weights: Entry) -> tuple[Entry, ...]:
    """Return the weights of a list one by one."""
    if isinstance(weights, Items):
        return weights.parts
    found = e.session.made_lists.get(weights) if isinstance(weights, Value) else None
    if found is None:
        raise e.error(
            None,
            "dropout between layers of weights whose number is known only at run time",
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
