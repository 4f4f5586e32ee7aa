"""Random ops against a separate Philox4x32-10. Spec: RANDOM-1 to RANDOM-6."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.tensors import rounded
from tools.verify.values import array, unit
from tracescript.ir import DataType
from tracescript.opset.dtypes import as_data_type

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()
_MASK: Final = 0xFFFFFFFF
_STATES: Final = (
    (0, 0, 0, 0, 0, 0),
    (7, 9, _MASK, _MASK, 0, 1),
    (1, 2, _MASK, _MASK, _MASK, _MASK),
)
_SHAPES: Final = ([], [0], [5], [2, 3], [2, 0, 1])


def _block(key: tuple[int, int], counter: int) -> list[int]:
    c = [(counter >> (32 * i)) & _MASK for i in range(4)]
    k0, k1 = key
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k0, b & _MASK, (a >> 32) ^ c[3] ^ k1, a & _MASK]
        k0, k1 = (k0 + 0x9E3779B9) & _MASK, (k1 + 0xBB67AE85) & _MASK
    return c


def words(state: Any, count: int) -> tuple[list[int], Any]:
    """Draw words; return them and the state behind them."""
    given = [int(v) for v in state]
    start = sum(w << (32 * i) for i, w in enumerate(given[2:]))
    blocks = -(-count // 4)
    drawn = [w for i in range(blocks) for w in _block((given[0], given[1]), (start + i) % 2**128)]
    after = (start + blocks) % 2**128
    return drawn[:count], np.array(
        [*given[:2], *((after >> (32 * i)) & _MASK for i in range(4))], np.uint32
    )


def count(shape: list[int]) -> int:
    """Return the number of elements of a shape, or trap."""
    if any(n < 0 for n in shape):
        raise Stop("SHAPE_ERROR")
    return math.prod(shape)


def uniform(state: Any, shape: list[int], data_type: DataType) -> tuple[Any, Any]:
    """Draw numbers of a float type between 0 and 1."""
    n = count(shape)
    if data_type is DataType.FLOAT64:
        w, after = words(state, 2 * n)
        found = [
            ((a >> 5) * 2**26 + (b >> 6)) * 2.0**-53 for a, b in zip(w[::2], w[1::2], strict=True)
        ]
    else:
        w, after = words(state, n)
        drop, unit_ = {"float32": (8, 24), "float16": (21, 11), "bfloat16": (24, 8)}[
            data_type.value
        ]
        found = [(v >> drop) * 2.0**-unit_ for v in w]
    return np.array(found, np.float64).reshape(shape), after


def whole(state: Any, low: int, high: int, shape: list[int]) -> tuple[Any, Any]:
    """Draw ints."""
    if low >= high:
        raise Stop("VALUE_ERROR")
    w, after = words(state, 2 * count(shape))
    found = [
        low + ((a >> 1) * 2**32 + b) % (high - low) for a, b in zip(w[::2], w[1::2], strict=True)
    ]
    return np.array(found, np.int64).reshape(shape), after


def normal(state: Any, shape: list[int]) -> tuple[Any, Any]:
    """Draw normal numbers in float64."""
    u, after = uniform(state, [*shape, 2], DataType.FLOAT64)
    return np.sqrt(-2 * np.log1p(-u[..., 0])) * np.cos(2 * np.pi * u[..., 1]), after


def _states(*inputs: Any, **how: Any) -> Iterator[Call]:
    for state in _STATES:
        yield call(np.array(state, np.uint32), *inputs, **how)


def _shaped(*more: Any, **how: Any) -> Iterator[Call]:
    for shape in (*_SHAPES, [2, -1]):
        yield from _states(*more, shape, **how)


def _typed() -> Iterator[Call]:
    for name in ("float32", "float64", "float16", "bfloat16"):
        yield from _shaped(dtype=DataType(name))


def _bits(state: Any, shape: list[int]) -> tuple[Any, Any]:
    w, after = words(state, count(shape))
    return np.array(w, np.int64).reshape(shape), after


PLANS.add("random_bits", _shaped, _bits)
PLANS.add("rand", _typed, lambda state, shape, dtype: uniform(state, shape, as_data_type(dtype)))
PLANS.add(
    "randn",
    _typed,
    lambda state, shape, dtype: normal(state, [count([n]) if n < 0 else n for n in shape]),
)


def _ranges() -> Iterator[Call]:
    for low, high in ((0, 10), (-5, 6), (0, 2**63 - 1), (3, 4), (4, 4), (2, 1)):
        yield from _shaped(low, high)


PLANS.add("randint", _ranges, whole)


def _permuted(state: Any, n: int) -> tuple[Any, Any]:
    drawn, after = whole(state, 0, 2**63 - 1, [n])
    return np.argsort(drawn, kind="stable"), after


PLANS.add("randperm", lambda: [c for n in (0, 1, 5, 40, -1) for c in _states(n)], _permuted)


def _chances() -> Iterator[Call]:
    for data_type in types_of("bernoulli"):
        for shape in ((), (0,), (5,), (2, 3)):
            yield from _states(unit(data_type, shape))
        for bad in (1.5, -0.5, np.nan):
            yield from _states(np.array([0.5, bad]).astype(array(data_type, ()).dtype))


def _bernoulli(state: Any, p: Any) -> tuple[Any, Any]:
    if not bool(((p >= 0) & (p <= 1)).all()):
        raise Stop("VALUE_ERROR")
    u, after = uniform(state, list(p.shape), DataType.FLOAT32)
    name = str(p.dtype).removeprefix("torch.")
    chance = p.double().numpy()
    from tracescript.opset.dtypes import numpy_of

    drawn = rounded(u, numpy_of(DataType(name))).astype(np.float64)
    return (drawn < chance).astype(np.float64), after


PLANS.add("bernoulli", _chances, _bernoulli, floats="own")


def _drops(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        for p in (0.0, 0.5, 0.3, 1.0):
            for shape in ((2, 3), (3, 2, 4), (0, 2)):
                yield from _states(array(data_type, shape, op), p=p)
    yield from _states(np.array([[np.inf, np.nan, 1.0]], np.float32), p=1.0)


def _dropped(state: Any, x: Any, p: float, *, by_channel: bool) -> tuple[Any, Any]:
    shape = [*x.shape[:2], *[1] * (x.dim() - 2)] if by_channel else list(x.shape)
    u, after = uniform(state, shape, DataType.FLOAT32)
    from tracescript.opset.dtypes import numpy_of

    dtype = numpy_of(DataType(str(x.dtype).removeprefix("torch.")))
    factor = rounded(np.float64(0.0 if p == 1 else 1 / (1 - p)), dtype).astype(np.float64)
    with np.errstate(all="ignore"):
        kept = x.double().numpy() * factor
    return np.where(u < float(np.float32(p)), 0.0, kept), after


for name, by_channel in (("random_dropout", False), ("random_feature_dropout", True)):
    PLANS.add(
        name,
        lambda op=name: _drops(op),
        lambda state, x, p, b=by_channel: _dropped(state, x, p, by_channel=b),
        floats="own",
    )


def _normals() -> Iterator[Call]:
    for data_type in types_of("normal"):
        for a, b in (((), ()), ((3,), ()), ((2, 1), (1, 3)), ((0,), (1,))):
            yield from _states(array(data_type, a, 1), np.asarray(abs(array(data_type, b, 2))))


def _normal(state: Any, mean: Any, std: Any) -> tuple[Any, Any]:
    e, after = normal(state, list(np.broadcast_shapes(mean.shape, std.shape)))
    return mean.numpy() + std.numpy() * e, after


PLANS.add(
    "normal",
    _normals,
    _normal,
    absolute=lambda u, y, state, mean, std: u * (4 * abs(mean).numpy() + 60 * abs(std).numpy()),
)


def _weights() -> Iterator[Call]:
    for data_type in types_of("multinomial"):
        dtype = array(data_type, ()).dtype
        p = np.array([1, 2, 3, 4]).astype(dtype)
        for replacement in (False, True):
            for n in (0, 1, 3, 4):
                yield from _states(p, n, replacement=replacement)
                yield from _states(np.stack([p, p[::-1]]), n, replacement=replacement)
            yield from _states(np.array([0, 2, 0, 1]).astype(dtype), 2, replacement=replacement)
            for bad in ([0, 0], [-1, 2], [np.nan, 1]):
                yield from _states(np.array(bad).astype(dtype), 1, replacement=replacement)
        yield from _states(p, 5)


def _multinomial(state: Any, p: Any, n: int, replacement: bool) -> tuple[Any, Any]:
    w = p.numpy()
    if not ((w >= 0).all() and (w.sum(-1) > 0).all()):
        raise Stop("VALUE_ERROR")
    if n < 0 or (n > w.shape[-1] and not replacement):
        raise Stop("SHAPE_ERROR")
    lead = list(w.shape[:-1])
    if replacement:
        u, after = uniform(state, [*lead, n], DataType.FLOAT64)
        sums = np.cumsum(w, -1)
        return (sums[..., None, :] <= (u * sums[..., -1:])[..., None]).sum(-1), after
    u, after = uniform(state, list(w.shape), DataType.FLOAT64)
    with np.errstate(all="ignore"):
        rank = np.where(w == 0, -np.inf, np.log1p(-u) / w)
    return np.argsort(-rank, -1, kind="stable")[..., :n], after


PLANS.add("multinomial", _weights, _multinomial)
