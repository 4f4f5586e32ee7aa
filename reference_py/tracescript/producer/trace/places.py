"""Where the user's program is right now, and what the statement there would have done otherwise."""

from __future__ import annotations

import ast
import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracescript.ir import Place
from tracescript.producer.source import file_name, source_of_file
from tracescript.producer.trace.tape import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType

_PACKAGE: Final = Path(__file__).resolve().parents[2]
_OURS: Final = f"{_PACKAGE}{os.sep}"
_PROGRAMS: Final = f"{_PACKAGE / 'cli' / 'demo'}{os.sep}"
"""Programs that stand for a user's own."""
_LIBRARIES: Final = tuple(
    f"{os.sep}site-packages{os.sep}{name}{os.sep}" for name in ("torch", "numpy")
)
_STDLIB: Final = f"{Path(functools.__file__).resolve().parent}{os.sep}"


@functools.lru_cache(maxsize=4096)
def _is_user(path: str) -> bool:
    if path.startswith(_PROGRAMS):
        return path.endswith("programs.py")
    if path.startswith((_OURS, "<frozen")) or any(part in path for part in _LIBRARIES):
        return False
    return not path.startswith(_STDLIB) or "site-packages" in path


@functools.lru_cache(maxsize=1024)
def _positions(code: CodeType) -> tuple[tuple[int | None, ...], ...]:
    """Return (line, end line, column, end column) for each instruction; empty before 3.11."""
    read = getattr(code, "co_positions", None)
    return tuple(read()) if read is not None else ()


def _place(frame: FrameType) -> Place:
    code, file = frame.f_code, file_name(frame.f_code.co_filename)
    scope = getattr(code, "co_qualname", code.co_name)
    table, index = _positions(code), frame.f_lasti // 2
    if 0 <= index < len(table):
        line, end_line, column, end_column = table[index]
        if line and end_line and column is not None and end_column is not None:
            return Place(file, line, column, end_line, end_column, scope)
    return Place(file, frame.f_lineno or 0, scope=scope)


def _users(start: FrameType | None) -> Iterator[FrameType]:
    while start is not None:
        if _is_user(start.f_code.co_filename):
            yield start
        start = start.f_back


def is_called_by_user() -> bool:
    """Tell whether the caller of the function that asks is the user's program."""
    return _is_user(sys._getframe(2).f_code.co_filename)  # noqa: SLF001  # the documented way to a caller's frame


def here() -> Site | None:
    """Return the innermost place of the user's program, or None outside of any."""
    for frame in _users(sys._getframe()):  # noqa: SLF001  # the documented way to a caller's frame
        return Site(_place(frame), frame.f_code.co_filename)
    return None


def stack(limit: int = 8) -> tuple[Site, ...]:
    """Return the user's places from the innermost outwards."""
    sites = []
    for frame in _users(sys._getframe()):  # noqa: SLF001  # the documented way to a caller's frame
        sites.append(Site(_place(frame), frame.f_code.co_filename))
        if len(sites) == limit:
            break
    return tuple(sites)


def text_of(site: Site) -> str:
    """Return the source text of the expression at a site on one line; empty where it is unknown."""
    place, source = site.place, source_of_file(site.path)
    if source is None:
        return ""
    if place.end_line == 0:
        test = _test_at(site)
        return source.text(test[1]) if test else ""
    data = [line.encode() for line in source.lines[place.line - 1 : place.end_line]]
    if not data:
        return ""
    data[-1] = data[-1][: place.end_column]
    data[0] = data[0][place.column :]
    return " ".join(part.decode(errors="replace").strip() for part in data)


@functools.lru_cache(maxsize=256)
def _tests(path: str) -> tuple[tuple[str, ast.expr, ast.AST], ...]:
    """List every condition of a file: statement kind, test expression, node."""
    source = source_of_file(path)
    found: list[tuple[str, ast.expr, ast.AST]] = []
    for node in ast.walk(source.tree) if source else ():
        if isinstance(node, (ast.If, ast.While, ast.Assert, ast.IfExp)):
            found.append((_KINDS[type(node)], node.test, node))
        elif isinstance(node, ast.BoolOp):
            kind = "and" if isinstance(node.op, ast.And) else "or"
            found += [(kind, value, node) for value in node.values]
        elif isinstance(node, ast.comprehension):
            found += [("for", test, node) for test in node.ifs]
    return tuple(found)


_KINDS: Final[dict[type, str]] = {
    ast.If: "if",
    ast.While: "while",
    ast.Assert: "assert",
    ast.IfExp: "ternary",
}


def _test_at(site: Site) -> tuple[str, ast.expr, ast.AST] | None:
    """Find the condition that stands exactly at a site, else the one around it, innermost first."""
    place = site.place
    tests = _tests(site.path)
    begin, end = (place.line, place.column), (place.end_line, place.end_column)
    best = None
    for kind, test, node in tests:
        stop = (test.end_lineno or 0, test.end_col_offset or 0)
        start = (test.lineno, test.col_offset)
        if place.end_line == 0:
            if start[0] == place.line:
                return kind, test, node
        elif (
            start <= begin
            and end <= stop
            and (best is None or start >= (best[1].lineno, best[1].col_offset))
        ):
            best = kind, test, node
    return best


def asserted(site: Site) -> ast.Assert | None:
    """Return the `assert` whose condition as a whole, or negated, is asked for at a site."""
    found = _test_at(site)
    if found is None or not isinstance(found[2], ast.Assert):
        return None
    test, place = found[1], site.place
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    whole = (test.lineno, test.col_offset, test.end_lineno, test.end_col_offset)
    here = (place.line, place.column, place.end_line, place.end_column)
    called = test.func if isinstance(test, ast.Call) else None
    asks_parts = (isinstance(called, ast.Name) and called.id in {"any", "all"}) or (
        isinstance(test, ast.Compare) and any(isinstance(o, (ast.In, ast.NotIn)) for o in test.ops)
    )
    return found[2] if not asks_parts and (place.end_line == 0 or whole == here) else None


def assert_message(site: Site, check: ast.Assert) -> str:
    """Return the message of an `assert` if it is a plain text, else its condition as written."""
    if isinstance(check.msg, ast.Constant) and isinstance(check.msg.value, str):
        return check.msg.value
    source = source_of_file(site.path)
    return "" if source is None else source.text(check.test)


def in_loop_condition(site: Site) -> bool:
    """Tell whether a site lies in the condition of a `while`."""
    at = (site.place.line, site.place.column)
    return any(
        (test.lineno, test.col_offset if site.place.end_line else 0)
        <= at
        <= (test.end_lineno or 0, test.end_col_offset or 0)
        for kind, test, _ in _tests(site.path)
        if kind == "while"
    )


def raises(path: str, line: int) -> bool:
    """Tell whether a line of the user's program belongs to a `raise` or `assert`."""
    source = source_of_file(path) if _is_user(path) else None
    return source is not None and any(
        isinstance(node, (ast.Raise, ast.Assert))
        and node.lineno <= line <= (node.end_lineno or node.lineno)
        for node in ast.walk(source.tree)
    )


def _rest(path: str, test: ast.If | ast.While) -> list[ast.stmt]:
    """Return what runs instead of an `if` without else whose body leaves: the statements below."""
    leaves = isinstance(test.body[-1], (ast.Return, ast.Raise, ast.Continue, ast.Break))
    source = source_of_file(path)
    if source is None or not leaves or isinstance(test, ast.While):
        return []
    for node in ast.walk(source.tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and test in block:
                rest: list[ast.stmt] = block[block.index(test) + 1 :]
                return rest
    return []


def _lines(site: Site, nodes: list[ast.stmt]) -> Place | None:
    if not nodes:
        return None
    return Place(site.place.file, nodes[0].lineno, 0, nodes[-1].end_lineno or nodes[-1].lineno)


def arms(site: Site, *, observed: bool) -> tuple[str, Place | None, Place | None]:
    """Return (statement kind, the arm that ran, the arm that did not) for a condition at a site."""
    found = _test_at(site)
    if found is None:
        return "call", None, None
    kind, _, node = found
    if isinstance(node, (ast.If, ast.While)):
        otherwise = node.orelse or _rest(site.path, node)
        yes, no = _lines(site, node.body), _lines(site, otherwise)
        return (kind, yes, no) if observed else (kind, no, yes)
    if isinstance(node, ast.IfExp):
        yes, no = (_expression(site, part) for part in (node.body, node.orelse))
        return (kind, yes, no) if observed else (kind, no, yes)
    return kind, None, None


def _expression(site: Site, node: ast.expr) -> Place:
    return Place(
        site.place.file,
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or 0,
    )
