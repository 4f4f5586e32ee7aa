"""Layers of one image, without the axis of the batch."""

from __future__ import annotations

import pytest

import tracescript as ts

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")
nn = torch.nn

LAYERS = {
    "conv1d": (lambda: nn.Conv1d(2, 3, 3), (2, 9)),
    "conv2d of the same size": (lambda: nn.Conv2d(2, 3, 3, padding="same"), (2, 9, 8)),
    "conv3d": (lambda: nn.Conv3d(1, 2, 2), (1, 4, 4, 4)),
    "conv2d with circular padding": (
        lambda: nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"),
        (2, 5, 5),
    ),
    "conv_transpose2d": (lambda: nn.ConvTranspose2d(2, 3, 3, stride=2), (2, 5, 5)),
    "max_pool2d": (lambda: nn.MaxPool2d(2), (2, 6, 6)),
    "max_pool1d with places": (lambda: nn.MaxPool1d(2, return_indices=True), (2, 6)),
    "max_pool3d": (lambda: nn.MaxPool3d(2), (1, 4, 4, 4)),
    "avg_pool1d": (lambda: nn.AvgPool1d(2), (2, 6)),
    "avg_pool2d": (lambda: nn.AvgPool2d(3, 2, 1), (2, 6, 6)),
    "adaptive_max_pool2d": (lambda: nn.AdaptiveMaxPool2d(2), (2, 6, 6)),
    "adaptive_avg_pool2d": (lambda: nn.AdaptiveAvgPool2d(2), (2, 6, 6)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_traced_on_one_image_equals_torch(name):
    make, shape = LAYERS[name]
    layer = make().eval()
    x, other = torch.randn(shape), torch.randn(shape)

    model = ts.trace(layer, (x,))

    torch.testing.assert_close(model(other), layer(other), atol=1e-5, rtol=1e-5)
