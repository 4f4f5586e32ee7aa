"""Turns the definition of a composite into nodes, for given types and attributes.

The text is parsed, never run. What is known before the model runs (attributes, ranks, data
types, which optional inputs are there, numbers) is computed here: an `if` over it picks an arm,
a `for` unrolls. The rest becomes nodes. Spec: NUM-60 to NUM-63.
"""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Any

from tracescript.errors import InvalidModelError
from tracescript.ir import Block, ListType, Value
from tracescript.opset import faults
from tracescript.opset.emit import Emitter
from tracescript.opset.expressions import Expressions
from tracescript.opset.fold import NAMES, CannotExpandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.opset.calls import Typing
    from tracescript.opset.table import AttributeDef, OpDef

RETURNED = object()
"""Key of a scope under which a function leaves its result."""


def expansion(
    op: OpDef,
    inputs: Sequence[Value | None],
    attributes: Mapping[str, Any],
    *,
    typing: Typing | None = None,
) -> tuple[tuple[Value | None, ...], Block]:
    """Return the body of a composite for one call.

    Args:
        op: a composite.
        inputs: the call's inputs in declared order; types known, rank and data type too.
        attributes: name to plain Python value; defaults may be missing.
        typing: what is known of the inputs; new knowledge goes in too.

    The block's nodes use the inputs themselves. Its params are the inputs that are there.

    Raises InvalidModelError where the definition does not fit the types. Spec: NUM-60 to NUM-63.
    """
    from tracescript.opset.build import Builder
    from tracescript.opset.calls import Typing as NewTyping

    typing = typing or NewTyping()
    emitter = Emitter(Builder(typing), typing)
    given = [emitter.plain(v) for v in inputs]
    given += [None] * (len(op.inputs) - len(given))
    known = [_attribute(a, attributes.get(a.name, a.default)) for a in op.attributes]
    functions = _functions(op.decomposition)
    walk = Statements(emitter, functions)
    own = functions[op.name.replace(".", "_")]
    try:
        result = walk.call_function(own, [*given, *known], {})
    except (CannotExpandError, TypeError) as error:
        # A TypeError is Python's word for a run-time value where a known one is needed.
        what = f"cannot be expanded before its inputs are known: {error}"
        raise faults.fault(op.name, what, code="BAD_TYPE", rule="NUM-60") from None
    except InvalidModelError as error:
        if not any(_is_open_list(v, typing) for v in inputs):
            raise
        what = f"cannot be expanded before its lists are known: {error.what}"
        raise faults.fault(op.name, what, code="BAD_TYPE", rule="NUM-60") from None
    results = result if isinstance(result, tuple) else (result,)
    made = tuple(emitter.value(r) for r in results)
    block = Block(
        tuple(v for v in inputs if v is not None),
        tuple(emitter.builder.nodes),
        made,
    )
    return tuple(inputs), block


def _is_open_list(value: Value | None, typing: Typing) -> bool:
    """Whether an input is a list of unknown length."""
    if value is None or not isinstance(value.type, ListType):
        return False
    return typing.items(value) is None and typing.known(value) is None


def _attribute(declared: AttributeDef, value: Any) -> Any:
    """Return an attribute as decompositions compute with it: lists, and data types by value."""
    if declared.kind == "data_type" and isinstance(value, str):
        return NAMES[value]
    return list(value) if isinstance(value, tuple) else value


@functools.cache
def _functions(text: str) -> dict[str, ast.FunctionDef]:
    """Parse a closed decomposition; every function by its name."""
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


class Statements(Expressions):
    """Walks the statements of decompositions; `Expressions` has the expressions."""

    def call_function(
        self, function: ast.FunctionDef, args: Sequence[Any], keywords: Mapping[str, Any]
    ) -> Any:
        """Walk a function's body with its parameters bound; return its result."""
        names = [a.arg for a in function.args.args]
        scope: dict[Any, Any] = dict(zip(names, args, strict=False)) | dict(keywords)
        outer, self.scope = self.scope, scope
        self._body(function.body)
        self.scope = outer
        return scope[RETURNED]

    def _body(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            if RETURNED in self.scope:
                return
            getattr(self, f"_stmt_{type(statement).__name__}")(statement)

    def _stmt_Return(self, node: ast.Return) -> None:
        assert node.value is not None
        self.scope[RETURNED] = self.evaluate(node.value)

    def _stmt_Expr(self, node: ast.Expr) -> None:
        self.evaluate(node.value)

    def _stmt_Assign(self, node: ast.Assign) -> None:
        self.assign(node.targets[0], self.evaluate(node.value))

    def _stmt_If(self, node: ast.If) -> None:
        test = self.evaluate(node.test)
        if not isinstance(test, Value):
            self._body(node.body if test else node.orelse)
            return
        names = sorted((_assigned(node.body) | _assigned(node.orelse)) & _everywhere(self, node))
        arms = []
        for body in (node.body, node.orelse):
            with self.inner_block() as builder:
                self._body(body)
                assert RETURNED not in self.scope, "a definition returns under a run-time condition"
                results = [self.emitter.value(self.scope[name]) for name in names]
                arms.append(builder.block((), results))
        made = self.emitter.builder.call("if", [test], blocks=arms)
        self.scope.update(zip(names, made, strict=True))

    def _stmt_For(self, node: ast.For) -> None:
        count, item = self.iterate(node.iter)
        if isinstance(count, int):
            for i in range(count):
                self.assign(node.target, item(i))
                self._body(node.body)
            return
        names = sorted(_assigned(node.body) & set(self.scope))

        def body(index: Value) -> list[Any]:
            self.assign(node.target, item(index))
            self._body(node.body)
            return [self.scope[name] for name in names]

        start = [self.scope[name] for name in names]
        results = self.loop(count, names, start, body)
        self.scope.update(zip(names, results, strict=True))


def _assigned(statements: Sequence[ast.stmt]) -> set[str]:
    """Return the names that statements assign, nested ones included."""
    return {
        node.id
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _everywhere(walk: Statements, node: ast.If) -> set[str]:
    """Return the names that have a value after both arms."""
    both = _assigned(node.body) & _assigned(node.orelse)
    return both | {name for name in walk.scope if isinstance(name, str)}
