"""Which integer results provably fit 64 bits, by interval analysis over a unit.

Loops run to a fixpoint; what still moves after three rounds is widened: a carried value that grows
by a bounded amount per iteration is bounded by amount x the most steps a call may take, any other
by 64 bits. Two rounds from there take back what widening lost. Nested loops multiply their rounds:
once many statements were visited, what a loop carries gets 64 bits after a single round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript import ir
from tracescript.engine.py.program import walk

if TYPE_CHECKING:
    from tracescript.engine.py.program import Body, Stmt, Unit, Val

MAX_STEPS: Final = 1 << 31
"""Proofs hold for calls with at most so many steps."""

LOW, HIGH = -(2**63), 2**63 - 1
_BITS: Final = 64
_FULL: Final = (LOW, HIGH)
_SIZE: Final = (0, 2**48)
_SIZES: Final = frozenset({"size", "dim", "numel", "list.len", "dict.len", "str.len"})
_ROUNDS: Final = 3
_LAST_ROUND: Final = 8
_NARROWING: Final = 2
_MOST_VISITS: Final = 50_000

Range = tuple[int, int]


def is_int(val: Val) -> bool:
    """Whether a value is a Python int."""
    return isinstance(val.type, ir.ScalarType) and val.type.kind is ir.ScalarKind.INT


class Intervals:
    """The range of every int of a unit, and the statements whose result fits without a check."""

    def __init__(self, unit: Unit, max_steps: int = MAX_STEPS) -> None:
        self._max_steps = max_steps
        self.fits: dict[Stmt, bool] = {}
        self._visits = 0
        self._of: dict[Val, Range] = {}
        self._made = {v: s for s in walk(unit.body) for v in s.outputs}
        self._block(unit.body)

    def get(self, val: Val | None) -> Range:
        """Return the smallest and the largest number a value can be."""
        if val is None:
            return _FULL
        if val.known and type(val.constant) is int:
            return val.constant, val.constant
        return self._of.get(val, _FULL)

    def _block(self, body: Body) -> None:
        self._visits += 1 + len(body.stmts)
        for stmt in body.stmts:
            if stmt.kind == "if":
                for arm in stmt.bodies:
                    self._block(arm)
                first, second = stmt.bodies
                for out, a, b in zip(stmt.outputs, first.results, second.results, strict=True):
                    self._of[out] = _hull(self.get(a), self.get(b))
            elif stmt.kind == "loop":
                self._loop(stmt)
            elif stmt.kind == "op":
                self._op(stmt)

    def _op(self, stmt: Stmt) -> None:
        if len(stmt.outputs) != 1 or not is_int(stmt.outputs[0]):
            return
        assert stmt.link is not None
        if stmt.op in _SIZES or stmt.op == "range.len":
            low, high = _SIZE if stmt.op in _SIZES else (0, HIGH)
        elif stmt.op == "num.cast" and _is_bool(stmt.inputs[0]):
            low, high = 0, 1
        else:
            low, high = _result(stmt, [self.get(v) for v in stmt.inputs])
        self.fits[stmt] = low >= LOW and high <= HIGH
        self._of[stmt.outputs[0]] = (max(low, LOW), min(high, HIGH))

    def _loop(self, stmt: Stmt) -> None:
        (body,) = stmt.bodies
        index, *params = body.params
        trip, _, *start = stmt.inputs
        most = self.get(trip)[1] if trip is not None else HIGH
        most = max(0, min(most, self._max_steps) if stmt.counted else most)
        self._of[index] = (0, max(0, most - 1))
        begin = [self.get(v) for v in start]
        now = list(begin)
        widened: set[Val] = set()
        for attempt in range(self._rounds(_LAST_ROUND)):
            self._of.update(zip(params, now, strict=True))
            self._block(body)
            new = [
                self._widen(p, r, b, most) if p in widened else _hull(x, self.get(r))
                for p, r, b, x in zip(params, body.results[1:], begin, now, strict=True)
            ]
            if new == now:
                break
            if attempt == _ROUNDS:
                widened = {p for p, x, y in zip(params, now, new, strict=True) if x != y}
            now = new
        else:
            now = [_FULL for _ in params]
        for _ in range(self._rounds(_NARROWING)):
            self._of.update(zip(params, now, strict=True))
            self._block(body)
            now = [_hull(b, self.get(r)) for r, b in zip(body.results[1:], begin, strict=True)]
        self._of.update(zip(params, now, strict=True))
        self._block(body)
        for out, p in zip(stmt.outputs, params, strict=True):
            self._of[out] = self._of.get(p, _FULL)

    def _rounds(self, usual: int) -> int:
        return usual if self._visits < _MOST_VISITS else 0

    def _widen(self, param: Val, result: Val, begin: Range, most: int) -> Range:
        step = self._step(param, result)
        if step is None:
            return _FULL
        low, high = begin[0] + min(0, step[0]) * most, begin[1] + max(0, step[1]) * most
        return max(low, LOW), min(high, HIGH)

    def _step(self, param: Val, value: Val) -> Range | None:
        """Return by how much a value differs from a carried one, where no step depends on it."""
        low = high = 0
        while value is not param:
            stmt = self._made.get(value)
            if stmt is None or stmt.op != "int.add":
                return None
            a, b = stmt.inputs
            assert a is not None
            assert b is not None
            if b is param or (a is not param and self._leads(param, b)):
                a, b = b, a
            step = self.get(b)
            low, high, value = low + step[0], high + step[1], a
        return low, high

    def _leads(self, param: Val, value: Val) -> bool:
        stmt = self._made.get(value)
        return (
            stmt is not None
            and stmt.op == "int.add"
            and any(v is param or (v is not None and self._leads(param, v)) for v in stmt.inputs)
        )


def _is_bool(val: Val | None) -> bool:
    type_ = val.type if val is not None else None
    return isinstance(type_, ir.ScalarType) and type_.kind is ir.ScalarKind.BOOL


def _hull(a: Range, b: Range) -> Range:
    return min(a[0], b[0]), max(a[1], b[1])


def _result(stmt: Stmt, ranges: list[Range]) -> Range:
    """Return the range of an int op before any check; one above 64 bits where unknown."""
    (al, ah), (bl, bh) = (ranges * 2)[:2]
    match stmt.op:
        case "int.add":
            return al + bl, ah + bh
        case "int.sub":
            return al - bh, ah - bl
        case "int.neg":
            return -ah, -al
        case "int.mul":
            corners = [al * bl, al * bh, ah * bl, ah * bh]
            return min(corners), max(corners)
        case "int.mod" if bl > 0:
            return 0, bh - 1
        case "int.mod":
            return min(0, bl), max(0, bh)
        case "int.floordiv" if bl > 0:
            return min(al // bl, al // bh), max(ah // bl, ah // bh)
        case "int.floordiv":
            return min(al, -ah), max(ah, -al)
        case "int.bits":
            return _bits(stmt, (al, ah), (bl, bh))
    return LOW, HIGH + 1


def _bits(stmt: Stmt, a: Range, b: Range) -> Range:
    assert stmt.link is not None
    operation = stmt.link.attributes["operation"]
    if operation == "shl":
        return (
            (a[0] << b[1], a[1] << b[1])
            if a[0] >= 0 and 0 <= b[0] <= b[1] < _BITS
            else (LOW, HIGH + 1)
        )
    if operation == "shr":
        return min(a[0], 0), max(a[1], 0)
    if operation == "and" and (a[0] >= 0 or b[0] >= 0):
        return 0, min(x[1] for x in (a, b) if x[0] >= 0)
    return _FULL
