"""What exploring leaves: too few runs, loops, exceptions, reads; and what it refuses."""

from __future__ import annotations

import itertools
import random
import warnings

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn
from tracescript.errors import (
    BadInputError,
    GuardError,
    ProducerError,
    TraceWarning,
)

ONES = np.ones((3, 4), np.float32)


def quiet(f, *args, runs=64, **options):
    return ts.trace(f, args, explore=runs, decisions="record", **options)


def three(x):
    x = x if x[0, 0] > 0 else -x
    x = x * 2 if x[0, 1] > 0 else x / 2
    return x + 1 if x[0, 2] > 0 else x - 1


def test_too_few_runs_leave_guards_and_one_message():
    with pytest.warns(TraceWarning) as caught:
        model = ts.trace(three, (ONES,), explore=2)

    (warning,) = caught
    assert "explore: 2 runs used, 2 decisions left as guards (needs about 7 runs)" in str(
        warning.message
    )
    assert len(model.report.decisions) == 2
    np.testing.assert_array_equal(model(ONES), three(ONES))
    with pytest.raises(GuardError):
        model(-ONES)


@pytest.mark.parametrize("runs", range(1, 8))
def test_any_number_of_runs_gives_a_model_that_is_right_or_stops(runs):
    model = quiet(three, ONES, runs=runs)
    stopped = 0
    for seed in range(60):
        x = np.random.default_rng(seed).standard_normal((3, 4)).astype(np.float32)
        try:
            result = model(x)
        except GuardError:
            stopped += 1
            continue
        np.testing.assert_array_equal(result, three(x))

    assert model.report.runs <= runs
    assert (stopped == 0) == (runs == 7)


def test_a_while_on_data_is_unrolled_up_to_a_guard():
    def halve(x):
        while x.max() > 1:
            x = x / 2
        return x

    model = quiet(halve, 4 * ONES)

    for factor in (0.5, 1, 3, 8, 1000):
        np.testing.assert_array_equal(model(factor * ONES), halve(factor * ONES))
    with pytest.raises(GuardError):
        model(1e9 * ONES)
    assert {d.kind for d in model.report.decisions} == {"loop_condition"}


def test_a_loop_that_a_forced_arm_would_never_leave_is_left():
    def down(x):
        while x.sum() != 0:
            x = x - 2
        return x

    model = quiet(down, np.array([4.0], np.float32))

    np.testing.assert_array_equal(model(np.array([6.0], np.float32)), [0.0])


def test_an_arm_that_cannot_run_on_the_example_stays_a_guard_with_the_reason():
    def fits(x):
        if x.sum() < 0:
            return x + np.ones(5, np.float32)
        return x

    with pytest.warns(TraceWarning, match="not explored: the other arm cannot run"):
        model = ts.trace(fits, (ONES,), explore=4)

    (decision,) = model.report.decisions
    assert "ValueError" in decision.why
    np.testing.assert_array_equal(model(ONES), ONES)
    with pytest.raises(GuardError):
        model(-ONES)


def test_numbers_read_out_stay_guards_inside_their_arm():
    def scaled(x):
        total = x.sum()
        if x[0, 0] > 0:
            return x * float(total)
        return x

    model = quiet(scaled, ONES)

    assert [d.kind for d in model.report.decisions] == ["float_read"]
    np.testing.assert_array_equal(model(-2 * ONES), -2 * ONES)
    with pytest.raises(GuardError):
        model(2 * ONES)


def test_arms_of_different_structure_are_refused_with_both_lines():
    def odd(x):
        if x.sum() > 0:
            return x, x
        return x

    with pytest.raises(ProducerError) as caught:
        quiet(odd, ONES)

    first = odd.__code__.co_firstlineno
    assert caught.value.code == "TYPE_INFERENCE"
    assert f"line {first + 2}" in str(caught.value)
    assert f"line {first + 3}" in str(caught.value)


def test_none_against_an_array_is_optional():
    def maybe(x):
        return (x, x * 2) if x.sum() > 0 else (x, None)

    model = quiet(maybe, ONES)

    assert model(-ONES)[1] is None
    np.testing.assert_array_equal(model(ONES)[1], 2 * ONES)


def test_a_program_that_differs_from_run_to_run_is_refused():
    calls = itertools.count()

    def moody(x):
        y = x * next(calls)
        return y if y.sum() > 0 else -y

    with pytest.raises(ProducerError) as caught:
        quiet(moody, ONES)

    assert caught.value.code == "NONDETERMINISTIC_TRACE"
    assert "two runs on the same inputs did different things" in str(caught.value)


def test_python_state_that_couples_two_branches_is_kept():
    def coupled(x):
        seen = []
        if x[0, 0] > 0:
            seen.append(1)
            x = x * 2
        if x[0, 1] > 0:
            x = x + 5 if seen else x - 5
        return x * 3

    model = quiet(coupled, ONES)

    for seed in range(60):
        x = np.random.default_rng(seed).standard_normal((3, 4)).astype(np.float32)
        np.testing.assert_allclose(model(x), coupled(x), rtol=1e-6)


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("count", np.zeros((), np.float32))

    def forward(self, x):
        if x.sum() > 0:
            self.count = self.count + 1
            return x
        self.count = self.count + 10
        return -x * self.count


def test_states_are_put_back_between_runs_and_joined():
    program, again = Counting(), Counting()
    model = quiet(program, ONES)
    again(ONES)

    assert program.count == again.count == 1
    fresh = Counting()
    for sign in (1, -1, -1, 1):
        np.testing.assert_array_equal(model(sign * ONES), fresh(sign * ONES))
    assert model.state()["count"] == fresh.count


def test_random_numbers_are_the_same_in_every_run():
    def noisy(x):
        y = x + np.float32(random.random())
        return y if y.sum() > 0 else -y

    assert quiet(noisy, ONES, check=False).report.decisions == ()


def test_several_methods_are_explored_each():
    class Two(nn.Module):
        def encode(self, x):
            return x if x.sum() > 0 else -x

        def decode(self, x):
            return x * 2 if x.sum() > 0 else x * 3

    program = Two()
    methods = {"encode": (ONES,), "decode": (ONES,)}
    model = ts.trace(program, explore=4, methods=methods)

    for method in methods:
        for sign in (1, -1):
            expected = getattr(program, method)(sign * ONES)
            np.testing.assert_array_equal(model.run(method, sign * ONES), expected)


@pytest.mark.parametrize("runs", [0, -1, 2.0, "2", True])
def test_the_number_of_runs_is_a_positive_int(runs):
    with pytest.raises(BadInputError):
        ts.trace(three, (ONES,), explore=runs)


def test_nothing_is_said_where_all_is_explored():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = ts.trace(three, (ONES,), explore=7)

    assert model.report.decisions == ()
