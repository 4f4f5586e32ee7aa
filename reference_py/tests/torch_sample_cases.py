"""Calls of the ops that sample, fold and pool volumes."""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch_data import PLANES, RANDOM, UNIT, Cases, X, real

F = torch.nn.functional
CASES = Cases()
add = CASES.add

POINTS = RANDOM.uniform(-2.2, 2.2, (2, 5, 6, 2))
VOLUMES = real(2, 3, 5, 6, 7)
MODES = [*itertools.product(("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection"))]
for (mode, padding), aligned in itertools.product(MODES, (False, True)):
    add(
        "grid_sample",
        [PLANES, POINTS],
        lambda x, g, m=mode, p=padding, a=aligned: F.grid_sample(x, g, m, p, a),
        mode=mode,
        padding_mode=padding,
        align_corners=aligned,
    )
    if mode != "bicubic":
        add(
            "grid_sample",
            [VOLUMES, RANDOM.uniform(-2.2, 2.2, (2, 2, 3, 4, 3))],
            lambda x, g, m=mode, p=padding, a=aligned: F.grid_sample(x, g, m, p, a),
            mode=mode,
            padding_mode=padding,
            align_corners=aligned,
        )
for aligned in (False, True):
    for theta, sizes in ((real(2, 2, 3), [2, 3, 4, 2]), (real(2, 3, 4), [2, 1, 3, 4, 5])):
        add(
            "affine_grid",
            [theta, sizes],
            lambda t, s, a=aligned: F.affine_grid(t, s, a),
            align_corners=aligned,
        )
add(
    "col2im",
    [real(2, 3 * 6, 15), [9, 8]],
    lambda x, o: F.fold(x, o, (2, 3), (2, 1), (1, 0), (2, 2)),
    kernel=(2, 3),
    dilation=(2, 1),
    padding=(1, 0),
    stride=(2, 2),
)
for ceil in (False, True):
    for divisor, counted in ((None, True), (None, False), (3, True)):
        add(
            "avg_pool3d",
            [VOLUMES],
            lambda x, c=ceil, d=divisor, n=counted: F.avg_pool3d(
                x, (2, 3, 2), (1, 2, 2), (1, 1, 0), c, n, d
            ),
            kernel=(2, 3, 2),
            stride=(1, 2, 2),
            padding=(1, 1, 0),
            ceil_mode=ceil,
            count_include_pad=counted,
            divisor_override=divisor,
        )
    for values in (VOLUMES, np.round(VOLUMES)):
        add(
            "max_pool3d",
            [values],
            lambda x, c=ceil: F.max_pool3d(
                x, (2, 3, 2), (2, 2, 1), (1, 1, 0), (2, 1, 2), c, return_indices=True
            ),
            kernel=(2, 3, 2),
            stride=(2, 2, 1),
            padding=(1, 1, 0),
            dilation=(2, 1, 2),
            ceil_mode=ceil,
        )
    add(
        "lp_pool2d",
        [abs(PLANES)],
        lambda x, c=ceil: F.lp_pool2d(x, 3.0, (3, 2), (2, 2), c),
        norm=3.0,
        kernel=(3, 2),
        stride=(2, 2),
        ceil_mode=ceil,
    )
add("adaptive_avg_pool3d", [VOLUMES, [2, 4, 3]], F.adaptive_avg_pool3d)
add(
    "conv_transpose3d",
    [real(2, 4, 3, 4, 3), real(4, 3, 2, 3, 2), real(6)],
    lambda x, w, b: F.conv_transpose3d(x, w, b, (2, 1, 2), (1, 0, 1), (1, 0, 0), 2, (1, 2, 2)),
    stride=(2, 1, 2),
    padding=(1, 0, 1),
    output_padding=(1, 0, 0),
    groups=2,
    dilation=(1, 2, 2),
)
add("weight_norm", [real(4, 3, 2), real(4, 1, 1)], torch._weight_norm)
add("weight_norm", [real(4, 3), real(1, 3)], lambda v, g: torch._weight_norm(v, g, 1), dim=1)
add("bucketize", [UNIT, np.array([0.1, 0.5, 0.9])], torch.bucketize)
add(
    "scatter_add",
    [X, RANDOM.integers(0, 4, (3, 4, 5)), real(3, 4, 5)],
    lambda x, i, s: x.scatter_add(1, i, s),
    dim=1,
)
add(
    "take_along_dim",
    [X, RANDOM.integers(0, 4, (1, 6, 5))],
    lambda x, i: torch.take_along_dim(x, i, 1),
    dim=1,
)
