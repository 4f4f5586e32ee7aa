"""Arithmetic on dimensions keeps its value and cancels what numerator and denominator share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracescript.ir import Symbol, dims

A, B, C = Symbol("A", 1), Symbol("B", 2), Symbol("C", 0)


def product(*parts):
    made = 1
    for part in parts:
        made = dims.mul(made, part)
    return made


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (product(A, B, 32), product(A, B, 8), 4),
        (product(A, B, 32), product(A, 8), product(B, 4)),
        (product(dims.add(A, 1), B), dims.add(A, 1), B),
        (dims.add(product(A, 2), 2), dims.add(A, 1), 2),
        (0, product(A, B), 0),
    ],
)
def test_a_division_that_is_exact_for_every_size_leaves_no_division(
    numerator, denominator, expected
):
    assert dims.floor_div(numerator, denominator) == expected


def test_a_size_that_may_be_zero_is_not_cancelled():
    assert dims.floor_div(product(A, C), C) != A


sizes = st.recursive(
    st.one_of(st.sampled_from([A, B, C]), st.integers(-4, 8)),
    lambda inner: st.builds(
        lambda make, a, b: make(a, b), st.sampled_from([dims.add, dims.mul, dims.sub]), inner, inner
    ),
    max_leaves=6,
)


@given(sizes, sizes, st.integers(1, 7), st.integers(2, 7), st.integers(0, 4))
def test_a_quotient_has_the_value_of_python_for_every_binding(a, b, first, second, third):
    binding = {"A": first, "B": second, "C": third}
    below = dims.evaluate(b, binding)
    if below == 0:
        return

    assert dims.evaluate(dims.floor_div(a, b), binding) == dims.evaluate(a, binding) // below
