"""Which values are read as `self.<path>`, and which calls are written as method calls.

A method call leaves out the callee's bound inputs and states. That is possible where the caller
passes what stands at the same paths below one submodule, and where no old value of a state that
the call replaces is used afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracescript.code.uses import Uses, walk
from tracescript.ir.graph import FunctionRef

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tracescript.code.layout import Layout
    from tracescript.ir.graph import Block, Function, Input, Node
    from tracescript.ir.types import Type
    from tracescript.ir.values import Value

    Current = dict[str, Value]
    Steps = Generator["Steps", Current, Current]


@dataclass(frozen=True, slots=True)
class MethodCall:
    """A call written with its visible arguments only: callee and path of the module it is of."""

    callee: Function
    path: str


@dataclass(frozen=True, slots=True)
class Paths:
    """The outcome: path of each value that has one, method calls, states at the end."""

    of_value: dict[Value, str] = field(default_factory=dict)
    calls: dict[Node, MethodCall] = field(default_factory=dict)
    final: dict[str, Value] = field(default_factory=dict)


def visible(inputs: tuple[Input, ...]) -> int:
    """Return how many inputs the caller sees; they stand first."""
    kinds = [i.kind for i in inputs]
    return len(kinds) - kinds.count("bound") - kinds.count("state")


def state_count(function: Function) -> int:
    """Return how many inputs are states; the last outputs are their new values."""
    return [i.kind for i in function.inputs].count("state")


def callee_name(node: Node) -> str:
    """Return the name of the function that a `call` node runs."""
    reference = dict(node.attributes).get("function")
    return reference.name if isinstance(reference, FunctionRef) else ""


def find_paths(
    function: Function, uses: Uses, layout: Layout, lookup: Callable[[str], Function | None]
) -> Paths:
    """Decide for one function of a class what is written as a path or a method call."""
    return _Finder(function, uses, layout, lookup).run()


class _Finder:
    def __init__(
        self,
        function: Function,
        uses: Uses,
        layout: Layout,
        lookup: Callable[[str], Function | None],
    ) -> None:
        self._function = function
        self._uses = uses
        self._layout = layout
        self._lookup = lookup
        self._types: dict[str, Type] = {}
        self._bound: dict[Value, str] = {}
        self._found = Paths()

    def run(self) -> Paths:
        current: Current = {}
        for declared, value in zip(self._function.inputs, self._function.body.params, strict=True):
            if declared.kind == "bound":
                self._bound[value] = self._found.of_value[value] = declared.name
            elif declared.kind == "state":
                current[declared.name] = value
                self._found.of_value[value] = declared.name
                self._types[declared.name] = declared.type
        if current:
            self._found.final.update(_run(self._block(self._function.body, current)))
        else:
            for block, node in walk(self._function.body):
                self._call(node, block, current)
        return self._found

    def _block(self, block: Block, current: Current) -> Steps:
        for node in block.nodes:
            if node.opset:
                continue
            if node.op == "if":
                yield from self._if(node, block, current)
            elif node.op == "loop":
                yield from self._loop(node, block, current)
            else:
                self._call(node, block, current)
        return current

    def _if(self, node: Node, block: Block, current: Current) -> Steps:
        then = yield self._block(node.blocks[0], dict(current))
        other = yield self._block(node.blocks[1], dict(current))
        ends = (then, other)
        begun = dict(current)
        for k, output in enumerate(node.outputs):
            for path, old in begun.items():
                agrees = all(
                    e[path] is a.results[k] for e, a in zip(ends, node.blocks, strict=True)
                )
                changed = any(e[path] is not old for e in ends)
                if agrees and changed and current[path] is old and self._may_be(output, path):
                    after, end = self._uses.after[node], self._uses.ends[block]
                    if not self._uses.between(old, after, end):
                        current[path] = output
                        self._found.of_value[output] = path
                        break
        return current

    def _loop(self, node: Node, block: Block, current: Current) -> Steps:
        body = node.blocks[0]
        carried = self._carried(node, block, current)
        while True:
            inside = current | {path: body.params[k + 1] for k, path in carried.items()}
            self._found.of_value.update({body.params[k + 1]: p for k, p in carried.items()})
            end = yield self._block(body, dict(inside))
            kept = {
                k: path
                for k, path in carried.items()
                if end[path] is body.results[k + 1] is not body.params[k + 1]
            }
            if kept == carried:
                break
            self._forget(body)
            carried = kept
        for k, path in carried.items():
            current[path] = node.outputs[k]
            self._found.of_value[node.outputs[k]] = path
        return current

    def _carried(self, node: Node, block: Block, current: Current) -> dict[int, str]:
        """Guess which carried values are states: they start as the state's current value."""
        guess: dict[int, str] = {}
        first, last = self._uses.starts[node], self._uses.ends[block]
        for k, output in enumerate(node.outputs):
            start, param = node.inputs[k + 2], node.blocks[0].params[k + 1]
            for path, old in current.items():
                if old is start and path not in guess.values() and self._may_be(output, path):
                    if param.type == output.type and not self._uses.between(old, first, last):
                        guess[k] = path
                    break
        return guess

    def _forget(self, body: Block) -> None:
        for param in body.params:
            self._found.of_value.pop(param, None)
        for _, node in walk(body):
            self._found.calls.pop(node, None)
            for value in (*node.outputs, *(p for b in node.blocks for p in b.params)):
                self._found.of_value.pop(value, None)

    def _may_be(self, value: Value, path: str) -> bool:
        return value.type == self._types[path]

    def _call(self, node: Node, block: Block, current: Current) -> None:
        callee = None if node.opset or node.op != "call" else self._lookup(callee_name(node))
        if callee is None or not self._layout.seats[callee.name].class_name:
            return
        path = self._common_path(node, callee, current)
        if path is None:
            return
        count = visible(callee.inputs)
        states = [i.name for i in callee.inputs[count:] if i.kind == "state"]
        replaced = {
            joined(path, name): node.outputs[k - len(states)] for k, name in enumerate(states)
        }
        if not all(
            self._is_replaceable(node, block, current[p], v, p) for p, v in replaced.items()
        ):
            return
        self._found.calls[node] = MethodCall(callee, path)
        for p, value in replaced.items():
            current[p] = value
            self._found.of_value[value] = p

    def _is_replaceable(self, node: Node, block: Block, old: Value, new: Value, path: str) -> bool:
        first, last = self._uses.starts[node], self._uses.ends[block]
        return self._may_be(new, path) and not self._uses.between(old, first, last)

    def _common_path(self, node: Node, callee: Function, current: Current) -> str | None:
        """Return the path below which the callee finds all its bound inputs and states."""
        count = visible(callee.inputs)
        hidden = callee.inputs[count:]
        if not hidden:
            return self._layout.callee_path(self._function.name, callee.name)
        found: set[str | None] = set()
        for declared, value in zip(hidden, node.inputs[count:], strict=True):
            whole = self._found.of_value.get(value) if value is not None else None
            if whole is None or (value in self._bound) != (declared.kind == "bound"):
                return None
            if declared.kind == "state" and current.get(whole) is not value:
                return None
            found.add(_above(whole, declared.name))
        return found.pop() if len(found) == 1 else None


def joined(path: str, name: str) -> str:
    """Return the path of a name below a path."""
    return f"{path}.{name}" if path else name


def _above(whole: str, name: str) -> str | None:
    if whole == name:
        return ""
    return whole[: -len(name) - 1] if whole.endswith(f".{name}") else None


def _run(steps: Steps) -> Current:
    """Run generators that call each other by yielding, so that depth costs no Python stack."""
    stack = [steps]
    answer: Current | None = None
    while True:
        try:
            stack.append(stack[-1].send(answer))  # type: ignore[arg-type]  # None starts it
            answer = None
        except StopIteration as stop:
            stack.pop()
            answer = stop.value
            if not stack:
                return stop.value
