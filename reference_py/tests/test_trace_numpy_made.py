"""Arrays that a traced program of numpy makes itself, and what every ufunc takes."""

from __future__ import annotations

import numpy as np
import pytest
from differential.check import function_of

import tracescript as ts

X = np.random.default_rng(3).normal(size=(3, 4))
Y = np.random.default_rng(4).normal(size=(3, 4))
LARGER = np.random.default_rng(5).normal(size=(5, 4))
FILLED = """
o = np.zeros((3, 4)); o[0] = x[0]; o[1:, 1] = 2; return o
o = np.zeros((3, 4)); p = o[1:]; p[0] = x[0]; o[2] = p[0] * 2; return o, p
o = np.zeros(12).reshape(3, 4); o[1] = x[1]; return o + np.arange(12).reshape(3, 4)
o = np.array([0.0, 1.0, 2.0]); o[1] = x[0, 0]; o += 1; return o, float(np.array(0.5)) * x
o = np.ones(4); o *= x[0]; q = o.copy(); q[0] = 9; return o, q
o = np.full_like(np.arange(4.0), 2); o[np.array([0, 2])] = x[0, :2]; return o
o = np.zeros(3); o[np.arange(2)] = 5; o[o > 4] = x[0, 0]; return o, [i + x for i in np.arange(2)]
o = np.zeros((3, 4)); np.copyto(o, x); np.put(o, [0, 1], [7, 8]); return o
o = np.empty((3, 4)); np.add(x, y, out=o); np.sqrt(np.abs(o), out=o, where=o > 0); return o
o = np.zeros((3, 4)); p = np.zeros((3, 4)); np.divmod(x, 2, out=(o, p)); return o, p
"""
KEYWORDS = """
return np.add(x, [1, 2, 3, 4]), [1, 2, 3, 4] * x, np.multiply.outer([1, 2], x[0])
return np.add(x, y, casting="unsafe", order="F", subok=True), np.hypot(x, y, dtype=np.float32)
return np.hypot.reduce(x), np.fmax.reduce(x, axis=1, keepdims=True), np.logaddexp.reduce(x, None)
return np.divide.reduce(x), np.subtract.accumulate(x, axis=1), np.logical_or.accumulate(x > 0)
return np.add.reduce(x, axis=1, where=y > 0, initial=2), np.add.reduce(x, 1, np.float32)
return np.bitwise_or.accumulate((x * 9).astype(np.int64)), np.gcd.reduce((x * 9).astype(int), 1)
a = x.copy(); np.add.at(a, ([0, 1, 0], [1, 1, 1]), 2); np.subtract.at(a, x > 0, 1); return a
a = x.copy(); np.maximum.at(a, [0, 0, -1], y); np.multiply.at(a, slice(0, 2), y[0]); return a
a = x.copy(); np.negative.at(a, [0, 0, 1]); np.hypot.at(a, [2, 2], 1); return a
"""

FUNCTIONS = """
return x[-1:-3:-1], x[::-1, ::2], x[2:0:-1], x[-2::-2], x[5:0:-1], x[0:2:-1]
a = x.copy(); a[::-1] = y; a[2:0:-1] += 1; return a
a = np.where(x > 1, np.nan, x); np.nan_to_num(a, copy=False); return a
a = x.copy(); np.put(a, [0, 13], [5, 6], mode="clip"); np.put(a, [0, -13], 7, mode="wrap"); return a
a = x.copy(); np.fill_diagonal(a, [1, 2, 3]); return a
a = x.T.copy(); np.fill_diagonal(a, 1, wrap=True); return a
return np.nanmean(x, dtype=np.float32), np.average(x, keepdims=True)
return np.cov(x, fweights=[1, 2, 1, 3]), np.cov(x, y, aweights=[1.0, 2, 1, 3]), np.cov(x + 1j)
return np.quantile(x, 0.3, method="hazen"), np.quantile(x, [0.1, 0.9], 0, method="weibull")
return np.trapezoid(x, y, axis=0), np.trapezoid(x, [0, 1, 3, 4.0])
return np.digitize(x, [2, 1, 0]), np.digitize(x, [2, 1, 0], right=True), np.searchsorted([0, 1], x)
return np.digitize(x, np.sort(y[0])), np.isin(x, y, True, True)
return np.roll(x, 1, axis=(0, 1)), np.roll(x, (1, 2)), np.repeat(x, [1, 2, 0], 0)
return np.full_like(x, y[0]), np.full_like(x, 3, shape=(2, 2)), np.full_like(x > 0, 1.5, float)
return np.broadcast_shapes(x.shape, (1, 4))[0] * x, np.dot(x + 0j, 2), np.trace(x, dtype=np.float32)
return np.stack([x, y], dtype=np.float32), np.percentile(x, [25, 50], 0)
"""


def program(body):
    return function_of(f"import numpy as np\ndef f(x, y):\n    {body}\n")


def assert_same(got, want):
    if isinstance(want, (tuple, list)):
        for a, b in zip(got, want, strict=True):
            assert_same(a, b)
    else:
        np.testing.assert_allclose(got, want, rtol=1e-6)
        assert np.asarray(got).dtype == np.asarray(want).dtype


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "body", (FILLED + KEYWORDS + FUNCTIONS).strip().replace("\n\n", "\n").split("\n")
)
def test_a_program_of_numpy_means_the_same_in_the_model(body):
    f = program(body)
    model = ts.trace(f, (X, Y))

    assert_same(model(Y, X), f(Y, X))


def test_what_numpy_makes_of_numbers_alone_is_a_constant():
    f = program("o = np.arange(6) * 2; o[1] = 7; return x[0, 0] + o.reshape(2, 3)[1].sum()")

    model = ts.trace(f, (X, Y))

    assert {n.op for n in model.ir.functions[-1].body.nodes} == {"select", "add"}
    assert model(Y, X) == f(Y, X)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["nanvar", "nanstd", "nanquantile", "nanmedian"])
def test_infinite_elements_beside_holes_give_what_numpy_gives(name):
    f = program(f"return np.{name}(x, *{[0.3] * (name == 'nanquantile')}, axis=1)")
    odd = np.array([[np.nan, -np.inf, 0.5, 3.0], [np.inf, 1, 2, np.nan], [1, 2, 3, 4]])

    np.testing.assert_array_equal(ts.trace(f, (X, Y))(odd, Y), f(odd, Y))


def test_axes_that_one_letter_of_einsum_names_stay_of_one_size():
    f = program("return np.einsum('ii', x[:, :3])")
    model = ts.trace(f, (X, Y))

    with pytest.raises(ts.errors.TsError):
        model(LARGER, Y)


@pytest.mark.parametrize(
    "body", ["o = np.zeros((3, 4)); o[...] = x; return o", "a = y.copy(); a[...] = x; return a"]
)
def test_a_whole_array_takes_only_what_has_its_sizes(body):
    f = program(body)
    model = ts.trace(f, (X, Y))

    with pytest.raises(ValueError, match="broadcast"):
        f(LARGER, Y)
    with pytest.raises(ts.errors.TsError):
        model(LARGER, Y)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return np.add(x, y, dtype=np.int64)", TypeError),
        ("return np.diff(x[0, 0])", ValueError),
        ("return np.rot90(x[0])", ValueError),
        ("return np.subtract.reduce(x, axis=None)", ValueError),
        ("return np.bitwise_or.outer([1, 2], x[0])", TypeError),
        ("return np.linalg.tensorsolve(np.eye(12).reshape(3, 4, 12), x, axes=(1, 0))", ValueError),
    ],
)
def test_what_numpy_raises_is_raised(body, kind):
    f = program(body)
    with pytest.raises(kind) as wanted:
        f(X, Y)

    with pytest.raises(kind) as caught:
        ts.trace(f, (X, Y))

    assert str(caught.value) == str(wanted.value)


def test_an_array_made_by_compiled_code_for_itself_is_its_own():
    draws = np.random.default_rng(0).permutation(4)
    f = program(f"return x[:, np.random.default_rng(0).permutation(4)] + {draws.sum()}")

    model = ts.trace(f, (X, Y))

    assert_same(model(Y, X), f(Y, X))
