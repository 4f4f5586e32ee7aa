"""Resizing with antialias: each axis is a product with a matrix of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHARPNESS: Final = -0.5
"""The a of the cubic of antialias; without antialias torch takes -0.75."""


def smoothed(
    x: torch.Tensor,
    size: Sequence[Any],
    scales: Sequence[float] | None,
    *,
    is_cubic: bool,
    corners: bool | None,
    recomputes: bool | None,
) -> torch.Tensor:
    """Return x (batch, channels, rows, columns) at another size, of x's type.

    The weights count in float32, or float64 for it. Sizes may be symbolic.
    """
    wide = x if x.dtype == torch.float64 else x.float()
    down, across = (
        _weights(n, out, *_spread(n, out, factor, corners, recomputes), is_cubic, wide.dtype)
        for n, out, factor in zip(x.shape[2:], size, scales or (None, None), strict=True)
    )
    return (down @ wide @ across.mT).to(x.dtype)


def _spread(
    n: Any, out: Any, factor: float | None, corners: bool | None, recomputes: bool | None
) -> tuple[Any, Any]:
    """Return the step from result to result, and the width of the kernel.

    It is as wide as the step, or 1 where the results are denser than the places.
    """
    shrinks = n >= out if factor is None else factor <= 1
    if corners and out == 1:
        return 0.0, 1.0
    step = n / out if factor is None or recomputes else 1 / factor
    step = (n - 1) / (out - 1) if corners else step
    return step, step if shrinks else 1.0


def _weights(
    n: Any, out: Any, step: Any, width: Any, is_cubic: bool, kind: torch.dtype
) -> torch.Tensor:
    """Return what each of n places counts for each of `out` ones; the sum of a row is 1."""
    places = torch.arange(n).to(kind) + 0.5
    centres = (torch.arange(out).to(kind) + 0.5) * step
    away = ((places - centres.unsqueeze(1)) / width).abs()
    counted = _cubic(away) if is_cubic else (1 - away).clamp(min=0)
    return counted / counted.sum(1, keepdim=True)


def _cubic(x: torch.Tensor) -> torch.Tensor:
    """Return the piecewise cubic of distances of at least 0; it ends at 2."""
    near = ((_SHARPNESS + 2) * x - (_SHARPNESS + 3)) * x * x + 1
    far = ((x - 5) * x + 8) * x * _SHARPNESS - 4 * _SHARPNESS
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))  # noqa: PLR2004 - where it ends
