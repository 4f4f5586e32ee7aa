"""How many bytes a call will allocate, estimated from run-time inputs before it is made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.opset.table import OpDef

    Count = Callable[[Sequence[Any], Mapping[str, Any]], int]


def _elements(value: Any) -> int:
    if isinstance(value, (list, tuple)):
        return sum(_elements(item) for item in value)
    return int(getattr(value, "size", 1))


def _largest(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    return max((_elements(x) for x in inputs), default=0)


def _broadcast(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    shapes = [x.shape for x in inputs if isinstance(x, np.ndarray)]
    rank = max((len(s) for s in shapes), default=0)
    padded = [(1,) * (rank - len(s)) + s for s in shapes]
    return math.prod(max(column) for column in zip(*padded, strict=True))


def _sizes(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    """The product of the first list of integers, -1 left out."""
    for value in inputs:
        if isinstance(value, list):
            return math.prod(abs(n) for n in value if isinstance(n, int))
    return 0


def _total(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    return sum(_elements(x) for x in inputs)


def _range(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    start, end, step = inputs
    return max(0, math.ceil((end - start) / step)) if step and math.isfinite(end - start) else 0


def _matmul(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    x, y = inputs[:2]
    if x.ndim == 1 or y.ndim == 1:
        return max(x.size, y.size)
    rows = [x[..., :1].size, y[..., :1, :].size]
    batch = max(math.prod(x.shape[:-2]), math.prod(y.shape[:-2]))
    return max(batch * x.shape[-2] * y.shape[-1], *rows)


def _linear(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    x, weight = inputs[:2]
    return x.size // max(1, x.shape[-1]) * weight.shape[0]


def _repeat(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    return _elements(inputs[0]) * math.prod(max(0, n) for n in inputs[1])


def _pad(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    x, padding = inputs[:2]
    sizes = list(x.shape)
    for axis, pair in enumerate(zip(padding[::2], padding[1::2], strict=False), 1):
        sizes[-axis] += sum(pair)
    return math.prod(max(0, n) for n in sizes)


def _counts(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    x, repeats = inputs[:2]
    return x.size // max(1, repeats.size) * int(np.maximum(repeats, 0).sum())


def _nonzero(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    return int(np.count_nonzero(inputs[0])) * inputs[0].ndim


def _index_select(inputs: Sequence[Any], attributes: Mapping[str, Any]) -> int:
    x, index = inputs[:2]
    axis = attributes.get("dim", 0)
    return x.size // max(1, x.shape[axis]) * index.size if x.ndim else index.size


def _one_hot(inputs: Sequence[Any], attributes: Mapping[str, Any]) -> int:
    return _elements(inputs[0]) * int(attributes["num_classes"])


def _outer(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    return math.prod(_elements(x) for x in inputs)


def _numbers(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    """The product of the integers among the inputs: `eye`, `linspace`, `randperm`."""
    return math.prod(abs(n) for n in inputs if type(n) is int)


def _list_repeat(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    return len(inputs[0]) * max(0, inputs[1])


def _lengths(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    return sum(len(x) for x in inputs)


def _texts(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    """The characters of all strings; numbers add few."""
    return sum(len(x) for x in inputs if isinstance(x, str))


def _image(inputs: Sequence[Any], _: Mapping[str, Any]) -> int:
    """Planes of a given output size."""
    x, sizes = inputs[:2]
    return math.prod(x.shape[: x.ndim - len(sizes)]) * math.prod(max(0, n) for n in sizes)


_BY_OP: Final[Mapping[str, Count]] = {
    "bincount": _numbers,
    "diag_embed": lambda i, _: i[0].size * (i[0].shape[-1] if i[0].ndim else 1),
    "embedding": lambda i, _: i[0].size * i[1].shape[-1],
    "eye": _numbers,
    "interpolate": _image,
    "linspace": _numbers,
    "list.concat": _lengths,
    "list.repeat": _list_repeat,
    "nonzero": _nonzero,
    "one_hot": _one_hot,
    "outer": _outer,
    "randperm": _numbers,
    "repeat": _repeat,
    "repeat_interleave": _counts,
    "str.concat": _lengths,
    "str.format": _texts,
    "to_list": _total,
}
_BY_RULE: Final[Mapping[str, Count]] = {
    "argument": _sizes,
    "broadcast": _broadcast,
    "concat": _total,
    "gather": _largest,
    "index_select": _index_select,
    "linear": _linear,
    "matmul": _matmul,
    "pad": _pad,
    "range": _range,
    "stack": _total,
}
_ITEM_BYTES: Final = {"bool": 1, "int64": 8}


def judge(op: OpDef) -> Count | None:
    """Return how many elements a call's first result has; None where only the kernel knows."""
    return _BY_OP.get(op.name) or _BY_RULE.get(op.shape_rule)


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
    if op.name.startswith("list.") or op.name == "to_list":
        return 8
    if "dtype" in attributes:
        return int(attributes["dtype"].itemsize)
    if op.outputs and op.outputs[0].type in _ITEM_BYTES:
        return _ITEM_BYTES[op.outputs[0].type]
    for value in inputs:
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, (np.ndarray, np.generic)):
            return int(first.dtype.itemsize)
    return 1 if op.name.startswith("str.") else 8
