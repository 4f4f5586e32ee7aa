"""Calls of torch for signals, quantized numbers and norms of matrices."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional


def _along(v: Any, x: Any, axis: int) -> Any:
    return v.reshape([-1 if d == axis % x.dim() else 1 for d in range(x.dim())])


def _quantize(x: Any, scale: Any, zero_point: Any, qmin: int, qmax: int, dtype: Any) -> Any:
    """Divide, as the definition says: torch multiplies by the inverse, and takes NaN otherwise."""
    steps = torch.round(x / scale) + zero_point
    return steps.nan_to_num(0.0, qmax, qmin).clamp(qmin, qmax).to(dtype)


def _quantize_channels(x: Any, scale: Any, zero_point: Any, axis: int, **to: Any) -> Any:
    return _quantize(x, _along(scale, x, axis), _along(zero_point, x, axis), **to)


def _dequantize(x: Any, scale: Any, zero_point: Any, axis: int | None = None) -> Any:
    if axis is not None:
        scale, zero_point = _along(scale, x, axis), _along(zero_point, x, axis)
    return (x.to(torch.int64) - zero_point) * scale


def _fake_channels(x: Any, scale: Any, zero_point: Any, axis: int, qmin: int, qmax: int) -> Any:
    zeros = zero_point.to(torch.int32)
    return torch.fake_quantize_per_channel_affine(
        x.float(), scale.float(), zeros, axis, qmin, qmax
    ).double()


def _with_numbers(function: Any) -> Any:
    def run(
        x: Any,
        x_scale: Any,
        x_zero: Any,
        weight: Any,
        w_scale: Any,
        w_zero: Any,
        bias: Any = None,
        **to: Any,
    ) -> Any:
        filters = _dequantize(weight, w_scale, w_zero, 0)
        return function(_dequantize(x, x_scale, x_zero), filters, bias, **to)

    return run


def _padded_conv2d(x: Any, w: Any, bias: Any, padding: Any = (0, 0, 0, 0), **to: Any) -> Any:
    top, bottom, left, right = padding
    return functional.conv2d(functional.pad(x, (left, right, top, bottom)), w, bias, **to)


def _matrix_norm(x: Any, ord: str = "fro", keepdim: bool = False) -> Any:  # noqa: A002 - the op's
    order: Any = ord if ord in {"fro", "nuc"} else float(ord)
    return torch.linalg.matrix_norm(x, order, keepdim=keepdim)


def _stft(x: Any, window: Any = None, **to: Any) -> Any:
    n_fft, hop = to.pop("n_fft"), to.pop("hop")
    return torch.stft(x, n_fft, hop, window=window, return_complex=True, **to)


def _istft(x: Any, window: Any = None, length: Any = None, **to: Any) -> Any:
    n_fft, hop = to.pop("n_fft"), to.pop("hop")
    return torch.istft(x, n_fft, hop, window=window, length=length, **to)


def _take_along(x: Any, index: Any, dim: int) -> Any:
    """Count negative places from the end; torch has none here."""
    return torch.take_along_dim(x, torch.where(index < 0, index + x.shape[dim], index), dim)


SIGNALS: dict[str, Any] = {
    "bucketize": lambda x, boundaries, right=False: torch.bucketize(x, boundaries, right=right),
    "dequantize": _dequantize,
    "fake_quantize_per_channel": _fake_channels,
    "hann_window": lambda n, periodic=True, dtype=torch.float32: torch.hann_window(
        n, periodic, dtype=torch.float64
    ).to(dtype),
    "istft": _istft,
    "linalg_matrix_norm": _matrix_norm,
    "q_conv2d": _with_numbers(_padded_conv2d),
    "q_linear": _with_numbers(functional.linear),
    "quantize_per_channel": _quantize_channels,
    "quantize_per_tensor": _quantize,
    "stft": _stft,
    "take_along_dim": _take_along,
}
"""Functions of torch by op, called with the op's own names."""
