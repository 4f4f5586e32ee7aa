"""Arithmetic of torch that is a few ops: fused products, degrees, distances, NaN-free sums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _addcmul(_: TorchDoor, x: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    return x + tensor1 * tensor2 * value


def _addcdiv(_: TorchDoor, x: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    return x + tensor1 * value / tensor2


def _scaled(factor: float) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: Any) -> Any:
        return x * factor

    return handler


def _trace(_: TorchDoor, x: Any) -> Any:
    return torch.diagonal(x).sum()


def _aminmax(_: TorchDoor, x: Any, *, dim: Any = None, keepdim: bool = False) -> Any:
    axes = () if dim is None else dim
    return torch.return_types.aminmax((torch.amin(x, axes, keepdim), torch.amax(x, axes, keepdim)))


def _nansum(
    _: TorchDoor, x: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None
) -> Any:
    kept = torch.where(torch.isnan(x), 0.0, x) if x.is_floating_point() else x
    return torch.sum(kept, dim, keepdim, dtype=dtype)


def _float_power(_: TorchDoor, x: Any, exponent: Any) -> Any:
    power = exponent.double() if isinstance(exponent, torch.Tensor) else exponent
    return torch.pow(x.double() if isinstance(x, torch.Tensor) else x, power)


def _pairwise(
    _: TorchDoor, x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    return torch.linalg.vector_norm(x1 - x2 + eps, p, -1, keepdim)


def _dist(_: TorchDoor, x: Any, y: Any, p: float = 2.0) -> Any:
    return torch.linalg.vector_norm((x - y).reshape(-1), p, 0)


def _atleast(rank: int) -> Callable[..., Any]:
    def handler(_: TorchDoor, *given: Any) -> Any:
        made = []
        for tensor in given[0] if isinstance(given[0], (tuple, list)) else given:
            x = tensor
            while x.dim() < rank:
                x = x.unsqueeze(0 if x.dim() < 2 else -1)  # noqa: PLR2004  # the third axis is last
            made.append(x)
        return made[0] if isinstance(given[0], torch.Tensor) and len(given) == 1 else tuple(made)

    return handler


def _index_fill(_: TorchDoor, x: Any, dim: int, index: Any, value: Any) -> Any:
    y = x.clone()
    key = (*(slice(None),) * (dim % x.dim()), index)
    y[key] = value
    return y


def _roll(door: TorchDoor, x: Any, shifts: Any, dims: Any = ()) -> Any:
    """Roll elements; without axes in the order in which they lie."""
    if dims is None or (isinstance(dims, (tuple, list)) and not dims):
        return torch.roll(x.reshape(-1), shifts, 0).reshape(x.shape)
    return door.mode.as_op(torch.roll, (x, shifts, dims), {})


def _flip(door: TorchDoor, x: Any, *axes: Any, dims: Any = None) -> Any:
    dims = axes if dims is None else (dims,)
    axes = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else dims
    return door.mode.as_op(torch.flip, (x, axes), {}) if axes else x.clone()


def _fill_diagonal(_: TorchDoor, x: Any, fill_value: Any, wrap: bool = False) -> Any:
    """Write where all indices are equal; `wrap` begins again a row below a tall matrix' end."""
    rows, columns = x.shape[0], x.shape[1]
    if wrap and x.dim() == 2 and rows > columns:  # noqa: PLR2004  # a matrix
        places = torch.arange(0, rows * columns, columns + 1)
        x[torch.div(places, columns, rounding_mode="floor"), places % columns] = fill_value
        return x
    along = torch.arange(min(rows, columns))
    x[(along,) * x.dim()] = fill_value
    return x


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    **{f"{owner}.addcmul": _addcmul for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.addcdiv": _addcdiv for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.deg2rad": _scaled(math.pi / 180) for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.rad2deg": _scaled(180 / math.pi) for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.trace": _trace for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.aminmax": _aminmax for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.nansum": _nansum for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.float_power": _float_power for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.dist": _dist for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.index_fill": _index_fill for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.roll": _roll for owner in ("torch", "torch.Tensor")},
    **{f"{owner}.flip": _flip for owner in ("torch", "torch.Tensor")},
    "torch.Tensor.fill_diagonal_": _fill_diagonal,
    "torch.pairwise_distance": _pairwise,
    "torch.nn.functional.pairwise_distance": _pairwise,
    "torch.atleast_1d": _atleast(1),
    "torch.atleast_2d": _atleast(2),
    "torch.atleast_3d": _atleast(3),
}
