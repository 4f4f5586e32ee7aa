"""What takes values out of traced arrays."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from tracescript.opset.dtypes import category
from tracescript.producer.trace import places, statements

if TYPE_CHECKING:
    from tracescript.producer.numpy.array import TracedArray
    from tracescript.producer.numpy.door import NumpyDoor


def decide(door: NumpyDoor, array: TracedArray) -> bool:
    """Record that the program asked for an array's truth."""
    observed = bool(array.data)
    return door.recorder.decide(door.wire(array), observed)


def taken(door: NumpyDoor, array: TracedArray, call: str) -> Any:
    """Record that the program took the one element of an array as the number that it is."""
    value = array.data.item()
    if isinstance(value, bool):
        return door.recorder.decide(door.wire(array), value, call)
    kind = "int_read" if category(door.type_of(array).data_type) == 1 else "float_read"
    door.recorder.read(kind, door.wire(array), value, call)
    return value


def as_int(door: NumpyDoor, array: TracedArray) -> int:
    """Record that the program took an integer, whatever the data type."""
    value = int(array.data)
    door.recorder.read("int_read", door.wire(array), value, "int")
    return value


def as_index(door: NumpyDoor, array: TracedArray) -> int:
    """Record that the program used an integer as an index; numpy raises TypeError for others."""
    value = operator.index(array.data)
    door.recorder.read("int_read", door.wire(array), value, "index")
    return value


def as_float(door: NumpyDoor, array: TracedArray) -> float:
    """Record that the program took a float, whatever the data type."""
    value = float(array.data)
    door.recorder.read("float_read", door.wire(array), value, "float")
    return value


def as_text(door: NumpyDoor, array: TracedArray) -> Any:
    """Return what becomes text; recorded as copied, unless it is only shown."""
    is_shown = not door.recorder.is_running or statements.only_shows(places.here())
    if not is_shown:
        copied_out(door, array, "str")
    return array.data[()]


def copied_out(door: NumpyDoor, array: TracedArray, call: str) -> None:
    """Record that the program copied an array's elements into Python."""
    door.recorder.read("tensor_read", door.wire(array), array.data.copy(), call)
