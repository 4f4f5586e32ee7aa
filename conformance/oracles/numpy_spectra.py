"""Fourier transforms by numpy, and short ones frame by frame from their definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_PAD = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def _one(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, n=None, dim=-1, norm="backward": function(x, n, dim, norm)


def _two(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, dim=(-2, -1), norm="backward": function(x, axes=tuple(dim), norm=norm)


def _short(
    x: Any,
    window: Any,
    n_fft: int,
    hop: int,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool = True,
) -> Any:
    if center:
        x = np.pad(x, n_fft // 2, _PAD[pad_mode])
    starts = range(0, len(x) - n_fft + 1, hop)
    frames = np.stack([x[s : s + n_fft] * window for s in starts], 1)
    made = np.fft.fft(frames, axis=0)
    made = made[: n_fft // 2 + 1] if onesided else made
    return made / np.sqrt(n_fft) if normalized else made


def _back(
    x: Any, window: Any, n_fft: int, hop: int, center: bool = True, normalized: bool = False
) -> Any:
    frames = np.fft.irfft(x, n_fft, axis=0) * window[:, None]
    size = n_fft + hop * (x.shape[1] - 1)
    total, weight = np.zeros(size), np.zeros(size)
    for k in range(x.shape[1]):
        total[k * hop : k * hop + n_fft] += frames[:, k]
        weight[k * hop : k * hop + n_fft] += window**2
    y = total / weight * (np.sqrt(n_fft) if normalized else 1.0)
    return y[n_fft // 2 : size - n_fft // 2] if center else y


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "fft2": _two(np.fft.fft2),
    "ifft": _one(np.fft.ifft),
    "ifft2": _two(np.fft.ifft2),
    "irfft": _one(np.fft.irfft),
    "istft": _back,
    "rfft": _one(np.fft.rfft),
    "rfft2": _two(np.fft.rfft2),
    "stft": _short,
}
"""Functions by op."""
