"""Reads the body of a function: statements and blocks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from tracescript.code.expression_reader import ExpressionReader, Wanted
from tracescript.code.heads import Head, path_steps
from tracescript.code.hidden import used_paths
from tracescript.code.names import GUARD_KINDS, SHAPE_GUARD_KINDS, is_name, is_numbered
from tracescript.code.scope import Entries, Scope
from tracescript.errors import InvalidModelError
from tracescript.ir.constants import INT, scalar
from tracescript.ir.graph import (
    Block,
    Function,
    Input,
    Node,
    Output,
    ShapeGuard,
    TraceDecision,
)
from tracescript.ir.values import Value
from tracescript.opset.calls import Typing, compatible
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.code.program import Program
    from tracescript.ir.types import Type

MOST_BLOCKS: Final = 90
_COMPARISONS: Final[dict[type, str]] = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<="}
_LOOPS = (ast.For, ast.While)


class Move:
    """The statement that ends a block or begins a loop: targets and the values they get."""

    def __init__(self, targets: list[str | tuple[str]], values: list[Value]) -> None:
        self.targets = targets
        self.values = values


def read_function(head: Head, program: Program) -> Function:
    """Read one function whose callees have been read.

    Raises InvalidModelError, BAD_CODE, with unit, line and column.
    """
    return _FunctionReader(head, program).read()


class _FunctionReader:
    def __init__(self, head: Head, program: Program) -> None:
        self._head = head
        self._source = head.source
        self._entries = Entries(head)
        self._typing = Typing(program.function)
        self._expressions = ExpressionReader(head, program, self._typing, self._entries)
        self._declared: dict[str, Type] = {}
        self._decisions: list[TraceDecision] = []
        self._guards: list[ShapeGuard] = []
        self._written: dict[str, None] = {}
        self._depth = 0

    def read(self) -> Function:
        params = [Value(i.type, i.name) for i in self._head.inputs]
        scope = Scope(dict(zip(self._head.params, params, strict=True)))
        statements = list(self._head.node.body)
        if statements and _is_text(statements[0]):
            del statements[0]
        if not statements or not isinstance(statements[-1], ast.Return):
            raise self._source.fault(self._head.node, "a function ends with return", "CODE-18")
        last = statements.pop()
        assert isinstance(last, ast.Return)
        while statements and self._is_call(statements[0], "shape_guard"):
            self._shape_guard(statements.pop(0))
        self._statements(statements, scope)
        results = self._results(last, scope)
        return self._function(params, scope, results)

    def _function(self, params: list[Value], scope: Scope, results: list[Value]) -> Function:
        head = self._head
        hidden, values = self._hidden(scope, results)
        states = [i.name for i in hidden if i.kind == "state"]
        news = [scope.states.get(i.name, v) for i, v in zip(hidden, values, strict=True) if i.kind == "state"]
        types = [*head.results, *(i.type for i in hidden if i.kind == "state")]
        names = list(head.output_names) or [""] * len(types)
        if len(names) == len(head.results):
            names += [""] * len(states)
        if len(names) != len(types):
            raise self._source.fault(head.node, "@outputs does not match the results", "CODE-18")
        for value, t in zip([*results, *news], types, strict=True):
            if not compatible(t, value.type):
                raise self._source.fault(head.node, "a result has another type", "CODE-18")
        block = Block((*params, *values), tuple(scope.nodes), (*results, *news))
        outputs = tuple(Output(n, t) for n, t in zip(names, types, strict=True))
        inputs = (*head.inputs, *hidden)
        return Function(
            head.name, head.origin, inputs, outputs, block, tuple(self._decisions), tuple(self._guards)
        )

    def _hidden(self, scope: Scope, results: list[Value]) -> tuple[list[Input], list[Value]]:
        """Return the bound inputs and states in order, with their entry values."""
        if self._head.hidden is not None:
            listed = list(self._head.hidden)
            return listed, [self._entries.value(i.kind, i.name, i.type) for i in listed]
        block = Block((), tuple(scope.nodes), ())
        inputs, values = [], []
        for kind in ("bound", "state"):
            paths = {v: p for (k, p), v in self._entries.values.items() if k == kind}
            order = used_paths(block, results, self._decisions, paths)
            order += [p for p in self._written if kind == "state" and p not in order]
            for path in order:
                value = self._entries.values[kind, path]
                inputs.append(Input(path, value.type, kind))
                values.append(value)
        return inputs, values

    def _results(self, node: ast.Return, scope: Scope) -> list[Value]:
        count = len(self._head.results)
        value = node.value
        items = [] if value is None else [value]
        is_listed = isinstance(value, ast.Tuple) and len(value.elts) == count
        if isinstance(value, ast.Tuple) and is_listed and (count > 1 or self._has_comma(value)):
            items = value.elts
        if len(items) != count:
            what = f"the function gives {count} values, found {len(items)}"
            raise self._source.fault(node, what, "CODE-18")
        return [self._expressions.value(item, scope) for item in items]

    def _has_comma(self, node: ast.Tuple) -> bool:
        """Whether a tuple of one stands without parentheses: a list of one result."""
        return node.elts[0].col_offset == node.col_offset

    # ---------------------------------------------------------------- statements
    def _statements(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        header: Move | None = None
        for k, node in enumerate(statements):
            following = statements[k + 1] if k + 1 < len(statements) else None
            if isinstance(node, ast.Assign) and _carries(following):
                header = self._move(node, scope)
            elif isinstance(node, ast.If):
                self._if(node, scope)
            elif isinstance(node, _LOOPS):
                self._loop(node, header, scope)
                header = None
            else:
                self._simple(node, scope)

    def _simple(self, node: ast.stmt, scope: Scope) -> None:
        if isinstance(node, ast.Expr):
            if self._is_call(node, "guard"):
                self._guard(node, scope)
            elif not _is_text(node):
                self._effect(node, scope)
        elif isinstance(node, ast.Assign):
            self._assign(node, scope)
        elif isinstance(node, ast.AnnAssign):
            self._annotated(node, scope)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            left = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
            whole = ast.copy_location(ast.BinOp(left, node.op, node.value), node)
            self._bind(node.target.id, node, self._expressions.value(whole, scope), scope)
        elif not isinstance(node, ast.Pass):
            what = f"{type(node).__name__} is no statement of the code language"
            raise self._source.fault(node, what, "CODE-7")

    def _effect(self, node: ast.Expr, scope: Scope) -> None:
        if not isinstance(node.value, ast.Call):
            raise self._source.fault(node, "an expression alone is a call", "CODE-7")
        if self._expressions.values(node.value, scope):
            raise self._source.fault(node, "the result needs a name", "CODE-7")

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        targets = self._targets(node)
        names = [t for t in targets if isinstance(t, str)]
        if len(names) < len(targets):
            self._write(node, targets, scope)
            return
        wanted = Wanted(names, self._take_declared(names))
        if len(names) > 1 and isinstance(node.value, ast.Tuple):
            values = tuple(self._expressions.value(item, scope) for item in node.value.elts)
        else:
            values = self._expressions.values(node.value, scope, wanted=wanted)
        if len(values) != len(names):
            what = f"{len(values)} values for {len(names)} names"
            raise self._source.fault(node, what, "CODE-15")
        for name, value in zip(names, values, strict=True):
            self._bind(name, node, value, scope)

    def _write(self, node: ast.Assign, targets: list[str | tuple[str]], scope: Scope) -> None:
        if self._depth or len(targets) != 1:
            raise self._source.fault(node, "a state is written at the end of a function", "CODE-17")
        path = targets[0][0]
        kind = self._entries.kind(path)
        if kind is None or kind[0] != "state":
            raise self._source.fault(node, f"self.{path} is no State of this class", "CODE-17")
        self._entries.value("state", path, kind[1])
        scope.states[path] = self._expressions.value(node.value, scope)
        self._written[path] = None

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if not isinstance(node.target, ast.Name):
            raise self._source.fault(node, "only names have declared types", "CODE-24")
        name, declared = node.target.id, self._head.types.read(node.annotation)
        self._declared[name] = declared
        if node.value is None:
            return
        wanted = Wanted([name], self._take_declared([name]))
        before = len(scope.nodes)
        value = self._expressions.value(node.value, scope, wanted=wanted)
        if len(scope.nodes) == before:
            raise self._source.fault(node, "only the result of a node has a declared type", "CODE-24")
        self._bind(name, node, value, scope)

    def _take_declared(self, names: Sequence[str]) -> dict[str, Type]:
        return {name: self._declared.pop(name) for name in names if name in self._declared}

    def _bind(self, name: str, node: ast.AST, value: Value, scope: Scope) -> None:
        if not is_name(name):
            raise self._source.fault(node, f"{name} is no name for a value", "CODE-6")
        scope.names[name] = value

    # ---------------------------------------------------------------- moves
    def _targets(self, node: ast.Assign) -> list[str | tuple[str]]:
        """Return names as strings and state paths as tuples of one."""
        if len(node.targets) != 1:
            raise self._source.fault(node, "one assignment has one equals sign", "CODE-7")
        first = node.targets[0]
        found: list[str | tuple[str]] = []
        for item in first.elts if isinstance(first, ast.Tuple) else [first]:
            steps = path_steps(item)
            if steps is None or (steps[1] and (steps[0] != "self" or not self._head.owner)):
                raise self._source.fault(item, "expected a name or the path of a state", "CODE-7")
            found.append((".".join(steps[1]),) if steps[1] else steps[0])
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
            raise self._source.fault(statements[0], f"more than {MOST_BLOCKS} blocks deep", "CODE-3")
        last = statements[-1]
        is_moved = isinstance(last, ast.Assign)
        self._statements(statements[:-1] if is_moved else statements, scope)
        move = self._move(last, scope) if isinstance(last, ast.Assign) else None
        self._depth -= 1
        return move

    def _outputs(
        self, node: ast.stmt, targets: list[str | tuple[str]], types: Sequence[Type], scope: Scope
    ) -> tuple[Value, ...]:
        """Make the outputs of a node with blocks: declared types and those of states come first."""
        declared = self._take_declared([t for t in targets if isinstance(t, str)])
        outputs = []
        for target, inferred in zip(targets, types, strict=True):
            if isinstance(target, tuple):
                t = self._state(target[0], node, scope).type
                outputs.append(Value(t))
            else:
                t = declared.get(target, inferred)
                outputs.append(Value(t, "" if is_numbered(target) else target))
            if not compatible(t, inferred):
                raise self._source.fault(node, "the declared type does not fit", "CODE-24")
        return tuple(outputs)

    def _state(self, path: str, node: ast.AST, scope: Scope) -> Value:
        value = self._expressions.path(path, node, scope)  # type: ignore[arg-type]  # only its place
        kind = self._entries.kind(path)
        if kind is None or kind[0] != "state":
            raise self._source.fault(node, f"self.{path} is no State of this class", "CODE-17")
        return value

    def _assign_targets(
        self, node: ast.AST, targets: Sequence[str | tuple[str]], values: Sequence[Value], scope: Scope
    ) -> None:
        for target, value in zip(targets, values, strict=True):
            if isinstance(target, tuple):
                scope.states[target[0]] = value
            else:
                self._bind(target, node, value, scope)

    # ---------------------------------------------------------------- if
    def _if(self, node: ast.If, scope: Scope) -> None:
        arms: list[tuple[ast.If, Value, Scope, Scope, Move | None]] = []
        outer, current = scope, node
        targets: list[str | tuple[str]] | None = None
        while True:
            test = self._expressions.value(current.test, outer)
            inner = outer.child()
            move = self._block(current.body, inner)
            found = move.targets if move else []
            if targets is not None and found != targets:
                raise self._source.fault(current, "the arms end with other targets", "CODE-21")
            targets = found
            arms.append((current, test, outer, inner, move))
            rest = current.orelse
            if len(rest) != 1 or not isinstance(rest[0], ast.If) or not self._is_chain(rest[0], found):
                break
            outer, current = outer.child(), rest[0]
        other = outer.child()
        last = self._block(current.orelse, other) if current.orelse else None
        if (last.targets if last else []) != targets:
            raise self._source.fault(current, "the arms end with other targets", "CODE-21")
        self._close(arms, Block((), tuple(other.nodes), tuple(last.values if last else ())))

    def _is_chain(self, node: ast.If, targets: list[str | tuple[str]]) -> bool:
        """Whether an `if` alone in an else block is an `elif`: it gives what the outer one gives."""
        return bool(targets) == isinstance(node.body[-1], ast.Assign)

    def _close(
        self, arms: list[tuple[ast.If, Value, Scope, Scope, Move | None]], other: Block
    ) -> None:
        """Make the `if` nodes of a chain, the innermost first."""
        for k, (node, test, outer, inner, move) in reversed(list(enumerate(arms))):
            then = Block((), tuple(inner.nodes), tuple(move.values if move else ()))
            types = self._inferred(node, "if", (test,), (then, other))
            targets = move.targets if move else []
            if k:
                outputs = tuple(Value(t) for t in types)
            else:
                outputs = self._outputs(node, targets, types, outer)
            made = Node("if", (test,), outputs, blocks=(then, other))
            outer.nodes.append(made)
            self._typing.learn(made)
            if k:
                other = Block((), tuple(outer.nodes), outputs)
            else:
                self._assign_targets(node, targets, outputs, outer)

    def _inferred(
        self, node: ast.AST, op: str, inputs: tuple[Value | None, ...], blocks: tuple[Block, ...]
    ) -> tuple[Type, ...]:
        try:
            return self._typing.results(opset()[op], inputs, {}, blocks)
        except InvalidModelError as error:
            what = f"{error.what} [{error.rule}]"
            raise self._source.fault(node, what, "CODE-15", error.hint) from error

    # ---------------------------------------------------------------- loop
    def _loop(self, node: ast.For | ast.While, header: Move | None, scope: Scope) -> None:
        if node.orelse or getattr(node, "type_comment", None):
            raise self._source.fault(node, "a loop has no else", "CODE-7")
        trip, index = self._loop_head(node, scope)
        statements = list(node.body)
        condition = self._condition(node, statements)
        targets = list(header.targets) if header else []
        starts = list(header.values) if header else []
        if condition is None:
            start = self._expressions.constant(scalar(True))  # noqa: FBT003  # the constant True
        elif targets and targets[0] == condition:
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
        self._inferred(node, "loop", inputs, (block,))
        made = Node("loop", inputs, outputs, blocks=(block,))
        scope.nodes.append(made)
        self._typing.learn(made)
        self._assign_targets(node, targets, outputs, scope)

    def _loop_head(self, node: ast.For | ast.While, scope: Scope) -> tuple[Value | None, str | None]:
        """Return the trip count and the name of the index."""
        if isinstance(node, ast.While):
            return None, None
        call = node.iter
        if isinstance(node.target, ast.Name) and isinstance(call, ast.Call) and not call.keywords:
            if self._is_name(call.func, "range") and len(call.args) == 1:
                return self._expressions.atom(call.args[0], scope), node.target.id
            if self._is_name(call.func, "count") and not call.args:
                return None, node.target.id
        what = "expected: for NAME in range(n) or count()"
        raise self._source.fault(node, what, "CODE-22")

    def _condition(self, node: ast.For | ast.While, statements: list[ast.stmt]) -> str | None:
        """Return the name that decides whether a loop goes on; takes off `if not c: break`."""
        if isinstance(node, ast.While):
            if isinstance(node.test, ast.Name):
                return node.test.id
            raise self._source.fault(node.test, "while takes a name", "CODE-22")
        first = statements[0]
        if isinstance(first, ast.If) and len(first.body) == 1 and isinstance(first.body[0], ast.Break):
            test = first.test
            is_not = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
            if isinstance(test, ast.UnaryOp) and is_not and isinstance(test.operand, ast.Name):
                if not first.orelse:
                    del statements[0]
                    return test.operand.id
            raise self._source.fault(first, "expected: if not NAME: break", "CODE-22")
        if isinstance(node.iter, ast.Call) and self._is_name(node.iter.func, "count"):
            raise self._source.fault(node, "count() needs: if not NAME: break", "CODE-22")
        return None

    def _loop_results(
        self, node: ast.AST, move: Move | None, header: Move | None, condition: str | None
    ) -> tuple[Value, ...]:
        if (move.targets if move else []) != (header.targets if header else []):
            what = "the move above a loop and the one that ends it have the same targets"
            raise self._source.fault(node, what, "CODE-22")
        values = tuple(move.values if move else ())
        if condition is not None:
            return values
        return (self._expressions.constant(scalar(True)), *values)  # noqa: FBT003  # the constant

    # ---------------------------------------------------------------- guards
    def _is_name(self, node: ast.expr, name: str) -> bool:
        return isinstance(node, ast.Name) and node.id == name

    def _is_call(self, node: ast.stmt, name: str) -> bool:
        return (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and self._is_name(node.value.func, name)
        )

    def _guard(self, node: ast.Expr, scope: Scope) -> None:
        call = node.value
        assert isinstance(call, ast.Call)
        kind = call.args[0] if len(call.args) == 3 and not call.keywords else None  # noqa: PLR2004
        if not isinstance(kind, ast.Name) or kind.id not in GUARD_KINDS:
            raise self._source.fault(node, "expected guard(kind, value, observed)", "CODE-19")
        if kind.id == "unrecorded":
            self._decisions.append(TraceDecision("unrecorded", None, None))
            return
        value = self._expressions.atom(call.args[1], scope)
        observed = self._head.literals.read(call.args[2])
        if observed is None:
            raise self._source.fault(call.args[2], "what was observed is a literal", "CODE-19")
        self._decisions.append(TraceDecision(kind.id, value, observed))

    def _shape_guard(self, node: ast.stmt) -> None:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and len(call.args) == 2 and not call.keywords:  # noqa: PLR2004
            kind, test = call.args
            if isinstance(kind, ast.Name) and kind.id in SHAPE_GUARD_KINDS:
                if isinstance(test, ast.Compare) and type(test.ops[0]) in _COMPARISONS:
                    if len(test.ops) == 1:
                        left, right = map(self._head.types.dim, (test.left, test.comparators[0]))
                        word = _COMPARISONS[type(test.ops[0])]
                        self._guards.append(ShapeGuard(left, word, right, kind.id))
                        return
        what = "expected shape_guard(kind, left == right)"
        raise self._source.fault(node, what, "CODE-19")


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and type(node.value.value) is str
    )


def _carries(node: ast.stmt | None) -> bool:
    return isinstance(node, _LOOPS) and isinstance(node.body[-1], ast.Assign)


