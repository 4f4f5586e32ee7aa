"""Programs that torch.jit refuses or gets wrong, or exporters get wrong: here they are right."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402  # after importorskip
from torch.nn import functional as F  # noqa: E402, N812  # after importorskip; as everybody writes it

from tests.test_script_numpy import run  # noqa: E402  # after importorskip
from tests.test_script_torch import flat, same  # noqa: E402  # after importorskip
from tracescript.errors import ProducerError  # noqa: E402  # after importorskip
from tracescript.producer.script.run import script  # noqa: E402  # after importorskip

pytestmark = pytest.mark.torch


def gives_what_python_gives(function, *args):
    found = run(script(function), *(a.numpy() if isinstance(a, Tensor) else a for a in args))
    pairs = zip(flat(function(*args)), flat(found), strict=True)
    for want, got in pairs:
        if isinstance(want, Tensor):
            np.testing.assert_allclose(got, want.numpy(), rtol=1e-6)
        else:
            assert (type(got), got) == (type(want), want)


def numbers(n: int, u: float):
    return round(2.5 + n), round(u), round(n), 2**3, 2**n, n**2, 7 // -2 * n  # noqa: RUF057  # the program under test


def bits(n: int, p: bool):
    return n & 6, n | 9, n ^ 5, ~n, n << 2, -n >> 1, p & True, p ^ True, 3**n


def pops(n: int):
    d = {"a": n, "b": 2}
    d["a"] = 5
    key, value = d.popitem()
    return key, value, len(d)


def loops(n: int):
    for i in range(n):
        if i == 3:
            found = i
            break
    else:
        found = -1
    while n > 1:
        n -= 2
    else:  # noqa: PLW0120  # the program under test
        found += 100
    return found, n


def shapes(x: Tensor):
    h, *rest = x.shape
    if (total := h * 2) > 3:
        h = total
    sizes = [None if k == 0 else k for k in (1, 0, 2)]
    return h, len(rest), [k for k in range(5) if k % 2], f"{h:03d}|{1.5:>8.2f}", len(sizes)


def called(x: Tensor, *, scale: float = 2.0, **more: float):
    return x * scale + sum(more.values())


def functions(x: Tensor, k: int):
    double = lambda v, by=2: v * by

    def shifted(v, *, by=1):
        return double(v) + k * by

    return shifted(x), called(x, a=1.0), called(x, scale=0.5, **{"b": 2.0}), double(x, by=k)  # noqa: PIE804  # the program under test


@dataclass
class Sums:
    total: Tensor
    count: int = 0

    def add(self, x: Tensor):
        self.total = self.total + x
        self.count += 1


def summed(x: Tensor):
    sums = Sums(torch.zeros(()))
    for row in x:
        sums.add(row.sum())
    return sums.total / sums.count, sums.count


@pytest.mark.parametrize(
    ("program", "calls"),
    [
        (numbers, [(0, 2.5), (3, -0.5), (2, 1.5)]),
        (bits, [(5, True), (0, False)]),
        (pops, [(1,), (7,)]),
        (loops, [(0,), (3,), (6,)]),
        (shapes, [(torch.ones(2, 3),), (torch.ones(1, 2),)]),
        (functions, [(torch.arange(3.0), 2)]),
        (summed, [(torch.ones(4, 3),), (torch.ones(1, 2),)]),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_ordinary_python_gives_what_python_gives(program, calls):
    for args in calls:
        gives_what_python_gives(program, *args)


def test_an_int_and_a_tensor_in_two_arms_are_an_error_not_a_promotion():
    def f(x: Tensor, n: int):
        y = 1 if n > 0 else x.sum()
        return y

    with pytest.raises(ProducerError) as caught:
        script(f)

    assert (caught.value.code, caught.value.rule) == ("TYPE_INFERENCE", "SCRIPT-4")
    assert "int" in str(caught.value)
    assert "Tensor" in str(caught.value)


def test_a_loss_with_a_comprehension_if_inside_torch_is_compiled():
    same(nn.GaussianNLLLoss(), torch.randn(4, 2), torch.randn(4, 2), torch.rand(4, 2) + 0.1)


class Keyed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict({"a": nn.Linear(3, 3), "b": nn.Linear(3, 3)})
        self.order = ["b", "a"]
        self.bias = None
        self.scale = 0.5

    def forward(self, x, mask: Tensor | None = None):
        for name in self.order:
            x = self.layers[name](x)
        if self.bias is not None:
            x = x + self.bias
        if self.scale is not None:
            x = x * self.scale
        return x if mask is None else x.masked_fill(mask, 0.0)


@pytest.mark.parametrize("mask", [None, torch.tensor([True, False, True])])
def test_a_module_dict_with_keys_from_an_attribute_and_optional_attributes(mask):
    module = Keyed().eval()
    args = (torch.randn(2, 3),) if mask is None else (torch.randn(2, 3), mask)

    same(module, *args)


class Cast(nn.Module):
    def __init__(self, dtype: torch.dtype):
        super().__init__()
        self.dtype = dtype

    def forward(self, x):
        return x.to(self.dtype), torch.zeros(x.shape[0], dtype=self.dtype)


@pytest.mark.parametrize("dtype", [torch.float64, torch.int32])
def test_a_data_type_may_be_an_attribute_or_an_argument(dtype):
    same(Cast(dtype), torch.tensor([1.5, -2.0]))


class Closed(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 2), nn.Linear(2, 2)

    def forward(self, x):
        layers = [self.first, self.second]
        apply = lambda v, act=F.relu: functools.reduce(lambda h, layer: act(layer(h)), layers, v)
        return apply(x) + apply(x, act=torch.tanh)


def test_a_list_of_modules_in_a_closure():
    same(Closed().eval(), torch.randn(3, 2))


class Repeated(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.Linear(3, 3)

    def forward(self, x, n: int):
        for _ in range(n):
            x = torch.tanh(self.cell(x))
        return x


@pytest.mark.parametrize("n", [0, 1, 7])
def test_a_loop_runs_as_often_as_the_call_says(n):
    model = same(Repeated().eval(), torch.randn(2, 3), n)

    assert [node.op for node in model.functions[-1].body.nodes] == ["loop"]


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_recurrent_layer_at_other_lengths(kind):
    module = kind(3, 4, batch_first=True).eval()
    scripted = script(module, types={"input": "float32[B, T, 3]"})

    for batch, length in ((1, 5), (2, 3), (4, 9)):
        x = torch.randn(batch, length, 3)
        with torch.no_grad():
            wanted = flat(module(x))
        for want, got in zip(wanted, flat(run(scripted, x.numpy(), None)), strict=True):
            np.testing.assert_allclose(got, want.numpy(), rtol=2e-5, atol=1e-5)


class Gated(nn.Module):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return -x


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_branch_may_return_its_input(sign):
    same(Gated(), torch.full((3,), sign))
