"""Fourier transforms, complex numbers, and matrix norms."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tools.verify.layout import copies, over_types
from tools.verify.plan import Call, Plans, Stop, call, types_of
from tools.verify.reductions import sum_bound
from tools.verify.values import array
from tracescript import ir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANS = Plans()
_NORMS = ("backward", "ortho", "forward")


def _lines(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        for shape, dim in (
            ((8,), 0),
            ((1,), -1),
            ((5,), 0),
            ((2, 3, 4), 1),
            ((3, 7), -1),
            ((0, 4), 1),
        ):
            for norm in _NORMS:
                if op == "irfft" and shape == (1,):
                    yield call(array(data_type, shape), n=1, dim=dim, norm=norm)
                    continue
                yield call(array(data_type, shape), dim=dim, norm=norm)
            yield call(array(data_type, shape), n=6, dim=dim)
            yield call(array(data_type, shape), n=3, dim=dim, norm="ortho")


def _planes(op: str) -> Iterator[Call]:
    for data_type in types_of(op):
        for shape in ((4, 3), (2, 5, 4), (1, 1)):
            for norm in _NORMS:
                yield call(array(data_type, shape), norm=norm)
            yield call(array(data_type, shape), dim=(-1, 0))


def transform(op: str, x: Any, **how: Any) -> Any:
    """Transform by torch."""
    if x.numel() == 0:
        n = how.get("n") or x.shape[how["dim"]]
        shape = list(x.shape)
        shape[how["dim"]] = (
            n // 2 + 1 if op == "rfft" else 2 * (n - 1) if op == "irfft" and not how.get("n") else n
        )
        return torch.zeros(shape, dtype=torch.complex128 if op != "irfft" else torch.float64)
    if op == "fftn" and how["dim"] is not None:
        how["dim"] = list(how["dim"])
    return getattr(torch.fft, op)(
        x, **{k: list(v) if isinstance(v, tuple) else v for k, v in how.items()}
    )


def spectrum_bound(u: float, y: Any, x: Any, *, norm: str, **how: Any) -> Any:
    """Bound a transform of K points."""
    del how
    k = max(x.numel(), np.size(y), 1)
    scale = {"backward": 1.0, "ortho": 1.0, "forward": 1.0}[norm]
    return (2 * np.sqrt(k) + 2) * u * float(abs(x).sum()) * 2 * scale + 0 * np.abs(y)


for name in ("fft", "ifft", "rfft", "irfft"):
    PLANS.add(
        name,
        functools.partial(_lines, name),
        functools.partial(transform, name),
        absolute=spectrum_bound,
    )
for name in ("fft2", "ifft2", "rfft2", "fftn"):
    PLANS.add(
        name,
        functools.partial(_planes, name),
        functools.partial(transform, name),
        absolute=spectrum_bound,
    )


def _windows(data_type: Any, n: int) -> list[Any]:
    return [None, abs(array(data_type, (n,), 5)) + array(data_type, ()).dtype.type(0.5)]


def _frames() -> Iterator[Call]:
    for data_type in types_of("stft"):
        for window in _windows(data_type, 8):
            for shape in ((24,), (2, 20)):
                yield call(array(data_type, shape), window, n_fft=8, hop=4)
                yield call(
                    array(data_type, shape), window, n_fft=8, hop=3, center=False, onesided=False
                )
                yield call(
                    array(data_type, shape),
                    window,
                    n_fft=8,
                    hop=2,
                    pad_mode="constant",
                    normalized=True,
                )


def _stft(
    x: Any,
    window: Any = None,
    *,
    n_fft: int,
    hop: int,
    center: bool,
    pad_mode: str,
    normalized: bool,
    onesided: bool,
) -> Any:
    w = torch.ones(n_fft, dtype=x.dtype) if window is None else window
    return torch.stft(
        x, n_fft, hop, n_fft, w, center, pad_mode, normalized, onesided, return_complex=True
    )


PLANS.add(
    "stft",
    _frames,
    _stft,
    absolute=lambda u, y, x, window=None, **how: (
        (2 * np.sqrt(how["n_fft"]) + 4) * u * float(abs(x).max()) * 20 + 0 * np.abs(y)
    ),
)


def _inverses() -> Iterator[Call]:
    for data_type in types_of("istft"):
        real = ir.DataType.FLOAT32 if data_type is ir.DataType.COMPLEX64 else ir.DataType.FLOAT64
        for window in _windows(real, 8):
            yield call(array(data_type, (5, 7)), window, None, n_fft=8, hop=4)
            yield call(array(data_type, (2, 5, 7)), window, 20, n_fft=8, hop=2, normalized=True)


def _istft(
    x: Any,
    window: Any = None,
    length: Any = None,
    *,
    n_fft: int,
    hop: int,
    center: bool,
    normalized: bool,
) -> Any:
    w = torch.ones(n_fft, dtype=torch.float64) if window is None else window
    return torch.istft(x, n_fft, hop, n_fft, w, center, normalized, onesided=True, length=length)


PLANS.add(
    "istft",
    _inverses,
    _istft,
    absolute=lambda u, y, x, window=None, length=None, **how: (
        60 * how["n_fft"] * u * float(abs(x).max()) + 0 * abs(y)
    ),
)
PLANS.add(
    "hann_window",
    lambda: [
        call(n, periodic=p, dtype=ir.DataType(d))
        for d in ("float32", "float64", "float16", "bfloat16")
        for n in (0, 1, 2, 7, 70, -1)
        for p in (True, False)
    ],
    lambda n, periodic, dtype: (
        torch.hann_window(n, periodic, dtype=torch.float64) if n >= 0 else _stop()
    ),
)


def _stop() -> Any:
    raise Stop("VALUE_ERROR")


def _both(op: str, make: Callable[..., Any]) -> Iterator[Call]:
    for data_type in types_of(op):
        for a, b in (((), ()), ((5,), ()), ((2, 1), (1, 3)), ((0,), (1,))):
            yield make(array(data_type, a, 1), array(data_type, b, 2))


PLANS.add(
    "complex",
    functools.partial(_both, "complex", call),
    lambda a, b: torch.complex(*torch.broadcast_tensors(a, b)),
)
PLANS.add(
    "polar",
    functools.partial(_both, "polar", lambda a, b: call(np.asarray(abs(a)), b)),
    lambda r, a: torch.polar(*torch.broadcast_tensors(r, a)),
    absolute=lambda u, z, r, a: 16 * u * np.abs(z),
)
_SOME = ((), (5,), (0,), (2, 3, 2))
for name in ("conj", "real", "imag", "angle"):
    PLANS.add(
        name,
        functools.partial(over_types, name, lambda a: [call(a(*s)) for s in _SOME]),
        lambda x, f=getattr(torch, name): f(x).resolve_conj(),
        absolute=lambda u, y, x: 12 * u * np.abs(y) if x.numel() else 0.0,
    )
copies(
    "view_as_complex",
    lambda a: [call(a(2)), call(a(3, 2)), call(a(2, 0, 2))],
    lambda x: torch.complex(x[..., 0], x[..., 1]),
)
copies(
    "view_as_real",
    lambda a: [call(a()), call(a(3)), call(a(2, 0))],
    lambda x: torch.stack([x.real, x.imag], -1),
)
_ORDERS = ("fro", "nuc", "2", "-2", "1", "-1", "inf", "-inf")


def _matrix_norms() -> Iterator[Call]:
    for data_type in types_of("linalg_matrix_norm"):
        for order in _ORDERS:
            for shape in ((3, 3), (2, 4, 3), (1, 1)):
                for keepdim in (False, True):
                    yield call(array(data_type, shape), ord=order, keepdim=keepdim)


def _matrix_norm(x: Any, ord: str, keepdim: bool) -> Any:
    order: Any = ord if ord in {"fro", "nuc"} else float(ord)
    return torch.linalg.matrix_norm(x, order, keepdim=keepdim)


PLANS.add(
    "linalg_matrix_norm",
    _matrix_norms,
    _matrix_norm,
    absolute=lambda u, y, x, ord, keepdim: (
        (40 + 16 * 12) * u * np.max(np.abs(y)) * (4 if "2" in ord else 1) + 0 * np.abs(y)
    ),
)
del sum_bound
