"""A trace is compared with the program as it runs when nobody records it. Spec: TRACE-9."""

import numpy as np
import pytest

import tracescript as ts

X = np.array([2.5, -3.0], np.float32)


def exact_type(x):
    n = x.shape[0]
    return x + 1 if type(n) is int else x - 1


def test_a_branch_on_the_exact_type_of_a_size_is_refused():
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(exact_type, (X,))

    assert (caught.value.code, caught.value.rule) == ("NONDETERMINISTIC_TRACE", "TRACE-9")
    assert "3.5) expected, found" in caught.value.what
    assert "isinstance(n, int)" in caught.value.hint


def test_a_program_that_fails_when_nobody_records_it_is_refused():
    def f(x):
        if type(x.shape[0]) is int:
            raise ValueError("only here")
        return x

    with pytest.raises(ts.errors.ProducerError, match="ValueError: only here") as caught:
        ts.trace(f, (X,))

    assert caught.value.code == "NONDETERMINISTIC_TRACE"


def test_the_graph_can_be_had_without_the_comparison():
    model = ts.trace(exact_type, (X,), check=False)

    np.testing.assert_array_equal(model(X), X - 1)


def test_what_a_program_keeps_outside_is_as_after_one_run():
    class Counted(ts.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", np.zeros((), np.int64))

        def forward(self, x):
            self.calls = self.calls + 1
            return x * 2

    program = Counted()
    model = ts.trace(program, (X,))

    assert int(program.calls) == 1
    np.testing.assert_array_equal(model(X), 2 * X)


def test_a_loop_that_other_inputs_would_never_leave_is_not_run_on_them():
    def down(x):
        while x.sum() != 0:
            x = x - 2
        return x

    with pytest.warns(ts.errors.TraceWarning):
        model = ts.trace(down, (np.array([4.0], np.float32),))

    np.testing.assert_array_equal(model(np.array([4.0], np.float32)), [0.0])


def test_a_program_that_refuses_inputs_near_the_example_is_traced():
    def f(x):
        if float(np.abs(x).sum()) > 5.5:
            raise ValueError("too large")
        return x * 2

    with pytest.warns(ts.errors.TraceWarning):
        model = ts.trace(f, (X,))

    np.testing.assert_array_equal(model(X), 2 * X)


@pytest.mark.parametrize("data_type", ["float16", "bfloat16", "float64", "complex64"])
def test_inputs_of_every_inexact_type_are_compared(data_type):
    import ml_dtypes  # noqa: F401  # numpy knows bfloat16 by it

    x = np.array([1.5, -2.0]).astype(data_type)
    model = ts.trace(lambda x: x * x + x, (x,))

    np.testing.assert_allclose(
        np.asarray(model(x), np.complex128), np.asarray(x * x + x, np.complex128), rtol=1e-2
    )


def test_what_is_in_order_stays_so_near_the_example():
    edges = np.linspace(0, 1, 500, dtype=np.float32)
    places = np.linspace(-0.1, 1.1, 300, dtype=np.float32)
    model = ts.trace(np.searchsorted, (edges, places))

    np.testing.assert_array_equal(model(edges, places), np.searchsorted(edges, places))
