"""Values as engines take them: arrays of numpy, plain numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript import ir
from tracescript.opset.dtypes import of_numpy

if TYPE_CHECKING:
    from tracescript.producer.trace.recorder import Recorder


class RunTime:
    """Arrays of numpy, for `structure.type_of` of run-time values."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def is_array(self, value: Any) -> bool:
        """Tell whether a value is an array."""
        return isinstance(value, (np.ndarray, np.generic))

    def type_of(self, value: Any) -> ir.TensorType:
        """Return the data type and sizes of an array."""
        data_type = of_numpy(value.dtype)
        assert data_type is not None, "ops give data types of the format"
        return ir.TensorType(data_type, tuple(value.shape))


def copied(value: Any) -> Any:
    """Return a run-time value that writes into this one do not reach."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list):
        return [copied(v) for v in value]
    if isinstance(value, tuple):
        return tuple(copied(v) for v in value)
    return {k: copied(v) for k, v in value.items()} if isinstance(value, dict) else value
