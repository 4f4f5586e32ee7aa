"""Facts of data types, and grids whose places are known when compiling."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.opset.dtypes import numpy_of
from tracescript.producer.script.builtins.iterators import product_of
from tracescript.producer.script.builtins.table import builtin, positional
from tracescript.producer.script.emitter.entries import Items, Known, Series, constant_of
from tracescript.producer.script.flow.iteration import range_series, series_of

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_GRIDS = (type(np.mgrid), type(np.ogrid))


@builtin("torch.finfo", "torch.iinfo", "numpy.finfo", "numpy.iinfo")
def limits(e: Emitter, node: ast.Call) -> Entry:
    """`finfo(dtype)` and `iinfo(dtype)`, whose attributes are numbers."""
    args = positional(e, node, 0, 1, "type", "dtype")
    callee = e.expr(node.func)
    assert isinstance(callee, Known)
    function = callee.value
    if not args:
        return Known(_asked(e, node, function, None))
    found = e.session.data_type_if(args[0])
    if found is None:
        known, value = constant_of(args[0])
        found = value if known else None
        return Known(_asked(e, node, function, found))
    if function.__module__ == "torch":
        return Known(_asked(e, node, function, getattr(sys.modules["torch"], found.value)))
    return Known(_asked(e, node, function, numpy_of(found)))


def _asked(e: Emitter, node: ast.Call, function: Any, data_type: Any) -> Any:
    """Ask the library; what it refuses is an error of the user's line."""
    try:
        return function() if data_type is None else function(data_type)
    except (TypeError, ValueError) as error:
        hint = "finfo is of floats, iinfo of ints"
        raise e.error(node, str(error), code="TYPE_INFERENCE", rule="SCRIPT-4", hint=hint) from None


@builtin("numpy.issubdtype")
def is_kind(e: Emitter, node: ast.Call) -> Entry:
    """`np.issubdtype(x.dtype, np.floating)`."""
    sides = []
    for entry in positional(e, node, 2, 2):
        known, value = constant_of(entry)
        is_class = isinstance(value, type) and issubclass(value, np.generic)
        found = None if is_class else e.session.data_type_if(entry)
        if found is not None:
            value = numpy_of(found)
        elif not known:
            raise e.error(node, "the data types must be known at compile time", rule="SCRIPT-10")
        sides.append(value)
    return e.constant(bool(_asked(e, node, lambda pair: np.issubdtype(*pair), sides)))


@builtin("numpy.ndindex")
def indexes(e: Emitter, node: ast.Call) -> Entry:
    """`np.ndindex(2, 3)`, `np.ndindex(x.shape)`: all indexes, the last runs fastest."""
    args = positional(e, node, 1, 8)
    sizes = series_of(e, args[0]).parts if len(args) == 1 and isinstance(args[0], Items) else args
    assert sizes is not None
    return product_of(e, [_range(e, n) for n in sizes])


def _range(e: Emitter, size: Entry) -> Series:
    known, count = constant_of(size)
    if known and isinstance(count, int):
        return Series(None, None, tuple(map(e.constant, range(count))))
    return range_series(e, [size])


def is_grid(entry: Entry) -> bool:
    """Whether an entry is `np.mgrid` or `np.ogrid`."""
    return isinstance(entry, Known) and isinstance(entry.value, _GRIDS)


def grid(e: Emitter, owner: Known, node: ast.Subscript) -> Entry:
    """`np.mgrid[0:3, 0:2]`, `np.ogrid[0:1:5j]`: arrays that are known when compiling."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    slices = [_slice(e, part) for part in parts]
    index: Any = tuple(slices) if isinstance(node.slice, ast.Tuple) else slices[0]
    found = owner.value[index]
    if isinstance(found, tuple):
        return Items(tuple(e.value(e.session.entry_of(x)) for x in found))
    return e.value(e.session.entry_of(found))


def _slice(e: Emitter, node: ast.expr) -> slice:
    if not isinstance(node, ast.Slice):
        raise e.error(node, "a grid is made of slices", rule="SCRIPT-10")
    bounds = []
    for bound in (node.lower, node.upper, node.step):
        if bound is None or (isinstance(bound, ast.Constant) and isinstance(bound.value, complex)):
            bounds.append(None if bound is None else bound.value)
            continue
        known, value = constant_of(e.expr(bound))
        if not known or not isinstance(value, int | float):
            raise e.error(
                bound,
                "the places of a grid must be known at compile time",
                rule="SCRIPT-10",
                hint="np.indices((h, w)) and np.meshgrid take sizes of run time",
            )
        bounds.append(value)
    return slice(*bounds)


__all__ = ["grid", "is_grid"]
