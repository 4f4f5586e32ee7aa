"""Objects of a library that are arguments and results by their parts, such as caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tracescript.producer.trace.structure import parts, rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Objects(Protocol):
    """What takes objects of a library apart and makes them anew."""

    def is_array(self, value: Any) -> bool:
        """Tell whether a Python value is an array."""

    def argument_parts(self, value: Any) -> Any:
        """Return the parts of an argument in a dict or tuple, None for an object of any kind."""

    def rebuilt(self, value: Any, held: Sequence[Any]) -> Any:
        """Return an object like one with `argument_parts`, made of other parts."""


def opened(value: Any, parts_of: Callable[[Any], Any]) -> Any:
    """Return a result with the parts, in a dict or tuple, of each object that `parts_of` knows."""
    inner = [part for _, part in parts(value)]
    if not inner:
        found = None if isinstance(value, (tuple, list, dict)) else parts_of(value)
        return value if found is None else opened(found, parts_of)
    plain = [opened(part, parts_of) for part in inner]
    is_same = all(a is b for a, b in zip(inner, plain, strict=True))
    return value if is_same else rebuilt(value, plain)


def closed(value: Any, plain: Any, door: Objects) -> Any:
    """Undo `opened`: return `plain` with objects like those in `value` where it holds their parts.

    `plain` has the structure of `opened(value, door.argument_parts)`.
    """
    inner = [part for _, part in parts(value)]
    held = [part for _, part in parts(plain)]
    if inner:
        return rebuilt(value, [closed(a, b, door) for a, b in zip(inner, held, strict=True)])
    found = None if door.is_array(value) else door.argument_parts(value)
    if found is None:
        return plain
    below = [part for _, part in parts(found)]
    return door.rebuilt(value, [closed(a, b, door) for a, b in zip(below, held, strict=True)])
