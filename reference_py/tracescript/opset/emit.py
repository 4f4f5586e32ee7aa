"""Writes the nodes of an expansion: scalar arithmetic on sizes, lists, and calls of ops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import DataType, ListType, ScalarKind, ScalarType, TensorType, Value
from tracescript.ir.constants import FLOAT, INT
from tracescript.opset.dtypes import members
from tracescript.opset.fold import CannotExpandError, zero_d
from tracescript.opset.table import OpDef, opset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.ir import Type
    from tracescript.opset.build import Builder
    from tracescript.opset.calls import Typing
    from tracescript.opset.table import InputDef

_IDENTITY: Final = {("add", 0), ("sub", 0), ("mul", 1), ("floordiv", 1)}


class Emitter:
    """Appends nodes to the builder of the block that is being written.

    Python values are known before the model runs and become constants where a node needs them;
    an `ir.Value` is computed while it runs.
    """

    def __init__(self, builder: Builder, typing: Typing) -> None:
        self.builder = builder
        self.typing = typing
        self._sizes: dict[tuple[Value, int], Value] = {}

    def plain(self, value: Any) -> Any:
        """Return the Python value of what is known before the model runs, else the value itself."""
        if not isinstance(value, Value) or isinstance(value.type, TensorType):
            return value
        if value.constant is not None:
            return _plain_constant(value)
        known = self.typing.known(value)
        return known if isinstance(known, int) else value

    def items(self, value: Any) -> list[Any] | None:
        """Return the items of a list whose length is known, else None."""
        if not isinstance(value, Value):
            return list(value)
        made = self.typing.items(value)
        if made is not None:
            return [self.plain(item) for item in made]
        known = self.typing.known(value)
        if not isinstance(known, tuple):
            return None
        return [
            n if isinstance(n, int) else self.call("list.get", [value, i], {})
            for i, n in enumerate(known)
        ]

    def optional(self, given: Any, type_: Type | None = None) -> Value | None:
        """Return an optional input as a node takes it."""
        return None if given is None else self.value(given, type_)

    def value(self, given: Any, type_: Type | None = None) -> Value:
        """Return a value as a node takes it: a Python value becomes a constant."""
        if isinstance(given, Value):
            return given
        if isinstance(given, list | tuple):
            return self._list(list(given), type_)
        return self.builder.constant(given, type_)

    def _list(self, items: list[Any], type_: Type | None) -> Value:
        if all(isinstance(item, bool | int | float | str) for item in items):
            return self.builder.constant(items, type_ or ListType(INT))
        values = [self.value(item) for item in items]
        return self.builder.call("list.make", values)[0]

    def size(self, x: Value, dim: int) -> Any:
        """Return an extent: a number where the type has one, else a node."""
        shape = x.type.shape if isinstance(x.type, TensorType) else None
        axis = dim % len(shape) if shape else dim
        if shape is not None and isinstance(shape[axis], int):
            return shape[axis]
        if (x, axis) not in self._sizes:
            self._sizes[x, axis] = self.builder.call("size", [x], {"dim": axis})[0]
        return self._sizes[x, axis]

    def branch(self) -> Emitter:
        """Return an emitter of a block inside this one."""
        inner = Emitter(self.builder.child(), self.typing)
        inner._sizes = dict(self._sizes)
        return inner

    def arithmetic(self, word: str, a: Any, b: Any) -> Any:
        """Return the result of int or float arithmetic with at least one run-time operand."""
        if not isinstance(b, Value) and (word, b) in _IDENTITY:
            return a
        if not isinstance(a, Value) and (word, a) in {("add", 0), ("mul", 1)}:
            return b
        if self.is_float(a) or self.is_float(b):
            operation = "div" if word == "truediv" else word
            operands = [self.to_float(a), self.to_float(b)]
            return self.call("float.arith", operands, {"operation": operation})
        return self.call(f"int.{word}", [a, b], {})

    def compare(self, relation: str, a: Any, b: Any) -> Any:
        """Return the bool of comparing two numbers, or whether two lists of them are equal.

        At least one number is known only at run time.
        """
        if a is b:
            return relation in {"eq", "le", "ge"}
        if isinstance(a, list) or (isinstance(a, Value) and isinstance(a.type, ListType)):
            alike = self.call("equal", [a, b], {})
            return alike if relation == "eq" else self.call("bool.not", [alike], {})
        if self.is_float(a) or self.is_float(b):
            operands = [self.to_float(a), self.to_float(b)]
            return self.call("float.cmp", operands, {"relation": relation})
        return self.call("int.cmp", [a, b], {"relation": relation})

    def is_float(self, a: Any) -> bool:
        """Return whether this is a float, known or not."""
        return a.type == FLOAT if isinstance(a, Value) else isinstance(a, float)

    def to_float(self, a: Any) -> Any:
        """Return an int or float as a float."""
        if not isinstance(a, Value):
            return float(a)
        return a if a.type == FLOAT else self.call("num.cast", [a], {"to": "float"})

    def extreme(self, numbers: Sequence[Any], *, largest: bool) -> Any:
        """Return the smallest or largest of numbers; known ones are compared here."""
        known = [n for n in numbers if not isinstance(n, Value)]
        rest = list(dict.fromkeys(n for n in numbers if isinstance(n, Value)))
        if known:
            rest.append((max if largest else min)(known))
        if len(rest) == 1:
            return rest[0]
        return self.call("min_max", [rest], {"largest": largest})

    def call(self, name: str, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
        """Call an op; return its result, or a tuple of several.

        A number that stands where the op takes a tensor becomes one of rank 0.
        """
        op = opset()[name]
        declared = _declared(op, len(inputs))
        given = [self.plain(v) if not isinstance(v, Value) else v for v in inputs]
        values = [
            self._operand(op, d, v, zip(declared, given, strict=False))
            for d, v in zip(declared, given, strict=False)
        ]
        values += [None] * (len([d for d in op.inputs if not d.variadic]) - len(values))
        results = self.builder.call(name, values, attributes)
        plain = tuple(self.plain(r) for r in results)
        return plain[0] if len(plain) == 1 else plain

    def _operand(self, op: OpDef, declared: InputDef, given: Any, all_: Any) -> Value | None:
        if declared.kind == "tensor" and _is_number(given):
            data_type = _data_type(op, declared, all_)
            if not isinstance(given, Value):
                zero = zero_d(given, data_type)
                return self.builder.constant(zero, TensorType(data_type, ()))
            return self.builder.call("to_tensor", [given], {"dtype": data_type})[0]
        if declared.kind == "float" and isinstance(given, int):
            given = float(given)
        is_ints = declared.kind == "list" and declared.type == "int"
        return self.optional(given, ListType(INT) if is_ints and not given else None)


def _is_number(value: Any) -> bool:
    if isinstance(value, Value):
        return isinstance(value.type, ScalarType) and value.type.kind is not ScalarKind.NONE
    return isinstance(value, bool | int | float)


def _declared(op: OpDef, count: int) -> list[InputDef]:
    """Return the declared input of each given one; a variadic input is repeated."""
    inputs = list(op.inputs)
    if inputs and inputs[-1].variadic:
        inputs += [inputs[-1]] * max(count - len(inputs), 0)
    return inputs


def _data_type(op: OpDef, declared: InputDef, given: Any) -> DataType:
    """Return the data type that a number takes: its neighbour's of the same type variable."""
    if declared.type in {name for name, _ in op.variables}:
        for other, value in given:
            is_tensor = isinstance(value, Value) and isinstance(value.type, TensorType)
            if other.type == declared.type and is_tensor:
                return value.type.data_type
    found = members(declared.type) if declared.type else frozenset()
    if len(found) != 1:
        message = f"{op.name}: nothing tells the data type of {declared.name}"
        raise CannotExpandError(message)
    return next(iter(found))


def _plain_constant(value: Value) -> Any:
    assert value.constant is not None
    inner = value.constant.value
    if isinstance(value.type, ScalarType):
        return inner
    is_plain = isinstance(value.type, ListType) and isinstance(value.type.element, ScalarType)
    return list(inner) if is_plain else value
