"""Convolutions, pools and batch norms whose results follow from their definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tracescript.kernels import KERNELS, blocked

RNG = np.random.default_rng(5)


def volumes_by_definition(x, weight, stride, padding, dilation, groups):
    around = [(0, 0), (0, 0), *zip(padding[::2], padding[1::2], strict=True)]
    x = np.pad(x, around)
    reach = [d * (k - 1) + 1 for k, d in zip(weight.shape[2:], dilation, strict=True)]
    out = [(n - r) // s + 1 for n, r, s in zip(x.shape[2:], reach, stride, strict=True)]
    y = np.zeros((x.shape[0], weight.shape[0], *out))
    terms = weight.shape[1]
    for o, *place in itertools.product(range(weight.shape[0]), *map(range, out)):
        group = o // (weight.shape[0] // groups)
        seen = x[:, group * terms : (group + 1) * terms]
        for axis in range(3):
            start = place[axis] * stride[axis]
            rows = np.arange(weight.shape[2 + axis]) * dilation[axis] + start
            seen = np.take(seen, rows, 2 + axis)
        y[(slice(None), o, *place)] = (seen * weight[o]).sum((1, 2, 3, 4))
    return y


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize(
    ("stride", "padding", "dilation"),
    [
        ((1, 1, 1), (0,) * 6, (1, 1, 1)),
        ((2, 1, 3), (1, 0, 2, 1, 0, 2), (1, 2, 1)),
        ((1, 2, 1), (3, 3, 1, 1, 0, 0), (2, 1, 2)),
    ],
)
def test_convolution_of_volumes_follows_its_definition(groups, stride, padding, dilation):
    x = RNG.standard_normal((2, 4, 5, 6, 7))
    weight = RNG.standard_normal((4, 4 // groups, 2, 3, 2))
    given = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    found = KERNELS.get("conv3d")(x, weight, None, **given)
    np.testing.assert_allclose(found, volumes_by_definition(x, weight, **given), atol=1e-12)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(
    ("strides", "dilations", "edges"),
    [((2, 1, 3), (1, 2, 1), (1, 0, 1)), ((4, 2, 2), (2, 4, 3), (0, 3, 2)), ((3,) * 3,) * 3],
)
def test_a_transposed_convolution_is_the_transpose_of_the_convolution(
    axes, groups, strides, dilations, edges
):
    stride, dilation, edge = strides[:axes], dilations[:axes], edges[:axes]
    x = RNG.standard_normal((2, 4, *(9, 8, 10)[:axes]))
    weight = RNG.standard_normal((6, 4 // groups, *(3, 2, 3)[:axes]))
    around = tuple(np.repeat(edge, 2).tolist())
    given = {"stride": stride, "dilation": dilation, "groups": groups}
    forward = KERNELS.get(f"conv{axes}d")(x, weight, None, padding=around, **given)
    y = RNG.standard_normal(forward.shape)
    more = [
        n + 2 * p - d * (k - 1) - 1 - (o - 1) * s
        for n, p, d, k, o, s in zip(
            x.shape[2:], edge, dilation, weight.shape[2:], y.shape[2:], stride, strict=True
        )
    ]
    back = KERNELS.get(f"conv_transpose{axes}d")(
        y, weight, None, padding=edge, output_padding=more, **given
    )
    assert back.shape == x.shape
    np.testing.assert_allclose((forward * y).sum(), (x * back).sum(), rtol=1e-12)


def test_the_place_of_the_largest_is_found_in_a_window_of_more_than_65535_elements():
    x = np.zeros((1, 1, 256, 258), np.float32)
    x[0, 0, 255, 256] = 1
    given = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "ceil_mode": False}
    _, places = KERNELS.get("max_pool2d")(x, kernel=(256, 257), **given)
    assert places.tolist() == [[[[255 * 258 + 256] * 2]]]


def test_training_statistics_keep_their_type_beside_a_half_batch():
    x = RNG.standard_normal((6, 3, 4)).astype(np.float16)
    mean, variance = np.zeros(3, np.float32), np.ones(3, np.float32)
    given = {"momentum": 0.25, "eps": 0.0}
    y, new_mean, new_variance = KERNELS.get("batch_norm_train")(
        x, mean, variance, None, None, **given
    )
    exact = x.astype(np.float64)
    spread = exact.var((0, 2))
    assert (y.dtype, new_mean.dtype, new_variance.dtype) == (np.float16, np.float32, np.float32)
    np.testing.assert_allclose(new_mean, 0.25 * exact.mean((0, 2)), atol=1e-6)
    np.testing.assert_allclose(new_variance, 0.75 + 0.25 * spread * 24 / 23, rtol=1e-6)
    centred = exact - exact.mean((0, 2))[:, None]
    np.testing.assert_allclose(y, centred / np.sqrt(spread)[:, None], rtol=1e-3, atol=1e-3)


def test_training_refuses_more_weights_than_channels_where_channels_come_in_blocks(monkeypatch):
    monkeypatch.setattr(blocked, "BLOCK", 1)
    x, each, many = np.ones((2, 4, 3), np.float32), np.ones(4, np.float32), np.ones(8, np.float32)
    given = {"momentum": 0.1, "eps": 1e-5}
    train = KERNELS.get("batch_norm_train")
    for weight, bias in ((many, None), (None, many)):
        with pytest.raises(ValueError, match="broadcast"):
            train(x, each, each, weight, bias, **given)
    whole = train(x, each, each, each[:1], each[:1], **given)
    np.testing.assert_array_equal(whole[0], train(x, each, each, each, each, **given)[0])
