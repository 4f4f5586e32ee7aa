"""Norms, adaptive pooling, resizing, attention, recurrent layers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.layout import copies, over_types
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array, tied

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


def _bins(n: int, o: int) -> list[tuple[int, int]]:
    return [(i * n // o, -(-(i + 1) * n // o)) for i in range(o)]


def adapted(x: Any, sizes: list[int], pick: Any) -> Any:
    plane = x.shape[-len(sizes) :]
    if 0 in plane:
        raise Stop("SHAPE_ERROR")
    result = np.zeros((*x.shape[: -len(sizes)], *sizes))
    for place in np.ndindex(*result.shape):
        lead = place[: -len(sizes)]
        spans = [_bins(n, o)[i] for n, o, i in zip(plane, sizes, place[len(lead) :], strict=True)]
        result[place] = pick(x[lead], spans)
    return result


def mean_of(plane: Any, spans: Any) -> float:
    return float(plane[tuple(slice(*s) for s in spans)].mean())


def _top_of(plane: Any, spans: Any) -> tuple[float, int]:
    part = plane[tuple(slice(*s) for s in spans)].numpy().astype(np.float64)
    flat = int(np.argmax(part))
    where = np.unravel_index(flat, part.shape)
    place = [int(w) + s[0] for w, s in zip(where, spans, strict=True)]
    return float(part.ravel()[flat]), int(np.ravel_multi_index(place, plane.shape))


def _tops(x: Any, sizes: list[int]) -> Any:
    return tuple(adapted(x, sizes, lambda p, s, i=i: _top_of(p, s)[i]) for i in (0, 1))


for n in (1, 2):
    SHAPES = [
        ((2, 3, *(7, 5)[:n]), list((3, 2)[:n])),
        ((1, *(4, 6)[:n]), [1] * n),
        ((1, 1, *(3, 2)[:n]), [5] * n),
    ]
    PLANS.add(
        f"adaptive_avg_pool{n}d",
        functools.partial(
            over_types,
            f"adaptive_avg_pool{n}d",
            lambda a, s=SHAPES, n=n: (
                [call(a(*x), o) for x, o in s] + [call(a(1, 2, *(0,) * n), [1] * n)]
            ),
        ),
        lambda x, sizes: adapted(x, sizes, mean_of),
        rule="SEM: windows in whole numbers",
        absolute=lambda u, y, x, sizes: (
            (2 * np.sqrt(12) + 2) * u * adapted(abs(x), sizes, mean_of) + u * abs(y)
        ),
    )

    def _ties(
        op: str = f"adaptive_max_pool{n}d", shapes: Any = SHAPES, n: int = n
    ) -> Iterator[Call]:
        for data_type in types_of(op):
            for x, o in shapes:
                yield call(tied(data_type, x), o)
            yield call(array(data_type, (1, 2, *(0,) * n)), [1] * n)

    PLANS.add(f"adaptive_max_pool{n}d", _ties, _tops, rule="NUM-30, NUM-32")
_MODES = (
    ("nearest", False),
    ("nearest-exact", False),
    ("linear", False),
    ("linear", True),
    ("cubic", False),
    ("cubic", True),
)


def _resizes(a: Any) -> Iterator[Call]:
    for mode, aligned in _MODES:
        for plane, size in (((5, 7), [3, 9]), ((4, 4), [4, 1]), ((3, 2), [6, 4])):
            yield call(a(2, 1, *plane), size, None, mode=mode, align_corners=aligned)
        if mode != "cubic":
            yield call(a(1, 2, 5), [8], None, mode=mode, align_corners=aligned)
            yield call(a(1, 1, 2, 3, 4), [3, 3, 3], None, mode=mode, align_corners=aligned)
    yield call(a(1, 1, 4), [6], [1.5], mode="nearest")
    yield call(a(1, 1, 4), [6], [1.7], mode="linear")
    yield call(a(1, 1, 0), [2], None)


_NAMES = {
    ("linear", 1): "linear",
    ("linear", 2): "bilinear",
    ("linear", 3): "trilinear",
    ("cubic", 2): "bicubic",
}


def _resize(x: Any, size: list[int], scales: Any = None, *, mode: str, align_corners: bool) -> Any:
    if 0 in x.shape[2:]:
        raise Stop("SHAPE_ERROR")
    if "nearest" in mode and scales is None:
        for axis, (n, o) in enumerate(zip(x.shape[2:], size, strict=True), 2):
            place = [
                (2 * i + 1) * n // (2 * o) if "exact" in mode else i * n // o for i in range(o)
            ]
            x = x.index_select(axis, torch.tensor(place))
        return x
    how = {"scale_factor": scales} if scales else {"size": size}
    return F.interpolate(
        x,
        mode=_NAMES.get((mode, x.dim() - 2), mode),
        align_corners=align_corners if "nearest" not in mode else None,
        **how,
    )


PLANS.add(
    "interpolate",
    functools.partial(over_types, "interpolate", _resizes),
    _resize,
    rule="OP.interpolate: nearest in whole numbers",
    absolute=lambda u, y, x, size, scales=None, *, mode, align_corners: (
        0 * abs(y) if "nearest" in mode else 8 * u * 2 * float(abs(x).max()) + 0 * abs(y)
    ),
)
copies(
    "im2col",
    lambda a: [
        call(a(2, 3, 5, 6), kernel=(2, 3)),
        call(a(1, 1, 5, 5), kernel=(2, 2), dilation=(2, 1), padding=(1, 0), stride=(2, 3)),
        call(a(1, 2, 2, 2), kernel=(1, 1)),
        call(a(1, 1, 2, 2), kernel=(3, 3)),
    ],
    lambda x, kernel, dilation, padding, stride: _columns(x, kernel, dilation, padding, stride),
)


def _columns(x: Any, kernel: Any, dilation: Any, padding: Any, stride: Any) -> Any:
    padded = np.pad(x.numpy(), [(0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2])
    counts = [
        (padded.shape[2 + i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1 for i in (0, 1)
    ]
    if min(counts) < 1:
        raise Stop("SHAPE_ERROR")
    rows = [
        padded[:, :, i * dilation[0] :: stride[0], j * dilation[1] :: stride[1]][
            :, :, : counts[0], : counts[1]
        ]
        for i in range(kernel[0])
        for j in range(kernel[1])
    ]
    n, c = x.shape[:2]
    return np.stack([r.reshape(n, c, -1) for r in rows], 2).reshape(n, c * len(rows), -1)


def _bags() -> Iterator[Call]:
    for data_type in types_of("embedding_bag"):
        weight = array(data_type, (5, 3))
        for mode in ("sum", "mean", "max"):
            for index, offsets in (([1, 2, 0, 3], [0, 3]), ([4, 4], [0, 0, 2]), ([0, 1, 2], [0])):
                yield call(np.array(index), weight, np.array(offsets), mode=mode)
        yield call(np.array([5]), weight, np.array([0]))


def _bag(index: Any, weight: Any, offsets: Any, mode: str) -> Any:
    if bool(((index < 0) | (index >= len(weight))).any()):
        raise Stop("INDEX_ERROR")
    ends = [*offsets.tolist()[1:], len(index)]
    rows = [weight[index[a:b]] for a, b in zip(offsets.tolist(), ends, strict=True)]
    pick = {"sum": lambda r: r.sum(0), "mean": lambda r: r.mean(0), "max": lambda r: r.amax(0)}[
        mode
    ]
    return torch.stack(
        [pick(r) if len(r) else torch.zeros(weight.shape[1], dtype=weight.dtype) for r in rows]
    )


PLANS.add(
    "embedding_bag",
    _bags,
    _bag,
    absolute=lambda u, y, index, weight, offsets, mode: (
        0 * abs(y)
        if mode == "max"
        else (2 * np.sqrt(len(index)) + 3) * u * _bag(index, abs(weight), offsets, mode)
        + u * abs(y)
    ),
)
