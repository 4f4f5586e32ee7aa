"""Whether two functions are the same up to the identity of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.code.constants import content
from tracescript.ir.values import Constant, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.ir.graph import Block, Function, Input, Node


def difference(a: Function, b: Function) -> str:
    """Say what differs first between two functions; empty where they agree node for node.

    Types and constants count; names of values, places and other notes for people do not.
    """
    if (a.name, a.origin) != (b.name, b.origin):
        return f"{a.origin} {a.name} is not {b.origin} {b.name}"
    if list(map(_input, a.inputs)) != list(map(_input, b.inputs)):
        return "the inputs differ"
    if a.outputs != b.outputs:
        return "the outputs differ"
    pairs: dict[Value, Value] = {}
    found = _blocks(a.body, b.body, pairs)
    if found:
        return found
    guards = [[(g.left, g.comparison, g.right, g.kind) for g in f.shape_guards] for f in (a, b)]
    if guards[0] != guards[1]:
        return "the shape guards differ"
    if len(a.decisions) != len(b.decisions):
        return f"{len(a.decisions)} trace decisions are not {len(b.decisions)}"
    for k, (x, y) in enumerate(zip(a.decisions, b.decisions, strict=True)):
        fits = x.kind == y.kind and _constants(x.observed, y.observed)
        if not fits or not _values((x.value,), (y.value,), pairs):
            return f"trace decision {k} differs"
    return ""


def _input(i: Input) -> object:
    return (i.name, i.type, i.kind, None if i.default is None else content(i.default))


def _constants(a: Constant | None, b: Constant | None) -> bool:
    return a is b or (a is not None and b is not None and content(a) == content(b))


def _values(
    a: Sequence[Value | None], b: Sequence[Value | None], pairs: dict[Value, Value]
) -> bool:
    return len(a) == len(b) and all(_same(x, y, pairs) for x, y in zip(a, b, strict=True))


def _same(x: Value | None, y: Value | None, pairs: dict[Value, Value]) -> bool:
    if x is None or y is None:
        return x is y
    if x.constant is not None or y.constant is not None:
        return x.type == y.type and _constants(x.constant, y.constant)
    return pairs.get(x) is y


def _pair(a: Sequence[Value], b: Sequence[Value], pairs: dict[Value, Value]) -> bool:
    pairs.update(zip(a, b, strict=False))
    return [v.type for v in a] == [v.type for v in b]


def _blocks(a: Block, b: Block, pairs: dict[Value, Value]) -> str:
    """Compare two blocks and all inside, without recursion."""
    if not _pair(a.params, b.params, pairs) or len(a.nodes) != len(b.nodes):
        return f"{len(a.nodes)} nodes are not {len(b.nodes)}, or the parameters differ"
    todo: list[tuple[str, Block | Node, Block | Node]] = []
    _push(todo, a, b)
    while todo:
        what, x, y = todo.pop()
        if what == "node":
            found = _node(x, y, pairs)  # type: ignore[arg-type]  # by `what`
        elif what == "outputs":
            found = "" if _pair(x.outputs, y.outputs, pairs) else f"the results of {x.op} differ"  # type: ignore[union-attr]  # by `what`
        elif what == "results":
            found = "" if _values(x.results, y.results, pairs) else "the results of a block differ"  # type: ignore[union-attr]  # by `what`
        else:
            found = "" if _pair(x.params, y.params, pairs) else "the parameters of a block differ"  # type: ignore[union-attr]  # by `what`
            if len(x.nodes) != len(y.nodes):  # type: ignore[union-attr]  # by `what`
                found = "a block has another number of nodes"
            else:
                _push(todo, x, y)  # type: ignore[arg-type]  # by `what`
        if found:
            return found
        if what == "node":
            todo.append(("outputs", x, y))
            todo += [("block", p, q) for p, q in _inner(x, y)]  # type: ignore[arg-type]  # by `what`
    return ""


def _push(todo: list[tuple[str, Block | Node, Block | Node]], a: Block, b: Block) -> None:
    todo.append(("results", a, b))
    todo += [("node", x, y) for x, y in zip(reversed(a.nodes), reversed(b.nodes), strict=True)]


def _inner(a: Node, b: Node) -> list[tuple[Block, Block]]:
    return list(zip(reversed(a.blocks), reversed(b.blocks), strict=True))


def _node(a: Node, b: Node, pairs: dict[Value, Value]) -> str:
    if (a.op, a.opset, len(a.outputs), len(a.blocks)) != (
        b.op,
        b.opset,
        len(b.outputs),
        len(b.blocks),
    ):
        return f"node {a.op} is not {b.op}"
    if not _values(a.inputs, b.inputs, pairs):
        return f"the inputs of {a.op} differ"
    left, right = ([(n, _attribute(v)) for n, v in node.attributes] for node in (a, b))
    return "" if left == right else f"the attributes of {a.op} differ"


def _attribute(value: object) -> object:
    return content(value) if isinstance(value, Constant) else value
