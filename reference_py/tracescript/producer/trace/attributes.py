"""What modules hold besides weights and buffers: nothing in a trace can hold a change of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.producer.trace import changing
from tracescript.producer.trace.changing import Effect
from tracescript.producer.trace.prints import PLAIN, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from tracescript.producer.trace.tape import Slot, Wire
    from tracescript.producer.trace.tree import Branch

_TABLES: Final = frozenset({"_buffers", "_modules"})
_HINT: Final = "make it a buffer (an array) and write the new value into it"


class Attributes:
    """The attributes of modules as they were before the run.

    `was_read` tells whether the program used an array: one replaced unread had no effect. `scratch`
    are those, by identity of the module and name, that are written before they are read.
    """

    def __init__(
        self,
        branches: Iterable[Branch],
        was_read: Callable[[Any], bool],
        scratch: Container[tuple[int, str]] = (),
    ) -> None:
        self._was_read = was_read
        self._scratch = scratch
        self._before: list[tuple[Branch, dict[str, Any], dict[str, Any]]] = []
        for branch in branches:
            self.add(branch)

    def add(self, branch: Branch) -> None:
        """Remember the attributes of a module; a finished model keeps its own books."""
        is_model = getattr(type(branch.module), "__tracescript_model__", False)
        if hasattr(branch.module, "__dict__") and not is_model:
            found = _own(branch)
            key = id(branch.module)
            prints = {n: printed(v) for n, v in found.items() if (key, n) not in self._scratch}
            self._before.append((branch, found, prints))

    def effects(self) -> Iterator[Effect]:
        """Yield what the program changed. Spec: TRACE-14."""
        for module, name, old, new in self._changes():
            yield effect(module, name, _described(name, old, new))

    def changes(self) -> list[tuple[Any, str, Any, Any]]:
        """Return module, name, value before and value now of each attribute that changed."""
        return [(m, name, old.get(name), new.get(name)) for m, name, old, new in self._changes()]

    def _changes(self) -> Iterator[tuple[Any, str, dict[str, Any], dict[str, Any]]]:
        """Yield the module and the name of what changed, with its attributes before and now."""
        for branch, old, prints in self._before:
            new = _own(branch)
            for name in prints.keys() | new.keys():
                made = printed(new[name]) if name in new else ("absent",)
                if prints.get(name, ("absent",)) == made:
                    continue
                if (id(branch.module), name) in self._scratch:
                    continue
                if name in new and name in old and self._is_rewritten(old[name], new[name]):
                    continue
                yield branch.module, name, old, new

    def _is_rewritten(self, old: Any, new: Any) -> bool:
        """Tell whether an array was replaced that the program had not read."""
        return hasattr(old, "dtype") and hasattr(new, "dtype") and not self._was_read(old)


def effect(module: Any, name: str, what: str) -> Effect:
    """Return that a program changes an attribute, with the line that does. Spec: TRACE-14."""
    text = f"{what} {name} of {type(module).__name__}, which the trace cannot repeat"
    return Effect(text, changing.attribute(type(module), name), _HINT)


def check_type(module: Any, name: str, slot: Slot, wire: Wire) -> None:
    """Raise ProducerError where a buffer is assigned an array of another type."""
    if wire.type != slot.type:
        what = "the program changes the data type or the sizes of the buffer"
        raise effect(module, name, what).error()


def _own(branch: Branch) -> dict[str, Any]:
    """Return the attributes of a module that no slot and no submodule stands for."""
    inherited = _inherited(type(branch.module))
    found = {
        name: value
        for name, value in vars(branch.module).items()
        if name not in inherited and name not in branch.slots and name not in branch.children
    }
    for table in _TABLES & vars(branch.module).keys():
        held = vars(branch.module)[table]
        found |= {n: v for n, v in held.items() if n not in {*branch.slots, *branch.children}}
    return found


def _inherited(kind: type) -> frozenset[str]:
    """Return the names that the library's own class gives every module."""
    for base in kind.__mro__:
        if base.__name__ == "Module" and base.__module__.startswith(("torch.", "tracescript.")):
            return frozenset(vars(base())) - {"training"}
    return frozenset()


def _described(name: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    a, b = old.get(name), new.get(name)
    if name in old and name in new and isinstance(a, PLAIN) and isinstance(b, PLAIN):
        return f"the program changes (from {a!r} to {b!r}) the attribute"
    return "the program changes the attribute"
