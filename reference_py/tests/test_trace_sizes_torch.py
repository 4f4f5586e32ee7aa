"""Sizes that torch and Python read of a torch.Size: followed where an op can, guarded elsewhere."""

from __future__ import annotations

import copy
import math
import pickle

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after importorskip
from tracescript.errors import BadInputError, GuardError, ProducerError  # noqa: E402  # after importorskip

pytestmark = pytest.mark.torch

FOLLOWED = {
    "numel": lambda x: x * x.shape.numel(),
    "numel of a part": lambda x: x * x.shape[:1].numel(),
    "numel as a size": lambda x: torch.arange(x.shape.numel()).reshape(x.shape),
    "prod": lambda x: x * math.prod(x.shape),
    "sum of sizes": lambda x: x[None].expand((2,) + x.shape),  # noqa: RUF005  # what is tested
    "product of sizes": lambda x: torch.zeros(x.shape * 2),
    "size of a size": lambda x: torch.zeros(torch.Size(x.shape) + torch.Size([1])),
    "copy": lambda x: torch.zeros(copy.copy(x.shape)),
    "deep copy": lambda x: torch.zeros(copy.deepcopy(x.shape)),
    "type": lambda x: x + isinstance(x.shape, torch.Size) + 2 * isinstance(x.size(), tuple),
    "reduced axes": lambda x: x.sum(tuple(range(1, len(x.shape)))),
}
GUARDED = {
    "f-string": lambda x: f"{x.shape}",
    "str": lambda x: str(x.shape),
    "repr": lambda x: repr(x.size()),
    "percent": lambda x: "%s" % (x.shape,),  # noqa: UP031  # what is tested
    "format": lambda x: "{}".format(x.shape),  # noqa: UP032  # what is tested
    "part": lambda x: f"{x.shape[:1]}",
    "sum": lambda x: f"{x.shape + (1,)}",  # noqa: RUF005  # what is tested
    "dict": lambda x: str({"s": x.shape}),
    "pickle": lambda x: torch.zeros(pickle.loads(pickle.dumps(x.shape))),  # our own
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_sizes_that_an_op_takes_are_followed(name):
    model = ts.trace(FOLLOWED[name], (torch.ones(3, 4),))

    got, want = model(torch.ones(5, 4)), FOLLOWED[name](torch.ones(5, 4))
    assert got.dtype == want.dtype
    assert torch.equal(got, want)


@pytest.mark.parametrize("name", GUARDED)
def test_sizes_that_become_text_or_bytes_are_guarded(name):
    model = ts.trace(GUARDED[name], (torch.ones(3, 4),))

    want = GUARDED[name](torch.ones(3, 4))
    got = model(torch.ones(3, 4))
    assert torch.equal(got, want) if isinstance(want, torch.Tensor) else got == want
    with pytest.raises(GuardError) as caught:
        model(torch.ones(5, 4))
    assert caught.value.code == "SHAPE_GUARD_FAILED"
    assert "x." in caught.value.excerpt


def test_sizes_that_are_only_shown_stay_open(capsys):
    def shown(x):
        print("sizes", x.shape)
        assert x.dim() == 2, f"{x.shape}"
        return x + 1

    assert ts.trace(shown, (torch.ones(3, 4),))(torch.ones(5, 4)).shape == (5, 4)
    assert "sizes torch.Size([3, 4])" in capsys.readouterr().out


class Positions(torch.nn.Module):
    """Reads a size that it is called with as a plain number, as a cache by size does."""

    def forward(self, n, x):
        table = {n * 2: 3.0}
        return x + table[n * 2]


class Around(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = Positions()

    def forward(self, x):
        return self.positions(x.shape[1], x.sum(1))


def test_a_size_that_a_module_was_called_with_is_guarded_as_a_size():
    model = ts.trace(Around(), (torch.zeros(2, 3),))

    assert [(g.kind, g.text) for g in model.report.shape_guards] == [
        ("size_read", "(x_1 * 2) == 6")
    ]
    assert model(torch.zeros(4, 3)).shape == (4,)
    with pytest.raises(GuardError, match="SHAPE_GUARD_FAILED"):
        model(torch.zeros(2, 5))


def test_a_size_that_a_module_reads_cannot_stay_dynamic():
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(Around(), (torch.zeros(2, 3),), dynamic={"x": {1: ts.Dim("T")}})

    assert caught.value.code == "DIMENSION_FIXED"
    assert "table" in caught.value.excerpt


def test_the_message_of_a_check_of_torch_reads_no_size():
    def checked(x):
        torch._assert(x.dim() == 2, f"a matrix expected, found {x.shape}")
        return x + 1

    model = ts.trace(checked, (torch.zeros(2, 3),))
    assert model(torch.zeros(4, 5)).shape == (4, 5)


def test_the_message_of_a_check_of_torch_reads_no_element():
    def checked(x):
        torch._check_value(x.dim() == 2, f"a matrix expected, found {x}")
        return x + 1

    model = ts.trace(checked, (torch.zeros(2, 3),))
    assert model(torch.ones(4, 5)).sum() == 40


ORDERS = {
    "transposed": lambda x: x + x.t().is_contiguous(),
    "cut": lambda x: x + x[:, :2].is_contiguous(),
}


@pytest.mark.parametrize("name", ["transposed", "cut"])
def test_an_order_in_memory_that_a_size_decides_limits_the_size(name):
    program, axis = ORDERS[name], {"x": {0: ts.Dim("B", min=1)}}

    with pytest.raises(ProducerError) as caught:
        ts.trace(program, (torch.ones(1, 4),), dynamic=axis)
    assert caught.value.code == "DIMENSION_FIXED"
    model = ts.trace(program, (torch.ones(2, 4),), dynamic={"x": {0: ts.Dim("B", min=2)}})
    assert torch.equal(model(torch.ones(5, 4)), program(torch.ones(5, 4)))
    with pytest.raises(BadInputError):
        model(torch.ones(1, 4))


def test_an_order_in_memory_that_no_size_decides_limits_none():
    def program(x):
        return x + x.is_contiguous() + 2 * (x * 2)[None].is_contiguous()

    model = ts.trace(program, (torch.ones(1, 4),), dynamic={"x": {0: ts.Dim("B"), 1: ts.Dim("T")}})

    for sizes in ((1, 4), (5, 1), (3, 2)):
        assert torch.equal(model(torch.ones(sizes)), program(torch.ones(sizes)))
