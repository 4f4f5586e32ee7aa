"""Layers of torch that take sizes, offsets, factors or probabilities, or leave them out."""

from __future__ import annotations

import io

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402  # after the check for torch
from torch.nn import functional  # noqa: E402

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError, TrapError  # noqa: E402

pytestmark = pytest.mark.torch


def scripted(program, types=None):
    file = io.BytesIO()
    ts.save(ts.script(program, types=types), file)
    return ts.load(file.getvalue())


def agree(model, program, *args):
    torch.testing.assert_close(model(*args), program(*args))


# ---------------------------------------------------------------------- transposed convolution

CONVOLUTIONS = [
    (nn.ConvTranspose1d(3, 2, 3, stride=2, output_padding=1), (2, 3, 4), [9], [8]),
    (nn.ConvTranspose1d(3, 2, 3, dilation=2), (2, 3, 4), [8], [9]),
    (nn.ConvTranspose2d(3, 6, 3, stride=(3, 2), padding=1, groups=3), (1, 3, 3, 4), [9, 8], [7, 9]),
    (nn.ConvTranspose3d(1, 2, (3, 2, 1), (2, 1, 2)), (1, 1, 2, 2, 2), [6, 3, 4], [6, 3, 5]),
]


@pytest.mark.parametrize(("layer", "shape", "size", "wrong"), CONVOLUTIONS)
def test_a_bare_transposed_convolution_makes_the_size_that_a_call_gives(layer, shape, size, wrong):
    model, x = scripted(layer), torch.randn(shape)
    agree(model, layer, x)
    agree(model, layer, x, size)
    agree(model, layer, x, [1, 2, *size])
    with pytest.raises(ValueError, match="output size"):
        layer(x, wrong)
    with pytest.raises(TrapError):
        model(x, wrong)


class Up(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)

    def forward(self, x, like):
        return self.up(x, output_size=like.size()), self.up(x, output_size=(7, 8)), self.up(x)


def test_the_size_may_be_that_of_another_tensor():
    program = Up()
    model = scripted(program, {"x": "float32[_, _, _, _]", "like": "float32[_, _, _, _]"})
    for height, width in ((7, 8), (8, 7)):
        agree(model, program, torch.randn(1, 2, 4, 4), torch.randn(1, 9, height, width))


# ---------------------------------------------------------------------- pools undone


def undone1(x):
    return functional.max_unpool1d(*functional.max_pool1d(x, 2, return_indices=True), 2)


def undone2(x):
    y, places = functional.max_pool2d(x, (2, 3), stride=2, padding=(0, 1), return_indices=True)
    size = functional.max_unpool2d(y, places, (2, 3), 2, (0, 1), output_size=x.size())
    return size, functional.max_unpool2d(y, places, (2, 3), 2, (0, 1), output_size=[6, 7])


class Undone3(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool = nn.MaxPool3d(2, return_indices=True)
        self.unpool = nn.MaxUnpool3d(2)

    def forward(self, x):
        y, places = self.pool(x)
        return self.unpool(y * 2, places)


@pytest.mark.parametrize(
    ("program", "shape"),
    [(undone1, (2, 3, 6)), (undone2, (2, 3, 6, 7)), (Undone3(), (2, 1, 4, 4, 2))],
)
def test_pools_are_undone_in_scripts_and_traces(program, shape):
    x = torch.randn(shape)
    agree(scripted(program), program, x)
    agree(ts.trace(program, (x,)), program, x.flip(-1))


def test_a_bare_unpooling_layer_takes_a_size_or_none():
    layer = nn.MaxUnpool2d(2)
    y, places = functional.max_pool2d(torch.randn(2, 3, 4, 6), 2, return_indices=True)
    model = scripted(layer)
    agree(model, layer, y, places)
    agree(model, layer, y, places, [5, 6])
    with pytest.raises(TrapError):
        model(y, places, [4, 9])


# ---------------------------------------------------------------------- bags


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("include_last_offset", [True, False])
def test_a_bare_embedding_bag_takes_rows_or_offsets(mode, include_last_offset):
    layer = nn.EmbeddingBag(9, 3, mode=mode, include_last_offset=include_last_offset)
    model = scripted(layer)
    agree(model, layer, torch.tensor([[1, 2, 2], [3, 4, 8]]))
    offsets = torch.tensor([0, 2, 2, 5] if include_last_offset else [0, 2, 2])
    agree(model, layer, torch.tensor([1, 2, 2, 4, 8]), offsets)


def test_a_bare_embedding_bag_takes_factors():
    layer = nn.EmbeddingBag(9, 3, mode="sum")
    model, rows = scripted(layer), torch.tensor([[1, 2, 2], [3, 4, 8]])
    vector, offsets = torch.tensor([1, 2, 2, 4, 8]), torch.tensor([0, 2, 2])
    agree(model, layer, rows, None, torch.randn(2, 3))
    agree(model, layer, vector, offsets, torch.randn(5))
    agree(model, layer, vector, offsets)
    for wrong in ((rows, None, torch.randn(3, 2)), (vector, None), (rows, offsets)):
        with pytest.raises(ValueError, match=r"offsets|per_sample_weights"):
            layer(*wrong)
        with pytest.raises(TrapError):
            model(*wrong)


# ---------------------------------------------------------------------- probabilities

LOSSES = [
    (nn.CrossEntropyLoss(), (4, 3)),
    (nn.CrossEntropyLoss(label_smoothing=0.1, weight=torch.tensor([1.0, 2, 0.5])), (4, 3)),
    (nn.CrossEntropyLoss(reduction="none", weight=torch.tensor([1.0, 2, 0.5])), (4, 3, 2, 5)),
    (nn.CrossEntropyLoss(reduction="sum", label_smoothing=1.0), (4, 3, 2)),
    (nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2, 0.5])), (3,)),
    (nn.CrossEntropyLoss(reduction="none"), (3,)),
]


@pytest.mark.parametrize(("loss", "shape"), LOSSES)
def test_a_target_of_floats_is_probabilities(loss, shape):
    x, target = torch.randn(shape), torch.randn(shape).softmax(0)
    agree(scripted(loss, {"target": "float32[...]"}), loss, x, target)
    agree(ts.script(loss), loss, x, target)
    agree(ts.trace(loss, (x, target)), loss, x + 1, target * 0.5)


def test_a_target_whose_type_nothing_says_is_classes_until_a_call_says_so():
    loss, x = nn.CrossEntropyLoss(), torch.randn(4, 3)
    model = ts.script(loss)
    agree(model, loss, x, torch.tensor([0, 2, 1, 1]))
    agree(model, loss, x, torch.rand(4, 3))


def test_probabilities_of_another_shape_stop_the_call():
    model = ts.script(nn.CrossEntropyLoss(), types={"target": "float32[...]"})
    with pytest.raises(TrapError):
        model(torch.randn(4, 3), torch.rand(1, 3))


def test_probabilities_know_no_class_to_ignore():
    with pytest.raises(ProducerError, match="ignore") as caught:
        ts.script(nn.CrossEntropyLoss(ignore_index=1), types={"target": "float32[...]"})

    assert (caught.value.code, caught.value.rule) == ("TYPE_INFERENCE", "SCRIPT-10")
