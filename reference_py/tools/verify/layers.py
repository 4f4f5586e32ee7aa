"""Norms, adaptive pooling, resizing, attention, recurrent layers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.layout import over_types
from tools.verify.plan import Call, Plans, Stop, call

if TYPE_CHECKING:
    from collections.abc import Iterator

F = torch.nn.functional
PLANS = Plans()


def _standard(x: Any, axes: tuple[int, ...], eps: float, w: Any, b: Any, shape: Any) -> Any:
    mean = x.mean(axes, keepdim=True)
    var = ((x - mean) ** 2).mean(axes, keepdim=True)
    y = (x - mean) / torch.sqrt(var + eps)
    y = y if w is None else y * w.reshape(shape)
    return y if b is None else y + b.reshape(shape)


def _norm_bound(
    u: float, y: Any, x: Any, axes: tuple[int, ...], eps: float, w: Any, b: Any, shape: Any
) -> Any:
    """Bound as the pages of the norms say."""
    k = max(int(np.prod([x.shape[a] for a in axes])), 1)
    mean = x.mean(axes, keepdim=True)
    sigma = torch.sqrt(((x - mean) ** 2).mean(axes, keepdim=True) + eps)
    weight = 1.0 if w is None else abs(w.reshape(shape))
    bias = 0.0 if b is None else abs(b.reshape(shape))
    off = (2 * np.sqrt(k) + 2) * u * abs(x).mean(axes, keepdim=True) + 2 * u * (abs(x) + abs(mean))
    z = abs(x - mean) / sigma
    return (
        weight / sigma * off
        + (np.sqrt(k) + 6) * u * weight * z
        + u * (bias + abs(torch.as_tensor(y)))
    )


def _layer(
    x: Any, w: Any = None, b: Any = None, *, normalized_rank: int, eps: float
) -> tuple[Any, ...]:
    axes = tuple(range(x.dim() - normalized_rank, x.dim()))
    shape = x.shape[x.dim() - normalized_rank :]
    for v in (w, b):
        if v is not None and v.shape != shape:
            raise Stop("SHAPE_ERROR")
    return x, axes, eps, w, b, shape


def _layers(a: Any) -> Iterator[Call]:
    for rank, shape in ((1, (3, 5)), (2, (2, 3, 4)), (1, (70,)), (1, (0, 3)), (3, (2, 3, 1, 2))):
        last = shape[len(shape) - rank :]
        yield call(a(*shape), a(*last), a(*last), normalized_rank=rank)
        yield call(a(*shape), None, a(*last), normalized_rank=rank, eps=0.5)
        yield call(a(*shape), None, None, normalized_rank=rank)
    yield call(a(2, 3), a(2), None)


PLANS.add(
    "layer_norm",
    functools.partial(over_types, "layer_norm", _layers),
    lambda *v, **how: _standard(*_layer(*v, **how)),
    absolute=lambda u, y, *v, **how: _norm_bound(u, y, *_layer(*v, **how)),
)


def _grouped(x: Any, w: Any = None, b: Any = None, *, groups: int, eps: float) -> tuple[Any, ...]:
    split = x.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:])
    shape = (1, groups, x.shape[1] // groups, *(1,) * (x.dim() - 2))
    return split, tuple(range(2, split.dim())), eps, w, b, shape


def _unsplit(value: Any, x: Any) -> Any:
    return value.reshape(x.shape) if x.numel() else x


for name in ("group_norm", "instance_norm"):

    def _groups(a: Any, op: str = name) -> Iterator[Call]:
        for shape in ((2, 4, 5), (1, 4, 3, 2), (0, 4, 3)):
            for groups in (1, 2, 4) if op == "group_norm" else (None,):
                how = {} if groups is None else {"groups": groups}
                yield call(a(*shape), a(4), a(4), **how)
                yield call(a(*shape), None, None, eps=0.5, **how)
        if op == "group_norm":
            yield call(a(3, 4), a(4), None, groups=2)

    def _split(x: Any, *v: Any, **how: Any) -> tuple[Any, ...]:
        return _grouped(x, *v, **{"groups": x.shape[1], **how})

    PLANS.add(
        name,
        functools.partial(over_types, name, _groups),
        lambda x, *v, f=_split, **how: _unsplit(_standard(*f(x, *v, **how)), x),
        absolute=lambda u, y, x, *v, f=_split, **how: _unsplit(
            _norm_bound(u, torch.as_tensor(y).reshape(f(x, *v, **how)[0].shape), *f(x, *v, **how)),
            x,
        ),
    )


def _batches(op: str, a: Any) -> Iterator[Call]:
    for shape in ((4, 3), (2, 3, 5), (2, 3, 2, 2)):
        mean, var = a(3), a(3) ** 2 + a(1).dtype.type(0.5)
        yield call(a(*shape), mean, var, a(3), a(3))
        yield call(a(*shape), mean, var, None, None, eps=0.25)
    if op == "batch_norm":
        yield call(a(0, 3), mean, var, a(3), None)
    else:
        yield call(a(4, 3), mean, var, None, a(3), momentum=0.5)
        yield call(a(1, 3), mean, var, None, None)


def _batch(x: Any, m: Any, v: Any, w: Any = None, b: Any = None, *, eps: float) -> Any:
    shape = (1, -1, *(1,) * (x.dim() - 2))
    y = (x - m.reshape(shape)) / torch.sqrt(v.reshape(shape) + eps)
    y = y if w is None else y * w.reshape(shape)
    return y if b is None else y + b.reshape(shape)


def _batch_bound(
    u: float, y: Any, x: Any, m: Any, v: Any, w: Any = None, b: Any = None, *, eps: float
) -> Any:
    shape = (1, -1, *(1,) * (x.dim() - 2))
    scale = 1 / torch.sqrt(v.reshape(shape) + eps) * (1 if w is None else abs(w.reshape(shape)))
    bias = 0 if b is None else abs(b.reshape(shape))
    return 4 * u * scale * (abs(x) + abs(m.reshape(shape))) + 2 * u * (
        bias + abs(torch.as_tensor(y))
    )


PLANS.add(
    "batch_norm",
    functools.partial(over_types, "batch_norm", functools.partial(_batches, "batch_norm")),
    _batch,
    absolute=_batch_bound,
)


def _trained(
    x: Any, m: Any, v: Any, w: Any = None, b: Any = None, *, momentum: float, eps: float
) -> Any:
    axes = (0, *range(2, x.dim()))
    n = x.numel() // x.shape[1]
    if n <= 1:
        raise Stop("SHAPE_ERROR")
    mean, var = x.mean(axes), x.var(axes, correction=0)
    y = _batch(x, mean, var, w, b, eps=eps)
    old = 1 - momentum
    return y, m * old + mean * momentum, v * old + var * n / (n - 1) * momentum


def _trained_bound(
    u: float, y: Any, x: Any, m: Any, v: Any, *rest: Any, momentum: float, eps: float
) -> Any:
    size = abs(x).max()
    if np.ndim(y) == 1:
        return 20 * u * (abs(m) + abs(v) + size + size * size)
    axes = (0, *range(2, x.dim()))
    w, b = (*rest, None, None)[:2]
    return _norm_bound(u, y, x, axes, eps, w, b, (1, -1, *(1,) * (x.dim() - 2))) * 2


PLANS.add(
    "batch_norm_train",
    functools.partial(
        over_types, "batch_norm_train", functools.partial(_batches, "batch_norm_train")
    ),
    _trained,
    absolute=_trained_bound,
)


def _rms(x: Any, w: Any = None, *, normalized_rank: int, eps: Any) -> Any:
    axes = tuple(range(-normalized_rank, 0))
    wide = x.double()
    small = torch.finfo(x.dtype).eps if eps is None else eps
    y = wide / torch.sqrt((wide * wide).mean(axes, keepdim=True) + small)
    return y if w is None else y * w.double()


PLANS.add(
    "rms_norm",
    functools.partial(
        over_types,
        "rms_norm",
        lambda a: [
            call(a(3, 5), a(5)),
            call(a(2, 3, 4), a(3, 4), normalized_rank=2),
            call(a(3, 5) * 0, None),
            call(a(0, 5), a(5), eps=0.5),
            call(a(70), None, eps=1e-3),
        ],
    ),
    _rms,
    floats="own",
    absolute=lambda u, y, x, *w, normalized_rank, eps: (
        (np.sqrt(np.prod(x.shape[-normalized_rank:])) + 6) * u * abs(y)
    ),
)
PLANS.add(
    "normalize",
    functools.partial(
        over_types,
        "normalize",
        lambda a: (
            [call(a(3, 5), p=p, dim=d) for p in (2.0, 1.0, 3.0, float("inf")) for d in (0, -1)]
            + [call(a(2, 3) * 0), call(a(4), dim=0, eps=2.0), call(a(0, 3), dim=1)]
        ),
    ),
    lambda x, p, dim, eps: F.normalize(x, p, dim, eps),
    absolute=lambda u, y, x, p, dim, eps: (np.sqrt(x.shape[dim]) + 22) * u * abs(y),
)
PLANS.add(
    "cosine_similarity",
    functools.partial(
        over_types,
        "cosine_similarity",
        lambda a: [
            call(a(3, 5), a(3, 5)),
            call(a(2, 3, 4), a(1, 3, 1), dim=-1),
            call(a(4), a(4) * 0, dim=0),
            call(a(3, 5), a(3, 5), dim=0, eps=2.0),
            call(a(0, 3), a(1, 3)),
        ],
    ),
    lambda x, y, dim, eps: _cosine(x, y, dim, eps),
    absolute=lambda u, z, x, y, dim, eps: (
        (2 * np.sqrt(max(x.shape[dim], y.shape[dim])) + 44) * u + 0 * z
    ),
)


def _cosine(x: Any, y: Any, dim: int, eps: float) -> Any:
    x, y = torch.broadcast_tensors(x, y)
    norms = [torch.linalg.vector_norm(v, 2, dim).clamp(min=eps) for v in (x, y)]
    return (x * y).sum(dim) / (norms[0] * norms[1])


PLANS.add(
    "local_response_norm",
    functools.partial(
        over_types,
        "local_response_norm",
        lambda a: [
            call(a(2, 5, 3), window=3),
            call(a(1, 4, 2, 2), window=2, alpha=0.5, beta=0.5, k=2.0),
            call(a(1, 3, 0), window=1),
        ],
    ),
    lambda x, window, alpha, beta, k: (
        F.local_response_norm(x, window, alpha, beta, k) if x.numel() else x
    ),
    absolute=lambda u, y, x, **_: 30 * u * abs(y),
)
