"""Torch and numpy functions whose arguments need more than another name: the table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracescript.producer.script.emitter.entries import constant_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

    Arguments = dict[str, Entry]
    Special = Callable[[Emitter, list[Entry], Arguments], Entry]

SPECIAL: dict[str, Special] = {}


def special(*names: str) -> Callable[[Special], Special]:
    """Register a function for dotted Python names."""

    def register(function: Special) -> Special:
        SPECIAL.update(dict.fromkeys(names, function))
        return function

    return register


def take(args: list[Entry], kwargs: Arguments, *names: str) -> list[Entry | None]:
    """Return arguments by position or name in order, None for what is missing."""
    found: list[Entry | None] = [*args[: len(names)]]
    return found + [kwargs.get(n) for n in names[len(found) :]]


def known(e: Emitter, entry: Entry | None, default: Any, what: str) -> Any:
    """Return a plain value known at compile time."""
    if entry is None:
        return default
    is_known, value = constant_of(entry)
    if not is_known:
        e.session.loops.needs_constant(entry)
        raise e.error(
            None,
            f"{what} must be known at compile time",
            rule="SCRIPT-10",
            hint="make it a constant or an attribute set in __init__",
        )
    return value


def several(value: Any, count: int) -> list[int]:
    """Write one number or a sequence as `count` numbers."""
    return [int(value)] * count if isinstance(value, int) else [int(v) for v in value]
