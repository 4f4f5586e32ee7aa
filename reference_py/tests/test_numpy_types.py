"""Functions of numpy give numpy's data types and values for operands of every data type."""

from __future__ import annotations

import numpy as np
import pytest
from differential.check import function_of
from numpy_calls import EVERYWHERE, SUMS, TRACED

import tracescript as ts

TYPES = "bool int8 int32 uint8 float16".split()
UNSIGNED = "uint16 uint32 uint64".split()
SMALL = "bool float16".split()
_WITHIN = {"float16": 3e-3, "float32": 2e-5, "float64": 1e-10}
_WITHIN |= {"complex64": 5e-5, "complex128": 1e-10}


def operands(dtype):
    """Two arrays; whole numbers in y are not 0, as whole divisors must be."""
    if dtype == "bool":
        x = [[False, True, True, True], [True, False, True, True], [True, True, False, True]]
        y = [[True, False, True, True], [False, True, False, True], [True, True, False, False]]
        return np.array(x), np.array(y)
    x = np.array([[0, 1, 2, 3], [3, 0, 1, 2], [1, 1, 0, 4]])
    y = np.array([[1, 2, 3, 1], [2, 1, 2, 3], [1, 3, 2, 2]])
    if dtype.startswith("u"):
        return x.astype(dtype), y.astype(dtype)
    x, y = x - 1, np.where(y == 3, -3, y)
    if dtype.startswith("f"):
        x, y = x * 0.75, y * 0.5
    return x.astype(dtype), y.astype(dtype)


def numpys(calls, x, y):
    """The calls that numpy takes, and their results."""
    found = {}
    for call in calls:
        try:
            found[call] = eval(call, {"np": np, "x": x, "y": y})
        except (TypeError, ValueError):
            continue
    return found


def program(calls):
    return function_of(f"import numpy as np\ndef f(x, y):\n    return ({', '.join(calls)},)\n")


def parts(value):
    return [p for v in value for p in parts(v)] if isinstance(value, (tuple, list)) else [value]


def assert_same(wanted, found, dtype):
    for call, got in zip(wanted, found, strict=True):
        for a, b in zip(parts(wanted[call]), parts(got), strict=True):
            kind = np.asarray(a).dtype
            assert (call, kind, np.shape(a)) == (call, np.asarray(b).dtype, np.shape(b))
            within = max(_WITHIN.get(str(kind), 0), 1e-3 * (dtype == "float16"))
            np.testing.assert_allclose(b, a, rtol=within, atol=within, err_msg=call)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", TYPES)
def test_calls_of_numpy_are_traced_with_numpys_types_and_values(dtype):
    x, y = operands(dtype)
    calls = EVERYWHERE + TRACED + (SUMS if dtype != "uint8" else [])
    wanted = numpys(calls, x, y)

    model = ts.trace(program(wanted), (x, y), decisions="record")

    assert len(wanted) > 0.75 * len(calls)
    assert_same(wanted, model(x, y), dtype)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", SMALL)
def test_calls_of_numpy_are_scripted_with_numpys_types_and_values(dtype):
    x, y = operands(dtype)
    wanted = numpys(EVERYWHERE + TRACED + SUMS, x, y)

    model = ts.script(program(wanted), types=dict.fromkeys("xy", f"{dtype}[3, 4]"))

    assert_same(wanted, model(x, y), dtype)


PRODUCE = {
    "trace": lambda f: ts.trace(f, operands("uint8")),
    "script": lambda f: ts.script(f, types=dict.fromkeys("xy", "uint8[3, 4]")),
}


@pytest.mark.parametrize("produce", PRODUCE)
@pytest.mark.parametrize("call", ["np.sum(x)", "np.cumprod(x, 1)", "x.prod()", "np.nansum(x)"])
def test_a_sum_that_numpy_makes_uint64_is_refused(call, produce):
    with pytest.raises(ts.errors.ProducerError) as caught:
        PRODUCE[produce](program([call]))

    assert caught.value.code == "UNSUPPORTED_PYTHON"
    assert "int64" in caught.value.hint


@pytest.mark.parametrize("dtype", UNSIGNED)
@pytest.mark.parametrize("call", ["x + y", "np.abs(x)", "np.sort(x)", "np.max(x)", "x ** 2"])
def test_arithmetic_of_wide_unsigned_integers_is_refused(call, dtype):
    with pytest.raises(ts.errors.TsError) as caught:
        ts.trace(program([call]), operands(dtype))

    assert caught.value.code in {"UNSUPPORTED_PYTHON", "TYPE_INFERENCE"}


@pytest.mark.parametrize("call", ["np.linalg.svdvals(x)", "np.linalg.eigvalsh(x[:, :3])"])
def test_half_floats_are_refused_where_numpy_refuses_them(call):
    x, y = operands("float16")
    with pytest.raises(TypeError, match="float16 is unsupported"):
        program([call])(x, y)

    with pytest.raises(TypeError, match="float16 is unsupported"):
        ts.trace(program([call]), (x, y))


def test_a_script_that_does_not_take_a_type_says_why():
    def f(x):
        return np.left_shift(x, 1)

    with pytest.raises(ts.errors.BadInputError) as caught:
        ts.script(f)(np.ones(3, np.float32))

    assert "left_shift' not supported for the input types" in caught.value.hint


def compared(x):
    return x < 300, 300 <= x, np.equal(x, -212), x != 300


@pytest.mark.parametrize(
    "produce",
    [lambda x: ts.trace(compared, (x,)), lambda x: ts.script(compared, types={"x": "int8[3]"})],
)
def test_a_number_beyond_an_arrays_type_is_compared_by_value(produce):
    x = np.array([-128, 0, 44], np.int8)

    for got, want in zip(produce(x)(x), compared(x), strict=True):
        np.testing.assert_array_equal(got, want, strict=True)
