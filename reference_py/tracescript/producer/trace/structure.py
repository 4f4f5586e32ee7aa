"""Nested arguments and results: their leaves, their types, and the nodes that take them apart."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
from typing import TYPE_CHECKING, Any, Final, Protocol

from tracescript import ir
from tracescript.ir import constants
from tracescript.opset.relations import join
from tracescript.producer.trace import entries
from tracescript.producer.trace.numbers import SymFloat, SymInt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire


_SCALARS: Final = {
    bool: constants.BOOL,
    int: constants.INT,
    float: constants.FLOAT,
    str: constants.STR,
}


class Typed(Protocol):
    """What tells arrays from other values, and their types."""

    recorder: Recorder

    def is_array(self, value: Any) -> bool:
        """Tell whether a Python value is an array."""

    def type_of(self, value: Any) -> ir.TensorType:
        """Return the data type and sizes of an array."""


class Arrays(Typed, Protocol):
    """What a front door knows about its arrays."""

    def wire(self, value: Any) -> Wire:
        """Return the present value of an array; one never seen becomes a constant."""

    def wrap(self, wire: Wire, value: Any, origin: str) -> Any:
        """Return an array for the program that stands for a wire, with the data of `value`."""


def fields(value: Any) -> tuple[tuple[str, Any], ...] | None:
    """Return the named fields of a named tuple or a data class; None for anything else."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return tuple(zip(value._fields, value, strict=True))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return tuple((name, part) for name, part in found if part is not None)
    return None


def parts(value: Any) -> tuple[tuple[str, Any], ...]:
    """Return what a container holds, by name or number; empty for anything else."""
    named = fields(value)
    if named is not None:
        return named
    if isinstance(value, (tuple, list)):
        return tuple((str(i), part) for i, part in enumerate(value))
    if isinstance(value, dict):
        return tuple((str(key), part) for key, part in value.items())
    return ()


def leaves(
    value: Any, is_array: Callable[[Any], bool], name: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield the arrays and symbolic numbers inside a value, with names like `state_0`."""
    if is_array(value) or isinstance(value, (SymInt, SymFloat)):
        yield name, value
        return
    for key, part in parts(value):
        yield from leaves(part, is_array, f"{name}_{key}" if name else key)


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """Return a signature; that of a method which closes over nothing is found once."""
    method = getattr(function, "__wrapped__", function)
    if isinstance(method, types.MethodType):
        inner = method.__func__
        if isinstance(inner, types.FunctionType) and not inner.__closure__ and not inner.__dict__:
            return _of_method(inner)
    return inspect.signature(function)


@functools.lru_cache(maxsize=1024)
def _of_method(function: types.FunctionType) -> inspect.Signature:
    return inspect.signature(types.MethodType(function, ...))


def argument_names(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """Return arguments with the names of the parameters they bind to."""
    try:
        bound = _signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return [*((f"arg_{i}", a) for i, a in enumerate(args)), *kwargs.items()]
    found: list[tuple[str, Any]] = []
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found += [(f"{name}_{i}", v) for i, v in enumerate(value)]
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found += list(value.items())
        else:
            found.append((name, value))
    return found


def scalar_type(value: Any) -> ir.ScalarType | None:
    """Return the type of a Python scalar, or None if it is none."""
    if value is None:
        return constants.NONE
    return next((kind for cls, kind in _SCALARS.items() if isinstance(value, cls)), None)


def type_of(value: Any, arrays: Typed, where: str) -> ir.Type:
    """Return the type of an argument or result.

    Raises ProducerError with UNSUPPORTED_PYTHON for an object that is no value of the format.
    """
    if arrays.is_array(value):
        return arrays.type_of(value)
    scalar = scalar_type(value)
    if scalar is not None:
        return scalar
    named = fields(value)
    if named is not None:
        members = tuple((n, type_of(v, arrays, f"{where}.{n}")) for n, v in named)
        return ir.StructType(type(value).__name__, members, isinstance(value, tuple))
    if isinstance(value, tuple):
        return ir.TupleType(tuple(type_of(v, arrays, f"{where}[{i}]") for i, v in enumerate(value)))
    if isinstance(value, list):
        return ir.ListType(_one_type(value, arrays, where))
    if isinstance(value, dict) and value:
        return _dict_type(value, arrays, where)
    raise _unsupported(value, arrays, where)


def _dict_type(value: dict[Any, Any], arrays: Typed, where: str) -> ir.Type:
    """Return a dict type; a struct where values under strings are of different types."""
    types = {key: type_of(part, arrays, f"{where}[{key!r}]") for key, part in value.items()}
    joined = _joined(list(types.values()))
    keys = {type(key) for key in value}
    if keys == {str} and joined is None and all(value):
        return ir.StructType(ir.DICT, tuple(types.items()))
    key_type = scalar_type(next(iter(value)))
    if len(keys) > 1 or not keys <= {int, str, bool} or key_type is None:
        what = f"{where} has keys of {', '.join(sorted(k.__name__ for k in keys))}"
        raise arrays.recorder.error("UNSUPPORTED_PYTHON", what, "use strings for keys")
    if joined is None:
        what = f"{where} holds values of different types under keys that are no strings"
        raise arrays.recorder.error("UNSUPPORTED_PYTHON", what, "use strings for keys")
    return ir.DictType(key_type, joined)


def _one_type(values: list[Any], arrays: Typed, where: str) -> ir.Type:
    types = [type_of(v, arrays, f"{where}[{i}]") for i, v in enumerate(values)]
    if not types:
        raise arrays.recorder.error("UNSUPPORTED_PYTHON", f"{where} is an empty list")
    joined = _joined(types)
    if joined is None:
        what = f"{where} holds values of different types"
        raise arrays.recorder.error("UNSUPPORTED_PYTHON", what, "use a tuple or a named tuple")
    return joined


def _joined(types: list[ir.Type]) -> ir.Type | None:
    joined: ir.Type | None = types[0]
    for kind in types[1:]:
        joined = None if joined is None else join(joined, kind)
    return joined


def _article(name: str) -> str:
    return "an" if name[0] in "aeiouAEIOU" else "a"


def _unsupported(value: Any, arrays: Typed, where: str) -> Exception:
    name = "empty dict" if value == {} and isinstance(value, dict) else type(value).__name__
    what = f"{where} is {_article(name)} {name}, which is no value of a model"
    hint = "pass and return arrays, numbers, strings, None, and tuples, lists, dicts of them"
    if name.endswith("Cache"):
        hint = (
            "return the tensors it holds, turn it off (model.config.use_cache = False), or "
            "register its class with torch's pytree"
        )
    return arrays.recorder.error("UNSUPPORTED_PYTHON", what, hint)


def pack(value: Any, arrays: Arrays, where: str) -> Wire:
    """Return one wire for a value, with the nodes that make its containers."""
    recorder = arrays.recorder
    if arrays.is_array(value):
        return arrays.wire(value)
    if scalar_type(value) is not None:
        return recorder.number(value) if not isinstance(value, str) else recorder.scalar(value)
    kind = type_of(value, arrays, where)
    wires = [pack(part, arrays, f"{where}.{key}") for key, part in parts(value)]
    if isinstance(kind, ir.StructType):
        return recorder.single("struct.make", wires, {"type": kind}, kind)
    if isinstance(kind, ir.TupleType):
        return recorder.single("tuple.make", wires, None, kind)
    if isinstance(kind, ir.ListType):
        return recorder.list(wires, kind.element)
    entries: list[Wire] = []
    for key, wire in zip(value, wires, strict=True):
        entries += (recorder.scalar(key), wire)
    return recorder.single("dict.make", entries, None, kind)


def unpack(wire: Wire, value: Any, arrays: Arrays, origin: str) -> Any:
    """Return a value like `value` whose leaves stand for the parts of a wire.

    A bool, a string or a length cannot be followed through Python: it is recorded as read.
    """
    recorder = arrays.recorder
    if arrays.is_array(value):
        return arrays.wrap(wire, value, origin)
    if isinstance(value, bool):
        recorder.read("branch", wire, value, "bool")
        return value
    if isinstance(value, (int, float)):
        return recorder.symbolic(wire, value)
    if isinstance(value, str):
        same = {"relation": "eq"}
        equal = recorder.single("str.cmp", (wire, recorder.scalar(value)), same, constants.BOOL)
        recorder.read("branch", equal, True, "str")  # what was observed
        return value
    if value is None:
        return None
    inner = [part for _, part in parts(value)]
    wires = _taken_apart(arrays, wire, value)
    return rebuilt(value, [unpack(w, v, arrays, origin) for w, v in zip(wires, inner, strict=True)])


def _taken_apart(arrays: Arrays, wire: Wire, value: Any) -> list[Wire]:
    recorder, kind = arrays.recorder, wire.type
    if isinstance(kind, ir.StructType):
        return [
            recorder.single("struct.get", (wire,), {"field": name}, field)
            for name, field in kind.fields
        ]
    if isinstance(kind, ir.TupleType):
        return list(recorder.op("tuple.unpack", (wire,), None, kind.elements))
    if isinstance(kind, ir.ListType):
        length = recorder.single("list.len", (wire,), None, constants.INT)
        recorder.read("int_read", length, len(value), f"len({entries.written(wire)})")
        return list(recorder.unpacked(wire, _observed(value, arrays, entries.written(wire))))
    assert isinstance(kind, ir.DictType), "no other container is an input"
    entries.require(recorder, wire, value)
    observed = _observed(list(value.values()), arrays, entries.written(wire))
    return [
        recorder.single("dict.get", (wire, recorder.scalar(key)), None, part)
        for key, part in zip(value, observed, strict=True)
    ]


def _observed(values: list[Any], arrays: Typed, where: str) -> list[ir.Type]:
    """Return the types of parts as they are here: the container's leaves out where they differ."""
    return [type_of(v, arrays, where) for v in values]


def rebuilt(value: Any, inner: list[Any]) -> Any:
    """Return a container like one with other parts."""
    if isinstance(value, tuple):
        return type(value)(*inner) if hasattr(value, "_fields") else tuple(inner)
    if isinstance(value, list):
        return inner
    if isinstance(value, dict):
        return type(value)(zip(value, inner, strict=True))
    names = [name for name, _ in fields(value) or ()]
    return dataclasses.replace(value, **dict(zip(names, inner, strict=True)))
