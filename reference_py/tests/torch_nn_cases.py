"""Calls of activations, products, convolutions, normalisations and losses."""

from __future__ import annotations

import numpy as np
import torch
from torch_data import FINITE, PLACES, PLANES, RANDOM, SPECIAL, UNIT, V4, Cases, W, X, Y, real

F = torch.nn.functional
CASES = Cases()
add = CASES.add

for name in "relu relu6 leaky_relu elu softplus softsign hardtanh hardsigmoid logsigmoid".split():
    for values in (X * 3, SPECIAL):
        add(name, [values], getattr(F, name))
for name in "gelu silu mish hardswish".split():
    for values in (X * 3, FINITE):
        add(name, [values], getattr(F, name))
add("gelu", [X], lambda x: F.gelu(x, approximate="tanh"), approximate="tanh")
add("linear", [X, W, real(7)], F.linear)
for equation in ("bij,bjk->bki", "bij,cjk->ik", "bij,cjk->"):
    add(
        "einsum",
        [[X, real(3, 5, 2)]],
        lambda t, e=equation: torch.einsum(e, *t),
        equation=equation,
    )
add("einsum", [[real(4, 4, 3)]], lambda t: torch.einsum("iij->ji", *t), equation="iij->ji")
add("embedding", [PLACES, real(6, 3)], F.embedding)
add("one_hot", [PLACES], lambda x: F.one_hot(x, 4), num_classes=4)
FILTERS, GROUPED = real(6, 4, 3, 2), real(8, 1, 3, 3)
add(
    "conv2d",
    [PLANES, FILTERS, real(6)],
    lambda x, w, b: F.conv2d(F.pad(x, (1, 0, 2, 1)), w, b, (2, 1), 0, (1, 2)),
    stride=(2, 1),
    padding=(2, 1, 1, 0),
    dilation=(1, 2),
)
add("conv2d", [PLANES, GROUPED, None], lambda x, w, _: F.conv2d(x, w, groups=4), groups=4)
add("conv2d", [PLANES, real(4, 1, 3, 3), None], lambda x, w, _: F.conv2d(x, w, groups=4), groups=4)
add("conv2d", [PLANES, real(5, 4, 1, 1), None], lambda x, w, _: F.conv2d(x, w))
add("conv1d", [X, real(2, 4, 3), None], lambda x, w, _: F.conv1d(x, w, stride=2), stride=(2,))
add(
    "conv_transpose2d",
    [PLANES, real(4, 3, 3, 2), real(6)],
    lambda x, w, b: F.conv_transpose2d(x, w, b, (2, 3), (1, 0), (1, 2), 2, (2, 1)),
    stride=(2, 3),
    padding=(1, 0),
    output_padding=(1, 2),
    groups=2,
    dilation=(2, 1),
)
for ceil_mode in (False, True):
    window = {"kernel": (3, 2), "stride": (2, 2), "padding": (1, 1), "ceil_mode": ceil_mode}
    add(
        "max_pool2d",
        [PLANES],
        lambda x, c=ceil_mode: F.max_pool2d(x, (3, 2), 2, 1, 1, c, return_indices=True),
        **window,
    )
    for counted in (False, True):
        add(
            "avg_pool2d",
            [PLANES],
            lambda x, c=ceil_mode, n=counted: F.avg_pool2d(x, (3, 2), 2, 1, c, n),
            count_include_pad=counted,
            **window,
        )
LOW = np.full((1, 1, 4, 4), -np.inf)
add(
    "max_pool2d",
    [LOW],
    lambda x: F.max_pool2d(x, 3, 2, 1, return_indices=True),
    kernel=(3, 3),
    stride=(2, 2),
    padding=(1, 1),
)
add("adaptive_avg_pool2d", [PLANES, [3, 4]], F.adaptive_avg_pool2d)
add("adaptive_avg_pool1d", [X, [2]], F.adaptive_avg_pool1d)
add("batch_norm", [PLANES, V4, V4**2, V4, real(4)], F.batch_norm)
add(
    "layer_norm",
    [PLANES, real(8, 9), real(8, 9)],
    lambda x, w, b: F.layer_norm(x, (8, 9), w, b),
    normalized_rank=2,
)
add("rms_norm", [X, X[0, 0]], lambda x, w: F.rms_norm(x, (5,), w))
add("group_norm", [PLANES, V4, V4], lambda x, w, b: F.group_norm(x, 2, w, b), groups=2)
add("instance_norm", [PLANES, V4, V4], lambda x, w, b: F.instance_norm(x, None, None, w, b))
add("normalize", [X], F.normalize)
add("cosine_similarity", [X, Y], F.cosine_similarity)
add("prelu", [X, V4], F.prelu)
add("glu", [PLANES], lambda x: F.glu(x, 2), dim=2)
HEADS, KEYS, VALUES = real(2, 4, 5, 6), real(2, 2, 7, 6), real(2, 2, 7, 3)
MASK = RANDOM.random((5, 7)) > 0.4
MASK[1] = False
for mask, causal in ((MASK, False), (np.where(MASK, 0.0, -np.inf), False), (None, True)):
    add(
        "scaled_dot_product_attention",
        [HEADS, KEYS, VALUES, mask],
        lambda q, k, v, m, c=causal: F.scaled_dot_product_attention(
            q, k, v, m, is_causal=c, enable_gqa=True
        ),
        is_causal=causal,
        enable_gqa=True,
    )
TARGETS, LOGITS = np.array([1, -100, 2]), real(3, 4)
for reduction in ("none", "mean", "sum"):
    for name in "mse_loss l1_loss".split():
        add(
            name,
            [X, Y],
            lambda x, y, f=name, r=reduction: getattr(F, f)(x, y, reduction=r),
            reduction=reduction,
        )
    add(
        "nll_loss",
        [LOGITS, TARGETS, V4**2],
        lambda x, t, w, r=reduction: F.nll_loss(x, t, w, reduction=r),
        reduction=reduction,
    )
    add(
        "cross_entropy",
        [LOGITS, TARGETS, V4**2],
        lambda x, t, w, r=reduction: F.cross_entropy(x, t, w, reduction=r, label_smoothing=0.1),
        reduction=reduction,
        label_smoothing=0.1,
    )
add(
    "cross_entropy",
    [real(2, 3, 4), np.array([[0, 1, 2, 0], [1, 1, 0, -100]]), None],
    F.cross_entropy,
)
add("binary_cross_entropy", [UNIT, 1 - UNIT, None], F.binary_cross_entropy)
add(
    "binary_cross_entropy_with_logits",
    [UNIT, 1 - UNIT, UNIT, V4**2],
    lambda x, t, w, p: F.binary_cross_entropy_with_logits(x, t, w, pos_weight=p),
)
add(
    "linspace",
    [-1.0, 2.0, 7],
    lambda a, b, n: torch.linspace(a, b, n, dtype=torch.float64),
    dtype="float64",
)
add("eye", [3, 4], torch.eye, dtype="float32")
