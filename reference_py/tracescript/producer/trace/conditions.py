"""Conditions of the user's program: which one a site belongs to, and what it decides."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Final

from tracescript.ir import Place
from tracescript.producer.source import source_of_file
from tracescript.producer.trace.ranges import links, range_of, text

if TYPE_CHECKING:
    from tracescript.producer.source import Source
    from tracescript.producer.trace.ranges import Range
    from tracescript.producer.trace.tape import Site

_KINDS: Final[dict[type, str]] = {
    ast.If: "if",
    ast.While: "while",
    ast.Assert: "assert",
    ast.IfExp: "ternary",
}


_OPS: Final[dict[type, str]] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}
_MIRRORED: Final = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}


@functools.lru_cache(maxsize=256)
def _tests_of(source: Source) -> tuple[tuple[str, ast.expr, ast.AST], ...]:
    """List every condition of a file: statement kind, test expression, node."""
    found: list[tuple[str, ast.expr, ast.AST]] = []
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.If, ast.While, ast.Assert, ast.IfExp)):
            found.append((_KINDS[type(node)], node.test, node))
        elif isinstance(node, ast.BoolOp):
            kind = "and" if isinstance(node.op, ast.And) else "or"
            found += [(kind, value, node) for value in node.values]
        elif isinstance(node, ast.comprehension):
            found += [("for", test, node) for test in node.ifs]
    return tuple(found)


def _tests(path: str) -> tuple[tuple[str, ast.expr, ast.AST], ...]:
    source = source_of_file(path)
    return () if source is None else _tests_of(source)


def _test_at(site: Site) -> tuple[str, ast.expr, ast.AST] | None:
    """Find the condition around a site, innermost first; of a bare line the only one there."""
    if site.place.end_line == 0:
        return _test_in(site.path, site.place.line)
    line, end_line, column, end_column = _range(site)
    best = None
    for kind, test, node in _tests(site.path):
        first, last, start, stop = range_of(test)
        if (
            (first, start) <= (line, column)
            and (end_line, end_column) <= (last, stop)
            and (best is None or (first, start) >= (best[1].lineno, best[1].col_offset))
        ):
            best = kind, test, node
    return best


def _test_in(path: str, line: int) -> tuple[str, ast.expr, ast.AST] | None:
    """Return the condition as a whole that a line belongs to, if there is only one."""
    on_line = [t for t in _tests(path) if t[1].lineno <= line <= (t[1].end_lineno or 0)]
    inner = {id(n) for _, test, _ in on_line for n in ast.walk(test) if n is not test}
    outer = [t for t in on_line if id(t[1]) not in inner]
    return outer[0] if len(outer) == 1 else None


def _range(site: Site) -> Range:
    place = site.place
    return place.line, place.end_line, place.column, place.end_column


def written(site: Site) -> str:
    """Return the source text of the expression at a site on one line; empty where it is unknown.

    Of a bare line it is that of the condition. `part of` stands before it where the value that was
    read may be an operand's, or an element's as in `any(xs)`.
    """
    if site.place.end_line:
        exact = text(site.path, _range(site))
        return f"part of {exact}" if _gathers(exact) else exact
    found, source = _test_at(site), source_of_file(site.path)
    if found is None or source is None:
        return ""
    whole = source.text(found[1])
    return whole if _is_one_value(found[1]) else f"part of {whole}"


def _is_one_value(test: ast.expr) -> bool:
    """Tell whether the only value whose truth a condition asks for is its own."""
    parts = (ast.BoolOp, ast.IfExp, ast.comprehension, ast.Lambda, ast.Not)
    return not any(
        isinstance(node, parts)
        or (isinstance(node, ast.Compare) and len(node.ops) > 1)
        or _asks_parts(node)
        for node in ast.walk(test)
    )


def _asks_parts(node: ast.AST) -> bool:
    """Tell whether an expression asks for the truth of several values by itself."""
    called = node.func if isinstance(node, ast.Call) else None
    return (isinstance(called, ast.Name) and called.id in {"any", "all"}) or (
        isinstance(node, ast.Compare) and any(isinstance(o, (ast.In, ast.NotIn)) for o in node.ops)
    )


@functools.lru_cache(maxsize=1024)
def _gathers(expression: str) -> bool:
    """Tell whether an expression asks for the truth of several values by itself."""
    try:
        return _asks_parts(ast.parse(expression, mode="eval").body)
    except SyntaxError:
        return False


@functools.lru_cache(maxsize=1024)
def is_reflected(comparison: str, op: str) -> bool:
    """Tell whether an op compares the sides of a comparison the other way round, as of `0 < x`."""
    try:
        node = ast.parse(comparison, mode="eval").body
    except SyntaxError:
        return False
    if not isinstance(node, ast.Compare) or len(node.ops) > 1:
        return False
    written = _OPS.get(type(node.ops[0]))
    if written in {"eq", "ne"}:
        return op == written and isinstance(node.left, ast.Constant)
    return op in _MIRRORED and written == _MIRRORED[op]


def _negations(test: ast.expr, site: Site) -> int | None:
    """Count the `not`s between a condition and the value at a site; None for a part of it."""
    count = 0
    while site.place.end_line and isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        if range_of(test) == _range(site):
            return count
        test, count = test.operand, count + 1
    if _asks_parts(test):
        return None
    is_whole = range_of(test) == _range(site) if site.place.end_line else _is_one_value(test)
    return count if is_whole else None


def asserted(site: Site) -> ast.Assert | None:
    """Return the `assert` whose condition as a whole, or negated, is asked for at a site.

    Of a chain each comparison is asserted.
    """
    found = _test_at(site)
    if found is None or not isinstance(found[2], ast.Assert):
        return None
    test = found[1]
    is_linked = isinstance(test, ast.Compare) and _range(site) in links(test)
    return found[2] if is_linked or _negations(test, site) is not None else None


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


def arms(site: Site, *, observed: bool) -> tuple[str, Place | None, Place | None]:
    """Return (statement kind, the arm that ran, the arm that did not) for a condition at a site.

    A value that is only part of a condition has no arms.
    """
    found = _test_at(site)
    if found is None:
        return "call", None, None
    kind, test, node = found
    negations = _negations(test, site)
    yes, no = _arms(site, node) if negations is not None else (None, None)
    is_met = observed != bool((negations or 0) % 2)
    return (kind, yes, no) if is_met else (kind, no, yes)


def _arms(site: Site, node: ast.AST) -> tuple[Place | None, Place | None]:
    """Return what a condition leads to where it holds, and where it does not."""
    if isinstance(node, (ast.If, ast.While)):
        otherwise = node.orelse or _rest(site.path, node)
        return _lines(site, node.body), _lines(site, otherwise)
    if isinstance(node, ast.IfExp):
        return _expression(site, node.body), _expression(site, node.orelse)
    return None, None


def _lines(site: Site, nodes: list[ast.stmt]) -> Place | None:
    if not nodes:
        return None
    return Place(site.place.file, nodes[0].lineno, 0, nodes[-1].end_lineno or nodes[-1].lineno)


def _expression(site: Site, node: ast.expr) -> Place:
    line, end_line, column, end_column = range_of(node)
    return Place(site.place.file, line, column, end_line, end_column)
