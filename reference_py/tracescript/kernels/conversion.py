"""Kernels between tensors and Python values: sizes, items, lists, tests of types."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.errors import trap
from tracescript.ir.text import type_text
from tracescript.kernels.axes import axis_of
from tracescript.kernels.create import cast
from tracescript.kernels.scalar import within
from tracescript.kernels.table import Table
from tracescript.opset import dtypes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.kernels.rounding import Array

KERNELS: Final = Table()


@KERNELS.of("size")
def size(x: Array, dim: int) -> int:
    return x.shape[axis_of(x, dim)]


@KERNELS.of("dim")
def dim(x: Array) -> int:
    return x.ndim


@KERNELS.of("numel")
def numel(x: Array) -> int:
    return x.size


@KERNELS.of("shape")
def shape(x: Array) -> list[int]:
    return list(x.shape)


@KERNELS.of("dtype_of")
def dtype_of(x: Array) -> ir.DataType | None:
    return dtypes.of_numpy(x.dtype)


def _only(x: Array) -> Any:
    """Return the only element as a Python value. Raises TrapError, CONVERSION_ERROR."""
    if x.size != 1:
        raise trap("CONVERSION_ERROR", f"a tensor of {x.size} elements has no single value")
    return x.item()


@KERNELS.of("item_bool")
def item_bool(x: Array) -> bool:
    return bool(_only(x))


@KERNELS.of("item_float")
def item_float(x: Array) -> float:
    return float(_only(x))


@KERNELS.of("item_int")
def item_int(x: Array) -> int:
    value = _only(x)
    if not math.isfinite(value):
        raise trap("CONVERSION_ERROR", f"{value!r} has no whole number")
    return within(int(value))


@KERNELS.of("to_tensor")
def to_tensor(v: Any, dtype: np.dtype[Any]) -> Array:
    try:
        exact = np.asarray(v)
    except ValueError:
        raise trap("VALUE_ERROR", "lists at one level differ in length") from None
    return cast(exact, dtype)


@KERNELS.of("to_list")
def to_list(x: Array) -> Any:
    return x.tolist()


def _is_tensor(value: Any, found: ir.TensorType) -> bool:
    is_array = isinstance(value, np.ndarray | np.generic)
    same = is_array and dtypes.of_numpy(value.dtype) is found.data_type
    return bool(same and (found.shape is None or len(found.shape) == value.ndim))


_SCALARS: Final[dict[ir.ScalarKind, type]] = {
    ir.ScalarKind.NONE: type(None),
    ir.ScalarKind.BOOL: bool,
    ir.ScalarKind.INT: int,
    ir.ScalarKind.FLOAT: float,
    ir.ScalarKind.STR: str,
    ir.ScalarKind.DATA_TYPE: ir.DataType,
    ir.ScalarKind.COMPLEX: complex,
}


def _is_tuple(value: Any, types: tuple[ir.Type, ...]) -> bool:
    fits = isinstance(value, tuple) and len(value) == len(types)
    return fits and all(map(is_of, value, types))


def _is_dict(value: Any, found: ir.DictType) -> bool:
    return isinstance(value, dict) and all(
        is_of(k, found.key) and is_of(x, found.value) for k, x in value.items()
    )


_TESTS: Final[dict[type, Callable[[Any, Any], bool]]] = {
    ir.TensorType: _is_tensor,
    ir.ScalarType: lambda v, t: type(v) is _SCALARS[t.kind],
    ir.ListType: lambda v, t: isinstance(v, list) and all(is_of(x, t.element) for x in v),
    ir.TupleType: lambda v, t: _is_tuple(v, t.elements),
    ir.StructType: lambda v, t: _is_tuple(v, tuple(f for _, f in t.fields)),
    ir.DictType: _is_dict,
    ir.OptionalType: lambda v, t: v is None or is_of(v, t.element),
    ir.UnionType: lambda v, t: any(is_of(v, m) for m in t.members),
}


def is_of(value: Any, found: ir.Type) -> bool:
    """Whether a run-time value is of a type."""
    return _TESTS[type(found)](value, found)


@KERNELS.of("isinstance")
def isinstance_(a: Any, type: ir.Type) -> bool:  # noqa: A002 - the attribute's name
    return is_of(a, type)


@KERNELS.of("union.make")
def union_make(a: Any, type: ir.Type) -> Any:  # noqa: A002, ARG001 - the attribute's name
    return a


@KERNELS.of("union.get")
def union_get(a: Any, type: ir.Type) -> Any:  # noqa: A002 - the attribute's name
    if not is_of(a, type):
        raise trap("CONVERSION_ERROR", f"the value is no {type_text(type)}")
    return a
