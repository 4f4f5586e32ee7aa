"""Layers that keep the elements and change where they stand: flatten, pad, resize; dropout."""

from __future__ import annotations

import math
from typing import Any

from tracescript import ops
from tracescript.nn.convolution import sizes
from tracescript.nn.module import Module

_RESIZING = {"nearest": "nearest", "bilinear": "linear", "bicubic": "cubic"}
"""Modes by torch's names for planes."""


class Identity(Module):
    """y = x."""

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return x


class Dropout(Module):
    """The identity that keeps its meaning; this library only evaluates."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.dropout(x, p=self.p)


class Dropout2d(Module):
    """Dropout of whole channels; the identity here, as Dropout."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.feature_dropout(x, p=self.p)


class Dropout1d(Dropout2d):
    """Dropout of whole channels of rows."""


class Dropout3d(Dropout2d):
    """Dropout of whole channels of volumes."""


class Flatten(Module):
    """Join the axes start_dim..end_dim into one. x: (N, ...), y: (N, product of the rest)."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.flatten(x, start_dim=self.start_dim, end_dim=self.end_dim)


class Unflatten(Module):
    """Split one axis into several of the given sizes."""

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = list(unflattened_size)

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.unflatten(x, self.unflattened_size, dim=self.dim)


class ZeroPad2d(Module):
    """Zeros around planes: one number for all sides, or (left, right, top, bottom)."""

    def __init__(self, padding: int | tuple[int, int, int, int]) -> None:
        super().__init__()
        self.padding = sizes(padding, 4)

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.pad(x, self.padding)


class ConstantPad2d(Module):
    """A value around planes: one number for all sides, or (left, right, top, bottom)."""

    def __init__(self, padding: int | tuple[int, int, int, int], value: float) -> None:
        super().__init__()
        self.padding = sizes(padding, 4)
        self.value = float(value)

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.pad(x, self.padding, value=self.value)


class ReplicationPad2d(Module):
    """The edges of planes repeated: one number, or (left, right, top, bottom)."""

    def __init__(self, padding: int | tuple[int, int, int, int]) -> None:
        super().__init__()
        self.padding = sizes(padding, 4)

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.pad(x, self.padding, mode="replicate")


class ReflectionPad2d(Module):
    """The plane mirrored around itself: one number, or (left, right, top, bottom)."""

    def __init__(self, padding: int | tuple[int, int, int, int]) -> None:
        super().__init__()
        self.padding = sizes(padding, 4)

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.pad(x, self.padding, mode="reflect")


class PixelShuffle(Module):
    """Channels into planes: (N, C * r * r, H, W) to (N, C, H * r, W * r)."""

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.pixel_shuffle(x, factor=self.upscale_factor)


class PixelUnshuffle(Module):
    """Planes into channels: (N, C, H * r, W * r) to (N, C * r * r, H, W)."""

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.pixel_unshuffle(x, factor=self.downscale_factor)


class ChannelShuffle(Module):
    """Channels of groups taken in turn. x: (N, C, *)."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        return ops.channel_shuffle(x, groups=self.groups)


class Upsample(Module):
    """Planes to `size` or by `scale_factor`. x: (N, C, H, W); mode nearest, bilinear, bicubic."""

    def __init__(
        self,
        size: int | tuple[int, int] | None = None,
        scale_factor: float | tuple[float, float] | None = None,
        mode: str = "nearest",
        align_corners: bool = False,
    ) -> None:
        super().__init__()
        if mode not in _RESIZING:
            message = f"mode {' or '.join(_RESIZING)} expected, found {mode!r}"
            raise ValueError(message)
        if (size is None) == (scale_factor is None):
            message = "either a size or a scale_factor is expected"
            raise ValueError(message)
        self.output_size = None if size is None else sizes(size, 2)
        self.scales = None if scale_factor is None else _scales(scale_factor)
        self.mode = _RESIZING[mode]
        self.align_corners = align_corners

    def forward(self, x: Any) -> Any:
        """Apply the layer."""
        if self.scales is None:
            return ops.interpolate(
                x, self.output_size, mode=self.mode, align_corners=self.align_corners
            )
        size = [math.floor(n * s) for n, s in zip(x.shape[2:], self.scales, strict=True)]
        return ops.interpolate(
            x, size, self.scales, mode=self.mode, align_corners=self.align_corners
        )


def _scales(factor: float | tuple[float, float]) -> list[float]:
    """Return a factor for each axis. Raises ValueError for another count."""
    given = [factor, factor] if isinstance(factor, (int, float)) else list(factor)
    if len(given) != 2:  # noqa: PLR2004  # height and width
        message = f"one factor or 2 expected, found {factor!r}"
        raise ValueError(message)
    return [float(n) for n in given]
