"""Evaluates the expressions of op definitions over types; what is unknown stays unknown.

An expression is Python syntax, walked as a tree and never executed: names, literals, arithmetic,
comparisons, `and or not if`, subscripts, comprehensions, and the functions of
`predicate_functions`.
"""

from __future__ import annotations

import ast
import functools
import operator
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import dims
from tracescript.opset.knowledge import (
    UNKNOWN,
    arithmetic,
    conjunction,
    contained,
    equal,
    floordiv,
    less,
    modulo,
    negation,
    plain,
    plus,
)
from tracescript.opset.predicate_functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BINARY: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: arithmetic(plus, dims.add),
    ast.Sub: arithmetic(operator.sub, dims.sub),
    ast.Mult: arithmetic(operator.mul, dims.mul),
    ast.FloorDiv: arithmetic(floordiv, dims.floor_div),
    ast.Mod: arithmetic(modulo, dims.mod),
}

_COMPARE: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: equal,
    ast.NotEq: lambda a, b: negation(equal(a, b)),
    ast.Lt: less,
    ast.LtE: lambda a, b: negation(less(b, a)),
    ast.Gt: lambda a, b: less(b, a),
    ast.GtE: lambda a, b: negation(less(a, b)),
    ast.In: contained,
    ast.NotIn: lambda a, b: negation(contained(a, b)),
}


@functools.cache
def parse(text: str) -> ast.expr:
    """Parse an expression once. Raises SyntaxError."""
    return ast.parse(text, mode="eval").body


class Evaluator:
    """Evaluates expressions in one scope of operands and plain values."""

    def __init__(
        self, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]] = FUNCTIONS
    ) -> None:
        self.names = names
        self.functions = functions

    def value(self, text: str) -> Any:
        """Return the value of an expression, or UNKNOWN."""
        return self._eval(parse(text))

    def _eval(self, node: ast.expr) -> Any:
        method = _METHODS.get(type(node).__name__)
        if method is None:
            message = f"{ast.unparse(node)} is no expression of an op definition"
            raise ValueError(message)
        return method(self, node)

    def _plain(self, node: ast.expr) -> Any:
        return plain(self._eval(node))

    def _expr_Constant(self, node: ast.Constant) -> Any:
        return node.value

    def _expr_Name(self, node: ast.Name) -> Any:
        return UNKNOWN if node.id == "_" else self.names[node.id]

    def _expr_List(self, node: ast.List) -> Any:
        return [self._plain(e) for e in node.elts]

    def _expr_Tuple(self, node: ast.Tuple) -> Any:
        return [self._plain(e) for e in node.elts]

    def _expr_BinOp(self, node: ast.BinOp) -> Any:
        return _BINARY[type(node.op)](self._plain(node.left), self._plain(node.right))

    def _expr_UnaryOp(self, node: ast.UnaryOp) -> Any:
        operand = self._plain(node.operand)
        if isinstance(node.op, ast.Not):
            return negation(operand)
        return _BINARY[ast.Sub](0, operand)

    def _expr_BoolOp(self, node: ast.BoolOp) -> Any:
        if isinstance(node.op, ast.And):
            return conjunction(self._plain(v) for v in node.values)
        return negation(conjunction(negation(self._plain(v)) for v in node.values))

    def _expr_Compare(self, node: ast.Compare) -> Any:
        operands = [self._eval(e) for e in (node.left, *node.comparators)]
        pairs = zip(node.ops, operands, operands[1:], strict=False)
        return conjunction(self._compare(*pair) for pair in pairs)

    def _compare(self, op: ast.cmpop, a: Any, b: Any) -> Any:
        if isinstance(op, ast.Is | ast.IsNot):
            same = UNKNOWN if UNKNOWN in (a, b) else a is b
            return same if isinstance(op, ast.Is) else negation(same)
        return _COMPARE[type(op)](plain(a), plain(b))

    def _expr_IfExp(self, node: ast.IfExp) -> Any:
        test = self._plain(node.test)
        if test is UNKNOWN:
            return UNKNOWN
        return self._eval(node.body if test else node.orelse)

    def _expr_Subscript(self, node: ast.Subscript) -> Any:
        value = self._plain(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = (node.slice.lower, node.slice.upper, node.slice.step)
            index: Any = slice(*(None if e is None else self._plain(e) for e in bounds))
            unknown = UNKNOWN in (index.start, index.stop, index.step)
        else:
            index = self._plain(node.slice)
            unknown = index is UNKNOWN
        if unknown or value is UNKNOWN:
            return UNKNOWN
        try:
            return value[index]
        except IndexError:
            return UNKNOWN

    def _expr_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        return self._comprehend(node.elt, node.generators)

    def _expr_ListComp(self, node: ast.ListComp) -> Any:
        return self._comprehend(node.elt, node.generators)

    def _comprehend(self, element: ast.expr, generators: list[ast.comprehension]) -> Any:
        (generator,) = generators
        sequence = self._plain(generator.iter)
        if sequence is UNKNOWN:
            return UNKNOWN
        targets = [n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)]
        results = []
        for item in sequence:
            parts = [item] if isinstance(generator.target, ast.Name) else item
            names = {**self.names, **dict(zip(targets, parts, strict=True))}
            inner = Evaluator(names, self.functions)
            tests = conjunction(inner._plain(test) for test in generator.ifs)
            if tests is UNKNOWN:
                return UNKNOWN
            if tests:
                results.append(inner._plain(element))
        return results

    def _expr_Call(self, node: ast.Call) -> Any:
        if not isinstance(node.func, ast.Name) or node.func.id not in self.functions:
            message = f"{ast.unparse(node.func)} is no function of an op definition"
            raise ValueError(message)
        return self.functions[node.func.id](*(self._eval(a) for a in node.args))


_METHODS: Final[dict[str, Callable[[Evaluator, Any], Any]]] = {
    name.removeprefix("_expr_"): method
    for name, method in vars(Evaluator).items()
    if name.startswith("_expr_")
}
