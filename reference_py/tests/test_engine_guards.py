"""Trace decisions and shape guards: what stops a call, what is noted, what is not looked at."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.author import BOOL, INT, Author, call, f32
from tracescript import ir
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget
from tracescript.engine.protocol import Options
from tracescript.errors import GuardError, TrapError
from tracescript.ir import constants
from tracescript.opset.build import constant_of

BOTH = pytest.mark.parametrize("engine", ["ref", "py"])
POSITIVE, NEGATIVE = np.ones((3, 4), np.float32), np.full((3, 4), -1, np.float32)


def gate(author, debug=None):
    """The gate, traced with a negative sum."""

    def body(w, x):
        w("gt", w("sum", x), np.float32(0))
        return [w("neg", x)]

    def decisions(values):
        return [ir.TraceDecision("branch", values[1], constants.scalar(False), debug)]

    return author.function("Gate.forward", [("x", f32(3, 4))], body, decisions=decisions)


def prepare(engine, author, function, guards="error"):
    method = author.method(function)
    return choose(engine).load(author.model(), Options(guards=guards)).method(method)


def run(engine, author, function, inputs, guards="error"):
    return prepare(engine, author, function, guards)(inputs, (), Budget())


@BOTH
def test_an_input_of_the_lost_branch_is_refused_with_its_line(engine):
    author = Author()
    debug = ir.GuardDebug(ir.Place("cell.py", 7, 8), "x.sum() > 0", "if")
    prepared = prepare(engine, author, gate(author, debug))

    np.testing.assert_array_equal(prepared([NEGATIVE], (), Budget()).outputs[0], POSITIVE)
    with pytest.raises(GuardError) as caught:
        prepared([POSITIVE], (), Budget())

    assert str(caught.value) == (
        "cell.py:7: this input needs the branch that tracing lost [GUARD_FAILED TRACE-4]\n"
        "  x.sum() > 0: expected False (traced), found True; Gate.forward, decision 0\n"
        "  hint: trace with explore=2 or script the part that branches, "
        'or load with guards="warn" to run the traced branch anyway'
    )
    guard = caught.value.guard
    assert (guard.function, guard.index, guard.predicate) == ("Gate.forward", 0, "x.sum() > 0")


@BOTH
def test_without_debug_info_the_decision_is_named_by_its_index(engine):
    author = Author()

    with pytest.raises(GuardError) as caught:
        run(engine, author, gate(author), [POSITIVE])

    assert caught.value.where == "Gate.forward, decision 0"


@BOTH
def test_a_guard_in_a_called_function_stops_the_caller(engine):
    author = Author()
    gate(author)
    function = author.function(
        "Cell.forward", [("x", f32(3, 4))], lambda w, x: [call(w, "Gate.forward", w("mul", x, x))]
    )

    with pytest.raises(GuardError) as caught:
        run(engine, author, function, [NEGATIVE])

    assert caught.value.guard.function == "Gate.forward"


@BOTH
def test_warn_runs_the_traced_branch_and_notes_each_guard_once(engine):
    author = Author()
    gate(author)

    def body(w, x):
        step = lambda b, i, y: [True, call(b, "Gate.forward", b("abs", y))]
        return list(w.loop(5, True, [x], step))

    result = run(
        engine, author, author.function("F.forward", [("x", f32(3, 4))], body), [POSITIVE], "warn"
    )

    np.testing.assert_array_equal(result.outputs[0], NEGATIVE)
    assert [(g.function, g.index) for g in result.failed_guards] == [("Gate.forward", 0)]
    assert result.failed_guards[0].found == "True"


@BOTH
def test_ignore_evaluates_no_guard(engine):
    author = Author()

    result = run(engine, author, gate(author), [POSITIVE], "ignore")

    np.testing.assert_array_equal(result.outputs[0], NEGATIVE)
    assert result.failed_guards == ()


@BOTH
def test_a_guard_comes_before_a_later_trap(engine):
    author = Author()

    def body(w, x):
        w("gt", w("sum", x), np.float32(0))
        w("int.floordiv", 1, w("int.sub", 1, 1))
        return [x]

    function = author.function(
        "F.forward", [("x", f32(3, 4))], body,
        decisions=lambda v: [ir.TraceDecision("branch", v[1], constants.scalar(False))],
    )  # fmt: skip

    with pytest.raises(GuardError):
        run(engine, author, function, [POSITIVE])
    with pytest.raises(TrapError):
        run(engine, author, function, [NEGATIVE])


@BOTH
@pytest.mark.parametrize(
    ("kind", "observed", "holding", "failing"),
    [
        ("int_read", 3, np.int64(3), np.int64(4)),
        ("float_read", float("nan"), np.float32("nan"), np.float32(0)),
        ("float_read", 0.5, np.float64(0.5), np.float64(0.25)),
        ("branch", True, np.array([[2.0]]), np.array([0.0])),
        ("branch", True, np.array([1]), np.array([1, 2])),
        ("tensor_read", np.array([1, 2]), np.array([1, 2]), np.array([1, 3])),
        ("tensor_read", np.array([1.0, np.nan]), np.array([1.0, np.nan]), np.array([1.0])),
        ("compare", False, np.bool_(False), np.bool_(True)),
    ],
)
def test_each_kind_of_decision_compares_what_was_read(engine, kind, observed, holding, failing):
    author = Author()
    for given, holds in ((holding, True), (failing, False)):
        value = np.asarray(given)
        type_ = ir.TensorType(ir.DataType(value.dtype.name), value.shape)
        function = author.function(
            f"F{holds}.forward", [("x", type_)], lambda w, x: [w("identity", x)],
            decisions=lambda v: [ir.TraceDecision(kind, v[0], constant_of(observed))],
        )  # fmt: skip
        if holds:
            run(engine, author, function, [value])
        else:
            with pytest.raises(GuardError) as caught:
                run(engine, author, function, [value])
            assert caught.value.code == "GUARD_FAILED"


@BOTH
def test_a_decision_about_a_scalar_is_checked(engine):
    author = Author()
    function = author.function(
        "F.forward", [("n", INT)], lambda w, n: [w("int.add", n, 1)],
        decisions=lambda v: [ir.TraceDecision("int_read", v[0], constants.scalar(5))],
    )  # fmt: skip

    assert run(engine, author, function, [4]).outputs == (5,)
    with pytest.raises(GuardError, match=r"expected 5 \(traced\), found 6"):
        run(engine, author, function, [5])


@BOTH
def test_a_guard_in_a_block_that_does_not_run_is_not_checked(engine):
    author = Author()
    made = []

    def body(w, n, go):
        def then(t):
            made.append(t("int.add", n, 1))
            return [made[-1]]

        return [w.if_(go, then, lambda _: [n])]

    function = author.function(
        "F.forward", [("n", INT), ("go", BOOL)], body,
        decisions=lambda _: [ir.TraceDecision("int_read", made[-1], constants.scalar(0))],
    )  # fmt: skip

    assert run(engine, author, function, [4, False]).outputs == (4,)
    with pytest.raises(GuardError):
        run(engine, author, function, [4, True])


@BOTH
def test_a_shape_guard_is_checked_on_entry(engine):
    author = Author()
    steps = ir.Symbol("T")
    debug = ir.GuardDebug(ir.Place("loop.py", 3), "range(x.size(0))", "for")

    def body(w, x):
        w("int.floordiv", 1, 0)
        return [x]

    function = author.function(
        "F.forward", [("x", f32(steps, 4))], body,
        shape_guards=[ir.ShapeGuard(steps, "==", 3, "unrolled_loop", debug)],
    )  # fmt: skip

    with pytest.raises(TrapError):
        run(engine, author, function, [np.ones((3, 4), np.float32)])
    with pytest.raises(GuardError) as caught:
        run(engine, author, function, [np.ones((7, 4), np.float32)])
    assert (caught.value.code, caught.value.where) == ("SHAPE_GUARD_FAILED", "loop.py:3")
    assert "expected T == 3, found 7 and 3" in str(caught.value)
    assert caught.value.guard.is_shape_guard


@BOTH
def test_a_shape_guard_of_a_callee_is_checked_with_the_caller_s_sizes(engine):
    author = Author()
    batch = ir.Symbol("B")
    author.function(
        "Inner.forward", [("x", f32(batch, 2))], lambda w, x: [w("add", x, x)],
        shape_guards=[ir.ShapeGuard(batch, "<=", 4, "comparison")],
    )  # fmt: skip
    function = author.function(
        "F.forward", [("x", f32(ir.Symbol("N"), 2))], lambda w, x: [call(w, "Inner.forward", x)]
    )
    prepared = prepare(engine, author, function)

    prepared([np.ones((4, 2), np.float32)], (), Budget())
    with pytest.raises(GuardError):
        prepared([np.ones((5, 2), np.float32)], (), Budget())


@BOTH
def test_a_read_that_was_not_recorded_is_refused_on_entry(engine):
    author = Author()
    function = author.function(
        "F.forward", [("n", INT)], lambda w, n: [w("int.floordiv", n, 0)],
        decisions=lambda _: [ir.TraceDecision("unrecorded", None, None)],
    )  # fmt: skip

    with pytest.raises(GuardError) as caught:
        run(engine, author, function, [1])
    assert caught.value.code == "GUARD_UNCHECKABLE"
    for guards in ("warn", "ignore"):
        with pytest.raises(TrapError):
            run(engine, author, function, [1], guards)


@BOTH
def test_a_callee_with_an_unrecorded_read_is_refused_when_it_is_called(engine):
    author = Author()
    author.function(
        "Inner.forward", [("n", INT)], lambda w, n: [w("int.add", n, 1)],
        decisions=lambda _: [ir.TraceDecision("unrecorded", None, None)],
    )  # fmt: skip
    function = author.function(
        "F.forward", [("n", INT), ("go", BOOL)],
        lambda w, n, go: [w.if_(go, lambda t: [call(t, "Inner.forward", n)], lambda _: [n])],
    )  # fmt: skip
    prepared = prepare(engine, author, function)

    assert prepared([1, False], (), Budget()).outputs == (1,)
    with pytest.raises(GuardError):
        prepared([1, True], (), Budget())
