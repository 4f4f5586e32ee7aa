"""The text of one function of a file, as a program of its own in which it keeps its lines."""

from __future__ import annotations

import ast
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_CLASSES = frozenset({"__class__"})
"""Variables of code around a function that a class around it gives as well."""


def _block_alone(
    lines: tuple[str, ...], first: int, owner: str = "_", imported: tuple[str, ...] = ()
) -> str:
    """Return the text of the function whose decorators or `def` begin in a line.

    It ends before the first line that is indented no more. Inside a text or brackets such a line
    ends nothing, but then what comes before it is no Python. An indented function stands in a class
    of the name `owner`. Before it the names in `imported` are, if there is a line for it.
    """
    block = list(lines[first - 1 : first])
    width = len(block[0]) - len(block[0].lstrip()) if block else 0
    in_body = bool(block) and block[0].lstrip().startswith("def ")
    for line in lines[first:]:
        text = line.lstrip()
        if in_body and len(line) - len(text) <= width and text and text[0] not in "#)]}":
            break
        in_body |= text.startswith("def ")
        block.append(line)
    head = [f"class {owner}:\n"] if width else []
    if imported and first > len(head) + 1:
        head.insert(0, f"import {', '.join(imported)}\n")
    return "\n" * (first - 1 - len(head)) + "".join([*head, *block])


def function_alone(lines: tuple[str, ...], first: int) -> ast.FunctionDef | None:
    """Parse the one function whose decorators or `def` begin in a line; None if that fails."""
    try:
        tree: ast.Module | ast.ClassDef = ast.parse(_block_alone(lines, first))
    except SyntaxError:
        return None
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.ClassDef):
        tree = tree.body[0]
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        return None
    return tree.body[0]


def text_alone(lines: tuple[str, ...], code: CodeType, space: Mapping[str, Any]) -> str | None:
    """Return a text that compiles to a function's code if its file does and `space` are globals.

    None where the function needs what is around it, and for lambdas.
    """
    if code.co_name == "<lambda>" or not _OF_CLASSES.issuperset(code.co_freevars):
        return None
    names: list[str] = getattr(code, "co_qualname", "").split(".")
    owner = names[-2] if len(names) > 1 and names[-2].isidentifier() else "_"
    imported = sorted(n for n in _names(code) if n in space and _is_imported(space, n))
    return _block_alone(lines, code.co_firstlineno, owner, tuple(imported))


def _names(code: CodeType) -> set[str]:
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _names(constant)
    return found


def _is_imported(space: Mapping[str, Any], name: str) -> bool:
    """Whether a global name is likely imported: methods of those are called in their own way."""
    value = space[name]
    home = getattr(value, "__module__", None)
    return isinstance(value, ModuleType) or home not in {None, space.get("__name__")}


__all__ = ["function_alone", "text_alone"]
