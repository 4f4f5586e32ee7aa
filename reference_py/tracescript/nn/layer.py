"""Layers with weights: linear, convolution, embedding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tracescript import ops
from tracescript.nn.module import Module, Parameter, uniform


def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """Return (v, v) for a number and the pair itself otherwise."""
    return (value, value) if isinstance(value, int) else (value[0], value[1])


class Linear(Module):
    """y = x @ weight.T + bias. x: (*, in_features), y: (*, out_features)."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        bound = 1 / math.sqrt(max(in_features, 1))
        self.weight = uniform((out_features, in_features), bound)
        self.bias = uniform((out_features,), bound) if bias else None

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.linear(x, self.weight, bias=self.bias)


class Conv2d(Module):
    """Two-dimensional cross-correlation. x: (N, C, H, W), y: (N, O, H', W')."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        height, width = pair(kernel_size)
        top, left = pair(padding)
        self.stride = list(pair(stride))
        self.padding = [top, top, left, left]
        self.dilation = list(pair(dilation))
        self.groups = groups
        inner = in_channels // groups
        bound = 1 / math.sqrt(inner * height * width)
        self.weight = uniform((out_channels, inner, height, width), bound)
        self.bias = uniform((out_channels,), bound) if bias else None

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.conv2d(
            x,
            self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )


class Embedding(Module):
    """Rows of a table by index. x: int64 (*), y: (*, embedding_dim)."""

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        super().__init__()
        table = np.random.default_rng(num_embeddings).standard_normal(
            (num_embeddings, embedding_dim)
        )
        self.weight = Parameter(table.astype(np.float32))

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.embedding(x, self.weight)
