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

    def handler(_: NumpyDoor, a: Any, s: Any = None, axes: Any = None, norm: Any = None) -> Any:
        over = range(a.ndim)[-len(s) :] if axes is None and s is not None else axes
        over = list(range(a.ndim) if over is None else over)
        sizes = [None] * len(over) if s is None else list(s)
        *rest, end = [(axis, None if n == -1 else n) for axis, n in zip(over, sizes, strict=True)]
        if last is np.fft.rfft:
            a = last(a, n=end[1], axis=end[0], norm=norm)
        for axis, n in reversed(rest) if last is np.fft.rfft or last is one else rest:
            a = one(a, n=n, axis=axis, norm=norm)
        return a if last is np.fft.rfft else last(a, n=end[1], axis=end[0], norm=norm)

    return handler


def _over_two(whole: Callable[..., Any]) -> Callable[..., Any]:
    return lambda door, a, s=None, axes=(-2, -1), norm=None: whole(door, a, s, axes, norm)


def _one_or_several(name: str) -> Callable[..., Any]:
    """Make a handler of an op over several axes; with sizes it goes axis by axis."""
    one = np.fft.ifft if name.startswith("i") else np.fft.fft
    last = np.fft.rfft if name == "rfft2" else one
    whole, function = _transformed(one, last), getattr(np.fft, name)
    default = (-2, -1) if name.endswith("2") else None
    plain = _of_floats(function)

    def handler(
        door: NumpyDoor, a: Any, s: Any = None, axes: Any = default, norm: Any = None
    ) -> Any:
        if s is not None:
            return whole(door, a, s, axes, norm)
        return plain(door, a, None, axes, norm)

    return handler


_TURNED: Final[Mapping[str | None, Any]] = {
    None: "forward",
    "backward": "forward",
    "ortho": "ortho",
    "forward": "backward",
}
"""How the transform back is scaled that has the scale of one there."""


def _hfft(_: NumpyDoor, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    return np.fft.irfft(np.conjugate(a), n, axis, norm=_TURNED[norm])


def _ihfft(_: NumpyDoor, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    return np.conjugate(np.fft.rfft(a, n, axis, norm=_TURNED[norm]))


def _irfft(door: NumpyDoor, a: Any, n: Any = None, axis: int = -1, norm: Any = None) -> Any:
    wide = inexact(a)
    spectrum = cast(wide, np.result_type(wide.dtype, np.complex64))
    found = door.run(np.fft.irfft, (spectrum, n, axis, norm), {})
    return cast(found, HALF) if a.dtype == HALF else found


def _of_floats(function: Any) -> Callable[..., Any]:
    """Make a handler for one op: it takes whole numbers as float64, half floats as single."""

    def handler(door: NumpyDoor, a: Any, *args: Any, **kwargs: Any) -> Any:
        wide = cast(a, np.float32) if a.dtype == HALF else inexact(a)
        return door.run(function, (wide, *args), kwargs)

    return handler


_OPS: Final = ("fft", "ifft", "rfft")
_OPS_OF_AXES: Final = ("fft2", "ifft2", "rfft2", "fftn")
HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = names.by_function(
    {
        **{f"fft.{name}": _of_floats(getattr(np.fft, name)) for name in _OPS},
        **{f"fft.{name}": _one_or_several(name) for name in _OPS_OF_AXES},
        "fft.irfft": _irfft,
        "fft.hfft": _hfft,
        "fft.ihfft": _ihfft,
        "fft.ifftn": _transformed(np.fft.ifft, np.fft.ifft),
        "fft.rfftn": _transformed(np.fft.fft, np.fft.rfft),
        "fft.irfftn": _transformed(np.fft.ifft, np.fft.irfft),
        "fft.irfft2": _over_two(_transformed(np.fft.ifft, np.fft.irfft)),
        "fft.fftshift": _shifted(1),
        "fft.ifftshift": _shifted(-1),
    }
)
"""By function."""
