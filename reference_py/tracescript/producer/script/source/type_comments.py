"""Types in comments: `# type: (int, Tensor) -> int`, `xs = []  # type: List[int]`."""

from __future__ import annotations

import ast
import functools
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracescript.producer.source import Definition, Source


@dataclass
class Comments:
    """The types that comments of one function give to parameters and to assigned names."""

    parameters: dict[str, ast.expr] = field(default_factory=dict)
    lines: dict[int, ast.expr] = field(default_factory=dict)
    result: ast.expr | None = None


@functools.lru_cache(maxsize=4096)
def comments_of(source: Source, definition: ast.AST) -> Comments:
    """Return the type comments of a function."""
    first, last = getattr(definition, "lineno", 0), getattr(definition, "end_lineno", 0)
    lines = source.lines[first - 1 : last]
    return _parsed(lines, first) if any("# type:" in line for line in lines) else Comments()


def written_types(definition: Definition) -> Comments:
    """Return the annotations in a function's text: those of a wrapper are not its own."""
    found = Comments()
    a = definition.args
    for p in [*a.posonlyargs, *a.args, *a.kwonlyargs]:
        if p.annotation is not None:
            found.parameters[p.arg] = p.annotation
    return found


def _parsed(lines: tuple[str, ...], first: int) -> Comments:
    found = Comments()
    try:
        tree = ast.parse(textwrap.dedent("".join(lines)), type_comments=True).body[0]
    except (SyntaxError, IndexError):
        return found
    if not isinstance(tree, ast.FunctionDef):
        return found
    parameters = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
    for p in parameters:
        if p.type_comment and (kind := _expression(p.type_comment)) is not None:
            found.parameters[p.arg] = kind
    for n in ast.walk(tree):
        if isinstance(n, ast.Assign) and n.type_comment:
            kind = _expression(n.type_comment)
            if kind is not None:
                found.lines[n.lineno + first - 1] = kind
    if tree.type_comment:
        _signature(found, tree.type_comment, [p.arg for p in parameters])
    return found


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def _signature(found: Comments, text: str, names: list[str]) -> None:
    try:
        made = ast.parse(text, mode="func_type")
    except SyntaxError:
        return
    assert isinstance(made, ast.FunctionType)
    found.result = made.returns
    kinds = made.argtypes
    if len(kinds) == 1 and isinstance(kinds[0], ast.Constant) and kinds[0].value is Ellipsis:
        return
    if len(kinds) in {len(names), len(names) - 1}:
        found.parameters.update(zip(names[len(names) - len(kinds) :], kinds, strict=True))


__all__ = ["Comments", "comments_of"]
