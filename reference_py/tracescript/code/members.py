"""The members of a class: which submodules, weights and states its functions touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.code.names import member_text
from tracescript.code.paths import Paths, joined, visible
from tracescript.code.uses import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.code.typing_text import TypeWriter
    from tracescript.ir.graph import Function
    from tracescript.ir.types import Type
    from tracescript.ir.values import Value

_WORDS = {"bound": "Weight", "state": "State"}


class Members:
    """Member declarations of one class, each group in order of first use."""

    def __init__(self, types: TypeWriter) -> None:
        self.modules: dict[str, str] = {}
        self._inputs: dict[str, tuple[str, Type]] = {}
        self._types = types

    def add_module(self, path: str, class_name: str) -> None:
        """Declare a submodule; the first class that a path is called with stays."""
        if path and path not in self._inputs:
            self.modules.setdefault(path, class_name)

    def add_inputs(self, function: Function, paths: Paths, derived: Sequence[str]) -> bool:
        """Declare the weights and states that a function reads itself.

        False where a reader would not find the function's bound inputs and states, in their order
        and with their types, from the members and the calls: then the function lists them.
        """
        hidden = function.inputs[visible(function.inputs) :]
        if [i.name for i in hidden] != list(derived):
            return False
        called: dict[str, tuple[str, Type]] = {}
        for method in paths.calls.values():
            for declared in method.callee.inputs[visible(method.callee.inputs) :]:
                key = joined(method.path, declared.name)
                called.setdefault(key, (declared.kind, declared.type))
        mine = {i.name: (i.kind, i.type) for i in hidden}
        if any(mine[path] != found for path, found in called.items()):
            return False
        read = _read_paths(function, paths)
        own = {p: kind for p, kind in mine.items() if p not in called or p in read}
        if any(self._inputs.get(p, kind) != kind or p in self.modules for p, kind in own.items()):
            return False
        self._inputs.update(own)
        return True

    def lines(self, indent: str) -> list[str]:
        """Write the declarations: submodules, weights, states."""
        lines = [f"{indent}{member_text(path)}: {name}" for path, name in self.modules.items()]
        for kind, word in _WORDS.items():
            lines += [
                f"{indent}{member_text(path)}: {word}[{self._types.text(t)}]"
                for path, (k, t) in self._inputs.items()
                if k == kind
            ]
        return lines


def _read_paths(function: Function, paths: Paths) -> set[str]:
    """Return the paths that stand in the text themselves, not only below a call."""
    read: list[Value | None] = [d.value for d in function.decisions]
    for _, node in walk(function.body):
        method = paths.calls.get(node)
        read += node.inputs if method is None else node.inputs[: visible(method.callee.inputs)]
        for block in node.blocks:
            read += (*block.results, *node.outputs)
    states = [i.name for i in function.inputs if i.kind == "state"]
    split = len(function.body.results) - len(states)
    read += function.body.results[:split]
    found = {paths.of_value[v] for v in read if v in paths.of_value}
    for path, value in zip(states, function.body.results[split:], strict=True):
        if paths.final[path] is not value:
            found |= {path, paths.of_value.get(value, path)}
    return found
