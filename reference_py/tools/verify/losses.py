"""Losses."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.elementwise import unary
from tools.verify.layout import copies
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import array, generator, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

F = torch.nn.functional
PLANS = Plans()


def reduced(y: Any, reduction: str) -> Any:
    """Reduce a loss."""
    return y if reduction == "none" else y.sum() if reduction == "sum" else y.mean()


def _losses(op: str, make: Any) -> Iterator[Call]:
    for data_type in types_of(op):
        for reduction in ("none", "mean", "sum"):
            for shape in ((), (5,), (0,), (2, 3), (2, 3, 1, 2)):
                yield make(data_type, shape, reduction)


def _pair(data_type: Any, shape: Any, reduction: str, **how: Any) -> Call:
    return call(
        array(data_type, shape, 1, 2.0), array(data_type, shape, 2), reduction=reduction, **how
    )


def loss_bound(
    k: float, oracle: Callable[..., Any], size: Callable[..., Any]
) -> Callable[..., Any]:
    """Bound a mean or sum of elements that are k roundings of their size off."""

    def bound(u: float, y: Any, *inputs: Any, reduction: str, **how: Any) -> Any:
        each = abs(oracle(*inputs, reduction="none", **how)) + size(*inputs)
        n = each.numel()
        spread = (2 * np.sqrt(n) + 2 + k) * u * reduced(each, reduction)
        return (k * u * each if reduction == "none" else spread) + u * abs(y)

    return bound


def _elementwise(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, t, reduction, **how: reduced(function(abs(x - t), **how), reduction)


_DISTANCES: dict[str, tuple[Any, dict[str, Any], Any]] = {
    "mse_loss": (lambda d: d * d, {}, lambda x, t: 0 * x),
    "l1_loss": (lambda d: d, {}, lambda x, t: 0 * x),
    "huber_loss": (
        lambda d, delta: torch.where(d <= delta, d * d / 2, delta * (d - delta / 2)),
        {"delta": 0.5},
        lambda x, t: abs(x - t),
    ),
    "smooth_l1_loss": (
        lambda d, beta: torch.where(d < beta, d * d / (2 * beta or 1), d - beta / 2),
        {"beta": 0.5},
        lambda x, t: abs(x - t),
    ),
}
for name, (function, how, size) in _DISTANCES.items():
    oracle = _elementwise(function)

    def _calls(op: str = name, how: dict[str, Any] = how) -> Iterator[Call]:
        yield from _losses(op, _pair)
        if how:
            yield from _losses(op, functools.partial(_pair, **how))
        if op == "smooth_l1_loss":
            yield from _losses(op, functools.partial(_pair, beta=0.0))

    PLANS.add(name, _calls, oracle, absolute=loss_bound(6, oracle, size))


def _divergences() -> Iterator[Call]:
    for data_type in types_of("kl_div"):
        for reduction in ("none", "mean", "sum", "batchmean"):
            for shape in ((5,), (2, 3), (0, 2)):
                x, t = array(data_type, shape, 1), unit(data_type, shape)
                t = np.where(array(data_type, shape, 3) > 1, 0, t).astype(t.dtype)
                yield call(x, t, reduction=reduction)
                yield call(
                    x,
                    np.log(t + t.dtype.type(1)).astype(t.dtype),
                    reduction=reduction,
                    log_target=True,
                )


def _kl_div(x: Any, t: Any, reduction: str, log_target: bool) -> Any:
    y = torch.exp(t) * (t - x) if log_target else torch.xlogy(t, t) - t * x
    return y.sum() / x.shape[0] if reduction == "batchmean" else reduced(y, reduction)


def _kl_bound(u: float, y: Any, x: Any, t: Any, reduction: str, log_target: bool) -> Any:
    each = abs(torch.exp(t) if log_target else t) * (abs(t) + abs(x) + 1)
    if reduction == "batchmean":
        return (2 * np.sqrt(each.numel()) + 12) * u * each.sum() / max(len(x), 1)
    return (2 * np.sqrt(each.numel()) + 12) * u * reduced(each, reduction) + u * abs(y)


PLANS.add("kl_div", _divergences, _kl_div, absolute=_kl_bound)


def _entropies(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        for reduction in ("none", "mean", "sum"):
            for shape in ((), (5,), (0,), (2, 3)):
                x = (
                    unit(data_type, shape)
                    if op == "binary_cross_entropy"
                    else array(data_type, shape, 1, 9.0)
                )
                t = unit(data_type, shape, 2)
                weights = [None] * (2 if op.endswith("logits") else 1)
                yield Call((x, t, *weights), {"reduction": reduction})
                weights = [
                    np.asarray(np.abs(array(data_type, shape, i))) for i, _ in enumerate(weights)
                ]
                yield Call((x, t, *weights), {"reduction": reduction})
        if op == "binary_cross_entropy":
            dtype = array(data_type, ()).dtype
            for x in ([0, 1, 0.5], [0.5, 1.5, 0], [-0.5, 0, 0], [np.nan, 0, 0]):
                yield call(np.array(x).astype(dtype), np.array([1, 1, 0]).astype(dtype), None)


def _bce(x: Any, t: Any, w: Any = None, *, reduction: str) -> Any:
    if not bool(((x >= 0) & (x <= 1)).all()):
        raise Stop("VALUE_ERROR")
    y = -(t * torch.log(x).clamp(min=-100) + (1 - t) * torch.log1p(-x).clamp(min=-100))
    return reduced(y if w is None else y * w, reduction)


def _bce_logits(x: Any, t: Any, w: Any = None, p: Any = None, *, reduction: str) -> Any:
    y = F.binary_cross_entropy_with_logits(x, t, w, pos_weight=p, reduction="none")
    return reduced(y, reduction)


PLANS.add(
    "binary_cross_entropy",
    functools.partial(_entropies, "binary_cross_entropy"),
    _bce,
    absolute=loss_bound(20, _bce, lambda *_: 0),
)
PLANS.add(
    "binary_cross_entropy_with_logits",
    functools.partial(_entropies, "binary_cross_entropy_with_logits"),
    _bce_logits,
    absolute=loss_bound(
        20,
        _bce_logits,
        lambda x, t, w=None, p=None: (
            (2 + abs(x)) * (1 if w is None else abs(w)) * (1 if p is None else 1 + abs(p))
        ),
    ),
)


def _classes(op: str) -> Iterator[Call]:
    draw = generator(op)
    for data_type in types_of(op):
        for reduction in ("none", "mean", "sum"):
            for shape in ((4,), (3, 4), (2, 4, 3), (0, 4)):
                target = draw.integers(0, 4, (shape[0], *shape[2:]) if len(shape) > 1 else ())
                some = np.where(draw.random(target.shape) < 0.3, -100, target)
                x, w = array(data_type, shape, op, 3.0), unit(data_type, (4,))
                for weight in (None, w):
                    extra = (
                        {"label_smoothing": 0.1} if op == "cross_entropy" and weight is None else {}
                    )
                    yield call(x, np.asarray(some, np.int64), weight, reduction=reduction, **extra)
                yield call(
                    x, np.asarray(target, np.int64), None, reduction=reduction, ignore_index=2
                )
        x = array(data_type, (2, 4))
        yield call(x, np.array([-100, -100]), None)
        yield call(x, np.array([4, 0]), None)
        yield call(x, np.array([-1, 0]), None)


def _nll(x: Any, t: Any, w: Any = None, *, ignore_index: int, reduction: str, **how: Any) -> Any:
    kept = t != ignore_index
    if bool((kept & ((t < 0) | (t >= x.shape[1 if x.dim() > 1 else 0]))).any()):
        raise Stop("INDEX_ERROR")
    function = F.cross_entropy if how else F.nll_loss
    return function(x, t, w, ignore_index=ignore_index, reduction=reduction, **how)


for name in ("nll_loss", "cross_entropy"):
    PLANS.add(
        name,
        functools.partial(_classes, name),
        _nll,
        absolute=lambda u, y, x, t, w=None, **how: (
            (4 * np.sqrt(max(t.numel(), 1)) + 40)
            * u
            * (4 + abs(x).amax() if x.numel() else 4)
            * (max(t.numel(), 1) if how["reduction"] == "sum" else 1)
            + u * abs(y)
        ),
    )
PLANS.add("dropout", functools.partial(unary, "dropout"), lambda x, p: x, zero_sign=True)
copies("feature_dropout", lambda a: [call(a(2, 3, 4)), call(a(0, 2), p=0.1)], lambda x, p: x)
copies(
    "channel_shuffle",
    lambda a: [call(a(2, 6, 3), groups=2), call(a(1, 4), groups=4), call(a(0, 4, 2), groups=1)],
    lambda x, groups: (
        F.channel_shuffle(x, groups) if x.dim() > 2 and x.numel() else _shuffled(x, groups)
    ),
)


def _unshuffled(x: Any, r: int) -> Any:
    """Take planes apart; torch leaves an empty tensor as it is."""
    *lead, c, h, w = x.shape
    y = x.reshape(*lead, c, h // r, r, w // r, r)
    order = [*range(len(lead) + 1), -3, -1, -4, -2]
    return y.permute([d % y.dim() for d in order]).reshape(*lead, c * r * r, h // r, w // r)


def _shuffled(x: Any, groups: int) -> Any:
    s = x.shape
    return x.reshape(s[0], groups, s[1] // groups, *s[2:]).transpose(1, 2).reshape(s)


copies(
    "pixel_shuffle",
    lambda a: [
        call(a(2, 8, 3, 2), factor=2),
        call(a(9, 1, 1), factor=3),
        call(a(0, 4, 2, 2), factor=2),
    ],
    lambda x, factor: F.pixel_shuffle(x, factor),
)
copies(
    "pixel_unshuffle",
    lambda a: [
        call(a(2, 2, 4, 6), factor=2),
        call(a(1, 3, 3), factor=3),
        call(a(0, 4, 2, 2), factor=2),
    ],
    lambda x, factor: _unshuffled(x, factor),
)
