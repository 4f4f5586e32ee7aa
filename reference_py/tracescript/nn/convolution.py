"""Convolutions of one, two and three axes, and their transposes; the batch axis may be absent."""

from __future__ import annotations

import math
from typing import Any

from tracescript import ops
from tracescript.nn.batches import Batches
from tracescript.nn.module import uniform


def sizes(value: int | str | tuple[int, ...], rank: int) -> list[int]:
    """Return a number for each axis, from one number for all or one each.

    Raises ValueError for another count.
    """
    given = [value] * rank if isinstance(value, int) else list(value)
    numbers = [n for n in given if isinstance(n, int)]
    if len(given) != rank or len(numbers) != rank:
        message = f"one number or {rank} expected, found {value!r}"
        raise ValueError(message)
    return numbers


def _both_sides(padding: int | str | tuple[int, ...], spans: list[int]) -> list[int]:
    """Return the padding before and after each axis; `spans` are filters' extents less one."""
    if padding == "same":
        return [n for span in spans for n in (span // 2, span - span // 2)]
    padding = 0 if padding == "valid" else padding
    return [n for n in sizes(padding, len(spans)) for _ in range(2)]


class _Conv(Batches):
    """Filters (out_channels, in_channels / groups, *kernel) and how they move."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 1,
        padding: int | str | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        kernel = sizes(kernel_size, self.rank)
        self.stride = sizes(stride, self.rank)
        self.dilation = sizes(dilation, self.rank)
        if padding == "same" and max(self.stride) > 1:
            message = "padding 'same' needs stride 1"
            raise ValueError(message)
        spans = [d * (k - 1) for d, k in zip(self.dilation, kernel, strict=True)]
        self.padding = _both_sides(padding, spans)
        self.groups = groups
        inner = in_channels // groups
        bound = 1 / math.sqrt(inner * math.prod(kernel))
        self.weight = uniform((out_channels, inner, *kernel), bound)
        self.bias = uniform((out_channels,), bound) if bias else None


class Conv1d(_Conv):
    """One-dimensional cross-correlation. x: (N, C, L), y: (N, O, L')."""

    rank = 1

    def batch(self, x: Any) -> Any:
        """Filter a batch."""
        return ops.conv1d(
            x,
            self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )


class Conv2d(_Conv):
    """Two-dimensional cross-correlation. x: (N, C, H, W), y: (N, O, H', W')."""

    rank = 2

    def batch(self, x: Any) -> Any:
        """Filter a batch."""
        return ops.conv2d(
            x,
            self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )


class Conv3d(_Conv):
    """Three-dimensional cross-correlation. x: (N, C, D, H, W), y: (N, O, D', H', W')."""

    rank = 3

    def batch(self, x: Any) -> Any:
        """Filter a batch."""
        return ops.conv3d(
            x,
            self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )


class _ConvTranspose(Batches):
    """Filters (in_channels, out_channels / groups, *kernel) and how they move."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] = 0,
        output_padding: int | tuple[int, ...] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, ...] = 1,
    ) -> None:
        super().__init__()
        kernel = sizes(kernel_size, self.rank)
        self.stride = sizes(stride, self.rank)
        self.padding = sizes(padding, self.rank)
        self.output_padding = sizes(output_padding, self.rank)
        self.dilation = sizes(dilation, self.rank)
        self.groups = groups
        outer = out_channels // groups
        bound = 1 / math.sqrt(outer * math.prod(kernel))
        self.weight = uniform((in_channels, outer, *kernel), bound)
        self.bias = uniform((out_channels,), bound) if bias else None


class ConvTranspose1d(_ConvTranspose):
    """The transpose of Conv1d. x: (N, C, L), y: (N, O, L')."""

    rank = 1

    def batch(self, x: Any) -> Any:
        """Filter a batch."""
        return ops.conv_transpose1d(
            x,
            self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            output_padding=self.output_padding,
            groups=self.groups,
            dilation=self.dilation,
        )


class ConvTranspose2d(_ConvTranspose):
    """The transpose of Conv2d. x: (N, C, H, W), y: (N, O, H', W')."""

    rank = 2

    def batch(self, x: Any) -> Any:
        """Filter a batch."""
        return ops.conv_transpose2d(
            x,
            self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            output_padding=self.output_padding,
            groups=self.groups,
            dilation=self.dilation,
        )


class ConvTranspose3d(_ConvTranspose):
    """The transpose of Conv3d. x: (N, C, D, H, W), y: (N, O, D', H', W')."""

    rank = 3

    def batch(self, x: Any) -> Any:
        """Filter a batch."""
        return ops.conv_transpose3d(
            x,
            self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            output_padding=self.output_padding,
            groups=self.groups,
            dilation=self.dilation,
        )
