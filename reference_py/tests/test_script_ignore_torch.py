"""Functions that torch.jit ignores: Python calls them with tensors of torch's."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import tracescript as ts  # noqa: E402  # after the check for torch
from tracescript.errors import ExecutionError, ProducerError  # noqa: E402
from tracescript.model.instance import Settings  # noqa: E402
from tracescript.model.model import Model  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:.*torch.jit.*deprecated:DeprecationWarning"),
]
ENGINES = pytest.mark.parametrize("engine", ["py", "ref"])
X = torch.tensor([[3.0, 1.0, 2.0], [0.5, -1.0, 4.0]])


@torch.jit.ignore
def largest(x: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    values, at = torch.topk(x, k)
    return values, at


@torch.jit.ignore
def counted(x):
    # type: (torch.Tensor) -> int
    assert isinstance(x, torch.Tensor)
    return int((x > 1).sum())


@ts.ignore
def split(x: torch.Tensor, n: int) -> list[torch.Tensor]:
    return list(x.split(n, dim=1))


@ts.ignore
def cast(x: torch.Tensor, to: torch.dtype):
    return x.to(to)


@torch.jit.ignore
def changing(x):
    return x.add_(1)


def of_results(x: torch.Tensor):
    values, at = largest(x, 2)
    return values * counted(x), at + 1


def of_lists(x: torch.Tensor):
    found = x.sum()
    for part in split(x, 2):
        found = found + part.sum() * part.size(1)
    return found


def of_data_types(x: torch.Tensor):
    return cast(x, torch.float64), cast(x, torch.bfloat16) + 1, cast(x, x.dtype)


class Inner(torch.nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.linear, self.factor = torch.nn.Linear(3, 3), factor

    @torch.jit.ignore
    def own(self, x):
        return self.linear(x) * self.factor + self.more(x)

    @property
    @torch.jit.ignore
    def scale(self) -> float:
        return self.factor * 0.5

    def more(self, x):
        return x.mean()

    def forward(self, x):
        if x.sum() > 0:
            x = self.own(self.linear(x))
        return x * self.scale


class Outer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.parts = torch.nn.ModuleList([Inner(2.0), Inner(3.0)])

    @torch.jit.ignore
    def applied(self, module, x):
        return module(x)

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return self.applied(self.parts[0], x)

    @torch.jit.export
    def first(self, x: torch.Tensor):
        return self.parts[0].own(x)


def assert_same(found, expected):
    if isinstance(expected, tuple):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    else:
        torch.testing.assert_close(found, expected.detach())


@ENGINES
@pytest.mark.parametrize("program", [of_results, of_lists, of_data_types, Outer])
def test_a_program_gives_what_it_gives_in_torch(program, engine):
    eager = program() if isinstance(program, type) else program
    made = ts.script(eager)
    model = Model(made.program, Settings(engine), prefers_torch=True)

    for x in (X, -X):
        assert_same(model(x), eager(x))


def test_an_exported_method_calls_python_too():
    eager = Outer()

    assert_same(ts.script(eager).first(X), eager.first(X))


def test_a_model_of_modules_is_not_saved_and_names_every_call(tmp_path):
    with pytest.raises(ProducerError) as caught:
        ts.save(ts.script(Outer()), tmp_path / "m.tsproto")

    assert caught.value.code == "UNKNOWN_CALL"
    called = [text.split()[-1] for text in caught.value.excerpt.splitlines()]
    assert sorted(called) == [
        *("Inner.own()", "Inner.own_2()", "Inner.own_3()", "Inner.scale()", "Inner.scale_2()"),
        "Outer.applied()",
    ]


@pytest.mark.filterwarnings("ignore:ignore.True. has been deprecated:FutureWarning")
def test_what_is_dropped_raises_and_may_be_saved(tmp_path):
    @torch.jit.ignore(drop=True)
    def dropped(x):
        return eval("x")

    def f(x: torch.Tensor):
        if x.sum() > 100:
            return dropped(x)
        return x

    ts.save(ts.script(f), tmp_path / "m.tsproto")
    loaded = ts.load(tmp_path / "m.tsproto")

    assert_same(loaded(X), X)
    with pytest.raises(ExecutionError) as caught:
        loaded(X * 100)
    assert caught.value.code == "RAISED"


@ENGINES
def test_a_function_that_changes_its_argument_stops_the_call(engine):
    def f(x: torch.Tensor):
        return changing(x * 2)

    with pytest.raises(ExecutionError) as caught:
        Model(ts.script(f).program, Settings(engine), prefers_torch=True)(X)

    assert (caught.value.code, caught.value.rule) == ("VALUE_ERROR", "SCRIPT-14")


def test_a_trace_runs_through_what_torch_ignores():
    traced = ts.trace(Outer(), (X,), decisions="record")

    assert_same(traced(X), Outer()(X))
