"""Texts and containers that a program gathers count against the memory of a call."""

from __future__ import annotations

import pytest
from engine_runs import ENGINES, run, scalar_function

from benchmarks.author import INT, STR
from tracescript.engine.limits import Limits
from tracescript.errors import LimitError

SMALL = Limits(memory=1 << 20)
BOTH = pytest.mark.parametrize("engine", ENGINES)


def texts(w, n, s):
    """Gather n texts, each made new."""
    step = lambda b, i, xs: [
        True,
        b("list.append", xs, b("str.concat", s, b("num.cast", i, to="str"))),
    ]
    return [w("list.len", w.loop(n, True, [w("list.make", s)], step)[0])]


def lists(w, n, s):
    """Gather n lists of 1000 items."""

    def step(b, i, xs):
        return [True, b("list.append", xs, b("list.repeat", b("list.make", i), 1000))]

    start = w("list.make", w("list.make", n))
    return [w("list.len", w.loop(n, True, [start], step)[0])]


def versions(w, n, s):
    """Keep each state of a list that grows to n items."""

    def step(b, i, xs, old):
        return [True, b("list.append", xs, i), b("list.append", old, xs)]

    first = w("list.make", n)
    return [w("list.len", w.loop(n, True, [first, w("list.make", first)], step)[1])]


def sorts(w, n, s):
    """Gather n sorted copies of one list."""
    whole = w("list.repeat", w("list.make", n), 1000)
    step = lambda b, i, xs: [True, b("list.append", xs, b("list.sort", whole))]
    return [w("list.len", w.loop(n, True, [w("list.make", whole)], step)[0])]


GATHERING = [texts, lists, versions, sorts]


@BOTH
@pytest.mark.parametrize("body", GATHERING)
def test_what_a_program_gathers_stops_at_the_memory_limit(engine, body):
    function = scalar_function(body, INT, STR)

    assert run(engine, *function, [20, "x" * 1000], limits=SMALL).outputs == (21,)
    with pytest.raises(LimitError) as caught:
        run(engine, *function, [2000, "x" * 1000], limits=SMALL)
    assert (caught.value.code, caught.value.rule) == ("MEMORY_LIMIT", "EXEC-5")
    assert caught.value.where.startswith("F.forward, node")


@BOTH
def test_texts_and_lists_that_died_are_given_back(engine):
    def body(w, n, s):
        def step(b, i, t, xs):
            longer = b("str.concat", s, b("num.cast", i, to="str"))
            return [True, longer, b("list.repeat", b("list.make", i), 1000)]

        return [w("str.len", w.loop(n, True, [s, w("list.make", n)], step)[0])]

    function = scalar_function(body, INT, STR)

    assert run(engine, *function, [3000, "x" * 1000], limits=SMALL).outputs == (1004,)


@BOTH
def test_a_text_that_is_given_back_as_it_is_counts_once(engine):
    def body(w, n, s):
        step = lambda b, i, t: [True, b("str.slice", t, 0, None, None)]
        return [w("str.len", w.loop(n, True, [w("str.concat", s, s)], step)[0])]

    function = scalar_function(body, INT, STR)

    assert run(engine, *function, [3000, "x" * 10_000], limits=SMALL).outputs == (20_000,)
