"""How many bytes a call will allocate, judged from run-time inputs before it is made."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.opset.predicates import Evaluator
from tracescript.opset.table import opset
from tracescript.opset.value_functions import FUNCTIONS, numel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.opset.table import OpDef

    Count = Callable[[Sequence[Any], Mapping[str, Any]], int]


def _broadcast(first: Any, *others: Any) -> int:
    if isinstance(first, list):
        return 0  # of views: they count once they are there
    return _joined([x.shape for x in (first, *others) if x is not None])


def _joined(shapes: list[tuple[int, ...]]) -> int:
    """Return the elements of the shape to which shapes broadcast."""
    rank = max(len(s) for s in shapes)
    padded = [(1,) * (rank - len(s)) + s for s in shapes]
    return math.prod(min(column) and max(column) for column in zip(*padded, strict=True))


def _concat(tensors: Any, _: int = 0) -> int:
    return numel(tensors)


def _gather(_: Any, index: Any) -> int:
    return numel(index)


def _range(start: float, end: float, step: float) -> int:
    return max(0, math.ceil((end - start) / step))


def _matmul(x: Any, y: Any) -> int:
    rows, columns = math.prod(x.shape[-2:-1]), math.prod(y.shape[1:][-1:])
    return _joined([x.shape[:-2], y.shape[:-2]]) * rows * columns


def _linear(x: Any, weight: Any) -> int:
    return x.size // max(1, x.shape[-1]) * weight.shape[0]


def _pad(x: Any, padding: Any) -> int:
    sizes = list(x.shape)
    for axis, pair in enumerate(zip(padding[::2], padding[1::2], strict=False), 1):
        sizes[-axis] += sum(pair)
    return math.prod(max(0, n) for n in sizes)


def _index_select(x: Any, index: Any, dim: int) -> int:
    return x.size // max(1, x.shape[dim]) * index.size if x.ndim else index.size


def _given(*extents: Any) -> int:
    return math.prod(map(_product, extents))


def _product(extents: Any) -> int:
    if isinstance(extents, np.ndarray):
        return extents.size
    return math.prod(max(0, n) for n in (extents if isinstance(extents, list) else [extents]))


def _first_given(first: Any, *_: Any) -> int:
    return _product(first)


_BY_RULE: Final[Mapping[str, Callable[..., int]]] = {
    "argument": _given,
    "broadcast": _broadcast,
    "concat": _concat,
    "each": _first_given,
    "gather": _gather,
    "index_select": _index_select,
    "linear": _linear,
    "matmul": _matmul,
    "pad": _pad,
    "range": _range,
    "stack": _concat,
}
"""Elements of a result by its shape rule, over the values of the rule's arguments.

Not the rules whose result has no more elements than an operand.
"""


def judge(op: OpDef) -> Count | None:
    """Return how many elements a call's first result has; None where only the kernel knows.

    What the op's page says goes before its shape rule.
    """
    return _judgement(op.name)


@functools.cache
def _judgement(name: str) -> Count | None:
    op = opset()[name]
    rule = _said if op.elements else _BY_RULE.get(op.shape_rule)
    texts = (op.elements,) if op.elements else op.shape_arguments
    if rule is None:
        return None
    places = {i.name: place for place, i in enumerate(op.inputs) if not i.variadic}
    if all(text in places for text in texts):
        chosen = [places[text] for text in texts]
        return lambda inputs, _: rule(*[inputs[place] for place in chosen])

    def count(inputs: Sequence[Any], attributes: Mapping[str, Any]) -> int:
        evaluator = Evaluator(_names(op, inputs, attributes), FUNCTIONS)
        return rule(*map(evaluator.value, texts))

    return count


def _said(elements: int) -> int:
    return elements


def _names(op: OpDef, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a call by name; an omitted input is None."""
    names: dict[str, Any] = {a.name: a.default for a in op.attributes}
    for place, declared in enumerate(op.inputs):
        rest = inputs[place:]
        names[declared.name] = list(rest) if declared.variadic else rest[0] if rest else None
    return {**names, **attributes}


def elements(count: Count, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> int:
    """Apply a judgement; 0 for inputs that make no sense, about which the kernel will complain."""
    try:
        return count(inputs, attributes)
    except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
        return 0


def bytes_needed(
    op: OpDef, results: Sequence[ir.Value], inputs: Sequence[Any], attributes: Mapping[str, Any]
) -> int:
    """Return how many bytes the first result takes; 0 where only the kernel knows.

    A call that this estimate cannot judge is counted right after it was made.
    """
    count = judge(op)
    if count is None:
        return 0
    return elements(count, inputs, attributes) * item_bits(results[0].type) // 8


def item_bits(type_: ir.Type) -> int:
    """Return how many bits an element takes: a character of a text, a reference in a list."""
    if isinstance(type_, ir.TensorType):
        return type_.data_type.bits
    if isinstance(type_, ir.ScalarType):
        return 8 if type_.kind is ir.ScalarKind.STR else 0
    return 64
