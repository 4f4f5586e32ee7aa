"""Calls of torch that a trace writes with others give what torch gives, also for other elements."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch_traces import assert_same, traced  # noqa: E402  # after the skip

import tracescript as ts  # noqa: E402  # after the skip

pytestmark = pytest.mark.torch
F = torch.nn.functional
ROWS = torch.tensor([0, 0])
X1 = torch.tensor([0.0, 1, 3])


def _square(x):
    return x @ x.T + 4 * torch.eye(3)


CALLS = {
    "median": lambda x: (x.median(), torch.nanmedian(x, 1).values),
    "quantile": lambda x: (torch.quantile(x, 0.3), x.quantile(torch.tensor([0.1, 0.5]), 1, True)),
    "quantile between": lambda x: [
        torch.quantile(x, 0.4, 0, interpolation=how)
        for how in ("lower", "higher", "nearest", "midpoint")
    ],
    "nanquantile": lambda x: torch.nanquantile(
        torch.where(x > x.amin(1, True), x, torch.nan), 0.5, 1
    ),
    "mode": lambda x: torch.mode((x * 2).round(), 1).values,
    "cov": lambda x: (torch.cov(x), torch.corrcoef(x), torch.cov(x, aweights=x[0].abs())),
    "integrals": lambda x: (torch.trapezoid(x, x.cumsum(1)), torch.cumulative_trapezoid(x, dx=2)),
    "gradient": lambda x: torch.gradient(x, spacing=(X1, torch.tensor([0.0, 1, 3, 4]))),
    "kron": lambda x: torch.kron(input=x, other=x[:2]),
    "joins": lambda x: (torch.block_diag(x, x[0]), torch.dstack((x, x)), torch.tile(x, (2,))),
    "products": lambda x: (torch.cartesian_prod(x[0], x[1]), torch.combinations(x[0], 3)),
    "turns": lambda x: (torch.rot90(x), x.flip(dims=(0,)), torch.roll(x, 2), torch.hsplit(x, 2)),
    "losses": lambda x: (
        F.l1_loss(x, x * 2),
        F.margin_ranking_loss(x, x * 2, x.sign(), 0.5),
        F.hinge_embedding_loss(x, x.sign(), reduction="sum"),
        F.triplet_margin_loss(x, x * 2, x * 3, swap=True, reduction="none"),
        F.soft_margin_loss(x, x.sign()),
        F.multi_margin_loss(x, torch.tensor([0, 3, 1]), p=2),
        F.multilabel_margin_loss(x, torch.tensor([[1, -1, 0, 0], [2, 0, -1, 3], [3, 1, 0, -1]])),
    ),
    "matrices": lambda x: (
        torch.linalg.eigvalsh(_square(x), UPLO="U"),
        torch.linalg.solve_triangular(_square(x), x, upper=True),
        torch.cholesky_solve(x, torch.linalg.cholesky(_square(x))),
        torch.linalg.matrix_norm(x, 1, keepdim=True),
        torch.linalg.cond(_square(x)),
        torch.linalg.matrix_rank(x[:, :1] @ x[:1]),
        torch.logdet(_square(x)),
        torch.addmv(x[:, 0], x, x[0], beta=0.5, alpha=2),
    ),
    "transforms": lambda x: [
        torch.view_as_real(torch.fft.fft2(x, s=(2, 5))),
        torch.fft.irfftn(torch.fft.rfftn(x, norm="ortho"), s=(3, 4)),
        torch.fft.hfft(torch.fft.ihfft(x, dim=0), 3, 0),
        torch.fft.fftshift(x),
    ],
    "places": lambda x: (
        torch.searchsorted(x[0], x[1:], side="right", sorter=x[0].argsort()),
        torch.bucketize(x, torch.tensor([-1.0, 0, 1]), out_int32=True),
    ),
    "more losses": lambda x: (
        F.cosine_embedding_loss(x, x * x, torch.tensor([1, -1, -1]), 0.1),
        F.poisson_nll_loss(x, x * x * 3, full=True),
        F.bilinear(x, x, torch.ones(2, 4, 4), torch.ones(2)),
    ),
    "gamma": lambda x: (torch.lgamma(x), torch.digamma(x * 3)),
    "elements": lambda x: (
        torch.sinc(x),
        torch.signbit(x),
        torch.heaviside(x, x),
        torch.ldexp(x, x),
    ),
    "whole numbers": lambda x: (torch.ceil(ROWS), torch.isnan(ROWS), ROWS.isclose(ROWS + 1)),
    "truths": lambda x: ((x > 0).max(), (x > 0).cummax(1).values, (x > 0) >= (x > 1)),
    "complex": lambda x: torch.view_as_real(torch.exp(torch.complex(x, x)).log().sin().cos()),
    "vdot": lambda x: torch.view_as_real(torch.vdot(torch.complex(x[0], x[1]), x[2] * 1j)),
    "keywords": lambda x: (
        torch.nansum(x, dtype=torch.float64),
        torch.rsub(x, 2, alpha=3),
        F.huber_loss(x, x * 4, weight=x.abs()),
        torch.bincount(ROWS, weights=x[0, :2]),
        torch.std_mean(x, unbiased=False),
    ),
    "resized": lambda x: (
        F.interpolate(x[None], size=3, mode="area"),
        F.interpolate(x[None], scale_factor=1.7, mode="nearest-exact"),
    ),
    "histc of one number": lambda x: torch.histc(x[:, 0] * 0 + 2, 4),
    "distributions": lambda x: (
        torch.distributions.Normal(x, x.abs() + 1).log_prob(x),
        torch.distributions.Categorical(logits=x).log_prob(torch.tensor([0, 1, 2])),
        torch.distributions.Beta(x.abs() + 1, 2.0).log_prob(torch.sigmoid(x)),
        torch.distributions.MultivariateNormal(x[0], torch.eye(4)).log_prob(x),
    ),
}


def _written(change):
    def program(x):
        y = x.clone()
        change(y)
        return y

    return program


WRITES = {
    "moved axes": lambda y: y.movedim(0, 1).add_(y.movedim(1, 0)[:, :3].sum()),
    "a diagonal": lambda y: y.diagonal(1).mul_(2),
    "windows": lambda y: y.unfold(1, 2, 2)[0].fill_(5),
    "strides": lambda y: y.as_strided((2, 2), (4, 1), 1).neg_(),
    "places": lambda y: y.put_(torch.tensor([1, 5]), y[0, :2] * 3, accumulate=True),
    "the diagonal": lambda y: y.T.fill_diagonal_(3, wrap=True),
    "scattered": lambda y: y.scatter_(0, torch.zeros(1, 4, dtype=torch.long), 2.0, reduce="add"),
    "an axis less": lambda y: y[0:1].squeeze_().add_(1),
    "an axis more": lambda y: y[1].unsqueeze_(0).zero_(),
    "transposed": lambda y: y[:].t_().mul_(torch.arange(3.0)),
    "swapped": lambda y: y[:].swapaxes_(0, 1)[2].zero_(),
}


@pytest.mark.parametrize("f", CALLS.values(), ids=CALLS)
def test_calls_that_are_several_ops_give_what_torch_gives(f):
    torch.manual_seed(1)
    model = traced(f, torch.randn(3, 4))

    assert_same(model, f, torch.randn(3, 4))


@pytest.mark.parametrize("change", WRITES.values(), ids=WRITES)
def test_a_write_through_a_view_shows_in_the_tensor(change):
    model = traced(_written(change), torch.randn(3, 4), engine="py")

    assert_same(model, _written(change), torch.randn(3, 4))


@pytest.mark.parametrize("part", ["real", "imag", "conj"])
def test_a_write_into_a_part_of_complex_numbers_leaves_the_other(part):
    def program(x):
        y = torch.complex(x, x * 2)
        view = y.conj() if part == "conj" else getattr(y, part)
        view.mul_(3)
        return torch.view_as_real(y)

    assert_same(traced(program, torch.randn(3)), program, torch.randn(3))


def test_a_function_of_linalg_is_called_by_its_name_in_an_error():
    with pytest.raises(Exception, match=r"torch\.linalg\.eig is no op"):
        traced(torch.linalg.eig, torch.eye(2))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("norm", [None, torch.nn.LayerNorm(4)], ids=["bare", "normed"])
@pytest.mark.parametrize("make", [ts.trace, lambda f, args: ts.script(f)], ids=["trace", "script"])
def test_an_encoder_fills_padded_steps_at_the_end_as_in_evaluation(norm, make):
    layer = torch.nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    encoder = torch.nn.TransformerEncoder(layer, 2, norm).eval()
    x, at_end = torch.randn(2, 3, 4), torch.tensor([[False] * 3, [False, True, True]])

    model = make(encoder, (x, None, at_end))

    for mask in (at_end, at_end.flip(1), torch.zeros_like(at_end)):
        assert_same(model, encoder, x, None, mask)
