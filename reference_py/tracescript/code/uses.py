"""Where the values of a function are used: what nesting and state paths depend on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript.ir.graph import Block, Function, Node
    from tracescript.ir.values import Value

_FOREVER = 1 << 62


def walk(block: Block) -> Iterator[tuple[Block, Node]]:
    """Yield every node with its block in text order, blocks after the node that owns them."""
    todo = [(block, node) for node in reversed(block.nodes)]
    while todo:
        owner, node = todo.pop()
        yield owner, node
        for inner in reversed(node.blocks):
            todo += [(inner, n) for n in reversed(inner.nodes)]


@dataclass(frozen=True, slots=True)
class Uses:
    """How often each value is used, where it is used alone, and the order of all uses.

    `alone` maps a value with one use to the block of that use, left out where the use may not hold
    a nested expression. Positions count nodes and ends of blocks in text order.
    """

    alone: dict[Value, Block] = field(default_factory=dict)
    used: set[Value] = field(default_factory=set)
    places: dict[Value, list[int]] = field(default_factory=dict)
    ends: dict[Block, int] = field(default_factory=dict)
    starts: dict[Node, int] = field(default_factory=dict)
    after: dict[Node, int] = field(default_factory=dict)

    def between(self, value: Value, first: int, last: int) -> bool:
        """Whether `value` is used at a position above `first` and at most `last`, or by a guard."""
        places = self.places.get(value, ())
        return any(first < place <= last or place == _FOREVER for place in places)


def find_uses(function: Function) -> Uses:
    """Walk a function once and note every use of every value."""
    uses = Uses()
    position = 0
    todo: list[tuple[str, Block, Node | None]] = [("block", function.body, None)]
    while todo:
        what, block, node = todo.pop()
        position += 1
        if what == "block":
            todo.append(("results", block, None))
            todo += [("node", block, n) for n in reversed(block.nodes)]
        elif what == "results":
            uses.ends[block] = position
            for value in block.results:
                _note(uses, value, block, position)
        elif what == "after" and node is not None:
            uses.after[node] = position
        elif node is not None:
            uses.starts[node] = position
            _note_inputs(uses, node, block, position)
            todo.append(("after", block, node))
            todo += [("block", inner, None) for inner in reversed(node.blocks)]
    for decision in function.decisions:
        if decision.value is not None:
            uses.alone.pop(decision.value, None)
            uses.used.add(decision.value)
            uses.places.setdefault(decision.value, []).append(_FOREVER)
    return uses


def _note_inputs(uses: Uses, node: Node, block: Block, position: int) -> None:
    for value in node.inputs:
        if value is not None:
            _note(uses, value, block, position)
    if node.op == "loop" and not node.opset and node.inputs[0] is not None:
        uses.alone.pop(node.inputs[0], None)


def _note(uses: Uses, value: Value, block: Block, position: int) -> None:
    if value in uses.used:
        uses.alone.pop(value, None)
    else:
        uses.used.add(value)
        uses.alone[value] = block
    uses.places.setdefault(value, []).append(position)
