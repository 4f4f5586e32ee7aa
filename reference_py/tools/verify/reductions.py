"""Ops that reduce or run along axes, and ops that multiply and sum."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify import rules
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.values import LONG, array, is_float, special
from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANS = Plans()
_GRID = (
    ((), None),
    ((), (0,)),
    ((), (-1,)),
    ((0,), None),
    ((5,), None),
    ((5,), (0,)),
    ((2, 3), (1,)),
    ((2, 3), (0, -1)),
    ((2, 0, 3), (0,)),
    ((2, 0, 3), (1,)),
    ((2, 3, 1, 4), (0, 2)),
    ((2, 3, 4), (-2,)),
    ((3, LONG), (1,)),
    ((LONG * 5,), None),
)


def reduced(op: str, *, scale: float = 1.0, every: int = 1, **attributes: Any) -> Iterator[Call]:
    """Yield calls over shapes, axes and keepdim, and over special values."""
    has_keep = "keepdim" in str(inspect_names(op))
    for data_type in types_of(op):
        yield call(special(data_type, extremes=False, nonfinite=False), **attributes)
        if is_float(data_type):
            x = special(data_type, extremes=False)
            yield call(np.stack([x[::-1], x]), dim=(0,), **attributes)
            yield call(x, **attributes)
        elif not data_type.value.startswith("complex"):
            yield call(special(data_type), **attributes)
        for shape, dim in _GRID[::every]:
            for keep in (False, True) if has_keep else (None,):
                extra = {} if keep is None else {"keepdim": keep}
                yield call(array(data_type, shape, op, scale), dim=dim, **extra, **attributes)


def inspect_names(op: str) -> list[str]:
    """Return the names of an op's attributes."""
    from tracescript.opset.table import opset

    return [a.name for a in opset()[op].attributes]


def axes_of(x: Any, dim: Any) -> tuple[int, ...]:
    """Return the axes that a reduction removes."""
    rank = max(x.dim(), 1)
    return tuple(range(x.dim())) if dim is None else tuple(d % rank for d in dim if x.dim())


def count_of(x: Any, dim: Any) -> int:
    """Return how many elements go into one result."""
    return int(np.prod([x.shape[d] for d in axes_of(x, dim)]))


def _sum(x: Any, dim: Any, keepdim: bool) -> Any:
    if x.dtype == torch.bool:
        return np.any(x.numpy(), axis=axes_of(x, dim), keepdims=keepdim)
    if not x.dtype.is_floating_point and not x.dtype.is_complex:
        return x.numpy().sum(axes_of(x, dim), keepdims=keepdim, dtype=x.numpy().dtype)
    return torch.sum(x, axes_of(x, dim), keepdim) if axes_of(x, dim) else x


def _prod(x: Any, dim: Any, keepdim: bool) -> Any:
    if x.dtype == torch.bool:
        return np.all(x.numpy(), axis=axes_of(x, dim), keepdims=keepdim)
    return x.numpy().prod(axes_of(x, dim), keepdims=keepdim, dtype=x.numpy().dtype)


def sum_bound(u: float, y: Any, x: Any, dim: Any, keepdim: bool) -> Any:
    """Bound a sum of K terms."""
    del y
    return (2 * np.sqrt(count_of(x, dim)) + 2) * u * np.asarray(_sum(abs(x), dim, keepdim))


PLANS.add("sum", functools.partial(reduced, "sum"), _sum, absolute=sum_bound)
PLANS.add(
    "prod",
    functools.partial(reduced, "prod"),
    _prod,
    absolute=lambda u, y, x, dim, keepdim: (2 * count_of(x, dim) + 4) * u * abs(y),
)


def mean_bound(u: float, y: Any, x: Any, dim: Any, keepdim: bool) -> Any:
    """Bound a mean."""
    return sum_bound(u, y, x, dim, keepdim) / max(count_of(x, dim), 1) + u * abs(y)


def _spread(x: Any, dim: Any, correction: float, keepdim: bool, *, root: bool = False) -> Any:
    array_ = x.numpy()
    axes, n = axes_of(x, dim), count_of(x, dim)
    with np.errstate(all="ignore"):
        mean = array_.sum(axes, keepdims=True) / np.float64(n)
        squares = ((array_ - mean) ** 2).sum(axes, keepdims=keepdim)
        found = squares / np.float64(max(0.0, n - correction))
    return np.sqrt(found) if root else found


def _spread_bound(
    u: float, y: Any, x: Any, dim: Any, correction: float, keepdim: bool, *, root: bool = False
) -> Any:
    axes, n = axes_of(x, dim), count_of(x, dim)
    array_ = x.numpy()
    variance = y**2 if root else y
    mean = array_.mean(axes, keepdims=True)
    share = n / max(n - correction, 1e-9) if n else 1.0
    off = np.abs(array_ - mean).mean(axes, keepdims=keepdim) * (np.abs(array_)).mean(
        axes, keepdims=keepdim
    )
    bound = (2 * np.sqrt(n) + 8) * u * (variance + off * u * share)
    return bound / (2 * y) + u * y if root else bound


for name in ("var", "std"):

    def _calls(op: str = name) -> Iterator[Call]:
        yield from reduced(op)
        yield from reduced(op, correction=0.0)
        for shape in ((1,), (2,)):
            yield call(array(ir.DataType.FLOAT32, shape), correction=2.0)

    PLANS.add(
        name,
        _calls,
        functools.partial(_spread, root=name == "std"),
        absolute=functools.partial(_spread_bound, root=name == "std"),
    )
PLANS.add(
    "mean",
    functools.partial(reduced, "mean"),
    lambda x, dim, keepdim: _sum(x, dim, keepdim) / np.float64(count_of(x, dim)),
    absolute=mean_bound,
)
for name in ("all", "any"):
    PLANS.add(
        name,
        functools.partial(reduced, name),
        lambda x, dim, keepdim, f=getattr(np, name): f(
            x.numpy() != 0, axes_of(x, dim), keepdims=keepdim
        ),
        rule="OP.all, OP.any: always bool",
    )
PLANS.add(
    "count_nonzero",
    functools.partial(reduced, "count_nonzero"),
    lambda x, dim: (x.numpy() != 0).sum(axes_of(x, dim)),
)


def _extreme(op: str, x: Any, dim: Any, keepdim: bool) -> Any:
    if any(x.shape[d] == 0 for d in axes_of(x, dim)):
        raise Stop("SHAPE_ERROR")
    return getattr(np, op)(x.numpy(), axes_of(x, dim), keepdims=keepdim)


for name in ("amax", "amin"):
    PLANS.add(
        name, functools.partial(reduced, name), functools.partial(_extreme, name), rule="NUM-42"
    )


def _norms() -> Iterator[Call]:
    for order in (0.0, 1.0, 2.0, 3.0, 0.5, -1.0, float("inf"), float("-inf")):
        yield from reduced("vector_norm", ord=order, every=1 if order == 2 else 3)


def _norm(x: Any, ord: float, dim: Any, keepdim: bool) -> Any:
    if ord < 0 and any(x.shape[d] == 0 for d in axes_of(x, dim)):
        return (
            rules.stop("SHAPE_ERROR")
            if ord == -np.inf
            else np.full(_sum(x, dim, keepdim).shape, np.inf)
        )
    if ord == np.inf and any(x.shape[d] == 0 for d in axes_of(x, dim)):
        raise Stop("SHAPE_ERROR")
    if not x.dim():
        x, shape = x.reshape(1), ()
        return torch.linalg.vector_norm(x, ord, 0).reshape(shape)
    return torch.linalg.vector_norm(x, ord, axes_of(x, dim) or None, keepdim)


PLANS.add(
    "vector_norm",
    _norms,
    _norm,
    absolute=lambda u, y, x, ord, dim, keepdim: (np.sqrt(count_of(x, dim)) + 20) * u * y,
)


def _log_sum(x: Any, dim: Any, keepdim: bool) -> Any:
    axes = axes_of(x, dim)
    if not axes:
        return x
    return torch.logsumexp(x, axes, keepdim)


def _largest(x: Any, dim: Any, keepdim: bool) -> dict[str, Any]:
    axes = axes_of(x, dim)
    empty = any(x.shape[d] == 0 for d in axes)
    top = 0.0 if empty else np.amax(x.numpy(), axes, keepdims=keepdim)
    return {"top": top, "N": max(count_of(x, dim), 1)}


PLANS.add("logsumexp", functools.partial(reduced, "logsumexp", scale=5.0), _log_sum, names=_largest)
_RUNS = (
    ((), 0),
    ((5,), 0),
    ((0,), -1),
    ((2, 3), 1),
    ((3, 1, 2), 0),
    ((2, 0, 2), 0),
    ((2, 2, 3, 2), -2),
    ((LONG,), 0),
)


def runs(op: str) -> Iterator[Call]:
    """Yield calls along one axis."""
    for data_type in types_of(op):
        for shape, dim in _RUNS:
            if shape or op in {"cumsum", "cumprod"}:
                yield call(array(data_type, shape, op), dim=dim)
        if not data_type.value.startswith("complex"):
            yield call(special(data_type, extremes=not is_float(data_type)), dim=0)


def _scan(op: str, x: Any, dim: int) -> Any:
    if x.dtype.is_floating_point or x.dtype.is_complex:
        return getattr(torch, op)(x, dim)
    return x.numpy() if not x.dim() else getattr(np, op)(x.numpy(), dim, dtype=x.numpy().dtype)


PLANS.add(
    "cumsum",
    functools.partial(runs, "cumsum"),
    functools.partial(_scan, "cumsum"),
    absolute=lambda u, y, x, dim: (
        (2 * np.sqrt(max(x.numel(), 1)) + 2) * u * _scan("cumsum", abs(x), dim)
    ),
)
PLANS.add(
    "cumprod",
    functools.partial(runs, "cumprod"),
    functools.partial(_scan, "cumprod"),
    absolute=lambda u, y, x, dim: (2 * x.numel() + 4) * u * abs(y),
)
PLANS.add(
    "logcumsumexp",
    functools.partial(runs, "logcumsumexp"),
    lambda x, dim: torch.logcumsumexp(x, dim),
    names=lambda x, dim: {
        "top": np.maximum.accumulate(x.numpy(), dim) if x.numel() else x,
        "N": max(x.shape[dim], 1),
    },
)


def _diff(x: Any, dim: int) -> Any:
    if x.shape[dim] == 0:
        return x
    a, b = x.narrow(dim, 1, x.shape[dim] - 1), x.narrow(dim, 0, x.shape[dim] - 1)
    return a ^ b if x.dtype == torch.bool else a - b


PLANS.add(
    "diff",
    functools.partial(runs, "diff"),
    _diff,
    absolute=lambda u, y, x, dim: 4 * u * abs(y),
)
