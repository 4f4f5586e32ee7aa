"""Functions marked `ignore` in scripts: Python calls them, and no file holds the call."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError
from tracescript.model.instance import Settings
from tracescript.model.model import Model

ENGINES = pytest.mark.parametrize("engine", ["py", "ref"])
X = np.float32([3, 1, 2])


def scripted(program, engine, **given):
    model = ts.script(program, **given)
    return Model(model.program, Settings(engine))


def assert_same(found, expected):
    assert type(found) is type(expected)
    if isinstance(expected, tuple | list):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected)
    else:
        assert found == expected


class Pair(NamedTuple):
    values: np.ndarray
    n: int


@dataclass
class Point:
    x: float
    y: float


class Way(enum.Enum):
    UP = "up"
    DOWN = "down"


@ts.ignore
def ordered(x):
    return np.array(sorted(x.tolist()), x.dtype)


@ts.ignore
def places(x):
    return np.argsort(x)


@ts.ignore
def digits(n: int, *, base: int = 10) -> list[int]:
    return [int(c) for c in np.base_repr(n, base)]


@ts.ignore
def maybe(x: np.ndarray | None, n: int) -> np.ndarray | None:
    return None if x is None or n > 1 else x * n


@ts.ignore
def described(names: dict[str, list[int]], at: tuple[int, float], on: bool) -> str:
    return f"{names} {at} {on}"


@ts.ignore
def larger(p: Pair) -> Pair:
    assert isinstance(p, Pair)
    return Pair(p.values * 2, p.n + 1)


@ts.ignore
def moved(p: Point) -> Point:
    assert isinstance(p, Point)
    return Point(p.x + 1, p.y)


@ts.ignore
def turned(way: Way) -> Way:
    return {Way.UP: Way.DOWN, Way.DOWN: Way.UP}[way]


@ts.ignore
def joined(a: set[int]) -> set[int]:
    return a | {7}


@ts.ignore
def number(v) -> float:
    assert isinstance(v, np.float32)
    return float(v)


def straight(x):
    return ordered(x) * 2 + x


def in_arms_and_rounds(x):
    found = x * 0
    for i in range(5):
        if i % 2 == 0:
            found = found + ordered(x * i)
        for d in digits(i * 9, base=7):
            found = found + d
    return found


def while_it_says_so(x):
    n = 0
    while number(x.sum()) > 1.0:
        x = x / 2
        n += 1
    return x, n


def through_optional(x):
    y = maybe(x, 1)
    z = maybe(x, 2)
    if y is None:
        y = x - 100
    if z is None:
        z = x - 100
    return y + z


def of_texts_and_containers(x):
    return described({"a": [1, 2]}, (3, 0.5), x.sum() > 0)


def of_records(x):
    p = larger(Pair(x, 2))
    q = moved(Point(1.5, 2.5))
    return p.values * p.n + q.x - q.y


def of_enums_and_sets(x):
    if turned(Way.UP) is Way.DOWN:
        x = -x
    return x * len(joined({1, 2}))


def inner(x):
    return -ordered(x)


def through_a_called_function(x):
    return inner(inner(x) + 1)


def of_two_types(x):
    return ordered(x), ordered(x.astype(np.int64)), places(x)


PROGRAMS = [
    straight, in_arms_and_rounds, while_it_says_so, through_optional, of_texts_and_containers,
    of_records, of_enums_and_sets, through_a_called_function, of_two_types,
]  # fmt: skip


@ENGINES
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_a_program_with_ignored_functions_gives_what_python_gives(program, engine):
    model = scripted(program, engine)

    for x in (X, X - 9):
        assert_same(model(x), program(x))


@pytest.mark.parametrize("data_type", ["float32", "float64", "int64", "float16"])
def test_what_a_function_gives_is_of_the_data_type_that_it_gives(data_type):
    x = X.astype(data_type)

    assert_same(ts.script(straight)(x), straight(x))


@ENGINES
def test_a_function_is_called_as_often_as_the_program_says(engine):
    seen = []

    @ts.ignore
    def noted(x, n: int):
        seen.append(n)
        return x.astype(np.int64) + n

    def f(x):
        for n in range(3):
            x = x * 2
            noted(x, n)
        return noted(x, 3) + noted(x, 4)

    model = scripted(f, engine)
    assert_same(model(X), f(X))
    assert seen == [0, 1, 2, 3, 4] * 2
    model(X)
    assert seen == [0, 1, 2, 3, 4] * 3


class Lookup(ts.Module):
    def __init__(self, names):
        super().__init__()
        self.names, self.factor = names, 2.0

    @ts.ignore
    def size(self, x: np.ndarray) -> int:
        return len(self.names) + self.more(x)

    def more(self, x):
        return x.ndim

    def forward(self, x):
        return x * self.size(x) * self.factor


class Lookups(ts.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Lookup(["a"]), Lookup(["a", "b", "c"])

    def forward(self, x):
        return self.second(self.first(x))

    @ts.export
    def sized(self, x: np.ndarray):
        return self.first.size(x)


@ENGINES
def test_an_ignored_method_sees_its_own_module(engine):
    model = scripted(Lookups(), engine)

    assert_same(model(X), Lookups()(X))
    assert model.sized(X) == Lookups().sized(X)
    assert_same(model.second(X), Lookups().second(X))


def test_a_finished_model_that_calls_python_may_be_called_by_another_script():
    finished = ts.script(straight)

    def f(x):
        return finished(x) - ordered(x)

    assert_same(ts.script(f)(X), f(X))


def test_a_function_may_call_the_model_again():
    @ts.ignore
    def again(x, n: int):
        return model(x + 1, n - 1)

    def f(x, n: int):
        if n > 0:
            x = again(x, n)
        return x * 2

    model = ts.script(f)

    assert_same(model(X, 2), (X + 2) * 8)


def test_a_trace_runs_through_an_ignored_function_and_refuses_a_model_that_calls_one():
    traced = ts.trace(places_of, X)
    model = ts.script(straight)

    assert_same(traced(X[::-1]), places_of(X[::-1]))
    with pytest.raises(ProducerError) as caught:
        ts.trace(lambda x: model(x) + 1, X)
    assert caught.value.code == "UNKNOWN_CALL"
    assert "ordered()" in caught.value.what


@ts.ignore
def places_of(x):
    return np.argsort(x, kind="stable")
