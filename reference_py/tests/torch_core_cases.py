"""Calls of elementwise, shape, index and reducing ops."""

from __future__ import annotations

import numpy as np
import torch
from torch_data import DIVISORS, PAIRS, PLACES, PLANES, SPECIAL, UNIT, V4, WHOLE, Cases, X, Y, real

F = torch.nn.functional
CASES = Cases()
add = CASES.add

for name in (
    "abs neg sign floor ceil trunc round sqrt rsqrt square reciprocal exp expm1 log log2 log10"
    " log1p sin cos tan asin acos atan sinh cosh tanh erf erfc sigmoid isnan isinf isfinite"
    " logical_not"
).split():
    for values in (X, UNIT, SPECIAL):
        add(name, [values], getattr(torch, name))
for name in (
    "add sub mul div fmod remainder floor_divide maximum minimum fmax fmin atan2 pow eq ne lt le gt"
    " ge logical_and logical_or logical_xor"
).split():
    add(name, [X, Y], getattr(torch, name))
    add(name, [PAIRS[0], PAIRS[1]], getattr(torch, name))
    add(name, [X, Y[0, :1]], getattr(torch, name))
for name in "add sub mul fmod remainder floor_divide maximum eq lt".split():
    add(name, [WHOLE, DIVISORS], getattr(torch, name))
for name in "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift".split():
    add(name, [WHOLE, abs(DIVISORS)], getattr(torch, name))
add("trunc_divide", [WHOLE, DIVISORS], lambda a, b: torch.div(a, b, rounding_mode="trunc"))
add("pow", [WHOLE, abs(DIVISORS)], torch.pow)
add("round", [X], lambda x: torch.round(x, decimals=2), decimals=2)
for dim, keepdim in ((None, False), ((1,), False), ((0, -1), True)):
    for name in "sum mean amax amin".split():
        add(
            name,
            [X],
            lambda x, f=name, d=dim, k=keepdim: getattr(torch, f)(x, d or (0, 1, 2), k),
            dim=dim,
            keepdim=keepdim,
        )
    for name in "var std".split():
        add(
            name,
            [X],
            lambda x, f=name, d=dim, k=keepdim: getattr(torch, f)(x, d, correction=0, keepdim=k),
            dim=dim,
            keepdim=keepdim,
            correction=0.0,
        )
    for p in (0.0, 1.0, 2.0, 3.0, np.inf, -np.inf):
        add(
            "vector_norm",
            [X],
            lambda x, p=p, d=dim, k=keepdim: torch.linalg.vector_norm(x, p, d, k),
            ord=p,
            dim=dim,
            keepdim=keepdim,
        )
    add(
        "logsumexp",
        [X],
        lambda x, d=dim, k=keepdim: torch.logsumexp(x, d or (0, 1, 2), k),
        dim=dim,
        keepdim=keepdim,
    )
add("prod", [X], torch.prod)
for name in "any all count_nonzero".split():
    add(name, [WHOLE % 2], lambda x, f=name: getattr(torch, f)(x, 1), dim=(1,))
for name in "argmax argmin".split():
    add(name, [WHOLE], lambda x, f=name: getattr(torch, f)(x))
    add(name, [X], lambda x, f=name: getattr(torch, f)(x, 1, True), dim=1, keepdim=True)
add("max_dim", [X], lambda x: torch.max(x, 1), dim=1)
add("min_dim", [X], lambda x: torch.min(x, -1, True), dim=-1, keepdim=True)
for name in "cumsum cumprod".split():
    add(name, [X], lambda x, f=name: getattr(torch, f)(x, 1), dim=1)
for name in "softmax log_softmax".split():
    for dim in (0, -1):
        add(name, [X * 9], lambda x, f=name, d=dim: getattr(F, f)(x, d), dim=dim)
    add(name, [SPECIAL], lambda x, f=name: getattr(F, f)(x, 0), dim=0)
add("reshape", [X, [5, -1]], lambda x, s: x.reshape(s))
add("flatten", [X], lambda x: x.flatten(1), start_dim=1)
add("unflatten", [X, [2, -1]], lambda x, s: x.unflatten(1, s), dim=1)
add("permute", [X], lambda x: x.permute(2, 0, 1), dims=(2, 0, 1))
add("transpose", [X], lambda x: x.transpose(0, -1), dim0=0, dim1=-1)
add("movedim", [X], lambda x: x.movedim(0, -1), source=0, destination=-1)
add("squeeze", [X[:, :1]], lambda x: x.squeeze(1), dim=(1,))
add("unsqueeze", [X], lambda x: x.unsqueeze(-1), dim=-1)
add("expand", [X[:, :1], [2, 3, 6, -1]], lambda x, s: x.expand(s))
add("repeat", [X, [2, 1, 2, 1]], lambda x, r: x.repeat(r))
add("cat", [[X, Y]], lambda t: torch.cat(t, 1), dim=1)
add("stack", [[X, Y]], lambda t: torch.stack(t, -1), dim=-1)
add("split", [X, [1, 3]], lambda x, s: [list(torch.split(x, s, 1))], dim=1)
add("chunk", [X], lambda x: [list(torch.chunk(x, 3, 2))], chunks=3, dim=2)
add("unbind", [X], lambda x: [list(torch.unbind(x, 1))], dim=1)
add("select", [X, -2], lambda x, i: x.select(1, i), dim=1)
add("slice", [X, 1, -1, 2], lambda x, a, b, c: x[:, :, a:b:c], dim=2)
add("narrow", [X, 1, 2], lambda x, a, n: x.narrow(1, a, n), dim=1)
for k in (-1, 0, 2):
    add("tril", [X], lambda x, k=k: torch.tril(x, k), diagonal=k)
    add("triu", [X], lambda x, k=k: torch.triu(x, k), diagonal=k)
    add("diagonal", [X], lambda x, k=k: x.diagonal(k, 2, 0), offset=k, dim1=2, dim2=0)
add("flip", [X], lambda x: x.flip(0, 2), dims=(0, 2))
add("roll", [X, [2, -1]], lambda x, s: x.roll(s, (1, 2)), dims=(1, 2))
for mode in ("constant", "reflect", "replicate", "circular"):
    add("pad", [PLANES, [1, 2, 3, 0], None], lambda x, p, _, m=mode: F.pad(x, p, m), mode=mode)
add("pad", [PLANES, [1, -2, -1, 2], np.array(3.0)], lambda x, p, v: F.pad(x, p, value=v.item()))
add("where", [X > 0, X, Y], torch.where)
add("masked_fill", [X, X > 0, np.array(2.0)], torch.masked_fill)
add("masked_select", [X, X > 0], torch.masked_select)
add("clamp", [X, np.array(-0.5), np.array(0.5)], torch.clamp)
add("clamp", [X, np.array(0.1), None], torch.clamp)
add("index_select", [X, np.array([2, 0])], lambda x, i: x.index_select(1, i), dim=1)
add("gather", [X, PLACES[:2, :, :3]], lambda x, i: x.gather(1, i), dim=1)
for mode in ("sum", "prod", "amax", "amin"):
    add(
        "scatter",
        [X, PLACES, Y],
        lambda x, i, s, m=mode: x.scatter_reduce(1, i, s, m),
        dim=1,
        reduce=mode,
    )
add("nonzero", [WHOLE], torch.nonzero)
for descending in (False, True):
    add(
        "sort",
        [WHOLE],
        lambda x, d=descending: torch.sort(x, dim=1, descending=d, stable=True),
        dim=1,
        descending=descending,
    )
    add("argsort", [X], lambda x, d=descending: x.argsort(0, d), dim=0, descending=descending)
    add("topk", [X, 2], lambda x, k, d=descending: x.topk(k, 1, d), dim=1, largest=descending)
ROWS = np.array([2, 0, 2])
add("index", [X, [ROWS, None, ROWS]], lambda x, i: x[i[0], :, i[2]])
add("index", [X, [None, ROWS, ROWS]], lambda x, i: x[:, i[1], i[2]])
add("index", [X, [X[..., 0] > 0]], lambda x, i: x[i[0]])
add("index_put", [X, [ROWS], Y[:1]], lambda x, i, v: x.index_put((i[0],), v, True), accumulate=True)
add("slice_scatter", [X, Y[:, :2], 0, 4, 2], lambda x, s, *b: x.slice_scatter(s, 1, *b), dim=1)
add("select_scatter", [X, Y[:, 0], -1], lambda x, s, i: x.select_scatter(s, 1, i), dim=1)
add("matmul", [X, real(5, 2)], torch.matmul)
add("matmul", [real(5), real(2, 5, 3)], torch.matmul)
add("bmm", [X, real(3, 5, 2)], torch.bmm)
add("outer", [V4, X[0, 0]], torch.outer)
add(
    "addmm",
    [V4, X[0], real(5, 4)],
    lambda b, x, y: torch.addmm(b, x, y, beta=2, alpha=3),
    beta=2.0,
    alpha=3.0,
)
