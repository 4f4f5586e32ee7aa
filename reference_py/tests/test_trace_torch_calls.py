"""Torch calls under a trace: each gives what torch gives, or is refused with its line."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch_traces import assert_same, traced  # noqa: E402  # after the skip

from tracescript.errors import ProducerError  # noqa: E402
from tracescript.producer.trace.run import trace  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


class Writes(nn.Module):
    def forward(self, x):
        y = x.clone()
        y[0] = 1.0
        y[:, 1] += 2
        y.relu_()
        flat_view = y.view(-1)
        flat_view[0] = 7
        left, right = y.chunk(2, 1)
        left.mul_(3)
        return y, flat_view, right, y.t() * 2


def test_writes_in_place_and_through_views_are_new_values():
    model = traced(Writes(), torch.randn(3, 4))

    assert_same(model, Writes(), torch.randn(5, 4))


FUNCTIONS = {
    "reflected": lambda x, y: (1 - x, 2 / x, 2**x, 1 // (x * x + 1)),
    "mixed types": lambda x, y: (x.int() + 2.5, y.long() + 1, x.double() + y, (x > 0) + 1),
    "reductions": lambda x, y: (
        x.mean(-1, keepdim=True),
        x.max(-1)[0],
        x.std(),
        x.norm(),
        x.sum((0, 1)),
    ),
    "subscripts": lambda x, y: (
        x[:, None],
        x[..., -1],
        x[x[:, 0] > 0].sum(),
        x[[0, 2]],
        x[1:, ::2],
    ),
    "parts": lambda x, y: (*x.split(3, 1), *x.chunk(2, 1), *x.tensor_split(3, 1)),
    "products": lambda x, y: (torch.einsum("ij,kj->ik", x, y), x @ y.T, torch.outer(x[0], y[0])),
    "choices": lambda x, y: (torch.where(x > 0, x, 0.0), x.clamp(0, 1), x.masked_fill(x > 0, 2)),
    "orders": lambda x, y: (*x.sort(-1), *x.topk(2), x.argmax(1)),
    "sizes": lambda x, y: (x.reshape(x.shape[1], -1), torch.arange(x.shape[0]) * 2, x.numel() * x),
    "made here": lambda x, y: (torch.zeros(x.size(0), 2), x.new_ones(2), torch.tensor([1.5, 2.5])),
    "alpha": lambda x, y: (torch.add(x, y, alpha=2), torch.sub(x, y, alpha=0.5)),
    "norms": lambda x, y: (
        functional.layer_norm(x, (4,)),
        functional.normalize(x),
        functional.softmax(x, -1),
        functional.log_softmax(x, 0),
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_tensors_give_what_torch_gives(name):
    f = FUNCTIONS[name]
    model = traced(f, torch.randn(3, 4), torch.randn(3, 4))

    assert_same(model, f, torch.randn(3, 4), torch.randn(3, 4))


@pytest.mark.parametrize(
    ("f", "code", "shown"),
    [
        (lambda x: torch.lu(x) + 1, "UNKNOWN_CALL", "torch.lu"),
        (lambda x: x.clone().log_normal_(), "UNKNOWN_CALL", "log_normal_"),
        (lambda x: x.add_(1), "ALIASING", "add_"),
        (lambda x: x.clone().view(torch.int32).mul_(2), "UNKNOWN_CALL", "view"),
        (lambda x: torch.vmap(torch.neg)(x * 2), "UNKNOWN_CALL", "x * 2"),
        (lambda x: x.data_ptr() * x, "UNRECORDED_READ", "data_ptr"),
        (lambda x: {x.sum().shape}, "UNSUPPORTED_PYTHON", ""),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_a_trace_cannot_hold_is_refused_with_its_line(f, code, shown):
    with pytest.raises(ProducerError) as caught:
        trace(f, (torch.randn(3, 3),), decisions="record")

    assert caught.value.code == code
    assert shown in caught.value.excerpt
    if shown:
        assert caught.value.where.startswith("test_trace_torch_calls.py:")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_compiled_code_is_not_mistaken_for_a_constant():
    compiled = torch.jit.trace(nn.Linear(3, 3), torch.randn(2, 3))

    with pytest.raises(ProducerError) as caught:
        trace(lambda x: compiled(x) + 1, (torch.randn(2, 3),))

    assert caught.value.code == "UNRECORDED_READ"


def test_tensors_from_outside_are_constants():
    table = torch.arange(4.0)

    def f(x, y):
        return x + table, y * torch.tensor([1.0, 2.0, 3.0, 4.0])

    model = traced(f, torch.randn(3, 4), torch.randn(3, 4))

    assert_same(model, f, torch.randn(5, 4), torch.randn(5, 4))


class Sparse(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.eye(3).to_sparse())

    def forward(self, x):
        return torch.sparse.mm(self.table, x)


@pytest.mark.parametrize(
    ("program", "args"),
    [
        (Sparse(), (torch.ones(3, 3),)),
        (lambda x, y: torch.sparse.mm(x, y) + 1, (torch.eye(3).to_sparse(), torch.ones(3, 3))),
    ],
)
def test_tensors_that_are_not_dense_are_refused(program, args):
    with pytest.raises(ProducerError) as caught:
        trace(program, args)

    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert "to_dense" in caught.value.hint
