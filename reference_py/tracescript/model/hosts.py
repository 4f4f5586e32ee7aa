"""Calls the Python functions of a scripted model: values to and fro, and what must not change."""

from __future__ import annotations

import contextvars
import copy
import enum
import functools
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.engine.values import named
from tracescript.errors import BadInputError, TrapError
from tracescript.kernels.conversion import is_of
from tracescript.model import convert
from tracescript.model.input_checks import checker, describe
from tracescript.opset import dtypes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracescript.engine.protocol import Host as Function
    from tracescript.producer.script.calls.hosts import Held, Host


class _ShownError(Exception):
    """A function gives other data types than the program was compiled for."""

    def __init__(self, op: str, kind: ir.Type) -> None:
        super().__init__(op)
        self.op = op
        self.kind = kind


@dataclass
class _Run:
    """One call of a model: what its functions gave, and what they will give once more."""

    learns: bool
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    gave: list[Any] = field(default_factory=list)
    again: deque[Any] = field(default_factory=deque)
    shown: dict[str, ir.Type] = field(default_factory=dict)


class _Runs(threading.local):
    def __init__(self) -> None:
        self.open: list[_Run] = []


_RUNS = _Runs()


def functions(hosts: Mapping[str, Host]) -> dict[str, Function]:
    """Return the functions as engines call them."""
    return {op: functools.partial(_run, host) for op, host in hosts.items()}


def calling(call: Callable[[], Any], learn: Callable[[Mapping[str, ir.Type]], Any] | None) -> Any:
    """Call a model.

    Where one of its functions gives other data types than the program was compiled for, `learn`
    compiles it for these, and the call begins anew: what functions gave before, they are not asked
    again. So each is called as often as the program says.
    """
    run = _Run(learn is not None)
    _RUNS.open.append(run)
    try:
        while True:
            try:
                return call()
            except _ShownError as news:
                assert learn is not None
                run.shown[news.op] = news.kind
                run.again, run.gave = deque(run.gave), []
                learn({f"{op}()": kind for op, kind in run.shown.items()})
    finally:
        _RUNS.open.pop()


def _run(host: Host, node: ir.Node, *inputs: Any) -> Any:
    """Call a function for a node, as part of the call that is open in this thread."""
    run = _RUNS.open[-1]
    given = run.again.popleft() if run.again else run.context.run(_called, host, node, inputs)
    if host.gives_none and given is not None:
        raise _refused(node.op, f"None expected, found {describe(given)}")
    found = copy.deepcopy(_fitted(host, node, run, given)) if node.outputs else None
    if run.learns:
        run.gave.append(found)
    return found


def _called(host: Host, node: ir.Node, inputs: Sequence[Any]) -> Any:
    kinds = [v.type for v in node.inputs if v is not None]
    values = (_given(host, v, t) for v, t in zip(inputs, kinds, strict=True))
    args = [_argument(slot, host, values) for slot in host.args]
    kwargs = {name: _argument(slot, host, values) for name, slot in host.kwargs}
    seen = [*args, *kwargs.values()]
    before = [*map(_mark, seen)], _attributes(host)
    try:
        found = host.function(*args, **kwargs)
    except Exception as error:
        what = f"{node.op}() raised {type(error).__name__}: {error}"
        raise _trap("RAISED", what) from error
    if [*map(_mark, seen)] != before[0]:
        hint = "copy it first: x.clone(), list(xs); or return the new value"
        raise _trap("VALUE_ERROR", f"{node.op}() changes what it is given", hint)
    for (_, name), old, new in zip(host.watched, before[1], _attributes(host), strict=True):
        if old != new:
            what = f"{node.op}() changes {name!r}, with which the program was compiled"
            raise _trap("VALUE_ERROR", what, "assign it in the scripted program: it is state then")
    return convert.from_caller(found)


def _argument(slot: Held | None, host: Host, values: Iterator[Any]) -> Any:
    if slot is None:
        return next(values)
    return _plain(host, slot.value)


def _plain(host: Host, value: Any) -> Any:
    """Return an object as it is, a data type as the library's."""
    if not isinstance(value, ir.DataType):
        return value
    if host.flavour == "torch":
        return getattr(sys.modules["torch"], value.value)
    return dtypes.numpy_of(value)


def _given(host: Host, value: Any, kind: ir.Type) -> Any:
    """Return a run-time value as the program would have it; its arrays are its own."""
    make = functools.partial(_given, host)
    match kind:
        case ir.TensorType():
            return _tensor(host, np.array(value))
        case ir.ListType():
            return [make(v, kind.element) for v in value]
        case ir.TupleType():
            return tuple(map(make, value, kind.elements))
        case ir.DictType():
            return {k: make(v, kind.value) for k, v in value.items()}
        case ir.OptionalType():
            return None if value is None else make(value, kind.element)
        case ir.UnionType():
            return make(value, next(m for m in kind.members if is_of(value, m)))
        case ir.StructType():
            return _record(host, kind, list(map(make, value, [t for _, t in kind.fields])))
    return _plain(host, value)


def _tensor(host: Host, array: np.ndarray[Any, Any]) -> Any:
    """Return a tensor of torch's, or an array that cannot be written; a number where rank is 0."""
    if host.flavour == "torch":
        return convert.to_torch(array)
    array.flags.writeable = False
    return array if array.ndim else array[()]


def _record(host: Host, kind: ir.StructType, parts: list[Any]) -> Any:
    cls = host.classes.get(kind)
    if cls is None:
        return named(tuple(parts), kind)
    if issubclass(cls, enum.Enum):
        return cls[parts[0]]
    if issubclass(cls, tuple):
        return cls(*parts)
    made = cls.__new__(cls)
    for (name, _), part in zip(kind.fields, parts, strict=True):
        object.__setattr__(made, name, part)
    return made


def _mark(value: Any) -> Any:
    """Return what differs once a value has been changed in place."""
    if convert.is_torch_tensor(value):
        return id(value), getattr(value, "_version")  # noqa: B009  # torch has no other name for it
    if isinstance(value, np.ndarray):
        return id(value), value.tobytes() if value.flags.writeable else b""
    if isinstance(value, list | tuple | set | frozenset):
        return type(value), [_mark(v) for v in value]
    if isinstance(value, dict):
        return [(k, _mark(v)) for k, v in value.items()]
    found = convert.fields(value)
    if found is not None:
        return _mark(found)
    return repr(value) if isinstance(value, bool | int | float | str | None) else id(value)


def _attributes(host: Host) -> list[Any]:
    """Return the marks of the attributes that the program was compiled with."""
    return [_mark(getattr(owner, name, None)) for (_, name), owner in host.watched.items()]


def _fitted(host: Host, node: ir.Node, run: _Run, given: Any) -> Any:
    """Return what a function gave as a run-time value of the type that the node has."""
    wanted = node.outputs[0].type
    try:
        return checker(wanted)(given, {}, "")
    except BadInputError as refused:
        kind = _narrowed(wanted, given) if host.is_open else wanted
        if kind != wanted and run.learns and node.op not in run.shown:
            run.gave.append(copy.deepcopy(given))
            raise _ShownError(node.op, kind) from None
        at = refused.where.removeprefix("input ")
        raise _refused(node.op, f"{at}: {refused.what}" if at else refused.what) from None


def _narrowed(kind: ir.Type, value: Any) -> ir.Type:
    """Return a type with the data types that the tensors of a value have."""
    if isinstance(kind, ir.TensorType):
        found = dtypes.of_numpy(value.dtype) if isinstance(value, np.ndarray) else None
        return kind if found is None else ir.TensorType(found, kind.shape)
    if isinstance(kind, ir.OptionalType):
        return kind if value is None else ir.OptionalType(_narrowed(kind.element, value))
    if isinstance(kind, ir.ListType) and isinstance(value, list | tuple) and value:
        return ir.ListType(_narrowed(kind.element, value[0]))
    if isinstance(kind, ir.DictType) and isinstance(value, dict) and value:
        return ir.DictType(kind.key, _narrowed(kind.value, next(iter(value.values()))))
    if isinstance(kind, ir.TupleType) and isinstance(value, tuple):
        rest = kind.elements[len(value) :]
        return ir.TupleType((*map(_narrowed, kind.elements, value), *rest))
    return kind


def _refused(op: str, what: str) -> TrapError:
    hint = f'annotate what it returns; data types: ts.script(..., types={{"{op}()": "int64[...]"}})'
    return _trap("CONVERSION_ERROR", f"{op}() gives something else than it says: {what}", hint)


def _trap(code: str, what: str, hint: str = "") -> TrapError:
    return TrapError(what, code=code, rule="SCRIPT-14", hint=hint)
