"""Finds what can be changed in the source of a module, one place at a time, and changes it.

A comparison is turned round, a number is one more, `and` becomes `or`, a condition is negated, or
a statement, `yield` or `raise` is left out. Not changed are the parts that no case can see: the
words and the place of an error, text for people, assertions, annotations, and the -1 of a
`reshape`, where NumPy takes any negative number.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPPOSITE = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
"""Turned, these are the negated comparison, which is not made a second time."""
_WORDS = frozenset({"what", "hint", "where", "place", "excerpt"})
"""Names of variables and keywords that only become the text of an error."""
_FAULTS = frozenset({"fault", "Fault", "trap", "bad_index", "over_limit", "unset", "Finding"})
_LONGEST = 70


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one function. `id` stays when lines move."""

    id: str
    module: str
    function: str
    kind: str
    tree: ast.Module
    node: Any
    statement: ast.AST
    part: int
    span: range
    """The lines of the function."""
    digest: str
    """Of the function's code, wherever it stands."""

    def lines(self) -> tuple[range, range]:
        """Return the lines of what is changed, and those of the statement around it."""
        node = self.node.ifs[self.part] if self.kind == "filter negated" else self.node
        if isinstance(node, ast.stmt):
            node = self.statement
            return (range(node.lineno, _head_of(node) + 1),) * 2  # type: ignore[attr-defined]
        return (
            range(node.lineno, node.end_lineno + 1),
            range(self.statement.lineno, _head_of(self.statement) + 1),  # type: ignore[attr-defined]
        )

    def make(self) -> ast.Module:
        """Change the tree in its place, for good, and return it."""
        _MAKE[self.kind](self.node, self.part)
        return ast.fix_missing_locations(self.tree)


def changes(module_name: str) -> Iterator[Change]:
    """Yield every change of every function of a module below `tracescript`."""
    source = inspect.getsource(importlib.import_module(f"tracescript.{module_name}"))
    tree = ast.parse(source)
    for holder in (tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))):
        last = {n.name: n for n in holder.body if isinstance(n, ast.FunctionDef)}
        for function in last.values():
            if function.name not in {"__repr__", "__str__"}:
                prefix = "" if holder is tree else f"{holder.name}."  # type: ignore[union-attr]  # a class
                yield from _of_function(module_name, f"{prefix}{function.name}", function, tree)


def _of_function(
    module: str, name: str, function: ast.FunctionDef, tree: ast.Module
) -> Iterator[Change]:
    seen: Counter[str] = Counter()
    digest = hashlib.sha256(ast.unparse(function).encode()).hexdigest()[:8]
    span = range(function.lineno, (function.end_lineno or function.lineno) + 1)
    unseen = set(_left_over(function))
    for statement in function.body:
        for node, parent, around in _visible(statement, function, statement):
            for kind, part in _kinds(node):
                text = f"{module}:{name} | {kind} | {_text(kind, node, parent, part)}"
                seen[text] += 1
                number = f" #{seen[text]}" if seen[text] > 1 else ""
                text += number
                if node not in unseen:
                    yield Change(text, module, name, kind, tree, node, around, part, span, digest)


def _left_over(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the 1 of each -1 by which a reshape asks for the extent that is left over."""
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "reshape":
            for argument in call.args:
                if isinstance(argument, ast.UnaryOp) and ast.unparse(argument) == "-1":
                    yield argument.operand


def _visible(
    node: ast.AST, parent: ast.AST, statement: ast.AST
) -> Iterator[tuple[ast.AST, ast.AST, ast.AST]]:
    """Yield nodes that cases can see, each with its parent and its statement."""
    if isinstance(node, ast.Assert):
        return
    if isinstance(node, ast.stmt):
        statement = node
    yield node, parent, statement
    for child in _children(node):
        yield from _visible(child, node, statement)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node without what only people read."""
    if isinstance(node, ast.Assign) and _names(node.targets) <= _WORDS:
        return
    if isinstance(node, ast.AnnAssign):
        yield from (node.value,) if node.value else ()
    elif isinstance(node, ast.FunctionDef):
        yield from node.body
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in _FAULTS or name.endswith("Error"):
            yield from node.args[:1] if name in {"fault", "Fault", "trap", "Finding"} else ()
            yield from (k.value for k in node.keywords if k.arg in {"code", "rule"})
        else:
            yield node.func
            yield from node.args
            yield from (k.value for k in node.keywords if k.arg not in _WORDS)
    else:
        yield from ast.iter_child_nodes(node)


def _names(targets: list[ast.expr]) -> frozenset[str]:
    parts = [e for t in targets for e in (t.elts if isinstance(t, ast.Tuple) else [t])]
    return frozenset(getattr(part, "id", "?") for part in parts)


def _kinds(node: ast.AST) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.Compare):
        for part, op in enumerate(node.ops):
            if type(op) in _TURNED:
                yield "comparison turned", part
    elif isinstance(node, ast.BoolOp):
        yield "and for or", 0
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        if not _is_turned(node.test):
            yield "condition negated", 0
    elif isinstance(node, ast.comprehension):
        for part, test in enumerate(node.ifs):
            if not _is_turned(test):
                yield "filter negated", part
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield "number one more", 0
    elif isinstance(node, ast.Raise):
        yield "raise left out", 0
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom):
        yield "yield left out", 0
    elif _is_left_out(node):
        yield "statement left out", 0


def _is_turned(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE


def _is_left_out(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return not any(isinstance(t, ast.Name | ast.Tuple) for t in node.targets)
    return isinstance(node, ast.AugAssign | ast.Continue | ast.Break) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    )


def _text(kind: str, node: Any, parent: ast.AST, part: int) -> str:
    if kind == "number one more":
        text = f"{node.value} in {ast.unparse(parent)}"
    elif kind == "filter negated":
        text = ast.unparse(node.ifs[part])
    elif kind == "condition negated":
        text = ast.unparse(node.test)
    else:
        text = ast.unparse(node)
    text = " ".join(text.split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{text} [{part + 1}]" if part and kind == "comparison turned" else text


def _head_of(statement: Any) -> int:
    """Return the last line of a statement without the statements in it."""
    body = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if not body:
        return statement.end_lineno or statement.lineno
    first = getattr(body[0], "lineno", None) or body[0].pattern.lineno
    return max(statement.lineno, first - 1)


def _turn(node: Any, part: int) -> None:
    node.ops[part] = _TURNED[type(node.ops[part])]()


def _swap(node: Any, part: int) -> None:
    del part
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _negate(node: Any, part: int) -> None:
    del part
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _negate_filter(node: Any, part: int) -> None:
    node.ifs[part] = ast.UnaryOp(ast.Not(), node.ifs[part])


def _one_more(node: Any, part: int) -> None:
    del part
    node.value += 1


def _leave_out(node: Any, part: int) -> None:
    del part
    line, end = node.lineno, node.end_lineno
    node.__class__ = ast.Pass
    vars(node).clear()
    node.lineno, node.end_lineno, node.col_offset, node.end_col_offset = line, end, 0, 0


def _leave_yield_out(node: Any, part: int) -> None:
    """Never yield; the function still is a generator."""
    del part
    node.value = ast.IfExp(ast.Name("__debug__", ast.Load()), ast.Constant(None), node.value)


_MAKE: dict[str, Any] = {
    "comparison turned": _turn,
    "and for or": _swap,
    "condition negated": _negate,
    "filter negated": _negate_filter,
    "number one more": _one_more,
    "raise left out": _leave_out,
    "statement left out": _leave_out,
    "yield left out": _leave_yield_out,
}
