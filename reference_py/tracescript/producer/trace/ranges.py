"""Which expression of the source an instruction works on, as CPython's position table says."""

from __future__ import annotations

import ast
import dis
import functools
import itertools
from typing import TYPE_CHECKING, Final, TypeAlias

from tracescript.producer.source import source_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import CodeType

    from tracescript.producer.source import Source

Range: TypeAlias = tuple[int, int, int, int]
"""Line, end line, column and end column of an expression; columns in bytes."""

_BETWEEN: Final = frozenset({"COPY", "TO_BOOL", "NOP", "NOT_TAKEN", "EXTENDED_ARG", "CACHE"})
"""Instructions between the one that makes a value and the one that tests it."""
_COMPARING: Final = frozenset({"COMPARE_OP", "CONTAINS_OP"})


@functools.lru_cache(maxsize=1024)
def ranges(code: CodeType) -> tuple[Range | None, ...]:
    """Return the range each instruction works on, by half its offset; empty before Python 3.11.

    For a test of truth it is that of the value tested: the position of the test itself may be that
    of another operand. For a comparison in a chain it is that of its own two sides. None where the
    value can come from several places, or the table has no position.
    """
    table = getattr(code, "co_positions", None)
    if table is None:
        return ()
    found = [_whole(*at) for at in table()]
    steps = list(dis.get_instructions(code))
    ends = [step.offset // 2 for step in steps[1:]] + [len(found)]
    for at, pair in _pairs(code.co_filename, steps, found).items():
        begin = steps[at].offset // 2
        found[begin : ends[at]] = [pair] * (ends[at] - begin)
    for at, step in enumerate(steps):
        if _is_test(step.opname):
            begin = step.offset // 2
            found[begin : ends[at]] = [_tested(steps, at, found)] * (ends[at] - begin)
    return tuple(found)


def _whole(
    line: int | None, end_line: int | None, column: int | None, end_column: int | None
) -> Range | None:
    if not line or not end_line or column is None or end_column is None:
        return None
    return line, end_line, column, end_column


def _is_test(name: str) -> bool:
    return name in {"UNARY_NOT", "TO_BOOL"} or "IF_TRUE" in name or "IF_FALSE" in name


def _tested(
    steps: Sequence[dis.Instruction], at: int, found: Sequence[Range | None]
) -> Range | None:
    """Return the range of what makes the value that a step tests, if only one step can make it."""
    while at > 0 and not steps[at].is_jump_target:
        at -= 1
        if steps[at].opname not in _BETWEEN:
            return found[steps[at].offset // 2]
    return None


def _pairs(
    path: str, steps: Sequence[dis.Instruction], found: Sequence[Range | None]
) -> Mapping[int, Range | None]:
    """Return the range of each comparison in a chain, by the number of its instruction."""
    groups: dict[Range, list[int]] = {}
    for at, step in enumerate(steps):
        whole = found[step.offset // 2]
        if step.opname in _COMPARING and whole is not None:
            groups.setdefault(whole, []).append(at)
    pairs: dict[int, Range | None] = {}
    for whole, numbers in groups.items():
        if any(steps[at - 1].opname == "COPY" for at in numbers):
            source = source_of_file(path)
            known = (None,) if source is None else _chains(source).get(whole, (None,))
            pairs |= {at: known[turn % len(known)] for turn, at in enumerate(numbers)}
    return pairs


@functools.lru_cache(maxsize=256)
def _chains(source: Source) -> dict[Range, tuple[Range | None, ...]]:
    """Return the comparisons of each chain of a file; None where brackets hide where one ends.

    Chains with `is` are left out: their comparisons may have no instruction of their own.
    """
    found: dict[Range, tuple[Range | None, ...]] = {}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Compare) or len(node.ops) == 1:
            continue
        if not any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
            whole = [(at, _text(source, at)) for at in links(node)]
            found[range_of(node)] = tuple(
                at if written.count("(") == written.count(")") else None for at, written in whole
            )
    return found


def links(chain: ast.Compare) -> list[Range]:
    """Return the ranges of the comparisons in a chain, brackets around their sides left out."""
    sides = [range_of(side) for side in (chain.left, *chain.comparators)]
    pairs = itertools.pairwise(sides)
    return [(begin[0], end[1], begin[2], end[3]) for begin, end in pairs]


def range_of(node: ast.expr) -> Range:
    """Return the range of an expression of a syntax tree."""
    return node.lineno, node.end_lineno or 0, node.col_offset, node.end_col_offset or 0


def text(path: str, at: Range) -> str:
    """Return the source text in a range on one line; empty where there is no source."""
    source = source_of_file(path)
    return "" if source is None else _text(source, at)


def _text(source: Source, at: Range) -> str:
    line, end_line, column, end_column = at
    data = [part.encode() for part in source.lines[line - 1 : end_line]]
    if not data:
        return ""
    data[-1] = data[-1][:end_column]
    data[0] = data[0][column:]
    return " ".join(part.decode(errors="replace").strip() for part in data)
