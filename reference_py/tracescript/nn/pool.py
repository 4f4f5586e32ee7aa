"""Pooling layers over planes (N, C, H, W)."""

from __future__ import annotations

from typing import Any

from tracescript import ops
from tracescript.nn.layer import pair
from tracescript.nn.module import Module


class MaxPool2d(Module):
    """The largest element of each window."""

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.kernel_size = list(pair(kernel_size))
        self.stride = list(pair(kernel_size if stride is None else stride))
        self.padding = list(pair(padding))

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        y, _ = ops.max_pool2d(x, kernel=self.kernel_size, stride=self.stride, padding=self.padding)
        return y


class AvgPool2d(Module):
    """The mean of each window, padding counted as zeros."""

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.kernel_size = list(pair(kernel_size))
        self.stride = list(pair(kernel_size if stride is None else stride))
        self.padding = list(pair(padding))

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.avg_pool2d(x, kernel=self.kernel_size, stride=self.stride, padding=self.padding)


class AdaptiveAvgPool2d(Module):
    """The mean of windows chosen so that the result has the given size."""

    def __init__(self, output_size: int | tuple[int, int]) -> None:
        super().__init__()
        self.output_size = list(pair(output_size))

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.adaptive_avg_pool2d(x, output_size=self.output_size)
