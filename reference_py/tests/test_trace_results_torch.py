"""Results of torch calls that its library chooses or spells in its own way. Spec: TRACE-2, TRACE-9.

Expected values come from torch itself, called on the same inputs.
"""

import pytest

import tracescript as ts

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

nn = torch.nn
F = nn.functional
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


# ---- arguments that an op has no place for


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding", [2, -1])
def test_bags_leave_out_the_padding_index(mode, padding):
    weight = torch.arange(18.0).reshape(6, 3) - 8

    def rows(index, weight):
        return F.embedding_bag(index, weight, mode=mode, padding_idx=padding)

    index = torch.tensor([[0, 2, 5], [2, 2, 2], [1, 0, 5]])
    follows(rows, (index, weight), (torch.tensor([[5, 5, 5], [1, 2, 0]]), weight))

    def flat(index, offsets, weight):
        return F.embedding_bag(index, weight, offsets, mode=mode, padding_idx=padding)

    first = torch.tensor([0, 2, 2, 5, 1, 2]), torch.tensor([0, 2, 3, 3])
    other = torch.tensor([2, 2, 2, 0, 0]), torch.tensor([0, 3, 5])
    follows(flat, (*first, weight), (*other, weight))


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_rows_that_are_scaled_in_place_are_refused(layer):
    program = layer(4, 5, max_norm=0.5)
    before = program.weight.detach().clone()
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(program, (torch.tensor([[0, 1]]),))
    assert caught.value.code == "UNKNOWN_CALL"
    assert torch.equal(program.weight, before)


def test_instance_norm_takes_running_statistics_where_it_has_some():
    layer = nn.InstanceNorm1d(2, affine=True, track_running_stats=True).eval()
    layer.running_mean += torch.tensor([1.0, -2.0])
    x = torch.arange(12.0).reshape(2, 2, 3)
    torch.testing.assert_close(ts.trace(layer, x)(x * 2), layer(x * 2))
    follows(F.instance_norm, (x,), (x[:1] * 3,))
    with pytest.raises(ts.errors.ProducerError):
        ts.trace(layer.train(), x)
