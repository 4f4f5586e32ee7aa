"""Every layer gives what torch's layer of the same weights gives, eager and traced."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

LAYERS = {
    "Linear": (lambda m: m.Linear(4, 5), (3, 4)),
    "Conv2d": (lambda m: m.Conv2d(2, 3, (3, 2), stride=2, padding=(1, 0)), (2, 2, 7, 8)),
    "Conv2d_groups": (lambda m: m.Conv2d(4, 4, 3, groups=2, dilation=2), (1, 4, 9, 9)),
    "BatchNorm2d": (lambda m: m.BatchNorm2d(3), (2, 3, 4, 4)),
    "BatchNorm1d": (lambda m: m.BatchNorm1d(3), (2, 3)),
    "LayerNorm": (lambda m: m.LayerNorm(6), (2, 6)),
    "GroupNorm": (lambda m: m.GroupNorm(2, 4), (2, 4, 3)),
    "RMSNorm": (lambda m: m.RMSNorm(6, eps=1e-6), (2, 6)),
    "MaxPool2d": (lambda m: m.MaxPool2d(2, padding=1), (1, 2, 6, 6)),
    "AvgPool2d": (lambda m: m.AvgPool2d(2, padding=1), (1, 2, 6, 6)),
    "AdaptiveAvgPool2d": (lambda m: m.AdaptiveAvgPool2d(3), (1, 2, 7, 7)),
    "GELU": (lambda m: m.GELU(), (9,)),
    "SiLU": (lambda m: m.SiLU(), (9,)),
    "ELU": (lambda m: m.ELU(), (9,)),
    "LeakyReLU": (lambda m: m.LeakyReLU(), (9,)),
    "Softmax": (lambda m: m.Softmax(-1), (2, 9)),
    "LogSoftmax": (lambda m: m.LogSoftmax(-1), (2, 9)),
    "Flatten": (lambda m: m.Flatten(), (2, 3, 4)),
    "Dropout": (lambda m: m.Dropout(), (2, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_equals_torchs(name) -> None:
    make, shape = LAYERS[name]
    theirs = make(torch.nn).eval()
    ours = make(nn)
    ours.load_state_dict({k: v for k, v in theirs.state_dict().items() if "num_batches" not in k})
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    expected = theirs(torch.tensor(x)).detach().numpy()

    traced = ts.trace(ours, (x,))

    np.testing.assert_allclose(ours(x), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(traced(x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["LSTMCell", "GRUCell", "RNNCell"])
def test_a_cell_equals_torchs(name) -> None:
    theirs, ours = getattr(torch.nn, name)(3, 4), getattr(nn, name)(3, 4)
    ours.load_state_dict(theirs.state_dict())
    rng = np.random.default_rng(0)
    x, h, c = (rng.standard_normal((2, k)).astype(np.float32) for k in (3, 4, 4))
    if name == "LSTMCell":
        expected = theirs(torch.tensor(x), (torch.tensor(h), torch.tensor(c)))[0]
        got = ours(x, h, c)[0]
    else:
        expected, got = theirs(torch.tensor(x), torch.tensor(h)), ours(x, h)

    np.testing.assert_allclose(got, expected.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_a_transformer_layer_equals_torchs() -> None:
    theirs = torch.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    ours = nn.TransformerEncoderLayer(8, 2, 16)
    ours.load_state_dict(theirs.state_dict())
    x = np.random.default_rng(0).standard_normal((2, 5, 8)).astype(np.float32)
    expected = theirs(torch.tensor(x)).detach().numpy()

    np.testing.assert_allclose(ours(x), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ts.trace(ours, (x,))(x), expected, rtol=1e-4, atol=1e-5)
