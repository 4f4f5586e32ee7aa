"""How types and syntax are named in messages, and questions about entries."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.ir import constants
from tracescript.ir.text import type_text
from tracescript.ir.types import (
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.source.exits import EXITS, reaches

if TYPE_CHECKING:
    from tracescript.errors import ProducerError
    from tracescript.ir.types import Type
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


def describe_type(kind: Type) -> str:
    """Name a type as Python does: Tensor, int, list[int], Optional[Tensor]."""
    if isinstance(kind, TensorType):
        return "Tensor"
    if isinstance(kind, ScalarType):
        return kind.kind.value
    if isinstance(kind, ListType):
        return f"list[{describe_type(kind.element)}]"
    if isinstance(kind, TupleType):
        return f"tuple[{', '.join(map(describe_type, kind.elements))}]"
    if isinstance(kind, OptionalType):
        return f"Optional[{describe_type(kind.element)}]"
    name = getattr(kind, "name", "")
    return str(name) if name else type(kind).__name__.removesuffix("Type").lower()


def describe_types(one: Type, other: Type) -> tuple[str, str]:
    """Name two types that are not the same: in full where their short names are."""
    names = describe_type(one), describe_type(other)
    return names if names[0] != names[1] else (type_text(one), type_text(other))


def is_scalar(entry: Entry, *kinds: ScalarKind) -> bool:
    """Whether an entry is a run-time scalar of one of these kinds."""
    return (
        isinstance(entry, Value) and isinstance(entry.type, ScalarType) and entry.type.kind in kinds
    )


def is_tensor(entry: Entry) -> bool:
    """Whether an entry is a tensor value."""
    return isinstance(entry, Value) and isinstance(entry.type, TensorType)


def is_none(entry: Entry) -> bool:
    """Whether an entry is surely None."""
    return isinstance(entry, Value) and entry.type == constants.NONE


def phrase(node: ast.AST) -> str:
    """Name a syntax class as a message does."""
    if _hides_errors(node):
        return "`return`, `break` or `continue` in `finally`"
    return _PHRASES.get(type(node).__name__, f"`{type(node).__name__.lower()}`")


_PHRASES = {
    "Try": "`try`",
    "TryStar": "`try`",
    "ClassDef": "a class definition inside a function",
    "AsyncFunctionDef": "`async`",
    "Await": "`await`",
    "Yield": "`yield`",
    "YieldFrom": "`yield`",
    "Global": "`global`",
    "Delete": "`del` of this",
}


def alternative(node: ast.AST) -> str:
    """Return what to write in place of a syntax class, as a hint."""
    if _hides_errors(node):
        return "it hides what the block raises, which no script can: put it behind the `try`"
    return _ALTERNATIVES.get(type(node), "")


def _hides_errors(node: ast.AST) -> bool:
    """Whether a `try` ends with an exit, which takes the place of an error."""
    if not isinstance(node, ast.Try) or node.handlers:
        return False
    return any(reaches(s, EXITS) for s in node.finalbody)


_ALTERNATIVES: dict[type[ast.AST], str] = {
    ast.Try: "test the condition before, or call what `ts.trace` makes of this part",
    ast.Global: "pass the value in and return it",
    ast.AsyncFunctionDef: "a plain function does the same here",
    ast.Await: "call the function",
    ast.Yield: "collect the values in a list and return it",
    ast.YieldFrom: "collect the values in a list and return it",
    ast.ClassDef: "define it at the top of the file",
}


def may_be_none(e: Emitter, node: ast.expr | None, text: str) -> ProducerError:
    """Return the error of a use of what may be None. Spec: SCRIPT-7."""
    return e.error(
        node,
        f"{text} may be None here",
        code="TYPE_INFERENCE",
        rule="SCRIPT-7",
        hint=f"exclude None first: `if {text} is not None:`",
    )
