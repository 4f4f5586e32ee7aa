"""Packed sequences of torch: sequences of several lengths, and recurrent networks over them.

What torch keeps packed, a trace keeps so too, by ops on masks; networks run over padded sequences.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional

from tracescript.producer import patches
from tracescript.producer.session import active
from tracescript.producer.torch import sequences
from tracescript.producer.torch.mode import followed
from tracescript.producer.trace import requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracescript.producer.torch.door import TorchDoor

_CLOSED: Final = 1e30
"""What shuts a gate, in a data type that has such numbers."""


def _require(door: TorchDoor, holds: Any, message: str) -> None:
    every = holds.all()
    with door.paused():
        is_met = bool(every)
    if not is_met:
        raise RuntimeError(message)
    requirements.record(door, every, message, "VALUE_ERROR")


def _pack(door: TorchDoor, x: Any, lengths: Any, batch_first: bool) -> tuple[Any, Any]:
    x = x.transpose(0, 1) if batch_first else x
    lengths = lengths.to(torch.int64)
    _require(door, lengths > 0, "Length of all samples has to be greater than 0")
    _require(door, lengths <= x.size(0), "a length exceeds the padded sequences")
    message = "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True"
    _require(door, lengths[:-1] >= lengths[1:], message)
    data, batch_sizes = sequences.packed(x, lengths, followed(door, lengths.max()))
    return data, batch_sizes


def _pad(
    door: TorchDoor,
    data: Any,
    batch_sizes: Any,
    batch_first: bool,
    padding_value: float,
    total_length: Any,
) -> tuple[Any, Any]:
    batch = followed(door, batch_sizes[0])
    padded, has_step = sequences.padded(data, batch_sizes, batch, padding_value)
    padded = sequences.lengthened(padded, padding_value, total_length)
    return padded.transpose(0, 1) if batch_first else padded, has_step.sum(0)


def run(
    network: Callable[..., Any],
    door: TorchDoor,
    given: tuple[Any, ...],
    options: tuple[Any, ...],
    is_lstm: bool,
) -> tuple[Any, ...]:
    """Run a network over packed sequences, layer by layer and direction by direction.

    `given` are the data, the sizes of batches, the first states and the weights; what comes back
    are the data and the last states.
    """
    data, batch_sizes, first, weights = given
    has_bias, layers, dropout, train, bidirectional = options
    states = tuple(first) if is_lstm else (first,)
    count, each = 1 + bidirectional, 4 if has_bias else 2
    x, has_step = sequences.padded(data, batch_sizes, followed(door, batch_sizes[0]), 0.0)
    lengths, ends = has_step.sum(0), []
    for layer in range(layers):
        x = functional.dropout(x, dropout) if layer and dropout and train else x
        outputs = []
        for direction in range(count):
            at = layer * count + direction
            rows = list(weights[at * each : (at + 1) * each])
            inner = sequences.turned(x, lengths) if direction else x
            if is_lstm:
                shut = min(_CLOSED, torch.finfo(rows[0].dtype).max / 2)
                inner, rows[0] = sequences.gated(inner, has_step, rows[0], shut)
            own = [s[at : at + 1] for s in states]
            y, *after = network(
                door, inner, own if is_lstm else own[0], rows, has_bias, 1, 0.0, False, False, False
            )
            ends.append((sequences.last(y, lengths), *after[1:]))
            outputs.append(sequences.turned(y, lengths) if direction else y)
        x = sequences.blanked(torch.cat(outputs, -1), has_step)
    return (x[has_step], *(torch.cat(parts, 0) for parts in zip(*ends, strict=True)))


@contextlib.contextmanager
def unread(door: TorchDoor) -> Iterator[None]:
    """Keep torch's layers from reading how many sequences there are: the ops check the states."""

    def unless_packed(check: Any) -> Any:
        def called(layer: Any, data: Any, hidden: Any, batch_sizes: Any) -> None:
            if batch_sizes is None or active() is not door:
                check(layer, data, hidden, batch_sizes)

        return called

    kinds, name = (torch.nn.RNNBase, torch.nn.LSTM), "check_forward_args"
    made: dict[tuple[Any, str], Any]
    made = {(kind, name): unless_packed(getattr(kind, name)) for kind in kinds}
    with patches.replaced(made):
        yield


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch._pack_padded_sequence": _pack,
    "torch._pad_packed_sequence": _pad,
}
