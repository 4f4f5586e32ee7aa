"""Finds ops by numpy function."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from tracescript.opset.names import numpy_names
from tracescript.producer.trace import hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.producer.numpy.door import NumpyDoor


def full_name(function: Any) -> str:
    """Return a numpy function's name with its module."""
    return f"{getattr(function, '__module__', None) or 'numpy'}.{function.__name__}"


@functools.cache
def candidates() -> dict[Any, Any]:
    """Return the ops by numpy function object."""
    found: dict[Any, Any] = {}
    for name, ops in numpy_names().items():
        target: Any = np
        for part in name.split(".")[1:]:
            target = getattr(target, part, None)
        if callable(target):
            found[target] = found.get(target, ()) + tuple(ops)
    return found


def unknown(door: NumpyDoor, name: str) -> Exception:
    """Make the error about a function that is no op."""
    stem = name.rpartition(".")[2]
    what = f"{name} is no op of the opset with these arguments"
    return door.recorder.error("UNKNOWN_CALL", what, hints.instead(stem))


def takes(handler: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Tell whether a handler takes these arguments."""
    try:
        inspect.signature(handler).bind(*args, **kwargs)
    except TypeError:
        return False
    return True


def by_function(handlers: Mapping[str, Callable[..., Any]]) -> dict[Any, Callable[..., Any]]:
    """Return handlers by the function of a name in numpy; versions of numpy lack some."""
    found: dict[Any, Callable[..., Any]] = {}
    for name, handler in handlers.items():
        target: Any = np
        for part in name.split("."):
            target = getattr(target, part, None)
        if target is not None:
            found[target] = handler
    return found
