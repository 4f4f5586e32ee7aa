"""The user's source text: places, excerpts with a caret, and the syntax tree of one function."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from tracescript.errors import ProducerError
from tracescript.ir.graph import Place
from tracescript.producer.alone import function_alone, text_alone
from tracescript.producer.compiled import FUTURE, Compiled, is_rewritten
from tracescript.producer.private_names import use_compiled_names
from tracescript.producer.tree import nodes_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType, FrameType

Definition = ast.FunctionDef | ast.Lambda
_SHOWN = 60
_HINTS: Final = {
    "Python": "trace this part with ts.trace, or read the value into an attribute in __init__",
    "changed": "load it again (importlib.reload, or a new process), and make objects of its classes"
    " anew",
    "": "write it in a file that can be read, or use ts.trace, which needs no source",
}
SOURCES: Final[dict[str, tuple[list[str], Source]]] = {}
"""What was read of each file: its lines as `linecache` has them, and their Source."""
_LIBRARIES: Final = tuple(
    f"{os.sep}site-packages{os.sep}{name}{os.sep}" for name in ("torch", "numpy")
)
_WIDEST = 100
"""Columns of a line that an excerpt shows."""


@dataclass(frozen=True, eq=False)
class Source:
    """One source file: where it is and its lines; what is parsed of it is kept."""

    path: str
    lines: tuple[str, ...]
    _definitions: dict[CodeType, Definition | None] = field(default_factory=dict)
    _functions: dict[tuple[str, int], list[Definition]] = field(default_factory=dict)
    _compiled: dict[int, Compiled] = field(default_factory=dict)
    _fits: dict[CodeType, bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name without directories, as places have it."""
        return file_name(self.path)

    @functools.cached_property
    def is_ours(self) -> bool:
        """Whether the file is a part of this package, which no user has written."""
        return Path(__file__).parents[1] in Path(self.path).parents

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of the file, an empty one where it is no Python."""
        try:
            return ast.parse("".join(self.lines))
        except SyntaxError:
            return ast.Module([], [])

    def definition(self, code: CodeType) -> Definition | None:
        """Return the function or lambda that became this code, None if there is none in its lines.

        Its names are those that the code has.
        """
        if code not in self._definitions:
            found = self._of_name(code.co_name, code.co_firstlineno)
            exact = [n for n in found if _matches(n, code)]
            chosen = next(iter(exact or found), None)
            if chosen is not None:
                use_compiled_names(chosen, code)
            self._definitions[code] = chosen
        return self._definitions[code]

    def _of_name(self, name: str, first: int) -> list[Definition]:
        """Return the functions, or lambdas, of a name whose code begins in a line."""
        key = name, first
        if key not in self._functions:
            alone = function_alone(self.lines, first) if name != "<lambda>" else None
            nodes = [alone] if alone is not None else nodes_of(self.tree)
            self._functions[key] = [n for n in nodes if _is_definition(n, name, first)]
        return self._functions[key]

    def fits(self, code: CodeType, space: Mapping[str, Any]) -> bool:
        """Tell whether compiling the text makes this code, in these lines."""
        if code not in self._fits:
            flags = code.co_flags & FUTURE
            alone = text_alone(self.lines, code, space)
            self._fits[code] = (
                alone is not None and code in Compiled(alone, flags)
            ) or code in self._whole(flags)
        return self._fits[code]

    def _whole(self, flags: int) -> Compiled:
        """Return what the whole file compiles to."""
        if flags not in self._compiled:
            self._compiled[flags] = Compiled("".join(self.lines), flags)
        return self._compiled[flags]

    def place(self, node: ast.AST, scope: str = "") -> Place | None:
        """Return the range of a syntax node; None for a node without a position."""
        line = getattr(node, "lineno", 0)
        if not line:
            return None
        return Place(
            self.name,
            line,
            getattr(node, "col_offset", 0),
            getattr(node, "end_lineno", None) or line,
            getattr(node, "end_col_offset", None) or 0,
            scope,
        )

    def text(self, node: ast.AST) -> str:
        """Return the source text of an expression on one line, shortened to 60 characters."""
        text = " ".join((ast.get_source_segment("".join(self.lines), node) or "").split())
        return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


@functools.lru_cache(maxsize=1024)
def file_name(path: str) -> str:
    """Return a path's last part; `<stdin>` and the like stay."""
    return Path(path).name or path


def source_of_file(path: str) -> Source | None:
    """Read a source file, or what an interactive shell keeps, as it is now; None if there is none.

    While it is the same its Source is, so that it is parsed once.
    """
    linecache.checkcache(path)
    lines = linecache.getlines(path)
    before = SOURCES.get(path)
    if before is not None and (before[0] is lines or before[1].lines == tuple(lines)):
        return before[1]
    if not lines:
        return None
    source = Source(path, tuple(lines))
    SOURCES[path] = lines, source
    return source


def is_library(path: str) -> bool:
    """Tell whether a file belongs to torch or numpy as they are installed."""
    return any(part in path for part in _LIBRARIES)


def is_current(code: CodeType, space: Mapping[str, Any]) -> bool:
    """Tell whether code still is what its file says; `space` are the globals it runs in.

    Where nothing can be said it is: without a file, and behind loaders that rewrite a program
    before they compile it, as those of pytest and of run-time type checkers do. Files of torch and
    numpy are taken to stay as they are.
    """
    if is_library(code.co_filename) or is_rewritten(space):
        return True
    source = source_of_file(code.co_filename)
    return source is None or source.fits(code, space)


def source_of(function: Any) -> tuple[Source, Definition]:
    """Return the file of a Python function and its definition in the file's syntax tree.

    Raises ProducerError with SOURCE_NOT_FOUND for builtins and generated code. Spec: SCRIPT-2.
    """
    plain = unwrapped(function)
    code: CodeType | None = getattr(plain, "__code__", None)
    name = getattr(function, "__qualname__", None) or repr(function)
    if code is None:
        raise _no_source(name, "it is not written in Python")
    source = source_of_file(code.co_filename)
    if source is None:
        raise _no_source(name, f"{file_name(code.co_filename)} cannot be read")
    definition = source.definition(code)
    if definition is None or not is_current(code, plain.__globals__):
        raise _no_source(name, f"{source.name} has changed since {name} was made from it")
    return source, definition


def unwrapped(function: Any) -> Any:
    """Return the function that runs: decorators that change nothing are taken off.

    Those are torch's (`no_grad`), and objects of C around a Python function; any other wrapper is
    itself what runs.
    """
    while hasattr(function, "__wrapped__"):
        home = getattr(getattr(function, "__code__", None), "co_filename", "")
        is_plain = inspect.isfunction(function)
        if is_plain and "torch" not in Path(home).parts and Path(home).name != "contextlib.py":
            return function
        function = function.__wrapped__
    return function


def _is_definition(node: ast.AST, name: str, line: int) -> TypeGuard[Definition]:
    if isinstance(node, ast.Lambda):
        return name == "<lambda>" and node.lineno == line
    if not isinstance(node, ast.FunctionDef) or node.name != name:
        return False
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return line in {first, node.lineno}


def _matches(node: ast.AST, code: CodeType) -> bool:
    """Tell two lambdas of one line apart by where their bodies start."""
    if not isinstance(node, ast.Lambda) or sys.version_info < (3, 11):
        return isinstance(node, ast.FunctionDef)
    columns = {p[2] for p in code.co_positions() if p[0] and p[2] is not None}
    return node.body.col_offset in columns


def _no_source(name: str, why: str) -> ProducerError:
    return ProducerError(
        f"the source of {name} is not available: {why}",
        code="SOURCE_NOT_FOUND",
        rule="SCRIPT-2",
        hint=next(hint for part, hint in _HINTS.items() if part in why),
    )


def place_of(frame: FrameType, scope: str = "") -> Place:
    """Return the place a frame is at; columns need Python 3.11, else they are 0."""
    code = frame.f_code
    place = Place(file_name(code.co_filename), frame.f_lineno, scope=scope or code.co_name)
    if sys.version_info < (3, 11):
        return place
    positions = list(code.co_positions())
    k = frame.f_lasti // 2
    if not 0 <= k < len(positions):
        return place
    line, end_line, column, end_column = positions[k]
    return replace(
        place,
        line=line or frame.f_lineno,
        column=column or 0,
        end_line=end_line or 0,
        end_column=end_column or 0,
    )


def caret(lines: tuple[str, ...] | list[str], place: Place) -> str:
    """Return the line of a place with carets below its range; empty if the line is unknown."""
    if not 0 < place.line <= len(lines):
        return ""
    line = lines[place.line - 1].rstrip("\n")
    start = len(line.encode()[: place.column].decode(errors="ignore"))
    end = len(line)
    if place.end_line == place.line and place.end_column:
        end = len(line.encode()[: place.end_column].decode(errors="ignore"))
    shown = line.strip()
    shift = len(line) - len(line.lstrip())
    if not place.end_column:
        return f"    {_window(shown, 0, 0)[0]}"
    width = max(1, min(end, shift + len(shown)) - max(start, shift))
    shown, begin, width = _window(shown, max(0, start - shift), width)
    return f"    {shown}\n    {' ' * begin}{'^' * width}"


def _window(line: str, begin: int, width: int) -> tuple[str, int, int]:
    """Cut the part of a long line around a range; return it with the range in it."""
    if len(line) <= _WIDEST:
        return line, begin, width
    first = max(0, min(begin - _WIDEST // 4, len(line) - _WIDEST))
    before, after = "..." if first else "", "..." if first + _WIDEST < len(line) else ""
    at = begin - first
    part = line[first : first + _WIDEST]
    return f"{before}{part}{after}", at + len(before), min(width, len(part) - at)


def caret_of_file(path: str, place: Place) -> str:
    """Return the caret excerpt of a place in the file at `path`."""
    source = source_of_file(path)
    return "" if source is None else caret(source.lines, place)
