"""Norms, softmax and attention over whole arrays, from their definitions over numpy in float64."""

from __future__ import annotations

from typing import Any

import numpy as np


def _log_softmax(x: Any, dim: int = -1) -> Any:
    low = x - np.max(x, axis=dim, keepdims=True)
    return low - np.log(np.sum(np.exp(low), axis=dim, keepdims=True))


def _softmax(x: Any, dim: int = -1) -> Any:
    return np.exp(_log_softmax(x, dim))


def _group(x: Any, weight: Any = None, bias: Any = None, groups: int = 1, eps: float = 1e-5) -> Any:
    flat = x.reshape(x.shape[0], groups, -1)
    low = flat - np.mean(flat, axis=-1, keepdims=True)
    found = (low / np.sqrt(np.mean(low**2, axis=-1, keepdims=True) + eps)).reshape(x.shape)
    shape = (1, -1, *[1] * (x.ndim - 2))
    scaled = found if weight is None else found * weight.reshape(shape)
    return scaled if bias is None else scaled + bias.reshape(shape)


def _batch(
    x: Any, running_mean: Any, running_var: Any, weight: Any = 1.0, bias: Any = 0.0,
    eps: float = 1e-5,
) -> Any:  # fmt: skip
    parts = (running_mean, running_var, weight, bias)
    shape = (1, -1, *[1] * (x.ndim - 2))
    mean, var, scale, shift = (np.reshape(p, shape) if np.ndim(p) else p for p in parts)
    return (x - mean) / np.sqrt(var + eps) * scale + shift


_MOST = 700.0
"""The exponential of this still fits into float64."""


def _attention(
    q: Any, k: Any, v: Any, mask: Any = None, is_causal: bool = False, scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:  # fmt: skip
    """Add -inf where a key is not seen; a query that sees none gives 0."""
    if enable_gqa:
        k, v = (np.repeat(a, q.shape[-3] // a.shape[-3], -3) for a in (k, v))
    scores = q @ np.swapaxes(k, -1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if mask is not None:
        scores = scores + (mask if mask.dtype != bool else np.where(mask, 0, -np.inf))
    if is_causal:
        rows, columns = np.ogrid[: scores.shape[-2], : scores.shape[-1]]
        scores = np.where(columns <= rows, scores, -np.inf)
    top = np.max(scores, -1, keepdims=True, initial=-np.inf)
    powers = np.exp(scores - np.where(np.isfinite(top) & (abs(top) > _MOST), top, 0))
    total = np.sum(powers, -1, keepdims=True)
    return powers / np.where(total == 0, 1, total) @ v


def _gelu(x: Any, approximate: str) -> Any:
    assert approximate == "tanh"
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


FUNCTIONS: dict[str, Any] = {
    "batch_norm": _batch,
    "gelu": _gelu,
    "group_norm": _group,
    "leaky_relu": lambda x, slope=0.01: np.where(x < 0, x * slope, x),
    "log_softmax": _log_softmax,
    "matmul": lambda x, y: x @ y,
    "scaled_dot_product_attention": _attention,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "softmax": _softmax,
}
