"""Convolution of planes as products of matrices."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tracescript.errors import trap
from tracescript.kernels.rounding import Array, RoundedTable

KERNELS: Final = RoundedTable()

Pair = tuple[int, ...]

_COLUMN_LIMIT: Final = 1 << 22
"""Elements of patches that are laid out at once; more are done image by image."""


def _patches(x: Array, kernel: Pair, stride: Pair, dilation: Pair) -> Array:
    """Return a view (N, C, P, Q, out rows, out columns) of the patches of padded planes."""
    reach = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
    windows = sliding_window_view(x, reach, axis=(2, 3))
    picked = windows[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
    return picked.transpose(0, 1, 4, 5, 2, 3)


def _grouped(patches: Array, weight: Array, groups: int) -> Array:
    n, c, p, q, rows, columns = patches.shape
    terms = c // groups * p * q
    laid_out = patches.reshape(n, groups, terms, rows * columns)
    filters = weight.reshape(groups, -1, terms)
    return np.matmul(filters, laid_out).reshape(n, weight.shape[0], rows, columns)


def _depthwise(patches: Array, weight: Array) -> Array:
    """One filter for each plane: add up the shifted planes, one image at a time."""
    total = np.zeros((*patches.shape[:2], *patches.shape[4:]), patches.dtype)
    product = np.empty(total.shape[1:], total.dtype)
    for image, planes in zip(total, patches, strict=True):
        for p in range(patches.shape[2]):
            for q in range(patches.shape[3]):
                np.multiply(
                    planes[:, p, q], weight[:, 0, p, q, np.newaxis, np.newaxis], out=product
                )
                image += product  # noqa: PLW2901 - a view of the total
    return total


def _check(x: Array, weight: Array, padding: Pair, dilation: Pair, groups: int) -> None:
    if x.shape[1] != groups * weight.shape[1] or weight.shape[0] % groups:
        text = f"{list(x.shape)} and filters {list(weight.shape)} do not fit {groups} groups"
        raise trap("SHAPE_ERROR", text)
    for axis in (0, 1):
        n = x.shape[2 + axis] + padding[2 * axis] + padding[2 * axis + 1]
        reach = dilation[axis] * (weight.shape[2 + axis] - 1) + 1
        if reach > n:
            raise trap("SHAPE_ERROR", f"a filter of reach {reach} exceeds the padded extent {n}")


@KERNELS.of("conv2d")
def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    _check(x, weight, padding, dilation, groups)
    n, c = x.shape[:2]
    kernel = weight.shape[2:]
    if kernel == (1, 1) and stride == (1, 1) and not any(padding) and groups == 1:
        y = np.matmul(weight.reshape(-1, c), x.reshape(n, c, -1)).reshape(n, -1, *x.shape[2:])
    else:
        top, bottom, left, right = padding
        spread = ((0, 0), (0, 0), (top, bottom), (left, right))
        padded = np.pad(x, spread) if any(padding) else x
        patches = _patches(padded, kernel, stride, dilation)
        if groups == c == weight.shape[0] and groups > 1:
            y = _depthwise(patches, weight)
        elif patches.size <= _COLUMN_LIMIT or not n:
            y = _grouped(patches, weight, groups)
        else:
            y = np.concatenate([_grouped(one[np.newaxis], weight, groups) for one in patches])
    return y if bias is None else y + bias[:, np.newaxis, np.newaxis]


@KERNELS.of("conv1d")
def conv1d(
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    groups: int,
) -> Array:
    row = (0, 0, padding[0], padding[1])
    wide = (x[:, :, np.newaxis], weight[:, :, np.newaxis])
    return conv2d(*wide, bias, (1, *stride), row, (1, *dilation), groups)[:, :, 0]
