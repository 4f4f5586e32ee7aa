"""Where torch is undefined, inconsistent or another rule holds: the rules of the spec, written out.

Integers are computed exactly in Python and taken modulo 2^width: NUM-10 to NUM-12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.plan import Stop
from tools.verify.values import ends
from tracescript.ir import DataType
from tracescript.opset.dtypes import as_data_type, numpy_of

if TYPE_CHECKING:
    from collections.abc import Callable


def wrapped(values: Any, dtype: Any) -> Any:
    """Return exact integers modulo 2^width of an integer type. Spec: NUM-10."""
    import ml_dtypes

    found = ml_dtypes.iinfo(dtype)
    low, span = int(found.min), int(found.max) - int(found.min) + 1
    flat = [((int(v) - low) % span) + low for v in np.ravel(values)]
    return (
        np.array(flat, np.uint64 if low == 0 else np.int64).astype(dtype).reshape(np.shape(values))
    )


def by_kind(floats: Any, integers: Callable[[int, int], int]) -> Callable[..., Any]:
    """Return an oracle: `floats` on floats and complex numbers, exact arithmetic on the rest."""

    def oracle(x: Any, y: Any) -> Any:
        if x.is_floating_point() or x.is_complex():
            return floats(x, y)
        if getattr(integers, "traps", False) and bool((y == 0).any()):
            raise Stop("ZERO_DIVISION")
        a, b = np.broadcast_arrays(x.numpy(), y.numpy())
        is_bool = a.dtype == bool
        exact = [
            integers(p, q) for p, q in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
        ]
        if is_bool:
            return np.array([bool(v) for v in exact], bool).reshape(a.shape)
        bits = np.iinfo(a.dtype).bits
        exact = [v(bits) if callable(v) else v for v in exact]
        return wrapped(np.array(exact, object).reshape(a.shape), a.dtype)

    return oracle


def divides(function: Callable[[int, int], int]) -> Callable[[int, int], int]:
    """Return a division that traps on zero. Spec: NUM-11."""

    def divide(a: int, b: int) -> int:
        return function(a, b)

    divide.traps = True  # type: ignore[attr-defined] - read by `by_kind`, also for no elements
    return divide


def int_trunc_divide(a: int, b: int) -> int:
    """Divide, rounding towards zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def int_fmod(a: int, b: int) -> int:
    """Return the remainder with the dividend's sign."""
    return a - b * int_trunc_divide(a, b)


def int_pow(a: int, b: int) -> int:
    """Raise to a power; negative exponents give 1, -1 or 0. Spec: NUM-11."""
    if b >= 0:
        return pow(a, b, 1 << 64)
    if a == 0:
        raise Stop("ZERO_DIVISION")
    return {1: 1, -1: -1 if b % 2 else 1}.get(a, 0)


def left_shift(a: int, b: int) -> Any:
    """Shift; a count outside the width gives 0. Spec: NUM-12."""
    return lambda bits: a << b if 0 <= b < bits else 0


def right_shift(a: int, b: int) -> Any:
    """Shift; a count outside the width gives 0, or -1 for a negative number. Spec: NUM-12."""
    return lambda bits: a >> b if 0 <= b < bits else -(a < 0)


def _fmod(x: Any, y: Any) -> Any:
    """Return the exact remainder; torch's vector code gives NaN for subnormal divisors."""
    with np.errstate(all="ignore"):
        return torch.as_tensor(np.fmod(x.numpy(), y.numpy()))


def _floor_divide(x: Any, y: Any) -> Any:
    """Divide floats through the exact remainder. Spec: OP.floor_divide."""
    x, y = torch.broadcast_tensors(x, y)
    rest = _fmod(x, y)
    q = (x - rest) / y
    q = torch.where((rest != 0) & ((y < 0) != (rest < 0)), q - 1, q)
    whole = torch.floor(q)
    whole = torch.where(q - whole > 0.5, whole + 1, whole)
    return torch.where(y == 0, x / y, whole)


def _remainder(x: Any, y: Any) -> Any:
    rest = _fmod(x, y)
    return torch.where((rest != 0) & ((rest < 0) != (y < 0)), rest + y, rest)


FLOAT_DIVISIONS = {
    "floor_divide": _floor_divide,
    "remainder": _remainder,
    "fmod": _fmod,
    "trunc_divide": lambda x, y: torch.trunc(x / y),
}


def round_decimals(x: Any, decimals: int) -> Any:
    """Round to decimals, each step in the type of x. Spec: OP.round."""
    if decimals == 0:
        return torch.round(x)
    if decimals > 0:
        return torch.round(x * 10.0**decimals) / 10.0**decimals
    return torch.round(x / 10.0**-decimals) * 10.0**-decimals


def clamp(x: Any, lo: Any = None, hi: Any = None) -> Any:
    """Clamp; hi wins over lo, NaN over both. Spec: NUM-30."""
    x = x if lo is None else torch.maximum(x, lo)
    return x if hi is None else torch.minimum(x, hi)


def cast(x: Any, dtype: Any) -> Any:
    """Convert: truncate and stop at the ends, wrap, one rounding. Spec: NUM-20 to NUM-23."""
    target = as_data_type(dtype)
    value = x.numpy() if isinstance(x, torch.Tensor) else _exact(x)
    if target is DataType.BOOL:
        return value != 0
    if target.value.startswith(("int", "uint")) and value.dtype.kind == "f":
        low, high = ends(target)
        flat = [0 if v != v else _stopped(v, low, high) for v in value.ravel().tolist()]  # noqa: PLR0124
        return wrapped(np.array(flat, object).reshape(value.shape), numpy_of(target))
    if target.value.startswith(("int", "uint")) and value.dtype.kind in "iu":
        return wrapped(value.astype(object), numpy_of(target))
    if (
        target.value.startswith(("float", "bfloat"))
        and value.dtype.kind in "iu"
        and target.bits < 32
    ):
        return _odd(value)
    return value


def _exact(x: Any) -> Any:
    """Return storage types as int64 or float64; unsigned integers as they are."""
    if x.dtype.kind in "iu":
        return x
    return x.astype(np.float64 if "float" in x.dtype.name else np.int64)


def _odd(value: Any) -> Any:
    """Return integers as float64 such that a later rounding to a half type is the only one."""
    flat = []
    for v in value.ravel().tolist():
        cut = max(abs(v).bit_length() - 53, 0)
        kept = abs(v) >> cut
        kept |= abs(v) != kept << cut
        flat.append(float((kept << cut) * (-1 if v < 0 else 1)))
    return np.array(flat, np.float64).reshape(value.shape)


def _stopped(v: float, low: int, high: int) -> int:
    if v in {np.inf, -np.inf}:
        return high if v > 0 else low
    return min(max(int(v), low), high)


def cast_like(x: Any, other: Any) -> Any:
    """Convert to the type of another tensor; see `cast`."""
    wide = x.double() if isinstance(x, torch.Tensor) and x.is_floating_point() else x
    return cast(wide, as_data_type(other.dtype))


def complex_bound(op: str, u: float, y: Any, a: Any, b: Any) -> Any:
    """Bound a sum or product of complex numbers by its parts; floats are rounded correctly."""
    del y
    size = abs(a) * abs(b) if op == "mul" else abs(a) + abs(b)
    return 4 * u * size


def complex_quotient(u: float, y: Any, a: Any, b: Any) -> Any:
    """Bound a quotient of complex numbers."""
    del a, b
    return 8 * u * abs(y)


def stop(code: str) -> Any:
    """Say in an expression that the call traps."""
    raise Stop(code)


def squeeze(x: Any, dim: Any) -> Any:
    """Remove axes of extent 1; torch leaves others alone. Spec: OP.squeeze."""
    if any(x.shape[d] != 1 for d in dim):
        raise Stop("SHAPE_ERROR")
    return x.squeeze(dim)


def split(x: Any, sizes: list[int], dim: int) -> Any:
    """Split by sizes that sum to the extent."""
    if sum(sizes) != x.shape[dim] or any(n < 0 for n in sizes):
        raise Stop("SHAPE_ERROR")
    ends = np.cumsum([0, *sizes])
    return [x.narrow(dim, int(a), n) for a, n in zip(ends, sizes, strict=False)]


def chunk(x: Any, chunks: int, dim: int) -> Any:
    """Return pieces of ceil(n / chunks), the last one smaller, maybe fewer of them."""
    n = x.shape[dim]
    size = -(-n // chunks)
    starts = range(0, n, size) if n else [0] * chunks
    return [x.narrow(dim, s, min(size, n - s)) for s in starts]


def slice_of(x: Any, start: Any, end: Any, step: Any, dim: int) -> Any:
    """Slice as Python, with positive steps."""
    if step is not None and step < 1:
        raise Stop("VALUE_ERROR")
    index: list[Any] = [slice(None)] * x.dim()
    index[dim] = slice(start, end, step)
    return x[tuple(index)]


def narrow(x: Any, start: int, length: int, dim: int) -> Any:
    """Return a range that lies within the axis."""
    n = x.shape[dim]
    if not -n <= start <= n:
        raise Stop("INDEX_ERROR")
    start += n if start < 0 else 0
    if length < 0 or start + length > n:
        raise Stop("SHAPE_ERROR")
    return x.narrow(dim, start, length)


_NUMPY_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def pad(x: Any, padding: list[int], value: Any = None, *, mode: str) -> Any:
    """Pad through numpy, cropping first. Spec: OP.pad."""
    pairs = [(0, 0)] * (x.dim() - len(padding) // 2) + [
        (padding[i], padding[i + 1]) for i in range(len(padding) - 2, -1, -2)
    ]
    if any(n + a + b < 0 for n, (a, b) in zip(x.shape, pairs, strict=True)):
        raise Stop("SHAPE_ERROR")
    for n, (a, b) in zip(x.shape, pairs, strict=True):
        most = {
            "constant": max(a, b),
            "reflect": n - 1,
            "replicate": max(a, b) if n else 0,
            "circular": n,
        }[mode]
        if max(a, b) > max(most, 0):
            raise Stop("SHAPE_ERROR")
    array = x.numpy()
    for axis, (a, b) in enumerate(pairs):
        array = np.take(array, range(max(-a, 0), array.shape[axis] - max(-b, 0)), axis)
    grow = [(max(a, 0), max(b, 0)) for a, b in pairs]
    if not grow:
        return array
    if mode == "constant":
        return np.pad(array, grow, constant_values=0 if value is None else value.item())
    return np.pad(array, grow, mode=_NUMPY_MODES[mode])


def in_range(index: Any, n: int, *, negative: bool = False) -> Any:
    """Trap if an index lies outside an axis; else return None."""
    low = -n if negative else 0
    if bool(((index < low) | (index >= n)).any()):
        raise Stop("INDEX_ERROR")
    return None


def number(value: float, x: Any) -> Any:
    """Return a number in the type of a tensor, as `cast` converts it. Spec: NUM-62."""
    if x.dtype.is_floating_point:
        return torch.tensor(value, dtype=x.dtype)
    return torch.from_numpy(cast(torch.tensor(value, dtype=torch.float64), str(x.dtype)[6:]))
