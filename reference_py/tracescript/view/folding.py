"""Folds what repeats: numbered siblings of the module tree, and chains of calls in a block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracescript.model.alike import Alike, runs_of, tensors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tracescript import ir

    Arguments = tuple[ir.Value | None, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A module in the tree, or `count` alike ones of which `module` is the first.

    `path` is the path of the first; `shown` writes all of them: `encoder.layer.0..11`. `times` is
    the number of modules that the row stands for in the whole tree. `again` is the path of a module
    that was listed before; such a row has no rows below it.
    """

    depth: int
    name: str
    path: str
    shown: str
    module: ir.Module
    count: int = 1
    times: int = 1
    again: str = ""


def rows(root: ir.Module, *, unfold: bool = False, depth: int | None = None) -> Iterator[Row]:
    """Yield the tree pre-order, alike numbered siblings as one row, at most `depth` levels deep.

    A module that only holds such siblings is joined with them.
    """
    alike = Alike(root)
    first: dict[ir.Module, str] = {}
    todo = [Row(0, "", "", "", root)]
    while todo:
        row = todo.pop()
        module = row.module
        if module in first:
            yield replace(row, again=first[module])
            continue
        first[module] = row.path
        runs = [[c] for c in module.submodules] if unfold else list(runs_of(module, alike))
        bare = not (module.methods or tensors(module) or module.attributes)
        if bare and len(runs) == 1 and len(runs[0]) > 1 and row.count == 1 and row.depth:
            todo.append(_below(row, runs[0], row.depth, joined=True))
            continue
        yield row
        if depth is None or row.depth < depth:
            todo += [_below(row, run, row.depth + 1) for run in reversed(runs)]


def _below(row: Row, run: list[ir.Submodule], depth: int, *, joined: bool = False) -> Row:
    name = run[0].name if len(run) == 1 else f"{run[0].name}..{run[-1].name}"
    path, shown = (f"{p}." if p else "" for p in (row.path, row.shown))
    return Row(
        depth,
        f"{row.name}.{name}" if joined else name,
        path + run[0].name,
        shown + name,
        run[0].module,
        len(run),
        row.times * len(run),
    )


def chains(
    nodes: Sequence[ir.Node],
    callee: Callable[[ir.Node], str],
    arguments: Callable[[ir.Node], Arguments],
    uses: Callable[[ir.Value], int],
) -> Iterator[tuple[ir.Node, ...]]:
    """Yield the nodes of a block in groups: calls of one function, each fed by the one before.

    `callee` is empty for a node that is no call; `arguments` are those a caller sees; `uses` counts
    how often a value is used.
    """
    group: list[ir.Node] = []
    for node in nodes:
        if group and not _follows(group[-1], node, callee, arguments, uses):
            yield tuple(group)
            group = []
        group.append(node)
    if group:
        yield tuple(group)


def _follows(
    before: ir.Node,
    node: ir.Node,
    callee: Callable[[ir.Node], str],
    arguments: Callable[[ir.Node], Arguments],
    uses: Callable[[ir.Value], int],
) -> bool:
    if not callee(node) or callee(node) != callee(before):
        return False
    pairs = list(zip(arguments(before), arguments(node), strict=True))
    fed = [now for old, now in pairs if now is not old]
    return (
        bool(fed)
        and all(now in before.outputs for now in fed)
        and all(uses(output) <= fed.count(output) for output in before.outputs)
    )
