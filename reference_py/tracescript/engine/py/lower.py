"""Turns the functions of a method into units: small callees inlined, deep blocks made units."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tracescript import ir
from tracescript.engine.places import nodes_in_order
from tracescript.engine.py.callgraph import free_values, recursive_functions
from tracescript.engine.py.program import Body, Stmt, Unit, Val, are_constant_tensors
from tracescript.engine.py.sizes import (
    known_size,
    resolved,
    substituted,
    surely_holds,
    unified,
    unsure,
)
from tracescript.engine.values import runtime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.engine.links import Linker
    from tracescript.engine.py.sizes import Symbols

    Env = dict[ir.Value, Val]

_DEEPEST_BLOCK: Final = 10
DEEPEST_INLINE: Final = 8
"""Calls nest so deep within one unit."""

_LARGEST_INLINE: Final = 300
_LARGEST_UNIT: Final = 1500
_MOST_INLINED: Final = 20_000
"""Nodes of callees, calls included, that one method takes in; later calls are calls."""


class _Scope:
    """Where a block of a function is being lowered to."""

    __slots__ = ("calls", "decisions", "depth", "function", "symbols", "unit")

    def __init__(
        self,
        unit: Unit,
        function: ir.Function,
        symbols: Symbols,
        depth: int,
        calls: int,
    ) -> None:
        self.unit = unit
        self.function = function
        self.symbols = symbols
        self.depth = depth
        self.calls = calls
        self.decisions: dict[ir.Value, list[int]] = {}
        for index, decision in enumerate(function.decisions):
            if decision.value is not None:
                self.decisions.setdefault(decision.value, []).append(index)

    def deeper(self) -> _Scope:
        return _Scope(self.unit, self.function, self.symbols, self.depth + 1, self.calls)


class Lowering:
    """Makes the units of one method; `units[0]` is the method itself."""

    def __init__(
        self,
        linker: Linker,
        functions: Mapping[str, ir.Function],
        *,
        guards: bool,
        inline: bool = True,
    ) -> None:
        self.units: list[Unit] = []
        self._functions = functions
        self._linker = linker
        self._guards = guards
        self._inline = inline
        self._inlined = 0
        self._sizes: dict[ir.Function, int] = {}
        self._recursive = recursive_functions(linker.model)
        self._specialised: dict[tuple[Any, ...], tuple[Unit, list[Val]]] = {}
        self._constants: dict[ir.Constant, Val] = {}
        self._todo: deque[tuple[_Scope, Body, ir.Block | ir.Node, Env]] = deque()

    def method(self, function: ir.Function, bound: Sequence[ir.Constant]) -> list[Unit]:
        """Lower a method: its function with constants for the bound inputs."""
        constants = iter(bound)
        values = [
            self._constant(next(constants)) if i.kind == "bound" else Val(p.type)
            for i, p in zip(function.inputs, function.body.params, strict=True)
        ]
        self._function(function, values)
        while self._todo:
            scope, body, source, env = self._todo.popleft()
            if isinstance(source, ir.Block):
                self._block(scope, body, source, env)
            else:
                self._node(scope, body, source, env)
                body.results = [env[v] for v in source.outputs]
        return self.units

    def _constant(self, constant: ir.Constant) -> Val:
        if constant not in self._constants:
            value = runtime(constant)
            if isinstance(value, np.ndarray):
                value = value[()]  # a number where the rank is 0
            self._constants[constant] = Val(constant.type, value)
        return self._constants[constant]

    def _function(self, function: ir.Function, values: list[Val]) -> Unit:
        """Make the unit of a function, with its known inputs fixed; lowered later."""
        key = (function, *(id(v) if v.known else None for v in values))
        if key not in self._specialised:
            types = [i.type for i in function.inputs]
            symbols = unsure(types)
            fixed = [
                v if v.known else Val(substituted(p.type, symbols))
                for v, p in zip(values, function.body.params, strict=True)
            ]
            unit = Unit(len(self.units), function, Body([v for v in fixed if not v.known]))
            self.units.append(unit)
            self._specialised[key] = unit, fixed
            scope = _Scope(unit, function, symbols, 0, 0)
            self._enter(unit.body, function, fixed, unified(types, [v.type for v in fixed]))
            env = dict(zip(function.body.params, fixed, strict=True))
            self._todo.append((scope, unit.body, function.body, env))
        return self._specialised[key][0]

    def _enter(
        self, body: Body, function: ir.Function, values: Sequence[Val], symbols: Symbols
    ) -> None:
        """Check what must hold on entry, as far as sizes do not show it now."""
        open_guards = [guard for guard in function.shape_guards if not surely_holds(guard, symbols)]
        unrecorded = any(d.kind == "unrecorded" for d in function.decisions)
        if self._guards and (open_guards or unrecorded):
            body.stmts.append(Stmt("entry", function, None, list(values), []))

    def _get(self, value: ir.Value, env: Env) -> Val:
        return env[value] if value.constant is None else self._constant(value.constant)

    def _block(self, scope: _Scope, body: Body, block: ir.Block, env: Env) -> None:
        for param in block.params:
            self._decide(scope, body, param, env)
        for node in block.nodes:
            self._node(scope, body, node, env)
        body.results = [self._get(v, env) for v in block.results]

    def _decide(self, scope: _Scope, body: Body, value: ir.Value, env: Env) -> None:
        if not self._guards:
            return
        for index in scope.decisions.get(value, ()):
            guard = Stmt("guard", scope.function, None, [self._get(value, env)], [], index=index)
            body.stmts.append(guard)

    def _node(self, scope: _Scope, body: Body, node: ir.Node, env: Env) -> None:
        inputs = [None if v is None else self._get(v, env) for v in node.inputs]
        if node.op == "call":
            self._call(scope, body, node, inputs, env)
        elif node.blocks and scope.depth >= _DEEPEST_BLOCK:
            self._outline(scope, body, node, env)
        elif node.blocks:
            self._control(scope, body, node, inputs, env)
        elif node.opset:
            outputs = self._define(scope, node.outputs, env)
            host = self._linker.host(node)
            body.stmts.append(Stmt("host", scope.function, node, inputs, outputs, host=host))
        else:
            self._op(scope, body, node, inputs, env)
        for value in node.outputs:
            self._decide(scope, body, value, env)

    def _define(self, scope: _Scope, values: Sequence[ir.Value], env: Env) -> list[Val]:
        made = [Val(substituted(v.type, scope.symbols)) for v in values]
        env.update(zip(values, made, strict=True))
        return made

    def _control(
        self, scope: _Scope, body: Body, node: ir.Node, inputs: list[Val | None], env: Env
    ) -> None:
        if node.op == "if":
            (condition,) = filter(None, inputs)
            if condition.known:
                arm = node.blocks[0 if condition.constant else 1]
                for inner in arm.nodes:
                    self._node(scope, body, inner, env)
                results = [self._get(v, env) for v in arm.results]
                env.update(zip(node.outputs, results, strict=True))
                return
        counted = node.op == "loop" and self._linker.counts(node)
        stmt = Stmt(node.op, scope.function, node, inputs, [], counted=counted)
        body.stmts.append(stmt)
        inner_scope = scope.deeper()
        for block in node.blocks:
            inner_body = Body(self._define(scope, block.params, env))
            stmt.bodies.append(inner_body)
            self._block(inner_scope, inner_body, block, env)
        stmt.outputs = self._define(scope, node.outputs, env)

    def _outline(self, scope: _Scope, body: Body, node: ir.Node, env: Env) -> None:
        """Make a deeply nested `if` or `loop` a unit of its own."""
        read = free_values(node)
        free = [v for v in read if not env[v].known]
        inner = {v: env[v] for v in read if env[v].known}
        unknown = unsure([env[v].type for v in free])
        fixed = [Val(substituted(env[v].type, unknown)) for v in free]
        inner.update(zip(free, fixed, strict=True))
        unit = Unit(len(self.units), scope.function, Body(fixed))
        self.units.append(unit)
        symbols = resolved(scope.symbols, unknown)
        inner_scope = _Scope(unit, scope.function, symbols, 0, scope.calls)
        self._todo.append((inner_scope, unit.body, node, inner))
        outputs = self._define(scope, node.outputs, env)
        stmt = Stmt("invoke", scope.function, node, [env[v] for v in free], outputs, unit=unit)
        body.stmts.append(stmt)

    def _call(
        self, scope: _Scope, body: Body, node: ir.Node, inputs: list[Val | None], env: Env
    ) -> None:
        reference = dict(node.attributes)["function"]
        assert isinstance(reference, ir.FunctionRef)
        callee = self._functions[reference.name]
        values = [v for v in inputs if v is not None]
        if self._may_inline(scope, callee):
            self._inlined += 1 + len(callee.body.nodes)
            body.stmts.append(Stmt("enter", scope.function, node, [], []))
            types = [i.type for i in callee.inputs]
            symbols = unified(types, [v.type for v in values])
            inner_scope = _Scope(scope.unit, callee, symbols, scope.depth, scope.calls + 1)
            self._enter(body, callee, values, symbols)
            inner = dict(zip(callee.body.params, values, strict=True))
            for param in callee.body.params:
                self._decide(inner_scope, body, param, inner)
            for inner_node in callee.body.nodes:
                self._node(inner_scope, body, inner_node, inner)
            results = [self._get(v, inner) for v in callee.body.results]
            env.update(zip(node.outputs, results, strict=True))
            return
        unit = self._function(callee, values)
        outputs = self._define(scope, node.outputs, env)
        variable = [v for v in values if not v.known]
        body.stmts.append(
            Stmt("invoke", scope.function, node, list(variable), outputs, unit=unit,
                 calls=scope.calls + 1)
        )  # fmt: skip

    def _may_inline(self, scope: _Scope, callee: ir.Function) -> bool:
        if not self._inline or callee.name in self._recursive:
            return False
        if scope.function.name in self._recursive:
            return False
        return (
            scope.calls < DEEPEST_INLINE
            and self._inlined < _MOST_INLINED
            and self._size(callee) <= _LARGEST_INLINE
            and len(scope.unit.body.stmts) + self._size(callee) <= _LARGEST_UNIT
        )

    def _size(self, function: ir.Function) -> int:
        """The number of nodes of a function, inlined callees included."""
        todo = [(function, False)]
        while todo:
            current, has_callees = todo.pop()
            if current in self._sizes and not has_callees:
                continue
            names = [dict(n.attributes).get("function") for n in nodes_in_order(current.body)]
            callees = [self._functions[n.name] for n in names if isinstance(n, ir.FunctionRef)]
            if has_callees:
                self._sizes[current] = len(names) + sum(self._sizes[c] for c in callees)
            else:
                self._sizes[current] = 0
                todo.append((current, True))
                todo += [(c, False) for c in callees]
        return self._sizes[function]

    def _op(
        self, scope: _Scope, body: Body, node: ir.Node, inputs: list[Val | None], env: Env
    ) -> None:
        link = self._linker.link(node)
        inputs = inputs + [None] * (len(link.inputs) - len(inputs))
        known = known_size(node, inputs, link.attributes)
        if known is not None:
            env[node.outputs[0]] = Val(node.outputs[0].type, known)
            return
        values = list(filter(None, inputs))
        if node.op == "list.make" and are_constant_tensors(values):
            made = [v.constant for v in values]
            env[node.outputs[0]] = Val(node.outputs[0].type, made)
            return
        outputs = self._define(scope, node.outputs, env)
        body.stmts.append(Stmt("op", scope.function, node, inputs, outputs, link=link))
