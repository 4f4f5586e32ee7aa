"""Fourier transforms over several axes, of whole and of Hermitian numbers, axis by axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.torch.door import TorchDoor

_SWAPPED: Final = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}
"""Which scale the other direction has under the same name."""


def _float(x: Any) -> Any:
    is_inexact = x.is_floating_point() or x.is_complex()
    return x if is_inexact else x.to(torch.get_default_dtype())


def _complex(x: Any) -> Any:
    x = _float(x)
    return x if x.is_complex() else torch.complex(x, torch.zeros_like(x))


def _along_one(call: Any, cast: Callable[[Any], Any]) -> Callable[..., Any]:
    def handler(
        door: TorchDoor, x: Any, n: Any = None, dim: int = -1, norm: str | None = None
    ) -> Any:
        return door.mode.as_op(call, (cast(x), n, dim, norm), {})

    return handler


def _axes(x: Any, s: Any, dim: Any) -> list[tuple[int, Any]]:
    """Return the axes in order, each with the size it is cut or filled up to, None for its own."""
    if dim is None:
        dim = range(x.dim()) if s is None else range(-len(s), 0)
    axes = [dim] if isinstance(dim, int) else list(dim)
    sizes = [None] * len(axes) if s is None else list(s)
    return [(a, None if n == -1 else n) for a, n in zip(axes, sizes, strict=True)]


def _over_several(call: Any, default: Any, whole: Any = None) -> Callable[..., Any]:
    """Transform along each axis; of real numbers the last axis is halved first.

    `whole` has an op, which takes no sizes.
    """

    def handler(
        door: TorchDoor, x: Any, s: Any = None, dim: Any = default, norm: str | None = None
    ) -> Any:
        if s is None and whole is not None:
            return door.mode.as_op(whole, (_float(x), None, dim, norm), {})
        axes = _axes(x, s, dim)
        if call is torch.fft.rfft:
            x = torch.fft.rfft(x, axes[-1][1], axes[-1][0], norm)
            return _each(torch.fft.fft, x, axes[:-1], norm)
        if call is torch.fft.irfft:
            x = _each(torch.fft.ifft, _complex(x), axes[:-1], norm)
            return torch.fft.irfft(x, axes[-1][1], axes[-1][0], norm)
        return _each(call, x, axes, norm)

    return handler


def _each(call: Any, x: Any, axes: list[tuple[int, Any]], norm: str | None) -> Any:
    for axis, n in axes:
        x = call(x, n, axis, norm)
    return x


def _hermitian(plain: Any) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: Any, n: Any = None, dim: Any = -1, norm: str | None = None) -> Any:
        if plain is torch.fft.irfft:
            return plain(torch.conj(_complex(x)), n, dim, _SWAPPED[norm])
        return torch.conj(plain(x, n, dim, _SWAPPED[norm]))

    return handler


def _shift(sign: int) -> Callable[..., Any]:
    def handler(_: TorchDoor, x: Any, dim: Any = None) -> Any:
        dims = range(x.dim()) if dim is None else [dim] if isinstance(dim, int) else list(dim)
        for axis in dims:
            half = x.shape[axis] // 2
            x = torch.roll(x, half if sign > 0 else -half, axis)
        return x

    return handler


TABLE: Final[Mapping[str, Callable[..., Any]]] = {
    "torch.fft.fft": _along_one(torch.fft.fft, _float),
    "torch.fft.ifft": _along_one(torch.fft.ifft, _float),
    "torch.fft.rfft": _along_one(torch.fft.rfft, _float),
    "torch.fft.irfft": _along_one(torch.fft.irfft, _complex),
    "torch.fft.fft2": _over_several(torch.fft.fft, (-2, -1), torch.fft.fft2),
    "torch.fft.ifft2": _over_several(torch.fft.ifft, (-2, -1), torch.fft.ifft2),
    "torch.fft.rfft2": _over_several(torch.fft.rfft, (-2, -1), torch.fft.rfft2),
    "torch.fft.irfft2": _over_several(torch.fft.irfft, (-2, -1)),
    "torch.fft.fftn": _over_several(torch.fft.fft, None, torch.fft.fftn),
    "torch.fft.ifftn": _over_several(torch.fft.ifft, None),
    "torch.fft.rfftn": _over_several(torch.fft.rfft, None),
    "torch.fft.irfftn": _over_several(torch.fft.irfft, None),
    "torch.fft.hfft": _hermitian(torch.fft.irfft),
    "torch.fft.ihfft": _hermitian(torch.fft.rfft),
    "torch.fft.fftshift": _shift(1),
    "torch.fft.ifftshift": _shift(-1),
}
