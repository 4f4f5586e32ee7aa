"""A loaded trace gives on other inputs what the numpy program gives there, or stops.

Results come from numpy itself, called on the same inputs. Spec: TRACE-4, TRACE-5.
"""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts
from tracescript.errors import GuardError

NAN = float("nan")
X = np.array([[1.5, -2, 0, 4], [0.5, 3, -1, 2], [7, -6, 5, 0.25]], np.float32)
TALL = np.arange(20, dtype=np.float32).reshape(5, 4) - 7
ROW = X[:1]
HOLEY = np.array([[NAN, 2, NAN, 2], [1, NAN, 0, 1]], np.float32)
WHOLES = np.array([3, 1, 2])
CUBE = np.arange(24.0).reshape(2, 3, 4)
SMALL = np.arange(8.0).reshape(2, 2, 2)


def written(statement):
    """A program that writes into a copy of its argument and returns it."""
    code = compile(statement, __file__, "exec")

    def program(x):
        z = x.copy()
        exec(code, {"np": np, "z": z})
        return z

    return program


def shows(x):
    print(f"{x[0, 0]:.1f}", x[0])
    return x * 2


FOLLOWED = {
    "a list of sizes as an index": (lambda x: x[[0, x.shape[0] - 1]], X, [TALL, ROW]),
    "a size beside an array": (lambda x: x[x.shape[0] - 1, :, [0, 1]], CUBE, [SMALL, CUBE * 2]),
    "an integer apart from an array": (lambda x: x[0, :, [0, 1]], CUBE, [SMALL, CUBE * 2]),
    "an array apart from an array": (lambda x: x[[0, 1], :, [0, 1]], CUBE, [SMALL, CUBE * 2]),
    "unique of NaN": (lambda x: np.unique(x, True, True, True), X, [HOLEY, HOLEY[:, :3]]),
    "unique of NaN apart": (lambda x: np.unique(x, equal_nan=False), X, [HOLEY]),
    "unique_counts of NaN": (lambda x: tuple(np.unique_counts(x)), X, [HOLEY]),
    "union1d of NaN": (lambda x: np.union1d(x, [1, NAN]), X, [HOLEY]),
    "setdiff1d of NaN": (lambda x: np.setdiff1d(x, [1, NAN]), X, [HOLEY]),
    "setxor1d of NaN": (lambda x: np.setxor1d(x, [1, NAN]), X, [HOLEY]),
    "std of some": (lambda x: np.std(x, where=x > 0), X, [TALL, ROW]),
    "var of some along an axis": (
        lambda x: np.var(x, axis=1, where=x > -3, keepdims=True, ddof=1),
        X,
        [TALL + 9],
    ),
    "write into what reshape shares": (written("z.reshape(-1)[1:] = 3"), X, [TALL, ROW]),
    "write into a cast that is none": (
        written("z.astype(np.float32, copy=False)[0] = 1"),
        X,
        [TALL, ROW],
    ),
    "names of arguments": (lambda x: np.clip(np.tril(x, k=1), a_min=0, a_max=2), X, [TALL]),
    "clip from below": (lambda x: x.clip(0) + x.clip(max=1), X, [TALL]),
    "meshgrid": (lambda x: np.meshgrid(x[0], x[:, 0]), X, [TALL, ROW]),
    "text that is shown": (shows, X, [TALL]),
    "write of an array beside a size": (
        written("z[z.shape[0] - 1, [0, 1]] = [5, 6]"),
        X,
        [TALL, ROW],
    ),
    "write of an array beside a slice": (written("z[1:, [1, 0]] += z[1:, [0, 1]]"), X, [TALL]),
    "write of pairs of places": (
        written("z[np.arange(z.shape[0]), 0, -1] = np.arange(z.shape[0])"),
        CUBE,
        [SMALL, CUBE[:1]],
    ),
    "write apart from an integer": (
        written("z[0, :, [0, 1]] = np.arange(2.0)[:, None]"),
        CUBE,
        [SMALL, -CUBE],
    ),
    "write of a mask beside an integer": (written("z[0, z[0] > 0] = 9"), X, [-X, TALL]),
}
GUARDED = {
    "squeeze of all axes": (lambda x: np.squeeze(x) + 1, X, ROW),
    "squeeze as a method": (lambda x: x.squeeze(), X, X[:, :1]),
    "cov of one row": (lambda x: np.cov(x) + 1, X, ROW),
    "array_equal of other sizes": (lambda x: x * np.array_equal(x, TALL), X, TALL),
    "split into equal parts": (lambda x: np.split(x, 3), X, TALL),
    "gradient of few": (lambda x: np.gradient(x, axis=0), X, ROW),
    "write into what reshape copied": (written("z[:, :2].reshape(-1)[0] = 3"), X, X[:, :2]),
    "write into what ravel copied": (written("z.T.ravel()[0] = 3"), X, ROW),
    "write into a contiguous copy": (written("np.ascontiguousarray(z.T)[0] = 3"), X, ROW),
    "a key of a dict": (lambda x: {9: 1}.get(x[0], 2) * x, WHOLES, WHOLES * 3),
    "an element of a set": (lambda x: x * 2 if x[0] in {9, 8} else x, WHOLES, WHOLES * 3),
    "text": (lambda x: len(str(x[0])) * x, WHOLES, WHOLES * 30),
    "formatted text": (lambda x: len(f"{x[0]:d}") * x, WHOLES, WHOLES * 30),
}


def same(got, want):
    if isinstance(want, tuple | list):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            same(one, other)
        return
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)


def loaded(program, example, engine, tmp_path):
    ts.save(ts.trace(program, (example,), decisions="record"), tmp_path / "m.tsproto")
    return ts.load(tmp_path / "m.tsproto", engine=engine)


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", FOLLOWED)
def test_other_inputs_give_what_the_program_gives(name, engine, tmp_path):
    program, example, others = FOLLOWED[name]
    model = loaded(program, example, engine, tmp_path)

    for given in (example, *others):
        same(model(given), program(given))


@pytest.mark.parametrize("engine", ["py", "ref"])
@pytest.mark.parametrize("name", GUARDED)
def test_an_input_for_which_the_program_goes_another_way_is_refused(name, engine, tmp_path):
    program, example, other = GUARDED[name]
    model = loaded(program, example, engine, tmp_path)

    same(model(example), program(example))
    with pytest.raises(GuardError) as refused:
        model(other)
    assert "test_trace_other_inputs.py" in str(refused.value)


def test_integers_to_negative_integer_powers_are_refused_as_numpy_refuses_them():
    programs = [lambda x, y: x**y, lambda x, y: np.power(2, y) + x, lambda x, n: x ** int(n[0])]
    for program in programs:
        model = ts.trace(program, (WHOLES, WHOLES), decisions="record")

        np.testing.assert_array_equal(model(WHOLES + 1, WHOLES), program(WHOLES + 1, WHOLES))
        with pytest.raises(ValueError, match="negative integer powers"):
            program(WHOLES, -WHOLES)
        with pytest.raises(ts.errors.ExecutionError):
            model(WHOLES, -WHOLES)
