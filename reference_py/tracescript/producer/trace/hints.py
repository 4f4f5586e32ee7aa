"""Hints about library calls that are no op."""

from __future__ import annotations

import difflib
from typing import Final

from tracescript.opset.table import opset

_CLOSE: Final = 0.8
"""How alike names are that may mean the same."""


_INSTEAD: Final = {
    "lexsort": "stable numpy.argsort by the last key first, key by key",
    "apply_along_axis": "write it for whole arrays, with axis=",
    "apply_over_axes": "call the function once for each axis",
    "piecewise": "numpy.where or numpy.select",
    "vectorize": "numpy.where or numpy.select, or a loop over numpy.ndindex(x.shape)",
    "nditer": "a loop over numpy.ndindex(x.shape)",
    "ndenumerate": "a loop over numpy.ndindex(x.shape)",
    "seterr": 'numpy.errstate with "ignore" or "warn": no op of a model raises for such errors',
    "choose": "numpy.select, or numpy.take of a stack",
    "block": "numpy.concatenate, row by row",
    "interp": "numpy.searchsorted and two takes",
    "histogram": "numpy.searchsorted of the edges, then numpy.bincount",
    "resize": "numpy.tile and a slice",
    "vander": "x[:, None] ** numpy.arange(n)[::-1]",
    "corrcoef": "x - x.mean(axis), a matrix product, and a division",
    "lstsq": "numpy.linalg.solve of x.T @ x, or numpy.linalg.pinv(x) @ y",
    "eig": "numpy.linalg.eigh where the matrix is symmetric",
    "eigvals": "numpy.linalg.eigvalsh where the matrix is symmetric",
    "matrix_rank": "count numpy.linalg.svdvals above a bound",
    "cond": "the largest of numpy.linalg.svdvals over the smallest",
    "nanmedian": "numpy.median after what is NaN is taken out",
    "nanquantile": "numpy.quantile after what is NaN is taken out",
    "nanpercentile": "numpy.percentile after what is NaN is taken out",
    "nanargmax": "numpy.argmax of numpy.where(numpy.isnan(x), -numpy.inf, x)",
    "nanargmin": "numpy.argmin of numpy.where(numpy.isnan(x), numpy.inf, x)",
    "unique_values": "numpy.unique",
    "unique_counts": "numpy.unique with return_counts=True",
    "unique_inverse": "numpy.unique with return_inverse=True",
    "intersect1d": "x[numpy.isin(x, y)]",
    "setdiff1d": "x[~numpy.isin(x, y)]",
    "array_equiv": "numpy.array_equal of arrays of one shape",
    "ldexp": "x * 2.0 ** n",
    "gcd": "a script with a loop: ts.script",
    "lcm": "a script with a loop: ts.script",
}
"""What to write instead of functions of numpy that have no op."""


def instead(name: str) -> str:
    """Return what to write instead of a function of numpy."""
    return f"write {_INSTEAD[name]}" if name in _INSTEAD else nearest(name)


def nearest(name: str) -> str:
    """Return what to try instead of a call: its op if there is one, else ops of a like name."""
    ops = {op.name: op for op in opset()}
    if name in ops:
        op = ops[name]
        inputs = [f"{i.name}=None" if i.optional else i.name for i in op.inputs]
        takes = ", ".join([*inputs, *(a.name for a in op.attributes)])
        return f"the op is {name}({takes}): these arguments do not fit it"
    near = difflib.get_close_matches(name, list(ops), 3, _CLOSE)
    return f"nearest ops: {', '.join(near)}" if near else "`tracescript ops` lists what there is"
