"""Writes loops: counted ones as `for range`, steps counted in slices where a body is cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tracescript import ir
from tracescript.engine.py.buffers import is_copied
from tracescript.engine.py.program import entered, walk

if TYPE_CHECKING:
    from tracescript.engine.py.program import Body, Stmt, Val
    from tracescript.engine.py.write import UnitWriter

_LIGHT: Final = 50_000


class LoopWriter:
    """Writes the loops of one unit."""

    def __init__(self, writer: UnitWriter) -> None:
        self._w = writer

    def write(self, stmt: Stmt, depth: int) -> None:
        """Write a loop; its outputs get the variables of the carried values."""
        w, (body,) = self._w, stmt.bodies
        trip, condition, *start = stmt.inputs
        index, *carried = [w.define(v) for v in body.params]
        begin = [self._start(v) for v in start]
        if carried:
            w.line(depth, w.assign(list(zip(carried, begin, strict=True))))
        assert condition is not None
        always = _is_true(condition) and _is_true(body.results[0])
        if stmt.counted and _is_leaf(body):
            self._sliced(stmt, depth, index, carried, always=always)
        elif always and trip is not None:
            w.line(depth, f"for {index} in range({w.ref(trip)}):", stmt)
            self._iteration(stmt, depth + 1)
            w.body(body, depth + 1, entered(body))
            w.line(depth + 1, self._moves(body, carried))
        else:
            self._while(stmt, depth, index, carried, always=always)
        for val, name in zip(stmt.outputs, carried, strict=True):
            w.define(val, name)

    def _start(self, val: Val | None) -> str:
        """Return the start value; a constant container as a copy that can be updated in place."""
        text = self._w.ref(val)
        if val is not None and is_copied(val):
            return f"[*{text}]" if isinstance(val.type, ir.ListType) else f"{{**{text}}}"
        return text

    def _moves(self, body: Body, carried: list[str]) -> str:
        results = map(self._w.ref, body.results[1:])
        return self._w.assign(list(zip(carried, results, strict=True)))

    def _iteration(self, stmt: Stmt, depth: int) -> None:
        """Count a step at the start of an iteration; where these are long, look at the clock."""
        w, (body,) = self._w, stmt.bodies
        if stmt.counted:
            w.line(depth, f"s -= {1 + entered(body)}")
        if not stmt.counted or _is_heavy(body):
            w.line(depth, "s = B.tick(s)", stmt)
        else:
            w.line(depth, "if s < 0: s = B.renew(s)", stmt)

    def _while(
        self, stmt: Stmt, depth: int, index: str, carried: list[str], *, always: bool
    ) -> None:
        w, (body,) = self._w, stmt.bodies
        trip, condition = stmt.inputs[:2]
        flag, tests = w.names.fresh("g"), []
        if not always:
            w.line(depth, f"{flag} = {w.test(condition)}")
            tests.append(flag)
        indexed = trip is not None or body.params[0].readers
        if indexed:
            w.line(depth, f"{index} = 0")
        if trip is not None:
            limit = w.names.fresh("n")
            w.line(depth, f"{limit} = {w.ref(trip)}")
            tests.append(f"{index} < {limit}")
        w.line(depth, f"while {' and '.join(tests) or True}:", stmt)
        self._iteration(stmt, depth + 1)
        w.body(body, depth + 1, entered(body))
        pairs = list(zip(carried, map(w.ref, body.results[1:]), strict=True))
        if not always:
            pairs.append((flag, w.test(body.results[0])))
        w.line(depth + 1, w.assign(pairs))
        if indexed:
            w.line(depth + 1, f"{index} += 1")

    def _sliced(
        self, stmt: Stmt, depth: int, index: str, carried: list[str], *, always: bool
    ) -> None:
        """Write a loop of cheap iterations: an inner `for range` as long as the slice of steps."""
        w, (body,) = self._w, stmt.bodies
        trip, condition = stmt.inputs[:2]
        at, flag = w.names.fresh("n"), w.names.fresh("g")
        tests = [] if always else [flag]
        w.line(depth, f"{at} = 0")
        if not always:
            w.line(depth, f"{flag} = {w.test(condition)}")
        end = f"{at} + 1 + s"
        if trip is not None:
            limit = w.names.fresh("n")
            w.line(depth, f"{limit} = {w.ref(trip)}")
            tests.append(f"{at} < {limit}")
            end = f"min({limit}, {end})"
        w.line(depth, f"while {' and '.join(tests) or True}:")
        w.line(depth + 1, "s -= 1")
        w.line(depth + 1, "if s < 0: s = B.renew(s)", stmt)
        w.line(depth + 1, f"for {index} in range({at}, {end}):")
        w.body(body, depth + 2)
        moves = self._moves(body, carried)
        if not always:
            w.line(depth + 2, f"if not {w.test(body.results[0])}:")
            if moves != "pass":
                w.line(depth + 3, moves)
            w.line(depth + 3, f"{flag} = False")
            w.line(depth + 3, "break")
        w.line(depth + 2, moves)
        w.line(depth + 1, f"s -= {index} - {at}")
        w.line(depth + 1, f"{at} = {index} + 1")


def _is_true(val: Val) -> bool:
    return val.known and val.constant is True


def _is_leaf(body: Body) -> bool:
    """Whether iterations take exactly one step and touch no tensors."""
    for stmt in walk(body):
        if stmt.kind in {"loop", "enter", "invoke", "host"}:
            return False
        if any(not isinstance(v.type, ir.ScalarType) for v in stmt.outputs):
            return False
    return True


def _is_heavy(body: Body) -> bool:
    """Whether an iteration may take long: big or unknown tensors, or other units."""
    total = 0
    for stmt in walk(body):
        if stmt.kind == "invoke":
            return True
        for val in stmt.outputs:
            if isinstance(val.type, ir.TensorType):
                if val.shape is None:
                    return True
                total += int(np.prod(val.shape, dtype=object))
    return total > _LIGHT
