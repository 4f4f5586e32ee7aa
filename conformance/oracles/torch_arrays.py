"""Calls of torch for ops on whole arrays: sorting, counting, windows, recurrent layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional


def ordered(x: Any, dim: int, descending: bool) -> tuple[Any, Any]:
    """Sort by Python's stable sort, row by row; NaN counts as the largest."""
    moved = x.movedim(dim, -1)
    rows = moved.reshape(-1, moved.shape[-1]).tolist()

    def key(pair: tuple[int, float]) -> tuple[int, float]:
        nan = pair[1] != pair[1]  # NaN
        rank = (1, 0.0) if nan else (0, pair[1])
        return (-rank[0], -rank[1]) if descending else rank

    order = [[i for i, _ in sorted(enumerate(row), key=key)] for row in rows]
    places = torch.tensor(order).reshape(moved.shape)
    return torch.gather(moved, -1, places).movedim(-1, dim), places.movedim(-1, dim)


def _lowest_place(x: Any, value: Any, dim: int) -> Any:
    """Return where a value stands first along an axis; NaN finds NaN."""
    same = (x == value) | (x.isnan() & value.isnan())
    return same.to(torch.int64).argmax(dim, keepdim=True)


def _kth(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Any, Any]:
    values, _ = ordered(x, dim, descending=False)
    found = values.narrow(dim, k - 1, 1)
    places = _lowest_place(x, found, dim)
    return (found, places) if keepdim else (found.squeeze(dim), places.squeeze(dim))


def _median(x: Any, dim: int, keepdim: bool = False) -> tuple[Any, Any]:
    """Return the lower middle one; NaN where there is one."""
    count = x.shape[dim]
    k = count if x.isnan().any() else (count - 1) // 2 + 1
    return _kth(x, k, dim, keepdim)


def _unique(x: Any) -> tuple[Any, Any, Any]:
    values, inverse, counts = torch.unique(x, sorted=True, return_inverse=True, return_counts=True)
    if not x.is_floating_point() or not x.isnan().any():
        return values, inverse, counts
    values, places = ordered(x, 0, descending=False)
    return values, torch.argsort(places), torch.ones_like(places)


def _diff(x: Any, dim: int = -1) -> Any:
    return torch.diff(x, 1, dim)


def _interpolate(
    x: Any,
    output_size: Any,
    scales: Any = None,
    mode: str = "nearest",
    align_corners: bool = False,
) -> Any:
    if mode.startswith("nearest"):
        return functional.interpolate(x, output_size, mode=mode)
    planes = {"linear": {3: "linear", 4: "bilinear", 5: "trilinear"}, "cubic": {4: "bicubic"}}
    name = planes[mode][x.dim()]
    if scales is not None:
        factors = {"scale_factor": scales, "recompute_scale_factor": False}
        return functional.interpolate(x, mode=name, align_corners=align_corners, **factors)
    return functional.interpolate(x, output_size, mode=name, align_corners=align_corners)


def _recurrent(layer: Any) -> Any:
    def run(x: Any, h: Any, weights: Any, has_bias: bool = True, **to: Any) -> Any:
        plain = (to.get("layers", 1), 0.0, False, to.get("bidirectional", False), False)
        return layer(x, h, weights, has_bias, *plain)

    return run


def _rnn(x: Any, h: Any, weights: Any, nonlinearity: str = "tanh", **to: Any) -> Any:
    return _recurrent(torch.rnn_relu if nonlinearity == "relu" else torch.rnn_tanh)(
        x, h, weights, **to
    )


def _lstm(x: Any, h: Any, c: Any, weights: Any, **to: Any) -> Any:
    return _recurrent(torch.lstm)(x, (h, c), weights, **to)


def _shuffle(x: Any, groups: int) -> Any:
    n, channels, *rest = x.shape
    return x.reshape(n, groups, channels // groups, *rest).transpose(1, 2).reshape(x.shape)


def _searchsorted(values: Any, right: bool = False, **places: Any) -> Any:
    """Ask numpy: torch puts NaN behind NaN."""
    side = "right" if right else "left"
    return torch.tensor(np.searchsorted(places["sorted"].numpy(), values.numpy(), side))


def _qr(x: Any, complete: bool = False) -> tuple[Any, Any]:
    """Turn what the diagonal of r has by its phases, so that it is not negative."""
    q, r = torch.linalg.qr(x, "complete" if complete else "reduced")
    diagonal = torch.diagonal(r, dim1=-2, dim2=-1)
    phases = torch.ones(r.shape[:-1], dtype=r.dtype)
    phases[..., : diagonal.shape[-1]] = torch.where(diagonal == 0, 1.0, torch.sgn(diagonal))
    return q * phases[..., None, :], r * phases[..., None].conj()


def _leading(v: Any) -> Any:
    """Return the phase of the first entry of each column that is not 0."""
    places = (v.abs() > 1e-9).to(torch.int64).argmax(-2, keepdim=True)  # noqa: PLR2004  # of unit vectors
    return torch.sgn(torch.gather(v, -2, places))


def _eigh(x: Any, upper: bool = False) -> tuple[Any, Any]:
    """Turn phases so that the first entry of each column that is not 0 is positive."""
    w, v = torch.linalg.eigh(x, "U" if upper else "L")
    return w, v * _leading(v).conj()


def _svd(x: Any, full: bool = True) -> tuple[Any, Any, Any]:
    """Turn phases so that the first entry of each column of u that is not 0 is positive."""
    u, s, vh = torch.linalg.svd(x, full)
    if u.numel():
        phases, count = _leading(u), s.shape[-1]
        u, turned = u * phases.conj(), vh[..., :count, :] * phases[..., :count].mT
        vh = torch.cat([turned, vh[..., count:, :]], -2)
    return u, s, vh


def _max_pool3d(x: Any, kernel: Any, stride: Any, padding: Any = (0, 0, 0), **to: Any) -> Any:
    """Take each window's largest by hand: torch gives the place of the last NaN, not the first."""
    values = functional.max_pool3d(x, kernel, stride, padding, **to)
    dilation = to.get("dilation", (1, 1, 1))
    places = torch.zeros(values.shape, dtype=torch.int64)
    for at in np.ndindex(*values.shape):
        found = None
        for step in np.ndindex(*kernel):
            start = [at[2 + i] * stride[i] - padding[i] for i in range(3)]
            place = [start[i] + step[i] * dilation[i] for i in range(3)]
            inside = all(0 <= p < n for p, n in zip(place, x.shape[2:], strict=True))
            value = x[(*at[:2], *place)] if inside else None
            better = value is not None and (
                found is None
                or (not found[0].isnan() and (value.isnan() or bool(value > found[0])))
            )
            found = (value, place) if better else found
        d, h, w = found[1]
        places[at] = (d * x.shape[3] + h) * x.shape[4] + w
    return values, places


ARRAYS: dict[str, Any] = {
    "baddbmm": lambda bias, x, y, **to: torch.baddbmm(bias, x, y, **to),  # noqa: PLW0108  # by name
    "channel_shuffle": _shuffle,
    "diff": _diff,
    "gru": _recurrent(torch.gru),
    "embedding_bag": lambda index, weight, offsets, mode="mean": functional.embedding_bag(
        index, weight, offsets, mode=mode
    ),
    "im2col": lambda x, kernel, **to: functional.unfold(x.double(), kernel, **to),
    "interpolate": _interpolate,
    "kthvalue": _kth,
    "lstm": _lstm,
    "max_pool3d": _max_pool3d,
    "median_dim": _median,
    "meshgrid": lambda tensors, indexing="ij": list(torch.meshgrid(*tensors, indexing=indexing)),
    "linalg_eigh": _eigh,
    "linalg_pinv": lambda x, rtol=None: torch.linalg.pinv(x, rtol=rtol),
    "linalg_qr": _qr,
    "linalg_svd": _svd,
    "repeat_interleave": lambda x, repeats, dim=0: torch.repeat_interleave(x, repeats, dim),
    "rnn": _rnn,
    "scatter_reduce": lambda x, index, src, **to: torch.scatter_reduce(
        x, to.pop("dim"), index, src, **to
    ),
    "searchsorted": _searchsorted,
    "tensordot": lambda x, y, dims_x, dims_y: torch.tensordot(x, y, (dims_x, dims_y)),
    "unique": _unique,
    "weight_norm": lambda v, g, dim=0: torch._weight_norm(v, g, dim % v.dim()),  # noqa: SLF001  # its only name
}
"""Functions of torch by op, called with the op's own names."""
