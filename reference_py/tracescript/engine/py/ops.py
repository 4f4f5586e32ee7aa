"""Writes calls of ops: as an expression, as lines over tensors, or as a kernel call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript import ir
from tracescript.engine.gathered import hold
from tracescript.engine.py.buffers import CHANGING
from tracescript.engine.py.intervals import HIGH, LOW
from tracescript.engine.py.memory import SMALL, counted_late, gathered, kept, precheck
from tracescript.engine.py.pick import gives_first_only, kernel_of
from tracescript.engine.py.scalars import Expression, expression
from tracescript.engine.py.tensors import TensorWriter
from tracescript.engine.values import track
from tracescript.errors import trap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.engine.py.program import Body, Stmt, Val
    from tracescript.engine.py.write import UnitWriter

_LONGEST_INLINE: Final = 80


class OpWriter:
    """Writes the ops of one unit."""

    def __init__(self, writer: UnitWriter) -> None:
        self._w = writer
        self._tensors = TensorWriter(writer.names.of, writer.names.packed)

    def write(self, stmt: Stmt, body: Body, depth: int) -> None:
        """Write a call of an op."""
        args = [self._w.ref(v) for v in stmt.inputs]
        check, count = precheck(stmt), self._w.names.of(track)
        if check is not None:
            self._w.line(depth, f"{self._w.names.of(check)}(B, {', '.join(args)})", stmt)
        self._compute(stmt, args, body, depth)
        late = [] if stmt in self._w.buffers.into else counted_late(stmt)
        for val in late[:1] if gives_first_only(stmt) else late:
            name = self._w.ref(val)
            self._w.line(depth, f"if {name}.nbytes > {SMALL}: {count}(B, {name})", stmt)
        for val, most in self._made(stmt):
            name = self._w.ref(val)
            self._w.line(
                depth, f"if len({name}) > {most}: {self._w.names.of(hold)}(B, {name})", stmt
            )
        for val in kept(stmt):
            if not self._w.is_given(val):
                self._w.line(depth, f"{count}(B, {self._w.ref(val)})", stmt)

    def _made(self, stmt: Stmt) -> list[tuple[Val, int]]:
        """Return the texts and containers to count; one that grows in place was counted before."""
        return [] if stmt in self._w.buffers.into else gathered(stmt)

    def _compute(self, stmt: Stmt, args: Sequence[str], body: Body, depth: int) -> None:
        if stmt.op in CHANGING:
            self._change(stmt, args, depth)
            return
        found = expression(stmt, args)
        if found is not None:
            self._expression(stmt, found, body, depth)
            return
        if len(stmt.outputs) == 1 and isinstance(stmt.outputs[0].type, ir.TensorType):
            out = stmt.outputs[0].name or self._w.names.fresh("v")
            into = args[self._w.buffers.into[stmt]] if stmt in self._w.buffers.into else ""
            lines = self._tensors.lines(stmt, args, out, into)
            if lines is not None:
                for text in lines:
                    self._w.line(depth, text, stmt)
                self._w.define(stmt.outputs[0], out)
                return
        self._kernel(stmt, args, depth)

    def _kernel(self, stmt: Stmt, args: Sequence[str], depth: int) -> None:
        assert stmt.link is not None
        kernel, is_first = kernel_of(
            stmt, self._w.names.packed, in_place=stmt in self._w.buffers.into
        )
        call = f"{self._w.names.of(kernel)}({', '.join(args)})"
        outs = [self._w.define(v) for v in stmt.outputs]
        if not outs:
            self._w.line(depth, call, stmt)
        elif stmt.link.outputs == 1 or is_first:
            self._w.line(depth, f"{outs[0]} = {call}", stmt)
        else:
            self._w.line(depth, f"{', '.join(outs)}, = {call}", stmt)

    def _expression(self, stmt: Stmt, found: Expression, body: Body, depth: int) -> None:
        (out,) = stmt.outputs
        bounds = _bounds(stmt, found.checked and not self._w.intervals.fits.get(stmt))
        if found.is_pure and not self._made(stmt) and self._may_inline(out, found.text, body):
            reader = out.readers[0][1]
            if bounds is None or (
                reader and reader is self._w.following and _shift(reader) is not None
            ):
                out.text = found.text if found.is_atom else f"({found.text})"
                out.bounds = bounds
                return
        name = self._w.define(out)
        self._w.line(depth, f"{name} = {found.text}", stmt)
        if bounds is not None:
            overflow = self._w.names.of(_overflow)
            self._w.line(
                depth, f"if not {bounds[0]} <= {name} <= {bounds[1]}: {overflow}({name})", stmt
            )

    def _may_inline(self, out: Val, text: str, body: Body) -> bool:
        if len(text) > _LONGEST_INLINE or len(out.readers) != 1:
            return False
        return out.readers[0][0] is body

    def _change(self, stmt: Stmt, args: Sequence[str], depth: int) -> None:
        """Update a container: in place if nobody else sees it, else in a copy."""
        name = args[0] if stmt in self._w.buffers.into else self._w.define(stmt.outputs[0])
        if stmt not in self._w.buffers.into:
            copy = "[*{0}]" if stmt.op.startswith("list") else "{{**{0}}}"
            self._w.line(depth, f"{name} = {copy.format(args[0])}", stmt)
        if stmt.op == "list.append":
            self._w.line(depth, f"{name}.append({args[1]})", stmt)
        else:
            self._w.line(depth, f"{name}[{args[1]}] = {args[2]}", stmt)
        self._w.define(stmt.outputs[0], name)


def _shift(reader: Stmt) -> int | None:
    """Return by what number a reader moves its operand, if that is all it does."""
    if reader.op not in {"int.add", "int.sub"}:
        return None
    number = reader.inputs[1]
    assert number is not None
    if not number.known:
        return None
    return int(number.constant) if reader.op == "int.add" else -int(number.constant)


def _bounds(stmt: Stmt, must_check: bool) -> tuple[int, int] | None:
    """Return what a result must lie between, for its own sake and for its operand's."""
    operand = stmt.inputs[0] if stmt.inputs else None
    pending = operand.bounds if operand is not None else None
    if pending is None or operand is None:
        return (LOW, HIGH) if must_check else None
    shift = _shift(stmt)
    assert shift is not None
    return max(LOW, pending[0] + shift), min(HIGH, pending[1] + shift)


def _overflow(value: int) -> None:
    raise trap("INT_OVERFLOW", f"expected an int of 64 bits, found {value}")
