"""Reads blocks: the moves that end them, `if` with its arms, and the three shapes of loops."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracescript.code.expression_reader import ExpressionReader
from tracescript.code.heads import Head, path_steps
from tracescript.code.names import is_name, is_numbered
from tracescript.code.nodes import NodeMaker
from tracescript.code.scope import Entries, Scope
from tracescript.code.statement_forms import condition_name, loop_head
from tracescript.ir.constants import INT, scalar
from tracescript.ir.graph import Block, Node
from tracescript.ir.values import Value
from tracescript.opset.calls import Typing, compatible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.code.program import Program
    from tracescript.ir.types import Type

MOST_BLOCKS: Final = 90
_TRUE: Final = scalar(True)


@dataclass(frozen=True, slots=True)
class Target:
    """What an assignment sets: a name, or the path of a state."""

    name: str
    is_path: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The statement that ends a block or begins a loop: targets and the values they get."""

    targets: list[Target]
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Arm:
    """One test of an `if` chain: the scope the test stands in, and the block below it."""

    node: ast.If
    test: Value
    outer: Scope
    inner: Scope
    move: Move | None


class BlockReader(ABC):
    """Reads what holds blocks; a subclass reads the statements inside."""

    def __init__(self, head: Head, program: Program) -> None:
        self._head = head
        self._source = head.source
        self._entries = Entries(head)
        self._maker = NodeMaker(head.source, Typing(program.function))
        self._expressions = ExpressionReader(head, program, self._maker, self._entries)
        self._declared: dict[str, Type] = {}
        self._depth = 0

    @abstractmethod
    def _statements(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Read statements in order."""

    # ---------------------------------------------------------------- moves
    def _targets(self, node: ast.Assign) -> list[Target]:
        """Return what an assignment sets."""
        if len(node.targets) != 1:
            raise self._source.fault(node, "one assignment has one equals sign", "CODE-7")
        first = node.targets[0]
        found: list[Target] = []
        for item in first.elts if isinstance(first, ast.Tuple) else [first]:
            steps = path_steps(item)
            if steps is None or (steps[1] and (steps[0] != "self" or not self._head.owner)):
                raise self._source.fault(item, "expected a name or the path of a state", "CODE-7")
            found.append(Target(".".join(steps[1]), True) if steps[1] else Target(steps[0]))
        return found

    def _move(self, node: ast.Assign, scope: Scope) -> Move:
        targets = self._targets(node)
        items = [node.value]
        if len(targets) > 1:
            items = node.value.elts if isinstance(node.value, ast.Tuple) else []
        if len(items) != len(targets):
            what = f"a move has as many values as targets, found {len(items)} for {len(targets)}"
            raise self._source.fault(node, what, "CODE-21")
        return Move(targets, [self._expressions.value(item, scope) for item in items])

    def _block(self, statements: Sequence[ast.stmt], scope: Scope) -> Move | None:
        """Read the statements of a block; return the move that ends it, if one does."""
        self._depth += 1
        if self._depth > MOST_BLOCKS:
            raise self._source.fault(
                statements[0], f"more than {MOST_BLOCKS} blocks deep", "CODE-3"
            )
        last = statements[-1]
        is_moved = isinstance(last, ast.Assign)
        self._statements(statements[:-1] if is_moved else statements, scope)
        move = self._move(last, scope) if isinstance(last, ast.Assign) else None
        self._depth -= 1
        return move

    def _outputs(
        self, node: ast.stmt, targets: list[Target], types: Sequence[Type], scope: Scope
    ) -> tuple[Value, ...]:
        """Make the outputs of a node with blocks: declared types and those of states come first."""
        declared = self._take_declared([t.name for t in targets if not t.is_path])
        outputs = []
        for target, inferred in zip(targets, types, strict=True):
            if target.is_path:
                t = self._state(target.name, node, scope).type
                outputs.append(Value(t))
            else:
                t = declared.get(target.name, inferred)
                outputs.append(Value(t, "" if is_numbered(target.name) else target.name))
            if not compatible(t, inferred):
                raise self._source.fault(node, "the declared type does not fit", "CODE-24")
        return tuple(outputs)

    def _state(self, path: str, node: ast.AST, scope: Scope) -> Value:
        value = self._expressions.path(path, node, scope)  # type: ignore[arg-type]  # only its place
        kind = self._entries.kind(path)
        if kind is None or kind[0] != "state":
            raise self._source.fault(node, f"self.{path} is no State of this class", "CODE-17")
        return value

    def _take_declared(self, names: Sequence[str]) -> dict[str, Type]:
        return {name: self._declared.pop(name) for name in names if name in self._declared}

    def _bind(self, name: str, node: ast.AST, value: Value, scope: Scope) -> None:
        if not is_name(name):
            raise self._source.fault(node, f"{name} is no name for a value", "CODE-6")
        scope.names[name] = value

    def _assign_targets(
        self,
        node: ast.AST,
        targets: Sequence[Target],
        values: Sequence[Value],
        scope: Scope,
    ) -> None:
        for target, value in zip(targets, values, strict=True):
            if target.is_path:
                scope.states[target.name] = value
            else:
                self._bind(target.name, node, value, scope)

    # ---------------------------------------------------------------- if
    def _if(self, node: ast.If, scope: Scope) -> None:
        arms: list[Arm] = []
        outer, current = scope, node
        targets: list[Target] | None = None
        while True:
            test = self._expressions.value(current.test, outer)
            inner = outer.child()
            move = self._block(current.body, inner)
            found = move.targets if move else []
            if targets is not None and found != targets:
                raise self._source.fault(current, "the arms end with other targets", "CODE-21")
            targets = found
            arms.append(Arm(current, test, outer, inner, move))
            rest = current.orelse
            if (
                len(rest) != 1
                or not isinstance(rest[0], ast.If)
                or not self._is_chain(rest[0], found)
            ):
                break
            outer, current = outer.child(), rest[0]
        other = outer.child()
        last = self._block(current.orelse, other) if current.orelse else None
        if (last.targets if last else []) != targets:
            raise self._source.fault(current, "the arms end with other targets", "CODE-21")
        self._close(arms, Block((), tuple(other.nodes), tuple(last.values if last else ())))

    def _is_chain(self, node: ast.If, targets: list[Target]) -> bool:
        """Whether an `if` alone in an else block is an `elif`: it gives what the outer gives."""
        return bool(targets) == isinstance(node.body[-1], ast.Assign)

    def _close(self, arms: Sequence[Arm], other: Block) -> None:
        """Make the `if` nodes of a chain, the innermost first."""
        for k, arm in reversed(list(enumerate(arms))):
            then = Block((), tuple(arm.inner.nodes), tuple(arm.move.values if arm.move else ()))
            types = self._maker.types(arm.node, "if", (arm.test,), {}, (then, other))
            targets = arm.move.targets if arm.move else []
            if k:
                outputs = tuple(Value(t) for t in types)
            else:
                outputs = self._outputs(arm.node, targets, types, arm.outer)
            self._maker.append(Node("if", (arm.test,), outputs, blocks=(then, other)), arm.outer)
            if k:
                other = Block((), tuple(arm.outer.nodes), outputs)
            else:
                self._assign_targets(arm.node, targets, outputs, arm.outer)

    # ---------------------------------------------------------------- loop
    def _loop(self, node: ast.For | ast.While, header: Move | None, scope: Scope) -> None:
        if node.orelse or getattr(node, "type_comment", None):
            raise self._source.fault(node, "a loop has no else", "CODE-7")
        trip_node, index = loop_head(self._source, node)
        trip = None if trip_node is None else self._expressions.atom(trip_node, scope)
        condition, statements = condition_name(self._source, node)
        targets = list(header.targets) if header else []
        starts = list(header.values) if header else []
        if condition is None:
            start = self._maker.constant(_TRUE)
        elif targets and targets[0] == Target(condition):
            start, starts, targets = starts[0], starts[1:], targets[1:]
        else:
            what = f"the move above the loop sets {condition} first"
            raise self._source.fault(node, what, "CODE-22")
        outputs = self._outputs(node, targets, [v.type for v in starts], scope)
        params = tuple(Value(v.type, v.name) for v in outputs)
        inner = scope.child()
        if condition is not None:
            inner.names.pop(condition, None)
        self._assign_targets(node, targets, params, inner)
        counter = Value(INT, "" if index is None or is_numbered(index) else index)
        if index is not None:
            self._bind(index, node, counter, inner)
        move = self._block(statements or [ast.Pass()], inner)
        results = self._loop_results(node, move, header, condition)
        block = Block((counter, *params), tuple(inner.nodes), results)
        inputs = (trip, start, *starts)
        self._maker.types(node, "loop", inputs, {}, (block,))
        self._maker.append(Node("loop", inputs, outputs, blocks=(block,)), scope)
        self._assign_targets(node, targets, outputs, scope)

    def _loop_results(
        self, node: ast.AST, move: Move | None, header: Move | None, condition: str | None
    ) -> tuple[Value, ...]:
        if (move.targets if move else []) != (header.targets if header else []):
            what = "the move above a loop and the one that ends it have the same targets"
            raise self._source.fault(node, what, "CODE-22")
        values = tuple(move.values if move else ())
        if condition is not None:
            return values
        return (self._maker.constant(_TRUE), *values)
