"""Runs single ops for tests: by kernel, and by definition with extents known or symbolic."""

from __future__ import annotations

import ast
import itertools
from typing import Any

import numpy as np

from tracescript import ir
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.protocol import Options
from tracescript.engine.ref import RefEngine
from tracescript.ir.constants import BOOL, FLOAT, INT, STR
from tracescript.kernels import KERNELS
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.opset.dtypes import numpy_of, of_numpy
from tracescript.opset.table import REQUIRED, OpDef, opset
from tracescript.passes.expand import expand_all

SCALARS = {"int": int, "float": float, "bool": lambda t: t in {"true", "True"}, "str": str}
NAMES = {"inf": np.inf, "nan": np.nan, "bool_": ir.DataType.BOOL} | {
    d.value: d for d in ir.DataType if d is not ir.DataType.BOOL
}


def literal(message: Any) -> Any:
    """Read a NamedLiteral of an example."""
    kind = message.type
    if kind == "none":
        return None
    if kind.startswith("list["):
        return [SCALARS[kind[5:-1]](v) for v in message.values]
    if kind in SCALARS and not message.shape and kind != "bool":
        return SCALARS[kind](message.values[0])
    dtype = numpy_of(ir.DataType(kind))
    read = SCALARS["bool"] if kind == "bool" else int if "int" in kind else float
    read = complex if kind.startswith("complex") else read
    return np.array([read(v) for v in message.values], dtype).reshape(tuple(message.shape))


def tensor_literal(message: Any, op: OpDef) -> Any:
    """Read a literal; a rank 0 bool is a number where the op takes no tensor there."""
    name = message.name.split("[")[0]
    declared = next((d for d in (*op.inputs, *op.outputs) if d.name == name), None)
    if message.type == "bool" and declared is not None and declared.kind in {"bool", "any"}:
        return SCALARS["bool"](message.values[0])
    return literal(message)


def attribute(text: str) -> Any:
    """Read an attribute as the code language writes it."""
    if text in NAMES:
        return NAMES[text]
    value = ast.literal_eval(text)
    return tuple(value) if isinstance(value, list) else value


def operands(op: OpDef, literals: Any) -> list[Any]:
    """Return the inputs of an example in declared order, lists of tensors joined."""
    found: dict[str, Any] = {}
    for message in literals:
        name = message.name.split("[")[0]
        value = tensor_literal(message, op)
        if "[" in message.name:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return [found.get(d.name) for d in op.inputs]


def results(op: OpDef, literals: Any) -> list[Any]:
    """Return the expected outputs of an example, lists joined."""
    found: dict[str, Any] = {}
    for message in literals:
        name = message.name.split("[")[0]
        if "[" in message.name:
            found.setdefault(name, []).append(literal(message))
        else:
            found[name] = tensor_literal(message, op)
    return [found[d.name] for d in op.outputs]


def by_kernel(name: str, inputs: list[Any], attributes: dict[str, Any]) -> list[Any]:
    """Run an op's kernel."""
    op, kernel = opset()[name], KERNELS.get(name)
    assert kernel is not None
    values = {a.name: attributes.get(a.name, a.default) for a in op.attributes}
    assert REQUIRED not in values.values()
    given = {
        k: numpy_of(v if isinstance(v, ir.DataType) else ir.DataType(v))
        if op.attribute(k).kind == "data_type"
        else tuple(v)
        if isinstance(v, list)
        else v
        for k, v in values.items()
    }
    with np.errstate(all="ignore"):
        result = kernel(*inputs, **given)
    return list(result) if len(op.outputs) > 1 else [result]


class _Graph:
    """A function around one node; sizes of tensors are symbols where `symbolic`."""

    def __init__(self, symbolic: bool) -> None:
        self.symbolic = symbolic
        self.typing = Typing()
        self.builder = Builder(self.typing)
        self.params: list[ir.Value] = []
        self.given: list[Any] = []
        self._symbols = itertools.count()

    def _extent(self, n: int) -> Any:
        return ir.Symbol(f"S{next(self._symbols)}") if self.symbolic else n

    def operand(self, value: Any) -> ir.Value | None:
        if value is None:
            return None
        if isinstance(value, list):
            if not self.symbolic and not any(isinstance(v, np.ndarray | None) for v in value):
                return self.builder.constant(value, None if value else ir.ListType(INT))
            items = [self._item(v) for v in value]
            types = None if value else [ir.ListType(INT)]
            return self.builder.call("list.make", items, types=types)[0]
        return self._item(value)

    def _item(self, value: Any) -> ir.Value:
        if isinstance(value, np.ndarray):
            data_type = of_numpy(value.dtype)
            assert data_type is not None
            shape = tuple(self._extent(n) for n in value.shape)
            return self._param(value, ir.TensorType(data_type, shape))
        if value is None or not self.symbolic or isinstance(value, str):
            return self.builder.constant(value)
        types = {bool: BOOL, int: INT, float: FLOAT, str: STR}
        return self._param(value, types[type(value)])

    def _param(self, value: Any, type_: ir.Type) -> ir.Value:
        param = ir.Value(type_, f"p{len(self.params)}")
        self.params.append(param)
        self.given.append(value)
        return param


def model_of(
    name: str, inputs: list[Any], attributes: dict[str, Any], *, symbolic: bool = False
) -> tuple[ir.Model, list[Any]]:
    """Return a model of one node, and the values to call it with."""
    graph = _Graph(symbolic)
    values = [graph.operand(v) for v in inputs]
    outputs = graph.builder.call(name, values, attributes)
    function = ir.Function(
        "f",
        "authored",
        tuple(ir.Input(p.name, p.type) for p in graph.params),
        tuple(ir.Output("", o.type) for o in outputs),
        graph.builder.block(graph.params, outputs),
    )
    method = ir.Method("forward", "f", exported=True)
    return ir.Model("m", (function,), ir.Module("M", methods=(method,))), graph.given


def run_model(model: ir.Model, given: list[Any]) -> list[Any]:
    """Run the model's only method by the plain interpreter."""
    loaded = RefEngine().load(model, Options(guards="ignore"))
    return list(loaded.method(model.root.methods[0])(given, (), Budget(Limits())).outputs)


def by_definition(
    name: str, inputs: list[Any], attributes: dict[str, Any], *, symbolic: bool = False
) -> list[Any]:
    """Run an op through its definition in primitives."""
    model, given = model_of(name, inputs, attributes, symbolic=symbolic)
    return run_model(expand_all(model), given)
