"""Writes the body of a function: statements, blocks, guards, new states and the return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracescript.code.guards import Guards
from tracescript.code.lines import Lines, Pending, fits, taken_off, whole
from tracescript.code.names import fitted, is_numbered, path_text
from tracescript.code.paths import state_count
from tracescript.ir.constants import NONE
from tracescript.ir.types import TupleType
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.code.expressions import Expressions
    from tracescript.code.names import Names
    from tracescript.code.paths import Paths
    from tracescript.code.typing_text import TypeWriter
    from tracescript.code.uses import Uses
    from tracescript.ir.graph import Block, Function, Node
    from tracescript.ir.values import Constant, Value

MOST_BLOCKS: Final = 90
MOST_ARMS: Final = 1000


class TooDeepError(Exception):
    """The function is nested deeper than text can be; it has none."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a function before its body is written."""

    function: Function
    class_name: str
    uses: Uses
    paths: Paths
    annotated: frozenset[Value]
    expressions: Expressions
    types: TypeWriter
    constant: Callable[[Constant], str]


def write_body(context: Context, names: Names, named: dict[Value, str], indent: str) -> list[str]:
    """Return the lines of a body; `named` has the names of the parameters.

    Raises:
        TooDeepError: more than 90 blocks stand in one another, or 1,000 with each elif counted.
        InvalidModelError: BAD_GUARD where a trace decision can stand nowhere in its order.
    """
    lines = Lines(names, named, context.paths.of_value, context.constant)
    lines.indent = indent
    return _Body(context, lines).write()


def needs_list(function: Function) -> bool:
    """Whether the one visible output would read as several, or as none, without a list."""
    if len(function.outputs) - state_count(function) != 1:
        return False
    t = function.outputs[0].type
    return isinstance(t, TupleType) or t == NONE


class _Body:
    def __init__(self, context: Context, lines: Lines) -> None:
        self._context = context
        self._lines = lines
        self._depth = 0
        self._chained = 0
        self._guards = Guards(context.function, lines, context.constant)

    def write(self) -> list[str]:
        function = self._context.function
        self._guards.see(function.body.params)
        for node in function.body.nodes:
            self._node(node, function.body)
        self._finish()
        self._guards.finish()
        return self._lines.texts

    # ---------------------------------------------------------------- nodes
    def _node(self, node: Node, block: Block) -> None:
        if node.blocks:
            if node.op == "if":
                self._if(node)
            else:
                self._loop(node)
            self._guards.see(node.outputs)
            return
        plan = self._context.expressions.plan(node, self._context.class_name)
        expression = plan.render(self._lines.written(plan.operands, plan))
        if self._nestable(node, block):
            self._lines.pending.append((node.outputs[0], expression))
            return
        self._lines.flush()
        self._statement(node, expression.text)
        self._guards.see(node.outputs)

    def _nestable(self, node: Node, block: Block) -> bool:
        context = self._context
        output = node.outputs[0] if len(node.outputs) == 1 and not node.blocks else None
        if output is None or context.uses.alone.get(output) is not block:
            return False
        if output in context.paths.of_value or output in context.annotated or _has_effect(node):
            return False
        name = fitted(output.name)
        return not name or is_numbered(name)

    def _statement(self, node: Node, text: str) -> None:
        method = self._context.paths.calls.get(node)
        hidden = state_count(method.callee) if method else 0
        outputs = node.outputs[: len(node.outputs) - hidden]
        if not outputs:
            self._lines.add(text)
            return
        if len(outputs) == 1 and outputs[0] in self._context.annotated:
            self._lines.add(f"{self._declaration(outputs[0])} = {text}", assigned=True)
            return
        self._declare(outputs)
        names = ", ".join(map(self._lines.name, outputs))
        self._lines.add(f"{names} = {text}", assigned=True)

    def _declaration(self, value: Value) -> str:
        return f"{self._lines.name(value)}: {self._context.types.text(value.type)}"

    def _declare(self, outputs: Sequence[Value]) -> None:
        for value in outputs:
            if value in self._context.annotated:
                self._lines.add(self._declaration(value))

    # ---------------------------------------------------------------- blocks
    def _inside(
        self, block: Block, targets: Callable[[], list[str]], values: Sequence[Value]
    ) -> None:
        """Write a block one level deeper, closed by the move of `values` into `targets`."""
        lines = self._lines
        outer, lines.indent = lines.indent, f"{lines.indent}    "
        self._depth += 1
        if self._depth > MOST_BLOCKS or self._depth + self._chained > MOST_ARMS:
            raise TooDeepError
        begun, lines.assigned = len(lines.texts), False
        self._guards.see(block.params)
        for node in block.nodes:
            self._node(node, block)
        if values:
            moved = whole(lines.written(values))
            lines.flush()
            lines.add(f"{', '.join(targets())} = {moved.text}", assigned=True)
        else:
            lines.flush()
            if len(lines.texts) == begun or lines.assigned:
                lines.add("pass")
        self._depth -= 1
        lines.indent, lines.assigned = outer, False

    def _if(self, node: Node) -> None:
        condition = node.inputs[0]
        assert condition is not None
        test = self._lines.written((condition,))[0]
        self._lines.flush()
        self._declare(node.outputs)
        names: list[str] = []

        def targets() -> list[str]:
            if not names:
                names.extend(map(self._lines.name, node.outputs))
            return names

        self._lines.add(f"if {test.text}:")
        self._inside(node.blocks[0], targets, node.blocks[0].results)
        other, outer = node.blocks[1], self._chained
        while chained := self._elif(other):
            inner, text = chained
            self._chained += 1
            self._lines.add(f"elif {text}:")
            self._inside(inner.blocks[0], targets, inner.blocks[0].results)
            other = inner.blocks[1]
        if other.nodes or other.results:
            self._lines.add("else:")
            self._inside(other, targets, other.results)
        self._chained = outer

    def _elif(self, block: Block) -> tuple[Node, str] | None:
        """Return the `if` a block consists of and the text of its test, if the rest nests there."""
        inner = block.nodes[-1] if block.nodes else None
        if inner is None or inner.op != "if" or inner.opset or block.results != inner.outputs:
            return None
        if any(v in self._context.annotated for v in inner.outputs):
            return None
        if not all(self._nestable(node, block) for node in block.nodes[:-1]):
            return None
        waiting: Pending = []
        for node in block.nodes[:-1]:
            plan = self._context.expressions.plan(node, self._context.class_name)
            taken = taken_off(waiting, plan.operands)
            if taken is None:
                return None
            expression = plan.render(self._lines.parts(taken, plan.operands))
            if taken and not fits(expression):
                return None
            waiting.append((node.outputs[0], expression))
        condition = inner.inputs[0]
        assert condition is not None
        taken = taken_off(waiting, (condition,))
        if taken is None or waiting or not all(map(fits, taken.values())):
            return None
        return inner, self._lines.parts(taken, (condition,))[0].text

    def _loop(self, node: Node) -> None:
        body = node.blocks[0]
        trip, start, *carried = node.inputs
        index, *params = body.params
        if trip is None and index not in self._context.uses.used:
            shape = "while"
        elif trip is not None and _is_true(start) and _is_true(body.results[0]):
            shape = "for"
        else:
            shape = "break"
        skipped = 1 if shape == "for" else 0
        begun = whole(
            self._lines.written([v for v in (start, *carried)[skipped:] if v is not None])
        )
        self._lines.flush()
        self._declare(node.outputs)
        targets = [] if shape == "for" else [self._lines.names.number()]
        targets += map(self._lines.name, node.outputs)
        if targets:
            self._lines.add(f"{', '.join(targets)} = {begun.text}")
        for param, output in zip(params, node.outputs, strict=True):
            if output not in self._context.paths.of_value:
                self._lines.named[param] = self._lines.named[output]
        self._loop_head(shape, trip, index, targets)
        self._inside(body, lambda: targets, body.results[skipped:])

    def _loop_head(self, shape: str, trip: Value | None, index: Value, targets: list[str]) -> None:
        lines = self._lines
        if shape == "while":
            lines.add(f"while {targets[0]}:")
            return
        count = "count()" if trip is None else f"range({lines.atom(trip).text})"
        lines.add(f"for {lines.name(index)} in {count}:")
        if shape == "break":
            lines.add(f"    if not {targets[0]}:")
            lines.add("        break")

    # ---------------------------------------------------------------- end
    def _finish(self) -> None:
        function, lines = self._context.function, self._lines
        states = [i.name for i in function.inputs if i.kind == "state"]
        split = len(function.body.results) - len(states)
        results, news = function.body.results[:split], function.body.results[split:]
        final = self._context.paths.final
        writes = [(p, v) for p, v in zip(states, news, strict=True) if final[p] is not v]
        self._alias(writes, results)
        for path, value in writes:
            part = lines.written((value,))[0]
            lines.flush()
            lines.add(f"{path_text(path)} = {part.text}")
        returned = whole(lines.written(results))
        lines.flush()
        comma = "," if needs_list(function) else ""
        lines.add(f"return {returned.text}{comma}".rstrip())

    def _alias(self, writes: Sequence[tuple[str, Value]], results: Sequence[Value]) -> None:
        """Name the old states that are still read after a write to their path."""
        written: set[str] = set()
        old: dict[Value, str] = {}
        for path, value in (*writes, *(("", v) for v in results)):
            read = self._context.paths.of_value.get(value)
            if read is not None and read in written:
                old[value] = read
            written.add(path)
        if old:
            self._lines.flush()
        for value, path in old.items():
            del self._context.paths.of_value[value]
            name = self._lines.named[value] = self._lines.names.number()
            self._lines.add(f"{name} = {path_text(path)}")


def _has_effect(node: Node) -> bool:
    definition = None if node.opset else opset().get(node.op)
    return definition is not None and definition.effect != "none"


def _is_true(value: Value | None) -> bool:
    return value is not None and value.constant is not None and value.constant.value is True
