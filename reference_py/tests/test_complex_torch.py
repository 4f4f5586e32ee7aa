"""Complex numbers beside real ones, and calls of torch that are a few ops, traced and scripted."""

from __future__ import annotations

import pytest

import tracescript as ts

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")
F = torch.nn.functional


def conjugates(x):
    return torch.einsum("ab,cb->ac", [x, x.conj()]), torch.real(x), torch.angle(x), x.real


def powers(x):
    z = torch.fft.rfft(x)
    return [torch.view_as_real(v) for v in (z.pow(0.5), z**2, torch.pow(z, -1.5), (z * 0) ** 1.0)]


def doubles(x):
    return torch.view_as_real(x.cdouble() * 2), torch.fft.rfft(x).cfloat().abs()


def least_squares(x):
    short = torch.cat([x[:, :2], x[:, :1]], 1)
    return torch.linalg.lstsq(x[:, :2], x[:, 3:]).solution, torch.linalg.lstsq(short, x)[0]


def multiples(x):
    n = (x * 9).long()
    return torch.gcd(n, torch.tensor(6)), torch.lcm(n, n + 3), n.lcm(torch.tensor(4))


def lengths(x):
    n = x.shape[-1] + x.shape[0]
    y = torch.fft.irfft(torch.fft.rfft(x, n=n) * torch.fft.rfft(x, n), n=n)
    z = torch.fft.ifft(torch.fft.fft(x, n - 3, dim=0, norm="ortho"), n + 2, 0)
    return y, torch.view_as_real(z), torch.fft.irfft(torch.fft.rfft(x), x.shape[-1] - 1)


def bessel(x):
    return torch.i0(x * 9), torch.special.i0(x)


def bags(x):
    index = (x.abs() * 3).long().clamp(max=2)
    flat, starts = index.reshape(-1)[:8], torch.tensor([0, 3, 3, 6])
    weights = torch.arange(8.0)
    return (
        F.embedding_bag(index[:, :4], x),
        F.embedding_bag(flat, x, starts, mode="max"),
        F.embedding_bag(flat, x, starts, mode="sum", per_sample_weights=weights),
        F.embedding_bag(flat, x, torch.tensor([0, 3, 8]), include_last_offset=True),
    )


def residuals(x):
    return (*torch.linalg.lstsq(x.T, x[0]), *torch.linalg.lstsq(x.T[None], x.T[None, :, :1])[:2])


def flat(value):
    return [p for v in value for p in flat(v)] if isinstance(value, (tuple, list)) else [value]


def samples():
    torch.manual_seed(3)
    given = [torch.randn(3, 8), torch.randn(3, 8), torch.randn(3, 8)]
    given[1][0, 0] = torch.nan
    return given


BOTH = [conjugates, powers, doubles, least_squares, multiples, lengths]


@pytest.mark.parametrize("produce", ["trace", "script"])
@pytest.mark.parametrize("f", BOTH, ids=lambda f: f.__name__)
def test_a_call_means_what_torch_computes(f, produce):
    x, holey, other = samples()
    model = ts.trace(f, (x,)) if produce == "trace" else ts.script(f)

    for given in (x, other) if f in {least_squares, multiples} else (x, holey, other):
        for want, got in zip(flat(f(given)), flat(model(given)), strict=True):
            assert got.dtype == want.dtype
            torch.testing.assert_close(got, want, equal_nan=True, atol=2e-4, rtol=2e-4)


def test_a_scripted_transform_takes_any_length():
    model = ts.script(lengths)

    for rows, columns in ((3, 8), (4, 9), (5, 4)):
        x = torch.randn(rows, columns)
        for want, got in zip(lengths(x), model(x), strict=True):
            torch.testing.assert_close(got, want, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("f", [bessel, bags, residuals], ids=lambda f: f.__name__)
def test_a_traced_call_means_what_torch_computes(f):
    x, _, other = samples()
    model = ts.trace(f, (x,))

    for given in (x, other):
        for want, got in zip(flat(f(given)), flat(model(given)), strict=True):
            if want.numel() or f is not residuals:
                assert got.dtype == want.dtype
                torch.testing.assert_close(got, want, atol=2e-4, rtol=2e-4)


def test_residuals_are_none_where_columns_depend_on_each_other():
    def f(x):
        return torch.linalg.lstsq(x, x[:, :1], driver="gelsd")

    model = ts.trace(f, (torch.randn(5, 3),))
    given = torch.randn(5, 1) @ torch.ones(1, 3)

    for want, got in zip(f(given), model(given), strict=True):
        assert got.shape == want.shape
    assert model(given)[1].shape == (0,)


@pytest.mark.parametrize("produce", [lambda f, x: ts.trace(f, (x,)), lambda f, _: ts.script(f)])
def test_a_complex_exponent_is_refused(produce):
    def f(x):
        return torch.fft.fft(x) ** torch.fft.fft(x)

    with pytest.raises(ts.errors.ProducerError) as caught:
        produce(f, torch.randn(3))
    assert caught.value.code == "UNKNOWN_CALL"
