"""What shape rules share: axes, broadcasting, and what a misfit is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tracescript.ir import dims
from tracescript.opset.relations import differ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Dim

Shape: TypeAlias = "tuple[Dim, ...]"
"""The extents of a tensor of known rank."""


class MismatchError(Exception):
    """Shapes that cannot fit, whatever the symbols are."""


@dataclass(frozen=True, slots=True)
class Many:
    """A list of tensors of unknown length; `shape` is what all have in common, None if unknown."""

    shape: Shape | None


def axis_of(axis: int, rank: int) -> int:
    """Return an axis counted from the front. Raises MismatchError if there is none."""
    if not -rank <= axis < rank:
        message = f"rank {rank} has no axis {axis}"
        raise MismatchError(message)
    return axis % rank


def replaced(x: Shape, axis: int, *extents: Dim) -> Shape:
    """Return a shape with one axis replaced by none, one or several."""
    return (*x[:axis], *extents, *x[axis + 1 :])


def broadcast_extents(a: Dim, b: Dim) -> Dim:
    """Return the extent to which two broadcast. Raises MismatchError if they cannot."""
    if a in (1, b):
        return b
    if b == 1:
        return a
    if a is None or b is None:
        known = b if a is None else a
        return known if _is_wide(known) else None
    if _is_wide(a) and _is_wide(b):
        if differ(a, b):
            message = f"extents {dims.text(a)} and {dims.text(b)} do not broadcast"
            raise MismatchError(message)
        return a if isinstance(a, int) or not isinstance(b, int) else b
    return a if _is_wide(a) else b if _is_wide(b) else None


def _is_wide(a: Dim) -> bool:
    """Return whether an extent is never 1, so that the other one has to give way."""
    low, _ = dims.bounds(a)
    return a == 0 or (a is not None and low > 1)


def broadcast_shapes(shapes: Sequence[Shape]) -> Shape:
    """Return the shape to which all broadcast. Raises MismatchError if they do not."""
    rank = max(map(len, shapes), default=0)
    result: list[Dim] = [1] * rank
    for shape in shapes:
        start = rank - len(shape)
        for i, extent in enumerate(shape):
            result[start + i] = broadcast_extents(result[start + i], extent)
    return tuple(result)
