"""Ops that make tensors of another size than their inputs have, as numpy has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from oracles.numpy_ops import FUNCTIONS


def _arange(start: Any, end: Any, step: Any, dtype: Any) -> Any:
    return np.arange(start, end, step).astype(dtype)


def _full(shape: Any, value: Any, dtype: Any) -> Any:
    return np.full(shape, value, dtype)


def _pad(x: Any, padding: Any, mode: str) -> Any:
    pairs = list(zip(padding[::2], padding[1::2], strict=True))[::-1]
    pairs = [(0, 0)] * (x.ndim - len(pairs)) + pairs
    wide = np.pad(x, [(max(0, a), max(0, b)) for a, b in pairs], mode=mode)
    return wide[
        tuple(slice(max(0, -a), min(n, n + b)) for (a, b), n in zip(pairs, wide.shape, strict=True))
    ]


def _one_hot(x: Any, num_classes: int) -> Any:
    return (x[..., None] == np.arange(num_classes)).astype(np.int64)


def _eye(n: int, m: int, dtype: Any = np.float32) -> Any:
    return np.eye(n, m, dtype=dtype)


def _linspace(start: float, end: float, steps: int, dtype: Any = np.float32) -> Any:
    d = (end - start) / max(steps - 1, 1)
    halves = (start + i * d if 2 * i < steps else end - (steps - 1 - i) * d for i in range(steps))
    return np.array([*halves]).astype(dtype)


def _repeat_interleave(x: Any, repeats: Any, dim: int = 0) -> Any:
    return np.repeat(x, repeats, axis=dim)


def _bincount(x: Any, minlength: int) -> Any:
    return np.bincount(x, minlength=minlength)


def _diag_embed(x: Any, offset: int, dim1: int, dim2: int) -> Any:
    assert (offset, dim1, dim2) == (0, -2, -1)
    return x[..., None] * np.eye(x.shape[-1], dtype=x.dtype)


def _interpolate(x: Any, size: Any, scales: Any = None, mode: str = "nearest") -> Any:
    assert mode == "nearest"
    olds = x.shape[2:]
    if scales is None:
        places = [np.arange(n) * old // n for n, old in zip(size, olds, strict=True)]
    else:
        given = zip(size, olds, scales, strict=True)
        places = [np.minimum(np.arange(n) // s, old - 1).astype(int) for n, old, s in given]
    return x[(..., *np.ix_(*places))]


def _expand(x: Any, shape: Any) -> Any:
    new = len(shape) - x.ndim
    return np.broadcast_to(x, [x.shape[i - new] if n < 0 else n for i, n in enumerate(shape)])


def _index(x: Any, indices: Any) -> Any:
    return x[tuple(slice(None) if i is None else i for i in indices)]


def _permute(x: Any, dims: Any) -> Any:
    return np.transpose(x, dims)


def _slice(x: Any, start: Any = None, end: Any = None, step: Any = None, dim: int = 0) -> Any:
    return np.moveaxis(np.moveaxis(x, dim, 0)[start:end:step], 0, dim)


def _transform(function: Any) -> Any:
    return staticmethod(lambda x, dim=-1: function(x, axis=dim).astype(np.complex64))


class Makers:
    """Each op written down by hand; the arguments are those of the op's page."""

    outer = staticmethod(np.outer)
    nonzero = staticmethod(np.argwhere)
    stack = staticmethod(lambda xs, dim=0: np.stack(xs, axis=dim))
    expand = staticmethod(_expand)
    permute = staticmethod(_permute)
    index = staticmethod(_index)
    slice = staticmethod(_slice)
    cumsum = staticmethod(lambda x, dim: np.cumsum(x, axis=dim))
    sort = staticmethod(lambda x, dim: (np.sort(x, dim), np.argsort(x, dim, kind="stable")))
    maximum = staticmethod(np.maximum)
    eq = staticmethod(np.equal)
    lt = staticmethod(np.less)
    relu = staticmethod(lambda x: np.maximum(x, 0))
    repeat = staticmethod(np.tile)
    index_select = staticmethod(lambda x, i, dim: np.take(x, i, axis=dim))
    embedding = staticmethod(lambda i, weight: weight[i])
    arange = staticmethod(_arange)
    full = staticmethod(_full)
    pad = staticmethod(_pad)
    one_hot = staticmethod(_one_hot)
    eye = staticmethod(_eye)
    linspace = staticmethod(_linspace)
    repeat_interleave = staticmethod(_repeat_interleave)
    bincount = staticmethod(_bincount)
    diag_embed = staticmethod(_diag_embed)
    interpolate = staticmethod(_interpolate)
    squeeze = staticmethod(lambda x, dim: np.squeeze(x, axis=tuple(dim)))
    unflatten = staticmethod(
        lambda x, sizes, dim: x.reshape(*x.shape[:dim], *sizes, *x.shape[dim + 1 :])
    )
    fft, ifft, rfft = map(_transform, (np.fft.fft, np.fft.ifft, np.fft.rfft))
    to_list = staticmethod(lambda x: x.tolist())

    def __getattr__(self, name: str) -> Any:
        """Return another op from its definition in float64, results in the first input's type."""
        if name not in FUNCTIONS:
            raise AttributeError(name)

        def run(x: Any, *others: Any, **attributes: Any) -> Any:
            wide = [a.astype(np.float64) if _is_float(a) else a for a in (x, *others)]
            named = {n: a.astype(np.float64) if _is_float(a) else a for n, a in attributes.items()}
            found = FUNCTIONS[name](*wide, **named)
            return _narrowed(found, x.dtype)

        return run


def _narrowed(found: Any, dtype: Any) -> Any:
    if isinstance(found, tuple | list):
        return type(found)(_narrowed(part, dtype) for part in found)
    return found.astype(dtype) if _is_float(found) else found


def _is_float(part: Any) -> bool:
    return isinstance(part, np.ndarray | np.generic) and part.dtype.kind == "f"
