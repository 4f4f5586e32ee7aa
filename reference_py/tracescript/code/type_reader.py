"""Reads types and dimension expressions from the syntax tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from tracescript.code.names import DATA_TYPES
from tracescript.ir.types import (
    DictType,
    Dim,
    DimExpr,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    Symbol,
    TensorType,
    TupleType,
    Type,
    UnionType,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.code.source import Source
    from tracescript.ir.types import StructType

_SCALARS: Final = {kind.value: ScalarType(kind) for kind in ScalarKind if kind.value != "None"}
_OPERATORS: Final = {ast.Add: "+", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%"}
_FLAT: Final = frozenset({"+", "*", "min", "max"})
_CALLS: Final = frozenset({"min", "max", "ceil_div"})
_DEEPEST: Final = 32
_PAIR: Final = 2
_MOST: Final = 1 << 63


class TypeReader:
    """Reads the types of one unit.

    `symbols` are the unit's dimensions by name; `struct` finds a struct type by its class, or None.
    """

    def __init__(
        self,
        source: Source,
        symbols: Mapping[str, Symbol],
        struct: Callable[[str], StructType | None],
    ) -> None:
        self._source = source
        self._symbols = symbols
        self._struct = struct

    def read(self, node: ast.expr, depth: int = 0) -> Type:
        """Read a type. Raises InvalidModelError, BAD_CODE. Spec: CODE-11."""
        if depth > _DEEPEST:
            raise self._source.fault(node, f"the type is nested deeper than {_DEEPEST}", "CODE-3")
        if isinstance(node, ast.Constant) and node.value is None:
            return ScalarType(ScalarKind.NONE)
        if isinstance(node, ast.Name):
            return self._named(node)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if node.value.id == "Tensor":
                return self._tensor(node, items)
            return self._generic(node, node.value.id, [self.read(i, depth + 1) for i in items])
        raise self._source.fault(node, "expected a type", "CODE-11")

    def _named(self, node: ast.Name) -> Type:
        if node.id in _SCALARS:
            return _SCALARS[node.id]
        struct = self._struct(node.id)
        if struct is None:
            raise self._source.fault(node, f"{node.id} is no type", "CODE-11")
        return struct

    def _generic(self, node: ast.expr, name: str, parts: list[Type]) -> Type:
        if name == "list" and len(parts) == 1:
            return ListType(parts[0])
        if name == "Optional" and len(parts) == 1:
            return OptionalType(parts[0])
        if name == "dict" and len(parts) == _PAIR:
            return DictType(parts[0], parts[1])
        if name == "tuple":
            return TupleType(tuple(parts))
        if name == "Union":
            return UnionType(tuple(parts))
        what = f"{name} with {len(parts)} parts is no type"
        raise self._source.fault(node, what, "CODE-11")

    def _tensor(self, node: ast.expr, items: list[ast.expr]) -> TensorType:
        first = items[0] if items else node
        data_type = DATA_TYPES.get(first.id) if isinstance(first, ast.Name) else None
        if data_type is None:
            raise self._source.fault(first, "expected a data type such as float32", "CODE-11")
        rest = items[1:]
        if len(rest) == 1 and isinstance(rest[0], ast.Constant) and rest[0].value is ...:
            return TensorType(data_type, None)
        return TensorType(data_type, tuple(self._extent(item) for item in rest))

    def _extent(self, node: ast.expr) -> Dim:
        if isinstance(node, ast.Name) and node.id == "_":
            return None
        return self.dim(node)

    def dim(self, node: ast.expr, depth: int = 0) -> int | Symbol | DimExpr:
        """Read a dimension expression. Raises InvalidModelError, BAD_CODE. Spec: CODE-12."""
        if depth > _DEEPEST:
            raise self._source.fault(node, f"nested deeper than {_DEEPEST}", "CODE-3")
        number = self._number(node)
        if number is not None:
            return number
        if isinstance(node, ast.Name):
            if node.id not in self._symbols:
                raise self._source.fault(node, f"{node.id} is no Dim of this unit", "CODE-12")
            return self._symbols[node.id]
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return self._joined(_OPERATORS[type(node.op)], [node.left, node.right], depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return DimExpr("neg", (self.dim(node.operand, depth + 1),))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            if node.func.id in _CALLS and len(node.args) == _PAIR:
                return self._joined(node.func.id, node.args, depth)
            raise self._source.fault(node, f"no dimension is made by {node.func.id}", "CODE-12")
        raise self._source.fault(node, "expected a dimension", "CODE-12")

    def _joined(self, operator: str, nodes: list[ast.expr], depth: int) -> DimExpr:
        left, right = (self.dim(node, depth + 1) for node in nodes)
        if operator in _FLAT and isinstance(left, DimExpr) and left.operator == operator:
            return DimExpr(operator, (*left.operands, right))
        return DimExpr(operator, (left, right))

    def _number(self, node: ast.expr) -> int | None:
        sign, value = 1, node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            sign, value = -1, node.operand
        if not isinstance(value, ast.Constant) or type(value.value) is not int:
            return None
        if not -_MOST <= sign * value.value < _MOST:
            raise self._source.fault(node, "the number exceeds 64 bits", "CODE-12")
        return sign * value.value
