"""What takes values out of traced arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.opset.dtypes import category

if TYPE_CHECKING:
    from tracescript.producer.numpy.array import TracedArray
    from tracescript.producer.numpy.door import NumpyDoor


def decide(door: NumpyDoor, array: TracedArray) -> bool:
    """Record that the program asked for an array's truth."""
    observed = bool(array.data)
    return door.recorder.decide(door.wire(array), observed)


def taken(door: NumpyDoor, array: TracedArray, call: str) -> Any:
    """Record that the program took the one element of an array."""
    value = array.data.item()
    if isinstance(value, bool):
        return door.recorder.decide(door.wire(array), value, call)
    kind = "int_read" if category(door.type_of(array).data_type) == 1 else "float_read"
    door.recorder.read(kind, door.wire(array), value, call)
    return value


def copied_out(door: NumpyDoor, array: TracedArray, call: str) -> None:
    """Record that the program copied an array's elements into Python."""
    door.recorder.read("tensor_read", door.wire(array), array.data.copy(), call)
