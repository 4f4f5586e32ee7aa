"""Whose memory a result may take, and what planning that costs."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from engine_runs import run, scalar_function

from benchmarks.author import f32
from tracescript.errors import TrapError


def called(written, *values, engine="py"):
    author, method = written
    return run(engine, author, method, values).outputs


def writes(w, x, row):
    """Write rows one after the other into a tensor of its own; return each state."""
    states = [w("add", x, x)]
    for i in range(3):
        states.append(w("select_scatter", states[-1], row, i))
    return states


@pytest.mark.parametrize("seen", [[3], [0, 3], [1, 3], [0, 1, 2, 3]])
def test_writing_into_dead_memory_leaves_every_state_that_is_seen(seen):
    program = scalar_function(lambda w, x, r: [writes(w, x, r)[i] for i in seen], f32(3, 2), f32(2))
    x, row = np.ones((3, 2), np.float32), np.float32([7, 8])

    states = [x + x]
    for i in range(3):
        state = states[-1].copy()
        state[i] = row
        states.append(state)
    for found, i in zip(called(program, x, row), seen, strict=True):
        np.testing.assert_array_equal(found, states[i])
    np.testing.assert_array_equal(x, np.ones((3, 2)))


def test_a_parameter_is_never_written_into():
    program = scalar_function(lambda w, x, r: [w("select_scatter", x, r, 0)], f32(2, 2), f32(2))
    x = np.zeros((2, 2), np.float32)

    (found,) = called(program, x, np.float32([1, 2]))

    np.testing.assert_array_equal(found, [[1, 2], [0, 0]])
    np.testing.assert_array_equal(x, 0)


def test_a_row_written_over_another_of_the_same_tensor_reads_the_old_one():
    def shifted(w, x):
        y = w("add", x, x)
        return [w("slice_scatter", y, w("slice", y, 0, 2, None), 1, 3, None)]

    (found,) = called(scalar_function(shifted, f32(3)), np.float32([1, 2, 3]))

    np.testing.assert_array_equal(found, [2, 2, 4])


@pytest.mark.parametrize("engine", ["py", "ref"])
def test_a_range_of_another_shape_is_refused_on_every_axis(engine):
    program = scalar_function(
        lambda w, x, s: [w("slice_scatter", x, s, 0, 1, None)], f32(None), f32(None)
    )

    with pytest.raises(TrapError, match=r"found \[1, 2\]") as caught:
        called(program, np.zeros((3, 4), np.float32), np.ones((1, 2), np.float32), engine=engine)

    assert (caught.value.code, caught.value.rule) == ("SHAPE_ERROR", "OP.slice_scatter.E1")


def planning(length):
    """Return the bytes that compiling and running a chain of so many sums takes at its peak."""

    def chain(w, x):
        for _ in range(length):
            x = w("cumsum", x, dim=0)
        return [x]

    program = scalar_function(chain, f32(4))
    tracemalloc.start()
    called(program, np.zeros(4, np.float32))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_planning_takes_memory_in_proportion_to_the_length_of_a_program():
    planning(10)

    assert planning(1600) < 3 * planning(800)
