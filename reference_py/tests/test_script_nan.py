"""NaN in containers: equal where Python's text says it is one object; else the call stops."""

from __future__ import annotations

import math

import pytest

import tracescript as ts
from tracescript.errors import TrapError

NAN = float("nan")


def written_out(x: float):
    xs = [x, 2.0]
    pair = (x, 1)
    return (
        x in xs,
        x in (2.0, x),
        pair == (x, 1),
        pair != (x, 1),
        pair < (x, 2),
        [x] == [x],
        xs == xs,  # noqa: PLR0124
    )


def of_globals(x: float):
    return NAN in (NAN, x), (NAN, x) == (NAN, x), x == x, x != x  # noqa: PLR0124


def of_fields(x: float):
    d = {"a": x}
    e = {"a": x, "b": x}
    return d == d, d == e  # noqa: PLR0124


SURE = [written_out, of_globals, of_fields]


@pytest.mark.parametrize("x", [1.0, NAN])
@pytest.mark.parametrize("function", SURE)
def test_nan_that_is_one_object_is_equal_as_under_cpython(function, x):
    assert ts.script(function)(x) == function(x)


def held(xs: list[float], x: float):
    return x in xs


def counted(xs: list[float], x: float):
    return xs.count(x)


def placed(xs: list[float], x: float):
    return xs.index(x)


def left(xs: list[float], x: float):
    xs = list(xs)
    xs.remove(x)
    return xs


def same(xs: list[float], x: float):
    return xs == [x, 2.0]


def nested(xs: list[float], x: float):
    return [xs] == [[x, 2.0], xs][:1]


def pairs(xs: list[float], x: float):
    return (1, xs[0]) == (1, x)


UNSURE = [held, counted, placed, left, same, nested, pairs]


@pytest.mark.parametrize("function", UNSURE)
def test_a_call_stops_where_two_nan_may_be_one_object(function):
    with pytest.raises(TrapError):
        ts.script(function)([NAN, 2.0], math.nan)


@pytest.mark.parametrize("function", UNSURE)
@pytest.mark.parametrize("xs", [[3.0, 2.0], [3.0, NAN], [3.0]])
def test_numbers_are_looked_for_as_under_cpython(function, xs):
    found = ts.script(function)(xs, 3.0)
    assert found == function(xs, 3.0) or (function is left and math.isnan(found[-1]))


def test_nan_in_one_list_alone_differs():
    model = ts.script(same)
    assert model([NAN, 2.0], 1.0) is same([NAN, 2.0], 1.0) is False
    assert model([1.0], math.nan) is same([1.0], math.nan) is False
