"""Python functions as they are read from their files, once while a program is compiled."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from tracescript.producer.script import prelude
from tracescript.producer.script.calls.parameters import local_names
from tracescript.producer.script.source.exits import remove_exits
from tracescript.producer.source import source_of, unwrapped

if TYPE_CHECKING:
    from types import CodeType

    from tracescript.producer.source import Definition, Source

_OURS = (
    f"{prelude.__name__}.",
    "tracescript.producer.torch.draws",
    "tracescript.producer.torch.sequences",
    "tracescript.producer.torch.written",
)
"""How the names of all modules begin that are written in the language of scripts."""


class Written(NamedTuple):
    """A function's source, its definition, and the names it assigns.

    `body` are the statements of a function of ours, without exits; None for a user's.
    """

    source: Source
    definition: Definition
    names: frozenset[str]
    body: list[ast.stmt] | None


class Definitions:
    """The functions of one attempt at compiling a program; a file counts as it is first read."""

    def __init__(self) -> None:
        self._read: dict[CodeType, Written] = {}

    def of(self, function: Any) -> Written:
        """Return what is written. Raises ProducerError, SOURCE_NOT_FOUND, as `source_of` does."""
        plain = unwrapped(function)
        if (getattr(plain, "__module__", None) or "").startswith(_OURS):
            return _of_ours(plain)
        code = getattr(plain, "__code__", None)
        found = self._read.get(code) if code is not None else None
        if found is None:
            source, definition = source_of(function)
            found = Written(source, definition, local_names(definition), None)
            self._read[plain.__code__] = found
        return found


@functools.cache
def _of_ours(function: Any) -> Written:
    """Read a function of ours: it never changes while a program runs."""
    source, definition = source_of(function)
    assert isinstance(definition, ast.FunctionDef)
    body = remove_exits(definition.body)
    return Written(source, definition, local_names(definition), body)


__all__ = ["Definitions", "Written"]
