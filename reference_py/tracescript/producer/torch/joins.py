"""Calls of torch whose arguments no name table can bind: products added, joins, differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

from tracescript.producer.torch.named import matched
from tracescript.producer.torch.sizes import broadcast_shapes
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.torch.door import TorchDoor


def _added(door: TorchDoor, op: str, tensors: tuple[Any, ...], beta: Any, alpha: Any) -> Any:
    with door.paused():
        result = getattr(torch, op)(*tensors, beta=plain(beta), alpha=plain(alpha))
    if not result.dtype.is_floating_point:
        bias, a, b = tensors
        if not result.dtype.is_complex:
            beta, alpha = int(beta), int(alpha)
        return bias * beta + torch.matmul(a, b) * alpha
    numbers = {"beta": float(beta), "alpha": float(alpha)}
    matched(door, op, tensors, [result], **numbers)
    return result


def _addmm(
    door: TorchDoor,
    input: torch.Tensor,  # noqa: A002  # torch's name
    mat1: torch.Tensor,
    mat2: torch.Tensor,
    *,
    beta: Any = 1,
    alpha: Any = 1,
) -> Any:
    return _added(door, "addmm", (input, mat1, mat2), beta, alpha)


def _baddbmm(
    door: TorchDoor,
    input: torch.Tensor,  # noqa: A002  # torch's name
    batch1: torch.Tensor,
    batch2: torch.Tensor,
    *,
    beta: Any = 1,
    alpha: Any = 1,
) -> Any:
    return _added(door, "baddbmm", (input, batch1, batch2), beta, alpha)


def _cat(
    door: TorchDoor, tensors: Sequence[torch.Tensor], dim: int = 0, *, axis: int | None = None
) -> torch.Tensor:
    """Join tensors; torch passes over an empty one of rank 1 whatever the others are."""
    dim = dim if axis is None else axis
    with door.paused():
        result = torch.cat(tuple(tensors), plain(dim))
        joined = tuple(t for t in tensors if t.dim() == result.dim())
    matched(door, "cat", (joined,), [result], dim=dim)
    return result


def _broadcast_tensors(door: TorchDoor, *tensors: Any) -> Any:
    """Spread tensors to one size; those of several types each for itself."""
    given = tuple(tensors[0]) if isinstance(tensors[0], (tuple, list)) else tensors
    if len({t.dtype for t in given}) == 1:
        return door.mode.as_op(torch.broadcast_tensors, given, {})
    sizes = broadcast_shapes(*(t.shape for t in given))
    return tuple(t.expand(tuple(sizes)) for t in given)


def _diff(
    _: TorchDoor,
    x: torch.Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: torch.Tensor | None = None,
    append: torch.Tensor | None = None,
) -> torch.Tensor:
    """Write differences as a subtraction of slices, n times."""
    x = torch.cat([t for t in (prepend, x, append) if t is not None], dim)
    for _n in range(n):
        count = x.size(dim) - 1
        later, earlier = x.narrow(dim, 1, count), x.narrow(dim, 0, count)
        x = later != earlier if x.dtype == torch.bool else later - earlier
    return x


_HANDLERS: Final[Mapping[str, Callable[..., Any]]] = {
    "addmm": _addmm,
    "baddbmm": _baddbmm,
    "cat": _cat,
    "concat": _cat,
    "concatenate": _cat,
    "diff": _diff,
}
TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    f"{owner}.{name}": handler
    for name, handler in _HANDLERS.items()
    for owner in ("torch", "torch.Tensor")
} | {
    "torch.broadcast_tensors": _broadcast_tensors,
    "torch.functional.broadcast_tensors": _broadcast_tensors,
}
