"""Makes emitted code small: drops what nothing uses and what does not change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracescript.ir.graph import Block, Node
from tracescript.ir.values import Value
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Swap = dict[Value, Value]


def tidy(
    block: Block, proved: set[Value], names: Mapping[Value, str], plain: Mapping[Value, Value]
) -> Block:
    """Return an equal block without what has no use. An op that can trap is never removed.

    `proved` are results of ops that could trap but here cannot; `names` go into the values; in
    place of values in `plain` others are used.
    """
    for _ in range(8):
        smaller = _Dead(proved).block(_simplify(block, dict(plain)), None)
        is_settled = smaller is block or _count(smaller) == _count(block)
        block = smaller
        if is_settled:
            break
    return _Namer(names).block(block)


def _count(block: Block) -> int:
    total = len(block.nodes) + len(block.results) + len(block.params)
    return total + sum(len(n.outputs) + sum(_count(b) for b in n.blocks) for n in block.nodes)


# ---------------------------------------------------------------------- simpler ifs and loops
def _simplify(block: Block, swap: Swap) -> Block:
    nodes: list[Node] = []
    for node in block.nodes:
        made = node
        if not swap.keys().isdisjoint(node.inputs):
            inputs = tuple(None if v is None else _is(v, swap) for v in node.inputs)
            made = replace(node, inputs=inputs)
        if node.op == "if":
            made = _simpler_if(made, swap)
        elif node.op == "loop":
            made = _simpler_loop(made, swap)
        nodes.append(made)
    return _remade(block, nodes, tuple(_is(v, swap) for v in block.results))


def _remade(block: Block, nodes: Sequence[Node], results: tuple[Value, ...]) -> Block:
    """Return a block with these nodes and results: itself if they are its own."""
    same = len(nodes) == len(block.nodes) and results == block.results
    if same and all(a is b for a, b in zip(nodes, block.nodes, strict=True)):
        return block
    return Block(block.params, tuple(nodes), results)


def _is(value: Value, swap: Swap) -> Value:
    while value in swap:
        value = swap[value]
    return value


def _simpler_if(node: Node, swap: Swap) -> Node:
    """A result that is the same value in both arms is that value."""
    arms = [_simplify(b, swap) for b in node.blocks]
    kept: list[int] = []
    seen: dict[tuple[Value, Value, object], Value] = {}
    for k, out in enumerate(node.outputs):
        a, b = arms[0].results[k], arms[1].results[k]
        earlier = seen.get((a, b, out.type))
        if (a is b or _equal(a, b)) and a.type == out.type:
            swap[out] = a
        elif earlier is not None:
            swap[out] = earlier
        else:
            seen[a, b, out.type] = out
            kept.append(k)
    return _with_results(node, arms, kept, kept)


def _equal(a: Value, b: Value) -> bool:
    if a.constant is None or b.constant is None or a.type != b.type:
        return False
    plain = bool | int | float | str | None
    both = isinstance(a.constant.value, plain) and isinstance(b.constant.value, plain)
    return both and repr(a.constant.value) == repr(b.constant.value)


def _with_results(node: Node, blocks: list[Block], outputs: list[int], results: list[int]) -> Node:
    if len(outputs) == len(node.outputs) and all(
        a is b for a, b in zip(blocks, node.blocks, strict=True)
    ):
        return node
    made = tuple(Block(b.params, b.nodes, tuple(b.results[k] for k in results)) for b in blocks)
    return replace(node, outputs=tuple(node.outputs[k] for k in outputs), blocks=made)


def _simpler_loop(node: Node, swap: Swap) -> Node:
    """A carried value that a round leaves as it was is its start."""
    body = node.blocks[0]
    kept: list[int] = []
    for k, out in enumerate(node.outputs):
        start, param, end = node.inputs[2 + k], body.params[1 + k], body.results[1 + k]
        if _is(end, swap) is param and start is not None and start.type == out.type == param.type:
            swap[param] = start
            swap[out] = start
        else:
            kept.append(k)
    body = _simplify(body, swap)
    if body is node.blocks[0] and len(kept) == len(node.outputs):
        return node
    params = (body.params[0], *(body.params[1 + k] for k in kept))
    results = (body.results[0], *(body.results[1 + k] for k in kept))
    return replace(
        node,
        inputs=(*node.inputs[:2], *(node.inputs[2 + k] for k in kept)),
        outputs=tuple(node.outputs[k] for k in kept),
        blocks=(Block(params, body.nodes, results),),
    )


# ---------------------------------------------------------------------- backward: what nothing uses
class _Dead:
    def __init__(self, proved: set[Value]) -> None:
        self.proved = proved

    def block(self, block: Block, live: set[Value] | None) -> Block:
        """Return the block without dead nodes; `live` collects the values it uses."""
        live = set() if live is None else live
        live.update(block.results)
        kept: list[Node] = []
        for node in reversed(block.nodes):
            if live.isdisjoint(node.outputs) and self.removable(node):
                continue
            if node.op == "if":
                made = self.if_(node, live)
            elif node.op == "loop":
                made = self.loop(node, live)
            elif node.opset and live.isdisjoint(node.outputs):
                made = replace(node, outputs=())
            else:
                made = node
            live.update(v for v in made.inputs if v is not None)
            kept.append(made)
        return _remade(block, kept[::-1], block.results)

    def if_(self, node: Node, live: set[Value]) -> Node:
        used = [k for k, out in enumerate(node.outputs) if out in live]
        is_all = len(used) == len(node.outputs)
        blocks = [
            self.block(
                b if is_all else Block(b.params, b.nodes, tuple(b.results[k] for k in used)), live
            )
            for b in node.blocks
        ]
        if is_all and all(a is b for a, b in zip(blocks, node.blocks, strict=True)):
            return node
        return replace(node, outputs=tuple(node.outputs[k] for k in used), blocks=tuple(blocks))

    def loop(self, node: Node, live: set[Value]) -> Node:
        body = node.blocks[0]
        used = {k for k, out in enumerate(node.outputs) if out in live}
        while True:
            order = sorted(used)
            inner: set[Value] = set()
            results = (body.results[0], *(body.results[1 + k] for k in order))
            made = self.block(Block(body.params, body.nodes, results), inner)
            more = {k for k in range(len(node.outputs)) if body.params[1 + k] in inner}
            if more <= used:
                break
            used |= more
        live |= inner
        if len(order) == len(node.outputs) and made.nodes is body.nodes:
            return node
        params = (body.params[0], *(body.params[1 + k] for k in order))
        return replace(
            node,
            inputs=(*node.inputs[:2], *(node.inputs[2 + k] for k in order)),
            outputs=tuple(node.outputs[k] for k in order),
            blocks=(Block(params, made.nodes, made.results),),
        )

    def removable(self, node: Node) -> bool:
        """Whether running the node or not makes no difference where its results are unused."""
        if node.op == "if":
            return all(self.removable(n) for b in node.blocks for n in b.nodes)
        if node.op == "loop":
            return node.inputs[0] is not None and all(
                self.removable(n) for n in node.blocks[0].nodes
            )
        if node.op == "call" or node.opset:
            return False
        op = opset()[node.op]
        if op.effect == "none" and not op.errors:
            return True
        return bool(node.outputs) and node.outputs[0] in self.proved


# ---------------------------------------------------------------------- names
class _Namer:
    """Puts people's names into values, and makes equal constants one value."""

    def __init__(self, names: Mapping[Value, str]) -> None:
        self.names = names
        self.made: Swap = {}
        self.constants: dict[object, Value] = {}

    def value(self, value: Value) -> Value:
        """Return the final form of a value."""
        if value not in self.made:
            self.made[value] = (
                self._constant(value) if value.constant is not None else self._named(value)
            )
        return self.made[value]

    def _named(self, value: Value) -> Value:
        name = self.names.get(value, value.name)
        return Value(value.type, name) if name != value.name else value

    def _constant(self, value: Value) -> Value:
        assert value.constant is not None
        held = value.constant.value
        key = (
            (value.type, repr(held))
            if isinstance(held, bool | int | float | str | None)
            else value.constant
        )
        if isinstance(held, tuple) and all(isinstance(v, bool | int | float) for v in held):
            key = (value.type, repr(held))
        return self.constants.setdefault(key, value)

    def all(self, values: Iterable[Value]) -> tuple[Value, ...]:
        """Return the final form of several values."""
        return tuple(self.value(v) for v in values)

    def block(self, block: Block) -> Block:
        """Return a block with final values."""
        params = self.all(block.params)
        nodes = tuple(
            Node(
                n.op,
                tuple([None if v is None else self.value(v) for v in n.inputs]),
                self.all(n.outputs),
                n.attributes,
                tuple([self.block(b) for b in n.blocks]),
                n.place,
                n.opset,
            )
            for n in block.nodes
        )
        return Block(params, nodes, self.all(block.results))


def first_uses(block: Block, order: dict[Value, int] | None = None) -> dict[Value, int]:
    """Number values in the order in which nodes first use them, blocks in order."""
    order = {} if order is None else order
    for node in block.nodes:
        for v in node.inputs:
            if v is not None:
                order.setdefault(v, len(order))
        for inner in node.blocks:
            first_uses(inner, order)
    for v in block.results:
        order.setdefault(v, len(order))
    return order
