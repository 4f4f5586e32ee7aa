"""Affine ops, convolutions, pooling and resizing."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import rules
from tools.verify.contractions import product
from tools.verify.layout import copies, over_types
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array, special, tied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

F = torch.nn.functional
PLANS = Plans()


def _fits(oracle: Callable[..., Any]) -> Callable[..., Any]:
    def fits(*inputs: Any, **attributes: Any) -> Any:
        try:
            return oracle(*inputs, **attributes)
        except RuntimeError as error:
            raise Stop("SHAPE_ERROR") from error

    return fits


def linear_bound(oracle: Callable[..., Any], k: Callable[..., int]) -> Callable[..., Any]:
    """Bound an op that is linear in each operand by the same sum of absolute values."""

    def bound(u: float, y: Any, *inputs: Any, **attributes: Any) -> Any:
        del y
        size = oracle(*(abs(v) if isinstance(v, torch.Tensor) else v for v in inputs), **attributes)
        return (2 * np.sqrt(k(*inputs, **attributes) + 1) + 2) * u * size

    return bound


def _linear(x: Any, w: Any, b: Any = None) -> Any:
    y = product(x, w.T)
    return y if b is None else y + b


PLANS.add(
    "linear",
    functools.partial(
        over_types,
        "linear",
        lambda a: [
            call(a(3), a(2, 3), a(2)),
            call(a(4, 3), a(2, 3), None),
            call(a(2, 0, 3), a(2, 3), a(2)),
            call(a(2, 3, 2, 5), a(4, 5), a(4)),
            call(a(2, 0), a(3, 0), a(3)),
        ],
    ),
    _linear,
    absolute=linear_bound(_linear, lambda x, w, b=None: x.shape[-1]),
)
for name in ("addmm", "baddbmm"):

    def _sums(a: Any, batch: tuple[int, ...] = (2,) * (name == "baddbmm")) -> Iterator[Call]:
        for more in ({}, {"beta": 2.0, "alpha": -0.5}, {"beta": 0.0}):
            yield call(a(*batch, 3, 4), a(*batch, 3, 2), a(*batch, 2, 4), **more)
            yield call(a(4), a(*batch, 3, 0), a(*batch, 0, 4), **more)
        bias = a(4)
        bias[0] = np.nan
        yield call(bias, a(*batch, 3, 2), a(*batch, 2, 4), beta=0.0)
        yield call(a(3), a(*batch, 3, 2), a(*batch, 2, 4))

    def _sum_of(b: Any, x: Any, y: Any, beta: float, alpha: float) -> Any:
        z = alpha * product(x, y)
        if not np.array_equal(np.broadcast_shapes(b.shape, z.shape), z.shape):
            raise Stop("SHAPE_ERROR")
        return z if beta == 0 else beta * b + z

    PLANS.add(
        name,
        functools.partial(over_types, name, _sums),
        lambda b, x, y, beta, alpha, f=_sum_of: _guarded(f, b, x, y, beta, alpha),
        rule="OP.addmm: beta 0 ignores the bias",
        absolute=lambda u, z, b, x, y, beta, alpha, f=_sum_of: (
            (2 * np.sqrt(x.shape[-1] + 1) + 4)
            * u
            * f(abs(b), abs(x), abs(y), abs(beta), abs(alpha))
        ),
    )


def _guarded(function: Callable[..., Any], *inputs: Any) -> Any:
    try:
        return function(*inputs)
    except (RuntimeError, ValueError) as error:
        raise Stop("SHAPE_ERROR") from error


def convolution(x: Any, w: Any, b: Any = None, **how: Any) -> Any:
    """Convolve planes of 1 to 3 axes; padding before and after each axis."""
    n = x.dim() - 2
    pads = list(how["padding"])
    pairs = [pads[2 * i : 2 * i + 2] for i in range(n)][::-1]
    padded = F.pad(x, [v for pair in pairs for v in pair])
    return getattr(F, f"conv{n}d")(padded, w, b, how["stride"], 0, how["dilation"], how["groups"])


def _convs(n: int, a: Any) -> Iterator[Call]:
    plane = (5, 6, 4)[:n]
    kernel = (3, 2, 1)[:n]
    options = (
        {},
        {"stride": (2,) * n, "padding": (1, 0) * n, "dilation": (1,) * n},
        {"dilation": (2,) * n, "padding": (2, 2) * n},
    )
    for how in options:
        yield call(a(2, 4, *plane), a(3, 4, *kernel), a(3), **how)
        yield call(a(1, 4, *plane), a(6, 2, *kernel), None, groups=2, **how)
    yield call(a(1, 3, *plane), a(3, 1, *kernel), None, groups=3)
    yield call(a(0, 2, *plane), a(1, 2, *kernel), None)
    yield call(a(1, 2, *((1,) * n)), a(2, 2, *((1,) * n)), a(2))
    yield call(a(1, 2, *((1,) * n)), a(2, 2, *((3,) * n)), None)


for n in (1, 2, 3):
    PLANS.add(
        f"conv{n}d",
        functools.partial(over_types, f"conv{n}d", functools.partial(_convs, n)),
        _fits(convolution),
        absolute=linear_bound(convolution, lambda x, w, b=None, **_: w[0].numel()),
    )


def transposed(x: Any, w: Any, b: Any = None, **how: Any) -> Any:
    """Convolve transposed, by torch."""
    order = ("stride", "padding", "output_padding", "groups", "dilation")
    return getattr(F, f"conv_transpose{x.dim() - 2}d")(x, w, b, *(how[o] for o in order))


def _transposes(n: int, a: Any) -> Iterator[Call]:
    plane, kernel = (5, 4)[:n], (3, 2)[:n]
    for how in (
        {},
        {"stride": (2,) * n, "padding": (1,) * n, "output_padding": (1,) * n},
        {"dilation": (2,) * n, "stride": (3,) * n},
    ):
        yield call(a(2, 4, *plane), a(4, 3, *kernel), a(3), **how)
        yield call(a(1, 4, *plane), a(4, 3, *kernel), None, groups=2, **how)
    yield call(a(1, 2, *((1,) * n)), a(2, 1, *((1,) * n)), a(1))


for n in (1, 2):
    PLANS.add(
        f"conv_transpose{n}d",
        functools.partial(over_types, f"conv_transpose{n}d", functools.partial(_transposes, n)),
        _fits(transposed),
        absolute=linear_bound(transposed, lambda x, w, b=None, **_: w.numel()),
    )
WINDOWS = (
    {"kernel": 2, "stride": 2},
    {"kernel": 3, "stride": 2, "padding": 1},
    {"kernel": 3, "stride": 1, "padding": 1},
    {"kernel": 2, "stride": 3, "ceil_mode": True},
    {"kernel": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel": 1, "stride": 1},
    {"kernel": 9, "stride": 1},
)


def windowed(n: int, how: dict[str, Any]) -> dict[str, Any]:
    """Repeat the numbers of a window for each axis."""
    return {k: v if isinstance(v, bool) or v is None else (v,) * n for k, v in how.items()}


def _max_pools(op: str, n: int) -> Iterator[Call]:
    for data_type in types_of(op):
        for how in (*WINDOWS, {"kernel": 2, "stride": 1, "dilation": 2}):
            yield call(tied(data_type, (2, 3, *(7, 6)[:n])), **windowed(n, how))
            yield call(array(data_type, (1, 1, *(4, 5)[:n])), **windowed(n, how))


def max_pool(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Any:
    """Take the first largest of each window, NaN above all, with its flat place. Spec: NUM-50."""
    plane = x.shape[2:]
    starts = [
        _starts(*p, ceil_mode) for p in zip(plane, kernel, stride, padding, dilation, strict=True)
    ]
    shape = (*x.shape[:2], *(len(s) for s in starts))
    values, places = np.zeros(shape, x.numpy().dtype), np.zeros(shape, np.int64)
    for place in np.ndindex(*shape):
        corner = [s[i] for s, i in zip(starts, place[2:], strict=True)]
        axes = [
            [c + j * d for j in range(k) if 0 <= c + j * d < n]
            for c, k, d, n in zip(corner, kernel, dilation, plane, strict=True)
        ]
        best: Any = None
        for where in itertools.product(*axes):
            v = x.numpy()[(*place[:2], *where)]
            if best is None or (best == best and (v > best or v != v)):  # noqa: PLR0124 - NaN
                best, flat = v, int(np.ravel_multi_index(where, tuple(plane)))
        values[place], places[place] = best, flat
    return values, places


def _starts(n: int, k: int, s: int, p: int, d: int, ceil_mode: bool) -> list[int]:
    room = n + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise Stop("SHAPE_ERROR")
    count = (-(-room // s) if ceil_mode else room // s) + 1
    return [i * s - p for i in range(count) if not ceil_mode or i * s < n + p]


for n in (1, 2):
    PLANS.add(
        f"max_pool{n}d",
        functools.partial(_max_pools, f"max_pool{n}d", n),
        max_pool,
        rule="NUM-30, NUM-32: the first of equals, the first NaN",
    )


def mean_pool(
    x: Any,
    kernel: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: Any = None,
) -> Any:
    """Divide sums of windows by the elements within the padded plane. Spec: NUM-51."""
    plane = x.shape[2:]
    starts = [_starts(*q, 1, ceil_mode) for q in zip(plane, kernel, stride, padding, strict=True)]
    shape = (*x.shape[:2], *(len(s) for s in starts))
    result = np.zeros(shape)
    for place in np.ndindex(*shape):
        corner = [s[i] for s, i in zip(starts, place[2:], strict=True)]
        spans = [(c, c + k) for c, k in zip(corner, kernel, strict=True)]
        inside = tuple(slice(max(a, 0), min(b, n)) for (a, b), n in zip(spans, plane, strict=True))
        counted = [
            min(b, n + p) - a if count_include_pad else min(b, n) - max(a, 0)
            for (a, b), n, p in zip(spans, plane, padding, strict=True)
        ]
        total = float(x[(*place[:2], *inside)].sum())
        result[place] = total / (divisor_override or np.prod(counted))
    return result


def _mean_pools(op: str, n: int, a: Any) -> Iterator[Call]:
    for how in WINDOWS:
        for counted in (True, False):
            yield call(a(2, 3, *(7, 6)[:n]), **windowed(n, how), count_include_pad=counted)
    if n == 2:
        yield call(a(1, 1, 4, 4), kernel=(2, 2), stride=(2, 2), divisor_override=3)
    x = special(types_of(op)[-1])[: 2 * 12].reshape(1, 2, 12)
    yield call(x if n == 1 else x.reshape(1, 2, 3, 4), **windowed(n, {"kernel": 2, "stride": 1}))


def pool_bound(u: float, y: Any, x: Any, kernel: Any, **how: Any) -> Any:
    """Bound means of windows."""
    size = mean_pool(abs(torch.nan_to_num(x, posinf=0, neginf=0)), kernel, **how)
    return (2 * np.sqrt(np.prod(kernel)) + 2) * u * size + u * abs(y)


for n in (1, 2):
    PLANS.add(
        f"avg_pool{n}d",
        functools.partial(
            over_types, f"avg_pool{n}d", functools.partial(_mean_pools, f"avg_pool{n}d", n)
        ),
        mean_pool,
        rule="NUM-51",
        absolute=pool_bound,
    )
del copies, rules
