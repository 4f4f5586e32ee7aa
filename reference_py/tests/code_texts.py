"""Compiles code units given as text, and writes them again."""

from __future__ import annotations

import re

from tracescript.code.reader import read_units
from tracescript.code.units import CodeUnit
from tracescript.code.writer import write_units
from tracescript.ir import Method, Model, Module, Submodule

EMPTY = Model("m", (), Module(""))


def units(*texts):
    """Make units, each named after its class, or `functions`."""
    made = []
    for text in texts:
        name = re.search(r"^class (\w+)", text, re.MULTILINE)
        made.append(CodeUnit(name[1] if name else "functions", text, ()))
    return made


def tree(**submodules):
    """Make a model whose root runs Cell.forward and has children of the given classes."""
    children = tuple(
        Submodule(name, Module(cls, methods=(Method("forward", f"{cls}.forward", False),)))
        for name, cls in submodules.items()
    )
    methods = (Method("forward", "Cell.forward", True),)
    return Model("m", (), Module("Cell", submodules=children, methods=methods))


def compiled(*texts, model=EMPTY):
    """Compile texts to a model."""
    return read_units(units(*texts), model)


def rewritten(*texts, model=EMPTY):
    """Compile texts and return the canonical text of each unit, sorted by unit."""
    return tuple(unit.text for unit in write_units(compiled(*texts, model=model)))


def function(body, params="", result="None"):
    """Make the text of a plain function of body lines."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f"@authored\ndef f({params}) -> {result}:\n{lines}"
