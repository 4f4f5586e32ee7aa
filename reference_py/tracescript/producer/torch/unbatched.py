"""Convolutions and pools of one image: torch leaves out the axis of the batch, the ops do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_AXES: Final[Mapping[str, int]] = {
    f"{name}{axes}d": axes
    for name in ("conv", "conv_transpose", "max_pool", "avg_pool", "adaptive_max_pool")
    for axes in (1, 2, 3)
}


def is_unbatched(name: str, x: Any) -> bool:
    """Whether a call of torch takes one image where the op of that name takes a batch."""
    axes = _AXES.get(name.removesuffix("_with_indices"))
    return axes is not None and isinstance(x, torch.Tensor) and x.dim() == axes + 1


def of_one_image(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that computes with a batch of one and drops its axis again."""

    def call(x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        made = function(x.unsqueeze(0), *args, **kwargs)
        if isinstance(made, torch.Tensor):
            return made.squeeze(0)
        return type(made)(part.squeeze(0) for part in made)

    return call
