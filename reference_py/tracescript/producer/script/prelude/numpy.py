"""numpy functions by their definition, in the language of scripts.

The compiler compiles these where a program calls numpy's function of the name. They take what numpy
takes of the arguments that matter to a result; anything else is refused at the call.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracescript.producer.script.prelude.elements import COMPLEX, INTEGERS
from tracescript.producer.script.prelude.op_names import ops

# ---- along an axis, or over all


def quantile(a: Any, q: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """As numpy's with linear interpolation, of floats."""
    if axis is None:
        found = ops.quantile(np.reshape(a, (-1,)), q, dim=0)
        return np.reshape(found, [1 for _ in a.shape]) if keepdims else found
    found = ops.quantile(a, q, dim=axis)
    return np.expand_dims(found, axis) if keepdims else found


def percentile(a: Any, q: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The quantile of q / 100."""
    return quantile(a, q / 100, axis, keepdims)


def median(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The quantile of one half."""
    return quantile(a, 0.5, axis, keepdims)


def cumsum(a: Any, axis: Any = None) -> Any:
    """Sums up to each element, over all in row-major order where there is no axis."""
    if axis is None:
        return ops.cumsum(np.reshape(a, (-1,)), dim=0)
    return ops.cumsum(a, dim=axis)


def cumprod(a: Any, axis: Any = None) -> Any:
    """Products up to each element."""
    if axis is None:
        return ops.cumprod(np.reshape(a, (-1,)), dim=0)
    return ops.cumprod(a, dim=axis)


def flip(m: Any, axis: Any = None) -> Any:
    """Reverse an axis; all of them are the reverse of the flat array."""
    if axis is None:
        return np.reshape(ops.flip(np.reshape(m, (-1,)), dims=[0]), m.shape)
    return ops.flip(m, dims=axis)


def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """Move elements on, the last ones to the front."""
    if axis is None:
        return np.reshape(ops.roll(np.reshape(a, (-1,)), [shift], [0]), a.shape)
    if isinstance(axis, int):
        return ops.roll(a, [shift], [axis])
    return ops.roll(a, shift, axis)


def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """Turn the plane of two axes by k times 90 degrees."""
    turned = m
    if k % 4 in (1, 2, 3):
        turned = np.swapaxes(flip(turned, axes[1]), axes[0], axes[1])
    if k % 4 in (2, 3):
        turned = np.swapaxes(flip(turned, axes[1]), axes[0], axes[1])
    if k % 4 == 3:  # noqa: PLR2004  # turns
        turned = np.swapaxes(flip(turned, axes[1]), axes[0], axes[1])
    return turned


def ptp(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The largest less the smallest."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def nansum(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The sum of what is no NaN."""
    return np.sum(np.where(np.isnan(a), 0, a), axis=axis, keepdims=keepdims)


def nanprod(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The product of what is no NaN."""
    return np.prod(np.where(np.isnan(a), 1, a), axis=axis, keepdims=keepdims)


def nancumsum(a: Any, axis: Any = None) -> Any:
    """Sums up to each element, NaN counted as 0."""
    return cumsum(np.where(np.isnan(a), 0, a), axis)


def nanmean(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The mean of what is no NaN."""
    kept = np.where(np.isnan(a), 0, np.ones_like(a))
    return nansum(a, axis, keepdims) / np.sum(kept, axis=axis, keepdims=keepdims)


def nanvar(a: Any, axis: Any = None, ddof: int = 0, keepdims: Any = False) -> Any:
    """The variance of what is no NaN; NaN where too little is left."""
    kept = np.where(np.isnan(a), 0, np.ones_like(a))
    count = np.sum(kept, axis=axis, keepdims=keepdims)
    off = np.where(np.isnan(a), 0, np.square(a - nanmean(a, axis, True)))
    total = np.sum(off, axis=axis, keepdims=keepdims)
    return np.where(count > ddof, total / np.maximum(count - ddof, 1), math.nan)


def nanstd(a: Any, axis: Any = None, ddof: int = 0, keepdims: Any = False) -> Any:
    """The square root of the variance."""
    return np.sqrt(nanvar(a, axis, ddof, keepdims))


def nanmax(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The largest of what is no NaN; NaN where nothing is."""
    if a.dtype in INTEGERS:
        return np.max(a, axis=axis, keepdims=keepdims)
    found = np.max(np.where(np.isnan(a), -math.inf, a), axis=axis, keepdims=keepdims)
    return np.where(np.all(np.isnan(a), axis=axis, keepdims=keepdims), math.nan, found)


def nanmin(a: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The smallest of what is no NaN; NaN where nothing is."""
    if a.dtype in INTEGERS:
        return np.min(a, axis=axis, keepdims=keepdims)
    found = np.min(np.where(np.isnan(a), math.inf, a), axis=axis, keepdims=keepdims)
    return np.where(np.all(np.isnan(a), axis=axis, keepdims=keepdims), math.nan, found)


def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """One array after another; flat where there is no axis."""
    if axis is None:
        return np.concatenate([np.reshape(arr, (-1,)), np.reshape(values, (-1,))], 0)
    return np.concatenate([arr, values], axis)


def ediff1d(ary: Any) -> Any:
    """Differences of neighbours of the flat array."""
    flat = np.reshape(ary, (-1,))
    return flat[1:] - flat[:-1]


def average(a: Any, axis: Any = None, weights: Any = None) -> Any:
    """The mean, each element as often as its weight of the same shape says."""
    if weights is None:
        return np.mean(a, axis=axis)
    spread = weights + np.zeros_like(a)
    return np.sum(a * spread, axis=axis) / np.sum(spread, axis=axis)


def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """The area below a line through points, along an axis; x of the shape of y."""
    moved = np.moveaxis(y, axis, -1)
    middle = (moved[..., 1:] + moved[..., :-1]) / 2
    if x is None:
        return np.sum(middle * dx, axis=-1)
    if x.ndim == 1:
        return np.sum(middle * (x[1:] - x[:-1]), axis=-1)
    place = np.moveaxis(x, axis, -1)
    return np.sum(middle * (place[..., 1:] - place[..., :-1]), axis=-1)


def column_stack(tup: Any) -> Any:
    """Rows as columns, arrays of more axes as they are, side by side."""
    return np.concatenate([as_columns(np.asarray(x)) for x in tup], 1)


def as_columns(x: Any) -> Any:
    """A row or a number as one column."""
    return x if x.ndim > 1 else np.reshape(x, (-1, 1))


def resize(a: Any, new_shape: Any) -> Any:
    """The elements of the flat array again and again, until the shape is full."""
    shape = [new_shape] if isinstance(new_shape, int) else list(new_shape)
    total = 1
    for size in shape:
        if size < 0:
            raise ValueError("all elements of `new_shape` must be non-negative")
        total = total * size
    flat = np.reshape(a, (-1,))
    filled = np.concatenate([flat, np.zeros((1,), a.dtype)], 0)
    places = np.arange(total) % max(flat.shape[0], 1)
    return np.reshape(ops.index_select(filled, places, dim=0), shape)


def eye(N: int, M: Any = None, dtype: Any = np.float64) -> Any:  # noqa: N803  # numpy's names
    """Ones on the diagonal."""
    return ops.eye(N, N if M is None else M, dtype=dtype)


# ---- products


def outer(a: Any, b: Any) -> Any:
    """All products of two flat arrays."""
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def inner(a: Any, b: Any) -> Any:
    """Sums of products over the last axes, of at most two axes in b."""
    if b.ndim == 1:
        return np.sum(a * b, axis=-1)
    if b.ndim > 2:  # noqa: PLR2004  # as the text says
        raise ValueError("numpy.inner in scripts takes at most two axes in b")
    return np.matmul(a, np.swapaxes(b, -1, -2))


def vdot(a: Any, b: Any) -> Any:
    """The sum of products of two flat arrays, the first conjugated."""
    if a.dtype in COMPLEX:
        return np.dot(np.conjugate(np.reshape(a, (-1,))), np.reshape(b, (-1,)))
    return np.dot(np.reshape(a, (-1,)), np.reshape(b, (-1,)))


def diag(v: Any, k: int = 0) -> Any:
    """A matrix with this diagonal, or the diagonal of a matrix."""
    if v.ndim == 1:
        return ops.diag_embed(v, offset=k)
    if v.ndim != 2:  # noqa: PLR2004  # a matrix
        raise ValueError("Input must be 1- or 2-d.")
    return ops.diagonal(v, offset=k)


def diagflat(v: Any, k: int = 0) -> Any:
    """A matrix with the flat array as a diagonal."""
    return ops.diag_embed(np.reshape(v, (-1,)), offset=k)


def polyval(p: Any, x: Any) -> Any:
    """A polynomial by its coefficients, the highest power first."""
    wide = np.asarray(p)
    total = np.zeros_like(x) * wide[0]
    for k in range(wide.shape[0]):
        total = total * x + wide[k]
    return total


def matrix_transpose(x: Any) -> Any:
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


def factored(x: Any) -> Any:
    """A matrix as LAPACK takes it."""
    if x.dtype == np.float16:
        raise TypeError("array type float16 is unsupported in linalg")
    return x


def matrix_power(a: Any, n: int) -> Any:
    """The product of n times the matrix; of whole numbers it is one of whole numbers."""
    if a.dtype in INTEGERS and n > 0:
        found = a
        for _ in range(n - 1):
            found = np.matmul(found, a)
        return found
    return ops.linalg_matrix_power(a, n)


def svdvals(x: Any) -> Any:
    """Singular values."""
    _, found, _ = ops.linalg_svd(factored(x))
    return found


def eigvalsh(a: Any) -> Any:
    """Eigenvalues of a symmetric matrix."""
    found, _ = ops.linalg_eigh(factored(a))
    return found
