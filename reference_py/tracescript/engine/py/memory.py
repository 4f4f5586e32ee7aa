"""How much memory a unit needs: its peak at each size, and what is counted as it comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.engine.extent import bytes_needed, is_judged
from tracescript.engine.symbols import bind
from tracescript.ir import dims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tracescript.engine.py.program import Stmt, Val

_KEEPING: Final = frozenset(
    {"list.append", "list.set", "list.make", "dict.set", "dict.make", "tuple.make", "struct.make"}
)
"""Ops whose result keeps tensors alive that the plan thinks dead."""


def is_planned(val: Val) -> bool:
    """Whether a value is a tensor whose size follows from the symbols of the unit."""
    type_ = val.type
    return isinstance(type_, ir.TensorType) and type_.shape is not None and None not in type_.shape


def is_counted_late(val: Val) -> bool:
    """Whether a value's memory is known only once it is there: dynamic shapes, lists of tensors."""
    return not isinstance(val.type, ir.ScalarType) and not is_planned(val)


class Peaks:
    """The bytes that are live at the points of a unit."""

    def __init__(self) -> None:
        self.fixed = 0
        self._symbolic: dict[tuple[int, tuple[ir.TensorType, ...]], None] = {}

    def point(self, live: Iterable[Val]) -> None:
        """Note the values that are live together."""
        fixed, symbolic = 0, []
        for val in live:
            if is_planned(val):
                assert isinstance(val.type, ir.TensorType)
                if val.shape is None:
                    symbolic.append(val.type)
                else:
                    fixed += _bytes(val.type, {})
        if symbolic:
            symbolic.sort(key=lambda t: [dims.text(d) for d in t.shape or ()])
            self._symbolic[fixed, tuple(symbolic)] = None
        else:
            self.fixed = max(self.fixed, fixed)

    @property
    def is_symbolic(self) -> bool:
        """Whether the peak depends on the sizes of a call."""
        return bool(self._symbolic)

    def under(self, binding: dict[str, int]) -> int:
        """Return the peak for given sizes."""
        points = (n + sum(_bytes(t, binding) for t in types) for n, types in self._symbolic)
        return max(self.fixed, *points)


def _bytes(type_: ir.TensorType, binding: dict[str, int]) -> int:
    try:
        count = math.prod(max(0, dims.evaluate(d, binding)) for d in type_.shape or ())
    except (KeyError, ArithmeticError):
        return 0
    return count * type_.data_type.bits // 8


def peak_function(peaks: Peaks, params: Sequence[Val]) -> Callable[[tuple[Any, ...]], int]:
    """Return a function from a unit's inputs to its peak; it remembers sizes it has seen."""
    types = [v.type for v in params]
    seen: dict[tuple[Any, ...], int] = {}

    def peak(values: tuple[Any, ...]) -> int:
        key = tuple(getattr(v, "shape", None) for v in values)
        if key not in seen or any(isinstance(v, (list, tuple, dict)) for v in values):
            if len(seen) > _REMEMBERED:
                seen.clear()
            seen[key] = peaks.under(bind(types, values))
        return seen[key]

    return peak


_REMEMBERED: Final = 1000


def estimate(stmt: Stmt) -> Callable[..., int] | None:
    """Return a function that judges from its inputs how many bytes a statement will allocate.

    None where the plan has it, or the result is no larger than the inputs.
    """
    assert stmt.link is not None
    link = stmt.link
    if all(is_planned(v) or _is_small(v) for v in stmt.outputs) or not is_judged(link.op):
        return None

    def needed(*inputs: Any) -> int:
        return bytes_needed(link.op, inputs, link.attributes)

    return needed


def _is_small(val: Val) -> bool:
    is_text = isinstance(val.type, ir.ScalarType) and val.type.kind is ir.ScalarKind.STR
    return isinstance(val.type, ir.ScalarType) and not is_text


def counted_late(stmt: Stmt) -> list[Val]:
    """Return the values whose arrays must be counted right after a statement."""
    late = [v for v in stmt.outputs if is_counted_late(v) and isinstance(v.type, ir.TensorType)]
    if stmt.op in _KEEPING:
        late += [v for v in stmt.inputs if v is not None and isinstance(v.type, ir.TensorType)]
    return [v for v in late if not v.known and v.rank != 0]
