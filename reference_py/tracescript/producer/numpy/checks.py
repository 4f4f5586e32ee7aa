"""What numpy refuses by an array's elements: recorded, so that the model refuses it too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.producer.trace import requirements

if TYPE_CHECKING:
    from tracescript.producer.numpy.door import NumpyDoor


def require(door: NumpyDoor, holds: Any, message: str, code: str = "VALUE_ERROR") -> None:
    """Record that every element of an array of bools is true.

    Raises numpy's ValueError, or its IndexError by the code, where the example breaks it.
    """
    every = np.all(holds)
    if not door.real(every):
        raise (IndexError if code == "INDEX_ERROR" else ValueError)(message)
    if hasattr(every, "cell"):
        requirements.record(door, every, message, code)
