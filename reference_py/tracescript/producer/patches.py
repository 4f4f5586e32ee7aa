"""What stands in for functions of libraries while a trace runs, and how all of it makes way."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ABSENT: Final = object()


@dataclass(frozen=True, slots=True, eq=False)
class _Patch:
    """An attribute of a module or class: what it was (absent where inherited) and what it is."""

    owner: Any
    name: str
    before: Any
    now: Any

    def put(self) -> None:
        setattr(self.owner, self.name, self.now)

    def back(self) -> None:
        if self.before is _ABSENT:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.before)


_OPEN: Final[list[_Patch]] = []
"""The patches in force, in the order in which they were made."""


@contextlib.contextmanager
def replaced(values: Mapping[tuple[Any, str], Any]) -> Iterator[None]:
    """Give attributes, by owner and name, other values for the length of a `with` block."""
    made = [_Patch(o, n, vars(o).get(n, _ABSENT), value) for (o, n), value in values.items()]
    for patch in made:
        patch.put()
        _OPEN.append(patch)
    try:
        yield
    finally:
        for patch in reversed(made):
            patch.back()
            _OPEN.remove(patch)


@contextlib.contextmanager
def suspended() -> Iterator[None]:
    """Put everything back as it was for the length of a `with` block."""
    held = list(_OPEN)
    _OPEN.clear()
    for patch in reversed(held):
        patch.back()
    try:
        yield
    finally:
        for patch in held:
            patch.put()
        _OPEN[:] = held
