"""Every layer gives what torch's layer of the same weights gives, eager and traced."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


def draw(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


ROW, PLANE, BALL = (2, 4, 9), (2, 4, 7, 8), (1, 4, 5, 6, 5)
ELEMENTS = (3, 8)
LAYERS = {
    "Linear": (lambda m: m.Linear(4, 5), (3, 4)),
    "Linear_without_bias": (lambda m: m.Linear(4, 5, bias=False), (3, 4)),
    "Conv1d": (lambda m: m.Conv1d(4, 3, 3, stride=2, padding=1), ROW),
    "Conv1d_same": (lambda m: m.Conv1d(4, 3, 4, padding="same", dilation=2), ROW),
    "Conv2d": (lambda m: m.Conv2d(4, 3, (3, 2), stride=2, padding=(1, 0)), PLANE),
    "Conv2d_groups": (lambda m: m.Conv2d(4, 4, 3, groups=2, dilation=2), PLANE),
    "Conv2d_valid": (lambda m: m.Conv2d(4, 2, 3, padding="valid", bias=False), PLANE),
    "Conv3d": (lambda m: m.Conv3d(4, 2, (2, 3, 2), padding=1), BALL),
    "ConvTranspose1d": (lambda m: m.ConvTranspose1d(4, 6, 3, 2, 1, 1, groups=2), ROW),
    "ConvTranspose2d": (lambda m: m.ConvTranspose2d(4, 3, (3, 2), 2, (1, 0), dilation=2), PLANE),
    "ConvTranspose3d": (lambda m: m.ConvTranspose3d(4, 2, (2, 3, 2), 2, 1, (1, 0, 1)), BALL),
    "BatchNorm1d": (lambda m: m.BatchNorm1d(4), (2, 4)),
    "BatchNorm2d": (lambda m: m.BatchNorm2d(4), PLANE),
    "BatchNorm2d_plain": (lambda m: m.BatchNorm2d(4, affine=False), PLANE),
    "BatchNorm3d": (lambda m: m.BatchNorm3d(4), BALL),
    "InstanceNorm1d": (lambda m: m.InstanceNorm1d(4), ROW),
    "InstanceNorm2d": (lambda m: m.InstanceNorm2d(4, affine=True), PLANE),
    "InstanceNorm3d": (lambda m: m.InstanceNorm3d(4, affine=True), BALL),
    "LayerNorm": (lambda m: m.LayerNorm((7, 8)), PLANE),
    "LayerNorm_without_bias": (lambda m: m.LayerNorm(8, bias=False), ELEMENTS),
    "LayerNorm_plain": (lambda m: m.LayerNorm(8, elementwise_affine=False), ELEMENTS),
    "GroupNorm": (lambda m: m.GroupNorm(2, 4), ROW),
    "GroupNorm_plain": (lambda m: m.GroupNorm(2, 4, affine=False), ROW),
    "RMSNorm": (lambda m: m.RMSNorm(8, eps=1e-6), ELEMENTS),
    "MaxPool1d": (lambda m: m.MaxPool1d(2, padding=1), ROW),
    "MaxPool2d": (lambda m: m.MaxPool2d(3, 2, padding=1, ceil_mode=True), PLANE),
    "MaxPool2d_dilated": (lambda m: m.MaxPool2d(2, dilation=2), PLANE),
    "MaxPool3d": (lambda m: m.MaxPool3d(2), BALL),
    "AvgPool1d": (lambda m: m.AvgPool1d(3, 2), ROW),
    "AvgPool2d": (lambda m: m.AvgPool2d(2, padding=1, count_include_pad=False), PLANE),
    "AvgPool3d": (lambda m: m.AvgPool3d(2, (1, 2, 1), padding=1, ceil_mode=True), BALL),
    "AdaptiveAvgPool3d": (lambda m: m.AdaptiveAvgPool3d((3, 2, 1)), BALL),
    "AdaptiveMaxPool1d": (lambda m: m.AdaptiveMaxPool1d(4), ROW),
    "AdaptiveAvgPool1d": (lambda m: m.AdaptiveAvgPool1d(4), ROW),
    "AdaptiveAvgPool2d": (lambda m: m.AdaptiveAvgPool2d((3, 5)), PLANE),
    "AdaptiveMaxPool2d": (lambda m: m.AdaptiveMaxPool2d(3), PLANE),
    "PReLU": (lambda m: m.PReLU(4), PLANE),
    "GELU_tanh": (lambda m: m.GELU(approximate="tanh"), ELEMENTS),
    "LeakyReLU": (lambda m: m.LeakyReLU(0.2), ELEMENTS),
    "ELU": (lambda m: m.ELU(0.7), ELEMENTS),
    "CELU": (lambda m: m.CELU(1.3), ELEMENTS),
    "Softplus": (lambda m: m.Softplus(2.0, 1.0), ELEMENTS),
    "Hardtanh": (lambda m: m.Hardtanh(-0.5, 0.25), ELEMENTS),
    "Hardshrink": (lambda m: m.Hardshrink(0.3), ELEMENTS),
    "Softshrink": (lambda m: m.Softshrink(0.3), ELEMENTS),
    "Threshold": (lambda m: m.Threshold(0.1, -2.0), ELEMENTS),
    "GLU": (lambda m: m.GLU(), ELEMENTS),
    "Softmax": (lambda m: m.Softmax(-1), ELEMENTS),
    "LogSoftmax": (lambda m: m.LogSoftmax(0), ELEMENTS),
    "Flatten": (lambda m: m.Flatten(), PLANE),
    "Unflatten": (lambda m: m.Unflatten(1, (2, 4)), ELEMENTS),
    "Dropout": (lambda m: m.Dropout(), ELEMENTS),
    "Dropout2d": (lambda m: m.Dropout2d(), PLANE),
    "Dropout1d": (lambda m: m.Dropout1d(), ROW),
    "Dropout3d": (lambda m: m.Dropout3d(), BALL),
    "ConstantPad2d": (lambda m: m.ConstantPad2d((1, 2, 0, 3), 1.5), PLANE),
    "ReplicationPad2d": (lambda m: m.ReplicationPad2d((1, 2, 0, 3)), PLANE),
    "PixelUnshuffle": (lambda m: m.PixelUnshuffle(2), (2, 4, 6, 8)),
    "ChannelShuffle": (lambda m: m.ChannelShuffle(2), PLANE),
    "ZeroPad2d": (lambda m: m.ZeroPad2d((1, 2, 0, 3)), PLANE),
    "ReflectionPad2d": (lambda m: m.ReflectionPad2d(2), PLANE),
    "PixelShuffle": (lambda m: m.PixelShuffle(2), PLANE),
    "Upsample": (lambda m: m.Upsample((9, 11)), PLANE),
    "Upsample_bilinear": (lambda m: m.Upsample((9, 11), mode="bilinear"), PLANE),
    "Upsample_by": (lambda m: m.Upsample(scale_factor=2), PLANE),
    "Upsample_bilinear_by": (lambda m: m.Upsample(None, (1.5, 2.3), "bilinear"), PLANE),
    "Upsample_corners": (lambda m: m.Upsample(5, mode="bicubic", align_corners=True), PLANE),
} | {
    name: (lambda m, name=name: getattr(m, name)(), ELEMENTS)
    for name in (
        "ReLU ReLU6 SELU GELU SiLU Mish Sigmoid LogSigmoid Hardsigmoid Hardswish Tanh Tanhshrink "
        "Softsign Identity"
    ).split()
}  # fmt: skip


def pair(make):
    """The layer of torch and ours with the same weights, batch norms with drawn statistics."""
    theirs = make(torch.nn).eval()
    for k, (name, buffer) in enumerate(theirs.named_buffers()):
        if "running" in name:
            buffer.copy_(torch.tensor(np.abs(draw(*buffer.shape, seed=k)) + 0.5))
    ours = make(nn)
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


def flat(result):
    """The arrays of a result, structure forgotten."""
    if isinstance(result, (tuple, list)):
        return [array for part in result for array in flat(part)]
    return [result.detach().numpy() if isinstance(result, torch.Tensor) else np.asarray(result)]


def tensors(value):
    if isinstance(value, tuple):
        return tuple(map(tensors, value))
    return None if value is None else torch.tensor(value)


def agree(theirs, ours, *args, **named):
    """Eager, traced and scripted, our layer gives what theirs gives."""
    with torch.no_grad():
        expected = flat(theirs(*tensors(args), **{k: torch.tensor(v) for k, v in named.items()}))
    for run in (ours, ts.trace(ours, args, named), ts.script(ours)):
        found = flat(run(*args, **named))
        assert len(found) == len(expected)
        for got, want in zip(found, expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_equals_torchs(name) -> None:
    make, shape = LAYERS[name]

    agree(*pair(make), draw(*shape))


def test_an_embedding_equals_torchs() -> None:
    theirs, ours = pair(lambda m: m.Embedding(7, 3, padding_idx=2))

    agree(theirs, ours, np.array([[0, 2], [6, 1]]))


RECURRENT = {
    "RNN": {},
    "RNN_relu": {"nonlinearity": "relu", "bias": False},
    "GRU": {"num_layers": 2},
    "GRU_both_ways": {"bidirectional": True, "batch_first": True},
    "LSTM": {"bias": False},
    "LSTM_both_ways": {"num_layers": 2, "bidirectional": True, "batch_first": True},
}


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("name", RECURRENT)
def test_a_recurrent_layer_equals_torchs(name, given) -> None:
    options = RECURRENT[name]
    theirs, ours = pair(lambda m: getattr(m, name.partition("_")[0])(3, 4, **options))
    rows = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    h, c = draw(rows, 2, 4, seed=1), draw(rows, 2, 4, seed=2)
    state = ((h, c) if name.startswith("LSTM") else h,) if given else ()

    agree(theirs, ours, draw(2, 5, 3) if options.get("batch_first") else draw(5, 2, 3), *state)


CAUSAL = np.triu(np.ones((5, 5), bool), 1)
PADDED = np.array([[False] * 5, [False, False, False, True, True]])


def attention(theirs):
    return lambda *args, **named: theirs(*args, need_weights=False, **named)[0]


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_attention_to_other_keys_and_values_equals_torchs(batch_first, bias) -> None:
    options = {"bias": bias, "kdim": 6, "vdim": 3, "batch_first": batch_first}
    theirs, ours = pair(lambda m: m.MultiheadAttention(8, 2, **options))
    args = [draw(2, 5, 8), draw(2, 4, 6, seed=1), draw(2, 4, 3, seed=2)]
    args = args if batch_first else [a.swapaxes(0, 1) for a in args]

    agree(attention(theirs), ours, *args)


@pytest.mark.parametrize(
    "masks",
    [
        {"attn_mask": CAUSAL},
        {"attn_mask": draw(5, 5, seed=3)},
        {"key_padding_mask": PADDED},
        {"key_padding_mask": PADDED, "attn_mask": CAUSAL},
    ],
    ids=["causal", "added", "padding", "both"],
)
def test_masked_attention_equals_torchs(masks) -> None:
    theirs, ours = pair(lambda m: m.MultiheadAttention(8, 2, batch_first=True))
    x = draw(2, 5, 8)

    agree(attention(theirs), ours, x, x, x, **masks)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("average", [True, False])
def test_the_weights_of_attention_equal_torchs(batch_first, average) -> None:
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=batch_first).eval()
    ours = nn.MultiheadAttention(
        8, 2, batch_first=batch_first, need_weights=True, average_attn_weights=average
    )
    ours.load_state_dict(theirs.state_dict())
    x = draw(2, 5, 8) if batch_first else draw(5, 2, 8)

    def call(*args, **named):
        return theirs(*args, average_attn_weights=average, **named)

    agree(call, ours, x, x, x, key_padding_mask=PADDED, attn_mask=CAUSAL)


@pytest.mark.parametrize("kind", ["RNNCell", "GRUCell", "LSTMCell"])
def test_a_cell_without_biases_equals_torchs(kind) -> None:
    theirs, ours = pair(lambda m: getattr(m, kind)(3, 4, bias=False))
    x, states = draw(2, 3), [draw(2, 4, seed=k) for k in range(1 + (kind == "LSTMCell"))]

    agree(lambda x, *s: theirs(x, s if len(s) > 1 else s[0]), ours, x, *states)


def test_a_rectified_cell_equals_torchs() -> None:
    agree(*pair(lambda m: m.RNNCell(3, 4, nonlinearity="relu")), draw(2, 3), draw(2, 4, seed=1))


def test_a_whole_transformer_equals_torchs() -> None:
    theirs, ours = pair(lambda m: m.Transformer(8, 2, 1, 1, 16, batch_first=True))

    agree(theirs, ours, draw(2, 5, 8), draw(2, 3, 8, seed=1), None, CAUSAL[:3, :3])


TRANSFORMER = [
    {},
    {"activation": "gelu", "norm_first": True},
    {"bias": False, "batch_first": False},
]


@pytest.mark.parametrize("options", TRANSFORMER)
def test_an_encoder_layer_equals_torchs(options) -> None:
    options = {"batch_first": True} | options
    theirs, ours = pair(lambda m: m.TransformerEncoderLayer(8, 2, 16, **options))

    agree(theirs, ours, draw(2, 5, 8) if options["batch_first"] else draw(5, 2, 8))


def test_a_masked_encoder_layer_equals_torchs() -> None:
    theirs, ours = pair(lambda m: m.TransformerEncoderLayer(8, 2, 16, batch_first=True))

    agree(theirs, ours, draw(2, 5, 8), src_mask=CAUSAL)


@pytest.mark.parametrize("options", TRANSFORMER)
def test_a_decoder_layer_equals_torchs(options) -> None:
    options = {"batch_first": True} | options
    theirs, ours = pair(lambda m: m.TransformerDecoderLayer(8, 2, 16, **options))
    args = [draw(2, 5, 8), draw(2, 3, 8, seed=1)]
    args = args if options["batch_first"] else [a.swapaxes(0, 1) for a in args]

    agree(theirs, ours, *args, tgt_mask=CAUSAL)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
def test_stacks_of_layers_equal_torchs() -> None:
    def encoder(m):
        layer = m.TransformerEncoderLayer(8, 2, 16, norm_first=True, batch_first=True)
        return m.TransformerEncoder(layer, 2, m.LayerNorm(8))

    def decoder(m):
        layer = m.TransformerDecoderLayer(8, 2, 16, batch_first=True)
        return m.TransformerDecoder(layer, 2)

    agree(*pair(encoder), draw(2, 5, 8))
    agree(*pair(decoder), draw(2, 5, 8), draw(2, 3, 8, seed=1))


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
