"""Pooling layers over rows (N, C, L), planes (N, C, H, W) and volumes (N, C, D, H, W).

The batch axis N may be absent.
"""

from __future__ import annotations

from typing import Any

from tracescript import ops
from tracescript.nn.batches import Batches
from tracescript.nn.convolution import sizes


class _MaxPool(Batches):
    """The largest element of each window."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        *,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = sizes(kernel_size, self.rank)
        self.stride = sizes(kernel_size if stride is None else stride, self.rank)
        self.padding = sizes(padding, self.rank)
        self.dilation = sizes(dilation, self.rank)
        self.ceil_mode = ceil_mode


class MaxPool1d(_MaxPool):
    """The largest element of each window of a row."""

    rank = 1

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        y, _ = ops.max_pool1d(
            x,
            kernel=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )
        return y


class MaxPool2d(_MaxPool):
    """The largest element of each window of a plane."""

    rank = 2

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        y, _ = ops.max_pool2d(
            x,
            kernel=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )
        return y


class MaxPool3d(_MaxPool):
    """The largest element of each window of a volume."""

    rank = 3

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        y, _ = ops.max_pool3d(
            x,
            kernel=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )
        return y


class _AvgPool(Batches):
    """The mean of each window; padding counts as zeros unless `count_include_pad` is off."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = sizes(kernel_size, self.rank)
        self.stride = sizes(kernel_size if stride is None else stride, self.rank)
        self.padding = sizes(padding, self.rank)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad


class AvgPool1d(_AvgPool):
    """The mean of each window of a row."""

    rank = 1

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        return ops.avg_pool1d(
            x,
            kernel=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )


class AvgPool2d(_AvgPool):
    """The mean of each window of a plane."""

    rank = 2

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        return ops.avg_pool2d(
            x,
            kernel=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )


class AvgPool3d(_AvgPool):
    """The mean of each window of a volume."""

    rank = 3

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        return ops.avg_pool3d(
            x,
            kernel=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )


class AdaptiveAvgPool1d(Batches):
    """The mean of windows chosen so that the row has the given size."""

    rank = 1

    def __init__(self, output_size: int) -> None:
        super().__init__()
        self.output_size = sizes(output_size, 1)

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        return ops.adaptive_avg_pool1d(x, output_size=self.output_size)


class AdaptiveAvgPool2d(Batches):
    """The mean of windows chosen so that the plane has the given size."""

    rank = 2

    def __init__(self, output_size: int | tuple[int, int]) -> None:
        super().__init__()
        self.output_size = sizes(output_size, 2)

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        return ops.adaptive_avg_pool2d(x, output_size=self.output_size)


class AdaptiveAvgPool3d(Batches):
    """The mean of windows chosen so that the volume has the given size."""

    rank = 3

    def __init__(self, output_size: int | tuple[int, int, int]) -> None:
        super().__init__()
        self.output_size = sizes(output_size, 3)

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        return ops.adaptive_avg_pool3d(x, output_size=self.output_size)


class AdaptiveMaxPool1d(Batches):
    """The largest element of windows chosen so that the row has the given size."""

    rank = 1

    def __init__(self, output_size: int) -> None:
        super().__init__()
        self.output_size = sizes(output_size, 1)

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        y, _ = ops.adaptive_max_pool1d(x, output_size=self.output_size)
        return y


class AdaptiveMaxPool2d(Batches):
    """The largest element of windows chosen so that the plane has the given size."""

    rank = 2

    def __init__(self, output_size: int | tuple[int, int]) -> None:
        super().__init__()
        self.output_size = sizes(output_size, 2)

    def batch(self, x: Any) -> Any:
        """Pool a batch."""
        y, _ = ops.adaptive_max_pool2d(x, output_size=self.output_size)
        return y
