"""The fixed forms of loops, guards and docstrings in the syntax tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from tracescript.code.names import GUARD_KINDS, SHAPE_GUARD_KINDS
from tracescript.ir.graph import ShapeGuard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.code.source import Source
    from tracescript.code.type_reader import TypeReader

LOOPS: Final = (ast.For, ast.While)
_COMPARISONS: Final[dict[type, str]] = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<="}


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and type(node.value.value) is str
    )


def is_name(node: ast.expr, name: str) -> bool:
    """Whether an expression is this name."""
    return isinstance(node, ast.Name) and node.id == name


def called(node: ast.stmt, name: str) -> ast.Call | None:
    """Return the call where a statement is a call of this name."""
    call = node.value if isinstance(node, ast.Expr) else None
    return call if isinstance(call, ast.Call) and is_name(call.func, name) else None


def carries(node: ast.stmt | None) -> bool:
    """Whether a statement is a loop that has a move above it."""
    return isinstance(node, LOOPS) and isinstance(node.body[-1], ast.Assign)


def loop_head(source: Source, node: ast.For | ast.While) -> tuple[ast.expr | None, str | None]:
    """Return the trip count and the name of the index. Spec: CODE-22."""
    if isinstance(node, ast.While):
        return None, None
    call = node.iter
    if isinstance(node.target, ast.Name) and isinstance(call, ast.Call) and not call.keywords:
        if is_name(call.func, "range") and len(call.args) == 1:
            return call.args[0], node.target.id
        if is_name(call.func, "count") and not call.args:
            return None, node.target.id
    raise source.fault(node, "expected: for NAME in range(n) or count()", "CODE-22")


def condition_name(source: Source, node: ast.For | ast.While) -> tuple[str | None, list[ast.stmt]]:
    """Return the name that decides whether a loop goes on, and the body without its test."""
    statements: Sequence[ast.stmt] = node.body
    if isinstance(node, ast.While):
        if isinstance(node.test, ast.Name):
            return node.test.id, list(statements)
        raise source.fault(node.test, "while takes a name", "CODE-22")
    first = statements[0]
    if isinstance(first, ast.If) and isinstance(first.body[0], ast.Break):
        test = first.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            is_whole = len(first.body) == 1 and not first.orelse
            if is_whole and isinstance(test.operand, ast.Name):
                return test.operand.id, list(statements[1:])
        raise source.fault(first, "expected: if not NAME: break", "CODE-22")
    if isinstance(node.iter, ast.Call) and is_name(node.iter.func, "count"):
        raise source.fault(node, "count() needs: if not NAME: break", "CODE-22")
    return None, list(statements)


def guard_parts(source: Source, call: ast.Call) -> tuple[str, ast.expr, ast.expr]:
    """Return kind, value and observed of `guard(kind, value, observed)`. Spec: CODE-19."""
    if len(call.args) == 3 and not call.keywords:  # noqa: PLR2004  # kind, value, observed
        kind, value, observed = call.args
        if isinstance(kind, ast.Name) and kind.id in GUARD_KINDS:
            return kind.id, value, observed
    raise source.fault(call, "expected guard(kind, value, observed)", "CODE-19")


def read_shape_guard(source: Source, call: ast.Call, types: TypeReader) -> ShapeGuard:
    """Read `shape_guard(kind, left == right)`. Spec: CODE-19."""
    kind, test = call.args if len(call.args) == 2 and not call.keywords else (None, None)  # noqa: PLR2004  # kind, test
    is_kind = isinstance(kind, ast.Name) and kind.id in SHAPE_GUARD_KINDS
    if is_kind and isinstance(kind, ast.Name) and isinstance(test, ast.Compare):
        word = _COMPARISONS.get(type(test.ops[0]))
        if word is not None and len(test.ops) == 1:
            left, right = types.dim(test.left), types.dim(test.comparators[0])
            return ShapeGuard(left, word, right, kind.id)
    raise source.fault(call, "expected shape_guard(kind, left == right)", "CODE-19")
