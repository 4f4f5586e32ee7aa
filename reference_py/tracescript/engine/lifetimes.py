"""When values of a block die."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracescript import ir


def last_uses(block: ir.Block) -> dict[ir.Node, tuple[ir.Value, ...]]:
    """Return for each node the values of its block that nothing reads afterwards."""
    own = {v for n in block.nodes for v in n.outputs}
    last: dict[ir.Value, ir.Node] = {v: n for n in block.nodes for v in n.outputs}
    for node in block.nodes:
        todo = [node]
        while todo:
            inner = todo.pop()
            read = [*inner.inputs, *(v for b in inner.blocks for v in b.results)]
            last.update((v, node) for v in read if v in own)
            todo += (n for b in inner.blocks for n in b.nodes)
    dying: dict[ir.Node, list[ir.Value]] = {n: [] for n in block.nodes}
    for value, node in last.items():
        if value not in block.results:
            dying[node].append(value)
    return {n: tuple(vs) for n, vs in dying.items()}
