"""Writes models by hand, node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Body = Callable[["Writer", *tuple[ir.Value, ...]], Sequence[ir.Value]]

BOOL, INT, FLOAT, STR = constants.BOOL, constants.INT, constants.FLOAT, constants.STR


def f32(*shape: ir.Dim) -> ir.TensorType:
    """Return the type of a float32 tensor."""
    return ir.TensorType(ir.DataType.FLOAT32, shape)


class Writer:
    """A builder whose operands may be plain numbers and arrays."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def value(self, operand: Any) -> ir.Value | None:
        """Return an operand as a value; numbers and arrays become constants."""
        if operand is None or isinstance(operand, ir.Value):
            return operand
        return self.builder.constant(operand)

    def __call__(self, op: str, *inputs: Any, place: ir.Place | None = None, **given: Any) -> Any:
        """Append a call; returns its result, or a tuple of several."""
        results = self.builder.call(op, [self.value(i) for i in inputs], given, place=place)
        return results[0] if len(results) == 1 else results

    def none(self) -> ir.Value:
        """Return the constant None."""
        return self.builder.constant(None)

    def block(self, params: Sequence[ir.Value], body: Callable[..., Sequence[Any]]) -> ir.Block:
        """Write a nested block."""
        inner = Writer(self.builder.child())
        results = [inner.value(r) for r in body(inner, *params)]
        return inner.builder.block(params, [r for r in results if r is not None])

    def if_(self, condition: Any, then: Callable[..., Any], else_: Callable[..., Any]) -> Any:
        """Append an `if`; the arms take a writer and return lists of values."""
        blocks = [self.block([], then), self.block([], else_)]
        results = self.builder.call("if", [self.value(condition)], blocks=blocks)
        return results[0] if len(results) == 1 else results

    def loop(
        self, trip: Any, condition: Any, carried: Sequence[Any], body: Callable[..., Any],
        types: Sequence[ir.Type] | None = None,
    ) -> tuple[ir.Value, ...]:  # fmt: skip
        """Append a `loop`; its body takes (writer, index, *carried), gives [go on, *carried]."""
        start = [self.value(c) for c in carried]
        kinds = types or [v.type for v in start if v is not None]
        params = [ir.Value(INT), *(ir.Value(t) for t in kinds)]
        block = self.block(params, body)
        inputs = [self.value(trip), self.value(condition), *start]
        return self.builder.call("loop", inputs, blocks=[block], types=types)


class Author:
    """Collects functions into a model."""

    def __init__(self) -> None:
        self.functions: dict[str, ir.Function] = {}
        self.methods: list[ir.Method] = []

    def function(
        self,
        name: str,
        inputs: Sequence[tuple[str, ir.Type]],
        body: Callable[..., Sequence[Any]],
        *,
        bound: Sequence[tuple[str, ir.Type]] = (),
        states: Sequence[tuple[str, ir.Type]] = (),
        decisions: Callable[[Sequence[ir.Value]], Sequence[ir.TraceDecision]] = lambda _: (),
        shape_guards: Sequence[ir.ShapeGuard] = (),
        outputs: Sequence[ir.Type] | None = None,
    ) -> ir.Function:
        """Write a function; `decisions` makes them from the values that the body's nodes define."""
        declared = [
            *(ir.Input(n, t) for n, t in inputs),
            *(ir.Input(n, t, "bound") for n, t in bound),
            *(ir.Input(n, t, "state") for n, t in states),
        ]
        params = [ir.Value(i.type, i.name) for i in declared]
        writer = Writer(Builder(Typing(self.functions.get)))
        block = writer.block(params, body)
        made = [v for n in block.nodes for v in n.outputs]
        types = outputs or [v.type for v in block.results]
        function = ir.Function(
            name,
            "traced" if decisions(made) or shape_guards else "authored",
            tuple(declared),
            tuple(ir.Output("", t) for t in types),
            block,
            tuple(decisions(made)),
            tuple(shape_guards),
        )
        self.functions[name] = function
        return function

    def method(
        self, function: ir.Function, bound: Sequence[Any] = (), states: Sequence[ir.State] = ()
    ) -> ir.Method:
        """Export a function under the last part of its name."""
        name = function.name.rsplit(".", maxsplit=1)[-1]
        weights = tuple(
            constants.tensor(np.asarray(b), ir.DataType(np.asarray(b).dtype.name)) for b in bound
        )
        method = ir.Method(name, function.name, exported=True, bound=weights, states=tuple(states))
        self.methods.append(method)
        return method

    def model(self) -> ir.Model:
        """Return the model of all functions so far."""
        root = ir.Module("Hand", methods=tuple(self.methods))
        return ir.Model("hand", tuple(self.functions.values()), root)


def call(writer: Writer, name: str, *inputs: Any) -> Any:
    """Append a call of another function of the model."""
    return writer("call", *inputs, function=ir.FunctionRef(name))
