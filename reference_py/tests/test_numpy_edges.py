"""Calls of numpy at their edges: traces and scripts give what numpy gives, or refuse by name."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import ProducerError, TrapError, TsError

X = np.random.default_rng(3).normal(size=(3, 4))
WHOLE = np.arange(12).reshape(3, 4) - 2
HOLE_LATER = np.array([1.0, np.nan, 0.0, 3.0])
HOLE_FIRST = np.array([np.nan, 1.0, 0.0])
ZEROS_FIRST = np.array([0.0, 0.0, 1.0, 2.0])
NOTHING = np.zeros(0)

pytestmark = pytest.mark.filterwarnings("ignore")


def program(tmp_path, body):
    """Return a function of x that a file holds."""
    path = tmp_path / "program.py"
    lines = body if body.startswith("    ") else f"    return {body}\n"
    path.write_text(f"import numpy as np\n\n\ndef f(x):\n{lines}")
    return runpy.run_path(str(path))["f"]


def made(kind, f, x):
    """Return a model of a function by script or trace."""
    if kind == "trace":
        return ts.trace(f, (x,))
    sizes = ", ".join("ABC"[: x.ndim])
    return ts.script(f, types={"x": f"{x.dtype}[{sizes}]"})


def assert_same(found, expected):
    if isinstance(expected, tuple):
        for a, b in zip(found, expected, strict=True):
            assert_same(a, b)
        return
    found, expected = np.asarray(found), np.asarray(expected)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def both(*cases):
    return [
        pytest.param(kind, body, x, id=f"{kind}: {body.strip()}: {x.dtype}{list(x.shape)}")
        for kind in ("script", "trace")
        for body, x in cases
    ]


SAME = both(
    ("min(x), max(x)", HOLE_LATER),
    ("min(x), max(x)", HOLE_FIRST),
    ("min(x), max(x)", WHOLE[0]),
    ("round(x[0, 1], 1), round(x[0, 1])", X * 9),
    ("round(x[0, 1], -1)", WHOLE * 7),
    ("np.diag(x), np.diag(x[0])", X),
    ("np.cov(x)", NOTHING),
    ("np.vander(x)", NOTHING),
    ("np.vander(x, 0)", ZEROS_FIRST),
    ("np.vander(x, 3)", ZEROS_FIRST),
    ("np.polyfit(x, x[::-1] * 2, 1)", X[0]),
    *((f"np.mean(x, dtype={kind})", x) for kind in ("int", "np.int8", "bool") for x in (X, WHOLE)),
    ("np.sum(x * 70, dtype=np.int8)", WHOLE),
    ("np.mean(x * 70, dtype=np.int8, axis=1, keepdims=True)", WHOLE),
    ("np.mean(x, dtype=np.float32), x.mean(dtype=int)", WHOLE),
    ("np.sum(x, dtype=int), np.prod(x, dtype=int)", X * 4),
    ("np.sum(x, dtype=np.int8), np.cumsum(x, dtype=int)", X * 9),
    *((f"np.{f}(x, dtype={kind})", X * 9) for f in ("std", "var") for kind in ("int", "bool")),
    ("np.std(x, dtype=int, ddof=1), np.var(x, 0, np.int8)", WHOLE),
    ("    with np.errstate(divide='ignore', over='warn'):\n        return 1 / x\n", X),
)


@pytest.mark.parametrize(("kind", "body", "x"), SAME)
def test_a_model_gives_what_numpy_gives(tmp_path, kind, body, x):
    f = program(tmp_path, body)

    assert_same(made(kind, f, x)(x), f(x))


EMPTY = both(
    *(
        (body, x)
        for x in (NOTHING, np.zeros((0, 3)), np.zeros((3, 0)))
        for body in (
            "np.median(x), np.median(x, axis=-1)",
            "np.median(x, axis=0, keepdims=True)",
            "np.nanmedian(x), np.nanmedian(x, axis=0)",
            "np.nanquantile(x, 0.25)",
            "x.min(initial=3.0), x.max(initial=3.0), np.max(x, axis=-1, initial=3, keepdims=True)",
            "np.histogram(x, bins=4)",
            "np.linalg.norm(x), np.linalg.norm(x, np.inf, axis=0), np.linalg.norm(x, 1)",
            "np.linalg.norm(x, np.inf), np.linalg.vector_norm(x, ord=np.inf)",
        )
    ),
    ("np.min(x, axis=(0, 2), initial=5)", np.zeros((0, 2, 0))),
)
FULL = both(
    ("np.median(x, axis=0), np.median(x), np.nanmedian(x, axis=1)", X),
    ("np.median(x), np.nanmedian(x), np.nanquantile(x, 0.3)", HOLE_LATER),
    ("x.min(initial=-0.5), np.max(x, axis=(0, 1), initial=0.1, keepdims=True)", X),
    ("np.max(x, axis=0, initial=4), np.min(x, initial=1)", WHOLE),
    ("np.max(x, initial=9.0)", HOLE_LATER),
    ("np.histogram(x, bins=5)", WHOLE),
    ("np.linalg.norm(x, 1), np.linalg.norm(x, np.inf), np.linalg.norm(x, np.inf, axis=1)", X),
)


@pytest.mark.parametrize(("kind", "body", "x"), EMPTY)
def test_a_model_gives_what_numpy_gives_of_nothing(tmp_path, kind, body, x):
    f = program(tmp_path, body)

    assert_same(made(kind, f, x)(x), f(x))


@pytest.mark.parametrize(("kind", "body", "x"), FULL)
def test_what_may_be_of_nothing_is_numpys_of_something(tmp_path, kind, body, x):
    f = program(tmp_path, body)

    assert_same(made(kind, f, x)(x), f(x))


TRACED = (
    ("np.polymul(x, np.array([1.0, 2.0]))", ZEROS_FIRST),
    ("np.polymul(np.array([0.0, 1.0, 2.0]), x)", ZEROS_FIRST),
    ("np.polymul(x, x * 0)", ZEROS_FIRST),
    ("np.polymul(x, x)", NOTHING),
    ("np.cov(x)", np.zeros((3, 0))),
    ("np.cov(x, ddof=5)", X),
    ("    y = x + 1j\n    y.imag = x * 2\n    y.real = 3\n    return y\n", X),
    ("    y = x + 0\n    y.real = 2\n    return y\n", X),
)


@pytest.mark.parametrize(("body", "x"), TRACED)
def test_a_trace_gives_what_numpy_gives(tmp_path, body, x):
    f = program(tmp_path, body)

    assert_same(ts.trace(f, (x,))(x), f(x))


REFUSED = (
    ("x[0][[0, 2], :]", X, "too many indices for array"),
    ("x[0, :, :]", X, "too many indices for array"),
    ("np.diag(x)", np.zeros((2, 3, 3)), "Input must be 1- or 2-d"),
    ("round(x, 1)", X, "__round__"),
    ("round(x)", X, "__round__"),
    ("np.std(x, dtype=int, axis=1)", WHOLE, "Cannot cast ufunc 'sqrt' output"),
    ("np.vander(x, -1)", ZEROS_FIRST, "negative dimensions"),
    ("np.polyfit(x, x, 1)", NOTHING, "non-empty vector"),
    ("np.polyfit(x, x, -1)", ZEROS_FIRST, "deg >= 0"),
    ("    y = x.copy()\n    y.sort(axis=None)\n    return y\n", X, "'NoneType' object"),
    ("    y = x.copy()\n    y.partition(2, None)\n    return y\n", X, "'NoneType' object"),
)


@pytest.mark.parametrize(("body", "x", "message"), REFUSED)
def test_a_script_refuses_what_numpy_refuses(tmp_path, body, x, message):
    f = program(tmp_path, body)
    with pytest.raises((IndexError, ValueError, TypeError), match=message):
        f(x)

    with pytest.raises(TsError, match=message):
        made("script", f, x)(x)


@pytest.mark.parametrize(("body", "x", "message"), REFUSED)
def test_a_trace_of_what_numpy_refuses_raises_what_numpy_raises(tmp_path, body, x, message):
    f = program(tmp_path, body)

    with pytest.raises((IndexError, ValueError, TypeError), match=message):
        ts.trace(f, (x,))


def test_a_part_that_an_array_does_not_have_is_refused_as_numpy_refuses_it(tmp_path):
    f = program(tmp_path, "    y = x + 0\n    y.imag = 2\n    return y\n")
    with pytest.raises(TypeError, match="does not have imaginary part"):
        f(X)

    with pytest.raises(TypeError, match="does not have imaginary part"):
        ts.trace(f, (X,))


def test_python_compares_an_array_of_several_axes_by_truth_values_that_it_does_not_have(tmp_path):
    f = program(tmp_path, "min(x)")
    with pytest.raises(ValueError, match="truth value"):
        f(X)

    with pytest.raises((ProducerError, TrapError), match="truth values"):
        made("script", f, X)(X)


def test_the_buffer_of_an_array_is_no_array(tmp_path):
    with pytest.raises(ProducerError, match=r"\.data"):
        made("script", program(tmp_path, "x.data"), X)


@pytest.mark.parametrize("mode", ["raise", "call", "print", "log"])
@pytest.mark.parametrize("kind", ["script", "trace"])
def test_errors_that_numpy_is_told_to_raise_are_refused_by_name(tmp_path, kind, mode):
    body = f"    with np.errstate(divide={mode!r}):\n        return 1 / x\n"

    with pytest.raises(ProducerError, match="floating-point errors") as caught:
        made(kind, program(tmp_path, body), X)

    assert '"ignore" or "warn"' in caught.value.hint


@pytest.mark.parametrize(("kind", "message"), [("script", "numpy.seterr"), ("trace", "'raise'")])
def test_a_program_that_sets_what_numpy_raises_is_refused_by_name(tmp_path, kind, message):
    f = program(tmp_path, "    np.seterr(all='raise')\n    return 1 / x\n")
    before = np.geterr()

    try:
        with pytest.raises(ProducerError, match=message) as caught:
            made(kind, f, X)
    finally:
        np.seterr(**before)

    assert '"ignore" or "warn"' in caught.value.hint
