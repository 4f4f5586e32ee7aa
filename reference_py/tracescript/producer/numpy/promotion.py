"""numpy's rules for the data types of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tracescript.opset.dtypes import holding, of_numpy
from tracescript.producer.trace.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript import ir


class _Arrays(Protocol):
    def is_array(self, value: Any) -> bool: ...

    def real(self, value: Any) -> np.ndarray[Any, Any]: ...


class Promotion:
    """What data types operands are cast to."""

    def common_type(self: _Arrays, operands: Sequence[Any]) -> ir.DataType:
        """Return numpy's result type (NEP 50): Python numbers are weak."""
        found = of_numpy(np.result_type(*(_weak(self, v) for v in operands)))
        assert found is not None, "numpy's result of known types is known"
        return holding(found, [plain(v) for v in operands if isinstance(v, int)])

    def scalar_type(self, value: Any) -> ir.DataType:
        """Return the data type of a 0-d array of a Python number."""
        found = of_numpy(np.asarray(plain(value)).dtype)
        assert found is not None, "Python numbers have a data type"
        return found


def _weak(arrays: _Arrays, value: Any) -> Any:
    return arrays.real(value).dtype if arrays.is_array(value) else plain(value)
