"""Runs one op on real values, outside any model."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.engine.limits import Budget, Limits
from tracescript.engine.links import Linker
from tracescript.engine.places import placed
from tracescript.engine.ref import run_node
from tracescript.ir.constants import scalar
from tracescript.opset import dtypes
from tracescript.opset.build import Builder
from tracescript.opset.calls import Typing
from tracescript.opset.relations import NEVER, join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNLIMITED = Limits(steps=1 << 62, memory=1 << 62, seconds=1e9)
_NOWHERE = ir.Function("", "authored", (), (), ir.Block((), (), ()))


@functools.cache
def _linker() -> Linker:
    return Linker()


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
        InvalidModelError: the call breaks a constraint of the op.
        TrapError: the op stopped.
    """
    builder = Builder(Typing())
    values = [
        None if x is None else ir.Value(type_of(x)) if _has_tensor(x) else builder.constant(x)
        for x in inputs
    ]
    builder.call(name, values, attributes)
    node = builder.nodes[-1]
    try:
        results = run_node(_linker().make(node), inputs, Budget(_UNLIMITED))
    except Exception as error:
        found = placed(error, _NOWHERE, node)
        if found is None:
            raise
        raise found from None
    return results[0] if len(results) == 1 else tuple(results)
