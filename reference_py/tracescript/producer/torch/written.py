"""Calls of torch that are several others: what traces record of them, and what scripts compile."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  # as everybody writes it


def cross_entropy(x: Any, target: Any, weight: Any, reduction: str, label_smoothing: float) -> Any:
    """`F.cross_entropy` of targets that are probabilities."""
    if x.shape != target.shape:
        raise RuntimeError("Expected floating point type target to have the shape of the input")
    if x.dim() == 1:
        x, target = x.unsqueeze(0), target.unsqueeze(0)
        loss = of_classes(x, target, weight, label_smoothing).squeeze(0)
    else:
        loss = of_classes(x, target, weight, label_smoothing)
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / loss.numel()


def of_classes(x: Any, target: Any, weight: Any, label_smoothing: float) -> Any:
    """The loss of each sample; the classes are the second axis."""
    if label_smoothing > 0:
        target = target * (1 - label_smoothing) + label_smoothing / x.size(1)
    terms = F.log_softmax(x, 1) * target
    if weight is not None:
        terms = terms * weight.reshape([-1] + [1] * (x.dim() - 2))
    return -terms.sum(1)


def max_unpool(x: Any, indices: Any, size: Any, axes: int) -> Any:
    """Zeros of a size, with the elements of `x` where they had been before the pooling."""
    lead = list(x.shape[:-axes])
    total = 1
    for n in size:
        total = total * n
    flat = torch.zeros(lead + [total], dtype=x.dtype)  # noqa: RUF005  # scripts know the sum
    flat = flat.scatter(-1, indices.flatten(-axes), x.flatten(-axes))
    return flat.reshape(lead + list(size))


def weighted_bags(indices: Any, weight: Any, offsets: Any, factors: Any) -> Any:
    """`F.embedding_bag` of a vector of indices: sums of rows, each times its factor."""
    if indices.shape != factors.shape:
        raise ValueError("expected per_sample_weights to have the shape of the indices")
    rows = F.embedding(indices, weight) * factors.unsqueeze(-1)
    bag = torch.searchsorted(offsets, torch.arange(indices.size(0)), right=True) - 1
    empty = torch.zeros((offsets.size(0), weight.size(1)), dtype=weight.dtype)
    return empty.index_add(0, bag, rows)


def normalized(x: Any, weight: Any, bias: Any, eps: float) -> Any:
    """`F.batch_norm` without running statistics."""
    rows = x.transpose(0, 1).flatten(1)
    return F.batch_norm(x, rows.mean(1), rows.var(1, correction=0), weight, bias, False, 0.0, eps)
