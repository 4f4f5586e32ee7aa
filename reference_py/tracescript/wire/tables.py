"""Interns types, sizes, constants and weights, numbered by first reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import (
    DataType,
    DictType,
    DimExpr,
    ListType,
    OptionalType,
    ScalarType,
    Symbol,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.ir.values import Constant, Weight
from tracescript.v1 import model_pb2, type_pb2
from tracescript.wire import forms
from tracescript.wire.enums import DIM_OPERATORS, SCALAR_KINDS, invert
from tracescript.wire.faults import fault
from tracescript.wire.tensors import payload_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tracescript.errors import TsError
    from tracescript.ir.types import Dim, StructType, Type

_OPERATORS: Final = invert(DIM_OPERATORS)
_SCALARS: Final = invert(SCALAR_KINDS)


class Tables:
    """The interned tables of a model being written.

    `own` are the weights of parameters and buffers: these are never merged with equal ones. Entries
    go straight into `model`; `weights` has one entry for each of WeightTable but the sentinel.

    Spec: CONTAINER-16, WEIGHT-14.
    """

    def __init__(self, model: model_pb2.Model, own: frozenset[Weight]) -> None:
        self.weights: list[Weight] = []
        self._model = model
        self._own = own
        self._types: dict[Type, int] = {}
        self._seen: dict[int, tuple[Type, int]] = {}
        """By identity, because hashing a type costs as much as all else here."""
        self._type_entries: dict[bytes, int] = {}
        self._symbols: dict[Symbol, int] = {}
        self._dims: dict[Dim, int] = {}
        self._constants: dict[Hashable, int] = {}
        self._weights: dict[Hashable, int] = {}
        for table in (model.types, model.symbols, model.dim_exprs, model.constants):
            table.add()

    def symbol(self, symbol: Symbol) -> int:
        """Return the index of a symbol."""
        index = self._symbols.get(symbol)
        if index is None:
            index = self._symbols[symbol] = len(self._model.symbols)
            self._model.symbols.add(name=symbol.name, min=symbol.min, max=symbol.max)
        return index

    def dim(self, dim: Dim) -> int:
        """Return the index of a dimension expression.

        Raises:
            InvalidModelError: BAD_GUARD, for an unknown extent inside an expression or guard.
        """
        index = self._dims.get(dim)
        if index is not None:
            return index
        if dim is None:
            raise fault("BAD_GUARD", "found an unknown extent", "dim_exprs", "CONTAINER-19")
        entry = type_pb2.DimExpr()
        if isinstance(dim, Symbol):
            entry.symbol = self.symbol(dim)
        elif isinstance(dim, DimExpr):
            operands = [self.dim(operand) for operand in dim.operands]
            entry.operation.operator = _OPERATORS[dim.operator]
            entry.operation.operands.extend(operands)
        else:
            entry.literal = dim
        index = self._dims[dim] = len(self._model.dim_exprs)
        self._model.dim_exprs.append(entry)
        return index

    def type(self, form: Type) -> int:
        """Return the index of a type."""
        seen = self._seen.get(id(form))
        if seen is not None:
            return seen[1]
        index = self._types.get(form)
        if index is None:
            index = self._new_type(form)
        self._seen[id(form)] = (form, index)
        return index

    def holds(self, form: Type) -> bool:
        """Tell whether a type is in the table."""
        return form in self._types

    def _new_type(self, form: Type) -> int:
        entry = self._type_entry(form)
        # Unions of the same members in another order are one type in the file.
        key = entry.SerializeToString(deterministic=True)
        index = self._type_entries.setdefault(key, len(self._model.types))
        if index == len(self._model.types):
            self._model.types.append(entry)
        self._types[form] = index
        return index

    def _type_entry(self, form: Type) -> type_pb2.Type:
        if isinstance(form, TensorType):
            return type_pb2.Type(tensor=self._tensor(form))
        if isinstance(form, ScalarType):
            return type_pb2.Type(scalar=_SCALARS[form.kind])
        if isinstance(form, ListType):
            return type_pb2.Type(list=self.type(form.element))
        if isinstance(form, TupleType):
            elements = [self.type(element) for element in form.elements]
            return type_pb2.Type(tuple=type_pb2.TupleType(elements=elements))
        if isinstance(form, DictType):
            pair = type_pb2.DictType(key=self.type(form.key), value=self.type(form.value))
            return type_pb2.Type(dict=pair)
        if isinstance(form, OptionalType):
            return type_pb2.Type(optional=self.type(form.element))
        if isinstance(form, UnionType):
            members = sorted(self.type(member) for member in form.members)
            return type_pb2.Type(union=type_pb2.UnionType(members=members))
        return type_pb2.Type(struct=self._struct(form))

    def _tensor(self, form: TensorType) -> type_pb2.TensorType:
        entry = type_pb2.TensorType(data_type=_number(form.data_type))
        if form.shape is None:
            return entry
        entry.shape.SetInParent()
        for extent in form.shape:
            dim = entry.shape.dims.add()
            if isinstance(extent, Symbol):
                dim.symbol = self.symbol(extent)
            elif isinstance(extent, DimExpr):
                dim.expr = self.dim(extent)
            elif extent is not None:
                if not 0 <= extent <= forms.EXTENT_MAX:
                    what = f"found the extent {extent}, expected 0..2^64-1"
                    where = f"types[{len(self._model.types)}]"
                    raise fault("BAD_TYPE", what, where, "CONTAINER-19")
                dim.size = extent
        return entry

    def _struct(self, form: StructType) -> type_pb2.StructType:
        fields = [type_pb2.StructField(name=name, type=self.type(t)) for name, t in form.fields]
        return type_pb2.StructType(name=form.name, fields=fields, is_tuple=form.is_tuple)

    def weight(self, weight: Weight) -> int:
        """Return the index of a weight. A literal is merged with those of equal type and bytes."""
        key: Hashable = weight
        if not weight.shape and weight not in self._own:
            key = (weight.data_type, bytes(payload_of(weight)))
        index = self._weights.get(key)
        if index is None:
            self.weights.append(weight)
            index = self._weights[key] = len(self.weights)
        return index

    def constant(self, constant: Constant) -> int:
        """Return the index of a constant.

        Raises:
            InvalidModelError: BAD_CONSTANT, CONTAINER-22, if the value does not fit the type.
        """
        key: Hashable = constant
        index = self._constants.get(key)
        if index is not None:
            return index
        entry = model_pb2.Constant(type=self.type(constant.type))
        self._fill(entry, constant)
        # The type is part of the entry, so 1, 1.0 and True stay apart.
        content = entry.SerializeToString(deterministic=True)
        index = self._constants.setdefault(content, len(self._model.constants))
        if index == len(self._model.constants):
            self._model.constants.append(entry)
        self._constants[key] = index
        return index

    def _fill(self, entry: model_pb2.Constant, constant: Constant) -> None:
        value = constant.value
        form = forms.chosen(constant.type, value)
        if form is None or not _in_range(value):
            raise self._bad_constant(value, constant.type)
        if isinstance(value, Weight):
            entry.weight = self.weight(value)
        elif isinstance(form, DictType):
            entry.entries.SetInParent()
            for key, item in value:
                entry.entries.items.append(self._element(key, form.key))
                entry.entries.items.append(self._element(item, form.value))
        elif isinstance(value, tuple):
            self._fill_elements(entry, form, value)
        else:
            _fill_scalar(entry, value)

    def _fill_elements(self, entry: model_pb2.Constant, form: Type, value: tuple[Any, ...]) -> None:
        plain = [forms.plain(item) for item in value]
        packed = forms.packed_type(form)
        if packed is not None and not all(map(_in_range, plain)):
            raise self._bad_constant(plain, form)
        if packed == forms.INT:
            entry.ints.SetInParent()
            entry.ints.items.extend(plain)
        elif packed == forms.FLOAT:
            entry.floats.SetInParent()
            entry.floats.items.extend(map(forms.one_nan, plain))
        else:
            types = forms.element_types(form, len(value)) or ()
            entry.elements.SetInParent()
            items = [self._element(item, t) for item, t in zip(value, types, strict=True)]
            entry.elements.items.extend(items)

    def _bad_constant(self, value: Any, form: Type) -> TsError:
        what = f"found the value {value!r:.80}, expected one of {form!r:.200}"
        where = f"constants[{len(self._model.constants)}]"
        return fault("BAD_CONSTANT", what, where, "CONTAINER-22")

    def _element(self, item: Any, form: Type) -> int:
        return self.constant(item if isinstance(item, Constant) else Constant(form, item))


def _number(data_type: DataType) -> Any:
    return data_type.number


def _in_range(value: Any) -> bool:
    return type(value) is not int or forms.INT_MIN <= value <= forms.INT_MAX


def _fill_scalar(entry: model_pb2.Constant, value: Any) -> None:
    if isinstance(value, bool):
        entry.bool_value = value
    elif isinstance(value, int):
        entry.int_value = value
    elif isinstance(value, float):
        entry.float_value = forms.one_nan(value)
    elif isinstance(value, str):
        entry.str_value = value
    elif isinstance(value, complex):
        entry.complex_value.real = forms.one_nan(value.real)
        entry.complex_value.imag = forms.one_nan(value.imag)
        entry.complex_value.SetInParent()
    elif isinstance(value, DataType):
        entry.data_type.data_type = _number(value)
