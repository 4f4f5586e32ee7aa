"""Limits of a call hold for what functions marked `ignore` take and give."""

from __future__ import annotations

import time

import numpy as np
import pytest

import tracescript as ts
from tracescript.engine.limits import Limits
from tracescript.errors import ExecutionError
from tracescript.model.instance import Settings
from tracescript.model.model import Model

ENGINES = pytest.mark.parametrize("engine", ["py", "ref"])


@ts.ignore
def large(n: int) -> np.ndarray:
    return np.ones(n, np.float32)


@ts.ignore
def slow(n: int) -> int:
    time.sleep(0.02)
    return n + 1


def gives_much(n: int):
    return large(n).sum()


def takes_long(n: int):
    count = 0
    for _ in range(n):
        count = slow(count)
    return count


def refused(program, engine, limits, n, **types):
    model = Model(ts.script(program, types=types).program, Settings(engine, limits=limits))
    with pytest.raises(ExecutionError) as caught:
        model(n)
    return caught.value.code


@ENGINES
def test_what_python_gives_counts_as_memory(engine):
    given = {"large()": "float32[_]"}

    assert refused(gives_much, engine, Limits(memory=1_000_000), 500_000, **given) == "MEMORY_LIMIT"


@ENGINES
def test_a_loop_of_slow_calls_ends_in_time(engine):
    begun = time.monotonic()

    assert refused(takes_long, engine, Limits(seconds=0.1), 500) == "DEADLINE"
    assert time.monotonic() - begun < 5


def calls_thrice(n: int):
    return slow(slow(slow(n)))


@ENGINES
def test_calls_in_a_row_end_in_time(engine):
    assert refused(calls_thrice, engine, Limits(seconds=0.03), 1) == "DEADLINE"
