"""One Python function being compiled: its source, its globals, and the names it has assigned."""

from __future__ import annotations

import builtins
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import ast

    from tracescript.ir.graph import Place
    from tracescript.producer.source import Source

MISSING = object()
EITHER: Final = "either"


@dataclass(slots=True)
class Frame:
    """A Python function being compiled, or one inlined into another.

    `is_ours` says that no user has written it: it stands for a builtin or a method; `body` are its
    statements without exits where they are worked out already. `caller` is the function, and its
    place, that calls one which is compiled by itself.
    `flavour` is `torch` or `numpy`: whose rules methods and promotion of tensors follow.
    """

    source: Source
    scope_name: str
    namespace: dict[str, Any]
    cells: dict[str, Any]
    flavour: str
    definition: ast.FunctionDef | ast.Lambda
    owner_class: type | None = None
    inlined_at: Place | None = None
    enclosing: Frame | None = None
    number: int = 0
    lexical: Frame | None = None
    first_parameter: str = ""
    annotations: dict[str, Any] = field(default_factory=dict)
    local_names: frozenset[str] = frozenset()
    at: ast.AST | None = None
    is_ours: bool = False
    returned_at: ast.AST | None = None
    body: list[ast.stmt] | None = None
    borrowed: frozenset[str] = frozenset()
    caller: tuple[Frame, Place | None] | None = None

    def called_by(self) -> tuple[Frame, Place | None] | None:
        """Return the function that calls this one, and where."""
        return self.caller if self.enclosing is None else (self.enclosing, self.inlined_at)

    def key(self, name: str) -> str:
        """Return the scope's key of a local name; names of different frames never meet.

        One that is `borrowed`, by `nonlocal`, is a name of a function around.
        """
        if name in self.borrowed:
            owner = self.owner(name)
            if owner is not None:
                return owner.key(name)
        return f"{self.number}:{name}"

    def owner(self, name: str) -> Frame | None:
        """Return the nearest function around that has a name of its own, None if none has."""
        frame = self.lexical
        while frame is not None and name not in frame.local_names:
            frame = frame.lexical
        return frame

    def outer(self, name: str) -> Any:
        """Look a name up in closure cells, globals and builtins; MISSING if there is none."""
        if name in self.cells:
            return self.cells[name]
        if name in self.namespace:
            return self.namespace[name]
        return getattr(builtins, name, MISSING)


def cells_of(function: Any) -> dict[str, Any]:
    """Return the closed-over variables of a Python function that have a value."""
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


def flavour_of(function: Any, otherwise: str) -> str:
    """Tell whether a function's own globals speak of torch or of numpy."""
    names = _all_names(function.__code__) | _annotated(function)
    values = [function.__globals__[n] for n in names if n in function.__globals__]
    values += cells_of(function).values()
    values += getattr(function, "__annotations__", {}).values()
    values += function.__defaults__ or ()
    values += (function.__kwdefaults__ or {}).values()
    homes = {_home(v) for v in values}
    for home in ("torch", "numpy"):
        if home in homes:
            return home
    return otherwise


def flavour_of_file(function: Any) -> str:
    """Tell whose rules a function follows that names neither, by what its file imports.

    EITHER where that is both.
    """
    modules = (v for v in function.__globals__.values() if isinstance(v, type(sys)))
    homes = {_home(m) for m in modules}
    if "torch" in homes:
        return EITHER if "numpy" in homes else "torch"
    return "numpy"


def _all_names(code: Any) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            names |= _all_names(constant)
    return names


def _annotated(function: Any) -> set[str]:
    """Return the names that annotations speak of."""
    found: set[str] = set()
    for annotation in getattr(function, "__annotations__", {}).values():
        text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        found |= set(re.findall(r"[A-Za-z_]\w*", str(text)))
    return found


def _home(value: Any) -> str:
    name = value.__name__ if isinstance(value, type(sys)) else getattr(value, "__module__", "")
    return str(name).partition(".")[0]
