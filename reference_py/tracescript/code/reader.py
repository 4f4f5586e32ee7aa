"""Compiles code units to functions, and checks that text and model agree."""

from __future__ import annotations

import dataclasses
import heapq
from typing import TYPE_CHECKING, Final

from tracescript.code.compare import difference
from tracescript.code.constants import ConstantTable
from tracescript.code.function_reader import read_function
from tracescript.code.heads import signature
from tracescript.code.program import Program
from tracescript.code.source import Source
from tracescript.code.uses import walk
from tracescript.code.writer import write_units
from tracescript.errors import InvalidModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.graph import Function
    from tracescript.ir.model import CodeUnit, Model
    from tracescript.ir.values import Constant

_MOST_AGAIN: Final = 100_000
"""Inputs of functions that are read again, because they call themselves. Spec: CODE-31."""


def read_units(units: Sequence[CodeUnit], model: Model) -> Model:
    """Compile units and return `model` with the functions of the text in place of its own.

    Functions that the text leaves out stay. `model` gives the module tree and the constants that
    the text refers to by number. Nothing in the text is evaluated.

    Raises:
        InvalidModelError: BAD_CODE with unit, line and column.

    Spec: CODE-5 to CODE-24, CODE-31.
    """
    table: list[ConstantTable] = []

    def constant(index: int) -> Constant | None:
        if not table:
            table.append(ConstantTable(model))
        return table[0].get(index)

    program = Program([Source(unit.name, unit.text) for unit in units], constant)
    made = _bodies(program)
    kept = [made.pop(f.name, f) for f in model.functions]
    return dataclasses.replace(model, functions=(*kept, *made.values()))


def _bodies(program: Program) -> dict[str, Function]:
    """Read all bodies, callees first; one again where the inputs of a function it calls change.

    That happens only where functions call themselves, directly or through others.
    """
    order, callers = program.ordered(), program.callers()
    position = {head.name: k for k, head in enumerate(order)}
    left = _MOST_AGAIN
    made: dict[str, Function] = {}
    due = [(0, k) for k in range(len(order))]
    waiting = set(due)
    while due:
        turn, k = heapq.heappop(due)
        waiting.remove((turn, k))
        head = order[k]
        before = made.get(head.name) or signature(head)
        left -= len(before.inputs) if head.name in made else 0
        if left < 0:
            what = "functions that call each other do not settle on their weights and states"
            raise InvalidModelError(what, code="BAD_CODE", where="code", rule="CODE-31")
        made[head.name] = read_function(head, program)
        program.finish(made[head.name])
        if made[head.name].inputs != before.inputs:
            for caller in callers.get(head.name, ()):
                again = (turn + (position[caller] <= k), position[caller])
                if again not in waiting:
                    waiting.add(again)
                    heapq.heappush(due, again)
    return made


def check_code(model: Model, units: Sequence[CodeUnit]) -> None:
    """Check that units are the canonical text of a model; a file may be stripped of them all.

    Raises:
        InvalidModelError: BAD_CODE where the text does not compile, gives another function, or is
            not the canonical text.

    Spec: CODE-1, CODE-20, CODE-25.
    """
    if not units:
        return
    read = read_units(units, model)
    for function in read.functions:
        own = model.by_name.get(function.name)
        what = difference(own, function) if own else "the model has no such function"
        if what:
            what = f"{function.name}: the text is not the model's function: {what}"
            raise InvalidModelError(what, code="BAD_CODE", where="code", rule="CODE-1")
    wanted = {unit.name: unit for unit in write_units(_with_names(read, model))}
    found = {unit.name: unit for unit in units}
    if list(found) != sorted(wanted) or len(found) != len(units):
        what = f"units {', '.join(found)}, expected {', '.join(sorted(wanted))}"
        raise InvalidModelError(what, code="BAD_CODE", where="code", rule="CODE-1")
    for name, unit in found.items():
        if unit.text != wanted[name].text:
            raise _not_canonical(unit, wanted[name])
        if unit.spans != wanted[name].spans:
            what = f"spans {unit.spans}, expected {wanted[name].spans}"
            raise InvalidModelError(what, code="BAD_CODE", where=name, rule="CODE-1")


def _with_names(read: Model, model: Model) -> Model:
    """Return the functions of the text, but the model's own where those have debug names."""
    own = model.by_name
    kept = [own[f.name] if _is_named(own[f.name]) else f for f in read.functions]
    return dataclasses.replace(read, functions=tuple(kept))


def _is_named(function: Function) -> bool:
    """Whether a value within a function has a debug name."""
    nodes = [node for _, node in walk(function.body)]
    inner = (value for node in nodes for block in node.blocks for value in block.params)
    return any(value.name for value in (*(v for n in nodes for v in n.outputs), *inner))


def _not_canonical(unit: CodeUnit, wanted: CodeUnit) -> InvalidModelError:
    lines, expected = unit.text.split("\n"), wanted.text.split("\n")
    pairs = zip([*lines, ""], [*expected, ""], strict=False)
    k = next((k for k, (a, b) in enumerate(pairs) if a != b), min(len(lines), len(expected)) - 1)
    hint = f"canonical is: {expected[k] if k < len(expected) else 'nothing'}"
    return Source(unit.name, unit.text).at(k + 1, 0, "the text is not canonical", "CODE-20", hint)
