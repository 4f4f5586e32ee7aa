"""Runs one call of an op on the engines, and through the bytes of a file."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.verify.plan import Typed
from tracescript import ir
from tracescript.engine import eager
from tracescript.engine.choose import choose
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.ir.constants import INT
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.wire.reader import read
from tracescript.wire.writer import write

if TYPE_CHECKING:
    from tools.verify.plan import Call

_LIMITS: Final = Limits(steps=1 << 62, memory=1 << 62, seconds=1e9)
WAYS: Final = ("py", "ref", "expanded", "py symbolic", "expanded symbolic", "file")


class Graph:
    """A model of one node: tensors are inputs, other values constants, or inputs if symbolic."""

    def __init__(self, op: str, call: Call, *, symbolic: bool) -> None:
        self._symbolic = symbolic
        self._symbols = itertools.count()
        self._builder = Builder(Typing())
        self._params: list[ir.Value] = []
        self.given: list[Any] = []
        values = [self._operand(v) for v in call.inputs]
        self.results = self._builder.call(op, values, call.attributes)
        function = ir.Function(
            "f",
            "authored",
            tuple(ir.Input(p.name, p.type) for p in self._params),
            tuple(ir.Output("", r.type) for r in self.results),
            self._builder.block(self._params, self.results),
        )
        method = ir.Method("forward", "f", exported=True)
        self.model = ir.Model("m", (function,), ir.Module("M", methods=(method,)))

    def _operand(self, value: Any) -> ir.Value | None:
        if value is None:
            return None
        if isinstance(value, Typed):
            return self._param(value.value, value.type)
        if isinstance(value, np.ndarray):
            return self._tensor(value)
        if isinstance(value, list) and any(isinstance(v, np.ndarray) for v in value):
            items = [self._builder.constant(None) if v is None else self._tensor(v) for v in value]
            return self._builder.call("list.make", items)[0]
        if isinstance(value, list) and not value:
            return self._builder.constant([], ir.ListType(INT))
        if isinstance(value, dict | tuple) or self._symbolic:
            return self._param(value, eager.type_of(value))
        return self._builder.constant(value)

    def _tensor(self, value: Any) -> ir.Value:
        found = eager.type_of(value)
        assert isinstance(found, ir.TensorType)
        shape = tuple(self._extent(n) for n in value.shape)
        return self._param(value, ir.TensorType(found.data_type, shape))

    def _extent(self, n: int) -> Any:
        return ir.Symbol(f"S{next(self._symbols)}") if self._symbolic else n

    def _param(self, value: Any, type_: ir.Type) -> ir.Value:
        param = ir.Value(type_, f"p{len(self._params)}")
        self._params.append(param)
        self.given.append(value)
        return param


def run(model: ir.Model, given: list[Any], engine: str, *, expand: bool = False) -> tuple[Any, ...]:
    """Run a model's only method."""
    loaded = choose(engine).load(model, Options(guards="ignore", expand=expand))
    return tuple(loaded.method(model.root.methods[0])(given, (), Budget(_LIMITS)).outputs)


def by_file(model: ir.Model, given: list[Any]) -> tuple[Any, ...]:
    """Write the model, read the bytes, run what was read."""
    out = io.BytesIO()
    write(model, out)
    return run(read(out.getvalue()).model, given, "py")


def run_way(graph: Graph, way: str) -> tuple[Any, ...]:
    """Run a graph in one of the ways."""
    if way == "file":
        return by_file(graph.model, graph.given)
    engine = "py" if way.startswith("py") else "ref"
    return run(graph.model, graph.given, engine, expand=way.startswith("expanded"))
