"""Instances of data classes are arguments of a model whose signature has their fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import tracescript as ts


@dataclass
class Point:
    at: np.ndarray
    times: int = 2


@dataclass(frozen=True)
class Line:
    start: Point
    step: np.ndarray | None = None


@dataclass
class Other:
    to: np.ndarray
    times: int


def scaled(p: Point, x: np.ndarray):
    return p.at * p.times + x


def end(line: Line):
    step = line.step
    if step is None:
        return line.start.at
    return line.start.at * line.start.times + step


def first(points: list[Point]):
    return points[0].at + points[1].times


X = np.arange(3, dtype=np.float32)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (scaled, (Point(X), X)),
        (end, (Line(Point(X, 3), X),)),
        (end, (Line(Point(X, 3)),)),
        (first, ([Point(X), Point(X, 5)],)),
    ],
)
@pytest.mark.parametrize("produce", [lambda f, _: ts.script(f), ts.trace], ids=["script", "trace"])
@pytest.mark.filterwarnings("ignore::tracescript.errors.TraceWarning")
def test_a_record_is_an_argument(produce, function, args):
    np.testing.assert_array_equal(produce(function, args)(*args), function(*args))


def test_a_record_is_an_argument_by_keyword():
    np.testing.assert_array_equal(ts.script(scaled)(x=X, p=Point(X)), X * 3)


@pytest.mark.parametrize(
    ("model", "value"),
    [
        (ts.script(scaled), Other(X, 2)),
        (ts.script(scaled), Point),
        (ts.script(scaled), Point(X, "2")),
        (ts.trace(scaled, (Point(X), X)), Line(Point(X))),
    ],
)
def test_a_record_with_other_fields_is_refused(model, value):
    with pytest.raises(ts.errors.BadInputError) as caught:
        model(value, X)

    assert caught.value.code == "BAD_INPUT"
    assert caught.value.rule == "EXEC-3"
    assert caught.value.where.startswith("input p")


def test_a_field_that_was_none_in_the_trace_has_to_stay_none():
    model = ts.trace(end, (Line(Point(X)),))

    with pytest.raises(ts.errors.BadInputError):
        model(Line(Point(X), X))


@pytest.mark.torch
def test_tensors_in_a_record_are_arguments_and_stay_what_they_are():
    torch = pytest.importorskip("torch")
    given: Any = Line(Point(torch.ones(3), 4), torch.ones(3))

    found = ts.script(end)(given)

    assert torch.equal(found, torch.full((3,), 5.0))
    assert isinstance(given.start.at, torch.Tensor)
