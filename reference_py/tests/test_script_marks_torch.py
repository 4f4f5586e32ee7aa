"""Marks as torch.jit spells them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tracescript.errors import ExecutionError, ProducerError  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:.*torch.jit.*deprecated:DeprecationWarning"),
]


def module():
    class Marked(torch.nn.Module):
        rounds: torch.jit.Final[int]
        __constants__ = ("factor",)

        def __init__(self):
            super().__init__()
            self.rounds, self.factor = 3, 2

        def forward(self, x: torch.Tensor, python: bool = False):
            if python:
                x = self.never(x)
            for _ in range(self.rounds):
                x = x * self.factor
            return x + 1

        @torch.jit.export
        def thirds(self, x: torch.Tensor):
            return x / 3

        @torch.jit.unused
        def never(self, x: torch.Tensor) -> torch.Tensor:
            return eval("x")

    return Marked()


X = torch.tensor([1.0, 2.0])


def test_exports_constants_and_unused_methods_are_as_with_our_marks(tmp_path):
    ts.save(ts.script(module()), tmp_path / "m.tsproto")
    loaded = ts.load(tmp_path / "m.tsproto")

    assert torch.equal(loaded(X), X * 8 + 1)
    assert torch.equal(loaded.thirds(X), X / 3)
    with pytest.raises(ExecutionError) as caught:
        loaded(X, python=True)
    assert caught.value.code == "RAISED"
    assert "never is marked unused" in caught.value.what


class Called(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return x * 2

    @torch.jit.export
    def half(self, x: torch.Tensor):
        return x / 2

    @torch.jit.export
    def eval(self, x: torch.Tensor):
        return x + 1


class Run(torch.nn.Module):
    def forward(self, x: torch.Tensor):
        return x

    @torch.jit.export
    def run(self, x: torch.Tensor):
        return x


class OnlyExported(torch.nn.Module):
    @torch.jit.export
    def doubled(self, x: torch.Tensor):
        return x * 2


def test_a_method_named_as_one_of_torch_modules_is_the_models():
    model, eager = ts.script(Called()), Called()

    assert torch.equal(model.half(X), eager.half(X))
    assert torch.equal(model.eval(X), eager.eval(X))
    assert torch.equal(torch.nn.Sequential(model)(X), X * 2)


def test_a_method_named_as_one_of_every_model_is_refused():
    with pytest.raises(ProducerError, match="'run'"):
        ts.script(Run())


@pytest.mark.parametrize("data_type", [torch.float32, torch.float64])
def test_a_module_without_forward_has_its_exported_methods(data_type):
    x = X.to(data_type)

    assert torch.equal(ts.script(OnlyExported()).doubled(x), x * 2)


def test_what_torch_has_compiled_is_refused_but_a_function_has_its_python():
    compiled = torch.jit.script(tripled)

    assert torch.equal(ts.script(compiled)(X), X * 3)
    with pytest.raises(ProducerError) as caught:
        ts.script(torch.jit.script(OnlyExported()))
    assert caught.value.rule == "SCRIPT-2"


def tripled(x: torch.Tensor):
    return x * 3


def of_types(x: list[int] | dict[str, int], n: int | None) -> int:
    if torch.jit.isinstance(x, list[int]):
        return x[0]
    if torch.jit.isinstance(x, dict[str, int]):
        return x["a"]
    return 0


def of_elements(x: list[torch.Tensor]) -> int:
    if torch.jit.isinstance(x, list[int]):
        return 1
    if torch.jit.isinstance(x, (torch.Tensor, list[torch.Tensor])):
        return 2
    return 3


def of_none(x: int | None):
    kinds = isinstance(x, (int, type(None))), isinstance(x, (str, type(None)))
    return (*kinds, (x is None), isinstance(x, int))


@pytest.mark.parametrize(
    ("program", "calls"),
    [
        (of_types, [([3, 4], None), ({"a": 5}, 1)]),
        (of_elements, [([X],)]),
        (of_none, [(None,), (3,)]),
    ],
)
def test_types_that_are_asked_for_are_those_of_python(program, calls):
    model = ts.script(program)

    for args in calls:
        assert model(*args) == program(*args)


def raising(x):
    raise ValueError("no")


@torch.jit.unused
def only_python(x):
    return eval("x")


class Unused(torch.nn.Module):
    __jit_unused_properties__ = ("bad",)

    @property
    def bad(self):
        return eval("3")

    def forward(self, x: torch.Tensor, n: int = 0):
        if n == 1:
            return raising(x) + 1
        if n == 2:
            x = [only_python(x)[0], x][1]
        y = (only_python(x) * 2).sum() if n == 3 else x
        if n == 4:
            y = y * self.bad
        with torch.jit.strict_fusion():
            return y + 1


def test_an_expression_with_a_part_that_always_raises_raises():
    model = ts.script(Unused())

    assert torch.equal(model(X), X + 1)
    for n in range(1, 5):
        with pytest.raises(ExecutionError) as caught:
            model(X, n)
        assert caught.value.code == "RAISED"
