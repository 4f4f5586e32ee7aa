"""numpy calls of rows, of parts and of weighed elements under a trace give what numpy gives."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts

ROWS = np.array([[3.0, 1, 2], [0, 5, 1], [3, 1, 2], [3, 0, 9], [0, 5, 1], [0, 5, 0]])
SHORT = np.array([[1.0, 1, 1], [1, 1, 1]])
LINE = np.array([0.5, 3.0, 1.0, 2.5, 3.0, -2.0, 7.0])
LONG = np.array([4.0, 0.25, 2.0, 1.0, 3.5, 2.5, 2.5, 6.0, -1.0])

BY_ROWS = {
    "rows": lambda a: np.unique(a, axis=0),
    "rows and all about them": lambda a: np.unique(a, True, True, True, axis=0),
    "rows of integers": lambda a: np.unique(a.astype(np.int32), axis=0, return_counts=True),
    "rows of truths": lambda a: np.unique(a > 1, axis=0, return_inverse=True),
    "rows of more axes": lambda a: np.unique(np.stack([a, a + 1], 2), axis=0),
    "rows with NaN": lambda a: np.unique(np.where(a == 9, np.nan, a), axis=0),
    "rows of nothing": lambda a: np.unique(a[:, :0], axis=0),
    "sums of parts": lambda a: np.add.reduceat(a, [0, 1]),
    "sums of columns": lambda a: np.add.reduceat(a, [0, 2], axis=-1),
}
BY_ELEMENTS = {
    "products": lambda a: np.multiply.reduceat(a, np.array([0, 4, 2])),
    "largest": lambda a: np.maximum.reduceat(a, [1, 1, 5]),
    "small integers": lambda a: np.add.reduceat(a.astype(np.int8), [0, 3]),
    "truths": lambda a: np.logical_or.reduceat(a > 2, (0, 3)),
    "weights": lambda a: np.histogram(a, 3, weights=a * 2),
    "weights in a range": lambda a: np.histogram(a, 4, (0, 3), weights=a + 1),
    "weights by edges": lambda a: np.histogram(a, [0.0, 1, 3], weights=a + 1, density=True),
    "narrow weights": lambda a: np.histogram(a, 3, weights=np.ones_like(a, np.float32)),
    "whole weights": lambda a: np.histogram(a, 3, weights=(a * 4).astype(np.int32)),
    "weights of pairs": lambda a: np.histogram2d(a, a * a, [2, 3], weights=a + 3),
    "density of pairs": lambda a: np.histogramdd(
        np.stack([a, -a], 1), 2, density=True, weights=a + 3
    ),
}


def flat(value):
    if isinstance(value, (tuple, list)):
        return [array for part in value for array in flat(part)]
    return [value]


def compare(program, given, other):
    model = ts.trace(program, (given,))
    for array in (given, other):
        for got, want in zip(flat(model(array)), flat(program(array)), strict=True):
            assert got.dtype == want.dtype
            np.testing.assert_allclose(got, want, rtol=1e-12)


@pytest.mark.parametrize("program", BY_ROWS.values(), ids=BY_ROWS)
def test_a_call_of_rows_is_traced_and_their_number_stays_open(program):
    compare(program, ROWS, SHORT)


def test_the_number_of_elements_in_a_row_is_fixed_and_the_number_of_rows_is_not():
    model = ts.trace(lambda a: np.unique(a, axis=-1), (ROWS,))
    wide = np.hstack([ROWS, ROWS + 1, ROWS])

    np.testing.assert_array_equal(model(wide), np.unique(wide, axis=-1))
    with pytest.raises(ts.errors.GuardError):
        model(SHORT)


@pytest.mark.parametrize("program", BY_ELEMENTS.values(), ids=BY_ELEMENTS)
def test_a_call_of_elements_is_traced_and_their_number_stays_open(program):
    compare(program, LINE, LONG)


def test_parts_that_begin_behind_the_end_stop_the_call_as_numpy_does():
    model = ts.trace(lambda a: np.add.reduceat(a, [0, 5]), (LINE,))

    with pytest.raises(ts.errors.TsError):
        model(LINE[:5])


@pytest.mark.parametrize(
    ("program", "error"),
    [
        (lambda a: np.add.reduceat(a, [0, 7]), IndexError),
        (lambda a: np.add.reduceat(a, np.argsort(a)), ts.errors.ProducerError),
        (lambda a: np.histogram(a, 3, weights=a[1:]), ValueError),
        (lambda a: np.histogram(a, 3, weights=a > 0), ts.errors.ProducerError),
    ],
    ids=["behind the end", "places that follow", "weights of another number", "truths as weights"],
)
def test_what_has_no_meaning_or_no_op_is_refused(program, error):
    with pytest.raises((error, ts.errors.ProducerError)):
        ts.trace(program, (LINE,))
