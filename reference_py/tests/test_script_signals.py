"""Complex tensors and short-time transforms in scripts, as torch spells them."""

from __future__ import annotations

import pytest

import tracescript as ts

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")


def spectra(x, window):
    if torch.is_complex(x) or x.is_complex():
        return x
    return torch.stft(
        x, 16, hop_length=4, win_length=12, window=window, center=True, pad_mode="reflect",
        normalized=True, onesided=True, return_complex=True,
    )  # fmt: skip


def defaults(x, window):
    return torch.stft(x, n_fft=12, window=window, return_complex=True)


def narrow(x, window):
    return torch.stft(x, 16, win_length=10, return_complex=True) * window[0]


def there_and_back(x, window):
    y = torch.stft(x, 16, 4, 12, window, return_complex=True)
    return torch.istft(y, n_fft=16, hop_length=4, win_length=12, window=window, length=40)


def parts(x, window):
    z = torch.complex(x, x * 2)
    return z.real - z.imag, z.H, z.mH, z.T, z.conj(), x.conj(), torch.conj(z) * window[1], x.real


def imaginary(x, window):
    return torch.mul(x.imag, window)


def written(x, window):
    z = torch.complex(x, x)
    z.real.add_(window[0])
    return z


def pairs(x, window):
    return torch.stft(x, 12, window=window, return_complex=False)


def unsaid(x, window):
    return torch.stft(x, 12, window=window)


def both_sides(x, window):
    return torch.istft(torch.complex(x, x), 16, window=window, onesided=False)


TYPES = {"x": "float32[A, N]", "window": "float32[12]"}


@pytest.mark.filterwarnings("ignore:A window was not provided", "ignore:stft with return_complex")
@pytest.mark.parametrize("f", [spectra, defaults, narrow, there_and_back, parts, pairs])
def test_a_script_of_complex_numbers_equals_torch(f):
    x, window = torch.randn(2, 40, generator=torch.manual_seed(3)), torch.hann_window(12)

    found, expected = ts.script(f, types=TYPES)(x, window), f(x, window)

    torch.testing.assert_close(found, expected, atol=2e-6, rtol=1e-5)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (imaginary, "a real tensor has no .imag"),
        (unsaid, "stft of real numbers that does not say what it gives"),
        (both_sides, "istft of transforms with both sides"),
        (written, "may be"),
    ],
)
def test_what_a_script_cannot_say_of_complex_numbers_is_refused(f, message):
    with pytest.raises(ts.errors.ProducerError, match=message):
        ts.script(f, types=TYPES)
