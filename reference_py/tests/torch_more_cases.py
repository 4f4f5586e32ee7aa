"""Calls of the rarer ops, and of recurrent layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch_data import (
    DIVISORS,
    FINITE,
    PAIRS,
    PLACES,
    PLANES,
    SPECIAL,
    UNIT,
    V4,
    WHOLE,
    Cases,
    X,
    Y,
    real,
)

F = torch.nn.functional
CASES = Cases()
add = CASES.add

for name in "frac exp2 asinh atanh erfinv logit nan_to_num".split():
    for values in (X, UNIT, SPECIAL):
        add(name, [values], getattr(torch, name))
add("acosh", [abs(X) + 1], torch.acosh)
add("logit", [UNIT], lambda x: torch.logit(x, 0.2), eps=0.2)
for name in "selu celu tanhshrink hardshrink softshrink".split():
    for values in (X * 3, FINITE):
        add(name, [values], getattr(F, name))
add("threshold", [X], lambda x: F.threshold(x, 0.1, 2.0), threshold=0.1, value=2.0)
for name in "hypot copysign logaddexp xlogy isclose".split():
    for pair in ([X, Y], [PAIRS[0], PAIRS[1]]):
        add(name, pair, getattr(torch, name))
add("lerp", [X, Y, X], torch.lerp)
for name in "cummax cummin".split():
    add(name, [WHOLE], lambda x, f=name: getattr(torch, f)(x, 1), dim=1)
    add(name, [X], lambda x, f=name: getattr(torch, f)(x, 0), dim=0)
add("diff", [X], lambda x: torch.diff(x, dim=1), dim=1)
add("median_dim", [X], lambda x: torch.median(x, 2), dim=2)
add("kthvalue", [X, 2], lambda x, k: torch.kthvalue(x, k, 1, True), dim=1, keepdim=True)
SORTED = np.sort(X[0, 0])
for right in (False, True):
    add(
        "searchsorted",
        [SORTED, X],
        lambda s, v, r=right: torch.searchsorted(s, v, right=r),
        right=right,
    )
REPEATS = np.array([2, 0, 1, 3])
add("repeat_interleave", [X, REPEATS], lambda x, r: torch.repeat_interleave(x, r, 1), dim=1)
add("tensor_unfold", [X], lambda x: x.unfold(1, 2, 2), dim=1, size=2, step=2)
add("meshgrid", [[X[0, 0], V4]], lambda t: [list(torch.meshgrid(*t, indexing="xy"))], indexing="xy")
PICKED = np.array([2, 0])
add("index_add", [X, PICKED, Y[:, :2]], lambda x, i, s: x.index_add(1, i, s), dim=1)
add("index_copy", [X, PICKED, Y[:, :2]], lambda x, i, s: x.index_copy(1, i, s), dim=1)
for mode in ("sum", "mean", "prod", "amax", "amin"):
    for with_self in (True, False):
        add(
            "scatter_reduce",
            [X, PLACES, Y],
            lambda x, i, s, m=mode, w=with_self: x.scatter_reduce(1, i, s, m, include_self=w),
            dim=1,
            reduce=mode,
            include_self=with_self,
        )
add("masked_scatter", [X, X > 0, Y], torch.masked_scatter)
add("take", [X, np.array([[1, -1]])], torch.take)
add("unique", [WHOLE], lambda x: torch.unique(x, return_inverse=True, return_counts=True))
add("bincount", [abs(DIVISORS).ravel(), 7], lambda x, n: torch.bincount(x, minlength=n))
for offset in (-1, 0, 2):
    add("diag_embed", [UNIT], lambda x, o=offset: torch.diag_embed(x, o), offset=offset)
add("diag_embed", [UNIT], lambda x: torch.diag_embed(x, 0, 0, 2), dim1=0, dim2=2)
add(
    "baddbmm",
    [real(5), X, real(3, 5, 5)],
    lambda b, x, y: torch.baddbmm(b, x, y, alpha=2),
    alpha=2.0,
)
add(
    "tensordot",
    [X, real(5, 4)],
    lambda x, y: torch.tensordot(x, y, ([1, 2], [1, 0])),
    dims_x=(1, 2),
    dims_y=(1, 0),
)
for reduction in ("none", "mean", "sum"):
    for name in "smooth_l1_loss huber_loss".split():
        add(
            name,
            [X, Y],
            lambda x, y, f=name, r=reduction: getattr(F, f)(x, y, reduction=r),
            reduction=reduction,
        )
add(
    "kl_div",
    [X, UNIT[:, :, None] + X * 0],
    lambda x, t: F.kl_div(x, t, reduction="batchmean"),
    reduction="batchmean",
)
add(
    "kl_div",
    [X, Y],
    lambda x, t: F.kl_div(x, t, reduction="sum", log_target=True),
    reduction="sum",
    log_target=True,
)
add("pixel_shuffle", [PLANES], lambda x: F.pixel_shuffle(x, 2), factor=2)
add("pixel_unshuffle", [PLANES[..., :8]], lambda x: F.pixel_unshuffle(x, 2), factor=2)
add("channel_shuffle", [PLANES], torch.nn.ChannelShuffle(2), groups=2)
add(
    "adaptive_max_pool2d",
    [PLANES, [3, 4]],
    lambda x, o: F.adaptive_max_pool2d(x, o, return_indices=True),
)
add("local_response_norm", [PLANES], lambda x: F.local_response_norm(x, 3), window=3)
add("cdist", [X, real(3, 2, 5)], torch.cdist)
add(
    "im2col",
    [PLANES],
    lambda x: F.unfold(x, (3, 2), (1, 2), (1, 0), (2, 1)),
    kernel=(3, 2),
    dilation=(1, 2),
    padding=(1, 0),
    stride=(2, 1),
)
for ours, theirs, aligned in (
    ("nearest", "nearest", None),
    ("nearest-exact", "nearest-exact", None),
    ("linear", "bilinear", False),
    ("linear", "bilinear", True),
    ("cubic", "bicubic", False),
    ("cubic", "bicubic", True),
):
    for size in ([5, 7], [16, 12]):
        add(
            "interpolate",
            [PLANES, size, None],
            lambda x, o, _, m=theirs, a=aligned: F.interpolate(x, o, mode=m, align_corners=a),
            mode=ours,
            align_corners=bool(aligned),
        )
add(
    "interpolate",
    [PLANES, [20, 22], [2.5, 2.5]],
    lambda x, _, s: F.interpolate(x, scale_factor=s, mode="bilinear"),
    mode="linear",
)


def recurrent(kind: str, layers: int, both: bool, bias: bool) -> None:
    """Add a call of a recurrent layer with random weights."""
    layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[kind](
        3, 4, layers, bias=bias, bidirectional=both, dtype=torch.float64
    )
    rows = layers * (2 if both else 1)
    start = [real(rows, 2, 4) for _ in range(2 if kind == "lstm" else 1)]
    weights = [p.detach().numpy() for p in layer.all_weights for p in p]

    def reference(x: Any, *rest: Any) -> Any:
        states = tuple(rest[:-1])
        with torch.no_grad():
            y, last = layer(x, states if kind == "lstm" else states[0])
        return [y, *last] if kind == "lstm" else [y, last]

    attributes = {"layers": layers, "bidirectional": both, "has_bias": bias}
    add(kind, [real(5, 2, 3), *start, weights], reference, **attributes)


for kind in ("lstm", "gru", "rnn"):
    recurrent(kind, 1, False, True)
    recurrent(kind, 2, True, False)

MATRICES = real(2, 4, 4) + 4 * np.eye(4)
SYMMETRIC = MATRICES + MATRICES.swapaxes(-1, -2)
add("linalg_solve", [MATRICES, real(4, 2)], torch.linalg.solve)
for name in "inv det slogdet".split():
    add(f"linalg_{name}", [MATRICES], getattr(torch.linalg, name))
for upper in (False, True):
    add(
        "linalg_cholesky",
        [SYMMETRIC + 9 * np.eye(4)],
        lambda x, u=upper: torch.linalg.cholesky(x, upper=u),
        upper=upper,
    )
for power in (-2, 0, 3):
    add(
        "linalg_matrix_power",
        [MATRICES],
        lambda x, n=power: torch.linalg.matrix_power(x, n),
        n=power,
    )
add("linalg_pinv", [MATRICES[:, :3]], torch.linalg.pinv)
add("cross", [X[..., :3], Y[..., :3]], torch.linalg.cross)
add("logcumsumexp", [X], lambda x: torch.logcumsumexp(x, 1), dim=1)
add("quantile", [X, np.array([0.1, 0.5])], lambda x, q: torch.quantile(x, q, 1), dim=1)
add("histc", [X], lambda x: torch.histc(x, 5, -1, 1), bins=5, min=-1.0, max=1.0)
add(
    "conv3d",
    [real(2, 4, 5, 6, 7), real(6, 2, 3, 2, 2), real(6)],
    lambda x, w, b: F.conv3d(x, w, b, (2, 1, 2), (1, 0, 1), (1, 2, 1), 2),
    stride=(2, 1, 2),
    padding=(1, 1, 0, 0, 1, 1),
    dilation=(1, 2, 1),
    groups=2,
)
add(
    "conv_transpose1d",
    [X, real(4, 2, 3), None],
    lambda x, w, _: F.conv_transpose1d(x, w, None, 2, 1),
    stride=(2,),
    padding=(1,),
)
add(
    "adaptive_max_pool1d",
    [X, [2]],
    lambda x, o: F.adaptive_max_pool1d(x, o, return_indices=True),
)
for mode in ("sum", "mean", "max"):
    add(
        "embedding_bag",
        [np.array([1, 2, 0, 3]), real(5, 3), np.array([0, 3])],
        lambda i, w, o, m=mode: F.embedding_bag(i, w, o, mode=m),
        mode=mode,
    )
