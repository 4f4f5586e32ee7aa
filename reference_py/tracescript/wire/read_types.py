"""Reads symbols, dimension expressions and types: each table in one forward pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import limits
from tracescript.ir.types import (
    DictType,
    DimExpr,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    Symbol,
    TensorType,
    TupleType,
    UnionType,
)
from tracescript.wire.enums import DATA_TYPES, DIM_OPERATORS, SCALAR_KINDS
from tracescript.wire.faults import bad_index, check_sentinel, fault, over_limit, unset

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracescript.ir.types import Dim, Type
    from tracescript.v1 import model_pb2, type_pb2
    from tracescript.wire.enums import Enums


class Growth:
    """Bounds what entries unfold to: a table of small entries can stand for a huge tree.

    `parts[i]` counts the parts of entry i as if nothing were shared.
    """

    def __init__(self, most_parts: int) -> None:
        self.parts = [0]
        self._most_parts = most_parts
        self._depth = [0]
        self._total = 0

    def add(self, references: Iterable[int], where: str, own: int = 1) -> None:
        """Record the next entry with its references to earlier ones and its own parts.

        Raises:
            UnsupportedError: FILE_LIMIT, CONTAINER-20.
        """
        depth = 1
        for reference in references:
            depth = max(depth, self._depth[reference] + 1)
            own += self.parts[reference]
        if depth > limits.MAX_DEPTH:
            raise over_limit(where, "levels", depth, limits.MAX_DEPTH)
        if own > self._most_parts:
            raise over_limit(where, "parts", own, self._most_parts)
        self._total += own
        if self._total > limits.MAX_TOTAL_PARTS:
            raise over_limit(where, "parts in all", self._total, limits.MAX_TOTAL_PARTS)
        self._depth.append(depth)
        self.parts.append(own)


class TypeReader:
    """The symbols, dimension expressions and types of a model by index; entry 0 is None.

    Raises:
        InvalidModelError: BAD_INDEX, BAD_NAME, BAD_TYPE, BAD_ENUM.
        UnsupportedError: FILE_LIMIT, UNSUPPORTED_FEATURE, UNSUPPORTED_DATA_TYPE.

    Spec: CONTAINER-17, CONTAINER-18, CONTAINER-19.
    """

    def __init__(self, model: model_pb2.Model, enums: Enums) -> None:
        self._enums = enums
        self.symbols: list[Any] = [None]
        self.dims: list[Any] = [None]
        self.types: list[Any] = [None]
        self._dim_growth = Growth(limits.MAX_TYPE_PARTS)
        self._type_growth = Growth(limits.MAX_TYPE_PARTS)
        self._read_symbols(model.symbols)
        check_sentinel(model.dim_exprs, "dim_exprs")
        for i in range(1, len(model.dim_exprs)):
            self._read_dim(model.dim_exprs[i], i, f"dim_exprs[{i}]")
        check_sentinel(model.types, "types")
        for i in range(1, len(model.types)):
            self._read_type(model.types[i], i, f"types[{i}]")

    def _read_symbols(self, table: Sequence[type_pb2.Symbol]) -> None:
        check_sentinel(table, "symbols")
        seen: set[str] = set()
        for i in range(1, len(table)):
            entry = table[i]
            if entry.name in seen or not entry.name:
                what = f"found the name {entry.name!r}, expected one that no other symbol has"
                raise fault("BAD_NAME", what, f"symbols[{i}].name", "CONTAINER-21")
            seen.add(entry.name)
            most = entry.max if entry.HasField("max") else None
            self.symbols.append(Symbol(entry.name, entry.min, most))

    def symbol(self, index: int, where: str) -> Symbol:
        """Return a symbol. Raises InvalidModelError, BAD_INDEX."""
        if not 0 < index < len(self.symbols):
            raise bad_index(where, index, 1, len(self.symbols) - 1)
        found: Symbol = self.symbols[index]
        return found

    def dim(self, index: int, where: str) -> Dim:
        """Return a dimension expression. Raises InvalidModelError, BAD_INDEX."""
        if not 0 < index < len(self.dims):
            raise bad_index(where, index, 1, len(self.dims) - 1)
        return self.dims[index]

    def type(self, index: int, where: str) -> Type:
        """Return a type. Raises InvalidModelError, BAD_INDEX."""
        if not 0 < index < len(self.types):
            raise bad_index(where, index, 1, len(self.types) - 1)
        found: Type = self.types[index]
        return found

    def _read_dim(self, entry: type_pb2.DimExpr, index: int, where: str) -> None:
        kind = entry.WhichOneof("kind")
        references: Sequence[int] = ()
        made: Dim
        if kind == "literal":
            made = entry.literal
        elif kind == "symbol":
            made = self.symbol(entry.symbol, f"{where}.symbol")
        elif kind == "operation":
            references = entry.operation.operands
            place = f"{where}.operation"
            operands = tuple(
                self.dim(operand, f"{place}.operands[{i}]") for i, operand in enumerate(references)
            )
            operator = self._enums.name(
                DIM_OPERATORS, entry.operation.operator, f"{place}.operator"
            )
            made = DimExpr(operator, operands)  # type: ignore[arg-type]  # no entry but 0 is None
            _check_arity(operator, len(operands), place)
        else:
            raise unset("BAD_TYPE", where, "kind")
        self._dim_growth.add(references, where)
        self.dims.append(made)
        assert len(self.dims) == index + 1

    def _read_type(self, entry: type_pb2.Type, index: int, where: str) -> None:
        made, references, parts = self._make(entry, where)
        self._type_growth.add(references, where, parts)
        self.types.append(made)
        assert len(self.types) == index + 1

    def _make(self, entry: type_pb2.Type, where: str) -> tuple[Type, Sequence[int], int]:
        """Return a type, its references to other types and its own size."""
        kind = entry.WhichOneof("kind")
        if kind == "tensor":
            dims = entry.tensor.shape.dims
            made = self._tensor(entry.tensor, where)
            own = sum([self._dim_growth.parts[dim.expr] for dim in dims], 1 + len(dims))
            return made, (), own
        if kind == "scalar":
            return (
                ScalarType(self._enums.name(SCALAR_KINDS, entry.scalar, f"{where}.scalar")),
                (),
                1,
            )
        if kind == "list":
            return ListType(self.type(entry.list, f"{where}.list")), (entry.list,), 1
        if kind == "optional":
            inner = entry.optional
            return OptionalType(self.type(inner, f"{where}.optional")), (inner,), 1
        if kind == "dict":
            key, value = entry.dict.key, entry.dict.value
            key_type = self.type(key, f"{where}.dict.key")
            return DictType(key_type, self.type(value, f"{where}.dict.value")), (key, value), 1
        if kind == "tuple":
            elements = entry.tuple.elements
            return TupleType(self._all(elements, f"{where}.tuple.elements")), elements, 1
        if kind == "union":
            members = entry.union.members
            return UnionType(self._all(members, f"{where}.union.members")), members, 1
        if kind == "struct":
            return self._struct(entry.struct, where)
        raise unset("BAD_TYPE", where, "kind")

    def _all(self, indices: Sequence[int], where: str) -> tuple[Type, ...]:
        return tuple(self.type(index, f"{where}[{i}]") for i, index in enumerate(indices))

    def _struct(
        self, entry: type_pb2.StructType, where: str
    ) -> tuple[StructType, Sequence[int], int]:
        fields = tuple(
            (field.name, self.type(field.type, f"{where}.struct.fields[{i}].type"))
            for i, field in enumerate(entry.fields)
        )
        references = [field.type for field in entry.fields]
        return StructType(entry.name, fields, entry.is_tuple), references, 1

    def _tensor(self, entry: type_pb2.TensorType, where: str) -> TensorType:
        data_type = self._enums.name(DATA_TYPES, entry.data_type, f"{where}.tensor.data_type")
        if not entry.HasField("shape"):
            return TensorType(data_type, None)
        dims = entry.shape.dims
        if len(dims) > limits.MAX_RANK:
            raise over_limit(f"{where}.tensor.shape", "dimensions", len(dims), limits.MAX_RANK)
        place = f"{where}.tensor.shape.dims"
        shape = [self._extent(dim, f"{place}[{i}]") for i, dim in enumerate(dims)]
        return TensorType(data_type, tuple(shape))

    def _extent(self, dim: type_pb2.Dim, where: str) -> Dim:
        kind = dim.WhichOneof("extent")
        if kind == "size":
            return dim.size
        if kind == "symbol":
            return self.symbol(dim.symbol, f"{where}.symbol")
        if kind is None:
            return None
        expression = self.dim(dim.expr, f"{where}.expr")
        if not isinstance(expression, DimExpr):
            what = "found a number or symbol, expected an operation"
            raise fault("BAD_TYPE", what, f"{where}.expr", "CONTAINER-19")
        return expression


_VARIADIC = frozenset({"+", "*", "min", "max"})


def _check_arity(operator: str, count: int, where: str) -> None:
    """Require the number of operands that an operator has."""
    least = 1 if operator == "neg" else 2
    if count < least or (count > least and operator not in _VARIADIC):
        more = " or more" if operator in _VARIADIC else ""
        what = f"found {count} operands of {operator}, expected {least}{more}"
        raise fault("BAD_TYPE", what, f"{where}.operands", "CONTAINER-19")
