"""What tracing says about programs it refuses, and about guards that fail."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript import nn
from tracescript.errors import GuardError, ProducerError

X = np.ones((3, 4), np.float32)


def refused(f, *args, **options):
    with pytest.raises(ProducerError) as caught:
        ts.trace(f, args, **options)
    return caught.value


def test_a_write_into_an_argument_says_what_to_write_instead():
    def f(x):
        x += 1
        return x

    assert "`x = x + y` for `x += y`" in refused(f, X).hint


def test_an_unknown_function_names_only_ops_that_are_close():
    assert refused(np.nextafter, X, X).hint == "`tracescript ops` lists what there is"


def test_a_known_op_with_other_arguments_says_what_it_takes():
    error = refused(lambda x: np.sort(x, order="a"), X)

    assert error.hint == "the op is sort(x, dim, descending): these arguments do not fit it"


def test_a_class_instead_of_an_instance_is_told_apart():
    error = refused(nn.Linear, X)

    assert error.what == "a function or a module expected, found the class Linear"
    assert error.hint == "pass an instance: Linear(...)"


def test_a_number_is_no_program():
    assert refused(3, X).what == "a function or a module expected, found the int 3"


def test_a_missing_input_says_what_was_given():
    error = refused(lambda a, b: a + b, X)

    assert "'b'" in error.what
    assert error.hint == "1 by position and 0 by name were given"


def test_a_dimension_that_no_axis_is_alone_is_named():
    error = refused(lambda x: x, X.T, dynamic={"x": {0: 2 * ts.Dim("B")}})

    assert error.what == "dynamic of x: no axis is B itself, only (B * 2)"
    assert error.code == "DIMENSION_FIXED"


def test_an_attribute_that_arrays_do_not_have_is_named():
    with pytest.raises(AttributeError, match="an array has no attribute 'foo'"):
        ts.trace(lambda x: x.foo(), (X,))


def test_a_long_line_is_cut_around_the_caret():
    # fmt: off
    error = refused(lambda x: (x + 1, x + 2, x + 3, x + 4, x + 5, x + 6, x + 7, x + 8, x + 9, x + 10, x + 11, x + 12, np.frexp(x)), X)  # noqa: E501  # a long line is the point
    # fmt: on

    line, caret = error.excerpt.splitlines()
    assert len(line) < 120
    at = caret.index("^")
    assert line[at : at + caret.count("^")] == "np.frexp(x)"


def test_a_failed_guard_shows_few_elements_of_an_array():
    with pytest.warns(ts.TraceWarning):
        model = ts.trace(lambda x: x if x.tolist() else x + 1, (X,))

    with pytest.raises(GuardError) as caught:
        model(np.zeros((5, 4), np.float32))

    assert "float32[3, 4] of 1.0, 1.0, 1.0, 1.0, ..." in caught.value.excerpt
    assert "float32[5, 4] of 0.0, 0.0, 0.0, 0.0, ..." in caught.value.excerpt
