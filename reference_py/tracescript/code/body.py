"""Writes the body of a function: statements, nested expressions, blocks, guards.

The rules are those of the canonical form (CODE-20 to CODE-29): a node is written inside the one
expression that uses it exactly where reading the text gives back the order of the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracescript.code.expressions import Expression
from tracescript.code.names import fitted, is_numbered, path_text
from tracescript.errors import InvalidModelError
from tracescript.ir.constants import NONE
from tracescript.ir.types import TupleType
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.code.expressions import Expressions, Plan
    from tracescript.code.names import Names
    from tracescript.code.paths import Paths
    from tracescript.code.typing_text import TypeWriter
    from tracescript.code.uses import Uses
    from tracescript.ir.graph import Block, Function, Node, TraceDecision
    from tracescript.ir.values import Constant, Value

LONGEST: Final = 100
DEEPEST: Final = 32
MOST_BLOCKS: Final = 90


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


class BodyWriter:
    """Writes one body into `lines`; `names` already holds the parameters' names."""

    def __init__(self, context: Context, names: Names, named: dict[Value, str]) -> None:
        self.lines: list[str] = []
        self._context = context
        self._names = names
        self._named = named
        self._pending: list[tuple[Value, Expression]] = []
        self._indent = ""
        self._depth = 0
        self._assigned = False
        self._decisions = list(reversed(context.function.decisions))
        self._seen: set[Value] = set()

    def write(self, indent: str) -> None:
        """Write all statements, the new states and the return."""
        function = self._context.function
        self._indent = indent
        self._see(function.body.params)
        for node in function.body.nodes:
            self._node(node, function.body)
        self._finish()
        if self._decisions:
            raise InvalidModelError(
                f"trace decision {len(function.decisions) - len(self._decisions)} stands before "
                "one that is known earlier",
                code="BAD_GUARD",
                where=function.name,
                rule="CODE-19",
            )

    def _line(self, text: str, *, assigned: bool = False) -> None:
        self.lines.append(f"{self._indent}{text}")
        self._assigned = assigned

    # ---------------------------------------------------------------- values
    def _name(self, value: Value) -> str:
        path = self._context.paths.of_value.get(value)
        if path is not None:
            return path_text(path)
        name = self._named.get(value)
        if name is None:
            name = self._named[value] = self._names.of_debug(value.name)
        return name

    def _atom(self, value: Value) -> Expression:
        if value.constant is not None:
            return Expression(self._context.constant(value.constant))
        return Expression(self._name(value))

    def _see(self, values: Sequence[Value]) -> None:
        """Note that values are defined, and write the guards that are due."""
        if not self._decisions:
            return
        self._seen.update(values)
        while self._decisions and self._is_due(self._decisions[-1]):
            self._line(self._guard(self._decisions.pop()))

    def _is_due(self, decision: TraceDecision) -> bool:
        value = decision.value
        return value is None or value.constant is not None or value in self._seen

    def _guard(self, decision: TraceDecision) -> str:
        value = "None" if decision.value is None else self._atom(decision.value).text
        seen = decision.observed
        return f"guard({decision.kind}, {value}, {'None' if seen is None else self._context.constant(seen)})"

    # ---------------------------------------------------------------- nesting
    def _take(self, operands: Sequence[Value]) -> dict[Value, Expression] | None:
        """Take pending operands off, if they are exactly the tail of what is pending."""
        waiting = {value for value, _ in self._pending}
        wanted = [v for v in operands if v in waiting]
        tail = self._pending[len(self._pending) - len(wanted) :]
        if [v for v, _ in tail] != wanted:
            return None
        del self._pending[len(self._pending) - len(wanted) :]
        return dict(tail)

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        for value, expression in pending:
            self._line(f"{self._name(value)} = {expression.text}", assigned=True)

    def _written(self, operands: Sequence[Value], plan: Plan | None) -> list[Expression]:
        """Return the operands' text, nested where the rules allow it, else all by name."""
        taken = self._take(operands) if self._pending else {}
        if taken:
            parts = [taken[v] if v in taken else self._atom(v) for v in operands]
            if plan is None:
                whole = Expression(", ".join(p.text for p in parts), max(p.depth for p in parts))
            else:
                whole = plan.render(parts)
            if len(whole.text) <= LONGEST and whole.depth <= DEEPEST:
                return parts
            self._pending += taken.items()
        if taken is None or taken:
            self._flush()
        return [self._atom(v) for v in operands]

    def _nestable(self, node: Node, block: Block) -> bool:
        context = self._context
        output = node.outputs[0] if len(node.outputs) == 1 else None
        if output is None or context.uses.alone.get(output) is not block:
            return False
        if output in context.paths.of_value:
            return False
        has_name = bool(fitted(output.name)) and not is_numbered(fitted(output.name))
        return not has_name and output not in context.annotated and not _has_effect(node)

    # ---------------------------------------------------------------- nodes
    def _node(self, node: Node, block: Block) -> None:
        if node.blocks:
            if node.op == "if":
                self._if(node)
            else:
                self._loop(node)
            self._see(node.outputs)
            return
        plan = self._context.expressions.plan(node, self._context.class_name)
        expression = plan.render(self._written(plan.operands, plan))
        if self._nestable(node, block):
            self._pending.append((node.outputs[0], expression))
            return
        self._flush()
        self._statement(node, expression.text)
        self._see(node.outputs)

    def _statement(self, node: Node, text: str) -> None:
        method = self._context.paths.calls.get(node)
        hidden = sum(i.kind == "state" for i in method.callee.inputs) if method else 0
        outputs = node.outputs[: len(node.outputs) - hidden]
        if not outputs:
            self._line(text)
            return
        only = outputs[0] if len(outputs) == 1 else None
        if only is not None and only in self._context.annotated:
            self._line(f"{self._name(only)}: {self._context.types.text(only.type)} = {text}", assigned=True)
            return
        self._declare(outputs)
        self._line(f"{', '.join(map(self._name, outputs))} = {text}", assigned=True)

    def _declare(self, outputs: Sequence[Value]) -> None:
        for value in outputs:
            if value in self._context.annotated:
                self._line(f"{self._name(value)}: {self._context.types.text(value.type)}")

    # ---------------------------------------------------------------- blocks
    def _inside(self, block: Block, targets: Callable[[], list[str]], values: Sequence[Value]) -> None:
        """Write a block one level deeper, closed by the move of `values` into `targets`."""
        outer, self._indent = self._indent, f"{self._indent}    "
        self._depth += 1
        if self._depth > MOST_BLOCKS:
            raise TooDeepError
        begun, self._assigned = len(self.lines), False
        self._see(block.params)
        for node in block.nodes:
            self._node(node, block)
        if values:
            self._move(targets, values)
        else:
            self._flush()
            if len(self.lines) == begun or self._assigned:
                self._line("pass")
        self._depth -= 1
        self._indent, self._assigned = outer, False

    def _move(self, targets: Callable[[], list[str]], values: Sequence[Value]) -> None:
        parts = self._written(values, None)
        self._flush()
        self._line(f"{', '.join(targets())} = {', '.join(p.text for p in parts)}", assigned=True)

    def _if(self, node: Node) -> None:
        condition = node.inputs[0]
        assert condition is not None
        test = self._written((condition,), None)[0]
        self._flush()
        self._declare(node.outputs)
        names: list[str] = []

        def targets() -> list[str]:
            if not names:
                names.extend(map(self._name, node.outputs))
            return names

        self._line(f"if {test.text}:")
        self._inside(node.blocks[0], targets, node.blocks[0].results)
        other = node.blocks[1]
        while True:
            chained = self._elif(other)
            if chained is None:
                break
            inner, text = chained
            self._line(f"elif {text}:")
            self._inside(inner.blocks[0], targets, inner.blocks[0].results)
            other = inner.blocks[1]
        if other.nodes or other.results:
            self._line("else:")
            self._inside(other, targets, other.results)

    def _elif(self, block: Block) -> tuple[Node, str] | None:
        """Return the `if` a block consists of and the text of its test, if the rest nests there."""
        inner = block.nodes[-1] if block.nodes else None
        if inner is None or inner.op != "if" or inner.opset or block.results != inner.outputs:
            return None
        if any(v in self._context.annotated for v in inner.outputs):
            return None
        if not all(self._nestable(node, block) for node in block.nodes[:-1]):
            return None
        return self._test(block, inner)

    def _test(self, block: Block, inner: Node) -> tuple[Node, str] | None:
        """Nest everything before `inner` into its test, or leave no trace."""
        written: list[tuple[Value, Expression]] = []
        assert inner.inputs[0] is not None
        for node in block.nodes[:-1]:
            plan = self._context.expressions.plan(node, self._context.class_name)
            parts = self._tail(written, plan.operands)
            if parts is None:
                return None
            expression = plan.render(parts)
            if len(expression.text) > LONGEST or expression.depth > DEEPEST:
                return None
            written.append((node.outputs[0], expression))
        parts = self._tail(written, (inner.inputs[0],))
        return (inner, parts[0].text) if parts is not None and not written else None

    def _tail(
        self, written: list[tuple[Value, Expression]], operands: Sequence[Value]
    ) -> list[Expression] | None:
        outer, self._pending = self._pending, written
        taken = self._take(operands)
        self._pending = outer
        if taken is None:
            return None
        return [taken[v] if v in taken else self._atom(v) for v in operands]

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
        starts = [v for v in (start, *carried)[skipped:] if v is not None]
        parts = self._written(starts, None)
        self._flush()
        self._declare(node.outputs)
        targets = [] if shape == "for" else [self._names.number()]
        targets += map(self._name, node.outputs)
        if targets:
            self._line(f"{', '.join(targets)} = {', '.join(p.text for p in parts)}")
        for param, output in zip(params, node.outputs, strict=True):
            if output not in self._context.paths.of_value:
                self._named[param] = self._named[output]
        self._loop_head(shape, trip, index, targets)
        self._inside(body, lambda: targets, body.results[skipped:])

    def _loop_head(self, shape: str, trip: Value | None, index: Value, targets: list[str]) -> None:
        if shape == "while":
            self._line(f"while {targets[0]}:")
            return
        count = "count()" if trip is None else f"range({self._atom(trip).text})"
        self._line(f"for {self._name(index)} in {count}:")
        if shape == "break":
            self._line(f"    if not {targets[0]}:")
            self._line("        break")

    # ---------------------------------------------------------------- end
    def _finish(self) -> None:
        function, paths = self._context.function, self._context.paths
        states = [i.name for i in function.inputs if i.kind == "state"]
        split = len(function.body.results) - len(states)
        writes = [
            (path, value)
            for path, value in zip(states, function.body.results[split:], strict=True)
            if paths.final[path] is not value
        ]
        results = function.body.results[:split]
        self._alias(writes, results)
        for path, value in writes:
            part = self._written((value,), None)[0]
            self._flush()
            self._line(f"{path_text(path)} = {part.text}")
        parts = self._written(results, None)
        self._flush()
        listed = ", ".join(p.text for p in parts)
        single = "," if len(results) == 1 and needs_list(function) else ""
        self._line(f"return {listed}{single}".rstrip())

    def _alias(self, writes: Sequence[tuple[str, Value]], results: Sequence[Value]) -> None:
        """Name the old states that are still read after a write to their path."""
        written: set[str] = set()
        old: dict[Value, str] = {}
        for path, value in (*writes, *(("", v) for v in results)):
            read = self._context.paths.of_value.get(value)
            if read in written and read is not None:
                old[value] = read
            written.add(path)
        if old:
            self._flush()
        for value, path in old.items():
            del self._context.paths.of_value[value]
            self._named[value] = self._names.number()
            self._line(f"{self._named[value]} = {path_text(path)}")


def needs_list(function: Function) -> bool:
    """Whether the one visible output would read as several, or as none, without a list."""
    states = sum(i.kind == "state" for i in function.inputs)
    return len(function.outputs) - states == 1 and (
        isinstance(function.outputs[0].type, TupleType) or function.outputs[0].type == NONE
    )


def _has_effect(node: Node) -> bool:
    definition = None if node.opset else opset().get(node.op)
    return definition is not None and definition.effect != "none"


def _is_true(value: Value | None) -> bool:
    return value is not None and value.constant is not None and value.constant.value is True
