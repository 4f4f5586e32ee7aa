"""torch's `unique` and `unique_consecutive`: of elements one op, of rows written with others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch.named import matched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _unique(
    door: TorchDoor,
    x: torch.Tensor,
    sorted: bool = True,  # noqa: A002  # torch's name
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: Any = None,
) -> Any:
    """Give elements in order: one of the orders that torch may give unsorted."""
    del sorted
    if dim is not None:
        rows = _rows(x, dim)
        order = torch.arange(rows.shape[0])
        for column in reversed(range(door.fixed(rows.shape[1]))):
            order = order[torch.argsort(rows[order, column], stable=True)]
        values, inverse, counts = _grouped(x, rows, order, dim)
        return _chosen(values, inverse, counts, return_inverse, return_counts)
    with door.paused():
        values, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    matched(door, "unique", (x,), [values, inverse, counts])
    return _chosen(values, inverse, counts, return_inverse, return_counts)


def _unique_consecutive(
    _: TorchDoor,
    x: torch.Tensor,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: Any = None,
) -> Any:
    flat = x.reshape(-1) if dim is None else x
    rows = _rows(flat, dim or 0)
    values, inverse, counts = _grouped(flat, rows, torch.arange(rows.shape[0]), dim or 0)
    inverse = inverse.reshape(x.shape) if dim is None else inverse
    return _chosen(values, inverse, counts, return_inverse, return_counts)


def _rows(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Return what lies at each place of an axis as a row, truths as numbers."""
    moved = x.movedim(dim, 0)
    width = 1
    for size in moved.shape[1:]:
        width = size * width
    rows = moved.reshape(moved.shape[0], width)
    return rows.to(torch.uint8) if rows.dtype == torch.bool else rows


def _grouped(
    x: torch.Tensor, rows: torch.Tensor, order: torch.Tensor, dim: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Take equal rows that follow each other, in an order, for one.

    Returns the first of each along the axis, which of them each row is, and how many each is.
    """
    ordered = rows[order]
    differs = (ordered[1:] != ordered[:-1]).any(1)
    begins = torch.cat([torch.ones_like(order[:1], dtype=torch.bool), differs])
    group = begins.cumsum(0) - 1
    inverse = group.scatter(0, order, group)
    return x.index_select(dim, order[begins]), inverse, torch.bincount(group)


def _chosen(
    values: torch.Tensor,
    inverse: torch.Tensor,
    counts: torch.Tensor,
    return_inverse: bool,
    return_counts: bool,
) -> Any:
    chosen = [values] + [inverse] * return_inverse + [counts] * return_counts
    return tuple(chosen) if len(chosen) > 1 else values


def _searchsorted(
    door: TorchDoor,
    sorted_sequence: Any,
    values: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Any:
    """Find places; `side` says `right` by name, `sorter` brings the sequence into order."""
    right = right or side == "right"
    if sorter is not None:
        sorted_sequence = sorted_sequence.gather(-1, sorter)
    found = door.mode.as_op(torch.searchsorted, (sorted_sequence, values), {"right": right})
    return found.to(torch.int32) if out_int32 else found


def _bucketize(
    door: TorchDoor, x: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False
) -> Any:
    found = door.mode.as_op(torch.bucketize, (x, boundaries), {"right": right})
    return found.to(torch.int32) if out_int32 else found


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.functional.unique": _unique,
    "torch.searchsorted": _searchsorted,
    "torch.bucketize": _bucketize,
    "torch.unique": _unique,
    "torch.Tensor.unique": _unique,
    "torch.functional.unique_consecutive": _unique_consecutive,
    "torch.unique_consecutive": _unique_consecutive,
    "torch.Tensor.unique_consecutive": _unique_consecutive,
}
"""By name of torch."""
