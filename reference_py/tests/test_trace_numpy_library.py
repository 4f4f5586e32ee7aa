"""Functions of numpy beyond single ops: orders, writes, quantiles, solutions, polynomials."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts

_RANDOM = np.random.default_rng(1)
X = _RANDOM.normal(size=(3, 4)).astype(np.float32)
LARGER = _RANDOM.normal(size=(6, 4)).astype(np.float32)


def wholes(x):
    """Whole numbers of both signs."""
    return np.rint(x * 20).astype(np.int64)


def holey(x):
    """x with NaN where it is below -0.5, and no row of them alone."""
    return np.where(np.logical_and(x < -0.5, np.arange(4) > 0), np.float32(np.nan), x)


def written(write):
    """A program that returns what a function wrote into a copy of its argument."""

    def program(x):
        x = np.copy(x)
        write(x)
        return x

    return program


PROGRAMS = {
    "kth of partition": lambda x: np.partition(x, 2, axis=1)[:, 2],
    "partition in place": written(lambda x: x.partition(1)),
    "sort in place": written(lambda x: x.sort(axis=0)),
    "sort of all": lambda x: np.sort(x, axis=None, kind="stable"),
    "lexsort": lambda x: np.lexsort((x[0], np.round(x[1]))),
    "nanargmax": lambda x: np.nanargmax(holey(x), axis=1),
    "nanargmin of all": lambda x: np.nanargmin(holey(x), keepdims=True),
    "unique with the first places": lambda x: np.unique(np.round(x), return_index=True),
    "unique_all": lambda x: np.unique_all(np.round(x)),
    "trim_zeros": lambda x: np.trim_zeros(np.where(np.abs(x) < 0.9, 0, x)[:, 0]),
    "gcd": lambda x: np.gcd(wholes(x), 12) + np.lcm(wholes(x), wholes(x[::-1])),
    "put_along_axis": written(lambda x: np.put_along_axis(x, np.argsort(x, 1)[:, -2:], 7, 1)),
    "put": written(lambda x: np.put(x, [0, -1, 5], [1, 2])),
    "putmask": written(lambda x: np.putmask(x, x > 0, [1, 2, 3])),
    "place": written(lambda x: np.place(x, x > 0, [1, 2, 3])),
    "copyto": written(lambda x: np.copyto(x, 5, where=x > 0)),
    "fill_diagonal": written(lambda x: np.fill_diagonal(x, 9)),
    "add.at": written(lambda x: np.add.at(x, [0, 2, 0], x[1] * 2)),
    "ufunc where": lambda x: np.add(x, 1, where=x > 0, out=np.zeros_like(x)),
    "sum where": lambda x: np.sum(x, axis=1, where=x > 0, initial=2),
    "mean where": lambda x: np.mean(x, where=x > -9, axis=0, keepdims=True),
    "max where": lambda x: np.max(x, axis=0, where=x < 0, initial=-3),
    "bits": lambda x: np.bitwise_or.reduce(wholes(x)) - np.bitwise_and.reduce(wholes(x)),
    "odd bits": lambda x: np.bitwise_xor.reduce(wholes(x), axis=1),
    "bitwise_count": lambda x: np.bitwise_count(wholes(x)),
    "logical_xor.reduce": lambda x: np.logical_xor.reduce(x > 0, axis=1),
    "subtract.reduce": lambda x: np.subtract.reduce(x, axis=1),
    "quantiles": lambda x: np.quantile(x, [0.2, 0.9], axis=1, keepdims=True),
    "quantile of axes": lambda x: np.quantile(x, 0.3, axis=(0, 1)),
    "quantile by elements": lambda x: np.percentile(x, [10, 35], axis=0, method="nearest"),
    "quantile midway": lambda x: np.quantile(x, 0.4, axis=1, method="midpoint"),
    "quantiles with holes": lambda x: np.quantile(holey(x), [0.2, 0.9], axis=1),
    "nanpercentile": lambda x: np.nanpercentile(holey(x), [20, 70], axis=(0, 1)),
    "median of axes": lambda x: np.median(x, axis=(1, 0), keepdims=True),
    "histogram": lambda x: np.histogram(x, 4),
    "histogram of a point": lambda x: np.histogram(x * 0 + 2, 3),
    "histogram_bin_edges": lambda x: np.histogram_bin_edges(x, 5),
    "histogram2d": lambda x: np.histogram2d(x[:, 0], x[:, 1], 2, [[-1, 1], [-2, 2]]),
    "bincount": lambda x: np.bincount(np.abs(wholes(x[:, 0])), x[:, 1], minlength=3),
    "matrix norms": lambda x: [np.linalg.norm(x, o) for o in ("fro", "nuc", 1, 2, -np.inf)],
    "norm over axes": lambda x: np.linalg.norm(x[None], 1, axis=(1, 2), keepdims=True),
    "cond": lambda x: np.linalg.cond(x[:2]) + np.linalg.cond(x[:2, :2], 1),
    "matrix_rank": lambda x: np.linalg.matrix_rank(np.concatenate([x, x])),
    "lstsq": lambda x: np.linalg.lstsq(x.T, x[0], rcond=None)[0],
    "lstsq of too many columns": lambda x: np.linalg.lstsq(np.hstack([x, x]), x, rcond=None)[:3],
    "lstsq of two": lambda x: np.linalg.lstsq(x[:, :2], x[:, 2:], rcond=None),
    "tensorsolve": lambda x: np.linalg.tensorsolve(x.T @ x + np.eye(4), x[0]),
    "tensorinv": lambda x: np.linalg.tensorinv(x.T @ x + np.eye(4), 1),
    "polymul": lambda x: np.polymul(x[0], x[1, :2]),
    "polymul of wholes": lambda x: np.polymul(wholes(x[0]), wholes(x[1, :3])),
    "polydiv": lambda x: np.polydiv(x[0], np.array([2.0, 0.5])),
    "poly": lambda x: np.poly(x[0]),
    "polyfit": lambda x: np.polyfit(np.arange(4.0), x.T, 2),
    "polyfit with weights": lambda x: np.polyfit(np.arange(4.0), x[0], 1, w=np.abs(x[1])),
    "convolve, the longer last": lambda x: np.convolve(x[0, :2], x[1], "same"),
    "correlate, the longer last": lambda x: np.correlate(x[0, :3], x[1], "full"),
    "correlate of complex": lambda x: np.correlate(np.fft.fft(x[0]), x[1, :2], "same"),
    "i0": lambda x: np.i0(x * 8),
    "ldexp": lambda x: np.ldexp(x, wholes(x)),
    "diff with ends": lambda x: np.diff(x, prepend=0, append=x[:, :2]),
    "ediff1d with ends": lambda x: np.ediff1d(x, to_end=[1, 2], to_begin=0),
    "gradient of order 2": lambda x: np.gradient(x, 0.5, edge_order=2, axis=1),
    "take wrapped": lambda x: np.take(x, [-1, 7], axis=1, mode="wrap"),
    "take clipped": lambda x: np.take(x, wholes(x[0]), mode="clip"),
    "ix_": lambda x: x[np.ix_([2, 0], x[0] > 0)],
    "ravel_multi_index": lambda x: np.ravel_multi_index((np.argmax(x, 1) // 2, 1), (2, 3)),
    "sliding_window_view": lambda x: np.lib.stride_tricks.sliding_window_view(x, 3, axis=1),
    "linspace of arrays": lambda x: np.linspace(x[0], x[1], 4),
    "linspace without its end": lambda x: np.linspace(x[0], 2, 4, endpoint=False),
    "apply_along_axis": lambda x: np.apply_along_axis(lambda v: v[:2] * v[-1], 1, x[:3]),
    "apply_over_axes": lambda x: np.apply_over_axes(np.sum, x, (0, 1)),
    "insert several": lambda x: np.insert(x, [1, 3], [5, 6], axis=1),
    "reshape by columns": lambda x: np.reshape(x, (4, -1), order="F"),
    "ravel by columns": lambda x: np.concatenate([x.ravel("F"), x.flatten("F")]),
    "moveaxis of several": lambda x: np.moveaxis(np.stack([x, x]), (0, 1), (1, 2)),
    "pad symmetric": lambda x: np.pad(x, ((1, 0), (2, 3)), "symmetric"),
    "pad of constants": lambda x: np.pad(x, 1, constant_values=((1, 2), (3, 4))),
    "pad of means": lambda x: np.pad(x, ((0, 1), (2, 0)), "mean"),
    "einsum by numbers": lambda x: np.einsum(x, [0, 1], x, [2, 1], [0, 2]),
    "fftn of sizes": lambda x: np.fft.irfftn(np.fft.rfftn(x, (5, 3), (0, 1)), (5, 3), (0, 1)),
    "fftn scaled": lambda x: np.fft.ifftn(np.fft.fft2(x, norm="forward"), norm="ortho"),
    "hfft": lambda x: np.fft.hfft(np.fft.ihfft(x, norm="ortho"), 4),
    "average and weights": lambda x: np.average(x, 1, weights=np.arange(4), returned=True),
    "searchsorted by order": lambda x: np.searchsorted(x[0], x, sorter=np.argsort(x[0])),
    "array_equal of holes": lambda x: np.asarray(np.array_equal(holey(x), holey(x), True)),
    "result_type": lambda x: x.astype(np.result_type(x, np.int64)),
    "bytes": lambda x: x[..., None].mT * x.itemsize + x.nbytes,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_function_of_numpy_means_the_same_in_the_model(name):
    f = PROGRAMS[name]
    model = ts.trace(f, (X,))

    for x in (X, LARGER, X[:, ::-1] * np.float32(0.7)):
        want, got = f(x), model(x)
        many = isinstance(want, (tuple, list))
        for expected, found in zip(want, got, strict=True) if many else [(want, got)]:
            assert found.dtype == expected.dtype
            np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-4)


def test_an_index_that_numpy_refuses_stops_the_model():
    def program(x, at):
        return np.ravel_multi_index((at, at), (2, 3)), np.unravel_index(at, (2, 3))

    model = ts.trace(program, (X, np.array([0, 1])))

    np.testing.assert_array_equal(model(X, np.array([1, 1]))[0], [4, 4])
    with pytest.raises(ts.errors.ExecutionError) as caught:
        model(X, np.array([1, 2]))
    assert caught.value.code == "VALUE_ERROR"


@pytest.mark.filterwarnings("ignore")
def test_an_extreme_of_nothing_but_holes_stops_the_model():
    model = ts.trace(lambda x: np.nanargmax(x, axis=1), (X,))

    with pytest.raises(ts.errors.ExecutionError) as caught:
        model(np.full((3, 4), np.nan, np.float32))
    assert caught.value.code == "VALUE_ERROR"
    with pytest.raises(ValueError, match="All-NaN"):
        ts.trace(lambda x: np.nanargmax(x, axis=1), (X * np.float32(np.nan),))


@pytest.mark.filterwarnings("ignore")
def test_one_over_a_whole_zero_stops_the_model():
    x = np.array([1, -1, 5, -128], np.int8)
    model = ts.trace(np.reciprocal, (x,))

    np.testing.assert_array_equal(model(x), np.reciprocal(x))
    with pytest.raises(ts.errors.ExecutionError) as caught:
        model(np.array([1, 0, 2, 3], np.int8))
    assert caught.value.code == "ZERO_DIVISION"


def test_a_composed_function_writes_into_out():
    def program(x):
        y = x + 0
        np.clip(x, -1, 1, out=y)
        np.median(x, axis=1, out=y[:, 0])
        return y

    model = ts.trace(program, (X,))

    np.testing.assert_allclose(model(-X), program(-X), rtol=1e-6)


def test_a_bessel_function_is_right_wherever_it_is_finite():
    x = np.array([0.0, -0.0, 1e-9, 0.5, -8.0, 8.1, 100.0, -700.0, 712.0, np.nan])
    model = ts.trace(np.i0, (x[:5],))

    wanted = [1, 1, 1, 1.0634833707413236, 427.56411572180479, 469.50060671012147]
    wanted += [1.0737517071310739e42, 1.5295933476718737e302, 2.4684110577627524e307, np.nan]
    np.testing.assert_allclose(model(x), wanted, rtol=4e-14)  # mpmath, 40 digits


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_divisors_are_numpys_up_to_the_ends_of_each_type(dtype):
    ends = np.iinfo(dtype)
    x = np.array([ends.min, ends.max, 0, 1, 84, 90, 7, 0], dtype)
    y = np.array([ends.max - 1, 0, 0, ends.max, 36, 27, 21, 5], dtype)
    model = ts.trace(np.gcd, (x, y))

    np.testing.assert_array_equal(model(x, y), np.gcd(x, y))
    np.testing.assert_array_equal(model(y, x), np.gcd(y, x))
