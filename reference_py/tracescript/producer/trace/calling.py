"""Arguments and results of a traced method: as the program has them, and as the graph does."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from tracescript.errors import ProducerError
from tracescript.producer.trace import objects, structure
from tracescript.producer.trace.tape import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.producer.trace.door import Door


def arguments(
    function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    """Return the example inputs by parameter name, in order.

    Raises ProducerError where they do not fit the signature.
    """
    name = getattr(function, "__qualname__", repr(function))
    if inspect.isclass(function) or not callable(function):
        kind = "class" if inspect.isclass(function) else type(function).__name__
        what = f"a function or a module expected, found the {kind} {name}"
        hint = f"pass an instance: {name}(...)" if inspect.isclass(function) else ""
        raise ProducerError(what, code="UNSUPPORTED_PYTHON", rule="TRACE-1", hint=hint)
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError as error:
        raise ProducerError(
            f"the example inputs do not fit {name}: {error}",
            code="UNSUPPORTED_PYTHON",
            hint=f"{len(args)} by position and {len(kwargs)} by name were given",
        ) from error
    except ValueError:
        pass
    return structure.argument_names(function, args, kwargs)


def received(
    door: Door, given: list[tuple[str, Any]]
) -> tuple[dict[str, Any], list[tuple[str, Any, Wire]]]:
    """Return the arguments as the program gets them, and by name, value and wire."""
    root = door.recorder.root
    values: dict[str, Any] = {}
    inputs: list[tuple[str, Any, Wire]] = []
    for name, value in given:
        plain = objects.opened(value, door.argument_parts)
        wire = Wire(structure.type_of(plain, door, name), root, name)
        root.args.append((name, wire))
        traced = structure.unpack(wire, plain, door, "argument")
        values[name] = objects.closed(value, traced, door)
        inputs.append((name, door.snapshot(plain), wire))
    return values, inputs


def in_order(
    values: Mapping[str, Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return traced values as they were given: by position, the rest by name."""
    names = list(values)
    positional = [values[n] for n in names[: len(args)]]
    return positional, {n: values[n] for n in names[len(args) :] if n in kwargs}


def results(result: Any, door: Door) -> tuple[Any, ...]:
    """Return what a method returned as the results of its function, objects by their parts."""
    opened = objects.opened(result, door.parts_of)
    if opened is None:
        return ()
    return opened if type(opened) is tuple and len(opened) > 1 else (opened,)
