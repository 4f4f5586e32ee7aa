"""How many bytes a call will allocate, estimated from run-time inputs before it is made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript.opset.predicates import Evaluator
from tracescript.opset.value_functions import FUNCTIONS, numel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.opset.table import OpDef

    Count = Callable[[Sequence[Any], Mapping[str, Any]], int]


def _broadcast(*operands: Any) -> int:
    tensors = (x for o in operands for x in (o if isinstance(o, list) else [o]) if x is not None)
    return _joined([x.shape for x in tensors])


def _joined(shapes: list[tuple[int, ...]]) -> int:
    """Return the elements of the shape to which shapes broadcast."""
    rank = max((len(s) for s in shapes), default=0)
    padded = [(1,) * (rank - len(s)) + s for s in shapes]
    return math.prod(min(column) and max(column) for column in zip(*padded, strict=True))


def _concat(tensors: Any, _: int = 0) -> int:
    return numel(tensors)


def _gather(_: Any, index: Any) -> int:
    return numel(index)


def _range(start: float, end: float, step: float) -> int:
    return max(0, math.ceil((end - start) / step)) if step and math.isfinite(end - start) else 0


def _matmul(x: Any, y: Any) -> int:
    rows = x.shape[-2] if x.ndim > 1 else 1
    columns = y.shape[-1] if y.ndim > 1 else 1
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
_ITEM_BYTES: Final = {"bool": 1, "int64": 8}
_KIND_BYTES: Final = {"list": 8, "str": 1}


def judge(op: OpDef) -> Count | None:
    """Return how many elements a call's first result has; None where only the kernel knows.

    What the op's page says goes before its shape rule.
    """
    if op.name not in _JUDGED:
        _JUDGED[op.name] = _judgement(op)
    return _JUDGED[op.name]


_JUDGED: Final[dict[str, Count | None]] = {}


def _judgement(op: OpDef) -> Count | None:
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


def bytes_needed(op: OpDef, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> int:
    """Return about how many bytes the results take; 0 where only the kernel knows.

    A call that this estimate cannot judge is counted right after it was made.
    """
    count = judge(op)
    if count is None:
        return 0
    return elements(count, inputs, attributes) * _item_bytes(op, inputs, attributes)


def _item_bytes(op: OpDef, inputs: Sequence[Any], attributes: Mapping[str, Any]) -> int:
    kind = op.outputs[0].kind if op.outputs else ""
    if kind in _KIND_BYTES:
        return _KIND_BYTES[kind]
    if "dtype" in attributes:
        return int(attributes["dtype"].itemsize)
    if op.outputs and op.outputs[0].type in _ITEM_BYTES:
        return _ITEM_BYTES[op.outputs[0].type]
    for value in inputs:
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, (np.ndarray, np.generic)):
            return int(first.dtype.itemsize)
    return 8
