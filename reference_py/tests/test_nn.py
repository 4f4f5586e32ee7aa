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
