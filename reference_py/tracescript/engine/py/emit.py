"""Writes units as Python source and compiles it. The only `compile` and `exec` of the package.

Nothing of the file reaches the text: names are a letter and a number, literals are ints, finite
floats, bools and None; all else comes in through two tuples.
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
    """Numbers what the source refers to; objects go in through two tuples.

    `packed` holds weights in the layout of products, shared by all code of a model.
    """

    def __init__(self, packed: dict[Any, Any]) -> None:
        self.packed = packed
        self.constants: list[Any] = []
        self.functions: list[Any] = []
        self._known: dict[tuple[str, int], str] = {}
        self._count = 0

    def fresh(self, letter: str) -> str:
        """Return a new name: `v` a value, `n` a number of the generator's own, `g` a loop flag."""
        self._count += 1
        return f"{letter}{self._count}"

    def of(self, thing: Any) -> str:
        """Return the name of an object: `k` for what is called, `c` for the rest."""
        letter, table = ("k", self.functions) if callable(thing) else ("c", self.constants)
        key = (letter, id(thing))
        if key not in self._known:
            self._known[key] = f"{letter}{len(table)}"
            table.append(thing)
        return self._known[key]


@dataclass(slots=True)
class Source:
    """Generated text, and the statement that each line came from."""

    lines: list[str] = field(default_factory=list)
    stmts: list[Stmt | None] = field(default_factory=list)

    def add(self, depth: int, text: str, stmt: Stmt | None = None) -> None:
        """Append a line."""
        self.lines.append("    " * depth + text)
        self.stmts.append(stmt)

    @property
    def text(self) -> str:
        """The whole source."""
        return "\n".join([*self.lines, ""])

    def stmt(self, line: int) -> Stmt | None:
        """Return the statement of a line, from 1."""
        return self.stmts[line - 1] if 0 < line <= len(self.stmts) else None


FILE: Final = "<tracescript>"
"""The file name of generated code in tracebacks."""

_PREFIX: Final = "make"
_NAME: Final = re.compile(r"\b[ck][0-9]+\b")


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
    names, body = Names(packed), Source()
    writers = [
        UnitWriter(unit, names, body, mode, trusts_steps=trusts_steps, is_outermost=i == 0)
        for i, unit in enumerate(units)
    ]
    for writer in writers:
        writer.write()
    source = _headed(body, names)
    scope: dict[str, Any] = {"__builtins__": BUILTINS}
    exec(compile(source.text, FILE, "exec"), scope)
    function = scope[_PREFIX](tuple(names.constants), tuple(names.functions))
    peaks = writers[0].buffers.peaks
    return Compiled(function, source, 0 if peaks.is_symbolic else peaks.fixed, peaks.at)


def _headed(body: Source, names: Names) -> Source:
    """Put the units into one function that takes constants and kernels."""
    head = Source()
    head.add(0, f"def {_PREFIX}(C, K):")
    used = set(_NAME.findall("\n".join(body.lines)))
    for letter, table, things in (("c", "C", names.constants), ("k", "K", names.functions)):
        for i in range(len(things)):
            if f"{letter}{i}" in used:
                head.add(1, f"{letter}{i} = {table}[{i}]")
    head.lines += body.lines
    head.stmts += body.stmts
    head.add(1, "return f0")
    return head
