"""Scaled dot product attention."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable

KERNELS: Final = RoundedTable()


def _shared(x: Array, heads: int) -> Array:
    if heads % x.shape[-3]:
        raise trap("SHAPE_ERROR", f"expected {heads} heads to be a multiple of {x.shape[-3]}")
    return np.repeat(x, heads // x.shape[-3], axis=-3)


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
    scores = np.matmul(q, np.swapaxes(k, -1, -2)) * q.dtype.type(factor)
    low = scores.dtype.type(-np.inf)
    if mask is not None:
        scores = np.where(mask, scores, low) if mask.dtype == bool else scores + mask
    if is_causal:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=np.bool_), scores, low)
    if not scores.size:
        return np.matmul(scores, v)
    top = scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores - np.where(top == low, 0, top))
    total = weights.sum(axis=-1, keepdims=True)
    weights /= np.where(top == low, 1, total)
    return np.matmul(weights, v)
