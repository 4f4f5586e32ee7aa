"""Least squares, ranks, norms of matrices and tensor equations of `numpy.linalg`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names, typed
from tracescript.producer.numpy.products import factored
from tracescript.producer.numpy.typed import cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor

_MATRIX: Final = 2
"""The rank of a matrix."""


def _norm(
    door: NumpyDoor,
    x: Any,
    ord: Any = None,  # noqa: A002  # numpy's name
    axis: Any = None,
    keepdims: bool = False,
) -> Any:
    x = typed.inexact(x)
    is_matrix = x.ndim == _MATRIX if axis is None else np.size(axis) == _MATRIX
    if ord is None or not is_matrix:
        if ord is not None and axis is None and x.ndim != 1:
            raise names.unknown(door, f"numpy.linalg.norm of rank {x.ndim}")
        dim = (axis,) if isinstance(axis, int) else axis
        order = 2.0 if ord is None else float(ord)
        if order == math.inf:
            return np.max(np.abs(x), axis=axis, keepdims=keepdims, initial=0)
        attributes = {"ord": order, "dim": dim, "keepdim": keepdims}
        return door.call_op("vector_norm", [x], attributes)
    axes = tuple(k % x.ndim for k in ((-2, -1) if axis is None else axis))
    rows = x if axis is None else np.moveaxis(x, axes, (-2, -1))
    if ord in {1, math.inf}:
        sums = np.sum(np.abs(rows), axis=-2 if ord == 1 else -1)
        found = np.max(sums, axis=-1, initial=0)
    else:
        name = ord if isinstance(ord, str) else f"{ord:g}"
        found = door.call_op("linalg_matrix_norm", [rows], {"ord": name})
    return np.expand_dims(found, tuple(sorted(axes))) if keepdims else found


def _cond(_: NumpyDoor, x: Any, p: Any = None) -> Any:
    if p in {None, 2, -2}:
        s = np.linalg.svd(x, compute_uv=False)
        ends = (s[..., -1], s[..., 0]) if p == -_MATRIX else (s[..., 0], s[..., -1])
        found = ends[0] / ends[1]
    else:
        inverse = np.linalg.inv(factored(x))
        found = np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(inverse, p, (-2, -1))
    return found


def _least(s: Any, sides: tuple[Any, Any], share: Any) -> Any:
    """Return the bound below which a singular value counts as zero."""
    if share is None:
        longer = np.maximum(np.asarray(sides[0]), np.asarray(sides[1]))
        share = cast(longer, s.dtype) * float(np.finfo(s.dtype).eps)
    return np.max(s, axis=-1, keepdims=True) * share


def _matrix_rank(
    door: NumpyDoor,
    A: Any,  # noqa: N803  # numpy's name
    tol: Any = None,
    hermitian: bool = False,
    *,
    rtol: Any = None,  # numpy's name
) -> Any:
    if A.ndim < _MATRIX:
        return np.any(A != 0).astype(np.int64)
    if hermitian or np.ndim(tol) or np.ndim(rtol):
        raise names.unknown(door, "numpy.linalg.matrix_rank with hermitian=, or of several bounds")
    s = np.linalg.svd(A, compute_uv=False)
    least = _least(s, A.shape[-2:], rtol) if tol is None else tol
    return np.sum(s > least, axis=-1)


def _lstsq(door: NumpyDoor, a: Any, b: Any, rcond: Any = None) -> Any:
    """The shortest of the vectors that come nearest, as LAPACK's."""
    a, b = (factored(x) for x in typed.alike((a, b)))
    is_row = b.ndim == 1
    right = b[:, None] if is_row else b
    m, n = a.shape
    share = None if rcond is None or rcond == -1 else float(rcond)
    attributes = {} if share is None else {"rtol": share}
    x = np.matmul(door.call_op("linalg_pinv", [a], attributes), right)
    s = np.linalg.svd(a, compute_uv=False)
    rank = np.sum(s > _least(s, (m, n), share)).astype(np.int32)
    left = np.matmul(a, x) - right
    squares = np.sum(np.square(np.abs(left)), axis=0)
    has_rest = np.logical_and(rank == n, np.asarray(m) > np.asarray(n))
    rest = np.compress(np.broadcast_to(has_rest, squares.shape), squares)
    return (x[:, 0] if is_row else x), rest, rank, s


def _qr(door: NumpyDoor, a: Any, mode: str = "reduced") -> Any:
    """Factor with the signs that the op decides, not LAPACK's; eigh does the same."""
    if mode not in {"reduced", "complete", "r"}:
        raise names.unknown(door, f"numpy.linalg.qr with mode {mode!r}")
    found = door.call_op("linalg_qr", [factored(a)], {"complete": mode == "complete"})
    return found[1] if mode == "r" else type(np.linalg.qr(np.eye(1)))(*found)


def _tensorsolve(_: NumpyDoor, a: Any, b: Any, axes: Any = None) -> Any:
    if axes is not None:
        rest = [k for k in range(a.ndim) if k not in axes]
        a = np.transpose(a, (*rest, *axes))
    sizes = a.shape[np.ndim(b) :]
    flat = np.reshape(b, (-1,))
    found = np.linalg.solve(factored(np.reshape(a, (flat.shape[0], math.prod(sizes)))), flat)
    return np.reshape(found, sizes)


def _tensorinv(_: NumpyDoor, a: Any, ind: int = 2) -> Any:
    rows, columns = a.shape[:ind], a.shape[ind:]
    whole = np.reshape(a, (math.prod(rows), math.prod(columns)))
    return np.reshape(np.linalg.inv(factored(whole)), (*columns, *rows))


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.linalg.norm: _norm,
    np.linalg.cond: _cond,
    np.linalg.matrix_rank: _matrix_rank,
    np.linalg.lstsq: _lstsq,
    np.linalg.qr: _qr,
    np.linalg.tensorsolve: _tensorsolve,
    np.linalg.tensorinv: _tensorinv,
}
"""By function."""
