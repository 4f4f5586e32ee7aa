"""Methods and attributes of numpy's arrays."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.numpy import names, orders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracescript.producer.numpy.array import TracedArray
    from tracescript.producer.numpy.door import NumpyDoor


def named(door: NumpyDoor, array: TracedArray, name: str) -> Any:
    """Return a method: one of its own, or the function of numpy of the same name."""
    if name.startswith("__"):
        raise AttributeError(name)
    handler = METHODS.get(name)
    if handler is not None:
        return functools.partial(handler, door, array)
    function = getattr(np, name, None)
    if callable(function) and hasattr(np.ndarray, name):
        return functools.partial(_called, door, function, array)
    if hasattr(np.ndarray, name):
        raise names.unknown(door, f"numpy.ndarray.{name}")
    message = f"an array has no attribute {name!r}"
    raise AttributeError(message, name=name, obj=array)


def _called(
    door: NumpyDoor, function: Callable[..., Any], array: TracedArray, *args: Any, **kwargs: Any
) -> Any:
    if isinstance(function, np.ufunc):
        return door.of_ufunc(function, "__call__", (array, *args), kwargs)
    return door.of_function(function, (array, *args), kwargs)


def _astype(
    door: NumpyDoor, array: Any, dtype: Any, order: str = "K", casting: Any = "unsafe", **rest: Any
) -> Any:
    del order  # elements stay where their index says
    if not np.can_cast(array.dtype, dtype, casting):
        message = f"Cannot cast array data from {array.dtype} to {np.dtype(dtype)}"
        raise TypeError(f"{message} according to the rule {casting!r}")
    is_same = not rest.get("copy", True) and array.dtype == dtype
    return array if is_same else door.astype(array, dtype)


def _method_reshape(_: NumpyDoor, array: Any, *shape: Any, order: Any = "C") -> Any:
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
    return np.reshape(array, sizes, order=order)


def _method_transpose(_: NumpyDoor, array: Any, *axes: Any) -> Any:
    order = (
        axes[0]
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list)))
        else axes
    )
    return np.transpose(array, order or None)


def _method_flatten(_: NumpyDoor, array: Any, order: Any = "C") -> Any:
    return np.copy(np.reshape(array, (-1,), order=order))


def _method_compress(_: NumpyDoor, array: Any, condition: Any, axis: Any = None) -> Any:
    return np.compress(condition, array, axis)


def _method_fill(door: NumpyDoor, array: Any, value: Any) -> None:
    door.setitem(array, Ellipsis, value)


METHODS: Final[Mapping[str, Callable[..., Any]]] = {
    "astype": _astype,
    "reshape": _method_reshape,
    "transpose": _method_transpose,
    "flatten": _method_flatten,
    "compress": _method_compress,
    "clip": lambda _, x, min=None, max=None: np.clip(x, min, max),  # noqa: A006  # numpy's names
    **orders.METHODS,
    "fill": _method_fill,
}
"""By method of numpy's arrays; the rest of its methods are functions of the same name."""
