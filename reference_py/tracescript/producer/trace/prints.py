"""Prints of what a program holds: equal where nothing was changed in between."""

from __future__ import annotations

import collections
import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer.trace.numbers import SymFloat, SymInt

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN: Final = (bool, int, float, complex, str, bytes, type(None))
DEEP: Final = 6
"""Levels of containers and objects that are looked into."""
_LARGE: Final = 4096
"""Elements up to which an array of the program is compared element by element."""
_KEPT: Final = frozenset({"argparse", "collections", "types"})
"""Modules of the standard library whose objects hold what a program puts into them."""
_LIBRARY: Final = frozenset({"torch", "numpy", "tracescript"}) | (sys.stdlib_module_names - _KEPT)


def printed(value: Any, depth: int = DEEP, is_whole: Callable[[Any], bool] | None = None) -> Any:
    """Return what is equal for a value that was not changed, and keeps its arrays alive.

    Objects that `is_whole` tells are not looked into.
    """
    inside = functools.partial(printed, depth=depth - 1, is_whole=is_whole)
    if isinstance(value, (SymInt, SymFloat)) or (is_whole is not None and is_whole(value)):
        return (_Same(value),)
    if isinstance(value, PLAIN):
        return type(value), repr(value)
    if isinstance(value, np.ndarray) and value.size <= _LARGE:
        return _Same(value), value.tobytes()
    if depth and isinstance(value, (list, tuple, collections.deque)):
        return type(value), tuple(inside(v) for v in value), _fields(value, inside)
    if depth and isinstance(value, dict):
        held = tuple((repr(k), inside(v)) for k, v in value.items())
        return type(value), held, _fields(value, inside)
    if isinstance(value, (set, frozenset)):
        return type(value), frozenset(map(repr, value))
    if depth and is_record(value):
        return _Same(value), inside(contents(value))
    return (_Same(value),)


def _fields(value: Any, inside: Callable[[Any], Any]) -> Any:
    """Return a print of what a container of a class of the program holds beside its parts."""
    held = contents(value)
    return inside(held) if held else None


class _Same:
    """Equal only for the same object, which it keeps alive."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._value is self._value

    def __hash__(self) -> int:
        return id(self._value)


def is_record(value: Any) -> bool:
    """Tell whether a value is an object of a class of the program, whose attributes count."""
    kinds = (type, np.ndarray, np.generic)
    is_other = isinstance(value, kinds) or callable(value) or inspect.ismodule(value)
    root = type(value).__module__.partition(".")[0]
    return root not in _LIBRARY and not is_other


def contents(value: Any) -> dict[str, Any]:
    """Return the attributes of an object, those in slots too."""
    slots = (s for kind in type(value).__mro__ for s in vars(kind).get("__slots__", ()))
    found = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    return found | dict(getattr(value, "__dict__", {}))
