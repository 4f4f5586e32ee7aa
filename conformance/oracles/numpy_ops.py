"""What ops on whole arrays give, written from their definitions over numpy in float64.

Functions are called with the op's own names; an attribute that is left out has its default. They
serve the calls of `authored/ops`, not every attribute there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from oracles import numpy_layers, numpy_rows, numpy_spectra, numpy_windows, philox

if TYPE_CHECKING:
    from collections.abc import Callable


def _axes(dim: Any) -> Any:
    return None if dim is None else tuple(dim) if isinstance(dim, list) else dim


def _reduce(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, dim=None, keepdim=False: function(x, axis=_axes(dim), keepdims=keepdim)


def _with_place(value: Any, place: Any) -> Callable[..., Any]:
    def found(x: Any, dim: int, keepdim: bool = False) -> Any:
        return value(x, axis=dim, keepdims=keepdim), place(x, axis=dim, keepdims=keepdim)

    return found


def _order(x: Any, dim: int = -1, descending: bool = False) -> Any:
    if descending:
        return np.flip(x.shape[dim] - 1 - np.argsort(np.flip(x, dim), dim, kind="stable"), dim)
    return np.argsort(x, dim, kind="stable")


def _sort(x: Any, dim: int = -1, descending: bool = False) -> Any:
    places = _order(x, dim, descending)
    return np.take_along_axis(x, places, dim), places


def _top(x: Any, k: int, dim: int = -1, largest: bool = True) -> Any:
    values, places = _sort(x, dim, largest)
    kept = range(k)
    return np.take(values, kept, dim), np.take(places, kept, dim)


def _kth(x: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    values, places = _sort(x, dim)
    found = np.take(values, [k - 1], dim), np.take(places, [k - 1], dim)
    return found if keepdim else tuple(np.squeeze(y, dim) for y in found)


def _variance(x: Any, dim: Any = None, correction: float = 1.0, keepdim: bool = False) -> Any:
    return np.var(x, axis=_axes(dim), ddof=int(correction), keepdims=keepdim)


def _norm(x: Any, ord: float = 2.0, dim: Any = None, keepdim: bool = False) -> Any:  # noqa: A002  # the op's name
    powers = np.sum(np.abs(x) ** ord, axis=_axes(dim), keepdims=keepdim)
    return powers ** (1 / ord)


def _logsumexp(x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    return np.log(np.sum(np.exp(x), axis=_axes(dim), keepdims=keepdim))


def _product(bias: Any, x: Any, y: Any, beta: float = 1.0, alpha: float = 1.0) -> Any:
    return beta * bias + alpha * (x @ y)


def _distances(x: Any, y: Any, p: float = 2.0) -> Any:
    return _norm(x[..., :, None, :] - y[..., None, :, :], p, [-1])


def _chunks(x: Any, chunks: int, dim: int = 0) -> Any:
    size = -(-x.shape[dim] // chunks)
    return np.split(x, range(size, x.shape[dim], size), dim)


def _embedded(x: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    size = x.shape[-1] + abs(offset)
    made = np.zeros((*x.shape[:-1], size, size), x.dtype)
    for i in range(x.shape[-1]):
        made[..., i + max(-offset, 0), i + max(offset, 0)] = x[..., i]
    return np.moveaxis(made, (-2, -1), (dim1, dim2))


def _diagonal(x: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    return np.diagonal(x, offset, dim1, dim2)


def _bag(index: Any, weight: Any, offsets: Any, mode: str = "mean") -> Any:
    ends = [*offsets[1:], len(index)]
    pick = {"sum": np.sum, "mean": np.mean, "max": np.max}[mode]
    rows = [weight[index[a:b]] for a, b in zip(offsets, ends, strict=True)]
    return np.stack([pick(r, axis=0) if len(r) else np.zeros(weight.shape[1]) for r in rows])


def _flat(x: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    last = end_dim % x.ndim
    return x.reshape(*x.shape[:start_dim], -1, *x.shape[last + 1 :])


def _at(x: Any, dim: int, place: Any) -> tuple[Any, ...]:
    return (*[slice(None)] * (dim % x.ndim), place)


def _index_add(x: Any, index: Any, src: Any, dim: int = 0) -> Any:
    made = x.copy()
    np.add.at(made, _at(x, dim, index), src)
    return made


def _placed(x: Any, src: Any, dim: int, place: Any) -> Any:
    made = x.copy()
    made[_at(x, dim, place)] = src
    return made


def _scatter(x: Any, index: Any, src: Any, dim: int = 0, add: bool = False) -> Any:
    made = x.copy()
    for at in np.ndindex(*index.shape):
        to = (*at[:dim], int(index[at]), *at[dim + 1 :])
        made[to] = made[to] + src[at] if add else src[at]
    return made


def _quantile(x: Any, q: Any, dim: int = -1) -> Any:
    return np.quantile(x, q, axis=dim)


def _histogram(x: Any, bins: int = 100, min: float = 0.0, max: float = 0.0) -> Any:  # noqa: A002  # the op's names
    return np.histogram(x, bins, (min, max))[0].astype(np.float64)


def _logit(x: Any, eps: float) -> Any:
    p = np.clip(x, eps, 1 - eps)
    return np.log(p / (1 - p))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **numpy_layers.FUNCTIONS,
    **numpy_rows.FUNCTIONS,
    **numpy_spectra.FUNCTIONS,
    **numpy_windows.FUNCTIONS,
    "addmm": _product,
    "all": _reduce(np.all),
    "amax": _reduce(np.max),
    "amin": _reduce(np.min),
    "any": _reduce(np.any),
    "argmax": _reduce(np.argmax),
    "argmin": _reduce(np.argmin),
    "argsort": _order,
    "baddbmm": _product,
    "cdist": _distances,
    "chunk": _chunks,
    "count_nonzero": _reduce(np.count_nonzero),
    "cross": lambda x, y, dim=-1: np.cross(x, y, axis=dim),
    "diag_embed": _embedded,
    "diagonal": _diagonal,
    "diff": lambda x, dim=-1: np.diff(x, axis=dim),
    "embedding": lambda index, weight, padding_idx: weight[index],  # noqa: ARG005  # no effect
    "embedding_bag": _bag,
    "feature_dropout": lambda x, p: x,  # noqa: ARG005  # nothing outside of training
    "flatten": _flat,
    "histc": _histogram,
    "index_add": _index_add,
    "index_copy": lambda x, index, src, dim=0: _placed(x, src, dim, index),
    "kthvalue": _kth,
    "logit": _logit,
    "logsumexp": _logsumexp,
    "max_dim": _with_place(np.max, np.argmax),
    "mean": _reduce(np.mean),
    "median_dim": lambda x, dim, keepdim=False: _kth(x, (x.shape[dim] + 1) // 2, dim, keepdim),
    "min_dim": _with_place(np.min, np.argmin),
    "narrow": lambda x, start, length, dim=0: np.take(x, range(start, start + length), dim),
    "prod": _reduce(np.prod),
    "quantile": _quantile,
    "random_feature_dropout": philox.feature_dropout,
    "repeat_interleave": lambda x, repeats, dim=0: np.repeat(x, repeats, dim),
    "scatter": _scatter,
    "scatter_add": lambda x, index, src, dim=0: _scatter(x, index, src, dim, add=True),
    "select_scatter": lambda x, src, index, dim=0: _placed(x, src, dim, index),
    "slice": lambda x, start, end, step, dim=0: x[_at(x, dim, slice(start, end, step))],
    "slice_scatter": lambda x, src, start, end, step, dim=0: _placed(
        x, src, dim, slice(start, end, step)
    ),
    "sort": _sort,
    "split": lambda x, sizes, dim=0: np.split(x, np.cumsum(sizes)[:-1], dim),
    "std": lambda x, **to: np.sqrt(_variance(x, **to)),
    "topk": _top,
    "unbind": lambda x, dim=0: [np.take(x, i, dim) for i in range(x.shape[dim])],
    "var": _variance,
    "vector_norm": _norm,
}
"""Functions by op."""
