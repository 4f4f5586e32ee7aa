"""Scalar and container kernels against CPython, whose ints do not overflow."""

from __future__ import annotations

import math
import operator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracescript.errors import TrapError
from tracescript.kernels import KERNELS

INTS = st.integers(-(2**63), 2**63 - 1)
SMALL = st.integers(-70, 70)
FLOATS = st.floats()


def run(op, *inputs, **attributes):
    """Return the result of a kernel, or the code of its trap."""
    try:
        return KERNELS.get(op)(*inputs, **attributes)
    except TrapError as error:
        return error.code


def expected_int(compute):
    """Return CPython's int, or the code that stands for what it does."""
    try:
        value = compute()
    except ZeroDivisionError:
        return "ZERO_DIVISION"
    except ValueError:
        return "VALUE_ERROR"
    return value if -(2**63) <= value < 2**63 else "INT_OVERFLOW"


def same_float(a, b):
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return (math.isnan(a) and math.isnan(b)) or (
        a == b and math.copysign(1, a) == math.copysign(1, b)
    )


@pytest.mark.parametrize(
    ("op", "compute"),
    [
        ("int.add", operator.add),
        ("int.sub", operator.sub),
        ("int.mul", operator.mul),
        ("int.floordiv", operator.floordiv),
        ("int.mod", operator.mod),
    ],
)
@given(a=INTS | SMALL, b=INTS | SMALL)
@example(a=-(2**63), b=-1)
def test_int_arithmetic_is_exact_or_traps(op, compute, a, b):
    assert run(op, a, b) == expected_int(lambda: compute(a, b))


@given(INTS | SMALL, st.integers(0, 80))
def test_int_powers_are_exact_or_trap(a, b):
    assert run("int.pow", a, b) == expected_int(lambda: a**b)


@given(st.sampled_from([-1, 0, 1]), st.integers(0, 2**62))
def test_powers_of_one_and_zero_take_any_exponent(a, b):
    assert run("int.pow", a, b) == (1 if b == 0 else a if b % 2 else a * a)


def test_a_huge_power_or_shift_is_refused_at_once():
    assert run("int.pow", 3, 2**62) == "INT_OVERFLOW"
    assert run("int.bits", 1, 2**62, operation="shl") == "INT_OVERFLOW"
    assert run("int.bits", 0, 2**62, operation="shl") == 0


@given(INTS, SMALL, st.sampled_from(["and", "or", "xor", "shl", "shr"]))
def test_bits_are_pythons(a, b, operation):
    compute = {
        "and": operator.and_,
        "or": operator.or_,
        "xor": operator.xor,
        "shl": operator.lshift,
        "shr": operator.rshift,
    }[operation]

    assert run("int.bits", a, b, operation=operation) == expected_int(lambda: compute(a, b))


@given(INTS, INTS)
def test_true_division_rounds_the_exact_quotient_once(a, b):
    assert run("int.truediv", a, b) == (a / b if b else "ZERO_DIVISION")


@pytest.mark.parametrize(
    ("operation", "compute"),
    [
        ("add", operator.add),
        ("sub", operator.sub),
        ("mul", operator.mul),
        ("div", operator.truediv),
        ("floordiv", operator.floordiv),
        ("mod", operator.mod),
        ("pow", operator.pow),
    ],
)
@given(a=FLOATS, b=FLOATS)
def test_float_arithmetic_is_pythons(operation, compute, a, b):
    try:
        expected = compute(a, b)
    except ZeroDivisionError:
        expected = "ZERO_DIVISION"
    except OverflowError:
        expected = "VALUE_ERROR"
    expected = "VALUE_ERROR" if isinstance(expected, complex) else expected

    assert same_float(run("float.arith", a, b, operation=operation), expected)


@given(FLOATS, st.sampled_from("sqrt exp log log1p log2 sin tan asin acosh atanh fabs erf".split()))
def test_functions_of_math_trap_where_python_raises(a, function):
    try:
        expected = getattr(math, function)(a)
    except (ValueError, OverflowError):
        expected = "VALUE_ERROR"

    assert same_float(run("math.unary", a, function=function), expected)


@given(FLOATS, st.sampled_from(["floor", "ceil", "trunc"]))
def test_rounding_to_an_int_is_pythons(a, function):
    expected = "CONVERSION_ERROR"
    if math.isfinite(a):
        expected = expected_int(lambda: getattr(math, function)(a))

    assert run("math.to_int", a, function=function) == expected


@given(FLOATS, st.none() | st.integers(-330, 330))
def test_rounding_to_decimals_is_pythons(a, digits):
    try:
        expected = a if not math.isfinite(a) else round(a, digits or 0)
    except OverflowError:
        expected = "VALUE_ERROR"

    assert same_float(run("round_half_even", a, digits=digits), expected)


@given(INTS, st.none() | st.integers(-25, 5))
def test_rounding_ints_is_pythons(a, digits):
    assert run("round_half_even", a, digits=digits) == expected_int(lambda: round(a, digits))


def test_a_rounded_float_beyond_the_largest_traps():
    assert run("round_half_even", 1.7976931348623157e308, digits=-308) == "VALUE_ERROR"


@given(st.lists(FLOATS, min_size=1), st.booleans())
def test_the_extreme_of_a_list_is_pythons(values, largest):
    expected = max(values) if largest else min(values)

    assert same_float(run("min_max", values, largest=largest), expected)


@given(INTS, INTS, INTS)
def test_the_length_of_a_range_is_exact_or_traps(start, end, step):
    def compute():
        r = range(start, end, step)
        return (r[-1] - r[0]) // step + 1 if r else 0

    assert run("range.len", start, end, step) == expected_int(compute)


@given(FLOATS | INTS | st.booleans())
def test_casts_of_numbers_are_pythons(a):
    assert run("num.cast", a, to="str") == str(a)
    assert run("num.cast", a, to="bool") is bool(a)
    assert same_float(run("num.cast", a, to="float"), float(a))


@given(st.from_regex(r"[ \t]*[+-]?[0-9_.e]{0,8}[ \t]*", fullmatch=True))
def test_casts_of_texts_are_pythons(text):
    for kind in (int, float):
        try:
            expected = kind(text)
        except ValueError:
            expected = "CONVERSION_ERROR"
        found = run("num.cast", text, to=kind.__name__)

        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "to", "expected"),
    [
        ("\u0663", "int", "CONVERSION_ERROR"),
        ("\u00a01", "int", "CONVERSION_ERROR"),
        ("1" * 5000, "int", "INT_OVERFLOW"),
        ("-0009223372036854775808", "int", -(2**63)),
        ("-Infinity", "float", -math.inf),
        ("1_0.5e-1_0", "float", 1.05e-9),
        ("1__0", "float", "CONVERSION_ERROR"),
        ("", "float", "CONVERSION_ERROR"),
    ],
)
def test_texts_that_are_special(text, to, expected):
    assert run("num.cast", text, to=to) == expected


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("{} {{}}", (1,)),
        ("{:>8}|{:^6}|{:*<4}", ("a", 5, 2)),
        ("{:.3e} {:g} {:%}", (12345.678, 1e-7, 0.25)),
        ("{:#x} {:08b} {:+d}", (255, 5, 3)),
        ("{}{}{}", (None, True, -0.0)),
        ("{:,}", (1234567,)),
    ],
)
def test_formats_are_pythons(template, values):
    assert run("str.format", template, *values) == template.format(*values)


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("{", ()),
        ("}", ()),
        ("{0}", (1,)),
        ("{a}", (1,)),
        ("{!r}", (1,)),
        ("{:d}", (1.5,)),
        ("{:999999999}", (1,)),
        ("{:{}}", (1, 2)),
        ("{}", ()),
        ("", (1,)),
        ("{:n}", (1,)),
    ],
)
def test_a_template_that_does_not_fit_traps(template, values):
    assert run("str.format", template, *values) == "VALUE_ERROR"
