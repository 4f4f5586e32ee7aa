"""numpy functions that are written with several ops."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts

_RANDOM = np.random.default_rng(0)
X = _RANDOM.normal(size=(3, 4)).astype(np.float32)
LARGER = _RANDOM.normal(size=(6, 4)).astype(np.float32)
PROGRAMS = {
    "cov": lambda x: np.cov(x, bias=True) + np.cov(x, ddof=0),
    "cov of columns": lambda x: np.cov(x, rowvar=False),
    "cov of two": lambda x: np.cov(x[0], x[1] * 2),
    "corrcoef": lambda x: np.corrcoef(x.T),
    "corrcoef of a row": lambda x: np.corrcoef(x[0]),
    "histogram": lambda x: np.histogram(x, 5, (-1, 1.5)),
    "histogram of edges": lambda x: np.histogram(x, [-1.0, 0.0, 0.25, 2.0], density=True),
    "nanquantile": lambda x: np.nanquantile(holey(x), 0.3, axis=0),
    "nanquantile of all": lambda x: np.nanquantile(holey(x), 0.7, keepdims=True),
    "nanpercentile": lambda x: np.nanpercentile(holey(x), 25, axis=1, keepdims=True),
    "nanmedian": lambda x: np.nanmedian(holey(x), axis=1),
    "interp": lambda x: np.interp(x, np.array([-1.0, 0.0, 0.5]), np.array([2.0, 1.0, 4.0])),
    "interp with ends": lambda x: np.interp(x, [-1.0, 0.5, 1.0], [2.0, 4.0, 1.0], 9.0, -9.0),
    "interp of data": lambda x: np.interp(x[1], np.sort(x[0]), x[1]),
    "gradient": lambda x: np.gradient(x, 0.5),
    "gradient along axes": lambda x: np.gradient(x, 2, 0.25, axis=(1, 0)),
    "gradient along an axis": lambda x: np.gradient(x, axis=-1),
    "polyadd": lambda x: np.polyadd(x[0], x[1, :2]) + np.polysub(x[0, :2], x[1]),
    "polyder": lambda x: np.polyder(x[0], 2),
    "polyint": lambda x: np.polyint(x[0]),
    "vander": lambda x: np.vander(x[0]) + np.vander(x[0], increasing=True),
    "unwrap": lambda x: np.unwrap(x * 6) + np.unwrap(x * 6, axis=0, period=2.0),
    "unwrap with a bound": lambda x: np.unwrap(x * 6, discont=5.0),
    "sinc": lambda x: np.sinc(np.round(x)) + np.sinc(x),
    "tile": lambda x: np.tile(x, 2),
    "tile of axes": lambda x: np.tile(x, (2, 1, 3)),
    "block": lambda x: np.block([[x, x * 2], [x * 3, x]]),
    "block of rows": lambda x: np.block([x[0], x[1]]),
    "unravel_index": lambda x: np.unravel_index(np.argmax(x), (6, 4)),
    "argsort of a kind": lambda x: np.argsort(x, axis=0, kind="stable"),
    "argsort of all": lambda x: np.argsort(x, axis=None),
    "setdiff1d": lambda x: np.setdiff1d(np.round(x), [0.0, 1.0]),
    "intersect1d": lambda x: np.intersect1d(np.round(x), np.array([1.0, -0.0, 5.0])),
    "setxor1d": lambda x: np.setxor1d(np.round(x), np.array([1.0, 5.0])),
    "unique_counts": lambda x: np.unique_counts(np.round(x)),
    "unique_inverse": lambda x: np.unique_inverse(np.round(x)).inverse_indices,
    "choose": lambda x: np.choose((x > 0).astype(np.int64), [x, x * 10]),
    "piecewise": lambda x: np.piecewise(x, [x < 0, x > 1], [-1, lambda v: v * 2, 0.5]),
    "delete of several": lambda x: np.delete(x, [0, -1], axis=1),
    "delete of a range": lambda x: np.delete(x, slice(1, 3), axis=1),
    "insert along an axis": lambda x: np.insert(x, 1, 0.5, axis=1),
    "insert before the last": lambda x: np.insert(x, -1, 2, axis=0),
    "maximum.accumulate": lambda x: np.maximum.accumulate(x, axis=1) - np.minimum.accumulate(x),
    "searchsorted from the right": lambda x: np.searchsorted(np.sort(x[0]), x[0], side="right"),
    "roll": lambda x: np.roll(x, 2),
    "roll along axes": lambda x: np.roll(x, (1, 2), (0, 1)),
    "median": np.median,
    "median along an axis": lambda x: np.median(x, axis=0, keepdims=True),
    "quantile": lambda x: np.quantile(x, 0.3),
    "percentile": lambda x: np.percentile(x, 30.0, axis=0),
    "ptp": lambda x: np.ptp(x, axis=1),
    "diag of a matrix": np.diag,
    "diag of a vector": lambda x: np.diag(x[0]),
    "tensordot": lambda x: np.tensordot(x, x, ([1], [1])),
    "tensordot over a number of axes": lambda x: np.tensordot(x, x.T, 1),
    "inner": lambda x: np.inner(x, x),
    "vdot": lambda x: np.vdot(x, x),
    "outer": lambda x: np.outer(x, x[1]),
    "nonzero": lambda x: np.nonzero(x > 0),
    "where of a condition": lambda x: np.where(x > 0),
    "flatnonzero": lambda x: np.flatnonzero(x > 0),
    "array_split": lambda x: np.array_split(x, 3, axis=1),
    "average": lambda x: np.average(x, axis=1, weights=np.array([1, 2, 3, 4.0])),
    "append": lambda x: np.append(x, x),
    "append along an axis": lambda x: np.append(x, x, axis=0),
    "insert": lambda x: np.insert(x[0], -1, np.array([1.0, 2.0])),
    "delete": lambda x: np.delete(x, -1, 0),
    "nansum": lambda x: np.nansum(np.where(x > 1, np.float32(np.nan), x)),
    "repeat": lambda x: np.repeat(x, 2, axis=1),
    "isin": lambda x: np.isin(x.astype(np.int64), [1, 2]),
    "select": lambda x: np.select([x > 1, x > 0], [x, x * 2], 0.5),
    "select of types": lambda x: np.select([x > 1, x > 0], [x.astype(np.float16), x > 2], 0),
    "cbrt of ends": lambda x: np.cbrt(np.array([0.0, -0.0, np.inf, -np.inf, np.nan]) * x[:1, :1]),
    "average of bools": lambda x: np.average(x > 0, weights=np.abs(x.astype(np.float16)) + 1),
    "divmod": lambda x: divmod(x, 0.5),
    "real and imag": lambda x: x.real + x.imag,
    "add.outer": lambda x: np.add.outer(x[0], x[1]),
    "add.accumulate": np.add.accumulate,
    "logical_and.reduce": lambda x: np.logical_and.reduce(x > 0),
    "rot90": np.rot90,
    "cumsum": np.cumsum,
    "flip": np.flip,
    "solve": lambda x: np.linalg.solve(x.T @ x + np.eye(4), x[0]),
    "squeeze of no axis": np.squeeze,
    "vstack with dtype": lambda x: np.vstack([x[0], x[1]], dtype=np.float64),
    "cbrt": np.cbrt,
    "degrees": lambda x: np.degrees(x) + np.rad2deg(np.radians(x)) + np.deg2rad(x),
    "signbit": lambda x: np.signbit(x * 0),
    "heaviside": lambda x: np.heaviside(np.round(x), np.float32(0.5)),
    "float_power": lambda x: np.float_power(np.abs(x), 1.5),
    "logaddexp2": lambda x: np.logaddexp2(x, x[::-1]),
    "modf": lambda x: np.modf(x * 3),
    "ufunc into out": lambda x: np.cbrt(x, out=x + 0),
    "isneginf": lambda x: np.isneginf(np.where(x < 0, np.float32(-np.inf), x)),
    "isposinf": lambda x: np.isposinf(np.where(x < 0, np.float32(-np.inf), x)),
    "parts of reals": lambda x: np.real(x) + np.imag(x) + np.conj(x) + np.angle(x),
    "parts of complex": lambda x: np.angle(np.fft.fft(x), deg=True) + np.imag(np.fft.fft(x)),
    "isreal": lambda x: np.isreal(x) & ~np.iscomplex(x) & np.isrealobj(x),
    "atleast_1d": lambda x: np.atleast_1d(x[0, 0], x[0]),
    "atleast_2d": lambda x: np.atleast_2d(x[0, 0], x[0], x),
    "atleast_3d": lambda x: np.atleast_3d(x[0, 0], x[0], x),
    "column_stack": lambda x: np.column_stack([x[:, 0], x]),
    "dstack": lambda x: np.dstack([x, x * 2]),
    "hsplit": lambda x: np.hsplit(x, 2) + np.hsplit(x[0], 2),
    "vsplit": lambda x: np.vsplit(x, [1, 2]),
    "rollaxis": lambda x: np.rollaxis(np.stack([x, x]), 2),
    "diagflat": lambda x: np.diagflat(x[:, :2], 1),
    "take_along_axis": lambda x: np.take_along_axis(x, np.argsort(x, 1) - 4, 1),
    "compress": lambda x: np.compress(x[:, 0] > 0, x, axis=0),
    "extract": lambda x: np.extract(x > 0, x),
    "digitize": lambda x: np.digitize(x, [-1.0, 0.0, 1.0]),
    "nanmax": lambda x: np.nanmax(holey(x), axis=1),
    "nanmin": lambda x: np.nanmin(holey(x)),
    "nanmean": lambda x: np.nanmean(holey(x), axis=0, keepdims=True),
    "nanvar": lambda x: np.nanvar(holey(x), ddof=1),
    "nanstd": lambda x: np.nanstd(holey(x)),
    "nanprod": lambda x: np.nanprod(holey(x), axis=1),
    "nancumsum": lambda x: np.nancumsum(holey(x), axis=1),
    "trapezoid": lambda x: np.trapezoid(x, np.cumsum(np.abs(x), 1), axis=1),
    "trapezoid of even steps": lambda x: np.trapezoid(x, dx=0.5, axis=0),
    "kron": lambda x: np.kron(x[:2], x[0]),
    "multi_dot": lambda x: np.linalg.multi_dot([x, x.T, x]),
    "polyval": lambda x: np.polyval([2.0, -1.0, 0.5], x),
    "convolve full": lambda x: np.convolve(x[0], x[1, :3]),
    "convolve same": lambda x: np.convolve(x[0], x[1, :3], "same"),
    "convolve same, even": lambda x: np.convolve(x[0], x[1, :2], "same"),
    "convolve valid": lambda x: np.convolve(x[0], x[1, :2], "valid"),
    "correlate full": lambda x: np.correlate(x[0], x[1, :2], "full"),
    "correlate same": lambda x: np.correlate(x[0], x[1, :3], "same"),
    "correlate same, even": lambda x: np.correlate(x[0], x[1, :2], "same"),
    "fftshift": lambda x: np.fft.ifftshift(np.fft.fftshift(x, 1)[:, 1:]),
    "irfft of reals": np.fft.irfft,
    "rfftn": np.fft.rfftn,
    "irfftn": lambda x: np.fft.irfftn(np.fft.rfftn(x)),
    "ifftn": lambda x: np.fft.ifftn(np.fft.fft2(x)),
    "eigvalsh": lambda x: np.linalg.eigvalsh(x.T @ x),
    "svdvals": np.linalg.svdvals,
    "vector_norm": lambda x: np.linalg.vector_norm(x, axis=1, ord=1),
    "union1d": lambda x: np.union1d(np.round(x), np.round(x * 2)),
    "ediff1d": np.ediff1d,
    "cumulative_sum": lambda x: np.cumulative_sum(x, axis=1),
    "matrix_transpose": lambda x: np.matrix_transpose(np.stack([x, x])),
}


def holey(x):
    """x with NaN where it is below -0.5."""
    return np.where(x < -0.5, np.float32(np.nan), x)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_function_of_numpy_means_the_same_in_the_model(name):
    f = PROGRAMS[name]
    model = ts.trace(f, (X,))

    for x in (X, LARGER):
        want, got = f(x), model(x)
        many = isinstance(want, (tuple, list))
        pairs = zip(want, got, strict=True) if many else [(want, got)]
        for expected, found in pairs:
            assert found.dtype == expected.dtype
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_factors_multiply_to_the_matrix_and_the_model_repeats_the_trace():
    def f(x):
        q, r = np.linalg.qr(x)
        values, vectors = np.linalg.eigh(x.T @ x)
        return q @ r, vectors * values @ vectors.T, q

    model = ts.trace(f, (X,))
    product, square, q = model(X)

    np.testing.assert_allclose(product, X, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(square, X.T @ X, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(q.T @ q, np.eye(3), atol=1e-5)


@pytest.mark.parametrize(
    ("f", "hint"),
    [
        (lambda x: np.linalg.eig(x[:3, :3]), "eigh"),
        (lambda x: np.histogram(x, "auto"), "searchsorted"),
        (lambda x: np.unwrap(x.astype(np.int64), period=2), "tracescript ops"),
        (lambda x: np.gradient(x, np.arange(3.0), axis=0), "tracescript ops"),
        (np.frexp, "tracescript ops"),
        (lambda x: np.pad(x, 1, "linear_ramp"), ""),
        (lambda x: np.reshape(x, (4, 3), order="A"), ""),
        (lambda x: np.median(x, overwrite_input=True), ""),
        (lambda x: np.cbrt(x, where=x > 0), ""),
        (lambda x: np.linalg.qr(x, mode="raw"), ""),
    ],
)
def test_what_has_no_op_is_refused_at_its_place_with_what_to_write_instead(f, hint):
    with pytest.raises(ts.errors.ProducerError) as caught:
        ts.trace(f, (X,))

    assert caught.value.code == "UNKNOWN_CALL"
    assert "test_trace_numpy_names.py" in caught.value.where
    assert "^" in caught.value.excerpt
    assert hint in caught.value.hint
    assert caught.value.hint


def test_the_number_of_points_of_an_interpolation_stays_open():
    def between(x, xp, fp):
        return np.interp(x, xp, fp)

    model = ts.trace(between, (np.array([0.5, 3.0]), np.array([0.0, 1.0, 2.0]), np.ones(3)))

    for n in (2, 3, 6):
        given = np.array([-1.0, 0.5, 1.75]), np.arange(float(n)), np.arange(float(n)) ** 2
        np.testing.assert_array_equal(model(*given), between(*given))
