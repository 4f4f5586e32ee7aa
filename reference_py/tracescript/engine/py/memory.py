"""How much memory a unit needs: its peak at each size, and what is counted as it comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from tracescript import ir
from tracescript.engine.extent import elements, item_bits, judge
from tracescript.engine.gathered import SHORT, SMALL_CONTAINER
from tracescript.engine.symbols import bind
from tracescript.ir import dims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tracescript.engine.limits import Budget
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
    """The values that live at a point of a unit, and the most bytes that live at any of them.

    A unit is walked from its end to its start: `add` and `remove` change what lives, `point` notes
    it. `at` is a statement where most lives. `has_buffer` says whether a value takes memory of its
    own.
    """

    def __init__(self, has_buffer: Callable[[Val], bool]) -> None:
        self.fixed = 0
        self.at: Stmt | None = None
        self.live: set[Val] = set()
        self._has_buffer = has_buffer
        self._sizes: dict[Val, ir.TensorType | int] = {}
        self._added: list[Val] = []
        self._bytes = 0
        self._open = 0
        self._change: dict[ir.TensorType | None, int] = {}
        self._steps: list[dict[ir.TensorType | None, int]] = []

    def add(self, vals: Iterable[Val]) -> None:
        """Let values live from here on towards the start."""
        for val in vals:
            if val not in self.live:
                self.live.add(val)
                self._added.append(val)
                self._count(val, 1)

    def remove(self, vals: Iterable[Val]) -> None:
        """Let values live no longer: here they are made."""
        for val in vals:
            if val in self.live:
                self.live.remove(val)
                self._count(val, -1)

    def mark(self) -> int:
        """Return what tells `since` that it is now."""
        return len(self._added)

    def since(self, mark: int) -> list[Val]:
        """Return what lives now and did not at a mark; values from before must still live."""
        return [v for v in dict.fromkeys(self._added[mark:]) if v in self.live]

    def point(self, stmt: Stmt) -> None:
        """Note the values that are live together while a statement runs."""
        if self._open:
            self.at = self.at or stmt
            if self._change:
                self._steps.append(self._change)
                self._change = {}
        elif self._bytes > self.fixed:
            self.fixed, self.at = self._bytes, stmt

    def _count(self, val: Val, times: int) -> None:
        size = self._sizes.get(val)
        if size is None:
            size = self._sizes[val] = self._measure(val)
        if isinstance(size, int):
            key, by = None, size * times
            self._bytes += by
        else:
            key, by = size, times
            self._open += by
        if by:
            changed = self._change.pop(key, 0) + by
            if changed:
                self._change[key] = changed

    def _measure(self, val: Val) -> ir.TensorType | int:
        """Return the bytes of a value of fixed size, else its type."""
        if not is_planned(val) or not self._has_buffer(val):
            return 0
        assert isinstance(val.type, ir.TensorType)
        return val.type if val.shape is None else _bytes(val.type, {})

    @property
    def is_symbolic(self) -> bool:
        """Whether the peak depends on the sizes of a call."""
        return bool(self._steps)

    def under(self, binding: dict[str, int]) -> int:
        """Return the peak for given sizes."""
        types = {type_ for step in self._steps for type_ in step}
        sizes = {t: 1 if t is None else _bytes(t, binding) for t in types}
        live, peak = 0, self.fixed
        for step in self._steps:
            live += sum(count * sizes[t] for t, count in step.items())
            peak = max(peak, live)
        return peak


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


def precheck(stmt: Stmt) -> Callable[..., None] | None:
    """Return a function of budget and inputs that refuses a result which does not fit.

    None where the plan has the result, or where it can be no larger than one input times a number
    that the types tell: such a result is counted once it is there.
    """
    assert stmt.link is not None
    link = stmt.link
    open_inputs = [v for v in stmt.inputs if v is not None and not v.known and not is_planned(v)]
    is_bounded = link.op.shape_rule in _SCALING and len(open_inputs) <= 1
    if all(is_planned(v) or _is_small(v) for v in stmt.outputs) or is_bounded:
        return None
    count = judge(link.op)
    if count is None:
        return None
    attributes, bits = link.attributes, item_bits(stmt.outputs[0].type)

    def check(budget: Budget, *inputs: Any) -> None:
        budget.fits(elements(count, inputs, attributes) * bits // 8)

    return check


_SCALING: Final = frozenset({"broadcast", "linear", "matmul", "gather", "index_select"})


def _is_small(val: Val) -> bool:
    return val.scalar is not None and val.scalar is not ir.ScalarKind.STR


SMALL: Final = 1 << 14
"""Arrays of fewer bytes are not counted one by one: a program has only so many variables."""


def counted_late(stmt: Stmt) -> list[Val]:
    """Return the results whose memory is known only once they are there."""
    late = [v for v in stmt.outputs if is_counted_late(v) and isinstance(v.type, ir.TensorType)]
    return [v for v in late if v.rank != 0]


def gathered(stmt: Stmt) -> list[tuple[Val, int]]:
    """Return the texts and containers that an op makes, and the length above which they count."""
    if stmt.op in _PICKING:
        return []
    found = []
    for val in stmt.outputs:
        if isinstance(val.type, (ir.ListType, ir.DictType)):
            found.append((val, SMALL_CONTAINER))
        elif val.scalar is ir.ScalarKind.STR:
            found.append((val, SHORT))
    return found


_PICKING: Final = frozenset(
    {"list.get", "list.unpack", "dict.get", "tuple.get", "tuple.unpack", "struct.get"}
    | {"unwrap_optional", "min_max", "str.get", "str.chr", "num.cast"}
)
"""Ops that give what is there already, or short texts."""


def kept(stmt: Stmt) -> list[Val]:
    """Return the tensors that live on in a container when the plan thinks them dead."""
    if stmt.op not in _KEEPING:
        return []
    tensors = [v for v in stmt.inputs if v is not None and isinstance(v.type, ir.TensorType)]
    return [v for v in tensors if not v.known and v.rank != 0]
