"""Which tensors are surely one Python object, or surely two: what `is` can tell of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from tracescript.ir.types import TensorType
from tracescript.ir.values import Value
from tracescript.producer.script.emitter.entries import values_in
from tracescript.producer.script.emitter.heap import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_MAKING: Final = (ast.Call, ast.Subscript, ast.Attribute, ast.UnaryOp)
"""Expressions that make another object of Python's where the graph has the same value, perhaps."""
_JOINING: Final = frozenset({"if", "loop"})
_NEW: Final = frozenset(
    {
        *("add", "sub", "mul", "div", "matmul", "linear", "embedding", "layer_norm"),
        *("exp", "tanh", "sigmoid", "softmax", "cat", "stack", "where", "sum", "mean"),
    }
)
"""Ops whose every use is a new object, whatever is written for it."""


class Identities:
    """Which values stand for one Python object wherever they are met."""

    def __init__(self) -> None:
        self._numbers: dict[Value, int] = {}
        self._several: set[Value] = set()

    def made(self, op: str, outputs: Sequence[Value]) -> None:
        """Note the outputs of a node."""
        for out in outputs:
            self._numbers[out] = len(self._numbers)
        if op in _JOINING:
            self._several.update(outputs)

    def count(self) -> int:
        """Return how many values nodes have given so far."""
        return len(self._numbers)

    def evaluated(self, node: ast.expr, entry: Entry, before: int) -> None:
        """Note what an expression stands for; `before` is the count at its start."""
        if isinstance(node, _MAKING):
            older = (v for v in values_in(entry) if self._numbers.get(v, -1) < before)
            self._several.update(older)

    def is_one(self, value: Value) -> bool:
        """Whether a value is one object wherever it is met."""
        return value not in self._several


def is_same_tensor(e: Emitter, left: Entry, right: Entry) -> bool | None:
    """Return whether two tensors are one object; None where that is not known when compiling."""
    if not (isinstance(left, Value) and isinstance(left.type, TensorType)):
        return None
    if not (isinstance(right, Value) and isinstance(right.type, TensorType)):
        return None
    if left is right:
        return True if e.session.identities.is_one(left) else None
    aliases = e.session.aliases
    one, other = aliases.of(left), aliases.of(right)
    is_new = any(all(aliases.is_of_op(t, _NEW) for t in side) for side in (one, other))
    are_told = all(aliases.is_of_op(t, _NEW) or t.loop == OUTSIDE for t in one | other)
    return False if is_new and are_told and not one & other else None
