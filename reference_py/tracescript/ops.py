"""Every op of the opset as a Python function over arrays: `ops.softmax(x, dim=-1)`.

Inputs come by position in declared order or by name, attributes by name. A call runs at once, or is
recorded too where a trace is active.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.engine.ref import run_op
from tracescript.errors import BadInputError
from tracescript.opset import dtypes
from tracescript.opset.table import REQUIRED, InputDef, OpDef, opset
from tracescript.producer.session import active

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def __getattr__(name: str) -> Any:
    """Return the function of an op, or the family of dotted ops (`ops.int.add`)."""
    found = op_function(name)
    if found is None:
        message = f"module 'tracescript.ops' has no op {name!r}"
        raise AttributeError(message)
    return found


def __dir__() -> list[str]:
    """List the ops."""
    return sorted(op.name.partition(".")[0] for op in opset())


class _Family:
    """Ops that share a dotted prefix."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        found = op_function(f"{self._prefix}.{name}")
        if found is None:
            message = f"no op {self._prefix}.{name}"
            raise AttributeError(message)
        return found


@functools.cache
def op_function(name: str) -> Callable[..., Any] | _Family | None:
    """Return the function of one op, a family of dotted ops, or None."""
    op = opset().get(name)
    if op is None:
        prefix = f"{name}."
        return _Family(name) if any(o.name.startswith(prefix) for o in opset()) else None

    def call(*args: Any, **kwargs: Any) -> Any:
        inputs, attributes = bind(op, args, kwargs)
        recorder = active()
        if recorder is not None:
            return recorder.call_op(name, inputs, attributes)
        return run_op(name, _plain(op, inputs), attributes)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{op.summary}\n\n{opset().message(name).semantics}"
    call.__module__ = __name__
    setattr(call, "__tracescript_op__", name)  # noqa: B010  # how producers know it
    return call


def bind(
    op: OpDef, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Sort arguments into inputs in declared order and attributes by name.

    A tuple stands for a list where the op takes one. Raises BadInputError for a missing, unknown or
    repeated argument, and for what is no data type.
    """
    rest, given = list(args), dict(kwargs)
    inputs: list[Any] = []
    for declared in op.inputs:
        if declared.variadic:
            inputs += rest
            rest = []
        elif rest:
            inputs.append(_listed(declared, rest.pop(0)))
        elif declared.name in given:
            inputs.append(_listed(declared, given.pop(declared.name)))
        elif declared.optional:
            inputs.append(None)
        else:
            raise _bad(op, f"needs the input {declared.name!r}")
    attributes: dict[str, Any] = {}
    for attribute in op.attributes:
        if rest:
            attributes[attribute.name] = rest.pop(0)
        elif attribute.name in given:
            attributes[attribute.name] = given.pop(attribute.name)
        elif attribute.default is REQUIRED:
            raise _bad(op, f"needs the attribute {attribute.name!r}")
        else:
            continue
        if attribute.kind == "ints" and isinstance(attributes[attribute.name], int):
            attributes[attribute.name] = (attributes[attribute.name],)
        if attribute.kind == "data_type":
            attributes[attribute.name] = _data_type(op, attributes[attribute.name])
    if rest or given:
        extra = f"{len(rest)} more positional" if rest else ", ".join(map(repr, given))
        raise _bad(op, f"takes no argument {extra}")
    return inputs, attributes


def _bad(op: OpDef, what: str) -> BadInputError:
    names = [i.name for i in op.inputs] + [f"{a.name}=" for a in op.attributes]
    return BadInputError(
        f"ops.{op.name} {what}",
        code="BAD_INPUT",
        rule="EXEC-2",
        hint=f"signature: {op.name}({', '.join(names)})",
    )


def _listed(declared: InputDef, value: Any) -> Any:
    return list(value) if declared.kind == "list" and isinstance(value, tuple) else value


def _data_type(op: OpDef, value: Any) -> Any:
    try:
        return dtypes.as_data_type(value)
    except ValueError as error:
        raise _bad(op, f"needs a data type: {error}") from None


def _data(value: Any) -> Any:
    """Return the array of a parameter, and those of a list or tuple of parameters."""
    if isinstance(value, list):
        return [_data(x) for x in value]
    if isinstance(value, tuple):
        return tuple(_data(x) for x in value)
    return value.data if hasattr(value, "__tracescript_parameter__") else value


def _plain(op: OpDef, inputs: list[Any]) -> list[Any]:
    """Turn parameters into arrays, and numbers beside tensors into 0-d arrays of their type."""
    plain = [_data(x) for x in inputs]
    arrays = [x for x in plain if isinstance(x, np.ndarray | np.generic)]
    if not arrays:
        return plain
    dtype = next((a.dtype for a in arrays if a.ndim), arrays[0].dtype)
    for k, declared in enumerate(op.inputs[: len(plain)]):
        if declared.kind == "tensor" and isinstance(plain[k], bool | int | float):
            plain[k] = np.asarray(plain[k], dtype)
    return plain
