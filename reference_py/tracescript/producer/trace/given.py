"""What the caller gave: lists, dicts and objects among the arguments that a program changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.producer.trace import changing, statements, structure
from tracescript.producer.trace.changing import Effect
from tracescript.producer.trace.prints import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracescript.producer.trace.door import Door

_HINT: Final = "no caller of the model would see it: change a copy, and return that"


class Given:
    """The arguments of a method as they were before the run.

    An object that the library takes apart may change where the program returns it: its parts are a
    result.
    """

    def __init__(self, door: Door, function: Callable[..., Any], values: Mapping[str, Any]) -> None:
        self._door = door
        self._function = function
        self._values = values
        self._before = {name: self._print(value) for name, value in values.items()}
        self._objects = [
            (name, found, self._parts(found))
            for name, value in values.items()
            for found in self._opened(value)
        ]

    def effects(self, result: Any) -> Iterator[Effect]:
        """Yield the arguments that the program changed. Spec: TRACE-14."""
        for name, value in self._values.items():
            if self._print(value) != self._before[name]:
                yield self._effect(name, value)
        returned = {id(found) for found in self._opened(result)}
        for name, found, before in self._objects:
            if id(found) not in returned and self._parts(found) != before:
                yield self._effect(name, found)

    def _print(self, value: Any) -> Any:
        return printed(value, is_whole=self._is_object)

    def _parts(self, found: Any) -> Any:
        return printed(self._door.argument_parts(found))

    def _opened(self, value: Any) -> Iterator[Any]:
        """Yield the objects in a value that the library takes apart."""
        if self._is_object(value):
            yield value
        for _, part in structure.parts(value):
            yield from self._opened(part)

    def _is_object(self, value: Any) -> bool:
        is_container = isinstance(value, (tuple, list, dict)) or bool(structure.parts(value))
        is_other = is_container or self._door.is_array(value)
        return not is_other and self._door.argument_parts(value) is not None

    def _effect(self, name: str, value: Any) -> Effect:
        function = getattr(self._function, "__func__", self._function)
        site = changing.variable([function], name) or statements.defined(function)
        what = f"the program changes the {type(value).__name__} that its caller gives as {name}"
        return Effect(what, site, _HINT, "ALIASING")
