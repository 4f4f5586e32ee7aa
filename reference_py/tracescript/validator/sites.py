"""Where everything stands in one function: blocks, nodes, and the time at which values are defined.

The walk keeps a stack of its own instead of recursing, so any depth of blocks is fine. Time counts
the steps; a value can be read from its definition to the end of the block that defines it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracescript import ir

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

    owner: BlockSite | NodeSite | str
    part: str
    number: int | str | None = None

    @property
    def where(self) -> str:
        """The path of the part."""
        owner = self.owner if isinstance(self.owner, str) else self.owner.where
        return f"{owner}{self.part}" + ("" if self.number is None else f"[{self.number}]")


class Definition(NamedTuple):
    """A place that defines a value, and the time from which it can be read."""

    spot: Spot
    block: BlockSite
    time: int


class Read(NamedTuple):
    """A place that reads a value, and when."""

    spot: Spot
    value: ir.Value
    time: int
    is_result: bool


class FunctionSites:
    """The blocks, nodes, definitions and reads of one function, in the order of its text."""

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
            made = Definition(Spot(owner, part, i), block, self._clock)
            self.definitions.setdefault(value, []).append(made)

    def _reads(self) -> Iterator[tuple[BlockSite | NodeSite, str, int, ir.Value, int]]:
        """Yield every read, by nodes, then by the results of blocks: place, value and time."""
        for site in self.nodes:
            for i, value in enumerate(site.node.inputs):
                if value is not None:
                    yield site, ".inputs", i, value, site.time
        for block in self.blocks:
            for i, value in enumerate(block.block.results):
                yield block, ".results", i, value, block.exit

    @cached_property
    def unseen(self) -> tuple[Read, ...]:
        """Every read of a value that is not visible there."""
        return tuple(
            Read(Spot(owner, part, i), value, time, is_result=part == ".results")
            for owner, part, i, value, time in self._reads()
            if self._is_unseen(value, time)
        )

    def _is_unseen(self, value: ir.Value, time: int) -> bool:
        if value.constant is not None:
            return False
        for found in self.definitions.get(value, ()):
            if found.time < time <= found.block.exit:
                return False
        return True

    @cached_property
    def values(self) -> tuple[tuple[Spot, ir.Value], ...]:
        """Every value once, where it is defined; constants where they are first read."""
        return tuple(self._all_values())

    def _all_values(self) -> Iterator[tuple[Spot, ir.Value]]:
        for value, definitions in self.definitions.items():
            yield definitions[0].spot, value
        seen = set(self.definitions)
        for owner, part, i, value, _ in self._reads():
            if value not in seen:
                seen.add(value)
                yield Spot(owner, part, i), value
