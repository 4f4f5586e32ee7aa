"""Which modules of a model look alike to a person, and numbered siblings that do."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from tracescript.ir.values import Constant, Weight

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from tracescript import ir


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


def runs_of(module: ir.Module, alike: Alike) -> Iterator[list[ir.Submodule]]:
    """Yield the children in groups: consecutive numbers with alike modules together."""
    children = list(enumerate(module.submodules))

    def group(item: tuple[int, ir.Submodule]) -> Hashable:
        position, child = item
        if not (child.name.isdecimal() and child.name.isascii()):
            return "", position
        return int(child.name) - position, alike.of[child.module]

    for _, run in groupby(children, group):
        yield [child for _, child in run]
