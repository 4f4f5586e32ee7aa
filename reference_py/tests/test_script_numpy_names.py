"""numpy functions in scripts mean what they mean in numpy, defaults and data types included."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

import tracescript as ts

CALLS = """
np.vstack([x, x])
np.linalg.multi_dot([x, x.T, x])
np.linalg.trace(x)
np.linalg.diagonal(x)
np.linalg.diagonal(x[None], offset=1)
np.intersect1d(x[0], x[1], assume_unique=True)
n.astype(complex)
np.linalg.cross(x[0, :3], x[1, 1:])
np.union1d(x[0], x[1])
np.intersect1d(x[0], x[0, :2])
np.setxor1d(x[0], x[1])
np.polyint(x[0])
np.choose(np.array([1, 0, 1, 0]), [x[0], x[1]])
np.quantile(x, 0.3)
np.quantile(x, 0.3, axis=1, keepdims=True)
np.percentile(x, 30.0, axis=0)
np.median(x)
np.cumsum(x)
np.cumsum(x, 1)
np.cumprod(x)
np.flip(x)
np.flip(x, 0)
np.roll(x, 2)
np.roll(x, (1, 2), (0, 1))
np.rot90(x)
np.rot90(x, 3)
np.ptp(x, axis=1)
np.average(x, axis=1, weights=np.array([1, 2, 3, 4.0]))
np.nansum(holey)
np.nanmean(holey, axis=0, keepdims=True)
np.nanvar(holey, ddof=1)
np.nanstd(holey)
np.nanmax(holey, axis=1)
np.nanmin(holey)
np.nanprod(holey, axis=1)
np.nancumsum(holey, axis=1)
np.nanmax(n)
np.append(x, x)
np.append(x, x, axis=0)
np.ediff1d(x)
np.diff(x, 2)
np.diff(x, n=1, axis=0)
np.outer(x, x[1])
np.inner(x, x)
np.inner(x[0], x[1])
np.vdot(x, x)
np.diag(x)
np.diag(x[0])
np.diagflat(x[:, :2], 1)
np.polyval([2.0, -1.0, 0.5], x)
np.trapezoid(x, dx=0.5, axis=0)
np.trapezoid(x, np.array([0, 1, 3, 6.0]))
np.column_stack([x[:, 0], x])
np.eye(3)
np.eye(2, 3, dtype=np.float32)
np.cbrt(x)
np.degrees(x) + np.rad2deg(np.radians(x)) + np.deg2rad(x)
np.signbit(x * 0)
np.float_power(np.abs(x), 1.5)
np.heaviside(np.round(x), np.float32(0.5))
np.logaddexp2(x, x * 2)
np.isposinf(1 / (x * 0))
np.isneginf(-1 / (np.abs(x) * 0))
np.isin(n, [1, 2])
np.extract(x > 0, x)
np.compress(x[:, 0] > 0, x, axis=0)
np.compress([True, False, True], x, axis=0)
np.flatnonzero(x > 0)
np.real(x) + np.imag(x)
np.imag(np.fft.fft(x))
np.isreal(x) & ~np.iscomplex(x)
np.meshgrid(x[0], x[:, 0])
np.meshgrid(x[0], x[:, 0], indexing="ij")
np.repeat(x, 2)
np.repeat(x, 2, axis=1)
np.take(x, 5)
np.take(x, 1, axis=0)
np.take(x, [0, -1], axis=1)
np.floor(n)
np.ceil(x)
np.trunc(n)
np.round(n)
np.round(x, 1)
np.fabs(n)
np.reciprocal(x)
np.nan_to_num(holey, nan=2.0)
np.nan_to_num(n)
np.unique(n)
np.unique(n, return_counts=True)
np.unique(n, return_inverse=True)[1].ravel()
np.linalg.slogdet(x.T @ x + np.eye(4))
np.linalg.svdvals(x)
np.linalg.eigvalsh(x.T @ x)
np.linalg.outer(x[0], x[1])
np.matrix_transpose(x)
np.broadcast_arrays(x, n[0], x > 0)
np.broadcast_arrays(x, x[0])
np.broadcast_arrays(x[0], 1.5, 2)
np.column_stack([x[0], n[1], x[2]])
np.column_stack([x[0, :0], x[1, :0]])
np.column_stack([x[None], x[None]])
np.column_stack([x[0, 0], n[0, 0]])
np.column_stack([x[:, 0], [1, 2, 3]])
np.resize(x, 0)
np.resize(x, (0, 3))
np.resize(x, (2, 3, 4))
np.resize(n, 5)
np.resize(x[:0], (2, 2))
np.round(x > 0)
np.round(n * 1234567, -3)
np.round((n * 41).astype(np.int8), -1)
np.rint(n.astype(np.int8))
np.rint(n)
np.degrees(x > 0)
np.radians(n.astype(np.int16))
np.degrees(x.astype(np.float16))
np.fabs(x > 0)
np.cbrt(n.astype(np.uint8))
np.floor(n.astype(np.uint16))
np.fft.fft(x > 0)
np.fft.ifft2(n.astype(np.int8))
np.fft.rfft(x > 0)
np.linalg.det(np.eye(3, dtype=np.bool_))
x.cumsum()
x.repeat(2)
x.round(1)
""".strip().splitlines()

OF_KNOWN_RANK = """
np.dstack([x, x])
np.atleast_3d(x[0])
np.rollaxis(x, 1)
np.fft.fftshift(x)
np.fft.ifftshift(x)
np.array_equiv(x, x)
np.isrealobj(x)
np.hstack([x, x])
np.cumulative_sum(x[0])
""".strip().splitlines()
"""What traces write with other calls, by the rank of an array."""


def program(tmp_path, call):
    file = tmp_path / "program.py"
    file.write_text(f"import numpy as np\n\n\ndef f(x, n, holey):\n    return {call}\n", "utf-8")
    return runpy.run_path(str(file))["f"]


def arguments(rows):
    x = np.random.default_rng(rows).normal(size=(rows, 4)).astype(np.float32)
    n = np.random.default_rng(rows).integers(-3, 4, (rows, 4))
    return x, n, np.where(x < -0.5, np.float32(np.nan), x)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_call_of_numpy_means_the_same_in_a_script(tmp_path, call):
    f = program(tmp_path, call)
    model = ts.script(f)

    args = arguments(3)
    want, got = f(*args), model(*args)
    many = isinstance(want, (tuple, list))
    for expected, found in zip(want, got, strict=True) if many else [(want, got)]:
        assert found.dtype == np.asarray(expected).dtype
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_sizes_are_written_as_tuples(tmp_path):
    f = program(tmp_path, 'f"{x.shape} {n[0].shape} {x.shape[:1]} {list(x.shape)} {x[0, 0].shape}"')

    assert ts.script(f)(*arguments(3)) == f(*arguments(3))


def test_a_call_that_numpy_refuses_by_its_sizes_is_refused_when_it_runs(tmp_path):
    f = program(tmp_path, "np.resize(x, (-1, 3))")

    with pytest.raises(ValueError, match="non-negative"):
        f(*arguments(3))
    with pytest.raises(ts.errors.TsError) as caught:
        ts.script(f)(*arguments(3))

    assert caught.value.code == "RAISED"
    assert caught.value.where == "program.py:5"


@pytest.mark.parametrize(
    "call",
    [
        "np.round(x > 0, 1)",
        "np.exp(x, dtype=np.int64)",
        "np.isnan(x, dtype=np.float32)",
        "np.clip(x, x)",
        "np.concatenate([x, x], dtype=np.int64)",
        "np.add(x, x, out=n)",
    ],
)
def test_a_call_that_numpy_refuses_by_its_types_is_refused_with_what_numpy_says(tmp_path, call):
    f = program(tmp_path, call)

    with pytest.raises(TypeError) as wanted:
        f(*arguments(3))
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(f, types={"x": "float32[3, 4]", "n": "int64[3, 4]"})

    assert str(wanted.value).splitlines()[0] in caught.value.what
    assert caught.value.where.startswith("program.py:5:")


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ("np.packbits(n > 0)", ""),
        ("np.interp(x, x[0], x[1])", "searchsorted"),
        ("np.gradient(x)", ""),
        ("np.fromfunction(lambda a, b: a + b, (3, 4))", ""),
        ("np.cbrt(x, where=x > 0)", ""),
        ("np.broadcast_arrays(x, n, subok=True)", "arrays only"),
        ("np.std(x, where=x > 0)", "leave it out"),
        ("np.var(x, where=x > 0, axis=0)", "leave it out"),
        ("np.std(x, mean=0.5)", "leave it out"),
        ("x.astype(str)", "numeric"),
        ("x.resize(2, 6)", "np.resize"),
        ("x.resize((2, 6))", "np.resize"),
    ],
)
def test_what_scripts_do_not_know_of_numpy_is_refused_at_the_call(tmp_path, call, hint):
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.script(program(tmp_path, call))

    assert caught.value.where.startswith("program.py:5:")
    assert "^" in caught.value.excerpt
    assert hint in caught.value.hint
    assert caught.value.hint


@pytest.mark.parametrize("call", OF_KNOWN_RANK)
def test_a_call_that_traces_write_with_others_means_the_same_in_a_script(tmp_path, call):
    f = program(tmp_path, call)
    args = arguments(3)
    model = ts.script(f, types={"x": "float32[3, 4]"})

    want, got = f(*args), model(*args)

    assert np.asarray(got).dtype == np.asarray(want).dtype
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5)
