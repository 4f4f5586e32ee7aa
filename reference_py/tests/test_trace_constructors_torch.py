"""Tensors that a traced program makes by their type, `torch.LongTensor([1])`, are what they are."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import numpy as np  # noqa: E402
from torch_traces import assert_same, traced  # noqa: E402  # after the skip

from tracescript.errors import GuardError, ProducerError  # noqa: E402

pytestmark = pytest.mark.torch

PROGRAMS = {
    "elements of every type": lambda x: tuple(
        getattr(torch, f"{name}Tensor")([[0, 1, 2], [3, 4, 5]]) + x
        for name in "BFloat16 Byte Char Double Float Half Int Long Short".split()
    ),
    "truths": lambda x: x * torch.BoolTensor([True, False, True]),
    "elements that are not whole": lambda x: x * torch.LongTensor([1.5, -1.5, 2]),
    "elements of the default type": lambda x: x + torch.Tensor([1, 2, 3]),
    "pairs of elements, no sizes": lambda x: x[:, :2] + torch.Tensor((2, 3)),
    "an array": lambda x: x + torch.Tensor(np.arange(3)),
    "sizes": lambda x: x + torch.FloatTensor(2, 3).fill_(1),
    "all sizes of another": lambda x: torch.Tensor(x.shape).fill_(1) + x,
    "a size among the elements": lambda x: x + torch.LongTensor([x.shape[0]]),
    "a tensor among the elements": lambda x: x[0] + torch.Tensor([x[0, 0] * 2, 1, x[1, 1]]),
    "none": lambda x: torch.cat([torch.Tensor(), x.flatten(), torch.LongTensor()]),
    "the same tensor": lambda x: torch.Tensor(x) + torch.FloatTensor(x),
    "like another": lambda x: x + x.new([1, 2, 3]) + x.long().new([1.5]) + x.new(3).zero_(),
    "a slice": lambda x: x[:, : torch.IntTensor([2])[0]],
    "a type asked for": lambda x: (x.type(torch.LongTensor), x + isinstance(x, torch.FloatTensor)),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_tensor_made_by_its_type_is_seen(program):
    model = traced(program, torch.ones(2, 3))

    assert_same(model, program, torch.tensor([[1.0, 2, 3], [4, 5, 6]]))


def test_a_write_into_a_tensor_made_of_another_is_a_write_into_that():
    def program(x):
        y = x * 2
        torch.Tensor(y)[0] = 1
        return y

    assert_same(traced(program, torch.ones(2, 3)), program, torch.full((2, 3), 3.0))


def test_a_size_in_a_tensor_made_by_its_type_stays_open():
    def program(x):
        return torch.FloatTensor(x.shape[0], 2).fill_(1) * torch.FloatTensor([x.shape[0], 1])

    assert_same(traced(program, torch.ones(2, 3)), program, torch.ones(5, 3))


def test_a_number_read_into_a_tensor_made_by_its_type_is_guarded():
    model = traced(lambda x: x + torch.LongTensor([x[0].item()]), torch.ones(3))

    with pytest.raises(GuardError):
        model(torch.zeros(3))


def test_types_and_constructors_of_torch_are_as_they_were_after_a_trace():
    before = torch.LongTensor, torch.Tensor.__new__
    traced(lambda x: x + torch.Tensor([1.0]), torch.ones(3))

    assert (torch.LongTensor, torch.Tensor.__new__) == before
    assert "__new__" not in vars(torch.Tensor)


@pytest.mark.parametrize(
    ("program", "error"),
    [
        (lambda x: x + torch.FloatTensor(torch.arange(3)), TypeError),
        (lambda x: x + torch.Tensor(2.0), TypeError),
        (lambda x: x + torch.Tensor([[1, 2], [3]]), ValueError),
        (lambda x: x + x.new(2.0), ProducerError),
    ],
    ids=["another type", "a number", "ragged", "a number, like another"],
)
def test_what_torch_refuses_is_refused(program, error):
    with pytest.raises((error, ProducerError)):
        traced(program, torch.ones(3))
