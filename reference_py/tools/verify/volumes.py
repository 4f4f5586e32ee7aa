"""Ops on volumes and grids, and rarer selections."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import ordering
from tools.verify.layout import copies, over_types
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.products import (
    WINDOWS,
    linear_bound,
    max_pool,
    mean_pool,
    pool_bound,
    transposed,
    windowed,
)
from tools.verify.resizing import adapted, mean_of
from tools.verify.values import array, places, special, tied

if TYPE_CHECKING:
    from collections.abc import Iterator

F = torch.nn.functional
PLANS = Plans()


def _means(a: Any) -> Iterator[Call]:
    for how in WINDOWS:
        yield call(a(1, 2, 5, 4, 6), **windowed(3, how), count_include_pad=how["stride"] == 1)
    yield call(a(1, 1, 2, 2, 2), kernel=(2,) * 3, stride=(2,) * 3, divisor_override=3)


PLANS.add(
    "avg_pool3d",
    functools.partial(over_types, "avg_pool3d", _means),
    mean_pool,
    rule="NUM-51",
    absolute=pool_bound,
)


def _tops() -> Iterator[Call]:
    for data_type in types_of("max_pool3d"):
        for how in WINDOWS[:5]:
            yield call(tied(data_type, (1, 2, 5, 4, 3)), **windowed(3, how))


PLANS.add("max_pool3d", _tops, max_pool, rule="NUM-30, NUM-32")
PLANS.add(
    "adaptive_avg_pool3d",
    functools.partial(
        over_types,
        "adaptive_avg_pool3d",
        lambda a: [call(a(1, 2, 5, 4, 3), [2, 3, 1]), call(a(2, 3, 2, 2), [1, 1, 1])],
    ),
    lambda x, sizes: adapted(x, sizes, mean_of),
    absolute=lambda u, y, x, sizes: 20 * u * adapted(abs(x), sizes, mean_of),
)
PLANS.add(
    "conv_transpose3d",
    functools.partial(
        over_types,
        "conv_transpose3d",
        lambda a: [
            call(a(1, 2, 3, 2, 2), a(2, 3, 2, 1, 2), a(3)),
            call(
                a(1, 4, 2, 3, 2),
                a(4, 1, 2, 2, 1),
                None,
                stride=(2, 1, 2),
                padding=(1, 0, 0),
                output_padding=(1, 0, 1),
                groups=2,
            ),
        ],
    ),
    transposed,
    absolute=linear_bound(transposed, lambda x, w, b=None, **_: w.numel()),
)


def _powers() -> Iterator[Call]:
    for data_type in types_of("lp_pool2d"):
        for norm in (1.0, 2.0, 3.0):
            for k, s in ((2, 2), (3, 2)):
                x = np.asarray(abs(array(data_type, (1, 2, 7, 7), 3)))
                yield call(x, norm=norm, kernel=(k, k), stride=(s, s))


PLANS.add(
    "lp_pool2d",
    _powers,
    lambda x, norm, kernel, stride, ceil_mode: F.lp_pool2d(x, norm, kernel, stride, ceil_mode),
    absolute=lambda u, y, x, norm, kernel, **_: (np.sqrt(np.prod(kernel)) + 20) * u * abs(y),
)


def _columns(a: Any) -> Iterator[Call]:
    yield call(a(2, 3 * 4, 4 * 5), [5, 6], kernel=(2, 2))
    yield call(a(1, 4, 4), [4, 4], kernel=(2, 2), stride=(2, 2))
    yield call(
        a(1, 2 * 6, 2 * 2), [5, 6], kernel=(2, 3), padding=(1, 0), dilation=(2, 1), stride=(3, 2)
    )


PLANS.add(
    "col2im",
    functools.partial(over_types, "col2im", _columns),
    lambda x, size, kernel, dilation, padding, stride: F.fold(
        x, size, kernel, dilation, padding, stride
    ),
    absolute=lambda u, y, x, size, kernel, **how: (
        (2 * np.sqrt(np.prod(kernel)) + 2) * u * F.fold(abs(x), size, kernel, **how)
    ),
)


def _grids() -> Iterator[Call]:
    for data_type in types_of("affine_grid"):
        for aligned in (False, True):
            yield call(array(data_type, (2, 2, 3)), [2, 1, 3, 4], align_corners=aligned)
            yield call(array(data_type, (1, 3, 4)), [1, 1, 2, 3, 2], align_corners=aligned)


PLANS.add(
    "affine_grid",
    _grids,
    lambda theta, size, align_corners: F.affine_grid(theta, size, align_corners),
    absolute=lambda u, y, theta, size, align_corners: (
        (2 * np.sqrt(theta.shape[-1]) + 3) * u * float(abs(theta).sum(-1).max()) + 0 * abs(y)
    ),
)


def _samples() -> Iterator[Call]:
    for data_type in types_of("grid_sample"):
        grid = array(data_type, (2, 3, 3, 2), "grid", 0.75)
        for mode in ("bilinear", "nearest", "bicubic"):
            for padding in ("zeros", "border", "reflection"):
                for aligned in (False, True):
                    yield call(
                        array(data_type, (2, 2, 4, 5)),
                        grid,
                        mode=mode,
                        padding_mode=padding,
                        align_corners=aligned,
                    )
        yield call(array(data_type, (1, 1, 3, 3, 2)), array(data_type, (1, 2, 2, 2, 3), 1, 0.75))


PLANS.add(
    "grid_sample",
    _samples,
    lambda x, grid, mode, padding_mode, align_corners: F.grid_sample(
        x, grid, mode, padding_mode, align_corners
    ),
    absolute=lambda u, y, x, grid, mode, **_: (
        (0 if mode == "nearest" else 1) * (40 + 8 * max(x.shape[2:])) * u * float(abs(x).max()) * 3
        + 0 * abs(y)
    ),
)


def _buckets() -> Iterator[Call]:
    for data_type in types_of("bucketize"):
        ramp = np.sort(tied(data_type, (7,)), kind="stable")
        for right in (False, True):
            yield call(special(data_type), ramp, right=right)
            yield call(tied(data_type, (2, 0)), ramp, right=right)


PLANS.add(
    "bucketize", _buckets, lambda x, ramp, right: ordering.search(ramp, x, right), rule="NUM-31"
)


def _adds(a: Any) -> Iterator[Call]:
    yield call(a(3, 4), places(3, (2, 4)), a(2, 4))
    yield call(a(3, 2), places(2, (3, 5)), a(3, 6), dim=-1)
    yield call(a(3), np.array([3]), a(1))


PLANS.add(
    "scatter_add",
    functools.partial(over_types, "scatter_add", _adds),
    lambda x, i, s, dim: ordering.scatter(x, i, s, dim, "sum"),
    absolute=lambda u, y, x, i, s, dim: ordering.scatter_bound(u, y, x, i, s, dim, "sum"),
)
copies(
    "take_along_dim",
    lambda a: [
        call(a(3, 4), places(4, (3, 2)), dim=1),
        call(a(3, 4), places(3, (1, 4)) - 3, dim=0),
        call(a(5), np.array([5]), dim=0),
    ],
    lambda x, i, dim: _along(x, i, dim),
)


def _along(x: Any, i: Any, dim: int) -> Any:
    n = x.shape[dim]
    if bool(((i < -n) | (i >= n)).any()):
        raise Stop("INDEX_ERROR")
    return torch.take_along_dim(x, i % n, dim)


def _weights() -> Iterator[Call]:
    for data_type in types_of("weight_norm"):
        yield call(array(data_type, (3, 4), 1), array(data_type, (3, 1), 2))
        yield call(array(data_type, (2, 3, 4), 1), array(data_type, (1, 3, 1), 2), dim=1)


def _weight_norm(v: Any, g: Any, dim: int) -> Any:
    axes = [d for d in range(v.dim()) if d != dim % v.dim()]
    return v * (g / torch.sqrt((v * v).sum(axes, keepdim=True)))


PLANS.add(
    "weight_norm",
    _weights,
    _weight_norm,
    absolute=lambda u, y, v, g, dim: (np.sqrt(v.numel() / v.shape[dim]) + 4) * u * abs(y),
)
