"""The text of one node: which values are written, in which order, and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracescript.code import sugar
from tracescript.code.names import is_step, path_text, python_word
from tracescript.code.paths import visible
from tracescript.ir.graph import FunctionRef
from tracescript.ir.literals import string_text
from tracescript.ir.types import StructType
from tracescript.ir.values import Constant
from tracescript.opset.table import opset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracescript.code.layout import Layout
    from tracescript.code.paths import MethodCall, Paths
    from tracescript.code.typing_text import TypeWriter
    from tracescript.ir.graph import Node
    from tracescript.ir.types import Type
    from tracescript.ir.values import Value

OMITTED: Final = "_"
_POWER: Final = ("", " ** ", "")
_MINUS: Final = ("-", "")


@dataclass(frozen=True, slots=True)
class Expression:
    """A written expression; `is_operator` asks for parentheses where it is an operand."""

    text: str
    depth: int = 0
    is_operator: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A node before its operands are written: text pieces around them, in text order."""

    operands: tuple[Value, ...]
    pieces: Sequence[str]
    is_operator: bool = False

    def render(self, parts: Sequence[Expression]) -> Expression:
        """Join the pieces with written operands."""
        texts = [self.pieces[0]]
        for k, part in enumerate(parts):
            protect = part.is_operator and self._is_open(k)
            texts += (f"({part.text})" if protect else part.text, self.pieces[k + 1])
        depth = 1 + max((part.depth for part in parts), default=0)
        return Expression("".join(texts), depth, self.is_operator)

    def _is_open(self, k: int) -> bool:
        """Whether no bracket or comma separates operand k from its neighbours."""
        return self.pieces[k][-1:] not in {"(", "[", "{", "="} and self.pieces[k][-2:] not in {
            ", ",
            ": ",
        }


class Expressions:
    """Plans the nodes of one function."""

    def __init__(
        self,
        layout: Layout,
        types: TypeWriter,
        paths: Paths,
        members: dict[str, str],
        constant: Callable[[Constant], str],
    ) -> None:
        self._layout = layout
        self._types = types
        self._paths = paths
        self._members = members
        self._constant = constant

    def plan(self, node: Node, class_name: str) -> Plan:
        """Return how a node without blocks is written inside a function of a class."""
        if node.opset:
            return self._plain(f"{node.opset}.{node.op}", node)
        method = self._paths.calls.get(node)
        if method is not None:
            return self._method(node, method, class_name)
        if node.op == "call":
            return self._call(node)
        if node.op == "struct.make":
            return self._struct(node) or self._op(node)
        return self._display(node) or self._form(node) or self._op(node)

    def _op(self, node: Node) -> Plan:
        definition = opset().get(node.op)
        head = "ops." + ".".join(python_word(part) for part in node.op.split("."))
        if definition is None or any(v is None for v in node.inputs[len(definition.inputs) :]):
            return self._plain(head, node)
        operands, labels, optional, optional_labels = [], [], [], []
        for k, value in enumerate(node.inputs):
            declared = definition.inputs[min(k, len(definition.inputs) - 1)]
            if not declared.optional:
                operands.append(value)
                labels.append("")
            elif value is not None:
                optional.append(value)
                optional_labels.append(f"{python_word(declared.name)}=")
        present = [v for v in (*operands, *optional) if v is not None]
        return _listed(head, present, labels + optional_labels, self._attributes(node))

    def _plain(self, head: str, node: Node) -> Plan:
        """An op whose definition is not known: every input by position."""
        pieces, text = [], f"{head}("
        for k, value in enumerate(node.inputs):
            text += ", " if k else ""
            if value is None:
                text += OMITTED
            else:
                pieces.append(text)
                text = ""
        tail = self._attributes(node)
        text += (", " if node.inputs and tail else "") + ", ".join(tail) + ")"
        return Plan(tuple(v for v in node.inputs if v is not None), [*pieces, text])

    def _attributes(self, node: Node) -> list[str]:
        return [f"{python_word(name)}={self._attribute(v)}" for name, v in node.attributes]

    def _attribute(self, value: Constant | Type | FunctionRef) -> str:
        if isinstance(value, FunctionRef):
            return string_text(value.name)
        return self._constant(value) if isinstance(value, Constant) else self._types.text(value)

    def _method(self, node: Node, method: MethodCall, class_name: str) -> Plan:
        inputs = method.callee.inputs[: visible(method.callee.inputs)]
        operands = [v for v in node.inputs[: len(inputs)] if v is not None]
        seat = self._layout.seats[method.callee.name]
        short = self._short_call(method.path, seat.class_name, seat.name, class_name)
        if short:
            return _listed(short, operands, [""] * len(operands), [])
        place = path_text(method.path) if method.path else "self"
        head = f"{seat.class_name}.{seat.name}"
        if not operands:
            return Plan((), [f"{head}({place})"])
        plan = _listed(head, operands, [""] * len(operands), [])
        return Plan(plan.operands, [f"{head}({place}, ", *plan.pieces[1:]])

    def _short_call(self, path: str, callee_class: str, name: str, class_name: str) -> str:
        if not path:
            is_own = callee_class == class_name and name not in self._members
            return f"self.{name}" if is_own else ""
        if self._members.get(path) != callee_class or f"{path}.{name}" in self._members:
            return ""
        return path_text(path) if name == "forward" else f"{path_text(path)}.{name}"

    def _call(self, node: Node) -> Plan:
        name = dict(node.attributes)["function"]
        assert isinstance(name, FunctionRef)
        plan = self._plain("call", _without_attributes(node))
        first = f"call({string_text(name.name)}{', ' if node.inputs else ''}"
        return Plan(plan.operands, [first + plan.pieces[0].removeprefix("call("), *plan.pieces[1:]])

    def _struct(self, node: Node) -> Plan | None:
        t = dict(node.attributes).get("type")
        if not isinstance(t, StructType) or len(t.fields) != len(node.inputs):
            return None
        names = [name for name, _ in t.fields]
        if not names or not all(map(is_step, names)) or None in node.inputs:
            return None
        operands = [v for v in node.inputs if v is not None]
        return _listed(self._layout.structs[t], operands, [f"{name}=" for name in names], [])

    def _display(self, node: Node) -> Plan | None:
        brackets = sugar.display(node.op)
        if brackets is None or node.attributes or all(v and v.constant for v in node.inputs):
            return None
        operands = tuple(v for v in node.inputs if v is not None)
        joint = [", "] * (len(operands) - 1)
        if brackets[0] == "{":
            joint = [": " if k % 2 == 0 else ", " for k in range(len(operands) - 1)]
        end = ",)" if brackets == ("(", ")") and len(operands) == 1 else brackets[1]
        return Plan(operands, [brackets[0], *joint, end])

    def _form(self, node: Node) -> Plan | None:
        for form in sugar.forms(node.op):
            plan = self._fitted(form, node)
            if plan is not None:
                return plan
        return None

    def _fitted(self, form: sugar.Form, node: Node) -> Plan | None:
        attributes = dict(node.attributes)
        if form.choice is not None:
            chosen = attributes.pop(form.choice[0], None)
            if not isinstance(chosen, Constant) or chosen.value != form.choice[1]:
                return None
        given = {
            declared.name: value
            for declared, value in zip(form.op.inputs, node.inputs, strict=False)
            if value is not None
        }
        if len(given) + len(attributes) != len(form.slots):
            return None
        kinds = tuple(
            sugar.kind_of(given[slot].type) if slot in given else sugar.ATTRIBUTE
            for slot in form.slots
        )
        if sugar.resolve(form.pieces, kinds) is not form:
            return None
        return self._pieces(form, given, attributes)

    def _pieces(
        self,
        form: sugar.Form,
        given: dict[str, Value],
        attributes: dict[str, Constant | Type | FunctionRef],
    ) -> Plan | None:
        operands = tuple(given[slot] for slot in form.slots if slot in given)
        first = operands[0]
        if (
            form.pieces[1][:1] in {"[", "."}
            and not form.pieces[0]
            and first in self._paths.of_value
        ):
            return None
        if form.pieces == _MINUS and first.constant is not None:
            return None
        texts = [form.pieces[0]]
        for slot, piece in zip(form.slots, form.pieces[1:], strict=True):
            if slot in given:
                texts.append(piece)
                continue
            value = attributes[slot]
            assert isinstance(value, Constant)
            shown = value.value if texts[-1].endswith(".") else self._constant(value)
            if texts[-1].endswith(".") and not is_step(shown):
                return None
            texts[-1] += f"{shown}{piece}"
        if form.pieces == _POWER and first.constant and self._constant(first.constant)[0] == "-":
            texts = ["(", ") ** ", ""]
        is_operator = " " in "".join(form.pieces) or form.pieces == _MINUS
        return Plan(operands, texts, is_operator)


def _without_attributes(node: Node) -> Node:
    return type(node)(node.op, node.inputs, node.outputs)


def _listed(
    head: str, operands: Sequence[Value], labels: Sequence[str], tail: Sequence[str]
) -> Plan:
    pieces = [f"{', ' if k else f'{head}('}{label}" for k, label in enumerate(labels)]
    begin = "" if pieces else f"{head}("
    end = (", " if pieces and tail else "") + ", ".join(tail) + ")"
    return Plan(tuple(operands), [*pieces, begin + end])
