"""Arrays filled with True or False, and `view` with its arguments by name."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402
from tracescript.errors import ProducerError  # noqa: E402

pytestmark = pytest.mark.torch
ROWS = np.arange(6.0).reshape(2, 3)
TENSOR = torch.from_numpy(ROWS)


def typed(x):
    return np.full(x.shape, True, dtype=float) + x


def untyped(x):
    return np.full(x.shape, False)


def decided(x):
    return np.full(x.shape, x.shape[1] > 2, dtype=np.int32)


@pytest.mark.parametrize("program", [typed, untyped, decided])
def test_a_traced_full_takes_a_bool_at_every_size(program):
    model = ts.trace(program, (ROWS,))

    for x in (ROWS, np.ones((4, 3))):
        expected = program(x)
        assert model(x).dtype == expected.dtype
        assert model(x).tolist() == expected.tolist()


def like(x):
    return torch.full_like(x, True), torch.full_like(x > 1, True)


def like_of_a_type(x):
    return torch.full_like(x, False, dtype=torch.int64)


def full(x):
    return torch.full((2, 3), True) & (x > 1), torch.full((3,), True, dtype=torch.float32) * x


def new(x):
    return x.new_full((2,), True)


@pytest.mark.parametrize("program", [like, like_of_a_type, full, new])
def test_a_scripted_full_takes_a_bool(program):
    torch.testing.assert_close(ts.script(program)(TENSOR), program(TENSOR), rtol=0, atol=0)


def test_the_bool_that_fills_may_be_an_argument():
    def filled(x: torch.Tensor, on: bool):
        return torch.full_like(x, on)

    model = ts.script(filled)
    assert [model(TENSOR, on).sum().item() for on in (True, False)] == [6, 0]


def test_a_traced_view_takes_its_sizes_by_name():
    model = ts.trace(lambda x: x.view(size=(x.size(0) * 3,)) * 2, (TENSOR,))

    torch.testing.assert_close(model(torch.ones(4, 3).double()), torch.full((12,), 2.0).double())


def test_a_traced_view_as_another_type_is_refused_by_name_too():
    with pytest.raises(ProducerError, match=r"view\(dtype\)") as caught:
        ts.trace(lambda x: x.view(dtype=torch.int64), (TENSOR,))

    assert caught.value.code == "UNKNOWN_CALL"
