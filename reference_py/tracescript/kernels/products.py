"""Products of matrices, in parts for which the library has its fastest code."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.kernels.threads import at_hand, each

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

_SMALL: Final = 1_000_000
"""Multiplications up to which OpenBLAS reads operands where they are, and does not copy them."""
_LANES: Final = 32
_WIDEST: Final = 256
_UNSHARED: Final = 1 << 18
"""Multiplications up to which OpenBLAS always takes one thread."""
_A_MICROSECOND: Final = 80_000
"""Multiplications that take about so long."""


def product(a: Array, b: Array, out: Array) -> None:
    """Set out to a @ b, with (..., rows, terms) and (..., terms, columns).

    Parts are the same whatever the threads, and so is each element.
    """
    rows, terms = a.shape[-2:]
    columns, width = b.shape[-1], _columns_at_once(rows, terms)
    if not width or columns < width:
        np.matmul(a, b, out=out)
        return
    whole = columns - columns % width
    parts, results = _cut(b, whole, width), _cut(out, whole, width)
    _spread(a[..., np.newaxis, :, :], parts, results, rows * terms * b.size // b.shape[-2])
    if whole < columns:
        np.matmul(a, b[..., whole:], out=out[..., whole:])


def parts_of(rows: int, terms: int, columns: int) -> int:
    """Return into how many equal parts to cut the rows of a product of few columns, 1 for none."""
    least = -(-rows * terms * columns // _SMALL)
    if least <= 1 or not _has_wide_lanes():
        return 1
    return next((n for n in range(least, min(rows, 8 * least) + 1) if rows % n == 0), 1)


def product_in_parts(a: Array, b: Array, out: Array) -> None:
    """Set out to a @ b, with (rows, terms) and (..., terms, columns), as `parts_of` says."""
    rows, terms = a.shape
    count = parts_of(rows, terms, b.shape[-1])
    parts = a.reshape(count, rows // count, terms)
    results = out.reshape(*out.shape[:-2], count, rows // count, out.shape[-1])
    _spread(parts, b[..., np.newaxis, :, :], results, rows * b.size)


def is_alone(rows: int, terms: int, columns: int) -> bool:
    """Whether `product` takes no threads of the library: its products are small."""
    width, most = _columns_at_once(rows, terms), _SMALL if _has_wide_lanes() else _UNSHARED
    return rows * terms * (min(width, columns) if width else columns) <= most


def microseconds(multiplications: int) -> float:
    """Return about how long so many multiplications take a thread."""
    return multiplications / _A_MICROSECOND


def _columns_at_once(rows: int, terms: int) -> int:
    """Return the columns of a result that a fast product has, 0 if none is."""
    fit = min(_WIDEST, _SMALL // max(1, rows * terms))
    return fit - fit % (_LANES if fit < 2 * _LANES else 2 * _LANES) if _has_wide_lanes() else 0


@functools.cache
def _has_wide_lanes() -> bool:
    """Whether NumPy found AVX-512, for which OpenBLAS has code of its own for small products."""
    found: Any = np.show_config(mode="dicts")
    return not {"X86_V4", "AVX512_SKX"}.isdisjoint(found["SIMD Extensions"].get("found", []))


def _cut(matrices: Array, whole: int, width: int) -> Array:
    """Return views (..., parts, rows, width) of the first columns of (..., rows, columns)."""
    parts = matrices[..., :whole].reshape(*matrices.shape[:-1], whole // width, width)
    return parts.swapaxes(-2, -3)


def _spread(a: Array, b: Array, out: Array, work: int) -> None:
    """Compute products of small matrices on as many threads as one large product would take."""
    axis = max(range(out.ndim - 2), key=out.shape.__getitem__)
    count = min(at_hand(microseconds(work)), out.shape[axis])
    if count <= 1:
        np.matmul(a, b, out=out)
        return
    a = np.broadcast_to(a, (*out.shape[:-2], *a.shape[-2:]))
    ends = [i * out.shape[axis] // count for i in range(count + 1)]
    shares = [
        [np.moveaxis(m, axis, 0)[start:stop] for m in (a, b, out)]
        for start, stop in itertools.pairwise(ends)
    ]
    each(shares, lambda share: np.matmul(share[0], share[1], out=share[2]), microseconds(work))
