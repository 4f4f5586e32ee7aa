"""The oracles of elementwise edges, against values known beforehand: numpy's casts, C's math."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from oracles import elementwise, transcendental
from tools.edge_cases import largest
from tools.op_results import FLOATS

TYPES = {"float16": np.float16, "float32": np.float32}


@pytest.mark.parametrize("name", TYPES)
def test_rounding_once_is_what_a_cast_of_numpy_does(name):
    draw = np.random.default_rng(1)
    precision, least = FLOATS[name]
    spread = range(least - precision - 2, 3 - least)
    given = [m * 2.0**e for m in draw.uniform(-2, 2, 20) for e in spread]
    with np.errstate(over="ignore"):
        wanted = [float(TYPES[name](x)) for x in given]

    found = [elementwise.rounded(x, precision, least, largest(name)) for x in given]

    assert list(map(str, found)) == list(map(str, wanted))
    assert math.inf in wanted
    assert 0.0 in wanted


def test_a_tie_goes_to_even_and_a_hair_above_it_up():
    tie = Fraction(1) + Fraction(1, 2**24)

    assert elementwise.rounded(tie, *FLOATS["float32"], largest("float32")) == 1.0
    above = elementwise.rounded(tie + Fraction(1, 2**200), *FLOATS["float32"], largest("float32"))
    assert above == 1.0 + 2.0**-23


@pytest.mark.parametrize(
    "name",
    [
        "acos",
        "asin",
        "atan",
        "cos",
        "cosh",
        "erf",
        "erfc",
        "exp",
        "expm1",
        "log1p",
        "sinh",
        "tan",
        "tanh",
    ],
)
@pytest.mark.parametrize("x", [-0.75, 2.0**-30, 0.5, 0.9375])
def test_mpmath_and_c_agree(name, x):
    found = float(transcendental.INEXACT[name](x))

    assert found == pytest.approx(getattr(math, name)(x), rel=1e-15)


@pytest.mark.parametrize(
    ("name", "operands", "wanted"),
    [
        ("maximum", (math.nan, 1.0), math.nan),
        ("fmax", (math.nan, 1.0), 1.0),
        ("div", (1.0, -0.0), -math.inf),
        ("div", (0.0, 0.0), math.nan),
        ("mul", (math.inf, 0.0), math.nan),
        ("remainder", (-1.0, math.inf), math.inf),
        ("remainder", (-7, 3), 2),
        ("fmod", (-7, 3), -1),
        ("fmod", (-128, -1), 0),
        ("floor_divide", (-7, 2), -4),
        ("trunc_divide", (-7, 2), -3),
        ("pow", (math.nan, 0.0), 1.0),
        ("pow", (-1, -3), -1),
        ("pow", (5, -1), 0),
        ("round", (2.5,), 2.0),
        ("sign", (math.nan,), 0.0),
        ("where", (False, 1, 2), 2),
        ("clamp", (1.0, 3.0, 2.0), 2.0),
        ("hardshrink", (-0.5,), 0.0),
    ],
)
def test_exact_ops_give_what_their_pages_say(name, operands, wanted):
    assert str(elementwise.EXACT[name](*operands)) == str(wanted)


@pytest.mark.parametrize("name", ["floor_divide", "fmod", "remainder", "trunc_divide"])
def test_an_integer_by_zero_has_no_value(name):
    with pytest.raises(elementwise.NoValueError):
        elementwise.EXACT[name](1, 0)


def test_infinities_have_the_limits_of_the_pages():
    names = ("erfc", "sigmoid", "gelu", "expm1", "tanh")
    found = {
        n: (transcendental.INEXACT[n](-math.inf), transcendental.INEXACT[n](math.inf))
        for n in names
    }

    assert found == {
        "erfc": (2.0, 0.0),
        "sigmoid": (0.0, 1.0),
        "gelu": (0.0, math.inf),
        "expm1": (-1.0, math.inf),
        "tanh": (-1.0, 1.0),
    }
