"""Where the user's program is right now."""

from __future__ import annotations

import ast
import functools
import linecache
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracescript.errors import ProducerError
from tracescript.ir import Place
from tracescript.ir.text import place_text
from tracescript.producer.source import (
    caret_of_file,
    file_name,
    is_current,
    is_library,
    source_of_file,
)
from tracescript.producer.trace.ranges import ranges
from tracescript.producer.trace.tape import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

    Sites = dict[tuple[CodeType, int], Site]

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_OURS: Final = f"{_PACKAGE}{os.sep}"
_PROGRAMS: Final = f"{_PACKAGE / 'cli' / 'demo'}{os.sep}"
"""Programs that stand for a user's own."""
_STDLIB: Final = f"{Path(functools.__file__).resolve().parent}{os.sep}"


@functools.lru_cache(maxsize=4096)
def _is_user(path: str) -> bool:
    if path.startswith(_PROGRAMS):
        return path.endswith("programs.py")
    if path.startswith((_OURS, "<frozen")) or is_library(path):
        return False
    return not path.startswith(_STDLIB) or "site-packages" in path


def _place(frame: FrameType) -> Place:
    code, file = frame.f_code, file_name(frame.f_code.co_filename)
    scope = getattr(code, "co_qualname", code.co_name)
    table, index = ranges(code), frame.f_lasti // 2
    at = table[index] if 0 <= index < len(table) else None
    if at is not None:
        line, end_line, column, end_column = at
        return Place(file, line, column, end_line, end_column, scope)
    return Place(file, frame.f_lineno or 0, scope=scope)


def site_of(frame: FrameType, known: Sites | None = None) -> Site:
    """Return where a frame is; without the path of a file that no longer is what runs.

    `known` are sites that were found before, by code and place in it; it gets this one.
    """
    code, at = frame.f_code, frame.f_lasti
    found = None if known is None else known.get((code, at))
    if found is None:
        found = Site(_place(frame), code.co_filename if is_current(code, frame.f_globals) else "")
        if known is not None:
            known[code, at] = found
    return found


def _users(start: FrameType | None) -> Iterator[FrameType]:
    while start is not None:
        if _is_user(start.f_code.co_filename):
            yield start
        start = start.f_back


def is_users(frame: FrameType) -> bool:
    """Tell whether a frame runs the user's program."""
    return _is_user(frame.f_code.co_filename)


def is_users_file(path: str) -> bool:
    """Tell whether a file is the user's program, and no package that is installed."""
    return _is_user(path) and "site-packages" not in path


def is_called_by_user() -> bool:
    """Tell whether the caller of the function that asks is the user's program."""
    return _is_user(sys._getframe(2).f_code.co_filename)  # noqa: SLF001  # the documented way to a caller's frame


def is_written_out(name: str, depth: int) -> bool:
    """Tell whether the frame so many above is the user's, at a call that its text names so.

    Code without frames, compiled from Cython say, seems to call what it calls from there.
    """
    frame = sys._getframe(depth)  # noqa: SLF001  # as above
    if not _is_user(frame.f_code.co_filename):
        return False
    try:
        call = ast.parse(_text(frame).strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return False
    function = call.func if isinstance(call, ast.Call) else None
    named = function.attr if isinstance(function, ast.Attribute) else None
    return name == (function.id if isinstance(function, ast.Name) else named)


def _text(frame: FrameType) -> str:
    """Return the source text of the expression that a frame computes."""
    file, place = frame.f_code.co_filename, _place(frame)
    lines = [
        linecache.getline(file, n, frame.f_globals).encode()
        for n in range(place.line, place.end_line + 1)
    ]
    if not lines or not place.end_column:
        return ""
    lines[-1] = lines[-1][: place.end_column]
    lines[0] = lines[0][place.column :]
    return b"".join(lines).decode(errors="replace")


def is_within(*packages: str) -> bool:
    """Tell whether a package of the standard library works for the user's innermost frame."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # the documented way to a caller's frame
    while frame is not None and not is_users(frame):
        if frame.f_globals.get("__name__", "").partition(".")[0] in packages:
            return True
        frame = frame.f_back
    return False


def here(known: Sites | None = None) -> Site | None:
    """Return the innermost place of the user's program, or None outside of any."""
    for frame in _users(sys._getframe()):  # noqa: SLF001  # the documented way to a caller's frame
        return site_of(frame, known)
    return None


def stack(limit: int = 8) -> tuple[Site, ...]:
    """Return the user's places from the innermost outwards."""
    sites = []
    for frame in _users(sys._getframe()):  # noqa: SLF001  # the documented way to a caller's frame
        sites.append(site_of(frame))
        if len(sites) == limit:
            break
    return tuple(sites)


def raises(frame: FrameType, line: int) -> bool:
    """Tell whether a line of a frame of the user's program belongs to a `raise` or `assert`."""
    path = frame.f_code.co_filename
    source = source_of_file(site_of(frame).path) if _is_user(path) else None
    return source is not None and any(
        isinstance(node, (ast.Raise, ast.Assert))
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        for node in ast.walk(source.tree)
    )


def error_at(site: Site | None, code: str, what: str, hint: str = "") -> ProducerError:
    """Make a producer's error at a place, with the source line below the text."""
    if site is None:
        return ProducerError(what, code=code, hint=hint)
    return ProducerError(
        what,
        code=code,
        where=place_text(site.place),
        hint=hint,
        excerpt=caret_of_file(site.path, site.place),
    )
