"""Scaled dot product attention, a few heads and rows of scores at a time."""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.blocked import (
    BLOCK,
    exponentials,
    inverses,
    is_fast,
    shifted_exponentials,
    sums,
)
from tracescript.kernels.rounding import Array, RoundedTable

KERNELS: Final = RoundedTable()


def _shared(x: Array, heads: int) -> Array:
    if heads % x.shape[-3]:
        raise trap("SHAPE_ERROR", f"expected {heads} heads to be a multiple of {x.shape[-3]}")
    return np.repeat(x, heads // x.shape[-3], axis=-3)


def _heads(x: Array, lead: tuple[int, ...]) -> Array:
    """Return (heads, rows, columns) with the leading axes broadcast and joined."""
    full = x if x.shape[:-2] == lead else np.broadcast_to(x, (*lead, *x.shape[-2:]))
    return full.reshape(-1, *x.shape[-2:])


def _blocks(heads: int, rows: int, columns: int) -> list[tuple[slice, slice]]:
    """Return ranges of heads and of rows whose scores are about a block."""
    if heads * rows * columns <= 2 * BLOCK:
        return [(slice(heads), slice(0, rows))]
    height = max(1, min(rows, 2 * BLOCK // columns))
    many = max(1, 2 * BLOCK // (height * columns))
    return [
        (slice(head, head + many), slice(row, min(rows, row + height)))
        for row in range(0, rows, height)
        for head in range(0, heads, many)
    ]


def _attend(
    q: Array, k: Array, v: Array, mask: Array | None, power: np.ufunc, *, adds: bool, causal: bool
) -> Array:
    """Attend over (heads, rows, columns); `adds` tells a mask of numbers from one of 0 and 1."""
    length, width = q.shape[1], k.shape[1]
    y = np.empty((*q.shape[:2], v.shape[2]), q.dtype)
    across = k.swapaxes(1, 2)
    for heads, rows in _blocks(q.shape[0], length, width):
        visible = min(width, rows.stop) if causal else width
        seen = _past(rows.start, rows.stop, visible, q.dtype.char) if causal else None
        added = None
        if mask is not None:
            part = (mask if mask.shape[0] == 1 else mask[heads])[:, rows, :visible]
            if adds:
                added = part
            else:
                seen = part if seen is None else part * seen
        pair = q[heads, rows], across[heads, :, :visible]
        scores = _scores(*pair, added)
        total = exponentials(scores, scores, seen, power)
        inverse = inverses(total)
        if inverse is None:
            scores = _scores(*pair, added)
            total = shifted_exponentials(scores, scores, seen, power)
            total[total == 0] = 1
            inverse = np.reciprocal(total)
        result = np.matmul(scores, v[heads, :visible], out=y[heads, rows])
        np.multiply(result, inverse, result)
    return y


@functools.lru_cache(maxsize=64)
def _plan(
    q: tuple[int, ...], k: tuple[int, ...], v: tuple[int, ...], char: str, scale: float | None
) -> tuple[np.ufunc, Array, bool]:
    """Return exp2 where it is fast, else exp; what scales queries for it; and `_is_small`."""
    factor = _factor(q, scale)
    if is_fast("exp2", np.dtype(char)):
        return np.exp2, np.array(factor * math.log2(math.e), char), _is_small(q, k, v)
    return np.exp, np.array(factor, char), _is_small(q, k, v)


def _factor(q: tuple[int, ...], scale: float | None) -> float:
    return 1 / math.sqrt(q[-1]) if scale is None else scale


def _is_small(q: tuple[int, ...], k: tuple[int, ...], v: tuple[int, ...]) -> bool:
    """Whether the scores are one block of heads that go with each other one by one."""
    return q[:-2] == k[:-2] == v[:-2] and 0 < math.prod(q[:-1]) * k[-2] <= 2 * BLOCK


def _at_once(q: Array, k: Array, v: Array, power: np.ufunc) -> Array | None:
    """Attend where all is seen, in the fewest calls; None where exponentials do not fit."""
    scores = np.matmul(q, k.swapaxes(-1, -2))
    total = sums(power(scores, scores).reshape(-1, scores.shape[-1]))
    inverse = inverses(total)
    if inverse is None:
        return None
    result = np.empty((*scores.shape[:-1], v.shape[-1]), scores.dtype)
    np.matmul(scores, v, out=result)
    rows = result.reshape(total.size, -1)  # NumPy's own may lie as the operands do, then a copy
    np.multiply(rows, inverse[:, np.newaxis], rows)
    return result


def _scores(q: Array, across: Array, added: Array | None) -> Array:
    scores = np.matmul(q, across)
    return scores if added is None else np.add(scores, added, out=scores)


@functools.lru_cache(maxsize=4)
def _past(start: int, stop: int, width: int, char: str) -> Array:
    """Return 1 where a row of start..stop comes no sooner than a column, else 0."""
    return np.tri(stop - start, width, start, dtype=char)


def _mask(mask: Array, q: Array, k: Array) -> Array:
    """Return a mask of full rows and columns, of the type of scores."""
    shape = (*mask.shape[:-2], q.shape[-2], k.shape[-2])
    return np.broadcast_to(mask.astype(q.dtype, copy=False), shape)


def _lead(*operands: Array | None) -> tuple[int, ...]:
    """Return the leading extents of all operands, broadcast together."""
    leads = {a.shape[:-2] for a in operands if a is not None}
    if len(leads) == 1:
        return leads.pop()
    try:
        return np.broadcast_shapes(*leads)
    except ValueError:
        raise trap("SHAPE_ERROR", f"leading extents {sorted(leads)} do not fit together") from None


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
    power, factor, is_small = _plan(q.shape, k.shape, v.shape, q.dtype.char, scale)
    adds = mask is not None and mask.dtype != np.bool_
    if adds:
        power, factor = np.exp, np.array(_factor(q.shape, scale), q.dtype)
    q = np.multiply(q, factor)
    if is_small and mask is None and not is_causal:
        result = _at_once(q, k, v, power)
        if result is not None:
            return result
    if mask is not None:
        mask = _mask(mask, q, k)
    lead = _lead(q, k, v, mask)
    if not k.shape[-2]:
        return np.zeros((*lead, q.shape[-2], v.shape[-1]), q.dtype)
    if mask is not None:
        is_shared = math.prod(mask.shape[:-2]) == 1
        mask = mask.reshape(1, *mask.shape[-2:]) if is_shared else _heads(mask, lead)
    joined = (_heads(q, lead), _heads(k, lead), _heads(v, lead))
    y = _attend(*joined, mask, power, adds=adds, causal=is_causal)
    return y.reshape(*lead, *y.shape[1:])
