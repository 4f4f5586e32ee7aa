"""Data types of operands, and operands as tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.ir.constants import INT
from tracescript.ir.types import (
    DataType,
    OptionalType,
    ScalarKind,
    ScalarType,
    TensorType,
)
from tracescript.ir.values import Value
from tracescript.opset import dtypes
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor, may_be_none
from tracescript.producer.script.emitter.entries import constant_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.types import Dim
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Given = Entry | None

_NUMBER_KINDS = {ScalarKind.BOOL: "bool", ScalarKind.INT: "int", ScalarKind.FLOAT: "float"}


def common(e: Emitter, tensors: Sequence[tuple[DataType, int]], numbers: Sequence[str]) -> DataType:
    """The common type of operands by the rules of the library the program is written for."""
    if not tensors:
        return {
            "bool": DataType.BOOL,
            "int": DataType.INT64,
            "float": DataType.FLOAT32 if e.frame.flavour == "torch" else DataType.FLOAT64,
        }[max(numbers, default="float", key=("bool", "int", "float").index)]
    if e.frame.flavour == "torch":
        return dtypes.common(tensors, numbers)
    weak = [{"bool": True, "int": 1, "float": 1.0}[n] for n in numbers]
    found = dtypes.of_numpy(np.result_type(*(dtypes.numpy_of(d) for d, _ in tensors), *weak))
    return found or DataType.FLOAT64


def data_type(value: Value) -> DataType:
    """The data type of a tensor value."""
    assert isinstance(value.type, TensorType)
    return value.type.data_type


def rank(value: Value) -> int:
    """The rank of a tensor value; an unknown one counts as 1."""
    assert isinstance(value.type, TensorType)
    return 1 if value.type.shape is None else len(value.type.shape)


def number_kind(e: Emitter, entry: Entry) -> str:
    """Return bool, int or float of a number beside tensors; an error for anything else."""
    if (
        isinstance(entry, Value)
        and isinstance(entry.type, ScalarType)
        and entry.type.kind in _NUMBER_KINDS
    ):
        return _NUMBER_KINDS[entry.type.kind]
    if isinstance(entry, Value) and isinstance(entry.type, OptionalType):
        name = e.unit.names.get(entry, "x")
        raise may_be_none(e, None, name)
    raise e.error(
        None,
        f"a tensor is expected, found {e.describe(entry)}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint="make it one: torch.tensor(x), or np.asarray(x)",
    )


def as_tensor(e: Emitter, entry: Entry, wanted: DataType) -> Value:
    """Return an operand as a tensor of a data type."""
    if is_tensor(entry) or e.session.holds_array(entry):
        value = e.value(entry)
        return value if data_type(value) is wanted else e.op("cast", [value], {"dtype": wanted})
    known, number = constant_of(entry)
    if known:
        return tensor_constant(e, number, wanted)
    return e.op("to_tensor", [e.value(entry)], {"dtype": wanted})


def as_index(e: Emitter, entry: Entry) -> Value | None:
    """Return the int that Python reads from a tensor of one whole number; None for no tensor.

    numpy's tensors must have rank 0 and are no bools.
    """
    if not is_tensor(entry) and not e.session.holds_array(entry):
        return None
    x, is_torch = e.value(entry), e.frame.flavour == "torch"
    assert isinstance(x.type, TensorType)
    if e.session.roots.of(x) and dtypes.category(data_type(x)) > 1:
        e.session.roots.need(x, DataType.INT64)
    if dtypes.category(data_type(x)) > 1 or (data_type(x) is DataType.BOOL and not is_torch):
        what = f"a tensor of {data_type(x).value} is no index"
    elif x.type.shape is not None and not _is_single(x.type.shape, is_torch):
        what = f"a tensor of rank {len(x.type.shape)} is no index"
    else:
        return _element(e, x)
    raise e.error(
        None, what, code="TYPE_INFERENCE", rule="SCRIPT-4", hint="int(x) reads one element"
    )


def _is_single(shape: tuple[Dim, ...], is_torch: bool) -> bool:
    """Whether the only element of a tensor can be its index."""
    return not shape or (is_torch and all(n == 1 or not isinstance(n, int) for n in shape))


def filling(e: Emitter, entry: Entry) -> Value:
    """Return the number that fills a tensor: a bool counts as 0 or 1."""
    return e.as_int(entry) if is_scalar(entry, ScalarKind.BOOL) else e.value(entry)


def number_in(e: Emitter, x: Value) -> Value:
    """Return the element of a tensor of one element as a Python number of its kind."""
    category = dtypes.category(data_type(x))
    return e.op(("item_bool", "item_int", "item_float")[min(category, 2)], [x])


def _element(e: Emitter, x: Value) -> Value:
    """Return the element of a tensor of whole numbers as an int."""
    found = number_in(e, x)
    return found if found.type == INT else e.op("num.cast", [found], {"to": "int"})


def tensor_constant(e: Emitter, number: Any, wanted: DataType) -> Value:
    """A 0-d constant; ints wrap into their type as torch does."""
    dtype = dtypes.numpy_of(wanted)
    if isinstance(number, int) and not isinstance(number, bool) and dtypes.category(wanted) == 1:
        if e.frame.flavour == "numpy" and number != np.asarray(number, np.int64).astype(dtype):
            raise e.error(
                None,
                f"{number} is beyond {wanted.value}",
                code="TYPE_INFERENCE",
                rule="SCRIPT-9",
                hint="numpy raises here too; cast the array first",
            )
        array = np.asarray(number, np.int64).astype(dtype)
    else:
        array = np.asarray(number).astype(dtype)
    key = ("tensor", repr((number, type(number).__name__)), TensorType(wanted, ()))
    if key not in e.unit.constants:
        e.unit.constants[key] = e.builder.constant(array)
    return e.unit.constants[key]
