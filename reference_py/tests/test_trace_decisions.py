"""Trace decisions, shape guards, and what the tracer says about them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from differential.check import function_of

import tracescript as ts
from tracescript.errors import GuardError, ProducerError, TraceWarning
from tracescript.model.model import Model, Settings
from tracescript.producer.trace.run import trace
from tracescript.validator import validate

ONES = np.ones((3, 4), np.float32)


def gate(x):
    if x.sum() > 0:
        return x
    else:
        return -x


def quiet(f, *args, **options):
    made = trace(f, args, decisions="record", **options)
    validate(made.model)
    return made


def only(made):
    (decision,) = made.report.decisions
    return decision


@pytest.mark.parametrize("sign", [1, -1])
def test_a_branch_becomes_a_decision_that_loaders_check(sign):
    made = quiet(gate, sign * ONES)

    model = Model(made.model, Settings("ref"))
    np.testing.assert_array_equal(model(sign * 2 * ONES), 2 * ONES)
    with pytest.raises(GuardError) as caught:
        model(-sign * ONES)
    assert caught.value.code == "GUARD_FAILED"
    assert caught.value.guard.predicate == "x.sum() > 0"


def test_a_decision_says_what_was_kept_and_lost():
    decision = only(quiet(gate, -ONES))

    first = gate.__code__.co_firstlineno
    assert (decision.kind, decision.statement, decision.observed) == ("branch", "if", False)
    assert decision.place.line == first + 1
    assert (decision.kept.line, decision.lost.line) == (first + 4, first + 2)
    assert decision.operands == (-12.0, 0.0)
    assert decision.function == "gate"


def test_without_else_the_lost_arm_is_what_follows():
    def early(x):
        if x.sum() > 0:
            return x
        y = -x
        return y

    decision = only(quiet(early, ONES))

    first = early.__code__.co_firstlineno
    assert (decision.lost.line, decision.lost.end_line) == (first + 3, first + 4)


def test_one_warning_says_line_outcome_and_way_out():
    with pytest.warns(TraceWarning) as caught:
        trace(gate, (-ONES,))

    (warning,) = caught
    text = str(warning.message)
    line = gate.__code__.co_firstlineno + 1
    assert warning.lineno == line
    assert f"test_trace_decisions.py:{line}" in text
    assert "the trace kept one of two branches" in text
    assert "^^^^^^^^^^^" in text
    assert f"line {line + 1} is lost" in text
    assert "ts.script" in text


def test_the_same_line_warns_once():
    def often(x):
        for _ in range(5):
            if x.sum() > 0:
                x = x * 2
        return x

    with pytest.warns(TraceWarning) as caught:
        made = trace(often, (ONES,))

    assert len(caught) == 1
    assert len(made.report.decisions) == 5


def test_decisions_error_refuses_the_trace():
    with pytest.raises(ProducerError) as caught:
        trace(gate, (ONES,), decisions="error")

    assert caught.value.code == "UNRECORDED_READ"
    assert caught.value.rule == "TRACE-7"


def test_a_while_is_a_loop_condition():
    def halve(x):
        while x.max() > 1:
            x = x / 2
        return x

    made = quiet(halve, 4 * ONES)

    assert [d.kind for d in made.report.decisions] == ["loop_condition"] * 3
    assert [d.observed for d in made.report.decisions] == [True, True, False]


@pytest.mark.parametrize(
    ("read", "kind", "observed"),
    [
        (lambda x: int(x.astype(np.int64).sum()), "int_read", 12),
        (lambda x: int(x.sum() / 5), "int_read", 2),
        (lambda x: int((x > 0).any()), "int_read", 1),
        (lambda x: [1, 2, 3][x.astype(np.int64).min()], "int_read", 1),
        (lambda x: float(x.sum()), "float_read", 12.0),
        (lambda x: float(x.astype(np.int64).sum()), "float_read", 12.0),
        (lambda x: x.sum().item(), "float_read", 12.0),
        (lambda x: len(x[0].tolist()), "tensor_read", None),
        (lambda x: int(np.array_equal(x, x + 0)), "compare", True),
    ],
)
def test_each_read_has_its_kind(read, kind, observed):
    decision = only(quiet(lambda x: x * read(x), ONES))

    assert decision.kind == kind
    if observed is not None:
        assert decision.observed == observed


def test_what_only_weights_decide_is_no_decision():
    weight = np.ones(4, np.float32)

    def f(x):
        table = ts.nn.Parameter(weight)
        return x * 2 if bool(ts.ops.gt(ts.ops.sum(table), 0.0)) else x

    assert quiet(f, ONES).report.decisions == ()


def test_a_comparison_of_sizes_is_stored_as_it_must_hold():
    def f(x):
        return x * 2 if x.shape[0] == 1 or x.shape[0] > 5 else x

    made = quiet(f, ONES)

    assert [g.text for g in made.report.shape_guards] == ["x_0 != 1", "x_0 <= 5"]
    model = Model(made.model, Settings("ref"))
    assert model(np.ones((5, 4), np.float32)).shape == (5, 4)
    for size in (1, 6):
        with pytest.raises(GuardError) as caught:
            model(np.ones((size, 4), np.float32))
        assert caught.value.code == "SHAPE_GUARD_FAILED"


def test_a_loop_over_a_size_is_an_unrolled_loop():
    def total(x):
        result = 0
        for i in range(x.shape[0]):
            result = result + x[i]
        return result

    with pytest.warns(TraceWarning, match="a loop over a size was unrolled"):
        made = trace(total, (ONES,))

    (guard,) = made.report.shape_guards
    assert (guard.kind, guard.text) == ("unrolled_loop", "x_0 == 3")


def test_iterating_over_an_array_is_an_iteration():
    made = quiet(lambda x: sum(row * 2 for row in x), ONES)

    assert [g.kind for g in made.report.shape_guards] == ["iteration"]


def test_a_size_known_only_at_run_time_leaves_a_decision():
    def f(x):
        chosen = x[x > 0]
        return chosen * 2 if chosen.shape[0] > 3 else chosen

    made = quiet(f, ONES)

    assert made.report.shape_guards == ()
    assert only(made).kind == "branch"
    with pytest.raises(GuardError):
        Model(made.model, Settings("ref"))(-ONES)


def test_a_bool_argument_is_checked_though_python_hides_it():
    def f(x, double):
        return x * 2 if double else x

    made = quiet(f, ONES, True)

    with pytest.raises(GuardError):
        Model(made.model, Settings("ref"))(ONES, False)


def test_a_list_argument_warns_that_its_length_is_fixed():
    def total(xs, state):
        return xs[0] + xs[1] + state["h"][0]

    with pytest.warns(TraceWarning) as caught:
        made = trace(total, ([ONES, ONES], {"h": [ONES]}))

    texts = [str(warning.message) for warning in caught]
    line = total.__code__.co_firstlineno
    assert [t.splitlines()[0] for t in texts] == [
        f"test_trace_decisions.py:{line}: the trace fixed a length: len(xs) was 2",
        f"test_trace_decisions.py:{line}: the trace fixed a length: len(state['h']) was 1",
    ]
    assert not any("tensor" in text for text in texts)
    with pytest.raises(GuardError) as caught:
        Model(made.model, Settings("ref"))([ONES] * 3, {"h": [ONES]})
    assert (caught.value.guard.predicate, caught.value.guard.expected) == ("len(xs)", "2")


def test_range_is_itself_again_after_a_trace():
    before = range

    quiet(lambda x: x, ONES)

    assert range is before


def test_tracing_without_decisions_says_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = trace(lambda x: x + 1, (ONES,))

    assert made.report.decisions == ()


@pytest.mark.parametrize(
    ("condition", "operands"),
    [
        ("x.sum() > 0", (12.0, 0.0)),
        ("0 < x.sum()", (0.0, 12.0)),
        ("99 >= x.sum()", (99.0, 12.0)),
        ("12 == x.sum()", (12.0, 12.0)),
        ("5 != x.sum()", (5.0, 12.0)),
        ("x.sum() != 5", (12.0, 5.0)),
        ("not 0 < x.sum()", (0.0, 12.0)),
        ("1 + 1 <= x.sum()", (2.0, 12.0)),
    ],
)
def test_the_operands_of_a_condition_are_named_as_it_is_written(condition, operands):
    text = f"def f(x):\n    if {condition}:\n        return x + 1\n    return x\n"

    made = trace(function_of(text), (np.full(4, 3, np.float32),), decisions="record")

    assert made.report.decisions[0].operands == operands
