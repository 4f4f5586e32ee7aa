"""What a decomposition may compute before the model runs: Python numbers, lists and data types."""

from __future__ import annotations

import ast
import math
import operator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.ir import DataType
from tracescript.opset.dtypes import in_set, limits, numpy_of

if TYPE_CHECKING:
    from collections.abc import Callable


class CannotExpandError(Exception):
    """A definition needs to know something before the model runs, and does not."""


NAMES: Final[dict[str, Any]] = {
    "inf": math.inf,
    "nan": math.nan,
    "bool_": DataType.BOOL,
    **{data_type.value: data_type for data_type in DataType if data_type is not DataType.BOOL},
}
"""Names with a fixed meaning in every decomposition."""

BINARY: Final[dict[type[ast.operator], tuple[Callable[[Any, Any], Any], str]]] = {
    ast.Add: (operator.add, "add"),
    ast.Sub: (operator.sub, "sub"),
    ast.Mult: (operator.mul, "mul"),
    ast.FloorDiv: (operator.floordiv, "floordiv"),
    ast.Mod: (operator.mod, "mod"),
    ast.Div: (operator.truediv, "truediv"),
    ast.Pow: (operator.pow, "pow"),
}
"""Operator: how it folds, and its word in the scalar ops."""

COMPARE: Final[dict[type[ast.cmpop], tuple[Callable[[Any, Any], Any], str]]] = {
    ast.Eq: (operator.eq, "eq"),
    ast.NotEq: (operator.ne, "ne"),
    ast.Lt: (operator.lt, "lt"),
    ast.LtE: (operator.le, "le"),
    ast.Gt: (operator.gt, "gt"),
    ast.GtE: (operator.ge, "ge"),
    ast.Is: (operator.is_, "is"),
    ast.IsNot: (operator.is_not, "is_not"),
    ast.In: (lambda a, b: a in b, "in"),
    ast.NotIn: (lambda a, b: a not in b, "not_in"),
}
"""Comparison: how it folds, and its relation in the scalar ops."""


def lowest(data_type: DataType) -> float | int:
    """Return the value that every other of this type is at least: -inf, or the smallest integer."""
    return -math.inf if in_set(data_type, "float") else int(limits(data_type).min)


def highest(data_type: DataType) -> float | int:
    """Return the value that every other of this type is at most."""
    return math.inf if in_set(data_type, "float") else int(limits(data_type).max)


def all_ones(data_type: DataType) -> int | bool:
    """Return the integer with every bit set."""
    if data_type is DataType.BOOL:
        return True
    return -1 if in_set(data_type, "int") and lowest(data_type) < 0 else int(highest(data_type))


def largest_finite(data_type: DataType) -> float:
    """Return the largest finite number of a float type."""
    return float(limits(data_type).max)


def epsilon(data_type: DataType) -> float:
    """Return the distance from 1 to the next number of a float type."""
    return float(limits(data_type).eps)


def is_float(data_type: DataType) -> bool:
    """Return whether this is a float type."""
    return in_set(data_type, "float")


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": abs,
    "all_ones": all_ones,
    "enumerate": lambda xs: list(enumerate(xs)),
    "epsilon": epsilon,
    "highest": highest,
    "is_float": is_float,
    "largest_finite": largest_finite,
    "list": list,
    "lowest": lowest,
    "reversed": lambda xs: list(reversed(xs)),
    "sorted": sorted,
    "str": str,
    "zip": lambda *xs: list(zip(*xs, strict=True)),
}
"""Functions over values that are all known before the model runs."""


def zero_d(value: float, data_type: DataType) -> np.ndarray[Any, Any]:
    """Return a number as a rank 0 array: as `cast`, ints wrap, floats stop at the ends."""
    dtype = numpy_of(data_type)
    if in_set(data_type, "int") and isinstance(value, int):
        return np.asarray(value % 2**data_type.bits, dtype=np.uint64).astype(dtype)
    if in_set(data_type, "int"):
        ends = limits(data_type)
        whole = 0 if value != value else min(max(value, int(ends.min)), int(ends.max))  # noqa: PLR0124  # NaN
        return np.asarray(int(whole), dtype)
    with np.errstate(over="ignore"):
        return np.asarray(value).astype(dtype)
