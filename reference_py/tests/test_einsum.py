"""Einstein's notation: producers write out what torch and numpy leave to the reader."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.opset.einsum_rule import written_out

X = np.arange(12, dtype=np.float32).reshape(3, 4)
Y = np.arange(20, dtype=np.float32).reshape(5, 4)


@pytest.mark.parametrize(
    ("equation", "ranks", "expected"),
    [
        ("ij,jk", [2, 2], "ij,jk->ik"),
        ("ij,jk,kl", [2, 2, 2], "ij,jk,kl->il"),
        ("ba", [2], "ba->ab"),
        ("ii", [2], "ii->"),
        ("...j,...j->...", [3, 2], "abj,bj->ab"),
        ("...i", [3], "abi->abi"),
        (" i j -> j i ", [2], "ij->ji"),
    ],
)
def test_the_letters_of_the_result_and_of_an_ellipsis_are_written_out(equation, ranks, expected):
    assert written_out(equation, ranks) == expected


@pytest.mark.parametrize(
    "program",
    [
        lambda x: np.einsum("ij,kj", x, x),
        lambda x: np.einsum("ij,jk,kl", x, x.T, x),
        lambda x: np.einsum("...j,...j->...", x, x),
        lambda x: np.einsum("ji", x),
    ],
)
def test_a_traced_einsum_gives_numpys_result_at_another_size(program):
    np.testing.assert_array_equal(ts.trace(program, (X,))(Y), program(Y))


def product(x):
    return np.einsum("ij,kj", x, x)


def test_a_scripted_einsum_gives_numpys_result():
    model = ts.script(product, types={"x": "float32[A, B]"})

    np.testing.assert_array_equal(model(Y), product(Y))


def test_a_reduction_by_a_ufunc_takes_the_first_axis_as_numpy_does():
    np.testing.assert_array_equal(ts.trace(np.add.reduce, (X,))(Y), np.add.reduce(Y))


@pytest.mark.parametrize("dynamic", [3, {"x": ts.Dim("B")}, {"x": {"a": ts.Dim("B")}}])
def test_a_dynamic_that_is_no_dict_of_axes_is_refused_with_the_form_to_write(dynamic):
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(product, (X,), dynamic=dynamic)

    assert caught.value.code == "DIMENSION_FIXED"
    assert "ts.Dim" in caught.value.hint


def test_a_method_that_is_not_there_is_refused():
    with pytest.raises(ts.errors.ProducerError, match="no method 'missing'"):
        ts.trace(ts.nn.ReLU(), methods={"missing": (X,)})
