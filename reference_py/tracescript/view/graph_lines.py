"""Graphs as text that stays readable in large models: callers first, weights by path, chains once.

The full text, every input of every call, is that of `ir.text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.code.layout import Layout
from tracescript.code.paths import Paths, callee_name, find_paths, visible
from tracescript.code.uses import find_uses
from tracescript.ir.graph import FunctionRef
from tracescript.ir.text import GraphText, place_comment, type_text
from tracescript.model import show
from tracescript.view.folding import chains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript import ir


def folded_graphs(model: ir.Model) -> str:
    """Return the graphs of all functions that the root's methods run, callers first."""
    folds = Folds(model)
    return "\n".join(
        "".join(f"{line}\n" for line in _FoldedText(folds, function).lines(function))
        for function in called_order(model)
    )


def called_order(model: ir.Model) -> list[ir.Function]:
    """Return the functions that the root's methods run, each at its first call, callers first."""
    found: dict[ir.Function, None] = {}
    todo = [model.function(m.function) for m in reversed(model.root.methods)]
    while todo:
        function = todo.pop()
        if function in found:
            continue
        found[function] = None
        calls = [
            model.function(value.name)
            for node in show.nodes(function.body)
            for _, value in node.attributes
            if isinstance(value, FunctionRef)
        ]
        todo += reversed(calls)
    return list(found)


class Folds:
    """What each function of a model calls, with which visible arguments, below which path."""

    def __init__(self, model: ir.Model) -> None:
        self._model = model
        self._layout = Layout(model)

    def callee(self, node: ir.Node) -> ir.Function | None:
        """Return the function that a node calls, None where it calls none."""
        if node.op != "call" or node.opset:
            return None
        return self._model.by_name.get(callee_name(node))

    def called(self, node: ir.Node) -> str:
        """Return the name of the function that a node calls, empty where it calls none."""
        callee = self.callee(node)
        return callee.name if callee else ""

    def arguments(self, node: ir.Node) -> tuple[ir.Value | None, ...]:
        """Return the inputs of a node; of a call those that a caller sees."""
        callee = self.callee(node)
        return node.inputs[: visible(callee.inputs)] if callee else node.inputs

    def paths(self, function: ir.Function) -> Paths:
        """Return the path below the module of every value and call that has one."""
        return find_paths(function, find_uses(function), self._layout, self._model.by_name.get)

    def groups(self, function: ir.Function) -> Callable[[ir.Block], Iterator[tuple[ir.Node, ...]]]:
        """Return what splits a block of a function into single nodes and chains of calls."""
        places = find_uses(function).places
        return lambda block: chains(
            block.nodes, self.called, self.arguments, lambda v: len(places.get(v, ()))
        )


def span_text(paths: Paths, nodes: tuple[ir.Node, ...]) -> str:
    """Write the paths of the modules that calls are of: `layer.0..11`; empty for none."""
    calls = [paths.calls[n].path for n in nodes if n in paths.calls]
    found = [path.replace("[", ".").replace("]", "") for path in calls]
    if len(found) < len(nodes) or not found[0]:
        return ""
    if len(found) == 1:
        return found[0]
    heads, _, numbers = zip(*(path.rpartition(".") for path in found), strict=True)
    first = int(numbers[0]) if numbers[0].isdecimal() else 0
    counted = tuple(str(first + k) for k in range(len(found)))
    if len(set(heads)) == 1 and numbers == counted:
        return f"{found[0]}..{numbers[-1]}"
    return f"{found[0]} ... {found[-1]}"


class _FoldedText(GraphText):
    def __init__(self, folds: Folds, function: ir.Function) -> None:
        super().__init__()
        self._folds = folds
        self._paths = folds.paths(function)
        self._groups = folds.groups(function)

    def params(self, function: ir.Function) -> str:
        count = visible(function.inputs)
        hidden = list(zip(function.inputs, function.body.params, strict=True))[count:]
        for declared, value in hidden:
            self.give(value, f"self.{declared.name}")
        pairs = zip(function.inputs[:count], function.body.params, strict=False)
        return ", ".join(self.param(declared, value) for declared, value in pairs)

    def block_lines(self, block: ir.Block, indent: str) -> Iterator[str]:
        yield from self.due(block.params, indent)
        for group in self._groups(block):
            if self._folds.callee(group[0]) is None:
                yield from self.node_lines(group[0], indent)
            else:
                yield indent + self._call(group)
            yield from self.due([v for node in group for v in node.outputs], indent)

    def _call(self, group: tuple[ir.Node, ...]) -> str:
        for node in group[:-1]:
            for output in node.outputs:
                self.give(output, f"%{output.name}" if output.name else "%_")
        first, last = group[0], group[-1]
        args = ", ".join(self.arg(v) for v in self._folds.arguments(first))
        outputs = ", ".join(f"{self.name(v)} : {type_text(v.type)}" for v in last.outputs)
        span = span_text(self._paths, group)
        text = f"{outputs} = " if outputs else ""
        text += f"call[{self._folds.called(first)}]({args})"
        text += f" of self.{span}" if span else ""
        text += f" {len(group)} times in a chain" if len(group) > 1 else ""
        return text + place_comment(first.place)
