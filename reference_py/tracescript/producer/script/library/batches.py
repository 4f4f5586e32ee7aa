"""Ops over batches that torch's programs give one sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import Items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Given = Entry | None

_OF_BATCHES: Final = {
    f"{name}{n}d": n + 2
    for name in ("conv", "conv_transpose", "max_pool", "avg_pool")
    for n in (1, 2, 3)
}
"""Ops of which torch takes a batch or one sample, with the rank of a batch."""


def is_single(e: Emitter, name: str, x: Given) -> bool:
    """Whether an op over a batch gets one sample, as torch's convolutions and pools take it."""
    if name not in _OF_BATCHES or e.frame.flavour != "torch" or not isinstance(x, Value):
        return False
    shape = x.type.shape if isinstance(x.type, TensorType) else None
    return shape is not None and len(shape) == _OF_BATCHES[name] - 1


def of_single(
    e: Emitter, name: str, inputs: Sequence[Given], attributes: Mapping[str, Any] | None
) -> Entry:
    """Make one sample a batch, and take it out of the results."""
    from tracescript.producer.script.library.promote import emit_op

    x, *rest = inputs
    assert isinstance(x, Value)
    found = emit_op(e, name, [e.op("unsqueeze", [x], {"dim": 0}), *rest], attributes)
    first = e.constant(0)
    if not isinstance(found, Items):
        return e.op("select", [e.value(found), first], {"dim": 0})
    parts = [e.op("select", [e.value(p), first], {"dim": 0}) for p in found.parts]
    return replace(found, parts=tuple(parts))
