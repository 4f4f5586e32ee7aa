"""What a source text compiles to, to tell whether code was made from it."""

from __future__ import annotations
import __future__

import ast
import warnings
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FUTURE: Final = sum(
    getattr(__future__, name).compiler_flag for name in __future__.all_feature_names
)
"""The flags of code that say which features of `__future__` it was compiled with."""
_LOADERS: Final = frozenset({"_frozen_importlib", "_frozen_importlib_external", "zipimport"})


class Compiled:
    """All code that a text compiles to; none if it is no Python."""

    def __init__(self, text: str, flags: int) -> None:
        """Compile with flags of `__future__`."""
        options = flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as shells do; functions are the same
        self._parts: dict[tuple[str, int], list[CodeType]] = {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                whole = compile(text, "<text>", "exec", options, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        for code in _parts(whole):
            self._parts.setdefault((code.co_name, code.co_firstlineno), []).append(code)

    def __contains__(self, code: CodeType) -> bool:
        """Tell whether code with this content, in these lines, is among it."""
        same = self._parts.get((code.co_name, code.co_firstlineno), ())
        return any(_content(code) == _content(other) for other in same)


def _parts(code: CodeType) -> Iterator[CodeType]:
    yield code
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _parts(value)


def _content(code: CodeType) -> tuple[Any, ...]:
    """Return what code does and in which lines.

    Columns are left out: code from a cache may lack them.
    """
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    constants = tuple(_constant(value) for value in code.co_consts)
    return code.co_name, code.co_code, names, tuple(code.co_lines()), constants


def _constant(value: Any) -> Any:
    if isinstance(value, CodeType):
        return _content(value)
    if isinstance(value, tuple):
        return tuple(_constant(part) for part in value)
    return value if isinstance(value, frozenset) else (type(value), repr(value))


def is_rewritten(space: Mapping[str, Any]) -> bool:
    """Tell whether the module with these globals was loaded by other than Python's own loaders."""
    loader = space.get("__loader__")
    kind = loader if isinstance(loader, type) else type(loader)
    return loader is not None and kind.__module__ not in _LOADERS
