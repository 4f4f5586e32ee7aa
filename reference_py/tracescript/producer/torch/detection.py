"""Operators of torchvision that detection models call: `nms` and `roi_align`."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch import mode, names
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript import ir
    from tracescript.producer.torch.door import TorchDoor


def suppressed(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Return the places of boxes `[N, 4]` that overlap no kept one of a higher score by more.

    The trace calls what this compiles to. Boxes are corners `x1, y1, x2, y2`; places are ordered
    by falling score.
    """
    order = torch.argsort(scores, dim=0, descending=True, stable=True)
    ordered = boxes[order]
    low, high = ordered[:, :2], ordered[:, 2:]
    area = (high[:, 0] - low[:, 0]) * (high[:, 1] - low[:, 1])
    places = torch.arange(order.shape[0])
    kept = torch.ones_like(order, dtype=torch.bool)
    i = 0
    while i < order.shape[0]:
        if bool(kept[i]):
            sides = (torch.minimum(high, high[i]) - torch.maximum(low, low[i])).clamp(min=0)
            both = sides[:, 0] * sides[:, 1]
            share = (both / (area[i] + area - both)).to(torch.float64)
            kept = kept & ~((share > iou_threshold) & (places > i))
        i += 1
    return order[kept]


@functools.cache
def _compiled(boxes: str, scores: str) -> ir.Model:
    from tracescript.producer.script.run import script

    types = {"boxes": f"{boxes}[N, 4]", "scores": f"{scores}[N]", "iou_threshold": float}
    return script(suppressed, types=types, name="nms").model


def _nms(
    door: TorchDoor, dets: torch.Tensor, scores: torch.Tensor, iou_threshold: Any
) -> torch.Tensor:
    with door.paused():
        result: torch.Tensor = torch.ops.torchvision.nms(dets, scores, plain(iou_threshold))
    kinds = [door.type_of(value).data_type.value for value in (dets, scores)]
    made = _compiled(*kinds)
    function = door.imports.function(made, made.functions[-1].name)
    inputs = (door.wire(dets), door.wire(scores), door.recorder.arithmetic.as_float(iou_threshold))
    (wire,) = door.recorder.model_call(function, inputs, [door.type_of(result)])
    mode.adopt(door, result, wire, ())
    return result


def _roi_align(door: TorchDoor, *args: Any) -> torch.Tensor:
    written = getattr(sys.modules.get("torchvision.ops.roi_align"), "_roi_align", None)
    if written is None:
        raise names.unknown(door, torch.ops.torchvision.roi_align)
    found: torch.Tensor = written(*args)
    return found


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torchvision::nms": _nms,
    "torchvision::roi_align": _roi_align,
}
"""By the name an operator is registered with."""
