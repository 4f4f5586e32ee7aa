"""Reads calls: ops, structs, functions and methods."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tracescript.code.names import opset_word
from tracescript.code.paths import joined, visible
from tracescript.ir.graph import FunctionRef, Node
from tracescript.ir.values import Value
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.code.heads import Head
    from tracescript.code.nodes import NodeMaker, Wanted
    from tracescript.code.program import Program, Target
    from tracescript.code.scope import Entries, Scope
    from tracescript.ir.graph import Function
    from tracescript.ir.types import StructType, Type
    from tracescript.ir.values import Constant
    from tracescript.opset.table import OpDef


class CallReader:
    """Reads the calls of one function; `value` reads an argument."""

    def __init__(
        self,
        head: Head,
        program: Program,
        maker: NodeMaker,
        entries: Entries,
        value: Callable[[ast.expr, Scope, int], Value],
    ) -> None:
        self._head = head
        self._program = program
        self._maker = maker
        self._entries = entries
        self._value = value

    def op(
        self, node: ast.Call, name: str, scope: Scope, depth: int, wanted: Wanted
    ) -> tuple[Value, ...]:
        """Read `ops.name(...)`."""
        definition = opset().get(name)
        if definition is None:
            return self.foreign(node, "", name, scope, depth, wanted)
        values = [self._value(arg, scope, depth) for arg in node.args]
        optional: dict[str, Value] = {}
        given: dict[str, Any] = {}
        for keyword in node.keywords:
            word = opset_word(str(keyword.arg))
            attribute = definition.attribute(word)
            if attribute is not None:
                given[word] = self._attribute(keyword.value, attribute.kind)
            else:
                optional[word] = self._value(keyword.value, scope, depth)
        inputs = _arranged(definition, values, optional)
        if inputs is None or optional:
            what = f"the inputs of {name} do not match its definition"
            raise self._head.source.fault(node, what, "CODE-15")
        return self._maker.add(node, name, inputs, given, scope, wanted)

    def _attribute(self, node: ast.expr, kind: str) -> Any:
        if kind == "type":
            return self._head.types.read(node)
        if isinstance(node, ast.List) and not node.elts:
            return ()
        found = self._head.literals.read(node)
        if found is None:
            raise self._head.source.fault(node, "an attribute is a literal", "CODE-15")
        if kind == "function" and type(found.value) is str:
            return FunctionRef(found.value)
        return found

    def foreign(
        self, node: ast.Call, opset_name: str, name: str, scope: Scope, depth: int, wanted: Wanted
    ) -> tuple[Value, ...]:
        """Read a call of an op whose definition is not known: its outputs have declared types."""
        inputs = [
            None if isinstance(arg, ast.Name) and arg.id == "_" else self._value(arg, scope, depth)
            for arg in node.args
        ]
        attributes: list[tuple[str, Constant | Type | FunctionRef]] = []
        for keyword in node.keywords:
            literal = self._head.literals.read(keyword.value)
            word = opset_word(str(keyword.arg))
            attributes.append((word, literal or self._head.types.read(keyword.value)))
        types = [wanted.type(k) for k in range(len(wanted.names))]
        outputs = [Value(t, wanted.debug(k)) for k, t in enumerate(types) if t is not None]
        if len(outputs) < len(types):
            what = f"the results of {name} need declared types"
            raise self._head.source.fault(node, what, "CODE-15")
        made = Node(name, tuple(inputs), tuple(outputs), tuple(attributes), opset=opset_name)
        self._maker.append(made, scope)
        return tuple(outputs)

    def struct(
        self, node: ast.Call, struct: StructType, scope: Scope, depth: int, wanted: Wanted
    ) -> tuple[Value, ...]:
        """Read `Out(logits=a, mask=b)`."""
        names = [keyword.arg for keyword in node.keywords]
        if node.args or names != [name for name, _ in struct.fields]:
            what = f"{struct.name} takes its fields by keyword, in order"
            raise self._head.source.fault(node, what, "CODE-15")
        inputs = [self._value(keyword.value, scope, depth) for keyword in node.keywords]
        return self._maker.add(node, "struct.make", inputs, {"type": struct}, scope, wanted)

    def function(
        self, node: ast.Call, target: Target, scope: Scope, depth: int, wanted: Wanted
    ) -> tuple[Value, ...]:
        """Read a call of a function; of a method, what its module holds is filled in."""
        callee = self._program.function(target.name)
        if callee is None:
            what = f"{target.name} is defined nowhere"
            raise self._head.source.fault(node, what, "CODE-15")
        if node.keywords:
            raise self._head.source.fault(node, "a call has arguments by position only", "CODE-15")
        inputs = [self._value(arg, scope, depth) for arg in node.args[target.skipped :]]
        if target.path is None:
            given = {"function": FunctionRef(target.name)}
            return self._maker.add(node, "call", inputs, given, scope, wanted)
        count = visible(callee.inputs)
        if len(inputs) != count:
            what = f"{target.name} takes {count} arguments, found {len(inputs)}"
            raise self._head.source.fault(node, what, "CODE-15")
        return self._method(node, callee, target.path, inputs, scope, wanted)

    def _method(
        self,
        node: ast.Call,
        callee: Function,
        path: str,
        inputs: list[Value],
        scope: Scope,
        wanted: Wanted,
    ) -> tuple[Value, ...]:
        states: dict[str, Type] = {}
        for declared in callee.inputs[len(inputs) :]:
            place = joined(path, declared.name)
            value = scope.states.get(place) if declared.kind == "state" else None
            value = value or self._entries.value(declared.kind, place, declared.type)
            inputs.append(value)
            if declared.kind == "state":
                states[place] = value.type
        given = {"function": FunctionRef(callee.name)}
        hidden = list(states.values())
        outputs = self._maker.add(node, "call", inputs, given, scope, wanted, hidden)
        split = len(outputs) - len(states)
        scope.states.update(zip(states, outputs[split:], strict=True))
        return outputs[:split]


def _arranged(
    op: OpDef, values: list[Value], optional: dict[str, Value]
) -> list[Value | None] | None:
    """Put inputs into declared order; takes what it uses out of `optional`."""
    rest = list(values)
    inputs: list[Value | None] = []
    for declared in op.inputs:
        if declared.variadic:
            inputs += rest
            rest = []
        elif declared.optional:
            inputs.append(optional.pop(declared.name, None))
        elif rest:
            inputs.append(rest.pop(0))
        else:
            return None
    return None if rest else inputs
