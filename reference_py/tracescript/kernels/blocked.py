"""Long elementwise sums of steps, in blocks that stay in the cache from step to step."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.kernels.rounding import Array

    Steps = Callable[[Array, Array, Array], None]

BLOCK: Final = 1 << 16
"""Elements of a block; a few arrays of that many fit into a core's cache."""


def mapped(x: Array, steps: Steps) -> Array:
    """Return what `steps(part, result, spare)` computes, the spare being an array to work in."""
    flat = np.ascontiguousarray(x).reshape(-1)
    y = np.empty_like(flat)
    if flat.size <= BLOCK:
        steps(flat, y, np.empty_like(flat))
    else:
        spare = np.empty(BLOCK, x.dtype)
        for start in range(0, flat.size, BLOCK):
            part = flat[start : start + BLOCK]
            steps(part, y[start : start + BLOCK], spare[: part.size])
    return y.reshape(x.shape)


def by_rows(count: int, width: int) -> list[slice]:
    """Return slices of `count` rows of `width` elements, of about two blocks or one row."""
    step = max(1, 2 * BLOCK // max(1, width))
    return [slice(start, start + step) for start in range(0, count, step)]


_SUMMED_BY_PRODUCT: Final = 4096


def sums(rows: Array) -> Array:
    """Return the sum of each row of a matrix, for short rows as a product with ones: faster.

    Long rows are summed pairwise, which rounds less.
    """
    if rows.shape[1] <= _SUMMED_BY_PRODUCT:
        return rows.dot(_ones(rows.shape[1], rows.dtype.char))
    return np.add.reduce(rows, axis=1)


def squares(rows: Array) -> Array:
    """Return the sum of the squares of each row."""
    if rows.shape[1] <= _SUMMED_BY_PRODUCT:
        return np.matmul(rows[:, np.newaxis, :], rows[:, :, np.newaxis]).reshape(-1)
    return sums(rows * rows)


@functools.lru_cache(maxsize=64)
def _ones(count: int, char: str) -> Array:
    return np.ones(count, char)
