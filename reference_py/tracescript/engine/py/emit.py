"""Writes units as Python source and compiles it. The only `compile` and `exec` of the package.

Nothing of the file reaches the text: names are a letter and a number, literals are ints, finite
floats, bools and None; all else comes in as defaults of parameters, which are local variables:
closures take three times as long to compile, globals would keep weights alive in cycles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tracescript.engine.py.write import UnitWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.engine.py.program import Stmt, Unit

BUILTINS: Final = {"range": range, "min": min, "max": max, "float": float, "bool": bool, "len": len}
"""All that generated source can call without being handed it."""


class Names:
    """Numbers what the source refers to; `things` are the objects behind names.

    `packed` holds weights in the layout of products, shared by all code of a model.
    """

    def __init__(self, packed: dict[Any, Any]) -> None:
        self.packed = packed
        self.things: dict[str, Any] = {}
        self._known: dict[int, str] = {}
        self._count = 0

    def fresh(self, letter: str) -> str:
        """Return a new name: `v` a value, `n` a number of the generator's own, `g` a loop flag."""
        self._count += 1
        return f"{letter}{self._count}"

    def of(self, thing: Any) -> str:
        """Return the name of an object: `k` for what is called, `c` for the rest."""
        if id(thing) not in self._known:
            name = f"{'k' if callable(thing) else 'c'}{len(self.things)}"
            self._known[id(thing)] = name
            self.things[name] = thing
        return self._known[id(thing)]


@dataclass(slots=True)
class Source:
    """Generated text, and the statement that each line came from."""

    lines: list[str] = field(default_factory=list)
    stmts: list[Stmt | None] = field(default_factory=list)

    def add(self, depth: int, text: str, stmt: Stmt | None = None) -> None:
        """Append a line."""
        self.lines.append("    " * depth + text)
        self.stmts.append(stmt)

    def outside(self, start: int) -> list[str]:
        """Return the names of objects and units that lines from `start` on refer to."""
        return list(dict.fromkeys(_NAME.findall("\n".join(self.lines[start:]))))

    @property
    def text(self) -> str:
        """The whole source."""
        return "\n".join([*self.lines, ""])

    def stmt(self, line: int) -> Stmt | None:
        """Return the statement of a line, from 1."""
        return self.stmts[line - 1] if 0 < line <= len(self.stmts) else None


FILE: Final = "<tracescript>"
"""The file name of generated code in tracebacks."""

_NAME: Final = re.compile(r"\b[ckf][0-9]+\b")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A generated function, its source, and the bytes a call takes where all sizes are fixed.

    `at` is a statement during which it takes them.
    """

    function: Callable[..., Any]
    source: Source
    peak: int
    at: Stmt | None


def build(
    units: Sequence[Unit], mode: str, packed: dict[Any, Any], *, trusts_steps: bool = True
) -> Compiled:
    """Compile units; the function takes (budget, watch, *inputs) and returns a tuple.

    `mode` is what happens to guards; without `trusts_steps` no overflow proof assumes that calls
    take less than `intervals.MAX_STEPS` steps.
    """
    names, source = Names(packed), Source()
    writers = [
        UnitWriter(unit, names, source, mode, trusts_steps=trusts_steps, is_outermost=i == 0)
        for i, unit in enumerate(units)
    ]
    outside = [writer.write() for writer in writers]
    scope: dict[str, Any] = {"__builtins__": BUILTINS}
    exec(compile(source.text, FILE, "exec"), scope)
    functions = [scope.pop(f"f{unit.number}") for unit in units]
    names.things.update((function.__name__, function) for function in functions)
    for function, used in zip(functions, outside, strict=True):
        function.__defaults__ = tuple([names.things[name] for name in used])
    peaks = writers[0].buffers.peaks
    return Compiled(functions[0], source, 0 if peaks.is_symbolic else peaks.fixed, peaks.at)
