"""Sizes that the constraints of an op's page make equal. Spec: calls.md."""

from __future__ import annotations

import ast
import functools
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tracescript.ir.types import DataType, TensorType
from tracescript.opset.knowledge import UNKNOWN, Operand
from tracescript.opset.predicates import Evaluator, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from tracescript.ir import Dim
    from tracescript.opset.table import OpDef

    Pair = tuple[Dim, Dim]
    Shapes = Sequence[tuple[Dim, ...] | None]


def stated(op: OpDef, shapes: Shapes, attributes: Mapping[str, Any]) -> Iterator[Pair]:
    """Yield the pairs of sizes that every constraint of a page needs equal.

    A constraint counts with each of its conditions that are joined by `and`; one that is about an
    optional input ("bias is None or ...") where the input is given.
    """
    evaluator = Evaluator(_names(op, shapes, attributes))
    for _, _, predicate in op.constraints:
        for kind, texts in _conditions(predicate):
            values = [evaluator.value(text) for text in texts]
            pairs: Iterator[Any] = _KINDS[kind]([v for v in values if v is not UNKNOWN])
            yield from (pair for pair in pairs if all(side is not UNKNOWN for side in pair))


def _names(op: OpDef, shapes: Shapes, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the names of a predicate mean: tensors by shape, of a data type for all."""
    names: dict[str, Any] = {a.name: attributes.get(a.name, a.default) for a in op.attributes}
    for place, declared in enumerate(op.inputs):
        shape = shapes[place] if place < len(shapes) else None
        tensor = None if shape is None else TensorType(DataType.FLOAT32, shape)
        names[declared.name] = UNKNOWN if tensor is None else Operand(tensor)
    return names


@functools.cache
def _conditions(predicate: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the conditions that make sizes equal: how, and the expressions that say which."""
    return tuple(_found(parse(predicate))) if predicate else ()


def _found(node: ast.expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node, ast.BoolOp):
        is_and = isinstance(node.op, ast.And)
        if is_and or all(map(_asks_for_none, node.values[:-1])):
            for value in node.values if is_and else node.values[-1:]:
                yield from _found(value)
    elif isinstance(node, ast.Compare):
        if type(node.ops[0]) is ast.Eq and _called(node.left) == "size" and len(node.ops) == 1:
            yield "equal", (ast.unparse(node.left), ast.unparse(node.comparators[0]))
    elif isinstance(node, ast.Call):
        name, texts = _called(node), [ast.unparse(a) for a in node.args]
        if name == "same_size":
            x, i, y, j = texts
            yield "equal", (f"size({x}, {i})", f"size({y}, {j})")
        elif name in _KINDS:
            yield name, tuple(texts)


def _called(node: ast.expr) -> str:
    """Return the function that a node calls, else an empty name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return ""


def _asks_for_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and type(node.ops[0]) is ast.Is


def _equal(sizes: Sequence[Dim]) -> Iterator[Pair]:
    yield from pairwise(sizes)


def broadcast(shapes: Sequence[Sequence[Dim]]) -> Iterator[Pair]:
    """Yield the pairs of numpy's rule: from the right, ones aside."""
    for axis in range(1, max(map(len, shapes), default=0) + 1):
        column = [s[-axis] for s in shapes if len(s) >= axis and s[-axis] != 1]
        yield from pairwise(column)


def _matmul(shapes: Sequence[Sequence[Dim]]) -> Iterator[Pair]:
    if len(shapes) == 2 and all(shapes):  # noqa: PLR2004  # the factors, both known
        x, y = shapes
        yield x[-1], y[-2] if len(y) > 1 else y[0]
        yield from broadcast((x[:-2], y[:-2]))


_KINDS: Final[dict[str, Callable[[Sequence[Any]], Iterator[Pair]]]] = {
    "equal": _equal,
    "can_broadcast": broadcast,
    "can_matmul": _matmul,
}
