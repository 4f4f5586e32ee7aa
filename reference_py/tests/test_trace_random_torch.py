"""Random numbers of a traced torch program: drawn from a state of the model, also while traced."""

from __future__ import annotations

import io

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import tracescript as ts  # noqa: E402

pytestmark = pytest.mark.torch


def loaded(model):
    file = io.BytesIO()
    ts.save(model, file)
    return ts.load(file.getvalue())


def is_uniform(y):
    return bool(((y >= 0) & (y < 1)).all()) and abs(float(y.mean()) - 0.5) < 0.1


def is_normal(y, mean=0.0, std=1.0):
    return abs(float(y.mean()) - mean) < 0.2 * std and abs(float(y.std()) - std) < 0.2 * std


def is_permutation(y):
    return sorted(y.tolist()) == list(range(len(y)))


DRAWS = {
    "rand": (lambda x: torch.rand(x.shape[0], 4), is_uniform),
    "rand of a size": (lambda x: torch.rand(size=x.shape), is_uniform),
    "rand_like": (torch.rand_like, is_uniform),
    "uniform_": (lambda x: torch.empty_like(x).uniform_(-3, -2) + 3, is_uniform),
    "randn": (lambda x: torch.randn(x.shape), is_normal),
    "randn_like": (torch.randn_like, is_normal),
    "normal": (lambda x: torch.normal(2 + x * 0, 3.0), lambda y: is_normal(y, 2, 3)),
    "normal of a size": (lambda x: torch.normal(2.0, 3.0, x.shape), lambda y: is_normal(y, 2, 3)),
    "normal_": (lambda x: x.clone().normal_(mean=2), lambda y: is_normal(y, 2, 1)),
    "exponential_": (
        lambda x: torch.zeros_like(x).exponential_(2),
        lambda y: bool((y >= 0).all()) and abs(float(y.mean()) - 0.5) < 0.1,
    ),
    "bernoulli": (lambda x: torch.bernoulli(x * 0 + 0.5) * 0.999, is_uniform),
    "bernoulli_": (lambda x: torch.empty(x.shape).bernoulli_(0.5) * 0.999, is_uniform),
    "randint": (lambda x: torch.randint(3, 1003, x.shape) / 1000 - 0.003, is_uniform),
    "randint_like": (lambda x: torch.randint_like(x, 1000) / 1000, is_uniform),
    "random_": (lambda x: torch.zeros_like(x).random_(0, 1000) / 1000, is_uniform),
    "randperm": (lambda x: torch.randperm(x.shape[0]), is_permutation),
    "multinomial": (lambda x: torch.multinomial(x[:, 0] * 0 + 1, 30), is_permutation),
    "gumbel_softmax": (
        lambda x: functional.gumbel_softmax(x * 0, hard=True).argmax(-1) / 8,
        lambda y: bool(((y >= 0) & (y < 1)).all()) and abs(float(y.mean()) - 0.44) < 0.2,
    ),
}


@pytest.mark.parametrize("name", DRAWS)
def test_each_call_of_a_model_draws_anew(name):
    draw, is_fit = DRAWS[name]
    x = torch.randn(30, 8)
    model = loaded(ts.trace(draw, (x,)))
    first, second = model(x), model(x)

    wanted = draw(x)
    assert (first.dtype, first.shape) == (wanted.dtype, wanted.shape)
    assert not torch.equal(first, second)
    assert is_fit(first)
    assert is_fit(second)


def test_the_seed_of_torch_is_where_the_numbers_start():
    torch.manual_seed(0)
    model = ts.trace(lambda x: x + torch.rand(2), (torch.zeros(2),))

    # the words of Philox4x32-10 for key 0 and counter 0, the upper 24 bits of each
    torch.testing.assert_close(
        model(torch.zeros(2)), torch.tensor([0x6627E8, 0xE169C5]) / 2**24, rtol=0, atol=0
    )


@pytest.mark.parametrize("p", [0.25, 1.0])
@pytest.mark.parametrize("kind", [nn.Dropout, nn.Dropout2d])
def test_dropout_in_training_drops_and_scales_what_stays(kind, p):
    x = torch.randn(40, 25, 3, 2)
    model = loaded(ts.trace(kind(p), (x[:2],)))
    y, again = model(x), model(x)

    dropped = y == 0
    if kind is nn.Dropout2d:
        assert torch.equal(dropped, dropped[..., :1, :1].expand_as(y))
    torch.testing.assert_close(y[~dropped], x[~dropped] / (1 - p))
    assert abs(float(dropped.float().mean()) - p) < 0.05
    assert torch.equal(y, again) == (p == 1)


class Trained(nn.Module):
    """Dropout everywhere layers have it: between recurrent layers, in attention, on its own."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(8, 8, 2, dropout=0.3, batch_first=True, bidirectional=True)
        self.attention = nn.MultiheadAttention(16, 4, dropout=0.2, batch_first=True)
        self.layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)

    def forward(self, x):
        y, (h, _) = self.rnn(x)
        z, weights = self.attention(y, y, y)
        hidden, _ = self.attention(y, y, y, need_weights=False, is_causal=True,
                                   attn_mask=torch.ones(5, 5).triu(1).bool())  # fmt: skip
        return self.layer(z + hidden), weights, h


def test_a_model_in_training_repeats_what_it_did_while_traced_and_then_goes_on():
    torch.manual_seed(0)
    x = torch.randn(2, 5, 8)
    model = ts.trace(Trained().train(), (x,))  # compares with the program's own results
    file = loaded(model)

    for first, second in zip(model(x), file(x), strict=True):
        torch.testing.assert_close(first, second, rtol=1e-5, atol=1e-6)
    assert not torch.equal(model(x)[0], model(x)[0])


def test_without_dropout_layers_written_out_give_what_torch_gives():
    torch.manual_seed(0)
    module = Trained().train()
    module.rnn.dropout = module.attention.dropout = 1e-12
    for part in module.modules():
        if isinstance(part, nn.Dropout):
            part.p = 1e-12
    module.layer.self_attn.dropout = 1e-12
    x = torch.randn(2, 5, 8)
    model = ts.trace(module, (x,))

    for found, wanted in zip(model(x), module(x), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_each_method_goes_on_where_the_one_before_stopped():
    class Two(nn.Module):
        def forward(self, x):
            return x + torch.rand(3)

        def other(self, x):
            return x - torch.rand(3)

    zero = torch.zeros(3)
    model = ts.trace(Two(), methods={"forward": (zero,), "other": (zero,)})

    assert not torch.equal(model(zero), -model.other(zero))
    assert list(model.state()) == ["random"]


def test_both_arms_of_a_branch_on_a_random_number_are_explored():
    def skipping(x):
        if torch.rand(()) < 0.5:
            return x * 2
        return x + torch.rand(2)

    model = ts.trace(skipping, (torch.ones(2),), explore=4)
    found = [model(torch.ones(2)) for _ in range(40)]

    doubled = [bool((y == 2).all()) for y in found]
    assert 8 < sum(doubled) < 32
    assert len({tuple(y.tolist()) for y in found}) == 41 - sum(doubled)


def test_a_method_that_writes_in_place_is_known_by_the_one_that_does_not():
    def written(x):
        y = x.clone()
        y.scatter_(1, torch.tensor([[0, 1], [1, 0]]), 5.0)
        y[:, 0].nan_to_num_(0.0).lerp_(x[:, 1], 0.5)
        return y

    x = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    model = ts.trace(written, (x,))
    torch.testing.assert_close(model(x + 1), written(x + 1))
