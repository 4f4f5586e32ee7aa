"""Writes run-time values as DataBundle messages: requests, answers, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.ir.limits import MAX_DEPTH
from tracescript.ir.types import (
    DataType,
    DictType,
    ListType,
    OptionalType,
    StructType,
    TupleType,
    UnionType,
)
from tracescript.v1 import data_pb2
from tracescript.wire import forms, tensors
from tracescript.wire.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracescript.errors import TsError
    from tracescript.ir.types import Type


def _chosen(form: Type | None, value: Any) -> Type | None:
    """Return the alternative that a run-time value has of an optional or union type."""
    if isinstance(form, OptionalType):
        return _chosen(form.element, value)
    if isinstance(form, UnionType) and isinstance(value, tuple):
        types = [(m, forms.element_types(m, len(value))) for m in form.members]
        return next((m for m, t in types if t is not None and len(t) == len(value)), None)
    return form


class BundleWriter:
    """Fills the table of a bundle; an entry stands behind those it refers to.

    `code` is the error code for a value that no message can hold.

    Spec: CONTAINER-24.
    """

    def __init__(self, bundle: data_pb2.DataBundle, code: str = "BAD_REQUEST") -> None:
        self.bundle = bundle
        self._code = code
        bundle.table.add()

    def item(self, name: str, value: Any, form: Type | None = None) -> int:
        """Add a named value, with an empty name by position; return its index in the table."""
        index = self.add(value, form)
        self.bundle.items.add(name=name, data=index)
        return index

    def add(self, value: Any, form: Type | None = None, depth: int = 1) -> int:
        """Add a value to the table and return its index.

        `form` is the value's type where it is known; only with it is a tuple written as a struct.

        Raises:
            TsError: with the writer's code, for a value that is none of the format.
        """
        if depth > MAX_DEPTH:
            raise self._refused(f"found a value nested deeper than {MAX_DEPTH}")
        form = _chosen(form, value)
        entry = data_pb2.Data()
        if isinstance(value, (list, tuple)):
            self._add_sequence(entry, value, form, depth)
        elif isinstance(value, dict):
            self._add_dict(entry, value, form, depth)
        elif isinstance(value, (np.ndarray, np.generic)):
            fill_tensor(entry.tensor, value)
        else:
            self._fill_scalar(entry, value)
        self.bundle.table.append(entry)
        return len(self.bundle.table) - 1

    def _add_sequence(
        self,
        entry: data_pb2.Data,
        value: list[Any] | tuple[Any, ...],
        form: Type | None,
        depth: int,
    ) -> None:
        sequence = isinstance(form, (ListType, TupleType, StructType))
        types = forms.element_types(form, len(value)) if sequence and form else None
        if types is None or len(types) != len(value):
            types = (None,) * len(value)  # type: ignore[assignment]  # no type is known
        indices = [self.add(v, t, depth + 1) for v, t in zip(value, types or (), strict=True)]
        if isinstance(value, list):
            entry.list.items.extend(indices)
            entry.list.SetInParent()
        elif isinstance(form, StructType):
            entry.struct.name = form.name
            entry.struct.fields.extend(indices)
            entry.struct.SetInParent()
        else:
            entry.tuple.items.extend(indices)
            entry.tuple.SetInParent()

    def _add_dict(
        self, entry: data_pb2.Data, value: dict[Any, Any], form: Type | None, depth: int
    ) -> None:
        pair = (form.key, form.value) if isinstance(form, DictType) else (None, None)
        entry.dict.SetInParent()
        for item in value.items():
            if type(item[0]) not in {int, str, bool}:
                raise self._refused(f"found the key {item[0]!r:.80}, expected an int, str or bool")
            indices = [self.add(v, t, depth + 1) for v, t in zip(item, pair, strict=True)]
            entry.dict.items.extend(indices)

    def _fill_scalar(self, entry: data_pb2.Data, value: Any) -> None:
        if value is None:
            entry.none.SetInParent()
        elif isinstance(value, bool):
            entry.bool_value = value
        elif isinstance(value, int):
            if not forms.INT_MIN <= value <= forms.INT_MAX:
                raise self._refused(f"found the int {value}, expected 64 bits")
            entry.int_value = value
        elif isinstance(value, float):
            entry.float_value = value
        elif isinstance(value, str):
            entry.str_value = value
        elif isinstance(value, complex):
            entry.complex_value.real = value.real
            entry.complex_value.imag = value.imag
            entry.complex_value.SetInParent()
        elif isinstance(value, DataType):
            number: Any = value.number
            entry.data_type.data_type = number
        else:
            raise self._refused(
                f"found a {type(value).__module__}.{type(value).__qualname__}, "
                "expected None, a number, str, array, list, tuple, dict or data type"
            )

    def _refused(self, what: str) -> TsError:
        return fault(self._code, what, f"table[{len(self.bundle.table)}]", "CONTAINER-24")


def fill_tensor(entry: data_pb2.TensorData, value: np.ndarray[Any, Any] | np.generic) -> None:
    """Fill a tensor message from an array.

    Raises:
        UnsupportedError: UNSUPPORTED_DATA_TYPE, for a dtype that is none of the format.
    """
    array = np.asarray(value)
    data_type = tensors.data_type_of(array.dtype)
    number: Any = data_type.number
    entry.data_type = number
    entry.shape.extend(array.shape)
    entry.content = bytes(tensors.encode(array, data_type))


def encode(
    items: Iterable[tuple[str, Any]],
    types: Iterable[Type | None] = (),
    *,
    code: str = "BAD_REQUEST",
) -> data_pb2.DataBundle:
    """Write named values as a bundle; those with an empty name are by position and come first.

    `types` are the types of the items in order, as far as they are known: they tell a struct from
    a tuple.

    Raises:
        TsError: with `code`, for a value that is none of the format.
        UnsupportedError: UNSUPPORTED_DATA_TYPE.

    Spec: CONTAINER-24.
    """
    bundle = data_pb2.DataBundle()
    writer = BundleWriter(bundle, code)
    known = iter(types)
    for name, value in items:
        writer.item(name, value, next(known, None))
    return bundle
