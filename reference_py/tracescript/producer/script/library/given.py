"""Arguments of a call that keep which of them were asked for: none may be lost unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from tracescript.producer.script.emitter.diagnostics import is_none
from tracescript.producer.script.emitter.entries import constant_of
from tracescript.producer.script.library.lower_names import IGNORED, ONLY_DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import SupportsIndex

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry
    from tracescript.producer.script.library.table import Arguments, Special


class _Positional(list["Entry"]):
    """Arguments by place; `seen` are the places that were read."""

    def __init__(self, given: list[Entry]) -> None:
        super().__init__(given)
        self.seen: set[int] = set()

    def __iter__(self) -> Iterator[Entry]:
        self.seen.update(range(len(self)))
        return super().__iter__()

    @overload
    def __getitem__(self, at: SupportsIndex) -> Entry: ...

    @overload
    def __getitem__(self, at: slice) -> list[Entry]: ...

    def __getitem__(self, at: SupportsIndex | slice) -> Entry | list[Entry]:
        places = range(len(self))[at]
        self.seen.update([places] if isinstance(places, int) else places)
        return super().__getitem__(at)


class _Named(dict[str, "Entry"]):
    """Arguments by name; `seen` are the names that were read."""

    def __init__(self, given: Arguments) -> None:
        super().__init__(given)
        self.seen: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        self.seen.update(super().keys())
        return super().__iter__()

    def items(self) -> Any:
        """Return all, all of them seen."""
        self.seen.update(super().keys())
        return super().items()

    def values(self) -> Any:
        """Return all, all of them seen."""
        self.seen.update(super().keys())
        return super().values()

    def __getitem__(self, name: str) -> Entry:
        self.seen.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return one, or the default."""
        self.seen.add(name)
        return super().get(name, default)


def answered(
    e: Emitter, name: str, special: Special, args: list[Entry], kwargs: Arguments
) -> Entry:
    """Write a call; refuse it where an argument was not asked for and may say something."""
    given, named = _Positional(args), _Named(kwargs)
    made = special(e, given, named)
    lost = [k for k in dict.keys(named) if k not in named.seen and not _says_nothing(k, kwargs[k])]
    if lost or len(given.seen) < len(args):
        what = f"`{lost[0]}`" if lost else f"more than {len(given.seen)} arguments without a name"
        raise e.error(
            None,
            f"{name}(): scripts do not know {what}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-10",
            hint="leave it out, or write what it does with other calls",
        )
    return made


def _says_nothing(name: str, entry: Entry) -> bool:
    """Whether an argument is the default, or one that no value depends on."""
    known, value = constant_of(entry)
    if name == "inplace":
        return known and value is False
    defaults = ONLY_DEFAULTS.get(name, ())
    return (
        name in IGNORED
        or is_none(entry)
        or (known and any(value is d or value == d for d in defaults))
    )
