"""numpy functions along a line of samples, by their definition in others, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _diff(_: NumpyDoor, a: Any, n: int = 1, axis: int = -1) -> Any:
    before = (slice(None),) * (axis % a.ndim)
    later, earlier = (*before, slice(1, None)), (*before, slice(None, -1))
    step = np.logical_xor if a.dtype == np.bool_ else np.subtract
    for _i in range(n):
        a = step(a[later], a[earlier])
    return a


def _ediff1d(_: NumpyDoor, ary: Any) -> Any:
    flat = np.reshape(ary, (-1,))
    return flat[1:] - flat[:-1]


def _trapezoid(_: NumpyDoor, y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    step: Any = dx if x is None else np.diff(x)
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
