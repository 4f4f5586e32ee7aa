"""`is` between two tensors of a script, and messages about types whose short names are the same."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tests.differential.check import function_of  # noqa: E402  # after the check for torch
from tracescript.errors import ProducerError  # noqa: E402  # after the check for torch

F = torch.nn.functional
pytestmark = pytest.mark.torch
HEAD = "import torch\nimport torch.nn.functional as F\n"
TYPES = {"x": "float32[A, B]", "z": "float32[A, B]"}


def program(left, right):
    return function_of(
        f"{HEAD}def f(x, z):\n    a = {left}\n    return a is {right}, a is not {right}\n"
    )


TOLD = {
    "a name of it": ("x", "x"),
    "a name chosen among it": ("x if x.sum() > 0 else x", "a"),
    "what a function returns as it is": ("x + 1", "a"),
    "a new sum": ("x + 1", "x"),
    "new results of two ops": ("torch.exp(x)", "torch.exp(x)"),
    "an identity where nothing is seen of it": ("x * 1", "z"),
}
OPEN = {
    "two parameters": ("x", "z"),
    "without its gradient": ("x.detach()", "x"),
    "a slice of all": ("x[:]", "x"),
    "an ellipsis": ("x[...]", "x"),
    "data": ("x.data", "x"),
    "a conjugate": ("x.conj()", "x"),
    "a conversion": ("x.to(z)", "x"),
    "as an array": ("x.numpy()", "x"),
    "a copy": ("torch.tensor(x)", "x"),
    "a view": ("x.t().t()", "x"),
    "laid out in order": ("x.contiguous()", "x"),
    "one of two": ("x if x.sum() > 0 else z", "x"),
}


@pytest.mark.parametrize(("left", "right"), TOLD.values(), ids=TOLD)
def test_is_tells_tensors_apart_that_are_surely_one_object_or_two(left, right):
    function = program(left, right)
    x = torch.ones(2, 3)

    assert ts.script(function, types=TYPES)(x, x + 1) == function(x, x + 1)


@pytest.mark.parametrize(("left", "right"), OPEN.values(), ids=OPEN)
def test_is_between_tensors_that_may_be_one_object_is_refused(left, right):
    with pytest.raises(ProducerError) as caught:
        ts.script(program(left, right), types=TYPES)

    assert (caught.value.code, caught.value.rule) == ("UNSUPPORTED_PYTHON", "SCRIPT-1")
    assert "`is` compares" in caught.value.what


class Attention(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.w = torch.nn.Parameter(torch.randn(24, 8))
        self.o = torch.nn.Linear(8, 8)

    def forward(self, x):
        kwargs = {"training": False, "need_weights": False}
        found = F.multi_head_attention_forward(
            x,
            x,
            x,
            8,
            2,
            self.w,
            None,
            None,
            None,
            False,
            0.0,
            self.o.weight,
            self.o.bias,
            **kwargs,
        )
        return found[0]


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_attention_of_a_tensor_with_itself_is_known_when_compiling(engine, tmp_path):
    module, x = Attention().eval(), torch.randn(3, 2, 8)
    ts.save(ts.script(module, types={"x": "float32[T, B, 8]"}), tmp_path / "a.tsproto")

    found = ts.load(tmp_path / "a.tsproto", engine=engine)(x)

    assert torch.allclose(torch.as_tensor(found), module(x), atol=1e-5)


def test_types_whose_short_names_are_the_same_are_named_in_full():
    function = function_of(
        f"{HEAD}def f(x, z):\n    xs = [x]\n    xs.append(x.long())\n    return xs\n"
    )

    with pytest.raises(ProducerError) as caught:
        ts.script(function, types=TYPES)

    assert caught.value.what == "the list holds float32[A, B], found int64[A, B]"
    assert caught.value.hint == "make it float32[A, B] first"
