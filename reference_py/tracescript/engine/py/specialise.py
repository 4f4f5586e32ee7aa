"""Types a program anew for the sizes of a call, so that open shapes become numbers.

A scripted program often leaves ranks and extents open; what the generator knows of shapes decides
how fast its code is. Functions keep their names, inputs and guards; only types of values change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript import ir
from tracescript.engine.py.callgraph import recursive_functions
from tracescript.errors import InvalidModelError
from tracescript.opset.calls import Typing
from tracescript.opset.relations import join
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Env = dict[ir.Value, ir.Value]
    Types = tuple[ir.Type, ...]


def specialised(
    model: ir.Model, function: ir.Function, types: Sequence[ir.Type]
) -> tuple[ir.Function, Mapping[str, ir.Function]]:
    """Return a function for inputs of these types, and all functions by the names calls use.

    Raises InvalidModelError where the types contradict the program, RecursionError where blocks
    nest too deep or there is too much to type: calls and nested loops can multiply their work.
    """
    worker = _Specialiser(model)
    name = worker.function(function.name, tuple(types))
    return worker.functions[name], worker.functions


class _Specialiser:
    def __init__(self, model: ir.Model) -> None:
        self.functions: dict[str, ir.Function] = dict(model.by_name)
        self._model = model
        self._recursive = recursive_functions(model)
        self._made: dict[tuple[str, Types], str] = {}
        self._left = _MOST_NODES

    def function(self, name: str, types: Types) -> str:
        """Return the name under which a function for these input types is found."""
        if name in self._recursive:
            return name
        key = (name, types)
        if key not in self._made:
            self._made[key] = f"{name}({len(self._made)})"
            self.functions[self._made[key]] = self._clone(self._model.function(name), types)
        return self._made[key]

    def _clone(self, function: ir.Function, types: Types) -> ir.Function:
        typing = Typing(self.functions.get)
        env: Env = {}
        params = tuple(
            _new(env, p, _narrower(p.type, t))
            for p, t in zip(function.body.params, types, strict=True)
        )
        nodes, results = self._block(function.body, env, typing)
        decisions = tuple(
            ir.TraceDecision(d.kind, env.get(d.value) if d.value else None, d.observed, d.debug)
            for d in function.decisions
        )
        return ir.Function(
            function.name,
            function.origin,
            function.inputs,
            function.outputs,
            ir.Block(params, nodes, results),
            decisions,
            function.shape_guards,
        )

    def _block(
        self, block: ir.Block, env: Env, typing: Typing
    ) -> tuple[tuple[ir.Node, ...], tuple[ir.Value, ...]]:
        nodes = tuple(self._node(node, env, typing) for node in block.nodes)
        return nodes, tuple(_get(v, env) for v in block.results)

    def _node(self, node: ir.Node, env: Env, typing: Typing) -> ir.Node:
        self._left -= 1
        if self._left < 0:
            raise RecursionError
        inputs = tuple(None if v is None else _get(v, env) for v in node.inputs)
        attributes, blocks = node.attributes, node.blocks
        types: Sequence[ir.Type] = [v.type for v in node.outputs]
        if node.op == "if":
            arms = [ir.Block((), *self._block(b, env, typing)) for b in blocks]
            blocks = tuple(arms)
            types = [
                _narrower(t, join(a.type, b.type))
                for t, a, b in zip(types, arms[0].results, arms[1].results, strict=True)
            ]
        elif node.op == "loop":
            blocks = (self._loop(node, inputs, env, typing),)
            types = [p.type for p in blocks[0].params[1:]]
        elif node.op == "call":
            ((label, callee),) = attributes
            assert isinstance(callee, ir.FunctionRef)
            name = self.function(callee.name, tuple(v.type for v in inputs if v is not None))
            attributes = ((label, ir.FunctionRef(name)),)
            results = self.functions[name].body.results
            types = [_narrower(t, r.type) for t, r in zip(types, results, strict=True)]
        else:
            types = _inferred(node, inputs, typing)
        outputs = tuple(_new(env, v, t) for v, t in zip(node.outputs, types, strict=True))
        made = ir.Node(node.op, inputs, outputs, attributes, blocks, node.place, node.opset)
        typing.learn(made)
        return made

    def _loop(
        self, node: ir.Node, inputs: Sequence[ir.Value | None], env: Env, typing: Typing
    ) -> ir.Block:
        """Type a body for its start values; where it gives others, for what holds both."""
        (body,) = node.blocks
        index, *carried = body.params
        declared = [p.type for p in carried]
        types = [
            _narrower(t, v.type) if v is not None else t
            for t, v in zip(declared, inputs[2:], strict=True)
        ]
        for _ in range(_ROUNDS):
            params = [_new(env, p, t) for p, t in zip(carried, types, strict=True)]
            nodes, results = self._block(body, env, typing)
            if all(_covers(t, r.type) for t, r in zip(types, results[1:], strict=True)):
                return ir.Block((index, *params), nodes, results)
            types = [
                _narrower(d, join(t, r.type))
                for d, t, r in zip(declared, types, results[1:], strict=True)
            ]
        params = [_new(env, p, p.type) for p in carried]
        return ir.Block((index, *params), *self._block(body, env, typing))


_ROUNDS = 3
_MOST_NODES = 30_000


def _get(value: ir.Value, env: Env) -> ir.Value:
    return env.get(value, value)


def _new(env: Env, old: ir.Value, type_: ir.Type) -> ir.Value:
    env[old] = ir.Value(type_, old.name)
    return env[old]


def _narrower(declared: ir.Type, found: ir.Type | None) -> ir.Type:
    """Return the declared type with what was found about open ranks and extents."""
    if isinstance(declared, ir.TensorType) and isinstance(found, ir.TensorType):
        if declared.shape is None:
            return ir.TensorType(declared.data_type, found.shape)
        if found.shape is None or len(found.shape) != len(declared.shape):
            return declared
        dims = zip(declared.shape, found.shape, strict=True)
        shape = tuple(f if isinstance(f, int) or d is None else d for d, f in dims)
        return ir.TensorType(declared.data_type, shape)
    if isinstance(declared, ir.ListType) and isinstance(found, ir.ListType):
        return ir.ListType(_narrower(declared.element, found.element))
    if isinstance(declared, ir.TupleType) and isinstance(found, ir.TupleType):
        pairs = zip(declared.elements, found.elements, strict=True)
        return ir.TupleType(tuple(_narrower(d, f) for d, f in pairs))
    return declared


def _covers(type_: ir.Type, other: ir.Type) -> bool:
    """Whether all that is known of the first type holds for the second, too."""
    if isinstance(type_, ir.TensorType) and isinstance(other, ir.TensorType):
        if type_.shape is None or other.shape is None:
            return type_.shape is None
        if len(type_.shape) != len(other.shape):
            return False
        return all(d is None or d == e for d, e in zip(type_.shape, other.shape, strict=True))
    if isinstance(type_, ir.ListType) and isinstance(other, ir.ListType):
        return _covers(type_.element, other.element)
    if isinstance(type_, ir.TupleType) and isinstance(other, ir.TupleType):
        return all(map(_covers, type_.elements, other.elements))
    return True


def _inferred(node: ir.Node, inputs: Sequence[ir.Value | None], typing: Typing) -> list[ir.Type]:
    declared = [v.type for v in node.outputs]
    if node.opset:
        return declared
    try:
        found = typing.results(opset()[node.op], inputs, dict(node.attributes))
    except InvalidModelError:
        return declared  # the sizes do not fit: the kernel will say so
    return [_narrower(t, f) for t, f in zip(declared, found, strict=True)]
