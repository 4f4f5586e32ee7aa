"""The program's own `assert` and `raise` in explored programs."""

from __future__ import annotations

import numpy as np
import pytest
from explore_programs import checked, checked_by_parts

import tracescript as ts
from tracescript import nn
from tracescript.errors import ExecutionError

ONES = np.ones((3, 4), np.float32)


def row(*numbers):
    return np.array([numbers], np.float32)


def quiet(f, *args, runs=64, **options):
    return ts.trace(f, args, explore=runs, decisions="record", **options)


def test_an_assertion_becomes_an_assert():
    model = quiet(checked, ONES)

    assert (model.report.runs, model.report.decisions) == (1, ())
    np.testing.assert_array_equal(model(ONES), 2 * ONES)
    with pytest.raises(ExecutionError) as caught:
        model(-ONES)
    assert caught.value.code == "ASSERTION_ERROR"
    assert "the sum is positive" in str(caught.value)
    with pytest.raises(ExecutionError, match=r"not x\[0, 0\] < 0"):
        model(row(-1, 5, 5, 5))


def test_an_assertion_of_several_parts_is_explored():
    model = quiet(checked_by_parts, ONES)

    np.testing.assert_array_equal(model(row(-1, 1, 0, 0)), 2 * row(-1, 1, 0, 0))
    with pytest.raises(ExecutionError) as caught:
        model(-ONES)
    assert caught.value.code == "RAISED"


def test_a_raise_in_the_other_arm_becomes_a_raise():
    def strict(x):
        if x.sum() < 0:
            raise ValueError("negative")
        return x * 2

    model = quiet(strict, ONES)

    assert model.report.decisions == ()
    np.testing.assert_array_equal(model(ONES), 2 * ONES)
    with pytest.raises(ExecutionError) as caught:
        model(-ONES)
    assert caught.value.code == "RAISED"
    assert "negative" in str(caught.value)


def test_a_raise_behind_two_conditions_keeps_the_way_between():
    def strict(x):
        if x[0, 0] < 0:
            if x[0, 1] < 0:
                raise ValueError("both")
            x = x * 3
        return x * 2

    model = quiet(strict, ONES)

    assert model.report.decisions == ()
    half = row(-1, 1, 1, 1)
    np.testing.assert_array_equal(model(half), 6 * half)
    with pytest.raises(ExecutionError, match="both"):
        model(-ONES)


class Strict(nn.Module):
    def forward(self, x):
        if x.sum() < 0:
            raise ValueError("negative")
        return x * 2


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Strict()

    def forward(self, x):
        return self.inner(x) + 1


def test_a_raise_inside_a_module_lands_there():
    model = quiet(Outer(), ONES)

    assert "raise_('negative', kind='ValueError')" in model.inner.code
    np.testing.assert_array_equal(model(ONES), 3 * ONES)
    with pytest.raises(ExecutionError, match="negative"):
        model(-ONES)


def test_an_exception_that_the_program_catches_is_no_end():
    def caught(x):
        try:
            if x.sum() < 0:
                raise ValueError("negative")
            y = x * 2
        except ValueError:
            y = -x
        return y + 1

    model = quiet(caught, ONES)

    for sign in (1, -1):
        np.testing.assert_array_equal(model(sign * ONES), caught(sign * ONES))
