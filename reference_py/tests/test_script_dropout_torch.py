"""Layers of torch in training mode in scripts: what drops and draws."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402  # after the check for torch
from torch.nn import functional  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import TrapError  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("p", [0.25, 1.0])
@pytest.mark.parametrize("kind", [nn.Dropout, nn.Dropout2d])
def test_dropout_in_training_drops_and_scales_what_stays(kind, p):
    x = torch.randn(40, 25, 3, 2)
    model = ts.script(kind(p))
    y, again = model(x), model(x)

    dropped = y == 0
    if kind is nn.Dropout2d:
        assert torch.equal(dropped, dropped[..., :1, :1].expand_as(y))
    torch.testing.assert_close(y[~dropped], x[~dropped] / (1 - p))
    assert abs(float(dropped.float().mean()) - p) < 0.05
    assert torch.equal(y, again) == (p == 1)


LAYERS = [
    (nn.Dropout1d(), (5, 4)),
    (nn.Dropout1d(), (2, 5, 4)),
    (nn.Dropout3d(), (3, 2, 2, 2)),
    (nn.AlphaDropout(0.3), (40, 5)),
    (nn.AlphaDropout(1.0), (40, 5)),
    (nn.FeatureAlphaDropout(0.3), (4, 5, 3)),
    (nn.RReLU(), (4, 5)),
    (nn.RReLU(inplace=True), (4, 5)),
    (nn.Sequential(nn.Linear(5, 4), nn.Dropout(0.5, inplace=True), nn.Linear(4, 2)), (3, 5)),
    (nn.LSTM(5, 3, 3, dropout=0.5, bidirectional=True), (4, 2, 5)),
    (nn.LSTM(5, 3, 2, dropout=0.5), (4, 5)),
    (nn.GRU(5, 3, 2, dropout=0.5, batch_first=True), (2, 4, 5)),
    (nn.RNN(5, 3, 2, dropout=0.5, nonlinearity="relu", bias=False), (4, 2, 5)),
    (nn.TransformerEncoderLayer(8, 2, 16, dropout=0.3), (4, 2, 8)),
]


class Copied(nn.Module):
    """A layer on what the program may change."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x + 0)


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=lambda v: type(v).__name__)
def test_layers_in_training_give_what_their_traces_give(layer, shape):
    torch.manual_seed(0)
    x, module = torch.randn(shape), Copied(layer)
    scripted, traced = ts.script(module), ts.trace(module, (x,))
    for _ in range(2):
        torch.testing.assert_close(scripted(x), traced(x), rtol=1e-5, atol=1e-6)
        states = [{n: v.tolist() for n, v in m.state().items()} for m in (scripted, traced)]
        assert states[0] == states[1]


class Attending(nn.Module):
    def __init__(self, need_weights):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, dropout=0.4, batch_first=True)
        self.need_weights = need_weights

    def forward(self, x):
        return self.attention(x, x, x, need_weights=self.need_weights)[0]


@pytest.mark.parametrize("need_weights", [True, False])
def test_attention_in_training_gives_what_its_trace_gives(need_weights):
    torch.manual_seed(0)
    x, module = torch.randn(2, 3, 8), Attending(need_weights)
    scripted, traced = ts.script(module), ts.trace(module, (x,))
    torch.testing.assert_close(scripted(x), traced(x), rtol=1e-5, atol=1e-6)


def attend(x, mask):
    return functional.scaled_dot_product_attention(x, x, x, mask, 0.5)


def attend_causal(x, mask):
    y = functional.scaled_dot_product_attention(x, x, x, dropout_p=0.5, is_causal=True, scale=0.3)
    return y + mask.sum()


def attend_groups(x, mask):
    y = functional.scaled_dot_product_attention(
        torch.cat([x, x], 1), x, x, None, 0.5, enable_gqa=True
    )
    return y + mask.sum()


@pytest.mark.parametrize("program", [attend, attend_causal, attend_groups])
@pytest.mark.parametrize("dtype", [torch.bool, torch.float32])
def test_attention_with_dropout_gives_what_its_trace_gives(program, dtype):
    torch.manual_seed(0)
    x, mask = torch.randn(2, 2, 3, 4), torch.ones(3, 3, dtype=dtype).tril()
    scripted, traced = ts.script(program), ts.trace(program, (x, mask))
    torch.testing.assert_close(scripted(x, mask), traced(x, mask), rtol=1e-5, atol=1e-6)


def test_without_dropout_layers_in_training_give_what_torch_gives():
    torch.manual_seed(0)
    layer = nn.LSTM(5, 3, 3, dropout=1e-12, bidirectional=True)
    x = torch.randn(4, 2, 5)
    for found, wanted in zip(ts.script(layer)(x)[1], layer(x)[1], strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_a_share_beyond_1_stops_the_call():
    model = ts.script(lambda x: functional.dropout(x, 1.5))

    with pytest.raises(ValueError, match="probability"):
        functional.dropout(torch.ones(2), 1.5)
    with pytest.raises(TrapError):
        model(torch.ones(2))
