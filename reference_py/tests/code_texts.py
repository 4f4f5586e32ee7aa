"""Compiles code units given as text, and writes them again."""

from __future__ import annotations

import re

from tracescript.code.reader import read_units
from tracescript.code.writer import write_units
from tracescript.ir import Method, Model, Module, Submodule
from tracescript.ir.model import CodeUnit

GATE = """\
class Gate(Module):

    @traced
    def forward(self, x: Tensor[float32, 3, 4]) -> Tensor[float32, 3, 4]:
        v0 = ops.gt(ops.sum(x), float32(0.0))
        guard(branch, v0, False)
        return ops.neg(x)
"""
LINEAR = """\
class Linear(Module):
    weight: Weight[Tensor[float32, 4, 4]]
    bias: Weight[Tensor[float32, 4]]

    @traced
    def forward(self, input: Tensor[float32, 3, 4]) -> Tensor[float32, 3, 4]:
        return ops.linear(input, self.weight, bias=self.bias)
"""
CELL = """\
class Cell(Module):
    linear: Linear
    dg: Gate

    @traced
    def forward(self, x: Tensor[float32, 3, 4], h: Tensor[float32, 3, 4]) -> tuple[Tensor[float32, 3, 4], Tensor[float32, 3, 4]]:
        v0 = ops.tanh(ops.add(self.dg(self.linear(x)), h))
        return v0, v0
"""  # noqa: E501  # signatures are one line
SCRIPTED_GATE = """\
B = Dim('B', 1, 4096)


class Gate(Module):

    @scripted
    def forward(self, x: Tensor[float32, B, 4]) -> Tensor[float32, B, 4]:
        if bool(ops.gt(ops.sum(x), float32(0.0))):
            v0 = x
        else:
            v0 = ops.neg(x)
        return v0
"""
LOOP = """\
T = Dim('T', 0, 1024)


class Loop(Module):
    cell: Cell

    @scripted
    def forward(self, xs: Tensor[float32, T, 3, 4]) -> tuple[Tensor[float32, 3, 4], Tensor[float32, 3, 4]]:
        h = ops.zeros([3, 4], dtype=float32)
        y = ops.zeros([3, 4], dtype=float32)
        v0 = ops.size(xs, dim=0)
        y_2, h_2 = y, h
        for i in range(v0):
            v1, v2 = self.cell(ops.select(xs, i), h_2)
            y_2, h_2 = v1, v2
        return y_2, h_2
"""  # noqa: E501  # signatures are one line
POWER = """\
class Power(Module):
    calls: State[int]

    @scripted
    def forward(self, x: Tensor[float32], n: int) -> Tensor[float32]:
        v0 = self.calls + 1
        v1, y, k = n > 0, x, 0
        while v1:
            v2 = ops.mul(y, x)
            v3 = k + 1
            v1, y, k = v3 < n, v2, v3
        self.calls = v0
        return y
"""
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


TREE = tree(linear="Linear", dg="Gate")
