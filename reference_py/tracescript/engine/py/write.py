"""Writes one unit as a Python function."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.engine.py.buffers import Buffers, holds_memory
from tracescript.engine.py.checks import GuardWriter
from tracescript.engine.py.intervals import HIGH, MAX_STEPS, Intervals
from tracescript.engine.py.loops import LoopWriter
from tracescript.engine.py.memory import is_counted_late, peak_function
from tracescript.engine.py.ops import OpWriter
from tracescript.engine.py.program import Body, Stmt, Unit, Val, count_readers, entered, walk
from tracescript.engine.py.prune import prune
from tracescript.engine.values import copied, detached, track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.engine.py.emit import Names, Source

_LONGEST_INLINE: Final = 80


class UnitWriter:
    """Writes the lines of a unit. `mode` is what happens to guards."""

    def __init__(
        self,
        unit: Unit,
        names: Names,
        source: Source,
        mode: str,
        *,
        trusts_steps: bool,
        is_outermost: bool,
    ) -> None:
        self.unit = unit
        self.names = names
        self.source = source
        self.mode = mode
        self.is_outermost = is_outermost
        self.following: Stmt | None = None
        prune(unit)
        count_readers(unit)
        self.buffers = Buffers(unit)
        self.intervals = Intervals(unit, MAX_STEPS if trusts_steps else HIGH)
        self.counts_steps = any(s.kind in {"loop", "enter", "invoke"} for s in walk(unit.body))
        self.ops = OpWriter(self)
        self.loops = LoopWriter(self)
        self.guards = GuardWriter(self)

    def write(self) -> list[str]:
        """Append the function to the source; returns the names of what it takes as defaults."""
        unit, head = self.unit, len(self.source.lines)
        params = [self.define(v) for v in unit.body.params]
        self.line(0, "")  # all names are known only below
        if self.counts_steps:
            self.line(1, "s = B.left")
        reserved = self._reserve(params)
        self.body(unit.body, 1)
        results = [self._result(v, unit.body.results[:i]) for i, v in enumerate(unit.body.results)]
        if self.counts_steps:
            self.line(1, "B.left = s")
        if reserved and not self.is_outermost:
            self.line(1, f"B.release({reserved})")
        self.line(1, f"return ({''.join(f'{r}, ' for r in results)})")
        outside = self.source.outside(head)
        given = ", ".join(["B", "E", *params, *outside])
        self.source.lines[head] = f"def f{unit.number}({given}):"
        return outside

    def line(self, depth: int, text: str, stmt: Stmt | None = None) -> None:
        """Append a line."""
        self.source.add(depth, text, stmt)

    def define(self, val: Val, name: str = "") -> str:
        """Give a value its variable: the given one, the one it was promised, or a new one."""
        val.name = name or val.name or self.names.fresh("v")
        return val.name

    def is_given(self, val: Val) -> bool:
        """Whether a value is an argument or a state of the call, whose memory does not count."""
        return self.is_outermost and val in self.unit.body.params

    def ref(self, val: Val | None) -> str:
        """Return the text that stands for a value."""
        if val is None:
            return "None"
        if val.text:
            return val.text
        if not val.known:
            return val.name
        return self.literal(val.constant)

    def literal(self, constant: Any) -> str:
        """Return the text of a constant: itself if it is a plain number, else its name."""
        if constant is None or type(constant) is bool:
            return repr(constant)
        if type(constant) is int or (type(constant) is float and isfinite(constant)):
            return repr(constant)
        return self.names.of(constant)

    def _reserve(self, params: Sequence[str]) -> str:
        """Reserve the memory that the unit takes at its peak; returns the text of the amount.

        What the outermost unit takes at fixed sizes is checked by the caller.
        """
        peaks = self.buffers.peaks
        if peaks.is_symbolic:
            amount = self.names.fresh("n")
            peak = self.names.of(peak_function(peaks, self.unit.body.params))
            self.line(1, f"{amount} = {peak}(({''.join(f'{p}, ' for p in params)}))")
        else:
            amount = "" if self.is_outermost or not peaks.fixed else str(peaks.fixed)
        if amount:
            self.line(1, f"B.reserve({amount})", peaks.at)
        return amount

    def _result(self, val: Val, earlier: Sequence[Val]) -> str:
        """Return the text of a result; at the outer edge a copy where it could share memory."""
        if not self.is_outermost or not holds_memory(val.type):
            return self.ref(val)
        roots = self.buffers.roots(val)
        shared = any(roots & self.buffers.roots(v) for v in earlier) or val.known
        if isinstance(val.type, ir.TensorType) and val.rank:
            if shared or not self.buffers.owned(val):
                return f"{self.names.of(copied)}(B, {self.ref(val)})"
            return self.ref(val)
        if val.rank == 0:
            return f"{self.names.of(np.array)}({self.ref(val)})"
        edge = copied if isinstance(val.type, ir.TensorType) else detached
        return f"{self.names.of(edge)}(B, {self.ref(val)})"

    def body(self, body: Body, depth: int, counted: int = 0) -> None:
        """Write the statements of a body; `counted` of its function calls have been counted."""
        for stmt, self.following in zip(body.stmts, [*body.stmts[1:], None], strict=False):
            if stmt.kind != "enter":
                self._stmt(stmt, body, depth)
            elif not counted:
                counted = entered(body)
                self.step(depth, stmt, counted)

    def _stmt(self, stmt: Stmt, body: Body, depth: int) -> None:
        match stmt.kind:
            case "if":
                self._if(stmt, depth)
            case "loop":
                self.loops.write(stmt, depth)
            case "invoke":
                self._invoke(stmt, depth)
            case "host":
                self._host(stmt, depth)
            case "guard":
                self.guards.decision(stmt, depth)
            case "entry":
                self.guards.entry(stmt, depth)
            case _:
                self.ops.write(stmt, body, depth)

    def step(self, depth: int, stmt: Stmt, count: int = 1) -> None:
        """Count steps."""
        self.line(depth, f"s -= {count}")
        self.line(depth, "if s < 0: s = B.renew(s)", stmt)

    def assign(self, pairs: Sequence[tuple[str, str]]) -> str:
        """Return one assignment of several names at once; `pass` if there is nothing to do."""
        moved = [(a, b) for a, b in pairs if a != b]
        if not moved:
            return "pass"
        return f"{', '.join(a for a, _ in moved)} = {', '.join(b for _, b in moved)}"

    def test(self, val: Val | None) -> str:
        """Return the text of a condition; a rank 0 tensor is tested as it is."""
        text = self.ref(val)
        inner = text[len("bool(") : -1]
        bare = text.startswith("bool(") and inner.isidentifier()
        return inner if bare else text

    def _if(self, stmt: Stmt, depth: int) -> None:
        outs = [self.names.fresh("v") for _ in stmt.outputs]
        for word, arm in zip(
            (f"if {self.test(stmt.inputs[0])}:", "else:"), stmt.bodies, strict=True
        ):
            self.line(depth, word, stmt)
            _promise(arm, outs)
            self.body(arm, depth + 1)
            moves = self.assign(list(zip(outs, map(self.ref, arm.results), strict=True)))
            if moves != "pass" or not arm.stmts:
                self.line(depth + 1, moves)
        for val, out in zip(stmt.outputs, outs, strict=True):
            self.define(val, out)

    def _host(self, stmt: Stmt, depth: int) -> None:
        outs = "".join(f"{self.define(v)} = " for v in stmt.outputs)
        args = ", ".join(map(self.ref, stmt.inputs))
        self.line(depth, "B.check()", stmt)
        self.line(depth, f"{outs}{self.names.of(stmt.host)}({args})", stmt)
        for val in filter(is_counted_late, stmt.outputs):
            self.line(depth, f"{self.names.of(track)}(B, {self.ref(val)})", stmt)

    def _invoke(self, stmt: Stmt, depth: int) -> None:
        assert stmt.unit is not None
        if stmt.calls:
            self.step(depth, stmt)
        if stmt.calls:
            self.line(depth, f"B.enter({stmt.calls})", stmt)
        self.line(depth, "B.left = s")
        args = ", ".join(["B", "E", *map(self.ref, stmt.inputs)])
        outs = "".join(f"{self.define(v)}, " for v in stmt.outputs)
        call = f"f{stmt.unit.number}({args})"
        self.line(depth, f"{outs}= {call}" if outs else call, stmt)
        self.line(depth, "s = B.left")
        if stmt.calls:
            self.line(depth, f"B.leave({stmt.calls})")


def _promise(arm: Body, outs: Sequence[str]) -> None:
    """Let a result that only the `if` reads be computed right into its variable."""
    made = {v for s in arm.stmts if s.kind == "op" for v in s.outputs}
    for val, out in zip(arm.results, outs, strict=True):
        if val in made and len(val.readers) == 1:
            val.name = out
