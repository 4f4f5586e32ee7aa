"""Normalisation layers; statistics are given, never updated."""

from __future__ import annotations

from typing import Any

import numpy as np

from tracescript import ops
from tracescript.nn.batches import Batches
from tracescript.nn.module import Module, Parameter


def _ones(shape: int | tuple[int, ...]) -> Parameter:
    return Parameter(np.ones(shape, np.float32))


def _zeros(shape: int | tuple[int, ...]) -> Parameter:
    return Parameter(np.zeros(shape, np.float32))


def _check_momentum(momentum: object) -> None:
    """Refuse a bool, which is meant for `affine`."""
    if isinstance(momentum, bool):
        message = f"momentum is a number or None, found {momentum}; affine comes after it"
        raise TypeError(message)


class _BatchNorm(Module):
    """Normalise each channel by given statistics. x: (N, C, *).

    `momentum` is torch's for training; statistics are not updated here, so it changes nothing.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        super().__init__()
        _check_momentum(momentum)
        if not track_running_stats:
            message = "batch norm here goes by running statistics: track_running_stats is True"
            raise ValueError(message)
        self.eps = eps
        self.running_mean: Any
        self.running_var: Any
        self.weight = _ones(num_features) if affine else None
        self.bias = _zeros(num_features) if affine else None
        self.register_buffer("running_mean", np.zeros(num_features, np.float32))
        self.register_buffer("running_var", np.ones(num_features, np.float32))

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.batch_norm(
            x, self.running_mean, self.running_var, weight=self.weight, bias=self.bias, eps=self.eps
        )


class BatchNorm1d(_BatchNorm):
    """Batch norm over (N, C) or (N, C, L)."""


class BatchNorm2d(_BatchNorm):
    """Batch norm over (N, C, H, W)."""


class BatchNorm3d(_BatchNorm):
    """Batch norm over (N, C, D, H, W)."""


class _InstanceNorm(Batches):
    """Normalise each channel of each sample by its own mean and variance.

    x: (N, C, *), or (C, *) for one sample. `momentum` is torch's, for statistics that are not kept
    here: it changes nothing.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
    ) -> None:
        super().__init__()
        _check_momentum(momentum)
        if track_running_stats:
            message = "instance norm here keeps no running statistics: track_running_stats is False"
            raise ValueError(message)
        self.eps = eps
        self.weight = _ones(num_features) if affine else None
        self.bias = _zeros(num_features) if affine else None

    def batch(self, x: Any) -> Any:
        """Normalise a batch."""
        return ops.instance_norm(x, weight=self.weight, bias=self.bias, eps=self.eps)


class InstanceNorm1d(_InstanceNorm):
    """Instance norm over (N, C, L), or without N."""

    rank = 1


class InstanceNorm2d(_InstanceNorm):
    """Instance norm over (N, C, H, W), or without N."""

    rank = 2


class InstanceNorm3d(_InstanceNorm):
    """Instance norm over (N, C, D, H, W), or without N."""

    rank = 3


class LayerNorm(Module):
    """Normalise over the last axes, then scale and shift. x: (*, normalized_shape)."""

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        shape = (
            (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        )
        self.normalized_rank = len(shape)
        self.eps = eps
        self.weight = _ones(shape) if elementwise_affine else None
        self.bias = _zeros(shape) if elementwise_affine and bias else None

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.layer_norm(
            x,
            weight=self.weight,
            bias=self.bias,
            normalized_rank=self.normalized_rank,
            eps=self.eps,
        )


class RMSNorm(Module):
    """Divide by the root mean square over the last axis, then scale. x: (*, size).

    `eps` is 1e-6 where none is given; torch takes the machine epsilon of x then.
    """

    def __init__(self, size: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = _ones(size)

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.rms_norm(x, weight=self.weight, eps=self.eps)


class GroupNorm(Module):
    """Normalise groups of channels. x: (N, C, *)."""

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        super().__init__()
        self.num_groups = num_groups
        self.eps = eps
        self.weight = _ones(num_channels) if affine else None
        self.bias = _zeros(num_channels) if affine else None

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.group_norm(
            x, weight=self.weight, bias=self.bias, groups=self.num_groups, eps=self.eps
        )
