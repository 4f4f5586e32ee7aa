"""Evaluates the expressions of decompositions: to Python values as far as known, else to nodes."""

from __future__ import annotations

import ast
import contextlib
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import UnsupportedError
from tracescript.ir import ListType, Value
from tracescript.ir.constants import INT
from tracescript.opset.fold import BINARY, COMPARE, FUNCTIONS, NAMES
from tracescript.opset.intrinsics import Intrinsics
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tracescript.opset.build import Builder
    from tracescript.opset.emit import Emitter


MOST_ROUNDS: Final = 1 << 16
"""Rounds of a `for` that are written one by one: their number may come from a file."""


def _too_many(rounds: range) -> UnsupportedError:
    return UnsupportedError(
        f"the definition takes at most {MOST_ROUNDS} rounds here, found {rounds.stop}",
        code="UNSUPPORTED_OP",
        where="the expansion of an op",
        rule="EXEC-6",
    )


class Expressions(Intrinsics):
    """One method for each form of expression; `scope` holds the names of the function walked."""

    def __init__(self, emitter: Emitter, functions: Mapping[str, ast.FunctionDef]) -> None:
        super().__init__(emitter)
        self.functions = functions
        self.scope: dict[Any, Any] = {}

    def call_function(
        self, function: ast.FunctionDef, args: Sequence[Any], keywords: Mapping[str, Any]
    ) -> Any:
        """Walk a function of the same text."""
        raise NotImplementedError

    def evaluate(self, node: ast.expr) -> Any:
        """Return the value of an expression."""
        return getattr(self, f"_expr_{type(node).__name__}")(node)

    def assign(self, target: ast.expr, value: Any) -> None:
        """Bind a name, or the names of a tuple."""
        if isinstance(target, ast.Name):
            self.scope[target.id] = value
            return
        assert isinstance(target, ast.Tuple)
        items = self.emitter.items(value) if isinstance(value, Value) else value
        if items is None:
            element = value.type.element
            count = len(target.elts)
            items = self.emitter.builder.call("list.unpack", [value], types=[element] * count)
        for part, item in zip(target.elts, items, strict=True):
            self.assign(part, item)

    @contextlib.contextmanager
    def inner_block(self) -> Iterator[Builder]:
        """Write into a block of its own; names that it binds are forgotten after it."""
        emitter, scope = self.emitter, self.scope
        self.emitter, self.scope = emitter.branch(), dict(scope)
        yield self.emitter.builder
        self.emitter, self.scope = emitter, scope

    def _expr_Constant(self, node: ast.Constant) -> Any:
        return node.value

    def _expr_Name(self, node: ast.Name) -> Any:
        return self.scope[node.id] if node.id in self.scope else NAMES[node.id]

    def _expr_List(self, node: ast.List) -> list[Any]:
        return [self.evaluate(item) for item in node.elts]

    def _expr_Tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self.evaluate(item) for item in node.elts)

    def _expr_Dict(self, node: ast.Dict) -> dict[Any, Any]:
        keys = [self.evaluate(key) for key in node.keys if key is not None]
        return dict(zip(keys, map(self.evaluate, node.values), strict=True))

    def _expr_UnaryOp(self, node: ast.UnaryOp) -> Any:
        operand = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            if isinstance(operand, Value):
                return self.emitter.call("bool.not", [operand], {})
            return not operand
        if isinstance(operand, Value):
            return self.emitter.arithmetic("sub", 0, operand)
        return -operand

    def _expr_BinOp(self, node: ast.BinOp) -> Any:
        fold, word = BINARY[type(node.op)]
        a, b = self.evaluate(node.left), self.evaluate(node.right)
        if any(isinstance(v, Value) and isinstance(v.type, ListType) for v in (a, b)):
            known = self.emitter.items(a), self.emitter.items(b)
            if None in known:
                return self.emitter.call("list.concat", [a, b], {})
            a, b = known
        if isinstance(a, Value) or isinstance(b, Value):
            return self.emitter.arithmetic(word, a, b)
        return fold(a, b)

    def _expr_Compare(self, node: ast.Compare) -> Any:
        fold, relation = COMPARE[type(node.ops[0])]
        a, b = self.evaluate(node.left), self.evaluate(node.comparators[0])
        parts = [p for v in (a, b) for p in (v if isinstance(v, list) else [v])]
        run_time = any(isinstance(p, Value) for p in parts)
        if not run_time or relation in {"is", "is_not", "in", "not_in"}:
            return fold(a, b)
        return self.emitter.compare(relation, a, b)

    def _expr_BoolOp(self, node: ast.BoolOp) -> Any:
        is_and = isinstance(node.op, ast.And)
        result = self.evaluate(node.values[0])
        for operand in node.values[1:]:
            if not isinstance(result, Value):
                if bool(result) is not is_and:
                    return result
                result = self.evaluate(operand)
                continue
            word = "and" if is_and else "or"
            inputs = [result, self.evaluate(operand)]
            result = self.emitter.call("bool.op", inputs, {"operation": word})
        return result

    def _expr_IfExp(self, node: ast.IfExp) -> Any:
        test = self.evaluate(node.test)
        if not isinstance(test, Value):
            return self.evaluate(node.body if test else node.orelse)
        arms = []
        for arm in (node.body, node.orelse):
            with self.inner_block() as builder:
                result = self.emitter.value(self.evaluate(arm))
                arms.append(builder.block((), [result]))
        return self.emitter.builder.call("if", [test], blocks=arms)[0]

    def _expr_Subscript(self, node: ast.Subscript) -> Any:
        value = self.evaluate(node.value)
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper)
            low, high = (None if e is None else self.evaluate(e) for e in ends)
            return self.items(value)[low:high]
        index = self.evaluate(node.slice)
        if not isinstance(value, Value):
            return value[index]
        items = None if isinstance(index, Value) else self.emitter.items(value)
        return items[index] if items else self.emitter.call("list.get", [value, index], {})

    def _expr_ListComp(self, node: ast.ListComp) -> Any:
        generator = node.generators[0]
        count, item = self.iterate(generator.iter)
        if not isinstance(count, int):
            return self._collect(node, count, item)
        kept, outer = [], self.scope
        self.scope = dict(outer)
        for i in range(count):
            self.assign(generator.target, item(i))
            if all(self._decided(test) for test in generator.ifs):
                kept.append(self.evaluate(node.elt))
        self.scope = outer
        return kept

    def _decided(self, test: ast.expr) -> bool:
        result = self.evaluate(test)
        assert not isinstance(result, Value), "a filter has to be known before the model runs"
        return bool(result)

    def _collect(self, node: ast.ListComp, count: Value, item: Callable[[Any], Any]) -> Any:
        """Write a loop that appends each item to a list."""

        def element(index: Value) -> Value:
            self.assign(node.generators[0].target, item(index))
            return self.emitter.value(self.evaluate(node.elt))

        with self.inner_block():
            probe = element(Value(INT))
        empty = self.emitter.builder.call("list.make", [], types=[ListType(probe.type)])[0]

        def body(index: Value) -> list[Any]:
            return [self.emitter.call("list.append", [self.scope["items"], element(index)], {})]

        return self.loop(count, ["items"], [empty], body)[0]

    def iterate(self, node: ast.expr) -> tuple[Any, Callable[[Any], Any]]:
        """Return the number of rounds and what gives the item of each."""
        name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in {"range", "rounds"}:
            bounds = [self.evaluate(arg) for arg in node.args]
            if isinstance(bounds[-1], Value) or name == "rounds":
                return self.emitter.value(bounds[-1]), lambda index: index
            rounds = range(*bounds)
            if rounds[MOST_ROUNDS:]:
                raise _too_many(rounds)
            return len(rounds), lambda i: rounds[i]
        values = self.evaluate(node)
        items = self.emitter.items(values)
        if items is not None:
            return len(items), items.__getitem__
        count = self.emitter.call("list.len", [values], {})
        return count, lambda index: self.emitter.call("list.get", [values, index], {})

    def loop(
        self, count: Value, names: list[str], start: list[Any], body: Callable[[Value], list[Any]]
    ) -> tuple[Value, ...]:
        """Write a loop of `count` rounds; `names` are bound to what it carries."""
        outer = self.emitter
        carried = [outer.value(v) for v in start]
        with self.inner_block() as builder:
            index = Value(INT)
            params = [Value(v.type) for v in carried]
            self.scope.update(zip(names, params, strict=True))
            results = [self.emitter.value(v) for v in body(index)]
            block = builder.block((index, *params), [builder.constant(True), *results])
        return outer.builder.call("loop", [count, outer.value(True), *carried], blocks=[block])

    def _expr_Call(self, node: ast.Call) -> Any:
        name = ast.unparse(node.func)
        args = [self.evaluate(arg) for arg in node.args]
        keywords = {k.arg: self.evaluate(k.value) for k in node.keywords if k.arg}
        if name in self.functions:
            return self.call_function(self.functions[name], args, keywords)
        if name.startswith("ops."):
            return self._op(name.removeprefix("ops."), args, keywords)
        special = getattr(self, f"_call_{name}", None)
        if special:
            return special(*args)
        return FUNCTIONS[name](*[self.items(v) if isinstance(v, Value) else v for v in args])

    def _op(self, name: str, args: list[Any], keywords: dict[str, Any]) -> Any:
        special = getattr(self, f"_op_{name.replace('.', '_')}", None)
        if special:
            return special(*args, **keywords)
        op = opset()[name]
        given = dict(zip([i.name for i in op.inputs], args, strict=False)) | keywords
        variadic = bool(op.inputs) and op.inputs[-1].variadic
        inputs = args if variadic else [given.get(i.name) for i in op.inputs]
        attributes = {
            a.name: tuple(given[a.name]) if isinstance(given[a.name], list) else given[a.name]
            for a in op.attributes
            if a.name in given
        }
        return self.emitter.call(name, inputs, attributes)
