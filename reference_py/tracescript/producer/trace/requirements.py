"""What a library refuses by the elements of an array: recorded, so that the model refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.ir import constants

if TYPE_CHECKING:
    from tracescript.producer.trace.door import Door


def record(door: Door, holds: Any, message: str, code: str) -> None:
    """Record that an array of one bool is true; the model stops with `code` where it is not."""
    wire = door.recorder.single("item_bool", (door.wire(holds),), None, constants.BOOL)
    door.recorder.op("assert", (wire, door.recorder.scalar(message)), {"code": code}, ())
