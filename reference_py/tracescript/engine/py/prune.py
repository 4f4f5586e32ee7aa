"""Drops statements whose results nobody reads, where they cannot stop the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript import ir

if TYPE_CHECKING:
    from tracescript.engine.py.program import Body, Stmt, Unit, Val


def prune(unit: Unit) -> None:
    """Remove what is unused from a unit, before readers are counted."""
    _prune(unit.body, set())


def _prune(body: Body, needed: set[Val]) -> None:
    """Walk a body backwards; `needed` grows by what the kept statements read."""
    needed.update(body.results)
    kept = []
    for stmt in reversed(body.stmts):
        if stmt.kind == "op" and needed.isdisjoint(stmt.outputs) and not _may_stop(stmt):
            continue
        for inner in stmt.bodies:
            _prune(inner, needed)
        needed.update(v for v in stmt.inputs if v is not None)
        kept.append(stmt)
    body.stmts = kept[::-1]


def _may_stop(stmt: Stmt) -> bool:
    """Whether a call could trap or be seen from outside."""
    assert stmt.link is not None
    op = stmt.link.op
    if op.effect != "none":
        return True
    codes = {code for _, code in op.errors}
    if codes == {"SHAPE_ERROR"}:
        return not all(_is_fixed(v) for v in (*stmt.inputs, *stmt.outputs))
    if codes == {"CONVERSION_ERROR"}:
        return [v.rank for v in filter(None, stmt.inputs)] != [0]
    return bool(codes)


def _is_fixed(val: Val | None) -> bool:
    return val is None or (isinstance(val.type, ir.TensorType) and val.shape is not None)
