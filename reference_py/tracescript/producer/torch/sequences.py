"""Sequences of several lengths, packed and padded: what traces record, and what scripts compile.

Padded sequences have the time as their first axis here.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.utils.rnn import PackedSequence


def packed(x: Any, lengths: Any, longest: Any) -> Any:
    """Return the steps of padded sequences, time by time, and how many there are of each time."""
    has_step = torch.arange(longest).unsqueeze(1) < lengths.unsqueeze(0)
    return x[:longest][has_step], has_step.sum(1)


def padded(data: Any, batch_sizes: Any, batch: Any, value: Any) -> Any:
    """Return padded sequences, and where they have steps; `batch` is how many there are."""
    has_step = torch.arange(batch).unsqueeze(0) < batch_sizes.unsqueeze(1)
    sizes = list(has_step.shape) + list(data.shape[1:])  # scripts know the sum
    result = torch.full(sizes, value, dtype=data.dtype)
    result[has_step] = data
    return result, has_step


def lengthened(x: Any, value: Any, steps: Any) -> Any:
    """Return padded sequences with so many steps."""
    sizes = [steps - x.size(0)] + list(x.shape[1:])  # noqa: RUF005  # as above
    return torch.cat([x, torch.full(sizes, value, dtype=x.dtype)])


def pad_sequence(sequences: Any, batch_first: bool, value: Any, on_left: bool) -> Any:
    """Return sequences of several lengths as one tensor."""
    longest = 0
    for x in sequences:
        longest = max(longest, x.size(0))
    if on_left:
        rows = [lengthened(x.flip(0), value, longest).flip(0) for x in sequences]
    else:
        rows = [lengthened(x, value, longest) for x in sequences]
    return torch.stack(rows, 0 if batch_first else 1)


def turned(x: Any, lengths: Any) -> Any:
    """Return padded sequences with the steps of each turned round; again undoes it."""
    step = torch.arange(x.size(0)).unsqueeze(1)
    back = lengths.unsqueeze(0) - 1 - step
    place = torch.where(back < 0, step, back).unsqueeze(-1).expand(tuple(x.shape))
    return torch.gather(x, 0, place)


def blanked(x: Any, has_step: Any) -> Any:
    """Return padded sequences with zeros where they have no step."""
    return x * has_step.unsqueeze(-1)


def last(y: Any, lengths: Any) -> Any:
    """Return what each sequence has at its last step, with an axis of one step before."""
    place = (lengths - 1).reshape(1, -1, 1).expand(1, y.size(1), y.size(2))
    return torch.gather(y, 0, place)


def gated(x: Any, has_step: Any, weight: Any, shut: float) -> Any:
    """Return an LSTM's input and weight with one feature more, which keeps cells without a step.

    Where it is 1 the input gate is shut and the forget gate open, so that the last cells are those
    of each sequence's last step; `shut` is what shuts a gate, whatever the state adds to it.
    """
    hidden = weight.size(0) // 4
    column = [torch.full((hidden, 1), v, dtype=weight.dtype) for v in (-shut, shut, 0.0, 0.0)]
    missing = has_step.logical_not().to(x.dtype).unsqueeze(-1)
    return torch.cat([x, missing], -1), torch.cat([weight, torch.cat(column)], 1)


def pack(x: Any, lengths: Any, batch_first: bool) -> Any:
    """Return the data and sizes of a packed sequence; the longest comes first."""
    x = x.transpose(0, 1) if batch_first else x
    if lengths.size(0) != x.size(1):
        raise RuntimeError("Expected `len(lengths)` to be equal to batch_size")
    if bool((lengths <= 0).any()):
        raise RuntimeError("Length of all samples has to be greater than 0")
    if bool((lengths > x.size(0)).any()):
        raise RuntimeError("a length exceeds the padded sequences")
    if bool((lengths[:-1] < lengths[1:]).any()):
        raise RuntimeError("`lengths` array must be sorted in decreasing order")
    return packed(x, lengths, int(lengths.max()))


def pack_padded_sequence(x: Any, lengths: Any, batch_first: bool, enforce_sorted: bool) -> Any:
    """As torch's function of this name."""
    if enforce_sorted:
        data, batch_sizes = pack(x, lengths, batch_first)
        return PackedSequence(data, batch_sizes, None, None)
    lengths, order = torch.sort(lengths, descending=True)
    data, batch_sizes = pack(x.index_select(0 if batch_first else 1, order), lengths, batch_first)
    return PackedSequence(data, batch_sizes, order, torch.argsort(order))


def pad_packed_sequence(
    sequence: Any, batch_first: bool, padding_value: float, total_length: Any
) -> Any:
    """As torch's function of this name."""
    batch = int(sequence.batch_sizes[0])
    y, has_step = padded(sequence.data, sequence.batch_sizes, batch, padding_value)
    lengths = has_step.sum(0)
    if total_length is not None:
        if total_length < y.size(0):
            raise ValueError("Expected total_length to be at least the length of the longest")
        y = lengthened(y, padding_value, total_length)
    if batch_first:
        y = y.transpose(0, 1)
    order = sequence.unsorted_indices
    if order is None:
        return y, lengths
    return y.index_select(0 if batch_first else 1, order), lengths.index_select(0, order)
