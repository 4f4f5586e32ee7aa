"""What shows the elements of a tensor, and what a call takes by default: as torch and numpy."""

from __future__ import annotations

import linecache

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError, TrapError

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

X = np.float32([[1.5, -2.0, 0.25], [-1.0, 0.0, 2.5], [4.0, 1.0, -3.5]])


def function_of(library, body):
    lines = ["import torch", "import numpy as np", "", "def f(x):"]
    kind = "torch" if library == "torch" else "np"
    lines += [f"    same = {kind}.sqrt"] + [f"    {line}" for line in body.splitlines()]
    source, path = "\n".join(lines) + "\n", f"<{library} {body}>"
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    space = {"__name__": "__main__"}
    exec(compile(source, path, "exec"), space)
    return space["f"]


def plain(value):
    return value.numpy() if hasattr(value, "numpy") else np.asarray(value)


EQUAL = {
    "meshgrid is a tuple of views": (
        "torch",
        "y = x * 1\na, b = torch.meshgrid(y[0], y[1], indexing='ij')\nreturn a + b, y",
    ),
    "msort gives no places": ("torch", "return x.msort() + torch.msort(x)"),
    "meshgrid of one vector": ("torch", "return torch.meshgrid([x[0]], indexing='ij')[0]"),
    "a sum of einsum's is no view": (
        "torch",
        "y = x * 1\nz = torch.einsum('ij->i', y)\nz += 1\nreturn y, z",
    ),
    "no axes are all in torch": (
        "torch",
        "return x.sum(()), torch.mean(x, ()), x.amax(()), torch.amin(x, dim=())",
    ),
    "unflatten shows what it is made of": (
        "torch",
        "y = x * 1\nz = y.unflatten(1, (3, 1))\nz.mul_(2)\nreturn y, z",
    ),
    "repeat_interleave without dim flattens": ("torch", "return x.repeat_interleave(2)"),
    "to(copy=True) copies": ("torch", "y = x * 1\nz = y.to(y.dtype, copy=True)\nz += 1\nreturn y"),
    "scalar_tensor is a float": ("torch", "return torch.scalar_tensor(2)"),
    "a data type's text is torch's": ("torch", "return len(f'{x.dtype}') + 0 * x"),
    "grad is None and no flag is set": (
        "torch",
        "return x if x.grad is None and not x.is_mps else -x",
    ),
    "an array of bools and ints is one of ints": ("numpy", "return np.array([True, 2])"),
    "astype copies": ("numpy", "y = x * 1\nz = y.astype(np.float32)\nz += 1\nreturn y"),
    "astype(copy=False) does not": (
        "numpy",
        "y = x * 1\nz = y.astype(np.float32, copy=False)\nz += 1\nreturn y",
    ),
    "sums of small ints have the type that is asked for": (
        "torch",
        "return x.long().sum(0, dtype=torch.int32), x.long().cumsum(0, dtype=torch.int16)",
    ),
    "a list of bools is a mask": ("numpy", "return x[:, [True, False, True]]"),
    "a list of bools is a mask of torch": ("torch", "return x[:, [True, False, True]]"),
    "one_hot counts the classes": (
        "torch",
        "return torch.nn.functional.one_hot(x.argmax(1), 4)",
    ),
    "round() takes digits": ("numpy", "return round(x.sum(), 1)"),
    "round() without digits is an int": ("numpy", "return round(x.sum()) // 2"),
    "rows of a tensor may be swapped by copies": (
        "torch",
        "y = x * 1\ny[0], y[1] = y[1].clone(), y[0].clone()\nreturn y",
    ),
    "elements of an array may be swapped": (
        "numpy",
        "y = x[0] * 1\ny[0], y[1] = y[1], y[0]\nreturn y",
    ),
}


@pytest.mark.parametrize("name", EQUAL)
def test_a_script_gives_what_the_library_gives(name):
    library, body = EQUAL[name]
    function = function_of(library, body)
    given = torch.from_numpy(X.copy()) if library == "torch" else X.copy()
    expected, found = function(given), ts.script(function, types={"x": "float32[N, 3]"})(X.copy())
    many = isinstance(expected, tuple)
    for want, got in zip(*((expected, found) if many else ((expected,), (found,))), strict=True):
        assert type(got) is type(want) or hasattr(want, "shape")
        assert plain(got).dtype == plain(want).dtype
        assert np.array_equal(plain(got), plain(want))


REFUSED = {
    "rows of a tensor that show each other": (
        "torch",
        "y = x * 1\ny[0], y[1] = y[1], y[0]\nreturn y",
    ),
    "a write into what expand() repeats": ("torch", "y = x[:1].expand(3, 3)\ny[0] = 1\nreturn y"),
    "a write through as_strided()": (
        "torch",
        "y = x * 1\nz = y.as_strided((2,), (1,))\nz.add_(1)\nreturn y",
    ),
    "a write through np.flip()": ("numpy", "y = x * 1\nz = np.flip(y, 0)\nz += 1\nreturn y"),
    "a write through what meshgrid() gives": (
        "torch",
        "y = x * 1\ng = torch.meshgrid(y[0], y[1], indexing='ij')\ny.mul_(2)\nreturn g[0]",
    ),
    "a write through einsum() that sums nothing": (
        "torch",
        "y = x * 1\nz = torch.einsum('ij->ji', y)\nz.mul_(2)\nreturn y",
    ),
    "x.type() without a type": ("torch", "return x if x.type() == 'a' else -x"),
    "str() of a tensor": ("torch", "return x if str(x.sum()) == '1' else -x"),
    "the text of a float32": ("numpy", "return x if '%s' % x.sum() == '1' else -x"),
    "an int beyond an array's type": ("numpy", "return x.astype(np.int8) + 200"),
    "the class of a number of numpy's": (
        "numpy",
        "return x if isinstance(x.sum(), np.floating) else -x",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_script_cannot_show_is_refused(name):
    with pytest.raises(ProducerError) as caught:
        ts.script(function_of(*REFUSED[name]), types={"x": "float32[N, 3]"})
    assert caught.value.where


class Setting(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.n = 1

    @property
    def twice(self):
        return self.n * 2

    @twice.setter
    def twice(self, value):
        self.n = value + 1

    def forward(self, x):
        self.twice = self.n
        return x * self.twice


def test_the_setter_of_a_modules_property_runs():
    model, module = ts.script(Setting(), types={"x": "float32[N, 3]"}), Setting()
    for _ in range(2):
        assert np.array_equal(plain(model(X.copy())), plain(module(torch.from_numpy(X.copy()))))


@pytest.mark.parametrize(
    "name",
    [
        "no axes are all in torch",
        "unflatten shows what it is made of",
        "a sum of einsum's is no view",
    ],
)
def test_a_script_of_any_rank_gives_what_the_library_gives(name):
    function = function_of(*EQUAL[name])
    expected, found = function(torch.from_numpy(X.copy())), ts.script(function)(X.copy())
    for want, got in zip(expected, found, strict=True):
        assert np.array_equal(plain(got), plain(want))


NEGATIVE = {
    "a number below 0": ("torch", "return x ** -1"),
    "a number below 0 in numpy": ("numpy", "return x ** -1"),
    "an array with numbers below 0": ("numpy", "return np.power(2, x - 2)"),
    "a number of run time": ("torch", "return torch.pow(x, x.shape[0] - 5)"),
}


@pytest.mark.parametrize("name", NEGATIVE)
def test_a_power_of_integers_with_a_negative_exponent_stops_as_in_the_library(name):
    library, body = NEGATIVE[name]
    function, x = function_of(library, body), np.int64([1, 2, 3])
    with pytest.raises((ValueError, RuntimeError), match="negative integer powers"):
        function(torch.from_numpy(x) if library == "torch" else x)
    with pytest.raises(TrapError) as caught:
        ts.script(function, types={"x": "int64[_]"})(x)
    assert caught.value.code == "VALUE_ERROR"


@pytest.mark.parametrize("body", ["return x ** 2", "return 2 ** x", "return x ** -1.0"])
@pytest.mark.parametrize("library", ["torch", "numpy"])
def test_other_powers_of_integers_are_the_librarys(library, body):
    function, x = function_of(library, body), np.int64([1, 2, 3])
    want = function(torch.from_numpy(x) if library == "torch" else x)
    got = ts.script(function, types={"x": "int64[_]"})(x)
    assert plain(got).dtype == plain(want).dtype
    assert np.allclose(plain(got), plain(want))
