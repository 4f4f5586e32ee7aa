"""Programs written to exhaust the machine are stopped by their budgets, with a place."""

from __future__ import annotations

import time

import numpy as np
import pytest
from engine_runs import run, scalar_function

from benchmarks.author import INT, STR, Author, call, f32
from tracescript import ir
from tracescript.engine import ref, values
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.errors import LimitError, UnsupportedError
from tracescript.kernels import KERNELS

BOTH = pytest.mark.parametrize("engine", ["ref", "py"])
INTS = ir.ListType(INT)
UNKNOWN = ir.TensorType(ir.DataType.FLOAT32, None)
SMALL = Limits(memory=1 << 20)
ONE = np.ones(1, np.float32)


def refused(engine, author, method, inputs, limits=SMALL):
    """Run a method that must end with a limit; return the error."""
    with pytest.raises(LimitError) as caught:
        run(engine, author, method, inputs, limits=limits)
    return caught.value


EXPANDED = {
    "as it is": lambda w, y: y,
    "flipped": lambda w, y: w("flip", y, dims=[0]),
    "reshaped": lambda w, y: w("reshape", y, [-1]),
    "computed with": lambda w, y: w("tanh", y),
}


@BOTH
@pytest.mark.parametrize("use", EXPANDED)
def test_an_expanded_view_counts_as_the_tensor_it_stands_for(engine, use):
    body = lambda w, x, sizes: [EXPANDED[use](w, w("expand", x, sizes))]
    author, method = scalar_function(body, UNKNOWN, INTS)

    error = refused(engine, author, method, [ONE, [10**6, 10**6]])

    assert error.code == "MEMORY_LIMIT"
    assert error.where == "F.forward, node 0 (expand)"


@BOTH
def test_a_grid_of_expanded_views_is_refused(engine):
    body = lambda w, x: [w("meshgrid", w("list.make", x, x))]
    author, method = scalar_function(body, f32(ir.Symbol("n")))

    error = refused(engine, author, method, [np.ones(10**5, np.float32)])

    assert (error.code, error.where[:9]) == ("MEMORY_LIMIT", "F.forward")


@BOTH
def test_copies_of_results_are_counted_before_they_are_made(engine):
    body = lambda w, x, n: [w("list.repeat", w("list.make", x), n)]
    author, method = scalar_function(body, f32(1000), INT)
    x = np.ones(1000, np.float32)

    error = refused(engine, author, method, [x, 1000])

    assert (error.code, error.where) == ("MEMORY_LIMIT", "F.forward")
    (found,) = run(engine, author, method, [x, 3], limits=SMALL).outputs
    np.testing.assert_array_equal(found, np.ones((3, 1000)))
    assert not np.shares_memory(found[0], found[1])


@BOTH
def test_a_result_that_fills_most_of_the_budget_needs_no_second_one(engine):
    author, method = scalar_function(lambda w, x: [w("add", x, x)], UNKNOWN)
    x = np.ones(200_000, np.float32)

    (found,) = run(engine, author, method, [x], limits=SMALL).outputs

    np.testing.assert_array_equal(found, x + x)


@BOTH
def test_the_same_tensor_twice_comes_out_as_two_arrays(engine):
    def body(w, x):
        y = w("add", x, x)
        return [y, y, w("reshape", y, [4])]

    author, method = scalar_function(body, f32(2, 2))

    first, second, third = run(engine, author, method, [np.ones((2, 2), np.float32)]).outputs

    first[:] = 7
    second[:] = 8
    np.testing.assert_array_equal(third, np.full(4, 2))
    np.testing.assert_array_equal(first, np.full((2, 2), 7))


@BOTH
def test_a_result_of_fixed_size_is_refused_with_its_place(engine):
    body = lambda w: [w("full", [10**6, 10**6], 1.0, dtype=ir.DataType.FLOAT32)]
    author, method = scalar_function(body)

    error = refused(engine, author, method, [])

    assert (error.code, error.where) == ("MEMORY_LIMIT", "F.forward, node 0 (full)")


def test_a_result_of_symbolic_size_is_refused_with_its_place():
    body = lambda w, x: [w("matmul", x, w("tanh", x))]
    author, method = scalar_function(body, f32(ir.Symbol("n"), ir.Symbol("n")))

    error = refused("py", author, method, [np.ones((600, 600), np.float32)])

    assert error.code == "MEMORY_LIMIT"
    assert error.where.startswith("F.forward, node ")


@BOTH
def test_a_list_or_string_that_does_not_fit_is_refused(engine):
    listed = scalar_function(lambda w, x: [w("to_list", x)], f32(ir.Symbol("n")))
    double = lambda b, i, t: [True, b("str.format", "{}{}", t, t)]
    formatted = scalar_function(lambda w, t: list(w.loop(60, True, [t], double)), STR)

    for (author, method), value in ((listed, np.ones(200_000, np.float32)), (formatted, "ab")):
        error = refused(engine, author, method, [value])

        assert (error.code, error.where[:9]) == ("MEMORY_LIMIT", "F.forward")


def call_bomb(depth, times=3):
    """Write functions that each call the former so many times."""
    author = Author()
    author.function("f0", [("x", INT)], lambda w, x: [x])
    for i in range(1, depth + 1):

        def body(w, x, callee=f"f{i - 1}"):
            for _ in range(times):
                x = call(w, callee, x)
            return [x]

        author.function(f"f{i}", [("x", INT)], body)
    method = ir.Method("forward", f"f{depth}", exported=True)
    author.methods.append(method)
    return author, method


@BOTH
def test_calls_that_multiply_stop_at_the_deadline(engine):
    author, method = call_bomb(100)

    start = time.monotonic()
    error = refused(engine, author, method, [1], Limits(steps=10**9, seconds=0.2))

    assert error.code == "DEADLINE"
    assert time.monotonic() - start < 20  # 0.2 s of running; the rest prepares, on a busy machine


@BOTH
def test_calls_that_multiply_a_little_all_run(engine):
    author, method = call_bomb(7)

    assert run(engine, author, method, [5]).outputs == (5,)


@BOTH
def test_a_long_chain_of_calls_ends_at_the_recursion_limit(engine):
    author, method = call_bomb(1500, times=1)

    assert refused(engine, author, method, [5]).code == "RECURSION_LIMIT"


def nested_loops(depth):
    def body(w, n):
        def loops(b, x, left):
            if left == 0:
                return b("int.add", x, 1)
            return b.loop(n, True, [x], lambda c, i, y: [True, loops(c, y, left - 1)])[0]

        return [loops(w, w.value(0), depth)]

    return scalar_function(body, INT)


@BOTH
@pytest.mark.parametrize(("depth", "trips"), [(3, 4), (30, 1)])
def test_loops_nest_deeply(engine, depth, trips):
    author, method = nested_loops(depth)

    start = time.monotonic()
    assert run(engine, author, method, [trips]).outputs == (trips**depth,)

    assert time.monotonic() - start < 20  # without a bound minutes, even on an idle machine


def test_proofs_that_were_given_up_leave_overflow_checked(monkeypatch):
    monkeypatch.setattr("tracescript.engine.py.intervals._MOST_VISITS", 0)
    body = lambda w, n: list(
        w.loop(n, True, [1], lambda b, i, x: [True, b("int.mul", x, 2)]),
    )
    author, method = scalar_function(body, INT)

    assert run("py", author, method, [62]).outputs == (2**62,)
    with pytest.raises(Exception, match="INT_OVERFLOW"):
        run("py", author, method, [63])


@pytest.mark.parametrize("bound", [0, 5])
def test_a_program_with_too_much_to_type_runs_with_open_shapes(bound, monkeypatch):
    monkeypatch.setattr("tracescript.engine.py.specialise._MOST_NODES", bound)
    body = lambda w, x: [w("add", w("mul", x, x), x)]
    author, method = scalar_function(body, UNKNOWN)

    (found,) = run("py", author, method, [np.full(3, 2, np.float32)]).outputs

    np.testing.assert_array_equal(found, [6, 6, 6])


def test_the_plain_interpreter_makes_a_constant_once(monkeypatch):
    made = []

    def counted(constant):
        made.append(constant)
        return values.runtime(constant)

    monkeypatch.setattr(ref, "runtime", counted)

    def body(w, n):
        numbers = w.builder.constant(list(range(1000)))
        step = lambda b, i, x: [True, b("int.add", x, b("list.len", numbers))]
        return list(w.loop(n, True, [0], step))

    author, method = scalar_function(body, INT)

    assert run("ref", author, method, [50]).outputs == (50_000,)
    assert sum(isinstance(c.type, ir.ListType) for c in made) == 1


@BOTH
def test_the_deadline_is_noticed_among_slow_nodes(engine):
    def body(w, n):
        big = w("list.repeat", w("list.make", 1), 50_000)
        step = lambda b, i, x: [True, b("list.append", x, b("list.append", big, i))]
        return [w("list.len", w.loop(n, True, [w("list.make", big)], step)[0])]

    author, method = scalar_function(body, INT)

    start = time.monotonic()
    error = refused(engine, author, method, [10**6], Limits(seconds=0.3))

    assert error.code == "DEADLINE"
    assert time.monotonic() - start < 5


@BOTH
def test_what_an_expansion_refuses_at_run_time_has_a_place(engine, monkeypatch):
    def refusing(*_, **__):
        raise UnsupportedError("expected less", code="UNSUPPORTED_OP", rule="EXEC-6")

    author, method = scalar_function(lambda w, x: [w("flip", x, dims=[0])], UNKNOWN)
    monkeypatch.setattr(KERNELS, "get", lambda _: refusing)
    prepared = choose(engine).load(author.model(), Options()).method(method)

    with pytest.raises(UnsupportedError) as caught:
        prepared([ONE], (), Budget(SMALL))

    assert caught.value.where == "F.forward, node 0 (flip)"
