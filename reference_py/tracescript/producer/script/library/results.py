"""What a recorded call of a library gave, as a script has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.producer.script.emitter.entries import Items, Known
from tracescript.producer.script.emitter.objects import data_type_of_object
from tracescript.producer.script.library.examples import UnknownTypeError
from tracescript.producer.trace.numbers import Symbolic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.replay import Replay
    from tracescript.producer.trace.door import Door
    from tracescript.producer.trace.tape import Wire


class Truth:
    """What a library's question about elements answers: a bool that run time tells."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire


class Results:
    """A result taken apart: wires for what run time computes, plain values for the rest.

    Raises UnknownTypeError for what a script has no entry for.
    """

    def __init__(self, door: Door, result: Any) -> None:
        self._door = door
        self._made = self._taken(result)

    def _taken(self, value: Any) -> Any:
        if isinstance(value, tuple | list):
            parts = [self._taken(v) for v in value]
            return (type(value) is list, getattr(value, "_fields", ()), parts)
        if isinstance(value, Truth) or type(value).__mro__[1:2] == (Symbolic,):
            return value.wire
        if self._door.is_array(value):
            return self._door.wire(value)
        if value is None or type(value) in {bool, int, float}:
            return _Plain(value)
        if data_type_of_object(value) is not None and not isinstance(value, type):
            return _Plain(value)
        raise UnknownTypeError

    def wires(self) -> Iterator[Wire]:
        """Yield the wires of the result."""
        return _wires(self._made)

    def signature(self, number: Callable[[Wire], Any]) -> Any:
        """Return the result with a number for each wire."""

        def written(made: Any) -> Any:
            if isinstance(made, tuple):
                return (*made[:2], [written(p) for p in made[2]])
            return repr(made.value) if isinstance(made, _Plain) else number(made)

        return written(self._made)

    def entry(self, e: Emitter, replay: Replay) -> Entry:
        """Return the result for the program."""

        def entry(made: Any) -> Entry:
            if isinstance(made, tuple):
                is_list, names, parts = made
                return Items(tuple(map(entry, parts)), is_list=is_list, names=tuple(names))
            if not isinstance(made, _Plain):
                return replay.value(made)
            is_plain = made.value is None or type(made.value) in {bool, int, float}
            return e.constant(made.value) if is_plain else Known(made.value)

        return entry(self._made)


class _Plain:
    def __init__(self, value: Any) -> None:
        self.value = value


def _wires(made: Any) -> Iterator[Wire]:
    if isinstance(made, tuple):
        for part in made[2]:
            yield from _wires(part)
    elif not isinstance(made, _Plain):
        yield made
