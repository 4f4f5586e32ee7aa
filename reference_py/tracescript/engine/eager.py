"""Runs one op on real values, outside any model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.places import placed
from tracescript.engine.protocol import Options
from tracescript.engine.ref import RefEngine
from tracescript.engine.values import attributes as attribute_values
from tracescript.errors import BadInputError
from tracescript.ir.constants import scalar
from tracescript.kernels import KERNELS
from tracescript.opset import dtypes
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.opset.relations import NEVER, join
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNLIMITED = Limits(steps=1 << 62, memory=1 << 62, seconds=1e9)
_NOWHERE = ir.Function("", "authored", (), (), ir.Block((), (), ()))


def type_of(value: Any) -> ir.Type:
    """Return the type of a run-time value. Raises TypeError for what no model can hold."""
    if isinstance(value, (np.ndarray, np.generic)):
        data_type = dtypes.of_numpy(value.dtype)
        if data_type is None:
            message = f"no data type for numpy's {value.dtype}"
            raise TypeError(message)
        return ir.TensorType(data_type, tuple(value.shape))
    if isinstance(value, list):
        return ir.ListType(_joined(value))
    if isinstance(value, tuple):
        return ir.TupleType(tuple(type_of(v) for v in value))
    if isinstance(value, dict):
        return ir.DictType(_joined(list(value)), _joined(list(value.values())))
    return scalar(value).type


def _joined(values: Sequence[Any]) -> ir.Type:
    result: ir.Type | None = NEVER
    for value in values:
        result = join(result, type_of(value)) if result is not None else None
    if result is None:
        message = "elements of one list or dict have several types"
        raise TypeError(message)
    return result


def _has_tensor(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_tensor(v) for v in value.values())
    if isinstance(value, (list, tuple)):
        return any(_has_tensor(v) for v in value)
    return isinstance(value, (np.ndarray, np.generic))


def run_op(name: str, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> Any:
    """Compute one op eagerly: its kernel, or its decomposition. Several results come as a tuple.

    `inputs` are run-time values in the op's declared order, None for an omitted optional one;
    `attributes` plain Python values, types or DataTypes by name. Results may be views of inputs.

    Raises:
        BadInputError: an input is nothing that a model can hold.
        InvalidModelError: the call breaks a constraint of the op.
        TrapError: the op stopped.
    """
    builder = Builder(Typing())
    params: list[ir.Value] = []
    given: list[Any] = []

    def operand(value: Any) -> ir.Value | None:
        if value is None:
            return None
        if isinstance(value, list) and _has_tensor(value):
            return builder.call("list.make", [operand(item) for item in value])[0]
        if not _has_tensor(value):
            return builder.constant(value)
        params.append(ir.Value(type_of(value)))
        given.append(value)
        return params[-1]

    try:
        operands = [operand(x) for x in inputs]
    except TypeError as error:
        raise BadInputError(f"{name}: {error}", code="BAD_INPUT", rule="EXEC-3") from None
    outputs = builder.call(name, operands, attributes)
    node = builder.nodes[-1]
    kernel = KERNELS.get(name)
    if kernel is None:
        results: Any = _run(builder.block(params, outputs), given)
        return results[0] if len(results) == 1 else results
    op = opset()[name]
    missing = [None] * (sum(not i.variadic for i in op.inputs) - len(inputs))
    try:
        with np.errstate(all="ignore"):
            results = kernel(*inputs, *missing, **attribute_values(node, op))
    except Exception as error:
        found = placed(error, _NOWHERE, node)
        if found is None:
            raise
        raise found from None
    is_list_of_one = len(outputs) == 1 and op.outputs[0].variadic
    return results[0] if is_list_of_one else results


def _run(body: ir.Block, inputs: Sequence[Any]) -> tuple[Any, ...]:
    """Run a block by the plain interpreter: the decomposition of an op without a kernel."""
    function = ir.Function(
        "",
        "authored",
        tuple(ir.Input(f"x{i}", p.type) for i, p in enumerate(body.params)),
        tuple(ir.Output("", r.type) for r in body.results),
        body,
    )
    method = ir.Method("", function.name, exported=False)
    model = ir.Model("", (function,), ir.Module("", methods=(method,)))
    prepared = RefEngine().load(model, Options()).method(method)
    return prepared(inputs, (), Budget(_UNLIMITED)).outputs
