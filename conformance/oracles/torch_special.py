"""Calls of torch whose arguments do not line up with an op's by renaming alone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from oracles.torch_arrays import ARRAYS, ordered
from oracles.torch_random import RANDOM
from oracles.torch_signals import SIGNALS

_LIMITS = {t: torch.iinfo(t) for t in (torch.uint8, torch.int8, torch.int16, torch.int32)}


def _slice(x: Any, start: Any = None, end: Any = None, step: Any = None, dim: int = 0) -> Any:
    moved = x.movedim(dim, 0)
    count = moved.shape[0]
    places = torch.arange(count)[slice(start, end, step)]
    return moved[places].movedim(0, dim)


def _cast(x: Any, dtype: Any) -> Any:
    """Float to integer saturates, NaN is 0; float64 to float16 rounds once, as numpy does."""
    if x.is_floating_point() and dtype is torch.float16:
        with np.errstate(over="ignore"):
            return torch.tensor(x.numpy().astype(np.float16))
    if not x.is_floating_point() or dtype not in _LIMITS:
        return x.to(dtype)
    limit = _LIMITS[dtype]
    return x.nan_to_num(0.0, limit.max, limit.min).trunc().clamp(limit.min, limit.max).to(dtype)


def _topk(x: Any, k: int, dim: int = -1, largest: bool = True) -> tuple[Any, Any]:
    values, places = ordered(x, dim, largest)
    return values.narrow(dim, 0, k), places.narrow(dim, 0, k)


def _extreme(function: Any) -> Any:
    def run(x: Any, dim: int, keepdim: bool = False) -> tuple[Any, Any]:
        found = function(x, dim, keepdim)
        return found.values, found.indices

    return run


def _axes(x: Any, dim: Any) -> list[int]:
    return list(range(x.dim())) if dim is None else list(dim)


def _prod(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    for axis in sorted((d % max(x.dim(), 1) for d in _axes(x, dim)), reverse=True):
        x = torch.prod(x, axis, keepdim)
    return x


def _round(x: Any, decimals: int = 0) -> Any:
    """Scale, round and scale back; scaling may overflow float32, the examples' widest type."""
    if not decimals:
        return torch.round(x)
    scaled = x * 10.0**decimals
    overflow = scaled.abs() > torch.finfo(torch.float32).max
    return torch.where(overflow, torch.inf, torch.round(scaled) / 10.0**decimals)


def _scatter(x: Any, index: Any, src: Any, dim: int = 0, reduce: str = "replace") -> Any:
    """Write one element at a time, in row-major order of the index."""
    y = x.clone()
    for place in np.ndindex(*index.shape):
        at = list(place)
        if at:
            at[dim] = int(index[place])
        old, new = y[tuple(at)], src[place]
        y[tuple(at)] = _REDUCE[reduce](old, new)
    return y


_PAD_RANK = 3
"""Axes that torch's padding by reflection wants."""

_REDUCE: dict[str, Any] = {
    "replace": lambda _, new: new,
    "sum": torch.add,
    "prod": torch.mul,
    "amax": torch.maximum,
    "amin": torch.minimum,
}


def _pad(x: Any, padding: Any, value: Any = None, mode: str = "constant") -> Any:
    if mode == "constant":
        return functional.pad(x, padding, value=0.0 if value is None else float(value))
    lead = x[(None,) * max(_PAD_RANK - x.dim(), 0)]
    name = {"edge": "replicate", "wrap": "circular"}.get(mode, mode)
    return (
        functional.pad(lead, padding, mode=name).reshape(-1)
        if x.dim() == 1
        else functional.pad(lead, padding, mode=name)
    )


def _conv(function: Any, axes: int) -> Any:
    """Pad by hand, since torch pads both sides alike; padding is before and after for each axis."""

    def run(x: Any, weight: Any, bias: Any = None, **to: Any) -> Any:
        given = to.pop("padding", [0] * 2 * axes)
        pairs = [n for k in reversed(range(axes)) for n in given[2 * k : 2 * k + 2]]
        return function(functional.pad(x, pairs), weight, bias, **to)

    return run


def _max_pool(function: Any) -> Any:
    def run(x: Any, kernel: Any, stride: Any, padding: Any = 0, **to: Any) -> Any:
        return function(x, kernel, stride, padding, return_indices=True, **to)

    return run


def _avg_pool2d(x: Any, kernel: Any, stride: Any, padding: Any = 0, **to: Any) -> Any:
    return functional.avg_pool2d(x, kernel, stride, padding, **to)


def _batch_norm(
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
) -> Any:
    return functional.batch_norm(x, running_mean, running_var, weight, bias, eps=eps)


def _batch_norm_train(
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Write the definition out: torch's own function wants eps > 0."""
    axes = [d for d in range(x.dim()) if d != 1]
    mean, var = x.mean(axes), x.var(axes, correction=0)
    y = functional.batch_norm(x, mean, var, weight, bias, eps=eps)
    unbiased = x.var(axes, correction=1)
    return (
        y,
        (1 - momentum) * running_mean + momentum * mean,
        (1 - momentum) * running_var + momentum * unbiased,
    )


def _attention(
    q: Any, k: Any, v: Any, mask: Any = None, is_causal: bool = False, scale: Any = None, **_: Any
) -> Any:
    """softmax(q k^T * scale) v by its formula; a query with nothing to attend to gives 0."""
    scores = q @ k.transpose(-1, -2) * (q.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        keep = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~keep, -torch.inf)
    if mask is not None:
        scores = (
            scores.masked_fill(~mask, -torch.inf) if mask.dtype is torch.bool else scores + mask
        )
    dead = (scores == -torch.inf).all(-1, keepdim=True)
    return torch.softmax(scores, -1).masked_fill(dead, 0.0) @ v


def _interpolate(
    x: Any, output_size: Any, scales: Any = None, mode: str = "nearest", **to: Any
) -> Any:
    """Give torch the extents, or the scales, never both; its names hang on the rank."""
    names = {"linear": ("linear", "bilinear", "trilinear"), "cubic": ("", "bicubic", "")}
    given = {"size": output_size} if scales is None else {"scale_factor": scales}
    named = names[mode][x.dim() - 3] if mode in names else mode
    return functional.interpolate(x, mode=named, **given, **(to if mode in names else {}))


def _index(x: Any, indices: Any) -> Any:
    return x[tuple(slice(None) if i is None else i for i in indices)]


def _at_left_end(function: Any) -> Any:
    """Give 0 at minus infinity, which is the limit; torch computes -inf * 0 there."""
    return lambda x, **to: torch.where(x == -torch.inf, 0.0, function(x, **to))


SPECIAL: dict[str, Any] = (
    ARRAYS
    | RANDOM
    | SIGNALS
    | {
        "avg_pool2d": _avg_pool2d,
        "batch_norm": _batch_norm,
        "batch_norm_train": _batch_norm_train,
        "conv1d": _conv(functional.conv1d, 1),
        "conv2d": _conv(functional.conv2d, 2),
        "conv3d": _conv(functional.conv3d, 3),
        "cross_entropy": lambda x, target, weight=None, **to: functional.cross_entropy(
            x, target, weight, **to
        ),
        "dropout": lambda x, p=0.5: functional.dropout(x, p, training=False),
        "einsum": lambda tensors, equation: torch.einsum(equation, *tensors),
        "feature_dropout": lambda x, p=0.5: functional.dropout2d(x, p, training=False),
        "gelu": _at_left_end(functional.gelu),
        "hardswish": _at_left_end(functional.hardswish),
        "instance_norm": lambda x, weight=None, bias=None, eps=1e-5: functional.instance_norm(
            x, weight=weight, bias=bias, eps=eps
        ),
        "max_pool1d": _max_pool(functional.max_pool1d),
        "max_pool2d": _max_pool(functional.max_pool2d),
        "mish": _at_left_end(functional.mish),
        "scaled_dot_product_attention": _attention,
        "silu": _at_left_end(functional.silu),
        "addmm": lambda bias, x, y, beta=1.0, alpha=1.0: torch.addmm(
            bias, x, y, beta=beta, alpha=alpha
        ),
        "arange": lambda start, end, step=1, dtype=torch.int64: torch.arange(
            start, end, step, dtype=dtype
        ),
        "broadcast_tensors": lambda tensors: list(torch.broadcast_tensors(*tensors)),
        "cast": _cast,
        "cast_like": lambda x, other: x.to(other.dtype),
        "dim": lambda x: x.dim(),
        "expand": lambda x, shape: x.expand(shape),
        "eye": lambda n, m, dtype=torch.float32: torch.eye(n, m, dtype=dtype),
        "full": lambda shape, value, dtype: torch.full(shape, value, dtype=dtype),
        "identity": lambda x: x,
        "index": _index,
        "interpolate": _interpolate,
        "item_bool": lambda x: x.item() != 0,
        "item_float": lambda x: x.item() + 0.0,
        "item_int": lambda x: math.trunc(x.item()),
        "layer_norm": lambda x, weight=None, bias=None, normalized_rank=1, eps=1e-5: (
            functional.layer_norm(x, x.shape[x.dim() - normalized_rank :], weight, bias, eps)
        ),
        "linspace": lambda start, end, steps, dtype=torch.float32: torch.linspace(
            start, end, steps, dtype=torch.float64
        ).to(dtype),
        "logsumexp": lambda x, dim=None, keepdim=False: torch.logsumexp(x, _axes(x, dim), keepdim),
        "max_dim": _extreme(torch.max),
        "min_dim": _extreme(torch.min),
        "movedim": lambda x, **to: torch.movedim(x, to["source"], to["destination"]),
        "narrow": lambda x, start, length, dim=0: torch.narrow(x, dim, start, length),
        "numel": lambda x: x.numel(),
        "one_hot": lambda x, **to: functional.one_hot(x, to["num_classes"]),
        "ones": lambda shape, dtype: torch.ones(shape, dtype=dtype),
        "pad": _pad,
        "prod": _prod,
        "rms_norm": lambda x, weight=None, normalized_rank=1, eps=1e-6: functional.rms_norm(
            x, x.shape[x.dim() - normalized_rank :], weight, eps
        ),
        "roll": lambda x, shifts, dims=(0,): torch.roll(x, shifts, dims),
        "round": _round,
        "rsqrt": lambda x: torch.sqrt(1 / x),
        "scalar_like": lambda x, value: torch.tensor(value, dtype=x.dtype),
        "scatter": _scatter,
        "select": lambda x, index, dim=0: torch.select(x, dim, index),
        "shape": lambda x: list(x.shape),
        "size": lambda x, dim: x.size(dim),
        "slice": _slice,
        "squeeze": lambda x, dim: torch.squeeze(x, tuple(dim)),
        "std": lambda x, dim=None, correction=1.0, keepdim=False: torch.std(
            x, dim, correction=correction, keepdim=keepdim
        ),
        "to_list": lambda x: x.tolist(),
        "to_tensor": lambda v, dtype: torch.tensor(v, dtype=dtype),
        "topk": _topk,
        "trunc_divide": lambda x, y: torch.div(x, y, rounding_mode="trunc"),
        "var": lambda x, dim=None, correction=1.0, keepdim=False: torch.var(
            x, dim, correction=correction, keepdim=keepdim
        ),
        "zeros": lambda shape, dtype: torch.zeros(shape, dtype=dtype),
    }
)
