"""numpy functions of polynomials and of phases, by their definition, which is recorded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names
from tracescript.producer.numpy.checks import require
from tracescript.producer.numpy.typed import alike, cast, inexact, is_float

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.door import NumpyDoor


def _summed(function: Any) -> Callable[..., Any]:
    """Add coefficients from the last one on, zeros before the shorter list."""

    def handler(_: NumpyDoor, a1: Any, a2: Any) -> Any:
        parts = [np.atleast_1d(x if hasattr(x, "dtype") else np.asarray(x)) for x in (a1, a2)]
        sizes = [x.shape[0] for x in parts]
        wide = [
            np.concatenate([np.zeros(max(sizes) - n, x.dtype), x]) if n < max(sizes) else x
            for n, x in zip(sizes, parts, strict=True)
        ]
        return function(*wide)

    return handler


def _polymul(_: NumpyDoor, a1: Any, a2: Any) -> Any:
    return np.convolve(*(_trimmed(x) for x in (a1, a2)))


def _trimmed(x: Any) -> Any:
    """Coefficients without the zeros in front; a number and no coefficients are one."""
    flat = np.atleast_1d(x if hasattr(x, "dtype") else np.asarray(x))
    if flat.shape[0] == 0:
        return np.zeros(1, flat.dtype)
    begun = np.cumsum(flat != 0) > 0
    is_last = np.arange(flat.shape[0]) == flat.shape[0] - 1
    return np.compress(np.logical_or(begun, is_last), flat)


def _poly(door: NumpyDoor, seq_of_zeros: Any) -> Any:
    if seq_of_zeros.ndim != 1:
        raise names.unknown(door, "numpy.poly of a matrix")
    product = np.ones(1, seq_of_zeros.dtype)
    for k in range(door.fixed(seq_of_zeros.shape[0])):
        factor = np.stack([np.ones_like(seq_of_zeros[k]), -seq_of_zeros[k]])
        product = np.convolve(product, factor)
    return product


def _polydiv(door: NumpyDoor, u: Any, v: Any) -> tuple[Any, Any]:
    u, v = (np.atleast_1d(inexact(x)) for x in alike([door.traced(x) for x in (u, v)]))
    m, n = (door.fixed(x.shape[0]) for x in (u, v))
    scale, digits, rest = 1.0 / v[0], [], u
    for k in range(m - n + 1):
        digits.append(scale * rest[k])
        taken = rest[k : k + n] - digits[-1] * v
        rest = np.concatenate([rest[:k], taken, rest[k + n :]])
    found = np.stack(digits) if digits else np.zeros(1, u.dtype)
    is_zero = np.isclose(rest, 0, rtol=1e-14)
    behind = np.cumsum(np.logical_not(is_zero)) > 0
    behind = np.logical_or(behind, np.arange(m) == m - 1)
    return found, np.compress(behind, rest)


def _polyfit(
    door: NumpyDoor, x: Any, y: Any, deg: int, rcond: float | None = None, *, w: Any = None
) -> Any:
    """Columns of powers, each divided by its length, as numpy scales them."""
    if not isinstance(deg, int):
        raise names.unknown(door, "numpy.polyfit of a list of degrees")
    _check_fit(door, x, y, deg, w)
    x, right = (inexact(v) for v in (door.traced(x), door.traced(y)))
    rows = np.vander(x, deg + 1)
    if w is not None:
        weight = inexact(door.traced(w))
        rows = rows * weight[:, None]
        right = right * (weight if right.ndim == 1 else weight[:, None])
    lengths = np.sqrt(np.sum(rows * rows, axis=0))
    found = np.linalg.lstsq(rows / lengths, right, rcond)[0]
    return (found.T / lengths).T


def _check_fit(door: NumpyDoor, x: Any, y: Any, deg: int, w: Any) -> None:
    """Raise what numpy raises of a fit: the ranks, the degree, and no points."""
    if deg < 0:
        message = "expected deg >= 0"
        raise ValueError(message)
    ranks = {
        "expected 1D vector for x": np.ndim(x) == 1,
        "expected 1D or 2D array for y": np.ndim(y) in {1, 2},
        "expected a 1-d array for weights": w is None or np.ndim(w) == 1,
    }
    for message, holds in ranks.items():
        if not holds:
            raise TypeError(message)
    count = np.asarray(door.traced(x).shape[0])
    require(door, np.greater(count, 0), "expected non-empty vector for x")


def _polyder(_: NumpyDoor, p: Any, m: int = 1) -> Any:
    for _i in range(m):
        p = p[:-1] * np.arange(p.shape[0] - 1, 0, -1)
    return p


def _polyint(_: NumpyDoor, p: Any) -> Any:
    whole = p / np.arange(p.shape[0], 0, -1)
    return np.concatenate([whole, np.zeros(1, whole.dtype)])


def _vander(_: NumpyDoor, x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: N803  # numpy's name
    count = int(x.shape[0] if N is None else N)
    if count < 0:
        message = "negative dimensions are not allowed"
        raise ValueError(message)
    base = cast(x, np.promote_types(x.dtype, np.int64))
    if count == 0:
        return base[:, None][:, :0]
    powers = [np.ones_like(base)]
    for _i in range(count - 1):
        powers.append(powers[-1] * base)
    return np.stack(powers if increasing else powers[::-1], 1)


def _unwrap(
    door: NumpyDoor, p: Any, discont: Any = None, axis: int = -1, *, period: float = math.tau
) -> Any:
    if isinstance(period, int) and not is_float(p):
        raise names.unknown(door, "numpy.unwrap with a whole period")
    step, half = np.diff(p, axis=axis), period / 2
    p = inexact(p)
    turned = np.mod(step + half, period) - half
    turned = np.where(np.logical_and(turned == -half, step > 0), half, turned)
    bound = half if discont is None else max(discont, half)
    turned = cast(turned, p.dtype) - step
    missing = np.where(np.abs(step) < bound, np.zeros_like(turned), turned)
    lead = (slice(None),) * (axis % p.ndim)
    begin, later = (*lead, slice(0, 1)), (*lead, slice(1, None))
    rest = p[later] + np.cumsum(missing, axis=axis)
    return np.concatenate([p[begin], rest], axis)


def _sinc(_: NumpyDoor, x: Any) -> Any:
    x = inexact(x)
    y = math.pi * np.where(x == 0, np.asarray(np.finfo(x.dtype).eps, x.dtype), x)
    return np.sin(y) / y


HANDLERS: Final[Mapping[Any, Callable[..., Any]]] = {
    np.polyadd: _summed(np.add),
    np.polysub: _summed(np.subtract),
    np.polymul: _polymul,
    np.poly: _poly,
    np.polydiv: _polydiv,
    np.polyfit: _polyfit,
    np.polyder: _polyder,
    np.polyint: _polyint,
    np.vander: _vander,
    np.unwrap: _unwrap,
    np.sinc: _sinc,
}
"""By function."""
