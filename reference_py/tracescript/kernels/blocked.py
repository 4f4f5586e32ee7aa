"""Long elementwise sums of steps, in blocks that stay in the cache from step to step."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.kernels.scratch import scratch
from tracescript.kernels.threads import each

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

        def run(start: int) -> None:
            part = flat[start : start + BLOCK]
            steps(part, y[start : start + BLOCK], scratch("spare", part.shape, x.dtype))

        each(range(0, flat.size, BLOCK), run, flat.size * _MAPPING)
    return y.reshape(x.shape)


_MAPPING: Final = 6e-4
"""Microseconds an element takes, about."""


def by_rows(count: int, width: int, most: int = 2 * BLOCK) -> list[slice]:
    """Return slices of `count` rows of `width` elements, of at most `most` elements or one row."""
    step = max(1, most // max(1, width))
    return [slice(start, start + step) for start in range(0, count, step)]


def evenly(count: int, most: int) -> list[slice]:
    """Return slices of `count` things, at most so many, or one, in each, and about as many."""
    step = -(-count // -(-count // max(1, most)))
    return [slice(start, min(start + step, count)) for start in range(0, count, step)]


SUMMED_BY_PRODUCT: Final = 4096


def sums(rows: Array) -> Array:
    """Return the sum of each row of a matrix, for short rows as a product with ones: faster.

    Long rows are summed pairwise, which rounds less.
    """
    if rows.shape[1] <= SUMMED_BY_PRODUCT:
        return rows.dot(_ones(rows.shape[1], rows.dtype.char))
    return np.add.reduce(rows, axis=1)


def squares(rows: Array) -> Array:
    """Return the sum of the squares of each row."""
    if rows.shape[1] <= SUMMED_BY_PRODUCT:
        return np.vecdot(rows, rows)
    return sums(rows * rows)


def is_fast(name: str, dtype: np.dtype[Any]) -> bool:
    """Whether NumPy computes a function many elements at a time on this processor."""
    if np.lib.NumpyVersion(np.__version__) < "2.1.0":
        return False
    from numpy.lib import introspect

    found = introspect.opt_func_info(func_name=f"^{name}$", signature=np.dtype(dtype).name)
    kinds = found.get(name, {}).values()
    return bool(kinds) and not any(k["current"].startswith("baseline") for k in kinds)


def exponentials(x: Array, y: Array, seen: Array | None = None, power: np.ufunc = np.exp) -> Array:
    """Set y to exp(x), to 0 where `seen`, of 0 and 1, is 0; return the sums of the rows, (..., 1).

    Where `all_fit` does not hold for the sums, call `shifted_exponentials` with the same x.
    `power` is exp2 where x counts powers of 2.
    """
    power(x, y)
    if seen is not None:
        np.multiply(y, seen, out=y)
    return sums(y.reshape(-1, y.shape[-1])).reshape(*y.shape[:-1], 1)


def shifted_exponentials(
    x: Array, y: Array, seen: Array | None = None, power: np.ufunc = np.exp
) -> Array:
    """As `exponentials`, but of the elements less what `shifts` gives for their row.

    The seen elements of a row decide, and they alone: so rows do not influence each other, and
    what is not seen may be NaN.
    """
    if seen is not None:
        x = np.fmin(x, np.where(seen, np.nan, -np.inf).astype(x.dtype))
    return exponentials(np.subtract(x, shifts(x, power), out=y), y, None, power)


def shifts(x: Array, power: np.ufunc = np.exp) -> Array:
    """Return, (..., 1), 0 for rows whose sum of exponentials fits and max for the others."""
    total = exponentials(x, np.empty_like(x), None, power)
    top = np.maximum.reduce(x, axis=-1, keepdims=True)
    top[_fit(total)] = 0
    return np.maximum(top, np.finfo(x.dtype).min, out=top)


def all_fit(total: Array) -> bool:
    """Whether no sum vanishes or overflows, whatever its row weighs: its square does not."""
    return inverses(total) is not None


def inverses(total: Array) -> Array | None:
    """Return 1 / sums where `all_fit` holds, else None."""
    inverse: Array = np.reciprocal(total)
    flat, back = total, inverse
    if total.ndim > 1:
        flat, back = total.reshape(-1), inverse.reshape(-1)
    return inverse if flat.dot(flat) < np.inf and back.dot(back) < np.inf else None


def _fit(total: Array) -> Array:
    return (np.square(total) < np.inf) & (np.square(np.reciprocal(total)) < np.inf)


@functools.lru_cache(maxsize=64)
def _ones(count: int, char: str) -> Array:
    return np.ones(count, char)
