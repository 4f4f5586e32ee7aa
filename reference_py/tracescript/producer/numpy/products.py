"""Products, sums along an axis and `numpy.linalg` by their definition in functions of numpy."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.typed import HALF, alike, in_loop, inexact, is_float

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def _cumulative(function: Any) -> Callable[..., Any]:
    def handler(door: NumpyDoor, x: Any, *, axis: Any = None) -> Any:
        if axis is None and x.ndim != 1:
            raise names.unknown(door, f"numpy.cumulative_{function.__name__[3:]} without axis=")
        return function(x, axis=0 if axis is None else axis)

    return handler


def _matrix_transpose(_: NumpyDoor, x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def _kron(_: NumpyDoor, a: Any, b: Any) -> Any:
    rank = max(a.ndim, b.ndim)
    a, b = (x[((None,) * (rank - x.ndim)) + (...,)] for x in (a, b))
    spread = [(slice(None), None) * rank, (None, slice(None)) * rank]
    sizes = [m * n for m, n in zip(a.shape, b.shape, strict=True)]
    return np.reshape(a[spread[0]] * b[spread[1]], sizes)


def _vecdot(_: NumpyDoor, a: Any, b: Any) -> Any:
    left = np.conjugate(a) if a.dtype.kind == "c" else a
    return np.matmul(left[..., None, :], b[..., None])[..., 0, 0]


def _vecdot_along(_: NumpyDoor, x1: Any, x2: Any, *, axis: int = -1) -> Any:
    return _vecdot(_, *(np.moveaxis(x, axis, -1) for x in alike((x1, x2))))


def _last_trace(_: NumpyDoor, x: Any, *, offset: int = 0) -> Any:
    return np.sum(np.diagonal(x, offset, -2, -1), axis=-1)


def _vector_norm(
    door: NumpyDoor,
    x: Any,
    *,
    axis: Any = None,
    keepdims: bool = False,
    ord: Any = 2,  # noqa: A002  # numpy's name
) -> Any:
    if ord == math.inf:
        return np.max(np.abs(inexact(x)), axis=axis, keepdims=keepdims, initial=0)
    dim = (axis,) if isinstance(axis, int) else axis
    return door.call_op(
        "vector_norm", [inexact(x)], {"ord": float(ord), "dim": dim, "keepdim": keepdims}
    )


def factored(a: Any) -> Any:
    """Return a matrix as LAPACK takes it. Raises numpy's TypeError for half floats."""
    if a.dtype == HALF:
        message = "array type float16 is unsupported in linalg"
        raise TypeError(message)
    return inexact(a)


def _matrix_power(door: NumpyDoor, a: Any, n: int) -> Any:
    if is_float(a) or n < 1:
        return door.run(np.linalg.matrix_power, (inexact(a) if n < 0 else a, n), {})
    result, square = None, a
    while n:
        if n % 2:
            result = square if result is None else np.matmul(result, square)
        n //= 2
        square = np.matmul(square, square) if n else square
    return result


def _matrix_norm(door: NumpyDoor, x: Any, **kwargs: Any) -> Any:
    return door.run(np.linalg.matrix_norm, (inexact(x),), kwargs)


def _eigh(door: NumpyDoor, a: Any) -> Any:
    return type(np.linalg.eigh(np.eye(1)))(*door.call_op("linalg_eigh", [factored(a)], {}))


def _svd(door: NumpyDoor, a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    found = door.call_op("linalg_svd", [factored(a)], {"full": full_matrices})
    return type(np.linalg.svd(np.eye(1)))(*found) if compute_uv else found[1]


def _svdvals(_: NumpyDoor, x: Any) -> Any:
    return np.linalg.svd(x, full_matrices=False)[1]


def _eigvalsh(_: NumpyDoor, a: Any) -> Any:
    return np.linalg.eigh(a)[0]


def _matvec(_: NumpyDoor, a: Any, b: Any) -> Any:
    return np.matmul(a, b[..., None])[..., 0]


def _vecmat(_: NumpyDoor, a: Any, b: Any) -> Any:
    return np.matmul(np.conjugate(a)[..., None, :], b)[..., 0, :]


def _multi_dot(_: NumpyDoor, arrays: Sequence[Any]) -> Any:
    return functools.reduce(np.dot, arrays)


def _same(function: Any) -> Callable[..., Any]:
    """A function of `numpy.linalg` that is one of `numpy`."""
    return lambda _, *args, **kwargs: function(*args, **kwargs)


def _last_diagonal(_: NumpyDoor, x: Any, /, *, offset: int = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


_LIKE_NUMPYS: Final = ("matmul", "outer", "tensordot")
"""Functions of `numpy.linalg` that `numpy` has too."""


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = names.by_function(
    {
        "cumulative_sum": _cumulative(np.cumsum),
        "cumulative_prod": _cumulative(np.cumprod),
        "matrix_transpose": _matrix_transpose,
        "linalg.matrix_transpose": _matrix_transpose,
        "kron": _kron,
        "linalg.multi_dot": _multi_dot,
        "linalg.vecdot": _vecdot_along,
        "linalg.trace": _last_trace,
        "linalg.diagonal": _last_diagonal,
        "linalg.cross": _same(np.cross),
        "linalg.svdvals": _svdvals,
        "linalg.eigvalsh": _eigvalsh,
        "linalg.vector_norm": _vector_norm,
        "linalg.matrix_power": _matrix_power,
        "linalg.matrix_norm": _matrix_norm,
        "linalg.eigh": _eigh,
        "linalg.svd": _svd,
        **{f"linalg.{name}": _same(getattr(np, name)) for name in _LIKE_NUMPYS},
    }
)
"""By function."""
UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    getattr(np, name): in_loop(getattr(np, name), handler)
    for name, handler in {"vecdot": _vecdot, "matvec": _matvec, "vecmat": _vecmat}.items()
    if hasattr(np, name)
}
"""By ufunc."""
