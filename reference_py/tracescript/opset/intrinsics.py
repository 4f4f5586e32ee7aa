"""What decompositions may call beside ops and helpers, and ops that are answered from types."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tracescript.ir import ListType, TensorType, Value
from tracescript.opset.fold import CannotExpandError

if TYPE_CHECKING:
    from tracescript.opset.emit import Emitter


class Intrinsics:
    """`_op_<name>` answers an op, `_call_<name>` a function of the language of decompositions."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter

    def items(self, value: Any) -> Any:
        """Return the items of a list. Raises CannotExpandError where their number is not known."""
        items = self.emitter.items(value)
        if items is None:
            message = "the length of a list is not known"
            raise CannotExpandError(message)
        return items

    def _op_dim(self, x: Value) -> int:
        assert isinstance(x.type, TensorType)
        if x.type.shape is None:
            message = "the rank is not known"
            raise CannotExpandError(message)
        return len(x.type.shape)

    def _op_dtype_of(self, x: Value) -> Any:
        assert isinstance(x.type, TensorType)
        return x.type.data_type

    def _op_cast(self, x: Value, dtype: Any) -> Value:
        """Write a cast, unless the data type is that already."""
        same = self._op_dtype_of(x) is dtype
        return x if same else self.emitter.call("cast", [x], {"dtype": dtype})

    def _op_cast_like(self, x: Value, other: Value) -> Value:
        return self._op_cast(x, self._op_dtype_of(other))

    def _op_size(self, x: Value, dim: int) -> Any:
        return self.emitter.size(x, dim)

    def _op_shape(self, x: Value) -> list[Any]:
        return [self.emitter.size(x, i) for i in range(self._op_dim(x))]

    def _op_numel(self, x: Value) -> Any:
        total: Any = 1
        for n in self._op_shape(x):
            both = isinstance(total, Value) or isinstance(n, Value)
            total = self.emitter.arithmetic("mul", total, n) if both else total * n
        return total

    def _call_len(self, value: Any) -> Any:
        items = self.emitter.items(value)
        return self.emitter.call("list.len", [value], {}) if items is None else len(items)

    def _call_min(self, *numbers: Any) -> Any:
        values = numbers if len(numbers) > 1 else self.items(numbers[0])
        return self.emitter.extreme(values, largest=False)

    def _call_max(self, *numbers: Any) -> Any:
        values = numbers if len(numbers) > 1 else self.items(numbers[0])
        return self.emitter.extreme(values, largest=True)

    def _call_float(self, value: Any) -> Any:
        return self.emitter.to_float(value)

    def _call_sqrt(self, value: Any) -> Any:
        if isinstance(value, Value):
            given = self.emitter.to_float(value)
            return self.emitter.call("math.unary", [given], {"function": "sqrt"})
        return math.sqrt(value)

    def _call_is_known(self, value: Any) -> bool:
        items = value if isinstance(value, list) else [value]
        return not any(isinstance(item, Value) for item in items)

    def _call_empty_list(self, item: Value) -> Value:
        return self.emitter.builder.call("list.make", [], types=[ListType(item.type)])[0]

    def _call_range(self, *bounds: int) -> list[int]:
        return list(range(*bounds))

    def _call_check(self, condition: Any, message: str, code: str = "VALUE_ERROR") -> None:
        """Write an assert, unless the condition is known to hold."""
        if condition is not True:
            self.emitter.call("assert", [condition, message], {"code": code})
