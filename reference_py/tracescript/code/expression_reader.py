"""Reads expressions: each operator, call and display becomes one node after its operands."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from tracescript.code import sugar
from tracescript.code.constants import content
from tracescript.code.heads import path_steps
from tracescript.code.names import is_numbered, opset_word
from tracescript.code.paths import joined, visible
from tracescript.errors import InvalidModelError
from tracescript.ir.graph import FunctionRef, Node
from tracescript.ir.types import StructType
from tracescript.ir.values import Constant, Value
from tracescript.opset import attributes as attribute_values
from tracescript.opset.relations import compatible
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracescript.code.heads import Head
    from tracescript.code.program import Program
    from tracescript.code.scope import Entries, Scope
    from tracescript.ir.types import Type
    from tracescript.opset.calls import Typing
    from tracescript.opset.table import OpDef

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


class Wanted:
    """Names and declared types for the outputs of the node that ends a statement."""

    def __init__(self, names: Sequence[str] = (), types: Mapping[str, Type] | None = None) -> None:
        self.names = tuple(names)
        self.types = types or {}

    def type(self, k: int) -> Type | None:
        """Return the declared type of output k."""
        return self.types.get(self.names[k]) if k < len(self.names) else None

    def debug(self, k: int) -> str:
        """Return the debug name that output k gets."""
        name = self.names[k] if k < len(self.names) else ""
        return "" if is_numbered(name) else name


NOTHING: Final = Wanted()


class ExpressionReader:
    """Reads the expressions of one function into nodes."""

    def __init__(self, head: Head, program: Program, typing: Typing, entries: Entries) -> None:
        self._head = head
        self._program = program
        self._typing = typing
        self._entries = entries
        self._constants: dict[Any, Value] = {}

    def value(self, node: ast.expr, scope: Scope, depth: int = 0, wanted: Wanted = NOTHING) -> Value:
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
            return (self.constant(constant),)
        read = getattr(self, f"_read_{type(node).__name__}", None)
        if read is None:
            what = f"{type(node).__name__} is no expression of the code language"
            raise self._head.source.fault(node, what, "CODE-7")
        found: tuple[Value, ...] = read(node, scope, depth + 1, wanted)
        return found

    def constant(self, constant: Constant) -> Value:
        """Return the function's one value for a constant."""
        return self._constants.setdefault(
            content(constant), Value(constant.type, "", constant)
        )

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
            if isinstance(operator, ast.Is) and isinstance(right, ast.Constant) and right.value is None:
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
        return self._node(node, "list.make", inputs, {}, scope, wanted)

    def _read_Tuple(self, node: ast.Tuple, scope: Scope, depth: int, wanted: Wanted) -> Any:
        inputs = [self.value(item, scope, depth) for item in node.elts]
        return self._node(node, "tuple.make", inputs, {}, scope, wanted)

    def _read_Dict(self, node: ast.Dict, scope: Scope, depth: int, wanted: Wanted) -> Any:
        inputs = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise self._head.source.fault(node, "no double star", "CODE-7")
            inputs += [self.value(key, scope, depth), self.value(value, scope, depth)]
        return self._node(node, "dict.make", inputs, {}, scope, wanted)

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
        return self._node(node, form.op.name, inputs, given, scope, wanted)

    # ---------------------------------------------------------------- calls
    def _read_Call(self, node: ast.Call, scope: Scope, depth: int, wanted: Wanted) -> Any:
        if any(isinstance(arg, ast.Starred) for arg in node.args) or any(
            keyword.arg is None for keyword in node.keywords
        ):
            raise self._head.source.fault(node, "no star-arguments", "CODE-7")
        target = self._program.target(node, self._head)
        if target is not None:
            return self._call(node, target, scope, depth, wanted)
        if isinstance(node.func, ast.Name):
            struct = self._program.struct(node.func.id)
            if struct is not None:
                return self._struct(node, struct, scope, depth, wanted)
            operands = [*node.args, *(keyword.value for keyword in node.keywords)]
            pieces = (f"{node.func.id}(", ")")
            if len(node.args) == 1 == len(operands) and sugar.is_form(pieces):
                return self._form(node, pieces, operands, scope, depth, wanted)
        steps = path_steps(node.func)
        if steps and steps[1] and isinstance(node.func, ast.Attribute):
            if steps[0] == "ops":
                name = ".".join(opset_word(step) for step in steps[1])
                return self._op(node, name, scope, depth, wanted)
            if steps[0] != "self":
                path = ".".join([steps[0], *steps[1][:-1]])
                return self._foreign(node, path, steps[1][-1], scope, depth, wanted)
        what = f"{ast.unparse(node.func)} names no op, method, struct or function"
        raise self._head.source.fault(node, what, "CODE-15")

    def _op(self, node: ast.Call, name: str, scope: Scope, depth: int, wanted: Wanted) -> Any:
        definition = opset().get(name)
        if definition is None:
            return self._foreign(node, "", name, scope, depth, wanted)
        values = [self.value(arg, scope, depth) for arg in node.args]
        optional: dict[str, Value] = {}
        given: dict[str, Any] = {}
        for keyword in node.keywords:
            word = opset_word(str(keyword.arg))
            attribute = definition.attribute(word)
            if word in optional or word in given:
                raise self._head.source.fault(keyword, f"{word} is given twice", "CODE-15")
            if attribute is not None:
                given[word] = self._attribute(keyword.value, attribute.kind)
            else:
                optional[word] = self.value(keyword.value, scope, depth)
        inputs = _arranged(definition, values, optional)
        if inputs is None or optional:
            what = f"the inputs of {name} do not match its definition"
            raise self._head.source.fault(node, what, "CODE-15")
        return self._node(node, name, inputs, given, scope, wanted)

    def _attribute(self, node: ast.expr, kind: str) -> Any:
        if kind == "type":
            return self._head.types.read(node)
        if isinstance(node, ast.List) and not node.elts:
            return ()
        found = self._head.literals.read(node)
        if kind == "function" and found is not None and type(found.value) is str:
            return FunctionRef(found.value)
        if found is None:
            raise self._head.source.fault(node, "an attribute is a literal", "CODE-15")
        return found

    def _foreign(
        self, node: ast.Call, path: str, name: str, scope: Scope, depth: int, wanted: Wanted
    ) -> tuple[Value, ...]:
        """Read a call of an op whose definition is not known: outputs have declared types."""
        inputs = [
            None
            if isinstance(arg, ast.Name) and arg.id == "_"
            else self.value(arg, scope, depth)
            for arg in node.args
        ]
        attributes: list[tuple[str, Constant | Type | FunctionRef]] = []
        for keyword in node.keywords:
            literal = self._head.literals.read(keyword.value)
            word = opset_word(str(keyword.arg))
            attributes.append((word, literal or self._head.types.read(keyword.value)))
        declared = [wanted.type(k) for k in range(len(wanted.names))]
        types = [t for t in declared if t is not None]
        if len(types) < len(declared):
            what = f"the results of {path}.{name} need declared types"
            raise self._head.source.fault(node, what, "CODE-15")
        outputs = tuple(Value(t, wanted.debug(k)) for k, t in enumerate(types))
        scope.nodes.append(Node(name, tuple(inputs), outputs, tuple(attributes), opset=path))
        return outputs

    def _struct(
        self, node: ast.Call, struct: StructType, scope: Scope, depth: int, wanted: Wanted
    ) -> tuple[Value, ...]:
        names = [keyword.arg for keyword in node.keywords]
        if node.args or names != [name for name, _ in struct.fields]:
            what = f"{struct.name} takes its fields by keyword, in order"
            raise self._head.source.fault(node, what, "CODE-15")
        inputs = [self.value(keyword.value, scope, depth) for keyword in node.keywords]
        return self._node(node, "struct.make", inputs, {"type": struct}, scope, wanted)

    def _call(self, node: ast.Call, target: Any, scope: Scope, depth: int, wanted: Wanted) -> Any:
        callee = self._program.function(target.name)
        if callee is None:
            what = f"{target.name} is defined nowhere before, or calls itself"
            raise self._head.source.fault(node, what, "CODE-15")
        if node.keywords:
            raise self._head.source.fault(node, "a call has arguments by position only", "CODE-15")
        inputs = [self.value(arg, scope, depth) for arg in node.args[target.skipped :]]
        given = {"function": FunctionRef(target.name)}
        if target.path is None:
            return self._node(node, "call", inputs, given, scope, wanted)
        count = visible(callee.inputs)
        if len(inputs) != count:
            what = f"{target.name} takes {count} arguments, found {len(inputs)}"
            raise self._head.source.fault(node, what, "CODE-15")
        states: list[str] = []
        for declared in callee.inputs[count:]:
            path = joined(target.path, declared.name)
            if declared.kind == "state":
                states.append(path)
            current = scope.states.get(path) if declared.kind == "state" else None
            inputs.append(current or self._entries.value(declared.kind, path, declared.type))
        types = [value.type for value in inputs[len(inputs) - len(states) :]]
        outputs = self._node(node, "call", inputs, given, scope, wanted, hidden=types if states else [])
        split = len(outputs) - len(states)
        scope.states.update(zip(states, outputs[split:], strict=True))
        return outputs[:split]

    def _node(
        self,
        node: ast.expr,
        op: str,
        inputs: Sequence[Value | None],
        given: dict[str, Any],
        scope: Scope,
        wanted: Wanted,
        hidden: Sequence[Type] = (),
    ) -> tuple[Value, ...]:
        """Append a node; its last outputs have the types `hidden`."""
        definition = opset()[op]
        try:
            values = attribute_values.complete(definition, given)
            types = list(self._typing.results(definition, inputs, values))
        except InvalidModelError as error:
            what = f"{error.what} [{error.rule}]"
            raise self._head.source.fault(node, what, "CODE-15", error.hint) from error
        types[len(types) - len(hidden) :] = hidden
        outputs = []
        for k, inferred in enumerate(types):
            declared = wanted.type(k)
            if declared is not None and not compatible(declared, inferred):
                raise self._head.source.fault(node, "the declared type does not fit", "CODE-24")
            outputs.append(Value(declared or inferred, wanted.debug(k)))
        held = attribute_values.constants_of(definition, values)
        made = Node(op, tuple(inputs), tuple(outputs), held)
        self._typing.learn(made)
        scope.nodes.append(made)
        return tuple(outputs)


def _arranged(
    op: OpDef, values: list[Value], optional: dict[str, Value]
) -> list[Value | None] | None:
    """Put inputs into declared order; takes what it uses out of `optional`."""
    rest, inputs = list(values), []
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


