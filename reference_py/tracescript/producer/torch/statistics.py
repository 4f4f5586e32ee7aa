"""Medians, quantiles, modes, covariances and integrals of torch, by sorts and sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor

_VECTOR: Final = 1
"""The rank of a vector."""


def _median(door: TorchDoor, x: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Take the median of all elements; along an axis it is an op."""
    if dim is None:
        return torch.median(x.reshape(-1), 0).values
    return door.mode.as_op(torch.median, (x, dim, keepdim), {})


def _nanmedian(door: TorchDoor, x: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    if dim is None:
        return _nanmedian(door, x.reshape(-1), 0)[0]
    is_nan = torch.isnan(x)
    count = torch.logical_not(is_nan).sum(dim, keepdim=True)
    place = torch.div(torch.clamp(count - 1, min=0), 2, rounding_mode="floor")
    values = torch.sort(x, dim).values.gather(dim, place)
    hits = torch.logical_or(x == values, torch.logical_and(is_nan, torch.isnan(values)))
    found = values, torch.argmax(hits.to(torch.uint8), dim, keepdim=True)
    return torch.return_types.nanmedian(v if keepdim else v.squeeze(dim) for v in found)


def _mode(_: TorchDoor, x: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """Take the smallest of the elements that are there most often, and its first place."""
    ordered = torch.sort(x, dim).values
    extent = x.shape[dim]
    places = torch.arange(extent).reshape([-1 if a == dim % x.dim() else 1 for a in range(x.dim())])
    later, earlier = ordered.narrow(dim, 1, extent - 1), ordered.narrow(dim, 0, extent - 1)
    begins = torch.where(later != earlier, places.narrow(dim % x.dim(), 1, extent - 1), 0)
    first = torch.zeros_like(ordered.narrow(dim, 0, 1), dtype=torch.int64)
    begin = torch.cummax(torch.cat([first, begins], dim), dim).values
    last = torch.argmax(places - begin, dim, keepdim=True)
    values = ordered.gather(dim, last)
    found = values, torch.argmax((x == values).to(torch.uint8), dim, keepdim=True)
    return torch.return_types.mode(v if keepdim else v.squeeze(dim) for v in found)


def _quantile(*, skips_nan: bool) -> Callable[..., Any]:
    def handler(
        door: TorchDoor,
        x: Any,
        q: Any,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
    ) -> Any:
        if not (skips_nan or keepdim or dim is None) and interpolation == "linear" and x.dim():
            return door.mode.as_op(torch.quantile, (x, q, dim), {})
        if not isinstance(q, torch.Tensor):
            q = torch.tensor(q, dtype=x.dtype)
        torch._assert(  # noqa: SLF001  # what torch has for it
            torch.logical_and(q >= 0, q <= 1).all(), "quantile() q values must be between 0 and 1"
        )
        rank, axis = x.dim(), None if dim is None else dim % x.dim() if x.dim() else 0
        rows = x.reshape(-1) if axis is None or not rank else x.movedim(axis, -1)
        made = _of_rows(rows, q.reshape(-1), interpolation, skips_nan=skips_nan)
        if keepdim:
            made = made.reshape((-1,) + (1,) * rank) if axis is None else made.unsqueeze(axis + 1)
            if not rank:
                made = made.reshape(-1)
        return made.squeeze(0) if q.dim() == 0 else made

    return handler


def _of_rows(rows: Any, q: Any, interpolation: str, *, skips_nan: bool) -> Any:
    """Return the quantiles of rows, an axis for the quantiles first."""
    is_nan = torch.isnan(rows)
    if skips_nan:
        count = torch.logical_not(is_nan).sum(-1, keepdim=True).to(rows.dtype)
        rank = torch.clamp(q * (count - 1), min=0)
    else:
        rank = q * (rows.shape[-1] - 1)
        rank = torch.where(is_nan.any(-1, keepdim=True), rows.shape[-1] - 1, rank)
    ordered = torch.sort(rows, -1).values
    if interpolation in {"lower", "higher", "nearest"}:
        cut = {"lower": torch.floor, "higher": torch.ceil, "nearest": torch.round}[interpolation]
        return ordered.gather(-1, cut(rank).to(torch.int64)).movedim(-1, 0)
    low = torch.floor(rank)
    share = torch.full_like(rank, 0.5) if interpolation == "midpoint" else rank - low
    below = ordered.gather(-1, low.to(torch.int64))
    above = ordered.gather(-1, torch.ceil(rank).to(torch.int64))
    return torch.lerp(below, above, share).movedim(-1, 0)


def _cov(
    _: TorchDoor, x: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None
) -> Any:
    rows = x.reshape(1, -1) if x.dim() <= _VECTOR else x
    if not (rows.is_floating_point() or rows.is_complex()):
        rows = rows.to(torch.get_default_dtype())
    weights = fweights if aweights is None else aweights
    if fweights is not None and aweights is not None:
        weights = fweights * aweights
    if weights is None:
        total: Any = rows.shape[1]
        apart = rows - rows.sum(1, keepdim=True) / total
        weighed, count = apart, total - correction
    else:
        total = weights.sum()
        apart = rows - (rows * weights).sum(1, keepdim=True) / total
        weighed, count = apart * weights, total - correction
        if aweights is not None and correction:
            count = total - correction * (weights * aweights).sum() / total
    if not isinstance(count, torch.Tensor):
        count = torch.tensor(count)
    return (weighed @ apart.mH).div(torch.clamp(count, min=0)).squeeze()


def _corrcoef(_: TorchDoor, x: Any) -> Any:
    spread = torch.cov(x)
    if not spread.dim():
        return spread / spread
    deviations = torch.sqrt(torch.real(torch.diagonal(spread)))
    made = spread / deviations.unsqueeze(1) / deviations.unsqueeze(0)
    if not made.is_complex():
        return torch.clamp(made, -1, 1)
    return torch.complex(torch.clamp(made.real, -1, 1), torch.clamp(made.imag, -1, 1))


def _strips(y: Any, x: Any, dx: Any, dim: int) -> Any:
    """Return twice the area of each strip under `y` along an axis."""
    count = y.shape[dim] - 1
    sums = y.narrow(dim, 1, count) + y.narrow(dim, 0, count)
    if x is None:
        return sums * dx
    if x.dim() == _VECTOR:
        steps = torch.diff(x)
        return sums * steps.reshape([-1 if a == dim % y.dim() else 1 for a in range(y.dim())])
    while x.dim() < y.dim():
        x = x.unsqueeze(0)
    return sums * torch.diff(x, dim=dim)


def _trapezoid(_: TorchDoor, y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    return _strips(y, x, dx, dim).sum(dim) / 2.0


def _cumulative(_: TorchDoor, y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    return _strips(y, x, dx, dim).cumsum(dim) / 2.0


def _gradient(
    _: TorchDoor, x: Any, *, spacing: Any = None, dim: Any = None, edge_order: int = 1
) -> Any:
    axes = list(range(x.dim())) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    spacings = spacing if isinstance(spacing, (tuple, list)) else [spacing] * len(axes)
    return tuple(
        _slope(x, 1.0 if s is None else s, axis % x.dim(), edge_order)
        for s, axis in zip(spacings, axes, strict=True)
    )


def _slope(x: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    """Return differences in the middle by both neighbours, at the ends by those there are."""
    extent = x.shape[axis]
    if isinstance(spacing, torch.Tensor) and spacing.dim():
        steps = torch.diff(spacing).reshape([-1 if a == axis else 1 for a in range(x.dim())])
    else:
        shape = [extent - 1 if a == axis else 1 for a in range(x.dim())]
        steps = torch.full(shape, 1.0, dtype=torch.float64).to(_float_of(x)) * spacing
    before, after = steps.narrow(axis, 0, extent - 2), steps.narrow(axis, 1, extent - 2)
    parts = [x.narrow(axis, k, extent - 2) for k in range(3)]
    middle = (
        -after / (before * (before + after)) * parts[0]
        + (after - before) / (before * after) * parts[1]
        + before / (after * (before + after)) * parts[2]
    )
    ends = [_end(x, steps, axis, edge_order, is_last=is_last) for is_last in (False, True)]
    return torch.cat([ends[0], middle, ends[1]], axis)


def _float_of(x: Any) -> torch.dtype:
    kind: torch.dtype = x.real.dtype if x.is_complex() else x.dtype
    return kind if kind.is_floating_point else torch.get_default_dtype()


def _end(x: Any, steps: Any, axis: int, edge_order: int, *, is_last: bool) -> Any:
    """Return the slope at an end, from two elements or from three."""
    extent = x.shape[axis]

    def element(k: int) -> Any:
        return x.narrow(axis, extent - 1 - k if is_last else k, 1)

    def step(k: int) -> Any:
        return steps.narrow(axis, extent - 2 - k if is_last else k, 1)

    sign = -1 if is_last else 1
    if edge_order == 1:
        return sign * (element(1) - element(0)) / step(0)
    near, far = step(0), step(1)
    return sign * (
        -(2 * near + far) / (near * (near + far)) * element(0)
        + (near + far) / (near * far) * element(1)
        - near / (far * (near + far)) * element(2)
    )


_HANDLERS: Final[Mapping[str, Callable[..., Any]]] = {
    "median": _median,
    "nanmedian": _nanmedian,
    "quantile": _quantile(skips_nan=False),
    "mode": _mode,
    "nanquantile": _quantile(skips_nan=True),
    "cov": _cov,
    "corrcoef": _corrcoef,
    "trapezoid": _trapezoid,
    "trapz": _trapezoid,
    "cumulative_trapezoid": _cumulative,
    "gradient": _gradient,
}
TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    f"{owner}.{name}": handler
    for name, handler in _HANDLERS.items()
    for owner in ("torch", "torch.Tensor")
}
