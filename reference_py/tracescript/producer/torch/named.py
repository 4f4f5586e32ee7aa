"""Records ops by name for real results, for calls that no name table can match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from tracescript.opset.table import opset
from tracescript.producer.torch import mode
from tracescript.producer.trace import lowering
from tracescript.producer.trace.matching import Match

if TYPE_CHECKING:
    from tracescript.producer.torch.door import TorchDoor


def matched(
    door: TorchDoor, op: str, inputs: tuple[Any, ...], results: Any, **attributes: Any
) -> tuple[Any, ...]:
    """Record an op by name for real results, and bind them."""
    found = Match(opset()[op], inputs, attributes, {}, False)  # not in place
    wires = lowering.record(door, found, results)
    for tensor, wire in zip(results, wires, strict=True):
        if isinstance(tensor, torch.Tensor):
            mode.adopt(door, tensor, wire, inputs)
    return wires


def matched_all(
    door: TorchDoor, op: str, inputs: tuple[Any, ...], results: Any, **attributes: Any
) -> tuple[Any, ...]:
    """Record an op by name for real results without binding any."""
    found = Match(opset()[op], inputs, attributes, {}, False)  # not in place
    return lowering.record(door, found, results)
