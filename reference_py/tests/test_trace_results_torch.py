"""Results of torch calls that its library chooses or spells in its own way. Spec: TRACE-2, TRACE-9.

Expected values come from torch itself, called on the same inputs.
"""

import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

INTS = torch.tensor([3, 1, 2])


def follows(program, args, *others):
    model = ts.trace(program, args)
    for given in (args, *others):
        want = program(*given)
        torch.testing.assert_close(model(*given), want)


@pytest.mark.parametrize("name", ["eigh", "qr", "svd"])
def test_factors_whose_signs_differ_are_results(name):
    x = torch.tensor([[2.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 1.0]])
    call = getattr(torch.linalg, name)
    for got, want in zip(ts.trace(call, x)(x), call(x), strict=True):
        torch.testing.assert_close(got.abs(), want.abs(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("some", [True, False])
def test_the_older_svd_gives_v_and_not_its_adjoint(some):
    x = torch.tensor([[2.0, 1.0, 0.5], [1.0, -3.0, 0.25]])
    left, values, right = ts.trace(lambda x: torch.svd(x, some), x)(x)
    assert right.shape == torch.svd(x, some).V.shape
    back = left[:, :2] @ torch.diag(values) @ right[:, :2].T
    torch.testing.assert_close(back, x, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("driver", [None, "gels", "gelsy", "gelsd", "gelss"])
def test_lstsq_gives_what_its_driver_gives(driver):
    a = torch.tensor([[1.0, 2.0], [0.5, -1.0], [3.0, 1.0]])
    b = torch.tensor([[1.0], [2.0], [0.5]])

    def program(a, b):
        return tuple(torch.linalg.lstsq(a, b, driver=driver))

    for got, want in zip(ts.trace(program, (a, b))(a, b), program(a, b), strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4)


def test_the_adjoint_is_an_attribute():
    x = torch.tensor([[1 + 2j, 3j], [2, 1 - 1j], [0, 4j]])
    follows(lambda x: x.mH @ x + x.H @ x, (x,), (x * 2j,))


def test_a_number_in_a_tensor_is_an_input_like_others():
    follows(lambda x: x * 2, (torch.tensor(2.0),), (torch.tensor(3.0),))


def test_scalar_tensor_is_a_float_unless_told_otherwise():
    def program(x):
        return torch.scalar_tensor(3), torch.scalar_tensor(x.shape[0], dtype=torch.int64), x

    follows(program, (INTS,), (torch.tensor([7, 8, 9, 4]),))
