"""Products, sums along an axis and `numpy.linalg` by their definition in functions of numpy."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def _cumulative(function: Any) -> Callable[..., Any]:
    def handler(door: NumpyDoor, x: Any, *, axis: Any = None) -> Any:
        if axis is None and x.ndim != 1:
            raise names.unknown(door, f"numpy.cumulative_{function.__name__[3:]} without axis=")
        return function(x, axis=0 if axis is None else axis)

    return handler


def _trapezoid(_: NumpyDoor, y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    step: Any = dx if x is None else np.diff(x)
    if x is not None and x.ndim == 1:
        step = np.reshape(step, [-1 if k == axis % y.ndim else 1 for k in range(y.ndim)])
    before = (slice(None),) * (axis % y.ndim)
    later, earlier = (*before, slice(1, None)), (*before, slice(None, -1))
    return np.sum(step * (y[later] + y[earlier]) / 2.0, axis=axis)


def _matrix_transpose(_: NumpyDoor, x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def _kron(_: NumpyDoor, a: Any, b: Any) -> Any:
    rank = max(a.ndim, b.ndim)
    a, b = (x[((None,) * (rank - x.ndim)) + (...,)] for x in (a, b))
    spread = [(slice(None), None) * rank, (None, slice(None)) * rank]
    sizes = [m * n for m, n in zip(a.shape, b.shape, strict=True)]
    return np.reshape(a[spread[0]] * b[spread[1]], sizes)


def _vecdot(_: NumpyDoor, a: Any, b: Any) -> Any:
    return np.sum(np.conjugate(a) * b, axis=-1)


def _vecdot_along(_: NumpyDoor, x1: Any, x2: Any, *, axis: int = -1) -> Any:
    return np.sum(np.conjugate(x1) * x2, axis=axis)


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
    dim = (axis,) if isinstance(axis, int) else axis
    return door.call_op("vector_norm", [x], {"ord": float(ord), "dim": dim, "keepdim": keepdims})


def _qr(door: NumpyDoor, a: Any, mode: str = "reduced") -> Any:
    """Factor with the signs that the op decides, not LAPACK's; eigh does the same."""
    if mode not in {"reduced", "complete"}:
        raise names.unknown(door, f"numpy.linalg.qr with mode {mode!r}")
    found = door.call_op("linalg_qr", [a], {"complete": mode == "complete"})
    return type(np.linalg.qr(np.eye(1)))(*found)


def _eigh(door: NumpyDoor, a: Any) -> Any:
    return type(np.linalg.eigh(np.eye(1)))(*door.call_op("linalg_eigh", [a], {}))


def _svd(door: NumpyDoor, a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    found = door.call_op("linalg_svd", [a], {"full": full_matrices})
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


def _polyval(_: NumpyDoor, p: Any, x: Any) -> Any:
    p = p if hasattr(p, "dtype") else np.asarray(p)
    sums = np.zeros_like(x)
    for k in range(len(p)):
        sums = sums * x + p[k]
    return sums


def _correlated(door: NumpyDoor, a: Any, v: Any, mode: str, name: str) -> Any:
    """Slide v along a: the sum of products at each place. Both 1-d and of one float type."""
    if a.ndim != 1 or v.ndim != 1 or a.dtype != v.dtype or a.dtype.kind != "f":
        raise names.unknown(door, f"numpy.{name} of arrays that are not of one float type")
    if door.real(v).size > door.real(a).size:
        raise names.unknown(door, f"numpy.{name} with the longer array second")
    width = int(door.real(v).size)
    around = {"full": (width - 1, width - 1), "valid": (0, 0)}
    around["same"] = ((width - 1) - (width - 1) // 2, (width - 1) // 2)
    if name == "convolve":
        around["same"] = around["same"][::-1] if width % 2 else (width // 2, width - 1 - width // 2)
    if mode not in around:
        raise names.unknown(door, f"numpy.{name} with mode {mode!r}")
    row = door.call_op("conv1d", [a[None, None], v[None, None], None], {"padding": around[mode]})
    return row[0, 0]


def _convolve(door: NumpyDoor, a: Any, v: Any, mode: str = "full") -> Any:
    return _correlated(door, a, np.flip(v, 0), mode, "convolve")


def _correlate(door: NumpyDoor, a: Any, v: Any, mode: str = "valid") -> Any:
    return _correlated(door, a, v, mode, "correlate")


def _shifted(sign: int) -> Callable[..., Any]:
    """Move the zero frequency to the middle, or back."""

    def handler(_: NumpyDoor, x: Any, axes: Any = None) -> Any:
        axes = tuple(range(x.ndim)) if axes is None else (axes,) if isinstance(axes, int) else axes
        sizes = [x.shape[k] for k in axes]
        steps = tuple(n // 2 if sign > 0 else -(n // 2) for n in sizes)
        return np.roll(x, steps, tuple(axes))

    return handler


def _transformed(one: Any, last: Any) -> Callable[..., Any]:
    """Make a handler that transforms axis by axis; `last` is for the last axis where real."""

    def handler(door: NumpyDoor, a: Any, s: Any = None, axes: Any = None) -> Any:
        if s is not None:
            raise names.unknown(door, f"numpy.fft.{one.__name__} over axes with s=")
        *rest, end = range(a.ndim) if axes is None else axes
        if last is np.fft.rfft:
            a = last(a, axis=end)
        for axis in rest:
            a = one(a, axis=axis)
        return a if last is np.fft.rfft else last(a, axis=end)

    return handler


def _over_two(whole: Callable[..., Any]) -> Callable[..., Any]:
    return lambda door, a, s=None, axes=(-2, -1): whole(door, a, s, axes)


def _irfft(door: NumpyDoor, a: Any, n: Any = None, axis: int = -1) -> Any:
    wide = a if a.dtype.kind == "c" else a.astype(np.result_type(a.dtype, np.complex64))
    return door.run(np.fft.irfft, (wide, n, axis), {})


def _same(function: Any) -> Callable[..., Any]:
    """A function of `numpy.linalg` that is one of `numpy`."""
    return lambda _, *args, **kwargs: function(*args, **kwargs)


_LIKE_NUMPYS: Final = ("matmul", "outer", "tensordot", "diagonal")
"""Functions of `numpy.linalg` that `numpy` has too."""


def _by_name() -> dict[Any, Callable[..., Any]]:
    """Return the handlers by function; numpy 2.0 lacks some of them."""
    named: dict[str, Callable[..., Any]] = {
        "trapezoid": _trapezoid,
        "cumulative_sum": _cumulative(np.cumsum),
        "cumulative_prod": _cumulative(np.cumprod),
        "matrix_transpose": _matrix_transpose,
        "linalg.matrix_transpose": _matrix_transpose,
        "kron": _kron,
        "linalg.multi_dot": _multi_dot,
        "linalg.vecdot": _vecdot_along,
        "linalg.trace": _last_trace,
        "linalg.cross": _same(np.cross),
        "linalg.svdvals": _svdvals,
        "linalg.eigvalsh": _eigvalsh,
        "polyval": _polyval,
        "convolve": _convolve,
        "correlate": _correlate,
        "linalg.vector_norm": _vector_norm,
        "linalg.qr": _qr,
        "linalg.eigh": _eigh,
        "linalg.svd": _svd,
        "fft.irfft": _irfft,
        "fft.ifftn": _transformed(np.fft.ifft, np.fft.ifft),
        "fft.rfftn": _transformed(np.fft.fft, np.fft.rfft),
        "fft.irfftn": _transformed(np.fft.ifft, np.fft.irfft),
        "fft.irfft2": _over_two(_transformed(np.fft.ifft, np.fft.irfft)),
        "fft.fftshift": _shifted(1),
        "fft.ifftshift": _shifted(-1),
        **{f"linalg.{name}": _same(getattr(np, name)) for name in _LIKE_NUMPYS},
    }
    found: dict[Any, Callable[..., Any]] = {}
    for name, handler in named.items():
        target: Any = np
        for part in name.split("."):
            target = getattr(target, part, None)
        if target is not None:
            found[target] = handler
    return found


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = _by_name()
"""By function."""
UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    getattr(np, name): handler
    for name, handler in {"vecdot": _vecdot, "matvec": _matvec, "vecmat": _vecmat}.items()
    if hasattr(np, name)
}
"""By ufunc."""
