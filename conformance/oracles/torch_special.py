"""Calls of torch whose arguments do not line up with an op's by renaming alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

_LIMITS = {t: torch.iinfo(t) for t in (torch.uint8, torch.int8, torch.int16, torch.int32)}


def _slice(x: Any, start: Any = None, end: Any = None, step: Any = None, dim: int = 0) -> Any:
    moved = x.movedim(dim, 0)
    count = moved.shape[0]
    places = torch.arange(count)[slice(start, end, step)]
    return moved[places].movedim(0, dim)


def _cast(x: Any, dtype: Any) -> Any:
    """Float to integer saturates and NaN is 0; float64 to float16 rounds once, as numpy does."""
    if x.is_floating_point() and dtype is torch.float16:
        with np.errstate(over="ignore"):
            return torch.tensor(x.numpy().astype(np.float16))
    if not x.is_floating_point() or dtype not in _LIMITS:
        return x.to(dtype)
    limit = _LIMITS[dtype]
    return x.nan_to_num(0.0, limit.max, limit.min).trunc().clamp(limit.min, limit.max).to(dtype)


def _stable(x: Any, dim: int, descending: bool) -> tuple[Any, Any]:
    """Sort by Python's stable sort, row by row; NaN counts as the largest."""
    moved = x.movedim(dim, -1)
    rows = moved.reshape(-1, moved.shape[-1]).tolist()

    def key(pair: tuple[int, float]) -> tuple[int, float]:
        nan = pair[1] != pair[1]  # noqa: PLR0124  # NaN
        rank = (1, 0.0) if nan else (0, pair[1])
        return (-rank[0], -rank[1]) if descending else rank

    order = [[i for i, _ in sorted(enumerate(row), key=key)] for row in rows]
    places = torch.tensor(order).reshape(moved.shape)
    return torch.gather(moved, -1, places).movedim(-1, dim), places.movedim(-1, dim)


def _topk(x: Any, k: int, dim: int = -1, largest: bool = True) -> tuple[Any, Any]:
    values, places = _stable(x, dim, largest)
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
    """Scale, round and scale back; scaling may overflow float32, the widest type of the examples."""
    scaled = x * 10.0**decimals
    overflow = scaled.abs() > torch.finfo(torch.float32).max
    return torch.where(overflow, torch.inf, torch.round(scaled) / 10.0**decimals)


def _scatter(x: Any, index: Any, src: Any, dim: int = 0, reduce: str = "replace") -> Any:
    """Write one element at a time, in row-major order of the index."""
    y = x.clone()
    for place in np.ndindex(*index.shape):
        at = list(place)
        at[dim] = int(index[place])
        old, new = y[tuple(at)], src[place]
        y[tuple(at)] = _REDUCE[reduce](old, new)
    return y


_REDUCE: dict[str, Any] = {
    "replace": lambda old, new: new,
    "sum": torch.add,
    "prod": torch.mul,
    "amax": torch.maximum,
    "amin": torch.minimum,
}


def _pad(x: Any, padding: Any, value: Any = None, mode: str = "constant") -> Any:
    if mode == "constant":
        return functional.pad(x, padding, value=0.0 if value is None else float(value))
    lead = x[(None,) * (3 - x.dim())] if x.dim() < 3 else x
    name = {"edge": "replicate", "wrap": "circular"}.get(mode, mode)
    return functional.pad(lead, padding, mode=name).reshape(-1) if x.dim() == 1 else functional.pad(
        lead, padding, mode=name
    )


SPECIAL: dict[str, Any] = {
    "addmm": lambda bias, x, y, beta=1.0, alpha=1.0: torch.addmm(
        bias, x, y, beta=beta, alpha=alpha
    ),
    "arange": lambda start, end, step=1, dtype=torch.int64: torch.arange(start, end, step, dtype=dtype),
    "broadcast_tensors": lambda tensors: list(torch.broadcast_tensors(*tensors)),
    "cast": _cast,
    "cast_like": lambda x, other: x.to(other.dtype),
    "dim": lambda x: x.dim(),
    "expand": lambda x, shape: x.expand(shape),
    "eye": lambda n, m, dtype=torch.float32: torch.eye(n, m, dtype=dtype),
    "full": lambda shape, value, dtype: torch.full(shape, value, dtype=dtype),
    "identity": lambda x: x,
    "item_bool": lambda x: bool(x),
    "item_float": lambda x: float(x),
    "item_int": lambda x: int(x),
    "layer_norm": lambda x, weight=None, bias=None, normalized_rank=1, eps=1e-5: (
        functional.layer_norm(x, x.shape[x.dim() - normalized_rank :], weight, bias, eps)
    ),
    "linspace": lambda start, end, steps, dtype=torch.float32: torch.linspace(
        start, end, steps, dtype=torch.float64
    ).to(dtype),
    "logsumexp": lambda x, dim=None, keepdim=False: torch.logsumexp(x, _axes(x, dim), keepdim),
    "max_dim": _extreme(torch.max),
    "min_dim": _extreme(torch.min),
    "movedim": lambda x, source, destination: torch.movedim(x, source, destination),
    "narrow": lambda x, start, length, dim=0: torch.narrow(x, dim, start, length),
    "numel": lambda x: x.numel(),
    "one_hot": lambda x, num_classes: functional.one_hot(x, num_classes),
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
