"""Functions that name no library, in a file that imports torch and numpy."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch


def deviation(x):
    return x.std()


def halves(n, x):
    return x / n


def positive(x):
    y = x.float()
    z = y.positive()
    return y.unsqueeze(0), z.std()


def typed(x):
    return x.astype("float64").std()


def own_row(x):
    row = (x * 1)[0]
    row += 1
    return row


def backwards(x):
    return x[::-1]


def weighted(x, weight=torch.ones(3)):  # noqa: B008
    return (x * weight).std()


def outer(x: torch.Tensor):
    return deviation(x)


def test_what_means_the_same_in_both_libraries_takes_arrays_of_both():
    model = ts.script(own_row, types={"x": "float32[M, N]"})
    x = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)

    assert np.array_equal(model(x), own_row(x))
    assert torch.equal(model(torch.tensor(x)), own_row(torch.tensor(x)))


def test_what_means_two_things_is_refused_at_its_line():
    with pytest.raises(ProducerError) as caught:
        ts.script(deviation, types={"x": "float32[N]"})

    line = inspect.getsourcelines(deviation)[1] + 1
    assert (caught.value.code, caught.value.rule) == ("TYPE_INFERENCE", "SCRIPT-9")
    assert caught.value.where.startswith(f"test_script_either_torch.py:{line}:")
    assert "x: torch.Tensor" in caught.value.hint


def test_data_types_that_both_libraries_promote_alike_pass_and_others_are_refused():
    x = torch.tensor([1.0, 3.0])

    found = ts.script(halves, types={"n": "int", "x": "float32[N]"})(2, x)

    assert found.dtype == torch.float32
    assert torch.equal(found, halves(2, x))
    with pytest.raises(ProducerError) as caught:  # torch gives float32, numpy float64
        ts.script(halves, types={"n": "int", "x": "int64[N]"})
    assert caught.value.rule == "SCRIPT-9"


def test_a_method_that_one_librarys_arrays_have_decides():
    x = torch.tensor([1.0, 2.0, 4.0])
    array = np.array([1.0, 2.0, 4.0], np.float32)

    rows, deviated = ts.script(positive, types={"x": "float32[N]"})(x)

    assert torch.equal(rows, positive(x)[0])
    torch.testing.assert_close(deviated, positive(x)[1])
    assert ts.script(typed, types={"x": "float32[N]"})(array) == pytest.approx(typed(array))


def test_what_one_library_alone_takes_is_refused_until_an_annotation_says_so():
    with pytest.raises(ProducerError) as caught:
        ts.script(backwards, types={"x": "float32[N]"})

    assert caught.value.rule == "SCRIPT-9"


def test_a_default_or_the_caller_says_whose_arrays_a_function_takes():
    x = torch.tensor([1.0, 2.0, 4.0])

    torch.testing.assert_close(ts.script(weighted)(x, torch.ones(3)), weighted(x))
    torch.testing.assert_close(ts.script(outer)(x), outer(x))
