"""Folds what repeats: numbered siblings of the module tree, and chains of calls in a block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from tracescript.ir.values import Constant, Weight

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

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


def post_order(root: ir.Module) -> list[ir.Module]:
    """Return all modules below a root and the root, children first, each once."""
    done: dict[ir.Module, None] = {}
    todo = [(root, False)]
    while todo:
        module, entered = todo.pop()
        if module in done:
            continue
        if entered:
            done[module] = None
            continue
        todo.append((module, True))
        todo += [(s.module, False) for s in reversed(module.submodules)]
    return list(done)


def places_of(root: ir.Module) -> dict[ir.Weight, list[str]]:
    """Return the dotted paths of every weight; a tied one has several."""
    found: dict[ir.Weight, list[str]] = {}
    for path, module in root.walk():
        for name, value in tensors(module):
            if isinstance(value, Weight):
                found.setdefault(value, []).append(f"{path}.{name}" if path else name)
    return found


def tensors(module: ir.Module) -> list[tuple[str, ir.Weight | ir.State]]:
    """Return a module's own parameters, then its buffers, by name."""
    parameters = [(p.name, p.weight) for p in module.parameters]
    return [*parameters, *((b.name, b.value) for b in module.buffers)]


class Alike:
    """Numbers modules so that two get one number exactly where a person sees no difference.

    Values of weights are not compared; a tied weight is alike only to itself.
    """

    def __init__(self, root: ir.Module) -> None:
        self._ties = {w: n for n, (w, at) in enumerate(places_of(root).items()) if len(at) > 1}
        self._numbers: dict[Hashable, int] = {}
        self.of: dict[ir.Module, int] = {}
        for module in post_order(root):
            self.of[module] = self._numbers.setdefault(self._key(module), len(self._numbers))

    def _key(self, module: ir.Module) -> Hashable:
        return (
            module.class_name,
            module.training,
            tuple((p.name, p.trainable, self._value(p.weight)) for p in module.parameters),
            tuple((b.name, b.persistent, self._value(b.value)) for b in module.buffers),
            tuple((a.name, self._value(a.value)) for a in module.attributes),
            tuple((m.name, m.function, m.exported) for m in module.methods),
            tuple((s.name, self.of[s.module]) for s in module.submodules),
        )

    def _value(self, value: ir.Weight | ir.State | Constant) -> Hashable:
        if isinstance(value, Weight):
            return value.data_type, value.shape, self._ties.get(value)
        return (value.type, _plain(value)) if isinstance(value, Constant) else value.type


def _plain(value: object) -> Hashable:
    """Return a constant's content as something to compare; a tensor counts by identity."""
    if isinstance(value, Constant):
        return _plain(value.value)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return type(value).__name__, value if isinstance(value, Weight) else repr(value)


def _runs(module: ir.Module, alike: Alike) -> Iterator[list[ir.Submodule]]:
    """Yield the children in groups: consecutive numbers with alike modules together."""
    children = list(enumerate(module.submodules))

    def group(item: tuple[int, ir.Submodule]) -> Hashable:
        position, child = item
        if not (child.name.isdecimal() and child.name.isascii()):
            return "", position
        return int(child.name) - position, alike.of[child.module]

    for _, run in groupby(children, group):
        yield [child for _, child in run]


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
        runs = [[c] for c in module.submodules] if unfold else list(_runs(module, alike))
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
