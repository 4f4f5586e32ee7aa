"""Which integer results provably fit 64 bits, by interval analysis over a unit.

Loops run to a fixpoint; what still moves after three rounds is widened: a carried value that grows
by a bounded amount per iteration is bounded by amount x the most steps a call may take, any other
by 64 bits. Two rounds from there take back what widening lost. Nested loops multiply their rounds:
once many statements were visited, what a loop carries gets 64 bits after a single round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript import ir

if TYPE_CHECKING:
    from tracescript.engine.py.program import Body, Stmt, Unit, Val

MAX_STEPS: Final = 1 << 31
"""Proofs hold for calls with at most so many steps."""

LOW, HIGH = -(2**63), 2**63 - 1
_BITS: Final = 64
_FULL: Final = (LOW, HIGH)
_BEYOND: Final = (LOW, HIGH + 1)
"""The range of a result of which nothing is known: it has to be checked."""
_RANGES: Final = {
    **dict.fromkeys(("size", "dim", "numel", "list.len", "dict.len", "str.len"), (0, 2**48)),
    "range.len": (0, HIGH),
}
_ROUNDS: Final = 3
_LAST_ROUND: Final = 8
_NARROWING: Final = 2
_MOST_VISITS: Final = 50_000

Range = tuple[int, int]


class Intervals:
    """The range of every int of a unit, and the statements whose result fits without a check."""

    def __init__(self, unit: Unit, max_steps: int = MAX_STEPS) -> None:
        self._max_steps = max_steps
        self.fits: dict[Stmt, bool] = {}
        self._visits = 0
        self._of: dict[Val, Range] = {}
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
        if len(stmt.outputs) != 1 or stmt.outputs[0].scalar is not ir.ScalarKind.INT:
            return
        first = stmt.inputs[0]
        if stmt.op in _RANGES:
            low, high = _RANGES[stmt.op]
        elif stmt.op == "num.cast" and first and first.scalar is ir.ScalarKind.BOOL:
            low, high = 0, 1
        else:
            low, high = _result(stmt, [self.get(v) for v in stmt.inputs])
        self.fits[stmt] = low >= LOW and high <= HIGH
        self._of[stmt.outputs[0]] = (max(low, LOW), min(high, HIGH))

    def _loop(self, stmt: Stmt) -> None:
        (body,) = stmt.bodies
        index, *params = body.params
        trip, _, *start = stmt.inputs
        most = self.get(trip)[1]
        most = max(0, min(most, self._max_steps) if stmt.counted else most)
        self._of[index] = (0, max(0, most - 1))
        begin = [self.get(v) for v in start]
        now = list(begin)
        widened: set[Val] = set()
        for attempt in range(self._rounds(_LAST_ROUND)):
            after = self._trip(body, now)
            new = [
                self._widen(body, i, b, most) if p in widened else _hull(x, a)
                for i, (p, b, x, a) in enumerate(zip(params, begin, now, after, strict=True), 1)
            ]
            if new == now:
                break
            if attempt == _ROUNDS:
                widened = {p for p, x, y in zip(params, now, new, strict=True) if x != y}
            now = new
        else:
            now = [_FULL for _ in params]
        for _ in range(1 + self._rounds(_NARROWING)):
            now = [_hull(b, a) for b, a in zip(begin, self._trip(body, now), strict=True)]
        self._of.update(zip(stmt.outputs, now, strict=True))

    def _trip(self, body: Body, now: list[Range]) -> list[Range]:
        """Return what a trip makes of these ranges of the carried values."""
        self._of.update(zip(body.params[1:], now, strict=True))
        self._block(body)
        return [self.get(result) for result in body.results[1:]]

    def _rounds(self, usual: int) -> int:
        return usual if self._visits < _MOST_VISITS else 0

    def _widen(self, body: Body, index: int, begin: Range, most: int) -> Range:
        step = self._steps(body, body.params[index]).get(body.results[index])
        if step is None:
            return _FULL
        low, high = step
        low, high = begin[0] + min(0, low) * most, begin[1] + max(0, high) * most
        return max(low, LOW), min(high, HIGH)

    def _steps(self, body: Body, param: Val) -> dict[Val, Range]:
        """Return by how much sums that contain a carried value differ from it."""
        self._visits += len(body.stmts)
        moved = {param: (0, 0)}
        for stmt in body.stmts:
            if stmt.op == "int.add":
                one, other = stmt.inputs
                if one not in moved:
                    one, other = other, one
                if one in moved:
                    low, high = self.get(other)
                    moved[stmt.outputs[0]] = moved[one][0] + low, moved[one][1] + high
        return moved


def _hull(a: Range, b: Range) -> Range:
    return min(a[0], b[0]), max(a[1], b[1])


def _result(stmt: Stmt, ranges: list[Range]) -> Range:
    """Return the range of an int op before any check; one above 64 bits where unknown."""
    (al, ah), (bl, bh) = ranges[0], ranges[-1]
    match stmt.op:
        case "int.add":
            return al + bl, ah + bh
        case "int.sub":
            return al - bh, ah - bl
        case "int.neg":
            return -ah, -al
        case "int.mul":
            return _ends([al * bl, al * bh, ah * bl, ah * bh])
        case "int.mod" if bl > 0:
            return 0, bh - 1
        case "int.mod":
            return bl, max(0, bh)
        case "int.floordiv" if bl > 0:
            return _ends([al // bl, al // bh, ah // bl, ah // bh])
        case "int.floordiv":
            return min(al, -ah), max(ah, -al)
        case "int.bits":
            return _bits(stmt, (al, ah), (bl, bh))
    return _BEYOND


def _ends(corners: list[int]) -> Range:
    return min(corners), max(corners)


def _bits(stmt: Stmt, a: Range, b: Range) -> Range:
    assert stmt.link is not None
    match stmt.link.attributes["operation"]:
        case "shl" if b[0] >= 0 and b[1] < _BITS:
            return _ends([x << y for x in a for y in b])
        case "shl":
            return _BEYOND
        case "shr":
            return min(a[0], 0), max(a[1], 0)
        case "and" if a[0] >= 0 or b[0] >= 0:
            return 0, min(x[1] for x in (a, b) if x[0] >= 0)
    return _FULL
