"""Arithmetic of torch that is a few ops: fused products, degrees, distances, NaN-free sums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _addcmul(_: TorchDoor, x: Any, a: Any, b: Any, *, value: Any = 1) -> Any:
    return x + a * b * value


def _addcdiv(_: TorchDoor, x: Any, a: Any, b: Any, *, value: Any = 1) -> Any:
    return x + a * value / b


def _scaled(factor: float) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: Any) -> Any:
        return x * factor

    return handler


def _trace(_: TorchDoor, x: Any) -> Any:
    return torch.diagonal(x).sum()


def _aminmax(_: TorchDoor, x: Any, *, dim: Any = None, keepdim: bool = False) -> Any:
    axes = () if dim is None else dim
    return torch.return_types.aminmax((torch.amin(x, axes, keepdim), torch.amax(x, axes, keepdim)))


def _nansum(_: TorchDoor, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    kept = torch.where(torch.isnan(x), 0.0, x)
    return kept.sum() if dim is None else kept.sum(dim, keepdim)


def _float_power(_: TorchDoor, x: Any, exponent: Any) -> Any:
    power = exponent.double() if isinstance(exponent, torch.Tensor) else exponent
    return torch.pow(x.double() if isinstance(x, torch.Tensor) else x, power)


def _pairwise(
    _: TorchDoor, x: Any, y: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    return torch.linalg.vector_norm(x - y + eps, p, -1, keepdim)


def _dist(_: TorchDoor, x: Any, y: Any, p: float = 2.0) -> Any:
    return torch.linalg.vector_norm((x - y).reshape(-1), p, 0)


def _atleast(rank: int) -> Callable[..., Any]:
    def handler(_: TorchDoor, *tensors: Any) -> Any:
        made = []
        for tensor in tensors:
            x = tensor
            while x.dim() < rank:
                x = x.unsqueeze(0 if x.dim() < 2 else -1)  # noqa: PLR2004  # the third axis is last
            made.append(x)
        return made[0] if len(made) == 1 else tuple(made)

    return handler


def _index_fill(_: TorchDoor, x: Any, dim: int, index: Any, value: Any) -> Any:
    y = x.clone()
    key = (*(slice(None),) * (dim % x.dim()), index)
    y[key] = value
    return y


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
    "torch.pairwise_distance": _pairwise,
    "torch.nn.functional.pairwise_distance": _pairwise,
    "torch.atleast_1d": _atleast(1),
    "torch.atleast_2d": _atleast(2),
    "torch.atleast_3d": _atleast(3),
}
