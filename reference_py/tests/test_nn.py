"""The small module library: state, tree, and, where torch is there, its layers' results."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn


def test_parameters_buffers_and_children_are_found_by_assignment() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))

    assert list(model.state_dict()) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
    ]  # fmt: skip


def test_a_state_dict_moves_over_and_a_wrong_one_is_refused() -> None:
    first, second = nn.Linear(2, 3), nn.Linear(2, 3)

    second.load_state_dict(first.state_dict())

    np.testing.assert_array_equal(second.weight.data, first.weight.data)
    with pytest.raises(ts.errors.BadInputError, match="bias"):
        second.load_state_dict({"weight": first.weight.data})
    with pytest.raises(ts.errors.BadInputError, match="shape"):
        second.load_state_dict({"weight": np.zeros((3, 3)), "bias": np.zeros(3)})


def test_linear_is_a_matrix_product_plus_bias() -> None:
    layer = nn.Linear(2, 2)
    layer.load_state_dict(
        {"weight": np.array([[1, 2], [3, 4]], np.float32), "bias": np.array([10, 20], np.float32)}
    )

    assert layer(np.array([[1, 1]], np.float32)).tolist() == [[13, 27]]


def test_assigning_before_init_is_a_clear_error() -> None:
    class Bad(nn.Module):
        def __init__(self):
            self.x = 1

    with pytest.raises(AttributeError, match="super"):
        Bad()


def test_an_op_called_wrongly_shows_its_signature() -> None:
    with pytest.raises(ts.errors.BadInputError) as caught:
        ts.ops.softmax(np.zeros(3, np.float32), axis=0)

    assert "dim=" in caught.value.hint


def test_an_op_takes_numbers_beside_tensors() -> None:
    assert ts.ops.add(np.array([1, 2], np.float32), 0.5).tolist() == [1.5, 2.5]


def test_an_unknown_op_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_op"):
        _ = ts.ops.no_such_op


def draw(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


FORMULAS = {
    nn.ReLU6(): lambda x: np.clip(x, 0, 6),
    nn.Hardtanh(-0.5, 0.25): lambda x: np.clip(x, -0.5, 0.25),
    nn.Softsign(): lambda x: x / (1 + np.abs(x)),
    nn.Tanhshrink(): lambda x: x - np.tanh(x),
    nn.Softplus(): lambda x: np.log1p(np.exp(x)),
    nn.LogSigmoid(): lambda x: -np.log1p(np.exp(-x)),
    nn.Hardshrink(0.3): lambda x: np.where(np.abs(x) > 0.3, x, 0),
    nn.Threshold(0.1, -2.0): lambda x: np.where(x > 0.1, x, -2),
    nn.GLU(): lambda x: x[:, :4] / (1 + np.exp(-x[:, 4:])),
    nn.CELU(2.0): lambda x: np.maximum(x, 0) + np.minimum(2 * np.expm1(x / 2), 0),
    nn.PReLU(1, 0.5): lambda x: np.where(x > 0, x, x / 2),
}


@pytest.mark.parametrize("layer", FORMULAS, ids=lambda layer: type(layer).__name__)
def test_an_activation_is_its_formula(layer) -> None:
    x = draw(5, 8) * 3

    np.testing.assert_allclose(layer(x), FORMULAS[layer](x), rtol=1e-5, atol=1e-6)


def test_a_convolution_of_a_row_is_a_sum_over_a_window() -> None:
    layer = nn.Conv1d(1, 1, 3, padding="same", bias=False)
    layer.load_state_dict({"weight": np.array([[[1, 10, 100]]], np.float32)})

    # each element sees its left, itself and its right neighbour, zeros outside
    assert layer(np.array([[[1, 2, 3]]], np.float32)).tolist() == [[[210, 321, 32]]]


def test_a_transposed_convolution_spreads_each_element_over_its_filter() -> None:
    layer = nn.ConvTranspose1d(1, 1, 2, stride=2, bias=False)
    layer.load_state_dict({"weight": np.array([[[1, 10]]], np.float32)})

    assert layer(np.array([[[1, 2, 3]]], np.float32)).tolist() == [[[1, 10, 2, 20, 3, 30]]]


@pytest.mark.parametrize(("layer", "cell"), [(nn.LSTM, nn.LSTMCell), (nn.GRU, nn.GRUCell)])
def test_a_recurrent_layer_is_its_cell_step_by_step(layer, cell) -> None:
    whole, step = layer(3, 4), cell(3, 4)
    step.load_state_dict({k.removesuffix("_l0"): v for k, v in whole.state_dict().items()})
    xs = draw(5, 2, 3)
    state = (np.zeros((2, 4), np.float32),) * (2 if layer is nn.LSTM else 1)

    ys = []
    for x in xs:
        state = step(x, *state) if layer is nn.LSTM else (step(x, *state),)
        ys.append(state[0])

    y, last = whole(xs)
    np.testing.assert_allclose(y, np.stack(ys), rtol=1e-5, atol=1e-6)
    last = last if layer is nn.LSTM else (last,)
    for got, want in zip(last, state, strict=True):
        np.testing.assert_allclose(got[0], want, rtol=1e-5, atol=1e-6)


def test_attention_is_the_softmax_of_products_times_values() -> None:
    layer = nn.MultiheadAttention(4, 1, bias=False)
    w_q, w_k, w_v = np.split(layer.in_proj_weight.data, 3)
    query, key = draw(1, 3, 4), draw(1, 5, 4, seed=1)
    scores = (query[0] @ w_q.T) @ (key[0] @ w_k.T).T / 2
    scores[:, 4] = -np.inf
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    expected = weights @ (key[0] @ w_v.T) @ layer.out_proj.weight.data.T

    y = layer(query, key, key_padding_mask=np.array([[False] * 4 + [True]]))

    np.testing.assert_allclose(y[0], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.Conv2d(1, 1, (3, 3, 3)),
        lambda: nn.Conv2d(1, 1, 3, stride=2, padding="same"),
        lambda: nn.Conv2d(1, 1, 3, padding="most"),
        lambda: nn.MultiheadAttention(5, 2),
        lambda: nn.TransformerEncoderLayer(4, 2, activation="tan"),
        lambda: nn.Upsample(3, mode="best"),
    ],
)
def test_a_layer_of_impossible_options_is_refused_when_it_is_made(make) -> None:
    with pytest.raises(ValueError, match=r"expected|needs|divide"):
        make()


def test_every_layer_of_the_library_is_listed_once() -> None:
    assert sorted(set(nn.__all__)) == sorted(nn.__all__)
    assert all(isinstance(getattr(nn, name), type) for name in nn.__all__)


@pytest.mark.parametrize("layer", [nn.BatchNorm2d, nn.InstanceNorm2d])
def test_a_flag_in_the_place_of_momentum_is_refused(layer):
    with pytest.raises(TypeError, match="momentum is a number or None, found False; affine"):
        layer(4, 1e-5, False)


def test_statistics_that_a_norm_does_not_keep_so_are_refused():
    with pytest.raises(ValueError, match="track_running_stats"):
        nn.BatchNorm1d(4, track_running_stats=False)
    with pytest.raises(ValueError, match="track_running_stats"):
        nn.InstanceNorm1d(4, track_running_stats=True)


@pytest.mark.parametrize("layer", [nn.Conv2d, nn.BatchNorm1d, nn.MultiheadAttention, nn.LSTM])
def test_a_keyword_that_a_layer_does_not_have_is_named(layer):
    with pytest.raises(TypeError, match="'padding_style'"):
        layer(4, 2, 1, padding_style="zeros")


def test_what_torch_takes_by_place_and_a_layer_has_not_is_refused():
    with pytest.raises(TypeError, match="positional"):
        nn.MaxPool2d(2, 2, 0, 1, True)
    with pytest.raises(TypeError, match="positional"):
        nn.MultiheadAttention(8, 2, 0.0, True, True)


def test_a_script_of_a_layer_takes_one_sample(tmp_path):
    layer, x = nn.Conv2d(2, 3, 2), np.ones((2, 4, 5), np.float32)

    found = ts.script(layer, types={"x": "float32[2, H, W]"})(x)

    np.testing.assert_allclose(found, layer(x[None])[0], rtol=1e-6)
