"""Scaled dot product attention, a few heads and rows of scores at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import BLOCK, sums
from tracescript.kernels.rounding import Array, RoundedTable

if TYPE_CHECKING:
    from collections.abc import Iterator

KERNELS: Final = RoundedTable()


def _shared(x: Array, heads: int) -> Array:
    if heads % x.shape[-3]:
        raise trap("SHAPE_ERROR", f"expected {heads} heads to be a multiple of {x.shape[-3]}")
    return np.repeat(x, heads // x.shape[-3], axis=-3)


def _heads(x: Array, lead: tuple[int, ...]) -> Array:
    """Return (heads, rows, columns) with the leading axes broadcast and joined."""
    return np.broadcast_to(x, (*lead, *x.shape[-2:])).reshape(-1, *x.shape[-2:])


def _weigh(scores: Array) -> Array:
    """Turn scores into exp(score - max) of each row; return what to divide by, 1 for no weight."""
    top = np.maximum.reduce(scores, axis=-1, keepdims=True)
    np.maximum(top, np.finfo(scores.dtype).min, out=top)
    np.subtract(scores, top, out=scores)
    np.exp(scores, out=scores)
    total = sums(scores.reshape(-1, scores.shape[-1])).reshape(top.shape)
    total[total == 0] = 1
    return total


def _blocks(heads: int, rows: int, columns: int) -> Iterator[tuple[slice, slice]]:
    """Yield ranges of heads and of rows whose scores are about a block."""
    height = max(1, min(rows, 2 * BLOCK // max(1, columns)))
    many = max(1, 2 * BLOCK // max(1, height * columns))
    for row in range(0, rows, height):
        for head in range(0, heads, many):
            yield slice(head, head + many), slice(row, min(rows, row + height))


def _limits(seen: Array, dtype: Any) -> Array:
    """Return NaN where true, else -inf: what `fmin` hides other scores with, NaN among them."""
    return np.where(seen, np.nan, -np.inf).astype(dtype)


def _hide(scores: Array, mask: Array, is_limit: bool, heads: slice, rows: slice) -> None:
    part = (mask if mask.shape[0] == 1 else mask[heads])[:, rows, : scores.shape[-1]]
    (np.fmin if is_limit else np.add)(scores, part, out=scores)


def _attend(
    q: Array, k: Array, v: Array, mask: Array | None, *, is_limit: bool, causal: bool
) -> Array:
    """Attend over (heads, rows, columns); `is_limit` tells what kind of mask it is."""
    length, width = q.shape[1], k.shape[1]
    y = np.empty((*q.shape[:2], v.shape[2]), q.dtype)
    across = k.swapaxes(1, 2)
    for heads, rows in _blocks(q.shape[0], length, width):
        seen = min(width, rows.stop) if causal else width
        scores = np.matmul(q[heads, rows], across[heads, :, :seen])
        if mask is not None:
            _hide(scores, mask, is_limit, heads, rows)
        if causal:
            past = np.tri(rows.stop - rows.start, seen, rows.start, dtype=np.bool_)
            np.fmin(scores, _limits(past, q.dtype), out=scores)
        total = _weigh(scores)
        np.matmul(scores, v[heads, :seen], out=y[heads, rows])
        y[heads, rows] /= total
    return y


def _mask(mask: Array | None, q: Array, k: Array) -> tuple[Array | None, bool]:
    """Return a mask of full rows and columns, and whether it holds limits."""
    if mask is None:
        return None, False
    is_limit = mask.dtype == np.bool_
    numbers = _limits(mask, q.dtype) if is_limit else mask
    return np.broadcast_to(numbers, (*mask.shape[:-2], q.shape[-2], k.shape[-2])), is_limit


@KERNELS.of("scaled_dot_product_attention")
def scaled_dot_product_attention(
    q: Array,
    k: Array,
    v: Array,
    mask: Array | None,
    is_causal: bool,
    scale: float | None,
    enable_gqa: bool,
) -> Array:
    if enable_gqa:
        k, v = _shared(k, q.shape[-3]), _shared(v, q.shape[-3])
    factor = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    mask, is_limit = _mask(mask, q, k)
    leads = [a.shape[:-2] for a in (q, k, v, mask) if a is not None]
    try:
        lead = np.broadcast_shapes(*leads)
    except ValueError:
        raise trap("SHAPE_ERROR", f"leading extents {leads} do not fit together") from None
    if not k.shape[-2]:
        return np.zeros((*lead, q.shape[-2], v.shape[-1]), q.dtype)
    if mask is not None:
        is_shared = math.prod(mask.shape[:-2]) == 1
        mask = mask.reshape(1, *mask.shape[-2:]) if is_shared else _heads(mask, lead)
    scaled = q * q.dtype.type(factor)
    joined = (_heads(scaled, lead), _heads(k, lead), _heads(v, lead))
    y = _attend(*joined, mask, is_limit=is_limit, causal=is_causal)
    return y.reshape(*lead, *y.shape[1:])
