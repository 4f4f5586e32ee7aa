"""Writes types and dimension expressions; the reading half is `type_reader`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.code.names import fitted, is_numbered
from tracescript.ir.literals import data_type_text
from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    StructType,
    Symbol,
    TensorType,
    TupleType,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracescript.ir.types import Dim, Type

INFIX = ("+", "*", "//", "%")


class TypeWriter:
    """Writes types for one unit and remembers which symbols it used, in order.

    `structs` gives each struct type of the model the name of its class.
    """

    def __init__(self, structs: Mapping[StructType, str]) -> None:
        self.symbols: dict[Symbol, str] = {}
        self._structs = structs
        self._texts: dict[Type, str] = {}

    def text(self, t: Type) -> str:
        """Write a type: `Tensor[float32, B, 4]`."""
        found = self._texts.get(t)
        if found is None:
            found = self._texts[t] = self._write(t)
        return found

    def _write(self, t: Type) -> str:
        if isinstance(t, TensorType):
            return self._tensor(t)
        if isinstance(t, ScalarType):
            return t.kind.value
        if isinstance(t, StructType):
            return self._structs[t]
        if isinstance(t, ListType):
            return f"list[{self.text(t.element)}]"
        if isinstance(t, OptionalType):
            return f"Optional[{self.text(t.element)}]"
        if isinstance(t, DictType):
            return f"dict[{self.text(t.key)}, {self.text(t.value)}]"
        if isinstance(t, TupleType):
            return f"tuple[{', '.join(map(self.text, t.elements)) or '()'}]"
        return f"Union[{', '.join(map(self.text, t.members)) or '()'}]"

    def _tensor(self, t: TensorType) -> str:
        shape = ["..."] if t.shape is None else [self.dim(d) for d in t.shape]
        return f"Tensor[{', '.join([data_type_text(t.data_type), *shape])}]"

    def dim(self, dim: Dim) -> str:
        """Write a dimension expression: `(B + 1)`; `_` where it is unknown."""
        if dim is None:
            return "_"
        if isinstance(dim, int):
            return str(dim)
        if isinstance(dim, Symbol):
            return self._symbol(dim)
        parts = [self.dim(operand) for operand in dim.operands]
        if dim.operator == "neg":
            return f"(-{parts[0]})"
        result = parts[0]
        for part in parts[1:]:
            infix = dim.operator in INFIX
            result = (
                f"({result} {dim.operator} {part})"
                if infix
                else f"{dim.operator}({result}, {part})"
            )
        return result

    def _symbol(self, symbol: Symbol) -> str:
        if symbol not in self.symbols:
            base = fitted(symbol.name, "d")
            base = f"{base}_" if is_numbered(base) or base in _NO_DIMS else base
            name, number = base, 2
            while name in self.symbols.values():
                name, number = f"{base}_{number}", number + 1
            self.symbols[symbol] = name
        return self.symbols[symbol]


_NO_DIMS = frozenset({"min", "max", "ceil_div"})
