"""Reads the body of a function: statements, new states and results."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tracescript.code.block_reader import BlockReader, Move, Target
from tracescript.code.hidden import used_paths
from tracescript.code.nodes import Wanted
from tracescript.code.scope import Scope
from tracescript.code.statement_forms import (
    LOOPS,
    called,
    carries,
    guard_parts,
    is_text,
    read_shape_guard,
)
from tracescript.ir.graph import Block, Function, Input, Output, ShapeGuard, TraceDecision
from tracescript.ir.values import Value
from tracescript.opset.calls import compatible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracescript.code.heads import Head
    from tracescript.code.program import Program


def read_function(head: Head, program: Program) -> Function:
    """Read one function whose callees have been read.

    Raises InvalidModelError, BAD_CODE, with unit, line and column.
    """
    return _FunctionReader(head, program).read()


class _FunctionReader(BlockReader):
    def __init__(self, head: Head, program: Program) -> None:
        super().__init__(head, program)
        self._decisions: list[TraceDecision] = []
        self._guards: list[ShapeGuard] = []
        self._written: dict[str, None] = {}

    def read(self) -> Function:
        params = [Value(i.type, i.name) for i in self._head.inputs]
        scope = Scope(dict(zip(self._head.params, params, strict=True)))
        statements = list(self._head.node.body)
        if statements and is_text(statements[0]):
            del statements[0]
        if not statements or not isinstance(statements[-1], ast.Return):
            raise self._source.fault(self._head.node, "a function ends with return", "CODE-18")
        last = statements.pop()
        assert isinstance(last, ast.Return)
        while statements and (call := called(statements[0], "shape_guard")):
            self._guards.append(read_shape_guard(self._source, call, self._head.types))
            del statements[0]
        self._statements(statements, scope)
        results = self._results(last, scope)
        return self._function(params, scope, results)

    def _function(self, params: list[Value], scope: Scope, results: list[Value]) -> Function:
        head = self._head
        hidden, values = self._hidden(scope, results)
        states = [i.name for i in hidden if i.kind == "state"]
        news = [
            scope.states.get(i.name, v)
            for i, v in zip(hidden, values, strict=True)
            if i.kind == "state"
        ]
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
            head.name,
            head.origin,
            inputs,
            outputs,
            block,
            tuple(self._decisions),
            tuple(self._guards),
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
            if isinstance(node, ast.Assign) and carries(following):
                header = self._move(node, scope)
            elif isinstance(node, ast.If):
                self._if(node, scope)
            elif isinstance(node, LOOPS):
                self._loop(node, header, scope)
                header = None
            else:
                self._simple(node, scope)

    def _simple(self, node: ast.stmt, scope: Scope) -> None:
        if isinstance(node, ast.Expr):
            call = called(node, "guard")
            if call is not None:
                self._guard(call, scope)
            elif not is_text(node):
                self._effect(node, scope)
        elif isinstance(node, ast.Assign):
            self._assign(node, scope)
        elif isinstance(node, ast.AnnAssign):
            self._annotated(node, scope)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            left = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
            whole = ast.copy_location(ast.BinOp(left, node.op, node.value), node)
            self._assign(ast.copy_location(ast.Assign([node.target], whole), node), scope)
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
        names = [t.name for t in targets]
        if any(t.is_path for t in targets):
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

    def _write(self, node: ast.Assign, targets: list[Target], scope: Scope) -> None:
        if self._depth or len(targets) != 1:
            raise self._source.fault(node, "a state is written at the end of a function", "CODE-17")
        path = targets[0].name
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
            raise self._source.fault(
                node, "only the result of a node has a declared type", "CODE-24"
            )
        self._bind(name, node, value, scope)

    def _guard(self, call: ast.Call, scope: Scope) -> None:
        kind, tested, seen = guard_parts(self._source, call)
        if kind == "unrecorded":
            self._decisions.append(TraceDecision(kind, None, None))
            return
        value = self._expressions.atom(tested, scope)
        observed = self._head.literals.read(seen)
        if observed is None:
            raise self._source.fault(seen, "what was observed is a literal", "CODE-19")
        self._decisions.append(TraceDecision(kind, value, observed))
