"""Writes the model of a file as text: its own code where it has some, else its graph.

Files here may be broken on purpose: an index that leads nowhere is written as `?9`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from tracescript.v1 import file_pb2, model_pb2, tensor_pb2, type_pb2
from tracescript_conformance.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

_DEEPEST = 12
_MOST_LINES = 200
_MOST_NAMES = 16
_LONGEST = 120


def lines(content: bytes, *, graph: bool = False) -> Iterator[str]:
    """Yield the lines of a model: code and, where there is none or it is asked for, the graph."""
    try:
        file = file_pb2.File.FromString(content)
    except DecodeError:
        yield f"not a protobuf message; begins {content[:24].hex(' ') or 'nowhere: it is empty'}"
        return
    for unit in file.code.units:
        yield from (plain(line, 200) for line in unit.text.rstrip().split("\n"))
        yield ""
    if graph or not file.code.units:
        for i, line in enumerate(_Graph(file.model).lines()):
            if i == _MOST_LINES:
                yield "..."
                return
            yield plain(line, 200)


def _name(kind: EnumTypeWrapper, number: int) -> str:
    found = kind.DESCRIPTOR.values_by_number.get(number)
    prefix = kind.DESCRIPTOR.values[0].name.removesuffix("UNSPECIFIED")
    return found.name.removeprefix(prefix).lower() if found else f"?{number}"


class _Graph:
    """Writes a model message; every index may be wrong."""

    def __init__(self, model: model_pb2.Model) -> None:
        self._model = model
        self._written: dict[tuple[str, int], str] = {}

    def lines(self) -> Iterator[str]:
        for i, function in enumerate(self._model.functions):
            if i or function.name:
                yield from self._function(i, function)

    def _function(self, index: int, function: model_pb2.Function) -> Iterator[str]:
        given = ", ".join(f"{i.name}: {self.type(i.type)}" for i in function.inputs)
        gives = ", ".join(self.type(o.type) for o in function.outputs)
        origin = _name(model_pb2.Origin, function.origin)
        yield f"function {index} {function.name}({given}) -> {gives}  # {origin}"
        yield from self._block(function, 1, "    ")
        for i, decision in enumerate(function.trace_decisions):
            kind = _name(model_pb2.TraceDecisionKind, decision.kind)
            seen = self.constant(decision.observed)
            yield f"    guard {i}: {kind} %{decision.value} was {seen}"
        for i, guard in enumerate(function.shape_guards):
            word = _name(type_pb2.Comparison, guard.comparison)
            left, right = self.extent(guard.left), self.extent(guard.right)
            yield f"    shape guard {i}: {left} {word} {right}"

    def _block(self, function: model_pb2.Function, index: int, indent: str) -> Iterator[str]:
        if index >= len(function.blocks) or len(indent) > 4 * _DEEPEST:
            yield f"{indent}block ?{index}"
            return
        block = function.blocks[index]
        if block.inputs and index > 1:
            yield f"{indent}given {self._values(function, block.inputs)}"
        for node in block.nodes:
            yield f"{indent}{self._node(function, node)}"
            for inner in node.blocks:
                yield f"{indent}  block {inner}:"
                yield from self._block(function, inner, indent + "    ")
        yield f"{indent}return {self._values(function, block.results)}"

    def _node(self, function: model_pb2.Function, node: model_pb2.Node) -> str:
        made = ", ".join(
            f"%{i}: {self.type(_at(function.values, i, 'type'))}" for i in node.outputs
        )
        words = [self._values(function, node.inputs)] if node.inputs else []
        for attribute in node.attributes:
            kind = attribute.WhichOneof("value")
            number = getattr(attribute, kind) if kind else 0
            shown = {"constant": self.constant, "type": self.type}.get(str(kind), str)(number)
            words.append(f"{attribute.name}={shown}")
        op = self._model.ops[node.op].name if node.op < len(self._model.ops) else f"?{node.op}"
        return f"{made + ' = ' if made else ''}{op}({', '.join(words)})"

    def _values(self, function: model_pb2.Function, indices: Any) -> str:
        shown = []
        for i in indices[:_MOST_NAMES]:
            constant = _at(function.values, i, "constant")
            shown.append(self.constant(constant) if constant else f"%{i}")
        return ", ".join(shown) + (", ..." if len(indices) > _MOST_NAMES else "")

    def constant(self, index: int | None, deep: int = 0) -> str:
        """Write a constant by its index."""
        if index is None or index >= len(self._model.constants) or deep > _DEEPEST:
            return f"?{index}"
        return self._once("constant", index, lambda: self._constant(index, deep))

    def _once(self, table: str, index: int, made: Callable[[], str]) -> str:
        """Write an entry once, and short: entries that hold each other would grow without end."""
        if (table, index) not in self._written:
            self._written[table, index] = plain(made(), _LONGEST)
        return self._written[table, index]

    def _constant(self, index: int, deep: int) -> str:
        constant = self._model.constants[index]
        kind = constant.WhichOneof("value")
        if kind is None:
            return "none"
        value = getattr(constant, kind)
        if kind in {"elements", "entries"}:
            parts = (self.constant(i, deep + 1) for i in value.items[:_MOST_NAMES])
            shown = ", ".join(parts)
            return f"[{shown}]" if kind == "elements" else f"{{{shown}}}"
        if kind in {"ints", "floats"}:
            return str(list(value.items[:_MOST_NAMES]))
        if kind == "weight":
            return f"weight {value}"
        if kind == "data_type":
            return _name(tensor_pb2.DataType, value.data_type)
        return str(complex(value.real, value.imag) if kind == "complex_value" else value)

    def type(self, index: int | None, deep: int = 0) -> str:
        """Write a type by its index."""
        if index is None or index >= len(self._model.types) or deep > _DEEPEST:
            return f"?{index}"
        return self._once("type", index, lambda: self._type(index, deep))

    def _type(self, index: int, deep: int) -> str:
        found = self._model.types[index]
        kind = found.WhichOneof("kind")
        if kind == "tensor":
            name = _name(tensor_pb2.DataType, found.tensor.data_type)
            if not found.tensor.HasField("shape"):
                return f"{name}[...]"
            return f"{name}[{', '.join(map(self._dim, found.tensor.shape.dims))}]"
        if kind == "scalar":
            return _name(type_pb2.ScalarKind, found.scalar)
        if kind in {"list", "optional"}:
            return f"{kind}[{self.type(getattr(found, kind), deep + 1)}]"
        if kind == "dict":
            key, value = found.dict.key, found.dict.value
            return f"dict[{self.type(key, deep + 1)}, {self.type(value, deep + 1)}]"
        if kind == "struct":
            return found.struct.name
        inner: Any = ()
        if kind is not None:
            inner = found.tuple.elements if kind == "tuple" else found.union.members
        return f"{kind}[{', '.join(self.type(i, deep + 1) for i in inner[:_MOST_NAMES])}]"

    def _dim(self, dim: type_pb2.Dim) -> str:
        kind = dim.WhichOneof("extent")
        if kind is None:
            return "_"
        if kind == "symbol":
            return _at(self._model.symbols, dim.symbol, "name") or f"?{dim.symbol}"
        return self.extent(dim.expr) if kind == "expr" else str(dim.size)

    def extent(self, index: int, deep: int = 0) -> str:
        """Write an expression over symbols by its index."""
        if index >= len(self._model.dim_exprs) or deep > _DEEPEST:
            return f"?{index}"
        return self._once("extent", index, lambda: self._extent(index, deep))

    def _extent(self, index: int, deep: int) -> str:
        found = self._model.dim_exprs[index]
        kind = found.WhichOneof("kind")
        if kind == "symbol":
            return _at(self._model.symbols, found.symbol, "name") or f"?{found.symbol}"
        if kind == "operation":
            word = _name(type_pb2.DimOperator, found.operation.operator)
            inner = (self.extent(i, deep + 1) for i in found.operation.operands[:_MOST_NAMES])
            return f"{word}({', '.join(inner)})"
        return str(found.literal)


def _at(table: Any, index: int, field: str) -> Any:
    return getattr(table[index], field) if index < len(table) else None
