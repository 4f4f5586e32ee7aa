"""Products of matrices, in parts for which the library has its fastest code."""

from __future__ import annotations

import functools
import itertools
import os
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from tracescript.kernels.rounding import Array

_SMALL: Final = 1_000_000
"""Multiplications up to which OpenBLAS reads operands where they are, and does not copy them."""
_LANES: Final = 32
_WIDEST: Final = 256
_WORTH_A_THREAD: Final = 8_000_000
"""Multiplications that take about ten times as long as handing them to another thread."""


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
    count = min(_threads(), work // _WORTH_A_THREAD, out.shape[axis])
    if count <= 1:
        np.matmul(a, b, out=out)
        return
    a = np.broadcast_to(a, (*out.shape[:-2], *a.shape[-2:]))
    ends = [i * out.shape[axis] // count for i in range(count + 1)]
    shares = [
        [np.moveaxis(m, axis, 0)[start:stop] for m in (a, b, out)]
        for start, stop in itertools.pairwise(ends)
    ]
    pool = _pool(os.getpid(), _threads() - 1)
    others = [pool.submit(_quietly, *share) for share in shares[1:]]
    _quietly(*shares[0])
    for other in others:
        other.result()


def _quietly(a: Array, b: Array, out: Array) -> None:
    with np.errstate(all="ignore"):
        np.matmul(a, b, out=out)


@functools.cache
def _threads() -> int:
    """Return the threads that OpenBLAS takes by default."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        text = os.environ.get(name, "")
        if text.isdecimal() and int(text) > 0:
            return int(text)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@functools.lru_cache(maxsize=1)
def _pool(process: int, threads: int) -> ThreadPoolExecutor:
    """Return the threads of this process: a fork has none of its parent's."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(threads, f"products-{process}")
