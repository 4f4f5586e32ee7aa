"""Where everything stands in one function: blocks, nodes, and the time at which values are defined.

The walk keeps a stack of its own instead of recursing, so any depth of blocks is fine. Time counts
the steps; a value can be read from its definition to the end of the block that defines it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from tracescript import ir

    Owner: TypeAlias = "BlockSite | NodeSite | str"

_SHOWN = 4
"""Levels that are shown at either end of the path of a very deep block."""


@dataclass(slots=True, eq=False)
class BlockSite:
    """A block at its place.

    `owner` is None for a function's body; `trunk` is the path of the first levels.
    """

    block: ir.Block
    owner: NodeSite | None
    index: int
    trunk: str
    depth: int = 0
    enter: int = 0
    exit: int = 0

    def inner(self, owner: NodeSite, index: int, block: ir.Block) -> BlockSite:
        """Return the site of a block of one of this block's nodes."""
        depth = self.depth + 1
        trunk = f"{self.trunk}.nodes[{owner.index}].blocks[{index}]"
        return BlockSite(block, owner, index, trunk if depth <= _SHOWN else self.trunk, depth)

    @property
    def where(self) -> str:
        """The path of the block; the middle of a very deep one is left out."""
        left_out = self.depth - 2 * _SHOWN
        levels: list[str] = []
        site = self
        while site.owner is not None and site.depth > max(_SHOWN, self.depth - _SHOWN):
            levels.append(f".nodes[{site.owner.index}].blocks[{site.index}]")
            site = site.owner.block
        if left_out > 0:
            levels.append(f"...({left_out} levels)...")
        return f"{self.trunk}{''.join(reversed(levels))}"


@dataclass(slots=True, eq=False)
class NodeSite:
    """A node at its place; its inputs are read at `time`."""

    node: ir.Node
    block: BlockSite
    index: int
    time: int = 0

    @property
    def where(self) -> str:
        """The path of the node."""
        return f"{self.block.where}.nodes[{self.index}]"


class Spot(NamedTuple):
    """A part of something that has a path."""

    owner: Owner
    part: str
    number: int | str | None = None

    @property
    def where(self) -> str:
        """The path of the part."""
        owner = self.owner if isinstance(self.owner, str) else self.owner.where
        return f"{owner}{self.part}" + ("" if self.number is None else f"[{self.number}]")


class Definition(NamedTuple):
    """A place that defines a value, and the time from which it can be read."""

    owner: BlockSite | NodeSite
    part: str
    number: int
    block: BlockSite
    time: int

    @property
    def spot(self) -> Spot:
        """The place."""
        return Spot(self.owner, self.part, self.number)


class Read(NamedTuple):
    """A place that reads a value, and when."""

    spot: Spot
    value: ir.Value
    time: int
    is_result: bool


class FunctionSites:
    """The blocks, nodes, definitions and reads of one function, in the order of its text.

    `values` are all values, each once, where it is defined; constants where they are first read.
    The parts of a `Spot` stand before each: few are ever asked for. `unseen` are the reads of
    values that are not visible there, by nodes, then by the results of blocks.
    """

    def __init__(self, function: ir.Function) -> None:
        self.function = function
        self.where = f"functions[{function.name}]"
        self.blocks: list[BlockSite] = []
        self.nodes: list[NodeSite] = []
        self.shared: list[BlockSite] = []
        self.definitions: dict[ir.Value, list[Definition]] = {}
        self._seen: set[ir.Block] = set()
        self._clock = 0
        self._walk(BlockSite(function.body, None, 0, f"{self.where}.body"))
        self.values: list[tuple[BlockSite | NodeSite, str, int, ir.Value]] = [
            (d[0].owner, d[0].part, d[0].number, v) for v, d in self.definitions.items()
        ]
        self.unseen: list[Read] = []
        self._known = set(self.definitions)
        for node in self.nodes:
            self._read(node.node.inputs, node, ".inputs", node.time)
        for block in self.blocks:
            self._read(block.block.results, block, ".results", block.exit)

    def _walk(self, body: BlockSite) -> None:
        stack = [self._steps(body)]
        while stack:
            inner = next(stack[-1], None)
            if inner is None:
                stack.pop()
            else:
                stack.append(self._steps(inner))

    def _steps(self, site: BlockSite) -> Iterator[BlockSite]:
        """List what is in a block; yields each inner block at the moment it stands there."""
        self._clock += 1
        if site.block in self._seen:
            self.shared.append(site)
            return
        self._seen.add(site.block)
        self.blocks.append(site)
        site.enter = self._clock
        self._define(site.block.params, site, ".params", site)
        for i, node in enumerate(site.block.nodes):
            self._clock += 1
            made = NodeSite(node, site, i, self._clock)
            self.nodes.append(made)
            for k, block in enumerate(node.blocks):
                yield site.inner(made, k, block)
            self._clock += 1
            self._define(node.outputs, made, ".outputs", site)
        self._clock += 1
        site.exit = self._clock

    def _define(
        self, values: tuple[ir.Value, ...], owner: BlockSite | NodeSite, part: str, block: BlockSite
    ) -> None:
        for i, value in enumerate(values):
            made = Definition(owner, part, i, block, self._clock)
            if value in self.definitions:
                self.definitions[value].append(made)
            else:
                self.definitions[value] = [made]

    def _read(
        self, reads: tuple[ir.Value | None, ...], owner: BlockSite | NodeSite, part: str, time: int
    ) -> None:
        for i, value in enumerate(reads):
            if value is None:
                continue
            if value not in self._known:
                self._known.add(value)
                self.values.append((owner, part, i, value))
            if value.constant is None and self._is_unseen(value, time):
                is_result = part == ".results"
                self.unseen.append(Read(Spot(owner, part, i), value, time, is_result))

    def _is_unseen(self, value: ir.Value, time: int) -> bool:
        for found in self.definitions.get(value, ()):
            if found.time < time <= found.block.exit:
                return False
        return True
