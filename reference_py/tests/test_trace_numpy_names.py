"""numpy functions that are written with several ops."""

from __future__ import annotations

import numpy as np
import pytest

import tracescript as ts

_RANDOM = np.random.default_rng(0)
X = _RANDOM.normal(size=(3, 4)).astype(np.float32)
LARGER = _RANDOM.normal(size=(6, 4)).astype(np.float32)
PROGRAMS = {
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
    "divmod": lambda x: divmod(x, 0.5),
    "real and imag": lambda x: x.real + x.imag,
    "add.outer": lambda x: np.add.outer(x[0], x[1]),
    "add.accumulate": np.add.accumulate,
    "logical_and.reduce": lambda x: np.logical_and.reduce(x > 0),
    "rot90": np.rot90,
    "cumsum": np.cumsum,
    "flip": np.flip,
    "solve": lambda x: np.linalg.solve(x.T @ x + np.eye(4), x[0]),
}


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
