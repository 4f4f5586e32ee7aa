"""Reads expressions: each operator, call and display becomes one node after its operands."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from tracescript.code import sugar
from tracescript.code.call_reader import CallReader
from tracescript.code.heads import path_steps
from tracescript.code.names import opset_word
from tracescript.code.nodes import NOTHING, Wanted

if TYPE_CHECKING:
    from tracescript.code.heads import Head
    from tracescript.code.nodes import NodeMaker
    from tracescript.code.program import Program
    from tracescript.code.scope import Entries, Scope
    from tracescript.ir.values import Value

DEEPEST: Final = 32
_BINARY: Final[dict[type, str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
}
_UNARY: Final[dict[type, str]] = {ast.USub: "-", ast.Not: "not ", ast.Invert: "~"}


class ExpressionReader:
    """Reads the expressions of one function into nodes."""

    def __init__(self, head: Head, program: Program, maker: NodeMaker, entries: Entries) -> None:
        self._head = head
        self._program = program
        self._maker = maker
        self._entries = entries
        self._calls = CallReader(head, program, maker, entries, self.value)

    def value(
        self, node: ast.expr, scope: Scope, depth: int = 0, wanted: Wanted = NOTHING
    ) -> Value:
        """Read an expression that stands for one value."""
        values = self.values(node, scope, depth, wanted)
        if len(values) != 1:
            what = f"this gives {len(values)} values, expected one"
            raise self._head.source.fault(node, what, "CODE-15")
        return values[0]

    def values(
        self, node: ast.expr, scope: Scope, depth: int = 0, wanted: Wanted = NOTHING
    ) -> tuple[Value, ...]:
        """Read an expression; a call may stand for several values, or for none."""
        if depth > DEEPEST:
            raise self._head.source.fault(node, f"nested deeper than {DEEPEST}", "CODE-3")
        if isinstance(node, ast.Name) and node.id in scope.names:
            return (scope.names[node.id],)
        constant = self._head.literals.read(node)
        if constant is not None:
            return (self._maker.constant(constant),)
        read = getattr(self, f"_read_{type(node).__name__}", None)
        if read is None:
            what = f"{type(node).__name__} is no expression of the code language"
            raise self._head.source.fault(node, what, "CODE-7")
        found: tuple[Value, ...] = read(node, scope, depth + 1, wanted)
        return found

    def atom(self, node: ast.expr, scope: Scope) -> Value:
        """Read a name, a literal or a path; nothing else may stand here."""
        before = len(scope.nodes)
        found = self.value(node, scope)
        if len(scope.nodes) > before:
            raise self._head.source.fault(node, "expected a name, a literal or a path", "CODE-7")
        return found

    def path(self, path: str, node: ast.expr, scope: Scope) -> Value:
        """Return the value of `self.<path>`."""
        if path in scope.states:
            return scope.states[path]
        found = self._entries.kind(path)
        if found is None:
            what = f"self.{path} is no Weight and no State of this class"
            raise self._head.source.fault(node, what, "CODE-16")
        return self._entries.value(found[0], path, found[1])

    # ---------------------------------------------------------------- forms
    def _read_Name(self, node: ast.Name, _s: Scope, _d: int, _w: Wanted) -> tuple[Value, ...]:
        raise self._head.source.fault(node, f"{node.id} is not defined here", "CODE-6")

    def _read_BinOp(self, node: ast.BinOp, scope: Scope, depth: int, wanted: Wanted) -> Any:
        word = f" {_BINARY.get(type(node.op), '@')} "
        return self._form(node, ("", word, ""), [node.left, node.right], scope, depth, wanted)

    def _read_Compare(self, node: ast.Compare, scope: Scope, depth: int, wanted: Wanted) -> Any:
        if len(node.ops) == 1:
            right, operator = node.comparators[0], node.ops[0]
            if (
                isinstance(operator, ast.Is)
                and isinstance(right, ast.Constant)
                and right.value is None
            ):
                return self._form(node, ("", " is None"), [node.left], scope, depth, wanted)
            word = f" {_BINARY.get(type(operator), '@')} "
            return self._form(node, ("", word, ""), [node.left, right], scope, depth, wanted)
        raise self._head.source.fault(node, "comparisons are not chained", "CODE-7")

    def _read_UnaryOp(self, node: ast.UnaryOp, scope: Scope, depth: int, wanted: Wanted) -> Any:
        pieces = (_UNARY.get(type(node.op), "@"), "")
        return self._form(node, pieces, [node.operand], scope, depth, wanted)

    def _read_Subscript(self, node: ast.Subscript, scope: Scope, depth: int, wanted: Wanted) -> Any:
        steps = path_steps(node)
        if steps and steps[0] == "self" and self._head.owner:
            return (self.path(".".join(steps[1]), node, scope),)
        operands = [node.value, node.slice]
        return self._form(node, ("", "[", "]"), operands, scope, depth, wanted)

    def _read_Attribute(self, node: ast.Attribute, scope: Scope, depth: int, wanted: Wanted) -> Any:
        steps = path_steps(node)
        if steps and steps[0] == "self" and self._head.owner:
            return (self.path(".".join(steps[1]), node, scope),)
        field = ast.copy_location(ast.Constant(node.attr), node)
        return self._form(node, ("", ".", ""), [node.value, field], scope, depth, wanted)

    def _read_List(self, node: ast.List, scope: Scope, depth: int, wanted: Wanted) -> Any:
        inputs = [self.value(item, scope, depth) for item in node.elts]
        return self._maker.add(node, "list.make", inputs, {}, scope, wanted)

    def _read_Tuple(self, node: ast.Tuple, scope: Scope, depth: int, wanted: Wanted) -> Any:
        inputs = [self.value(item, scope, depth) for item in node.elts]
        return self._maker.add(node, "tuple.make", inputs, {}, scope, wanted)

    def _read_Dict(self, node: ast.Dict, scope: Scope, depth: int, wanted: Wanted) -> Any:
        inputs = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise self._head.source.fault(node, "no double star", "CODE-7")
            inputs += [self.value(key, scope, depth), self.value(value, scope, depth)]
        return self._maker.add(node, "dict.make", inputs, {}, scope, wanted)

    def _form(
        self,
        node: ast.expr,
        pieces: tuple[str, ...],
        operands: list[ast.expr],
        scope: Scope,
        depth: int,
        wanted: Wanted,
    ) -> tuple[Value, ...]:
        if not sugar.is_form(pieces):
            raise self._head.source.fault(node, "no operator of the code language", "CODE-14")
        found = [self.value(operands[0], scope, depth)]
        kinds = [sugar.kind_of(found[0].type)]
        last = operands[-1]
        literal = self._head.literals.read(last) if len(operands) > 1 else None
        form = None
        if literal is not None:
            form = sugar.resolve(pieces, (*kinds, sugar.ATTRIBUTE))
        if form is None:
            found += [self.value(operand, scope, depth) for operand in operands[1:]]
            kinds = [sugar.kind_of(value.type) for value in found]
            form = sugar.resolve(pieces, tuple(kinds))
        if form is None:
            what = f"no op is written so for {' and '.join(kinds)}"
            hint = "operators are for Python scalars and containers; tensors take ops.add(a, b)"
            raise self._head.source.fault(node, what, "CODE-14", hint)
        by_name = dict(zip(form.slots, found, strict=False))
        given: dict[str, Any] = {form.choice[0]: form.choice[1]} if form.choice else {}
        if len(found) < len(form.slots):
            given[form.slots[-1]] = literal
        inputs = [by_name.get(declared.name) for declared in form.op.inputs]
        return self._maker.add(node, form.op.name, inputs, given, scope, wanted)

    # ---------------------------------------------------------------- calls
    def _read_Call(self, node: ast.Call, scope: Scope, depth: int, wanted: Wanted) -> Any:
        if any(isinstance(arg, ast.Starred) for arg in node.args) or any(
            keyword.arg is None for keyword in node.keywords
        ):
            raise self._head.source.fault(node, "no star-arguments", "CODE-7")
        target = self._program.target(node, self._head)
        if target is not None:
            return self._calls.function(node, target, scope, depth, wanted)
        if isinstance(node.func, ast.Name):
            struct = self._program.struct(node.func.id)
            if struct is not None:
                return self._calls.struct(node, struct, scope, depth, wanted)
            operands = [*node.args, *(keyword.value for keyword in node.keywords)]
            pieces = (f"{node.func.id}(", ")")
            if len(node.args) == 1 == len(operands) and sugar.is_form(pieces):
                return self._form(node, pieces, operands, scope, depth, wanted)
        steps = path_steps(node.func)
        if steps and steps[1] and isinstance(node.func, ast.Attribute):
            if steps[0] == "ops":
                name = ".".join(opset_word(step) for step in steps[1])
                return self._calls.op(node, name, scope, depth, wanted)
            if steps[0] != "self" and steps[0] not in scope.names:
                path = ".".join([steps[0], *steps[1][:-1]])
                return self._calls.foreign(node, path, steps[1][-1], scope, depth, wanted)
        what = f"{self._head.source.segment(node.func)} names no op, method, struct or function"
        raise self._head.source.fault(node, what, "CODE-15")
