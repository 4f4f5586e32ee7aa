"""Every engine stops a call that uses too much, and counts alike."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from benchmarks.author import INT, STR, Author, call, f32
from tracescript import ir
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.engine.py import engine as py_engine
from tracescript.errors import LimitError

BOTH = pytest.mark.parametrize("engine", ["ref", "py"])


@pytest.fixture(autouse=True, params=["shapes of the call", "open shapes"])
def _shapes(request, monkeypatch):
    """Run all tests with code for the shapes of the call, and with code for any shapes."""
    if request.param == "open shapes":
        monkeypatch.setattr(py_engine, "_MOST_SHAPES", -1)


UNKNOWN = ir.TensorType(ir.DataType.FLOAT32, (None,))


def prepare(engine, body, *types, author=None):
    author = author or Author()
    names = [(f"x{i}", t) for i, t in enumerate(types)]
    method = author.method(author.function("F.forward", names, body))
    return choose(engine).load(author.model(), Options()).method(method)


def code(function):
    with pytest.raises(LimitError) as caught:
        function()
    return caught.value.code


def forever_of_ints(w, x):
    return list(w.loop(None, True, [x], lambda b, i, y: [True, i]))


def forever_of_tensors(w, x):
    y = w("add", x, x)
    return list(w.loop(None, True, [y], lambda b, i, z: [True, b("tanh", z)]))


def forever_nested(w, x):
    inner = lambda b, i, y: [
        True,
        *b.loop(3, True, [y], lambda c, j, z: [True, c("int.mul", j, 2)]),
    ]
    return list(w.loop(None, True, [x], inner))


FOREVER = [(forever_of_ints, INT, 1), (forever_of_tensors, f32(2), np.ones(2, np.float32)),
           (forever_nested, INT, 1)]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("body", "kind", "x"), FOREVER)
def test_a_loop_without_end_stops_at_the_step_limit(engine, body, kind, x):
    prepared = prepare(engine, body, kind)

    assert code(lambda: prepared([x], (), Budget(Limits(steps=1000)))) == "STEP_LIMIT"


@BOTH
@pytest.mark.parametrize(("body", "kind", "x"), FOREVER)
def test_a_loop_without_end_stops_at_the_deadline(engine, body, kind, x):
    prepared = prepare(engine, body, kind)
    limits = Limits(steps=10**15, seconds=0.2)

    start = time.monotonic()
    assert code(lambda: prepared([x], (), Budget(limits))) == "DEADLINE"

    assert time.monotonic() - start < 0.25 + 0.5  # 50 ms of ours, the rest for a busy machine


@BOTH
@pytest.mark.parametrize(("body", "kind", "x"), FOREVER)
def test_another_thread_cancels_a_call(engine, body, kind, x):
    prepared = prepare(engine, body, kind)
    budget = Budget(Limits(steps=10**15))
    timer = threading.Timer(0.05, lambda: setattr(budget, "cancelled", True))
    timer.start()

    assert code(lambda: prepared([x], (), budget)) == "CANCELLED"

    timer.join()


@BOTH
@pytest.mark.parametrize("trip", [0, 1, 7, 8, 9, 1000])
def test_a_call_with_exactly_enough_steps_succeeds(engine, trip):
    prepared = prepare(
        engine,
        lambda w, n: list(w.loop(n, True, [0], lambda b, i, x: [True, b("int.add", x, i)])),
        INT,
    )
    budget = Budget(Limits(steps=trip))

    assert prepared([trip], (), budget).outputs == (sum(range(trip)),)
    assert budget.steps == trip
    assert code(lambda: prepared([trip + 1], (), Budget(Limits(steps=trip)))) == "STEP_LIMIT"


@BOTH
def test_calls_in_branches_count_only_where_they_are_taken(engine):
    author = Author()
    author.function("Inner.forward", [("x", INT)], lambda w, x: [w("int.add", x, 1)])

    def body(w, n):
        def step(b, i, x):
            even = b("int.cmp", b("int.mod", i, 2), 0, relation="eq")
            return [True, b.if_(even, lambda t: [call(t, "Inner.forward", x)], lambda _: [x])]

        return list(w.loop(n, True, [0], step))

    prepared = prepare(engine, body, INT, author=author)
    budget = Budget()

    assert prepared([10], (), budget).outputs == (5,)
    assert budget.steps == 15


@BOTH
def test_a_concatenation_that_doubles_stops_at_the_memory_limit(engine):
    def body(w, n, x):
        y = w("cat", w("list.make", x), dim=0)
        step = lambda b, i, z: [True, b("cat", b("list.make", z, z), dim=0)]
        return list(w.loop(n, True, [y], step, types=[UNKNOWN]))

    prepared = prepare(engine, body, INT, UNKNOWN)
    x = np.ones(1024, np.float32)
    budget = Budget(Limits(memory=1 << 20))

    assert prepared([3, x], (), Budget(Limits(memory=1 << 20))).outputs[0].shape == (8192,)
    assert code(lambda: prepared([100, x], (), budget)) == "MEMORY_LIMIT"
    assert budget.memory <= 1 << 20


@BOTH
def test_tensors_that_died_are_given_back(engine):
    def body(w, n, x):
        def step(b, i, z):
            y = b("cat", b("list.make", z, z), dim=0)
            return [True, b("slice", y, 0, b("size", x, dim=0), dim=0)]

        return list(w.loop(n, True, [x], step, types=[UNKNOWN]))

    prepared = prepare(engine, body, INT, UNKNOWN)
    x = np.ones(1024, np.float32)

    result = prepared([2000, x], (), Budget(Limits(memory=1 << 20)))

    assert result.outputs[0].shape == (1024,)


@BOTH
def test_tensors_kept_in_a_list_are_counted(engine):
    def body(w, n, x):
        empty = w("list.make", x)
        step = lambda b, i, xs: [True, b("list.append", xs, b("mul", x, np.float32(2)))]
        return [w("list.len", w.loop(n, True, [empty], step)[0])]

    prepared = prepare(engine, body, INT, f32(1024))
    x = np.ones(1024, np.float32)

    assert prepared([100, x], (), Budget(Limits(memory=1 << 20))).outputs == (101,)
    assert code(lambda: prepared([1000, x], (), Budget(Limits(memory=1 << 20)))) == "MEMORY_LIMIT"


def full(w, n):
    return [w("full", w("list.make", n, n), 1.0, dtype=ir.DataType.FLOAT32)]


def repeated(w, n):
    return [w("list.repeat", w("list.make", n), n)]


def summed(w, x, y):
    return [w("add", x, y)]


COLUMN = ir.TensorType(ir.DataType.FLOAT32, (None, 1))


@BOTH
@pytest.mark.parametrize(
    ("body", "kinds", "values"),
    [
        (full, [INT], [10**7]),
        (repeated, [INT], [10**10]),
        (
            summed,
            [COLUMN, UNKNOWN],
            [np.ones((10**5, 1), np.float32), np.ones(10**5, np.float32)],
        ),
    ],
)
def test_a_huge_result_is_refused_before_it_is_allocated(engine, body, kinds, values):
    prepared = prepare(engine, body, *kinds)

    assert code(lambda: prepared(values, (), Budget(Limits(memory=1 << 20)))) == "MEMORY_LIMIT"


@BOTH
def test_a_string_that_doubles_stops(engine):
    body = lambda w, s: list(w.loop(60, True, [s], lambda b, i, t: [True, b("str.concat", t, t)]))
    prepared = prepare(engine, body, STR)

    assert code(lambda: prepared(["ab"], (), Budget(Limits(memory=1 << 20)))) == "MEMORY_LIMIT"


@BOTH
def test_a_symbolic_shape_is_counted_at_its_size(engine):
    batch = ir.Symbol("B")
    prepared = prepare(engine, lambda w, x: [w("tanh", w("add", x, x))], f32(batch, 256))

    small, large = (np.ones((n, 256), np.float32) for n in (10, 10_000))

    prepared([small], (), Budget(Limits(memory=1 << 20)))
    assert code(lambda: prepared([large], (), Budget(Limits(memory=1 << 20)))) == "MEMORY_LIMIT"


def test_long_iterations_do_not_overrun_the_deadline():
    def body(w, x):
        y = w("add", x, x)
        return list(w.loop(None, True, [y], lambda b, i, z: [True, b("tanh", b("matmul", x, z))]))

    prepared = prepare("py", body, f32(400, 400))
    start = time.monotonic()

    found = code(
        lambda: prepared([np.ones((400, 400), np.float32)], (), Budget(Limits(seconds=0.1)))
    )

    assert found == "DEADLINE"
    assert time.monotonic() - start < 0.6


def test_a_limit_error_says_how_to_raise_the_limit():
    prepared = prepare("py", forever_of_ints, INT)

    with pytest.raises(LimitError, match=r"more than 10 steps \[STEP_LIMIT EXEC-5\]") as caught:
        prepared([1], (), Budget(Limits(steps=10)))

    assert "limits=Limits(steps=...)" in caught.value.hint
    assert caught.value.where == "F.forward, node 0 (loop)"


def test_a_step_limit_above_what_proofs_assume_still_traps_overflow():
    def body(w, n):
        step = lambda b, i, x: [True, b("int.add", x, 2**31)]
        return list(w.loop(n, True, [0], step))

    prepared = prepare("py", body, INT)

    assert prepared([5], (), Budget(Limits(steps=2**40))).outputs == (5 * 2**31,)


@BOTH
def test_views_of_weights_are_not_the_call_s_memory(engine):
    author = Author()

    def body(w, n, weight):
        part = w("slice", weight, 0, n, dim=0)
        return [w("sum", w("permute", part, dims=(1, 0)))]

    function = author.function("F.forward", [("n", INT)], body, bound=[("w", f32(1000, 1000))])
    method = author.method(function, [np.ones((1000, 1000), np.float32)])
    prepared = choose(engine).load(author.model(), Options()).method(method)

    assert prepared([1], (), Budget(Limits(memory=1 << 20))).outputs[0] == 1000


@BOTH
def test_calls_nest_only_as_deep_as_allowed(engine):
    author = Author()
    author.function("A.forward", [("x", INT)], lambda w, x: [w("int.add", x, 1)])
    author.function("B.forward", [("x", INT)], lambda w, x: [call(w, "A.forward", x)])
    prepared = prepare(engine, lambda w, x: [call(w, "B.forward", x)], INT, author=author)

    assert prepared([1], (), Budget(Limits(depth=2))).outputs == (2,)
    assert code(lambda: prepared([1], (), Budget(Limits(depth=1)))) == "RECURSION_LIMIT"
