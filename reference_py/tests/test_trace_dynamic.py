"""Dimensions the user asks for: they stay open or the trace fails."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError
from tracescript.ir import dims
from tracescript.producer.trace.run import trace

X = np.ones((3, 4), np.float32)
B = ts.Dim("B", 1, 64)


def shape_of(made, k=0):
    return made.model.functions[-1].inputs[k].type.shape


def test_an_asked_for_dimension_keeps_its_name_and_range():
    made = trace(lambda x: x + 1, (X,), dynamic={"x": {0: B}})

    assert shape_of(made) == (B.dim, 4)
    assert made.report.dims == (("B", (1, 64)),)


def test_no_dynamic_dimension_fixes_every_size():
    assert shape_of(trace(lambda x: x + 1, (X,), dynamic={})) == (3, 4)


def test_sizes_zero_and_one_are_fixed():
    made = trace(lambda x: x + 1, (np.ones((1, 2), np.float32),))

    assert shape_of(made)[0] == 1


def test_arithmetic_of_dimensions_is_an_input_size():
    made = trace(
        lambda a, b: np.concatenate([a, b]),
        (X, np.ones((6, 4), np.float32)),
        dynamic={"a": {0: B}, "b": {0: 2 * B}},
    )

    (output,) = made.model.functions[-1].outputs
    assert dims.text(output.type.shape[0]) == "(B * 3)"


def loop(xs):
    total = 0
    for i in range(xs.shape[0]):
        total = total + xs[i]
    return total


def compare(xs):
    return xs * 2 if xs.shape[0] > 2 else xs


def fixed(xs):
    return xs + np.ones((3, 4), np.float32)


def as_number(xs):
    return xs.reshape(int(xs.shape[0]), 2, 2)


@pytest.mark.parametrize("f", [loop, compare, fixed, as_number])
def test_a_dimension_that_would_be_fixed_is_an_error_with_its_line(f):
    with pytest.raises(ProducerError) as caught:
        trace(f, (X,), dynamic={"xs": {0: B}})

    error = caught.value
    assert error.code == "DIMENSION_FIXED"
    assert '"B" of input xs' in error.what
    line = int(error.where.split(":")[1])
    first = f.__code__.co_firstlineno
    assert first <= line <= first + 3


def test_a_guard_that_holds_for_the_whole_range_is_no_error():
    wide = ts.Dim("N", 3, 64)

    made = trace(compare, (X,), dynamic={"xs": {0: wide}})

    assert made.report.shape_guards == ()


def below(xs):
    return xs * 2 if xs.shape[0] >= 64 else xs


def above(xs):
    return xs * 2 if xs.shape[0] > 1 else xs


@pytest.mark.parametrize(
    ("f", "limited", "kept"),
    [(below, "B < 64", 'ts.Dim("B", max=63)'), (above, "1 < B", 'ts.Dim("B", min=2)')],
)
def test_a_comparison_says_which_range_would_stay_dynamic(f, limited, kept):
    with pytest.raises(ProducerError, match=f"limited to {limited}") as caught:
        trace(f, (X,), dynamic={"xs": {0: B}})

    assert kept in caught.value.hint
    narrow = eval(kept, {"ts": ts})
    assert trace(f, (X,), dynamic={"xs": {0: narrow}}).report.shape_guards == ()


def test_two_asked_for_dimensions_are_not_tied():
    with pytest.raises(ProducerError) as caught:
        trace(lambda a, b: a + b, (X, X), dynamic={"a": {0: B}, "b": {0: ts.Dim("C")}})

    assert 'equal to dimension "C"' in caught.value.what


@pytest.mark.parametrize(
    "dynamic", [{"y": {0: B}}, {"x": {5: B}}, {"x": {0: "B"}}, {"x": {0: ts.Dim("B", 9)}}]
)
def test_a_wrong_dynamic_argument_is_refused(dynamic):
    with pytest.raises(ProducerError) as caught:
        trace(lambda x: x, (X,), dynamic=dynamic)

    assert caught.value.rule == "TRACE-10"


def test_reshape_to_numbers_fixes_the_batch():
    made = trace(lambda x: x.reshape(3, 2, 2), (X,))

    assert shape_of(made) == (3, 4)


@pytest.mark.parametrize(
    ("part", "least"),
    [
        (lambda x: x[:2] + np.ones((2, 4), np.float32), 2),
        (lambda x: x[1:3] + np.ones((2, 4), np.float32), 3),
        (lambda x: x[-2:] + np.ones((2, 4), np.float32), 2),
        (lambda x: np.ones((5, 2), np.float32) @ x[:2], 2),
    ],
    ids=["first", "middle", "last", "product"],
)
def test_a_slice_beside_a_fixed_size_needs_enough_rows_and_stays_open(part, least):
    model = ts.trace(part, X)

    assert dict(model.dims)["x_0"] == (least, None)
    tall = np.arange(28, dtype=np.float32).reshape(7, 4)
    np.testing.assert_array_equal(model(tall), part(tall))
    with pytest.raises(ts.errors.TsError) as caught:
        model(X[: least - 1])
    assert caught.value.code == "BAD_INPUT"


def test_a_slice_beside_a_fixed_size_asks_for_a_range_of_the_users_dimension():
    def program(x):
        return x[:2] + np.ones((2, 4), np.float32)

    with pytest.raises(ProducerError) as caught:
        trace(program, (X,), dynamic={"x": {0: B}})
    assert caught.value.code == "DIMENSION_FIXED"
    assert 'ts.Dim("B", min=2)' in caught.value.hint
    made = trace(program, (X,), dynamic={"x": {0: ts.Dim("B", 2, 64)}})
    assert made.report.dims == (("B", (2, 64)),)
