"""Packed sequences of torch: sequences of several lengths, and recurrent networks over them.

What torch keeps packed, a trace keeps so too, by ops on masks; networks run over padded sequences.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import functional

from tracescript.producer.torch.mode import followed
from tracescript.producer.trace import requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracescript.producer.torch.door import TorchDoor

_CLOSED: Final = 1e30
"""What shuts a gate, whatever the state adds to it."""


def _require(door: TorchDoor, holds: Any, message: str) -> None:
    every = holds.all()
    with door.paused():
        is_met = bool(every)
    if not is_met:
        raise RuntimeError(message)
    requirements.record(door, every, message, "VALUE_ERROR")


def _steps(count: Any, lengths: Any) -> Any:
    """Return whether a sequence has a step, by step and sequence."""
    return torch.arange(count).unsqueeze(1) < lengths.unsqueeze(0)


def _pack(door: TorchDoor, x: Any, lengths: Any, batch_first: bool) -> tuple[Any, Any]:
    x = x.transpose(0, 1) if batch_first else x
    lengths = lengths.to(torch.int64)
    _require(door, lengths > 0, "Length of all samples has to be greater than 0")
    _require(door, lengths <= x.size(0), "a length exceeds the padded sequences")
    message = "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True"
    _require(door, lengths[:-1] >= lengths[1:], message)
    longest = followed(door, lengths.max())
    has_step = _steps(longest, lengths)
    return x[:longest][has_step], has_step.sum(1)


def _unpacked(door: TorchDoor, data: Any, batch_sizes: Any, value: Any) -> tuple[Any, Any]:
    """Return padded sequences, time first, and where they have steps."""
    batch = torch.arange(followed(door, batch_sizes[0]))
    has_step = batch.unsqueeze(0) < batch_sizes.unsqueeze(1)
    padded = torch.full((*has_step.shape, *data.shape[1:]), value, dtype=data.dtype)
    padded[has_step] = data
    return padded, has_step


def _pad(
    door: TorchDoor,
    data: Any,
    batch_sizes: Any,
    batch_first: bool,
    padding_value: float,
    total_length: Any,
) -> tuple[Any, Any]:
    padded, has_step = _unpacked(door, data, batch_sizes, padding_value)
    ends = (0, 0) * (padded.dim() - 1) + (0, total_length - padded.size(0))
    padded = functional.pad(padded, ends, value=padding_value)
    return padded.transpose(0, 1) if batch_first else padded, has_step.sum(0)


def _turned(x: Any, lengths: Any) -> Any:
    """Return padded sequences with the steps of each from its last to its first; again undoes it.

    Time first.
    """
    step = torch.arange(x.size(0)).unsqueeze(1)
    back = lengths.unsqueeze(0) - 1 - step
    place = torch.where(back < 0, step, back).unsqueeze(-1).expand(tuple(x.shape))
    return torch.gather(x, 0, place)


def _last(y: Any, lengths: Any) -> Any:
    """Return what each sequence has at its last step, with an axis of one step before."""
    place = (lengths - 1).reshape(1, -1, 1).expand(1, *y.shape[1:])
    return torch.gather(y, 0, place)


def _gated(x: Any, has_step: Any, weight: Any) -> tuple[Any, Any]:
    """Return an LSTM's input and weight with one feature more, which keeps cells without a step.

    Where it is 1 the input gate is shut and the forget gate open, so that the last cells are those
    of each sequence's last step.
    """
    shut = min(_CLOSED, torch.finfo(weight.dtype).max / 2)
    hidden = weight.size(0) // 4
    column = [torch.full((hidden, 1), v, dtype=weight.dtype) for v in (-shut, shut, 0.0, 0.0)]
    missing = has_step.logical_not().to(x.dtype).unsqueeze(-1)
    return torch.cat([x, missing], -1), torch.cat([weight, torch.cat(column)], 1)


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
    x, has_step = _unpacked(door, data, batch_sizes, 0.0)
    lengths, ends = has_step.sum(0), []
    for layer in range(layers):
        x = functional.dropout(x, dropout) if layer and dropout and train else x
        outputs = []
        for direction in range(count):
            at = layer * count + direction
            rows = list(weights[at * each : (at + 1) * each])
            inner = _turned(x, lengths) if direction else x
            if is_lstm:
                inner, rows[0] = _gated(inner, has_step, rows[0])
            own = [s[at : at + 1] for s in states]
            y, *after = network(
                door, inner, own if is_lstm else own[0], rows, has_bias, 1, 0.0, False, False, False
            )
            ends.append((_last(y, lengths), *after[1:]))
            outputs.append(_turned(y, lengths) if direction else y)
        x = torch.cat(outputs, -1) * has_step.unsqueeze(-1)
    return (x[has_step], *(torch.cat(parts, 0) for parts in zip(*ends, strict=True)))


@contextlib.contextmanager
def unread(door: TorchDoor) -> Iterator[None]:
    """Keep torch's layers from reading how many sequences there are: the ops check the states."""
    kinds = (torch.nn.RNNBase, torch.nn.LSTM)
    before = [kind.check_forward_args for kind in kinds]

    def unless_packed(check: Any) -> Any:
        def called(layer: Any, data: Any, hidden: Any, batch_sizes: Any) -> None:
            if batch_sizes is None or door.mode.is_paused:
                check(layer, data, hidden, batch_sizes)

        return called

    for kind, check in zip(kinds, before, strict=True):
        kind.check_forward_args = unless_packed(check)
    try:
        yield
    finally:
        for kind, check in zip(kinds, before, strict=True):
            kind.check_forward_args = check


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch._pack_padded_sequence": _pack,
    "torch._pad_packed_sequence": _pad,
}
