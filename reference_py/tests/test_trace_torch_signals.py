"""torch calls on signals, volumes, complex and quantized numbers become ops and give the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
F = torch.nn.functional

IMAGE, VOLUME, SIGNAL = (torch.linspace(-1, 2, n) for n in (98, 128, 64))
IMAGE, VOLUME, SIGNAL = (
    IMAGE.reshape(1, 2, 7, 7),
    VOLUME.reshape(1, 2, 4, 4, 4),
    SIGNAL.reshape(2, 32).sin(),
)
MATRIX = torch.tensor([[4.0, 1, 0], [1, 3, 1], [0, 1, 2]])
POINTS = torch.linspace(-1, 1, 18).reshape(1, 3, 3, 2)
TURNS = torch.linspace(0, 3, 12).reshape(3, 4)
BYTES = torch.arange(512, dtype=torch.int32).to(torch.int8)

CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "grid_sample": (
        lambda x, g: F.grid_sample(x, g, "bicubic", align_corners=False),
        (IMAGE, POINTS),
    ),
    "affine_grid": (
        lambda t: F.affine_grid(t, (1, 2, 4, 5), align_corners=False),
        (torch.tensor([[[1.0, 0.5, 0], [0, 2, 1]]]),),
    ),
    "fold": (lambda x: F.fold(x, (4, 5), 2), (IMAGE[0, :, :6, :].reshape(-1, 12)[:4],)),
    "max_pool3d": (torch.nn.MaxPool3d(2, return_indices=True), (VOLUME,)),
    "avg_pool3d": (torch.nn.AvgPool3d(2, padding=1), (VOLUME,)),
    "adaptive_avg_pool3d": (torch.nn.AdaptiveAvgPool3d((2, None, 1)), (VOLUME,)),
    "lp_pool2d": (torch.nn.LPPool2d(2, 3, stride=2), (IMAGE,)),
    "scatter_add": (
        lambda x, i, s: x.scatter_add(0, i, s),
        (MATRIX, torch.tensor([[0, 1, 1]]), MATRIX[:1]),
    ),
    "bucketize": (
        lambda x, b: torch.bucketize(x, b, right=True),
        (MATRIX, torch.tensor([0.0, 1, 3])),
    ),
    "fft": (lambda x: torch.fft.fft(x).abs(), (SIGNAL,)),
    "irfft": (lambda x: torch.fft.irfft(torch.fft.rfft(x), n=30), (SIGNAL,)),
    "stft": (
        lambda x, w: torch.stft(x, 8, window=w, return_complex=True).abs(),
        (SIGNAL, torch.hann_window(8)),
    ),
    "rotary": (
        lambda x, f: torch.view_as_real(
            torch.view_as_complex(x.reshape(3, 4, 2)) * torch.polar(torch.ones_like(f), f)
        ),
        (TURNS.repeat(1, 2), TURNS),
    ),
    "svdvals": (torch.linalg.svdvals, (MATRIX,)),
    "eigvalsh": (torch.linalg.eigvalsh, (MATRIX,)),
    "svd": (lambda x: torch.linalg.svd(x, full_matrices=False)[1], (MATRIX,)),
    "matrix_norm": (lambda x: torch.linalg.matrix_norm(x, "nuc"), (MATRIX,)),
    "fake_quantize": (
        lambda x: torch.fake_quantize_per_tensor_affine(x, 0.25, 3, 0, 255),
        (MATRIX,),
    ),
    "int_mm": (torch._int_mm, (BYTES.reshape(32, 16), BYTES[:128].reshape(16, 8))),
    "float8": (lambda x: x.to(torch.float8_e4m3fn).float(), (MATRIX * 300,)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_gives_what_torch_gives(name: str) -> None:
    function, inputs = CALLS[name]
    expected = function(*inputs)

    found = ts.trace(function, inputs)(*[x.numpy() for x in inputs])

    wanted = expected if isinstance(expected, tuple) else (expected,)
    given = found if isinstance(found, tuple) else (found,)
    for got, want in zip(given, wanted, strict=True):
        np.testing.assert_allclose(got, want.numpy(), rtol=1e-4, atol=1e-5)
