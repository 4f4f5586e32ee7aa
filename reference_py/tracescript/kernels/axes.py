"""Axes of a tensor whose rank only a run can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.errors import trap

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array


def axis_of(x: Array, dim: int) -> int:
    """Return an axis, counted from the front. Raises TrapError for one that x lacks."""
    if not -x.ndim <= dim < x.ndim:
        raise trap("VALUE_ERROR", f"rank {x.ndim} has no axis {dim}")
    return dim % x.ndim
