"""Packed sequences as torch spells them, and recurrent networks over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.ir.types import DataType
from tracescript.producer.script.emitter.diagnostics import is_none, is_tensor
from tracescript.producer.script.emitter.entries import Struct
from tracescript.producer.script.emitter.objects import torch_door
from tracescript.producer.script.library.coerce import as_tensor, data_type
from tracescript.producer.script.library.making import tensor
from tracescript.producer.script.library.table import known, special, take
from tracescript.producer.script.library.written import composed

if TYPE_CHECKING:
    from tracescript.ir.values import Value
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments

_HOME: Final = "torch.nn.utils.rnn"
_FIELDS: Final = ("data", "batch_sizes", "sorted_indices", "unsorted_indices")


@special(f"{_HOME}.PackedSequence")
def packed_sequence(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The named tuple; what undoes an order is worked out where it is not given."""
    none = e.constant(None)
    data, sizes, order, back = (x or none for x in take(args, kwargs, *_FIELDS))
    if is_none(back) and not is_none(order):
        back = e.op("argsort", [e.value(order)])
    door = torch_door()
    assert door is not None
    parts = (data, as_tensor(e, sizes, DataType.INT64), order, back)
    return Struct(door.PACKED_SEQUENCE, dict(zip(_FIELDS, parts, strict=True)))


@special(f"{_HOME}.pack_padded_sequence")
def pack_padded_sequence(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Lengths are a tensor or a list of ints."""
    names = "input", "lengths", "batch_first", "enforce_sorted"
    x, lengths, first, is_sorted = take(args, kwargs, *names)
    assert x is not None
    assert lengths is not None
    flags = (
        e.constant(bool(known(e, first, False, "batch_first"))),
        e.constant(bool(known(e, is_sorted, True, "enforce_sorted"))),
    )
    return composed(e, "pack_padded_sequence", x, _lengths(e, lengths), *flags)


def _lengths(e: Emitter, given: Entry) -> Value:
    """Return lengths as int64, which they are where nothing else says what they are."""
    if not is_tensor(given) and not e.session.holds_array(given):
        given = tensor(e, [given], {})
    value = e.value(given)
    if e.session.roots.of(value) and data_type(value) is not DataType.INT64:
        e.session.roots.need(value, DataType.INT64)
    return as_tensor(e, value, DataType.INT64)


@special(f"{_HOME}.pad_packed_sequence")
def pad_packed_sequence(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """The padded sequences and their lengths."""
    names = "sequence", "batch_first", "padding_value", "total_length"
    sequence, first, value, total = take(args, kwargs, *names)
    assert sequence is not None
    is_first = e.constant(bool(known(e, first, False, "batch_first")))
    rest = value or e.constant(0.0), total or e.constant(None)
    return composed(e, "pad_packed_sequence", sequence, is_first, *rest)


@special("torch._C._nn.pad_sequence")
def pad_sequence(e: Emitter, args: list[Entry], kwargs: Arguments) -> Entry:
    """Sequences of several lengths as one tensor."""
    names = "sequences", "batch_first", "padding_value", "padding_side"
    rows, first, value, side = take(args, kwargs, *names)
    assert rows is not None
    is_first = e.constant(bool(known(e, first, False, "batch_first")))
    on_left = e.constant(known(e, side, "right", "padding_side") == "left")
    return composed(e, "pad_sequence", rows, is_first, value or e.constant(0.0), on_left)


def closing(kind: DataType) -> float:
    """Return what shuts a gate, whatever the state adds to it, in a data type."""
    return 32752.0 if kind is DataType.FLOAT16 else 1e30
