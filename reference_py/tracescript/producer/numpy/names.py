"""Finds ops by numpy function."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.opset.names import numpy_names
from tracescript.producer.trace import hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def full_name(function: Any) -> str:
    """Return a numpy function's name with its module."""
    return f"{getattr(function, '__module__', None) or 'numpy'}.{function.__name__}"


@functools.cache
def candidates() -> dict[Any, Any]:
    """Return the ops by numpy function object."""
    found: dict[Any, Any] = {}
    for name, ops in numpy_names().items():
        target: Any = np
        for part in name.split(".")[1:]:
            target = getattr(target, part, None)
        if callable(target):
            found[target] = found.get(target, ()) + tuple(ops)
    return found


_INSTEAD: Final = {
    "partition": "numpy.sort puts every element in its place",
    "argpartition": "numpy.argsort gives every place",
    "lexsort": "stable numpy.argsort by the last key first, key by key",
    "apply_along_axis": "write it for whole arrays, with axis=",
    "apply_over_axes": "call the function once for each axis",
    "piecewise": "numpy.where or numpy.select",
    "choose": "numpy.select, or numpy.take of a stack",
    "block": "numpy.concatenate, row by row",
    "interp": "numpy.searchsorted and two takes",
    "histogram": "numpy.searchsorted of the edges, then numpy.bincount",
    "resize": "numpy.tile and a slice",
    "vander": "x[:, None] ** numpy.arange(n)[::-1]",
    "cov": "x - x.mean(axis), then a matrix product",
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


def unknown(door: NumpyDoor, name: str) -> Exception:
    """Make the error about a function that is no op."""
    stem = name.rpartition(".")[2]
    what = f"{name} is no op of the opset with these arguments"
    instead = f"write {_INSTEAD[stem]}" if stem in _INSTEAD else hints.nearest(stem)
    return door.recorder.error("UNKNOWN_CALL", what, instead)


def takes(handler: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Tell whether a handler takes these arguments."""
    try:
        inspect.signature(handler).bind(*args, **kwargs)
    except TypeError:
        return False
    return True
