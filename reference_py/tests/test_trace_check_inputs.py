"""Further inputs on which a trace is compared with its program. Spec: TRACE-9."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn

X = np.ones((2, 3), np.float32)


def gate(x, scale=2.0):
    return x * scale if x.sum() > 0 else -x


def refused(*given, f=gate, args=X, code="NONDETERMINISTIC_TRACE", **options):
    with pytest.raises(ts.errors.TsError) as caught:
        ts.trace(f, args, check_inputs=list(given), decisions="record", **options)
    assert caught.value.code == code
    return caught.value.what


def test_inputs_that_go_the_traced_way_are_compared():
    more = [(X * 3,), X * 2, (np.ones((5, 3), np.float32),), {"x": X}]
    model = ts.trace(gate, X, check_inputs=more, decisions="record")

    np.testing.assert_array_equal(model(X), gate(X))


def test_inputs_that_a_guard_stops_are_told_by_number():
    what = refused((X,), (-X,))

    assert what.startswith("check_inputs[1]: ")
    assert "GUARD_FAILED" in what
    ts.trace(gate, X, check_inputs=[(-X,)], explore=4)
    ts.trace(gate, X, check_inputs=[(-X,)], decisions="record", check=False)


def test_inputs_of_other_sizes_than_the_trace_takes_are_told():
    assert "BAD_INPUT" in refused((np.ones((2, 4), np.float32),), dynamic={})


def test_what_no_guard_tells_is_found_on_other_inputs():
    calls = itertools.count(1)

    def changes(x):
        return x * (1.0 if next(calls) < 4 else 2.0)  # traced, compared, compared near, then here

    assert "expected, found" in refused((X,), f=changes)


def test_inputs_by_name_stand_beside_those_of_the_example():
    def program(x, y, *, scale):
        return (x - y) * scale

    args, kwargs = (X, X * 2), {"scale": 2.0}
    ts.trace(program, args, kwargs, check_inputs=[(X, X), {"y": X * 5}, {"scale": 3.0}])


def test_each_starts_with_the_states_of_the_example():
    class Sums(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("seen", np.zeros(3, np.float32))

        def forward(self, x):
            self.seen += x.sum(0)
            return x + self.seen

    program = Sums()
    model = ts.trace(program, X, check_inputs=[(X * 2,), (X * 3,)])

    np.testing.assert_array_equal(model(X), X + X.sum(0))
    np.testing.assert_array_equal(program.seen, X.sum(0))


def test_methods_have_inputs_each():
    class Two(nn.Module):
        def encode(self, x):
            return x * 2

        def decode(self, x):
            return x if x.sum() > 0 else -x

    methods = {"encode": (X,), "decode": (X,)}
    more = [{"encode": (-X,)}, {"encode": X, "decode": (X * 2,)}]
    ts.trace(Two(), methods=methods, check_inputs=more, decisions="record")

    what = refused({"decode": (-X,)}, f=Two(), args=(), methods=methods)
    assert "call 0 of decode" in what
    refused((X,), f=Two(), args=(), methods=methods, code="BAD_INPUT")


def test_a_program_that_fails_on_them_is_told():
    def program(x):
        assert x.shape[0] < 4, "too many"
        return x

    assert "AssertionError: too many" in refused((np.ones((5, 3), np.float32),), f=program)


def test_inputs_of_another_number_are_refused():
    assert "do not fit" in refused((X, 1.0, 2.0))
    with pytest.raises(ts.errors.BadInputError):
        ts.trace(gate, X, check_inputs=X, decisions="record")
