"""`numpy.fft` by its definition in other functions of numpy, which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.typed import HALF, cast, inexact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


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
    wide = inexact(a)
    spectrum = cast(wide, np.result_type(wide.dtype, np.complex64))
    found = door.run(np.fft.irfft, (spectrum, n, axis), {})
    return cast(found, HALF) if a.dtype == HALF else found


def _of_floats(function: Any) -> Callable[..., Any]:
    """Make a handler for one op: it takes whole numbers as float64, half floats as single."""

    def handler(door: NumpyDoor, a: Any, *args: Any, **kwargs: Any) -> Any:
        wide = cast(a, np.float32) if a.dtype == HALF else inexact(a)
        return door.run(function, (wide, *args), kwargs)

    return handler


_OPS: Final = ("fft", "ifft", "rfft", "fft2", "ifft2", "rfft2", "fftn")
HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = names.by_function(
    {
        **{f"fft.{name}": _of_floats(getattr(np.fft, name)) for name in _OPS},
        "fft.irfft": _irfft,
        "fft.ifftn": _transformed(np.fft.ifft, np.fft.ifft),
        "fft.rfftn": _transformed(np.fft.fft, np.fft.rfft),
        "fft.irfftn": _transformed(np.fft.ifft, np.fft.irfft),
        "fft.irfft2": _over_two(_transformed(np.fft.ifft, np.fft.irfft)),
        "fft.fftshift": _shifted(1),
        "fft.ifftshift": _shifted(-1),
    }
)
"""By function."""
