"""Functions of numpy that C code answers: replaced while a trace runs, so that sizes are seen."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.producer import patches
from tracescript.producer.session import active
from tracescript.producer.trace.numbers import SymFloat, SymInt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tracescript.producer.trace.door import Door

SYMBOLS: Final = (SymInt, SymFloat)


@contextlib.contextmanager
def watched(
    door: Door,
    handlers: Mapping[str, Callable[..., Any]],
    kinds: tuple[type, ...],
    others: Callable[..., Any] | None = None,
) -> Iterator[None]:
    """Hand calls of numpy's functions to handlers where an argument holds one of these kinds.

    A handler gets the door, the function and its arguments; `others` calls the function with other
    arguments, which it gets as a tuple and a dict.
    """
    made: dict[tuple[Any, str], Any] = {
        (np, name): _watching(door, getattr(np, name), handler, kinds, others)
        for name, handler in handlers.items()
    }
    with patches.replaced(made):
        yield


def _watching(
    door: Door,
    function: Callable[..., Any],
    handler: Callable[..., Any],
    kinds: tuple[type, ...],
    others: Callable[..., Any] | None,
) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if active() is not door:
            return function(*args, **kwargs)
        if holds((args, kwargs), kinds):
            return handler(door, function, *args, **kwargs)
        return function(*args, **kwargs) if others is None else others(door, function, args, kwargs)

    call.unwatched = function  # type: ignore[attr-defined]  # read by `own`
    return call


def own(function: Any) -> Any:
    """Return numpy's own function for one that is watched."""
    return getattr(function, "unwatched", function)


def holds(value: Any, kinds: tuple[type, ...]) -> bool:
    """Tell whether a value of one of these kinds is among nested arguments."""
    if isinstance(value, kinds):
        return True
    if isinstance(value, dict):
        value = tuple(value.values())
    return isinstance(value, (tuple, list)) and any(holds(part, kinds) for part in value)


def fixed(door: Door, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function with plain numbers, and record that the program depends on them."""
    found = {key: door.fixed(value) for key, value in kwargs.items()}
    return function(*(door.fixed(value) for value in args), **found)


NAMES: Final = (
    *("zeros", "ones", "full", "empty", "eye", "identity", "arange", "linspace", "logspace"),
    *("geomspace", "tri", "indices", "broadcast_to", "tile", "repeat", "reshape"),
)
"""Functions that take sizes and need no traced array among their arguments."""
