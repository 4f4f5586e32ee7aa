"""The conditions by which a Python name means one op or another."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import DataType, ListType, ScalarType, TensorType, TupleType
from tracescript.opset import dtypes
from tracescript.opset.table import REQUIRED
from tracescript.producer.script.emitter.diagnostics import is_tensor
from tracescript.producer.script.emitter.entries import Items, Known, constant_of
from tracescript.producer.script.library.coerce import data_type, rank

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.opset.table import OpDef
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Arguments = dict[str, Entry]


def kind_of(e: Emitter, entry: Entry) -> str:
    """Return an operand's kind as conditions of name tables speak of it."""
    if is_tensor(entry) or e.session.holds_array(entry):
        return "tensor"
    kind = e.type_of_items(entry)
    while isinstance(kind, ListType):
        kind = kind.element
    if isinstance(kind, TupleType):
        return _widest({getattr(getattr(x, "kind", None), "value", "") for x in kind.elements})
    if isinstance(kind, ScalarType):
        return kind.kind.value
    if isinstance(entry, Items) and entry.is_list:
        return _widest({kind_of(e, p) for p in entry.parts})
    return "other"


def _widest(kinds: set[str]) -> str:
    """Return the kind of an array of elements of these kinds."""
    wide = next((k for k in ("float", "int") if k in kinds), None)
    return wide or next(iter(kinds), "float")


class Condition:
    """Decides the `when` of a name: small expressions over a call's arguments."""

    def __init__(self, e: Emitter, op: OpDef, bound: Arguments, count: int) -> None:
        self.e = e
        self.op = op
        self.bound = bound
        self.count = count

    def holds(self, text: str) -> bool:
        """Whether the condition holds; an empty one does."""
        return not text or bool(self.value(ast.parse(text, mode="eval").body))

    def value(self, node: ast.expr) -> Any:
        """Evaluate one node."""
        if isinstance(node, ast.BoolOp):
            parts = (bool(self.value(v)) for v in node.values)
            return all(parts) if isinstance(node.op, ast.And) else any(parts)
        if isinstance(node, ast.UnaryOp):
            return not self.value(node.operand)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._function(node.func.id, node.args)
        if isinstance(node, ast.Constant):
            return node.value
        assert isinstance(node, ast.Name)
        if node.id == "count":
            return self.count
        entry = self.bound.get(node.id)
        if entry is None:
            attribute = self.op.attribute(node.id)
            return None if attribute is None or attribute.default is REQUIRED else attribute.default
        known, value = constant_of(entry)
        return value if known else entry

    def _compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        is_open = isinstance(node.left, ast.Name) and node.left.id not in self.bound
        if is_open and isinstance(node.ops[0], ast.Is | ast.IsNot):
            left = None  # what the library takes by default is not what the op does
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparator)
            if left is None and isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
                return False
            if not _COMPARE[type(op)](left, right):
                return False
            left = right
        return True

    def _function(self, name: str, args: list[ast.expr]) -> Any:
        if name == "in_set":
            return dtypes.in_set(self.value(args[0]), self.value(args[1]))
        first = args[0]
        entry = self.bound.get(first.id) if isinstance(first, ast.Name) else None
        if entry is None:
            return "None" if name == "kind" else False
        if name == "kind":
            return kind_of(self.e, entry)
        if name == "is_number":
            return kind_of(self.e, entry) in {"int", "float"}
        if name in {"is_int", "is_float", "is_tensor"}:
            return kind_of(self.e, entry) == name[3:] and not (
                name == "is_int" and isinstance(entry, Items)
            )
        if name == "is_dtype":
            return isinstance(entry, Known) and not e_is_device(entry)
        if name == "len":
            known, value = constant_of(entry)
            return len(value) if known else len(getattr(entry, "parts", ()))
        value = self.e.value(entry)
        if not isinstance(value.type, TensorType):
            return False
        return {"rank": rank, "dtype": data_type}.get(name, lambda _: False)(value)


def e_is_device(entry: Known) -> bool:
    """Whether an object is a torch device."""
    return type(entry.value).__name__ == "device"


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: getattr(a, "value", a) == b if isinstance(a, DataType) else a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
