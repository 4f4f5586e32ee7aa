"""The functions that an expression over the values of one call may use. Spec: calls.md."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def numel(x: Any) -> int:
    """The elements of a tensor, or of the tensors in a list; any other value is one."""
    if isinstance(x, list | tuple):
        return sum(map(numel, x))
    return int(getattr(x, "size", 1))


def greatest(x: Any) -> int:
    """The largest element of a tensor of integers, -1 if it has none."""
    return int(x.max()) if x.size else -1


def total(x: Any) -> int:
    """The sum of the elements of a tensor of integers, those below 0 left out."""
    return int(np.maximum(x, 0).sum())


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": abs,
    "count_nonzero": lambda x: int(np.count_nonzero(x)),
    "greatest": greatest,
    "is_str": lambda x: isinstance(x, str),
    "len": len,
    "max": max,
    "min": min,
    "numel": numel,
    "prod": math.prod,
    "range": range,
    "rank": lambda x: x.ndim,
    "shape": lambda x: list(x.shape),
    "size": lambda x, axis: x.shape[axis],
    "sum": sum,
    "total": total,
    "zip": zip,
}
"""Every function that an expression over values may call, by its name."""
