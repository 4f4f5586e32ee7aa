"""One rule for float16 and bfloat16: compute in float32, round once. Spec: NUM-1."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from ml_dtypes import bfloat16

from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, Any]

_HALF = frozenset({np.dtype(np.float16), np.dtype(bfloat16)})
_WIDE = np.dtype(np.float32)


def _widen(value: Any) -> Any:
    if isinstance(value, list):
        return [_widen(item) for item in value]
    is_half = isinstance(value, (np.ndarray, np.generic)) and value.dtype in _HALF
    return value.astype(_WIDE) if is_half else value


def _narrow(value: Any, dtype: np.dtype[Any]) -> Any:
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype == _WIDE:
        return value.astype(dtype)
    return value


def _first_half(values: tuple[Any, ...]) -> np.dtype[Any] | None:
    for value in values:
        item = value[0] if isinstance(value, list) and value else value
        if isinstance(item, (np.ndarray, np.generic)) and item.dtype in _HALF:
            dtype: np.dtype[Any] = item.dtype
            return dtype
    return None


def rounded_once(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a kernel so that half types go in as float32 and come out rounded once.

    `__wrapped__` is the kernel itself, for callers that know that no input is a half type.
    """

    @functools.wraps(kernel)
    def run(*inputs: Any, **attributes: Any) -> Any:
        dtype = _first_half(inputs)
        if dtype is None:
            return kernel(*inputs, **attributes)
        result = kernel(*map(_widen, inputs), **attributes)
        if isinstance(result, tuple):
            return tuple(_narrow(part, dtype) for part in result)
        return _narrow(result, dtype)

    return run


class RoundedTable(Table):
    """A table whose kernels all round half types once; the decorator gives back the bare kernel."""

    def add(self, name: str, kernel: Callable[..., Any]) -> None:
        """Enter a kernel, wrapped. Raises ValueError if the op has one already."""
        super().add(name, rounded_once(kernel))
