"""What a dict among the arguments must hold, and how a program writes parts of arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import constants

if TYPE_CHECKING:
    from tracescript.producer.trace.recorder import Recorder
    from tracescript.producer.trace.tape import Wire


def require(recorder: Recorder, wire: Wire, value: dict[Any, Any]) -> None:
    """Record that a dict has no more entries than here: a program may use them all."""
    count = recorder.single("dict.len", (wire,), None, constants.INT)
    is_same = {"relation": "eq"}
    sides = count, recorder.scalar(len(value))
    same = recorder.single("int.cmp", sides, is_same, constants.BOOL)
    name, keys = written(wire) or "a dict", ", ".join(map(repr, value))
    message = recorder.scalar(f"{name} has the entries {keys} alone, as it had in the trace")
    recorder.op("assert", (same, message), {"code": "VALUE_ERROR"}, ())


def written(wire: Wire) -> str:
    """Return how a program would write a part of an argument: `state['h'][0]`; empty for others."""
    made = wire.maker
    whole = made.inputs[0] if made is not None and made.inputs else None
    if made is None or whole is None:
        return wire.name
    name = written(whole)
    if made.op == "struct.get":
        return name and f"{name}.{made.attributes['field']}"
    if made.op == "dict.get":
        key = made.inputs[1]
        return name and f"{name}[{key.constant.value!r}]" if key and key.constant else ""
    is_part = made.op in {"list.unpack", "tuple.unpack"}
    return f"{name}[{made.outputs.index(wire)}]" if name and is_part else ""
