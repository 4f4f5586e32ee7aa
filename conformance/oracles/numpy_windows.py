"""Windows over planes: convolutions and pools, element by element from their definitions."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def _convolution(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = None,
    padding: Any = None,
    dilation: Any = None,
    groups: int = 1,
) -> Any:
    """Cross-correlation; padding is before and behind each axis."""
    n = weight.ndim - 2
    stride, dilation = stride or [1] * n, dilation or [1] * n
    pairs = padding or [0] * (2 * n)
    x = np.pad(x, [(0, 0), (0, 0), *((pairs[2 * k], pairs[2 * k + 1]) for k in range(n))])
    kernel = weight.shape[2:]
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    extents = [(e - r) // s + 1 for e, r, s in zip(x.shape[2:], reach, stride, strict=True)]
    made = np.zeros((x.shape[0], groups, weight.shape[0] // groups, *extents))
    planes = x.reshape(x.shape[0], groups, weight.shape[1], *x.shape[2:])
    filters = weight.reshape(groups, weight.shape[0] // groups, *weight.shape[1:])
    for place in np.ndindex(*kernel):
        starts = [p * d for p, d in zip(place, dilation, strict=True)]
        ends = [a + (e - 1) * s + 1 for a, e, s in zip(starts, extents, stride, strict=True)]
        seen = planes[(..., *map(slice, starts, ends, stride))]
        made += np.einsum("ngc...,gfc->ngf...", seen, filters[(..., *place)])
    made = made.reshape(x.shape[0], weight.shape[0], *extents)
    return made if bias is None else made + bias.reshape(-1, *[1] * n)


def _transposed(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = None,
    padding: Any = None,
    output_padding: Any = None,
    groups: int = 1,
    dilation: Any = None,
) -> Any:
    """Each element adds the kernel, scaled, to its place."""
    n = weight.ndim - 2
    stride, dilation = stride or [1] * n, dilation or [1] * n
    padding, more = padding or [0] * n, output_padding or [0] * n
    extents = [
        (x.shape[2 + k] - 1) * stride[k] - 2 * padding[k] + dilation[k] * (weight.shape[2 + k] - 1)
        + more[k] + 1
        for k in range(n)
    ]  # fmt: skip
    outside = weight.shape[1]
    made = np.zeros((x.shape[0], outside * groups, *extents))
    share = x.shape[1] // groups
    for at in np.ndindex(*x.shape):
        for place in np.ndindex(*weight.shape[1:]):
            to = [at[2 + k] * stride[k] + place[1 + k] * dilation[k] - padding[k] for k in range(n)]
            if all(0 <= t < e for t, e in zip(to, extents, strict=True)):
                channel = at[1] // share * outside + place[0]
                made[(at[0], channel, *to)] += x[at] * weight[(at[1], *place)]
    return made if bias is None else made + bias.reshape(1, -1, *[1] * n)


def _windows(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Any:
    """Return the extents of the result, and a function from a place in it to places in x."""
    n = len(kernel)
    extents = []
    for k in range(n):
        free = x.shape[2 + k] + 2 * padding[k] - dilation[k] * (kernel[k] - 1) - 1
        extent = (-(-free // stride[k]) if ceil_mode else free // stride[k]) + 1
        if ceil_mode and (extent - 1) * stride[k] >= x.shape[2 + k] + padding[k]:
            extent -= 1
        extents.append(extent)

    def places(at: Sequence[int]) -> Iterator[tuple[int, ...]]:
        for step in itertools.product(*(range(k) for k in kernel)):
            yield tuple(at[k] * stride[k] - padding[k] + step[k] * dilation[k] for k in range(n))

    return extents, places


def _largest(
    x: Any,
    kernel: Any,
    stride: Any,
    padding: Any = None,
    dilation: Any = None,
    ceil_mode: bool = False,
) -> Any:
    n = len(kernel)
    extents, places = _windows(
        x, kernel, stride, padding or [0] * n, dilation or [1] * n, ceil_mode
    )
    values = np.zeros((*x.shape[:2], *extents))
    indices = np.zeros(values.shape, np.int64)
    for at in np.ndindex(*values.shape):
        inside = [
            p
            for p in places(at[2:])
            if all(0 <= i < e for i, e in zip(p, x.shape[2:], strict=True))
        ]
        best = max(inside, key=lambda p: x[(*at[:2], *p)])
        values[at] = x[(*at[:2], *best)]
        indices[at] = np.ravel_multi_index(best, x.shape[2:])
    return values, indices


def _average(
    x: Any,
    kernel: Any,
    stride: Any,
    padding: Any = None,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    n = len(kernel)
    padding = padding or [0] * n
    extents, places = _windows(x, kernel, stride, padding, [1] * n, ceil_mode)
    made = np.zeros((*x.shape[:2], *extents))
    for at in np.ndindex(*made.shape):
        found = list(places(at[2:]))
        inside = [p for p in found if all(0 <= i < e for i, e in zip(p, x.shape[2:], strict=True))]
        padded = [
            p for p in found
            if all(-q <= i < e + q for i, e, q in zip(p, x.shape[2:], padding, strict=True))
        ]  # fmt: skip
        count = divisor_override or len(padded if count_include_pad else inside)
        made[at] = sum(x[(*at[:2], *p)] for p in inside) / count
    return made


def _columns(
    x: Any, kernel: Any, dilation: Any = None, padding: Any = None, stride: Any = None
) -> Any:
    dilation, padding, stride = dilation or [1, 1], padding or [0, 0], stride or [1, 1]
    extents, places = _windows(x, kernel, stride, padding, dilation, False)
    columns = []
    for at in np.ndindex(*extents):
        parts = [
            x[:, :, p[0], p[1]]
            if 0 <= p[0] < x.shape[2] and 0 <= p[1] < x.shape[3]
            else 0 * x[:, :, 0, 0]
            for p in places(at)
        ]
        columns.append(np.stack(parts, 2).reshape(x.shape[0], -1))
    return np.stack(columns, 2)


def _summed(
    x: Any,
    output_size: Any,
    kernel: Any,
    dilation: Any = None,
    padding: Any = None,
    stride: Any = None,
) -> Any:
    """Add up the columns: the transpose of taking them, column by column."""
    size = kernel[0] * kernel[1]
    made = np.zeros((x.shape[0], x.shape[1] // size, *output_size))
    for at in np.ndindex(*made.shape):
        one = np.zeros(made.shape)
        one[at] = 1.0
        made[at] = np.sum(_columns(one, kernel, dilation, padding, stride) * x)
    return made


def _quantized(
    x: Any,
    x_scale: Any,
    x_zero: Any,
    weight: Any,
    w_scale: Any,
    w_zero: Any,
    bias: Any = None,
    **to: Any,
) -> Any:
    scaled = w_scale.reshape(-1, 1, 1, 1) * (weight.astype(float) - w_zero.reshape(-1, 1, 1, 1))
    return _convolution(x_scale * (x.astype(float) - x_zero), scaled, bias, **to)


def _cells(x: Any, sizes: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield places of an adaptive pool's result, each with its window of every plane."""
    n = len(sizes)
    for at in np.ndindex(*sizes):
        spans = [
            slice(i * e // s, -(-(i + 1) * e // s))
            for i, e, s in zip(at, x.shape[-n:], sizes, strict=True)
        ]
        yield at, x[(..., *spans)].reshape(*x.shape[:-n], -1)


def _adaptive_average(x: Any, output_size: Any) -> Any:
    made = np.zeros((*x.shape[: -len(output_size)], *output_size))
    for at, window in _cells(x, output_size):
        made[(..., *at)] = window.mean(-1)
    return made


def _adaptive_largest(x: Any, output_size: Any) -> Any:
    """Return the values, and places only where a plane has an element once."""
    made = np.zeros((*x.shape[: -len(output_size)], *output_size))
    places = np.zeros(made.shape, np.int64)
    flat = x.reshape(*x.shape[: -len(output_size)], -1)
    for at, window in _cells(x, output_size):
        made[(..., *at)] = window.max(-1)
        places[(..., *at)] = (flat == window.max(-1)[..., None]).argmax(-1)
    return made, places


def _mixed(x: Any, output_size: Any, mode: str = "linear", align_corners: bool = False) -> Any:
    """Return planes resized linearly, one axis after the other."""
    assert mode == "linear"
    for axis, new in enumerate(output_size, 2):
        old, i = x.shape[axis], np.arange(new)
        kept = i * (old - 1) / (new - 1) if new > 1 else i * 0.0
        at = kept if align_corners else np.maximum((i + 0.5) * old / new - 0.5, 0)
        low = np.floor(at).astype(int)
        part = (at - low).reshape(-1, *[1] * (x.ndim - 1 - axis))
        high = np.minimum(low + 1, old - 1)
        x = np.take(x, low, axis) * (1 - part) + np.take(x, high, axis) * part
    return x


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "adaptive_avg_pool2d": _adaptive_average,
    "adaptive_max_pool2d": _adaptive_largest,
    "avg_pool1d": _average,
    "avg_pool2d": _average,
    "avg_pool3d": _average,
    "col2im": _summed,
    "conv1d": _convolution,
    "conv2d": _convolution,
    "conv3d": _convolution,
    "conv_transpose1d": _transposed,
    "conv_transpose2d": _transposed,
    "conv_transpose3d": _transposed,
    "im2col": _columns,
    "interpolate": _mixed,
    "max_pool1d": _largest,
    "max_pool2d": _largest,
    "max_pool3d": _largest,
    "q_conv2d": _quantized,
}
"""Functions by op."""
