"""A decision names the operand that was read, with the value that operand had."""

from __future__ import annotations

import sys
import warnings

import condition_programs as programs
import numpy as np
import pytest

from tracescript.errors import TraceWarning
from tracescript.producer.trace import places
from tracescript.producer.trace.run import trace

X = np.ones((3, 4), np.float32)
M = 2 * X

needs_positions = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="CPython has positions of instructions from 3.11 on"
)


CASES = [
    (programs.either, [("m.all()", True)]),
    (programs.neither, [("x.any()", True)]),
    (programs.chained_or, [("x.min() > 5", False), ("m.all()", True)]),
    (programs.chain, [("0 < x.sum()", True), ("x.sum() < 5", False)]),
    (
        programs.bracketed_chain,
        [("part of 0 < (x.sum()) < 5", True), ("part of 0 < (x.sum()) < 5", False)],
    ),
    (programs.inverted, [("x.any()", True)]),
    (programs.gathered, [("part of any([x.min() > 5, m.all()])", v) for v in (False, True)]),
    (programs.nested_ternary, [("x.any()", True), ("m.sum() > 30", False)]),
    (programs.chosen, [("m.any()", True), ("x.any()", True)]),
    (programs.as_value, [("x.min() > 5", False)]),
    (programs.checked, [("x.min() > 5", False), ("m.all()", True), ("x.sum() < 0", False)]),
    (programs.looped, [("x.max() > 2", False), ("m.any()", True), ("x.max() > 2", True)]),
    (
        programs.kept,
        [("part.sum() > 20", False), ("part.sum() > 20", True), ("part.max() > 1", True)],
    ),
    (programs.over_lines, [("x.min() > 5", False), ("m.all()", True)]),
]


def decided(f):
    found = trace(f, (X, M), decisions="record").report.decisions
    return [(d.predicate, bool(d.observed)) for d in found]


@needs_positions
@pytest.mark.parametrize(("f", "expected"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_a_decision_names_the_operand_that_was_read(f, expected):
    assert decided(f) == expected


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (programs.inverted, [("part of not x.any()", True)]),
        (programs.chain, [("part of 0 < x.sum() < 5", True), ("part of 0 < x.sum() < 5", False)]),
        (
            programs.nested_ternary,
            [("part of not (x.any() and m.sum() > 30)", v) for v in (True, False)],
        ),
        (
            programs.over_lines,
            [("part of m is None or x.min() > 5 or m.all()", v) for v in (False, True)],
        ),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_without_positions_a_decision_names_the_condition_as_a_whole(monkeypatch, f, expected):
    monkeypatch.setattr(places, "ranges", lambda code: ())

    assert decided(f) == expected
    assert all(
        d.kept is d.lost is None for d in trace(f, (X, M), decisions="record").report.decisions
    )


def test_without_positions_a_condition_of_one_value_is_named_exactly(monkeypatch):
    def gate(x, m):
        if x.sum() > 20:
            return x
        return m

    monkeypatch.setattr(places, "ranges", lambda code: ())
    (decision,) = trace(gate, (X, M), decisions="record").report.decisions

    first = gate.__code__.co_firstlineno
    assert (decision.predicate, decision.observed) == ("x.sum() > 20", False)
    assert (decision.kept.line, decision.lost.line) == (first + 3, first + 2)


@needs_positions
def test_the_arms_of_a_negated_condition_are_the_right_way_round():
    (decision,) = trace(programs.inverted, (X, M), decisions="record").report.decisions

    first = programs.inverted.__code__.co_firstlineno
    assert (decision.kept.line, decision.lost.line) == (first + 3, first + 2)


@needs_positions
def test_a_value_that_is_part_of_a_condition_has_no_arms():
    found = trace(programs.chain, (X, M), decisions="record").report.decisions

    assert [(d.kept, d.lost) for d in found] == [(None, None)] * 2


@needs_positions
def test_an_assertion_of_a_negation_says_what_its_operand_was():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        trace(programs.positive, (X, M))

    (text,) = [str(w.message) for w in caught if w.category is TraceWarning]
    assert "x.sum() < 0 was False" in text


@needs_positions
def test_the_warning_gives_the_value_of_an_operand_of_a_condition():
    with pytest.warns(TraceWarning, match=r"m\.all\(\) was True"):
        trace(programs.either, (X, M))
