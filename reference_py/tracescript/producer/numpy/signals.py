"""numpy functions along a line of samples, by their definition in others, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.typed import alike

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _diff(
    _: NumpyDoor,
    a: Any,
    n: int = 1,
    axis: int = -1,
    prepend: Any = None,
    append: Any = None,
) -> Any:
    ends = [_end(a, axis, x) for x in (prepend, append)]
    if any(x is not None for x in ends):
        a = np.concatenate([x for x in (ends[0], a, ends[1]) if x is not None], axis)
    before = (slice(None),) * (axis % a.ndim)
    later, earlier = (*before, slice(1, None)), (*before, slice(None, -1))
    step = np.logical_xor if a.dtype == np.bool_ else np.subtract
    for _i in range(n):
        a = step(a[later], a[earlier])
    return a


def _end(a: Any, axis: int, given: Any) -> Any:
    """Return what stands before or after an array along an axis: a number is one element of it."""
    if given is None:
        return None
    end = given if hasattr(given, "dtype") else np.asarray(given)
    if end.ndim:
        return end
    sizes = list(a.shape)
    sizes[axis % a.ndim] = 1
    return np.broadcast_to(end, sizes)


def _ediff1d(_: NumpyDoor, ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    flat = np.reshape(ary, (-1,))
    steps = flat[1:] - flat[:-1]
    parts = [to_begin, steps, to_end]
    given = [np.reshape(np.asarray(x).astype(ary.dtype), (-1,)) for x in parts if x is not None]
    return np.concatenate(given) if len(given) > 1 else steps


def _trapezoid(_: NumpyDoor, y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    x = x if x is None or hasattr(x, "dtype") else np.asarray(x)
    step: Any = dx if x is None else np.diff(x, axis=-1 if x.ndim == 1 else axis)
    if x is not None and x.ndim == 1:
        step = np.reshape(step, [-1 if k == axis % y.ndim else 1 for k in range(y.ndim)])
    before = (slice(None),) * (axis % y.ndim)
    later, earlier = (*before, slice(1, None)), (*before, slice(None, -1))
    return np.sum(step * (y[later] + y[earlier]) / 2.0, axis=axis)


def _polyval(_: NumpyDoor, p: Any, x: Any) -> Any:
    p = p if hasattr(p, "dtype") else np.asarray(p)
    sums = np.zeros_like(x)
    for k in range(len(p)):
        sums = sums * x + p[k]
    return sums


_CUTS: Final[Mapping[str, Callable[[Any, Any], tuple[Any, Any]]]] = {
    "full": lambda long, short: (0, long + short - 1),
    "same": lambda long, short: ((short - 1) // 2, (short - 1) // 2 + long),
    "valid": lambda long, short: (short - 1, long),
}
"""The first place, and that behind the last, of what a mode keeps of all sums of products."""


def _all_products(long: Any, short: Any) -> Any:
    """Return the sums of products of every overlap: rows of products, each shifted by one."""
    m, n = short.shape[0], long.shape[0]
    rows = short[:, None] * long[None, :]
    flat = np.reshape(np.concatenate([rows, np.zeros((m, m), rows.dtype)], 1), (-1,))
    return np.sum(np.reshape(flat[: m * (n + m - 1)], (m, n + m - 1)), axis=0)


def _convolve(door: NumpyDoor, a: Any, v: Any, mode: str = "full") -> Any:
    a, v = (np.atleast_1d(x) for x in alike([door.traced(x) for x in (a, v)]))
    if mode not in _CUTS or a.ndim != 1 or v.ndim != 1 or a.dtype == np.bool_:
        raise names.unknown(door, f"numpy.convolve of bools or with mode {mode!r}")
    a, v = (v, a) if v.shape[0] > a.shape[0] else (a, v)
    first, last = _CUTS[mode](a.shape[0], v.shape[0])
    return _rows_of(door, a, v)[first:last]


def _rows_of(door: NumpyDoor, a: Any, v: Any) -> Any:
    if a.dtype.kind != "f":
        return _all_products(a, v)
    width = door.fixed(v.shape[0]) - 1
    flipped = np.flip(v, 0)[None, None]
    row = door.call_op("conv1d", [a[None, None], flipped, None], {"padding": (width, width)})
    return row[0, 0]


def _correlate(door: NumpyDoor, a: Any, v: Any, mode: Any = "valid") -> Any:
    a, v = (np.atleast_1d(x) for x in alike([door.traced(x) for x in (a, v)]))
    if mode not in _CUTS:
        raise names.unknown(door, f"numpy.correlate with mode {mode!r}")
    if v.shape[0] > a.shape[0]:
        turned = np.correlate(v, a, mode)
        return np.flip(np.conjugate(turned), 0)
    found = np.convolve(a, np.conjugate(np.flip(v, 0)), "full")
    first, last = _CUTS[mode](a.shape[0], v.shape[0])
    return found[first:last]


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = names.by_function(
    {
        "diff": _diff,
        "ediff1d": _ediff1d,
        "trapezoid": _trapezoid,
        "polyval": _polyval,
        "convolve": _convolve,
        "correlate": _correlate,
    }
)
"""By function."""
