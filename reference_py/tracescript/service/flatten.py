"""A method's signature as flat named tensors, the way the Open Inference Protocol wants it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tracescript.errors import UnsupportedError
from tracescript.ir.text import type_text
from tracescript.ir.types import (
    DataType,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    StructType,
    TensorType,
    TupleType,
)
from tracescript.opset import dtypes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    from tracescript import ir

DATATYPES = {
    DataType.BOOL: "BOOL",
    DataType.UINT8: "UINT8",
    DataType.UINT16: "UINT16",
    DataType.UINT32: "UINT32",
    DataType.UINT64: "UINT64",
    DataType.INT8: "INT8",
    DataType.INT16: "INT16",
    DataType.INT32: "INT32",
    DataType.INT64: "INT64",
    DataType.FLOAT16: "FP16",
    DataType.BFLOAT16: "BF16",
    DataType.FLOAT32: "FP32",
    DataType.FLOAT64: "FP64",
}
_SCALARS = {
    ScalarKind.INT: DataType.INT64,
    ScalarKind.FLOAT: DataType.FLOAT64,
    ScalarKind.BOOL: DataType.BOOL,
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One flat tensor: its path as name, datatype, shape with -1 for dynamic, and our type."""

    name: str
    datatype: str
    shape: tuple[int, ...]
    type: ir.Type
    optional: bool

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """The elements as numpy has them; None for BYTES."""
        found = next((d for d, name in DATATYPES.items() if name == self.datatype), None)
        return None if found is None else dtypes.numpy_of(found)


def leaves(name: str, declared: ir.Type, *, optional: bool = False) -> Iterator[Leaf]:
    """Yield the flat tensors of one input or output.

    Raises UnsupportedError for a type the protocol cannot express.
    """
    if isinstance(declared, OptionalType):
        yield from leaves(name, declared.element, optional=True)
    elif isinstance(declared, TensorType):
        shape = declared.shape
        if declared.data_type not in DATATYPES or shape is None:
            raise _cannot(name, declared)
        extents = tuple(d if isinstance(d, int) else -1 for d in shape)
        yield Leaf(name, DATATYPES[declared.data_type], extents, declared, optional)
    elif isinstance(declared, ScalarType) and declared.kind in _SCALARS:
        yield Leaf(name, DATATYPES[_SCALARS[declared.kind]], (), declared, optional)
    elif isinstance(declared, ScalarType) and declared.kind is ScalarKind.STR:
        yield Leaf(name, "BYTES", (), declared, optional)
    elif isinstance(declared, ListType) and isinstance(declared.element, ScalarType):
        (inner,) = leaves(name, declared.element)
        yield Leaf(name, inner.datatype, (-1,), declared, optional)
    elif isinstance(declared, TupleType | StructType):
        for part, inner_type in _parts(declared):
            yield from leaves(f"{name}.{part}", inner_type, optional=optional)
    else:
        raise _cannot(name, declared)


def _parts(declared: TupleType | StructType) -> Iterator[tuple[str, ir.Type]]:
    if isinstance(declared, TupleType):
        yield from ((str(i), t) for i, t in enumerate(declared.elements))
    else:
        yield from ((quote(name, safe=""), t) for name, t in declared.fields)


def _cannot(name: str, declared: ir.Type) -> UnsupportedError:
    return UnsupportedError(
        f"{name}: the Open Inference Protocol cannot express {type_text(declared)}",
        code="UNSUPPORTED_DATA_TYPE",
        rule="RPC-2",
    )


def unflatten(name: str, declared: ir.Type, given: dict[str, Any]) -> Any:
    """Build the run-time value of an input from flat values by name; None where all are absent."""
    if isinstance(declared, OptionalType):
        return unflatten(name, declared.element, given)
    if isinstance(declared, TupleType | StructType):
        parts = [unflatten(f"{name}.{part}", t, given) for part, t in _parts(declared)]
        return None if all(p is None for p in parts) else tuple(parts)
    return given.get(name)


def flatten(name: str, declared: ir.Type, value: Any) -> Iterator[tuple[Leaf, Any]]:
    """Yield the flat tensors of a result with their values; None gives nothing."""
    if value is None:
        return
    if isinstance(declared, OptionalType):
        yield from flatten(name, declared.element, value)
    elif isinstance(declared, TupleType | StructType):
        for (part, inner), item in zip(_parts(declared), value, strict=True):
            yield from flatten(f"{name}.{part}", inner, item)
    else:
        (leaf,) = leaves(name, declared)
        yield leaf, value


def output_names(function: ir.Function, states: int) -> list[str]:
    """Name the caller's outputs: as declared, else `output` or `output.0`, `output.1`."""
    visible = function.outputs[: len(function.outputs) - states]
    single = len(visible) == 1
    return [o.name or ("output" if single else f"output.{i}") for i, o in enumerate(visible)]
