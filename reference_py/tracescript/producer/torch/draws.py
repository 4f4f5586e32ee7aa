"""Draws of torch that are several calls: what traces record of them, and what scripts compile.

Each gives a new tensor, also where torch writes into one.
"""

from __future__ import annotations

import math
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  # as everybody writes it

_LEAST: Final = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717
"""Minus the product of the two constants of SELU."""


def uniform(x: Any, low: Any, high: Any, generator: Any) -> Any:
    """`x.uniform_(low, high)`."""
    return torch.rand(x.shape, dtype=x.dtype, generator=generator) * (high - low) + low


def normal(x: Any, mean: Any, std: Any, generator: Any) -> Any:
    """`x.normal_(mean, std)`, and `torch.normal` of tensors whose sum is like `x`."""
    return torch.randn(x.shape, dtype=x.dtype, generator=generator) * std + mean


def exponential(x: Any, rate: Any, generator: Any) -> Any:
    """`x.exponential_(rate)`."""
    drawn = torch.rand(x.shape, dtype=x.dtype, generator=generator)
    return torch.log1p(-drawn) / -rate


def alpha_dropped(x: Any, p: float, features: bool) -> Any:
    """Elements or whole features set to the least value of SELU; mean and variance stay."""
    keep = 1 - p
    if keep == 0:
        return x * 0
    scale = (keep * (1 + (1 - keep) * _LEAST**2)) ** -0.5
    drop = torch.feature_dropout if features else torch.dropout
    kept = (drop(torch.ones_like(x), p, True) > 0).to(x.dtype)
    return (x * kept + _LEAST * (1 - kept) - (1 - keep) * _LEAST) * scale


def feature_dropped(x: Any, p: float, unbatched: int) -> Any:
    """Features dropped out; `unbatched` is the rank of an input without the axis of the batch."""
    if x.dim() == unbatched:
        return torch.feature_dropout(x.unsqueeze(0), p, True).squeeze(0)
    return torch.feature_dropout(x, p, True)


def attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any,
    dropout_p: float,
    is_causal: bool,
    scale: Any,
    enable_gqa: bool,
) -> Any:
    """`scaled_dot_product_attention` with dropout of the weights."""
    if enable_gqa:
        groups = query.size(-3) // key.size(-3)
        key = key.unsqueeze(-3).expand(*key.shape[:-2], groups, *key.shape[-2:]).flatten(-4, -3)
        value = value.unsqueeze(-3)
        value = value.expand(*value.shape[:-3], groups, *value.shape[-2:]).flatten(-4, -3)
    factor = 1 / math.sqrt(query.size(-1)) if scale is None else scale
    scores = query @ key.transpose(-2, -1) * factor
    if is_causal:
        seen = torch.ones((scores.size(-2), scores.size(-1)), dtype=torch.bool).tril()
        scores = scores.masked_fill(seen.logical_not(), -math.inf)
    elif attn_mask is not None:
        if attn_mask.dtype == torch.bool:
            scores = scores.masked_fill(attn_mask.logical_not(), -math.inf)
        else:
            scores = scores + attn_mask
    return F.dropout(scores.softmax(-1), dropout_p) @ value


def rrelu(x: Any, lower: float, upper: float) -> Any:
    """`F.rrelu` in training: a slope for each element."""
    slope = torch.rand(x.shape, dtype=x.dtype) * (upper - lower) + lower
    return torch.where(x <= 0, x * slope, x)
