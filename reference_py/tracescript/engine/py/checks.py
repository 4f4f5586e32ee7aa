"""Writes guards: trace decisions and what must hold on entry, each as one cheap test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.engine.guards import Watch, decision_failed, holds
from tracescript.engine.symbols import bind
from tracescript.ir import dims

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.engine.py.program import Stmt, Val
    from tracescript.engine.py.write import UnitWriter

_BRANCHING: Final = frozenset({"branch", "loop_condition", "compare"})
_INFIX: Final = frozenset({"+", "*", "//", "%"})


class GuardWriter:
    """Writes the guards of one unit."""

    def __init__(self, writer: UnitWriter) -> None:
        self._w = writer

    def decision(self, stmt: Stmt, depth: int) -> None:
        """Write the test of a trace decision about a value that was just computed."""
        (val,) = stmt.inputs
        assert val is not None
        w, decision = self._w, stmt.function.decisions[stmt.index]
        failed = w.names.of(_failing(stmt.function, stmt.index))
        text, observed = w.test(val), decision.observed.value if decision.observed else None
        if decision.kind in _BRANCHING and (val.rank == 0 or val.scalar is not None):
            unexpected = f"not {text}" if observed else text
        elif val.scalar is ir.ScalarKind.INT and type(observed) is int:
            unexpected = f"{text} != {w.literal(observed)}"
        else:
            unexpected = f"not {w.names.of(_holding(stmt.function, stmt.index))}({text})"
        w.line(depth, f"if {unexpected}: {failed}({text}, E)")

    def entry(self, stmt: Stmt, depth: int) -> None:
        """Write the test of what a function demands of its inputs."""
        w, function = self._w, stmt.function
        check = w.names.of(_entry_check(function))
        values = "".join(f"{w.ref(v)}, " for v in stmt.inputs)
        call = f"{check}(E, ({values}))"
        texts = self._texts(stmt)
        unrecorded = any(d.kind == "unrecorded" for d in function.decisions)
        if (w.mode == "error" and unrecorded) or texts is None:
            w.line(depth, call)
        elif texts:
            w.line(depth, f"if not ({' and '.join(texts)}): {call}")

    def _texts(self, stmt: Stmt) -> list[str] | None:
        """Return the shape guards as source text; None where no input shows a symbol."""
        sources = self._sources(stmt.function, stmt.inputs)
        guards = stmt.function.shape_guards
        sides = [[_text(d, sources) for d in (g.left, g.right)] for g in guards]
        if any(side is None for pair in sides for side in pair):
            return None
        return [
            f"{left} {g.comparison} {right}" for g, (left, right) in zip(guards, sides, strict=True)
        ]

    def _sources(self, function: ir.Function, values: Sequence[Val | None]) -> dict[ir.Symbol, str]:
        """Return where the size of each symbol can be read."""
        sources: dict[ir.Symbol, str] = {}
        for formal, val in zip(function.inputs, values, strict=True):
            if isinstance(formal.type, ir.TensorType) and val is not None:
                for axis, dim in enumerate(formal.type.shape or ()):
                    if isinstance(dim, ir.Symbol):
                        sources.setdefault(dim, f"{self._w.ref(val)}.shape[{axis}]")
        return sources


def _text(dim: ir.Dim, sources: dict[ir.Symbol, str]) -> str | None:
    """Return a dimension as source text; None where it could divide by zero or has no source."""
    if isinstance(dim, int):
        return f"({dim})"
    if isinstance(dim, ir.Symbol):
        return sources.get(dim)
    if dim is None or (dim.operator in {"//", "%", "ceil_div"} and not _divides(dim)):
        return None
    parts = [_text(operand, sources) for operand in dim.operands]
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    if dim.operator == "neg":
        return f"(-{known[0]})"
    if dim.operator == "ceil_div":
        return f"(-(-{known[0]} // {known[1]}))"
    if dim.operator in _INFIX:
        return f"({f' {dim.operator} '.join(known)})"
    return f"{dim.operator}({', '.join(known)})"


def _divides(dim: ir.DimExpr) -> bool:
    return dims.bounds(dim.operands[1])[0] > 0


def _failing(function: ir.Function, index: int) -> Callable[[Any, Watch | None], None]:
    def fail(value: Any, watch: Watch | None) -> None:
        (watch or Watch("error")).failing(decision_failed(function, index, value))

    return fail


def _holding(function: ir.Function, index: int) -> Callable[[Any], bool]:
    def hold(value: Any) -> bool:
        return holds(function.decisions[index], value)

    return hold


def _entry_check(function: ir.Function) -> Callable[[Watch | None, tuple[Any, ...]], None]:
    def check(watch: Watch | None, values: tuple[Any, ...]) -> None:
        (watch or Watch("error")).enter(function, bind([i.type for i in function.inputs], values))

    return check
