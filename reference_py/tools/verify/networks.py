"""Activations, losses, and pointwise parts of networks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import rules
from tools.verify.elementwise import unary
from tools.verify.layout import over_types
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array, special

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

F = torch.nn.functional
PLANS = Plans()


def _limit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return an activation that is 0 at -inf and inf at inf, its limits."""

    def limited(x: Any, **how: Any) -> Any:
        y = torch.where(x == -torch.inf, torch.zeros_like(x), function(x, **how))
        return torch.where(x == torch.inf, x, y)

    return limited


for name, function in {
    "gelu": F.gelu,
    "silu": F.silu,
    "mish": F.mish,
    "hardswish": lambda x: x * F.hardsigmoid(x),
}.items():

    def _calls(op: str = name) -> Iterator[Call]:
        yield from unary(op)
        if op == "gelu":
            yield from unary(op, approximate="tanh")

    PLANS.add(name, _calls, _limit(function), rule=f"OP.{name}: the limit at infinities")


def _with(op: str, *options: dict[str, Any]) -> Iterator[Call]:
    for how in options:
        yield from unary(op, **how)


_TUNED: dict[str, tuple[Any, list[dict[str, Any]]]] = {
    "leaky_relu": (
        lambda x, slope: torch.where(x < 0, x * slope, x),
        [{}, {"slope": 0.5}, {"slope": 0.0}],
    ),
    "softplus": (
        lambda x, beta, threshold: torch.where(
            x * beta > threshold, x, torch.log1p(torch.exp(-abs(x * beta))) / beta + x.clamp(min=0)
        ),
        [{}, {"beta": 2.0, "threshold": 3.0}],
    ),
    "hardtanh": (
        lambda x, min, max: x.clamp(rules.number(min, x), rules.number(max, x)),
        [{}, {"min": 0.0, "max": 2.0}],
    ),
    "hardshrink": (
        lambda x, lambd: torch.where(abs(x) <= lambd, 0 * x.sign(), x),
        [{}, {"lambd": 1.0}],
    ),
    "softshrink": (
        lambda x, lambd: torch.where(
            x > lambd, x - lambd, torch.where(x < -lambd, x + lambd, torch.where(x.isnan(), x, 0.0))
        ),
        [{}, {"lambd": 1.0}],
    ),
    "threshold": (
        lambda x, threshold, value: torch.where(
            x <= rules.number(threshold, x), rules.number(value, x), x
        ),
        [{"threshold": 1.0, "value": 9.0}, {"threshold": -1.0, "value": 2.0}],
    ),
}
for name, (function, options) in _TUNED.items():
    own = "float32" if name in {"leaky_relu", "softshrink"} else "float64"
    PLANS.add(name, functools.partial(_with, name, *options), function, floats=own)


def _gates(a: Any) -> Iterator[Call]:
    yield from (
        call(a(4)),
        call(a(2, 6), dim=1),
        call(a(2, 3), dim=0),
        call(a(0, 4)),
        call(a(2, 4, 2), dim=-2),
    )
    yield call(a(3))


def _glu(x: Any, dim: int) -> Any:
    if x.shape[dim] % 2:
        raise Stop("SHAPE_ERROR")
    return F.glu(x, dim)


PLANS.add(
    "glu",
    functools.partial(over_types, "glu", _gates),
    _glu,
    absolute=lambda u, y, x, dim: np.maximum(
        12 * u * abs(y), 2 * u * abs(x.chunk(2, dim)[0].numpy())
    ),
)


def _prelu(x: Any, w: Any) -> Any:
    if w.numel() != 1 and (x.dim() < 2 or w.numel() != x.shape[1]):
        raise Stop("SHAPE_ERROR")
    shaped = w.reshape([]) if w.numel() == 1 else w.reshape([1, -1] + [1] * (x.dim() - 2))
    return torch.where(x < 0, x * shaped, x)


PLANS.add(
    "prelu",
    functools.partial(
        over_types,
        "prelu",
        lambda a: [
            call(a(2, 3, 4), a(3)),
            call(a(2, 3), a(1)),
            call(a(5), a()),
            call(a(), a(1)),
            call(a(0, 3), a(3)),
            call(a(2, 3), a(2)),
        ],
    ),
    _prelu,
)
_SOFT = (
    ((), 0),
    ((5,), 0),
    ((0,), 0),
    ((2, 3), 1),
    ((3, 70), -1),
    ((2, 0, 3), 2),
    ((2, 3, 1, 4), 1),
)


def _softs(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        for shape, dim in _SOFT:
            yield call(array(data_type, shape, op, 6.0), dim=dim)
        yield call(special(data_type, extremes=False, nonfinite=False), dim=0)
        for row in ([np.nan, 1, 2], [-np.inf] * 3, [np.inf, 1, 2], [-np.inf, 0, 1], [1e4, 0, -1e4]):
            yield call(np.array(row, np.float64).astype(array(data_type, ()).dtype), dim=0)


def _row(x: Any, dim: int) -> dict[str, Any]:
    n = x.shape[dim] if x.dim() else 1
    top = x.amax(dim, keepdim=True) if x.numel() else x
    return {"max": top, "N": n}


for name in ("softmax", "log_softmax"):
    PLANS.add(
        name,
        functools.partial(_softs, name),
        lambda x, dim, f=getattr(torch, name): f(x, dim) if x.numel() else x,
        names=_row,
    )
