"""Memory that kernels work in, at lines of the cache: kept by each thread, or new."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from tracescript.kernels.rounding import Array

_KEPT: Final = threading.local()
_LINE: Final = 64
"""Bytes of a line of the cache, where memory begins."""
_MOST: Final = 4 << 20
"""Bytes beyond which memory is not kept."""


_WORTH: Final = 1 << 17
"""Bytes from which on it pays to look where memory begins."""


def new(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return a new array of any content; loops over one at a line take up to a fifth less time."""
    size = math.prod(shape) * dtype.itemsize
    return np.empty(shape, dtype) if size < _WORTH else aligned(shape, dtype)


def aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return a new array of any content that begins at a line."""
    memory = np.empty(math.prod(shape) * dtype.itemsize + _LINE, np.uint8)
    return np.ndarray(shape, dtype, memory, -memory.ctypes.data % _LINE)


def scratch(use: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Return an array of any content, which the thread's next call for the same use overwrites."""
    size = math.prod(shape) * dtype.itemsize
    if size > _MOST:
        return np.empty(shape, dtype)
    kept: Array | None = getattr(_KEPT, use, None)
    if kept is None or kept.size < size:
        kept = np.empty(size + _LINE, np.uint8)
        kept = kept[-kept.ctypes.data % _LINE :]
        setattr(_KEPT, use, kept)
    return kept[:size].view(dtype).reshape(shape)
