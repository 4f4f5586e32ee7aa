"""Calls with complex numbers: elementwise ops, transforms, linear algebra."""

from __future__ import annotations

import numpy as np
import torch
from torch_data import Cases, X, real

F = torch.nn.functional
CASES = Cases()
add = CASES.add


def mixed(*shape: int) -> np.ndarray:
    """Return complex numbers."""
    return real(*shape) + 1j * real(*shape)


def frames(x: torch.Tensor, hop: int, window: torch.Tensor | None, **given: object) -> torch.Tensor:
    """Transform windows of 8; torch warns where there is no window."""
    ones = torch.ones(8, dtype=x.dtype)
    chosen = ones if window is None else window
    return torch.stft(x, 8, hop, window=chosen, return_complex=True, **given)


Z, Q = mixed(3, 4, 5), mixed(3, 4, 5)
SQUARE = mixed(2, 4, 4) + 4 * np.eye(4)
HERMITIAN = SQUARE + SQUARE.conj().swapaxes(-1, -2)

for name in "neg square abs angle".split():
    add(name, [Z], getattr(torch, name))
add("conj", [Z], torch.conj_physical)
for name in "real imag".split():
    add(name, [Z], lambda x, f=name: getattr(torch, f)(x).clone())
for name in "add sub mul div eq ne".split():
    add(name, [Z, Q[0]], getattr(torch, name))
add("complex", [X, real(5)], lambda a, b: torch.complex(*torch.broadcast_tensors(a, b)))
add("polar", [abs(X), X], torch.polar)
add("view_as_real", [Z], torch.view_as_real)
add("view_as_complex", [real(3, 2)], torch.view_as_complex)
for name in "sum prod mean".split():
    add(name, [Z], lambda x, f=name: getattr(torch, f)(x, 1), dim=(1,))
for name in "cumsum cumprod".split():
    add(name, [Z], lambda x, f=name: getattr(torch, f)(x, 1), dim=1)
add("matmul", [Z, mixed(5, 2)], torch.matmul)
add("bmm", [Z, mixed(3, 5, 2)], torch.bmm)
add("dot", [Z[0, 0], Q[0, 0]], torch.dot)
add("outer", [Z[0, 0], Q[0, 1]], torch.outer)
add("einsum", [[Z, Q]], lambda t: torch.einsum("abc,abd->acd", *t), equation="abc,abd->acd")
add("tensordot", [Z, Q], lambda x, y: torch.tensordot(x, y, ([1], [1])), dims_x=(1,), dims_y=(1,))
add("cross", [Z[..., :3], Q[..., :3]], torch.linalg.cross)
add("where", [X > 0, Z, Q], torch.where)
add("masked_fill", [Z, X > 0, np.array(1 + 2j)], torch.masked_fill)
add("tril", [Z], torch.tril)
add("diff", [Z], lambda x: torch.diff(x, dim=1), dim=1)
add("count_nonzero", [Z], torch.count_nonzero)
for name in "logical_not any all".split():
    add(name, [Z], getattr(torch, name))
for name in "logical_and logical_or logical_xor".split():
    add(name, [Z, Q], getattr(torch, name))
add("pad", [Z, [1, 2], None], lambda x, p, _: F.pad(x, p))
add("flip", [Z], lambda x: torch.flip(x, (1,)), dims=(1,))
add("roll", [Z, [2]], lambda x, n: torch.roll(x, n, 1), dims=(1,))
add("index_add", [Z, np.array([2, 0]), Q[:, :2]], lambda x, i, s: x.index_add(1, i, s), dim=1)
add("scatter_add", [Z, np.array(X > 0).astype(np.int64), Q], lambda x, i, s: x.scatter_add(0, i, s))
for order in (2.0, 1.0, 3.0, np.inf):
    add("vector_norm", [Z], lambda x, o=order: torch.linalg.vector_norm(x, o), ord=order)

for name in "fft ifft".split():
    for norm in ("backward", "ortho", "forward"):
        for n in (None, 3, 7):
            add(
                name,
                [Z],
                lambda x, f=name, c=n, m=norm: getattr(torch.fft, f)(x, c, 1, m),
                n=n,
                dim=1,
                norm=norm,
            )
    add(name, [X], lambda x, f=name: getattr(torch.fft, f)(x).resolve_conj())
for name, values in (("rfft", X), ("irfft", Z)):
    for n in (None, 1, 3, 6, 7):
        add(
            name,
            [values],
            lambda x, f=name, c=n: getattr(torch.fft, f)(x, c, 1, "ortho"),
            n=n,
            dim=1,
            norm="ortho",
        )
for name, values in (("fft2", Z), ("ifft2", Z), ("rfft2", X), ("fftn", Z)):
    add(name, [values], getattr(torch.fft, name))
SIGNAL, WINDOW = real(2, 40), np.hanning(10)[1:-1]
for center in (False, True):
    for normalized in (False, True):
        transforms = {"center": center, "normalized": normalized}
        for window in (WINDOW, None):
            add(
                "stft",
                [SIGNAL, window],
                lambda x, w, t=transforms: frames(x, 3, w, **t),
                n_fft=8,
                hop=3,
                **transforms,
            )
        add(
            "istft",
            [mixed(2, 5, 9), WINDOW, 20],
            lambda x, w, n, t=transforms: torch.istft(x, 8, 3, window=w, length=n, **t),
            n_fft=8,
            hop=3,
            **transforms,
        )
add(
    "stft",
    [SIGNAL[0], None],
    lambda x, _: frames(x, 4, None, onesided=False, pad_mode="constant"),
    n_fft=8,
    hop=4,
    onesided=False,
    pad_mode="constant",
)
for periodic in (False, True):
    for n in (0, 1, 2, 9):
        add(
            "hann_window",
            [n],
            lambda n, p=periodic: torch.hann_window(n, p, dtype=torch.float64),
            periodic=periodic,
            dtype="float64",
        )

for name in "inv det slogdet cholesky pinv".split():
    values = HERMITIAN + 9 * np.eye(4) if name == "cholesky" else SQUARE
    add(f"linalg_{name}", [values], getattr(torch.linalg, name))
add(
    "linalg_cholesky",
    [HERMITIAN + 9 * np.eye(4)],
    lambda x: torch.linalg.cholesky(x, upper=True),
    upper=True,
)
add("linalg_pinv", [SQUARE[:, :3]], torch.linalg.pinv)
add("linalg_solve", [SQUARE, mixed(4, 2)], torch.linalg.solve)
add("linalg_matrix_power", [SQUARE], lambda x: torch.linalg.matrix_power(x, -2), n=-2)
for order in ("fro", "nuc", "2", "-2", "1", "-1", "inf", "-inf"):
    for values in (X, Z):
        add(
            "linalg_matrix_norm",
            [values],
            lambda x, o=order: torch.linalg.matrix_norm(
                x, o if o in {"fro", "nuc"} else float(o), keepdim=True
            ),
            ord=order,
            keepdim=True,
        )
