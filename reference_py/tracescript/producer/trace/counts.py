"""Numbers that count data: sizes of what `nonzero`, a mask and the like select."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracescript.ir import DataType, TensorType

if TYPE_CHECKING:
    from tracescript.producer.trace.tape import Op, Wire

_COUNTING: Final = frozenset(
    {"bincount", "item_int", "masked_select", "nonzero", "repeat_interleave", "unique"}
)
"""Ops whose results have as many elements as the data says."""


class Counts:
    """Tells which numbers of a run may change with data while the sizes of all inputs stay."""

    def __init__(self) -> None:
        self._known: dict[Wire, bool] = {}

    def is_counted(self, wire: Wire) -> bool:
        """Tell whether a number is computed of something whose size, or whole, data decides."""
        todo = [wire]
        while todo:
            at = todo[-1]
            made = at.maker
            if at in self._known or made is None:
                self._known.setdefault(at, False)
                todo.pop()
                continue
            inputs = [w for w in made.inputs if w is not None]
            unknown = [w for w in inputs if w not in self._known]
            if _counts(made):
                self._known[at] = True
            elif unknown:
                todo += unknown
            else:
                self._known[at] = any(self._known[w] for w in inputs)
        return self._known[wire]


def _counts(made: Op) -> bool:
    if made.op in _COUNTING:
        return True
    return made.op == "index" and any(_is_mask(w) for w in made.inputs[1:] if w is not None)


def _is_mask(wire: Wire) -> bool:
    if wire.maker is not None and wire.maker.op == "list.make":
        return any(_is_mask(w) for w in wire.maker.inputs if w is not None)
    return isinstance(wire.type, TensorType) and wire.type.data_type is DataType.BOOL
