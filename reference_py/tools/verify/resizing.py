"""Adaptive pooling, resizing, patches and bags."""

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


def _bins(n: int, o: int) -> list[tuple[int, int]]:
    return [(i * n // o, -(-(i + 1) * n // o)) for i in range(o)]


def adapted(x: Any, sizes: list[int], pick: Any) -> Any:
    """Pick from the bins of each plane. Bins are found in whole numbers."""
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
    """Return the mean of a bin."""
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
