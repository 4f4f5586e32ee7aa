"""What can be known of a node's results before it runs: sizes, and lists of sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import dims
from tracescript.ir.types import TensorType

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.graph import Node
    from tracescript.ir.types import Dim
    from tracescript.opset.calls import Typing


def _shape(node: Node) -> Any:
    found = node.inputs[0].type if node.inputs[0] else None
    return found.shape if isinstance(found, TensorType) else None


def _size(_: Typing, node: Node, attributes: dict[str, Any]) -> Dim:
    shape, dim = _shape(node), attributes["dim"]
    return None if shape is None or not -len(shape) <= dim < len(shape) else shape[dim]


def _shape_list(_: Typing, node: Node, __: dict[str, Any]) -> Any:
    return _shape(node)


def _rank(_: Typing, node: Node, __: dict[str, Any]) -> Dim:
    shape = _shape(node)
    return None if shape is None else len(shape)


def _numel(_: Typing, node: Node, __: dict[str, Any]) -> Dim:
    shape = _shape(node)
    count: Dim = None if shape is None else 1
    for extent in shape or ():
        count = dims.mul(count, extent)
    return count


def _operands(typing: Typing, node: Node) -> list[Any]:
    return [None if v is None else typing.known(v) for v in node.inputs]


def _binary(build: Callable[[Dim, Dim], Dim]) -> Callable[..., Any]:
    def learn(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
        a, b = _operands(typing, node)
        return None if None in (a, b) else build(a, b)

    return learn


def _quotient(build: Callable[[Dim, Dim], Dim]) -> Callable[..., Any]:
    """Like `_binary`, for a divisor that is never 0."""

    def learn(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
        a, b = _operands(typing, node)
        low, high = dims.bounds(b)
        return build(a, b) if None not in (a, b) and (low > 0 or high < 0) else None

    return learn


def _negative(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    return dims.neg(_operands(typing, node)[0])


def _list(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    known = tuple(_operands(typing, node))
    return known if all(not isinstance(k, tuple) for k in known) else None


def _get(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    values, i = _operands(typing, node)
    within = isinstance(values, tuple) and isinstance(i, int) and -len(values) <= i < len(values)
    return values[i] if within else None


def _length(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    values = _operands(typing, node)[0]
    items = typing.items(node.inputs[0]) if node.inputs[0] else None
    if items is not None:
        return len(items)
    return len(values) if isinstance(values, tuple) else None


def _concat(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    a, b = _operands(typing, node)
    return a + b if isinstance(a, tuple) and isinstance(b, tuple) else None


def _append(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    values, x = _operands(typing, node)
    return (*values, x) if isinstance(values, tuple) else None


def _repeat(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    values, n = _operands(typing, node)
    return values * n if isinstance(values, tuple) and isinstance(n, int) else None


def _slice(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    values, *bounds = _operands(typing, node)
    given = [b is not None for b in node.inputs[1:]]
    numbers = all(isinstance(b, int) for b, is_given in zip(bounds, given, strict=True) if is_given)
    if not isinstance(values, tuple) or not numbers:
        return None
    return values[slice(*bounds)] if bounds[2:] != [0] else None


def _range(typing: Typing, node: Node, _: dict[str, Any]) -> Any:
    start, end, step = _operands(typing, node)
    if None in (start, end) or not isinstance(step, int) or step == 0:
        return None
    span = dims.sub(end, start) if step > 0 else dims.sub(start, end)
    return dims.maximum(dims.ceil_div(span, abs(step)), 0)


def _extreme(typing: Typing, node: Node, attributes: dict[str, Any]) -> Any:
    values = _operands(typing, node)[0]
    if not isinstance(values, tuple) or not values or None in values:
        return None
    result = values[0]
    for value in values[1:]:
        if isinstance(value, float) or isinstance(result, float):
            return None
        result = (dims.maximum if attributes["largest"] else dims.minimum)(result, value)
    return result


LEARN: Final[dict[str, Callable[..., Any]]] = {
    "dim": _rank,
    "int.add": _binary(dims.add),
    "int.floordiv": _quotient(dims.floor_div),
    "int.mod": _quotient(dims.mod),
    "int.mul": _binary(dims.mul),
    "int.neg": _negative,
    "int.sub": _binary(dims.sub),
    "list.append": _append,
    "list.concat": _concat,
    "list.get": _get,
    "list.len": _length,
    "list.make": _list,
    "list.repeat": _repeat,
    "list.slice": _slice,
    "min_max": _extreme,
    "numel": _numel,
    "range.len": _range,
    "shape": _shape_list,
    "size": _size,
}
"""By op: from a node to the known value of its one result, None where nothing is known."""
