"""Makes constants and weights from Python values and arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir.types import DataType, ListType, ScalarKind, ScalarType, TensorType
from tracescript.ir.values import Constant, Weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

NONE: Final = ScalarType(ScalarKind.NONE)
BOOL: Final = ScalarType(ScalarKind.BOOL)
INT: Final = ScalarType(ScalarKind.INT)
FLOAT: Final = ScalarType(ScalarKind.FLOAT)
STR: Final = ScalarType(ScalarKind.STR)
DATA_TYPE: Final = ScalarType(ScalarKind.DATA_TYPE)
COMPLEX: Final = ScalarType(ScalarKind.COMPLEX)

_SCALARS: Final = {
    type(None): NONE,
    bool: BOOL,
    int: INT,
    float: FLOAT,
    str: STR,
    complex: COMPLEX,
    DataType: DATA_TYPE,
}


@dataclass(frozen=True, slots=True)
class ArraySource:
    """A weight source over an array in memory."""

    data: np.ndarray[Any, Any]

    def array(self) -> np.ndarray[Any, Any]:
        """Return the array, read-only."""
        return self.data


def scalar(value: Any) -> Constant:
    """Make a constant of None, a bool, int, float, str, complex or DataType.

    Raises TypeError for anything else.
    """
    kind = _SCALARS.get(type(value))
    if kind is None:
        message = f"{type(value).__name__} is no scalar constant"
        raise TypeError(message)
    return Constant(kind, value)


def numbers(
    values: Sequence[int] | Sequence[float] | Sequence[bool], element: ScalarType
) -> Constant:
    """Make a constant list of plain numbers."""
    return Constant(ListType(element), tuple(values))


def weight(array: np.ndarray[Any, Any], data_type: DataType) -> Weight:
    """Make a weight of an array; it is copied into C order if needed and frozen."""
    import numpy as np

    data = np.array(array, order="C", copy=True)
    data.flags.writeable = False
    return Weight(data_type, tuple(data.shape), ArraySource(data))


def tensor(array: np.ndarray[Any, Any], data_type: DataType) -> Constant:
    """Make a tensor constant of an array."""
    made = weight(array, data_type)
    return Constant(TensorType(data_type, made.shape), made)
