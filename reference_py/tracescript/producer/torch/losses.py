"""Losses that torch computes in one call, by their definition in others, which are recorded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor


def _reduced(losses: Any, reduction: int) -> Any:
    """Reduce as torch's number says: 0 not at all, 1 to the mean, 2 to the sum."""
    return (losses, losses.mean(), losses.sum())[reduction] if reduction else losses


def _margin_ranking(
    _: TorchDoor, x: Any, y: Any, target: Any, margin: float = 0.0, reduction: int = 1
) -> Any:
    return _reduced(torch.clamp(-target * (x - y) + margin, min=0), reduction)


def _hinge_embedding(
    _: TorchDoor, x: Any, target: Any, margin: float = 1.0, reduction: int = 1
) -> Any:
    far = torch.where(target != 1, torch.clamp(margin - x, min=0), 0.0)
    near = torch.where(target != -1, x, 0.0)
    return _reduced(far + near, reduction)


def _soft_margin(_: TorchDoor, x: Any, target: Any, reduction: int = 1) -> Any:
    return _reduced(torch.log1p(torch.exp(-target * x)), reduction)


def _triplet_margin(
    _: TorchDoor,
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: int = 1,
) -> Any:
    distance = torch.nn.functional.pairwise_distance
    near = distance(anchor, positive, p, eps)
    far = distance(anchor, negative, p, eps)
    if swap:
        far = torch.minimum(far, distance(positive, negative, p, eps))
    return _reduced(torch.clamp(margin + near - far, min=0), reduction)


def _cosine_embedding(
    _: TorchDoor, x: Any, y: Any, target: Any, margin: float = 0.0, reduction: int = 1
) -> Any:
    sizes = ((x * x).sum(-1) + _LEAST) * ((y * y).sum(-1) + _LEAST)
    cosine = (x * y).sum(-1) / torch.sqrt(sizes)
    near = torch.where(target == 1, 1 - cosine, 0.0)
    far = torch.where(target == -1, torch.clamp(cosine - margin, min=0), 0.0)
    return _reduced(near + far, reduction)


def _poisson_nll(
    _: TorchDoor, x: Any, target: Any, log_input: bool, full: bool, eps: float, reduction: int
) -> Any:
    losses = torch.exp(x) - target * x if log_input else x - target * torch.log(x + eps)
    if full:
        rest = target * torch.log(target) - target + 0.5 * torch.log(2 * math.pi * target)
        losses = losses + torch.where(target <= 1, 0.0, rest)
    return _reduced(losses, reduction)


def _multi_margin(
    _: TorchDoor,
    x: Any,
    target: Any,
    p: Any = 1,
    margin: Any = 1,
    weight: Any = None,
    reduction: int = 1,
) -> Any:
    rows, targets = x.reshape(-1, x.shape[-1]) if x.dim() else x.reshape(1, 1), target.reshape(-1)
    places = targets.unsqueeze(1)
    terms = torch.clamp(margin - rows.gather(1, places) + rows, min=0)
    terms = terms if p == 1 else terms * terms
    if weight is not None:
        terms = terms * weight[targets].unsqueeze(1)
    kept = torch.where(torch.arange(rows.shape[1]) == places, 0.0, terms)
    losses = kept.sum(1) / rows.shape[1]
    return _reduced(losses if target.dim() else losses.squeeze(0), reduction)


def _multilabel_margin(_: TorchDoor, x: Any, target: Any, reduction: int = 1) -> Any:
    """Classes of a row end at the first -1."""
    shape = x.shape
    rows, targets = (t.reshape(-1, t.shape[-1] if t.dim() else 1) for t in (x, target))
    is_class = torch.cumprod((targets >= 0).to(torch.int64), 1)
    places = torch.clamp(targets, min=0)
    among = torch.zeros_like(targets).scatter_reduce(1, places, is_class, "amax") > 0
    terms = torch.clamp(1 - rows.gather(1, places).unsqueeze(2) + rows.unsqueeze(1), min=0)
    counts = torch.logical_and((is_class > 0).unsqueeze(2), torch.logical_not(among).unsqueeze(1))
    losses = torch.where(counts, terms, 0.0).sum((1, 2)) / rows.shape[1]
    return _reduced(losses if len(shape) > 1 else losses.squeeze(0), reduction)


_LEAST: Final = 1e-12
"""What torch adds to squares of lengths."""
TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.margin_ranking_loss": _margin_ranking,
    "torch.hinge_embedding_loss": _hinge_embedding,
    "torch.triplet_margin_loss": _triplet_margin,
    "torch.cosine_embedding_loss": _cosine_embedding,
    "torch.poisson_nll_loss": _poisson_nll,
    "torch._C._nn.soft_margin_loss": _soft_margin,
    "torch._C._nn.multi_margin_loss": _multi_margin,
    "torch._C._nn.multilabel_margin_loss": _multilabel_margin,
}
