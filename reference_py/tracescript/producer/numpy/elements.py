"""numpy functions of each element by their definition in other functions, which are recorded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy.array import TracedArray
from tracescript.producer.numpy.checks import require
from tracescript.producer.numpy.typed import HALF, cast, in_loop, inexact, is_float
from tracescript.producer.trace.numbers import SymInt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


_STEPS: Final = 256
"""Points at which a Bessel function is averaged: enough for every argument without overflow."""


def _scaled(above: float, below: float) -> Callable[..., Any]:
    """Multiply by a quotient that numpy computes in the data type of the loop."""

    def handler(_: NumpyDoor, x: Any) -> Any:
        return np.multiply(x, (x.dtype.type(above) / x.dtype.type(below)).item())

    return handler


def _cbrt(_: NumpyDoor, x: Any) -> Any:
    return np.copysign(np.power(np.abs(x), 1 / 3), x)


def _signbit(_: NumpyDoor, x: Any) -> Any:
    return np.copysign(1.0, x) < 0


def _heaviside(_: NumpyDoor, x: Any, h: Any) -> Any:
    step = np.where(np.equal(x, 0), h, np.where(np.greater(x, 0), np.ones_like(x), 0))
    return np.where(np.isnan(x), x, step)


def _float_power(_: NumpyDoor, x: Any, y: Any) -> Any:
    return np.power(x, y)


def _power(door: NumpyDoor, x: Any, y: Any) -> Any:
    """Refuse, as numpy does and the op does not, a negative exponent of integers."""
    is_of_ints = door.common_type((x, y)).value.startswith("int")
    message = "Integers to negative integer powers are not allowed."
    if is_of_ints and isinstance(y, TracedArray) and y.dtype.kind == "i":
        require(door, np.greater_equal(y, 0), message)
    elif is_of_ints and isinstance(y, SymInt) and y < 0:
        raise ValueError(message)
    return door.run(np.power, (x, y), {})


def _logaddexp2(_: NumpyDoor, x: Any, y: Any) -> Any:
    high, low = np.maximum(x, y), np.minimum(x, y)
    sums = high + np.log2(1 + np.exp2(low - high))
    return np.where(np.equal(x, y), high + 1, sums)


def _modf(_: NumpyDoor, x: Any) -> tuple[Any, Any]:
    whole = np.trunc(x)
    part = np.where(np.isinf(x), np.zeros_like(x), x - whole)
    return np.copysign(part, x), whole


def _lcm(_: NumpyDoor, x: Any, y: Any) -> Any:
    shared = np.gcd(x, y)
    part = np.floor_divide(np.abs(x), np.where(shared == 0, np.ones_like(shared), np.abs(shared)))
    return np.abs(part * y)


def _ldexp(_: NumpyDoor, x: Any, i: Any) -> Any:
    """Multiply by a power of two, half of it at a time: no half overflows alone."""
    half = i // 2
    scale = [np.exp2(part.astype(x.dtype)) for part in (half // 2, half - half // 2)]
    rest = [
        np.exp2(part.astype(x.dtype)) for part in ((i - half) // 2, (i - half) - (i - half) // 2)
    ]
    return x * scale[0] * scale[1] * rest[0] * rest[1]


def _i0(_: NumpyDoor, x: Any) -> Any:
    """The mean of exp(x cos t) over half a turn; even steps leave no error of theirs."""
    wide = cast(x, np.float32) if x.dtype == HALF else inexact(x)
    turned = np.cos((np.arange(_STEPS) + 0.5) * (math.pi / _STEPS)).astype(wide.dtype)
    size = np.abs(wide)
    mean = np.mean(np.exp(size[..., None] * (turned - 1)), axis=-1)
    half = np.exp(size / 2)
    return cast(half * mean * half, x.dtype if is_float(x) else np.float64)


def _fabs(_: NumpyDoor, x: Any) -> Any:
    return np.abs(x)


def _infinite(is_wanted: Any) -> Callable[..., Any]:
    return lambda _, x: np.logical_and(np.isinf(x), is_wanted(x, 0))


def _real(door: NumpyDoor, x: Any) -> Any:
    return door.run(np.real, (x,), {}) if x.dtype.kind == "c" else x


def _imag(door: NumpyDoor, x: Any) -> Any:
    return door.run(np.imag, (x,), {}) if x.dtype.kind == "c" else np.zeros_like(x)


def _is_complex(_: NumpyDoor, x: Any) -> Any:
    return np.not_equal(x.imag, 0)


def _is_real(_: NumpyDoor, x: Any) -> Any:
    return np.equal(x.imag, 0)


def _has_complex(_: NumpyDoor, x: Any) -> bool:
    return np.dtype(x.dtype).kind == "c"


def _has_real(_: NumpyDoor, x: Any) -> bool:
    return np.dtype(x.dtype).kind != "c"


def _conjugate(door: NumpyDoor, x: Any) -> Any:
    return door.run(np.conjugate, (x,), {}) if x.dtype.kind == "c" else np.copy(x)


def _angle(door: NumpyDoor, z: Any, deg: bool = False) -> Any:
    if z.dtype.kind == "c":
        found = door.run(np.angle, (z,), {})
    else:
        found = np.arctan2(0, z.astype(np.int64) if z.dtype == np.bool_ else z)
    return found * (180 / math.pi) if deg else found


_UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    np.cbrt: _cbrt,
    np.deg2rad: _scaled(math.pi, 180),
    np.radians: _scaled(math.pi, 180),
    np.rad2deg: _scaled(180, math.pi),
    np.degrees: _scaled(180, math.pi),
    np.signbit: _signbit,
    np.fabs: _fabs,
    np.ldexp: _ldexp,
    np.lcm: _lcm,
    np.heaviside: _heaviside,
    np.float_power: _float_power,
    np.logaddexp2: _logaddexp2,
    np.modf: _modf,
    np.conjugate: _conjugate,
}
UFUNCS: Final[Mapping[np.ufunc, Callable[..., Any]]] = {
    **{ufunc: in_loop(ufunc, handler) for ufunc, handler in _UFUNCS.items()},
    np.power: _power,
}
"""By ufunc."""
HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.isposinf: _infinite(np.greater),
    np.isneginf: _infinite(np.less),
    np.real: _real,
    np.imag: _imag,
    np.angle: _angle,
    np.i0: _i0,
    np.iscomplex: _is_complex,
    np.isreal: _is_real,
    np.iscomplexobj: _has_complex,
    np.isrealobj: _has_real,
}
"""By function."""
