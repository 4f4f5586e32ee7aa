"""`interpolate`: torch's sizes, factors and modes as the op has them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from torch.nn import functional

from tracescript.producer.torch.antialias import smoothed
from tracescript.producer.torch.named import matched
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch

    from tracescript.producer.torch.door import TorchDoor

_MODES: Final = {"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}
_POOLS: Final = (
    functional.adaptive_avg_pool1d,
    functional.adaptive_avg_pool2d,
    functional.adaptive_avg_pool3d,
)


def _interpolate(
    door: TorchDoor,
    x: torch.Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> torch.Tensor:
    name = _MODES.get(mode, mode)
    axes = x.dim() - 2
    with door.paused():
        result = functional.interpolate(
            x, plain(size), plain(scale_factor), mode, align_corners, recompute_scale_factor
        )
    scales = None
    if size is None:
        scales = scale_factor if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * axes
        size = tuple(_scaled(n, s) for n, s in zip(x.shape[2:], scales, strict=True))
    elif isinstance(size, int):
        size = (size,) * axes
    given = None if scales is None or recompute_scale_factor else tuple(map(float, scales))
    if name == "area":
        return _POOLS[axes - 1](x, tuple(size))
    if antialias:
        return smoothed(
            x,
            tuple(size),
            scales and tuple(map(float, scales)),
            is_cubic=name == "cubic",
            corners=align_corners,
            recomputes=recompute_scale_factor,
        )
    attributes = {"mode": name, "align_corners": bool(align_corners)}
    matched(door, "interpolate", (x, tuple(size), given), [result], **attributes)
    return result


def _scaled(extent: int, factor: Any) -> int:
    """Return floor(extent * factor): exact for whole factors, so that the size stays open."""
    whole = float(factor)
    if whole.is_integer():
        return extent * int(whole)
    if float(1 / whole).is_integer():
        return extent // int(1 / whole)
    return math.floor(extent * whole)


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.nn.functional.interpolate": _interpolate,
    "torch.nn.functional.upsample": _interpolate,
}
