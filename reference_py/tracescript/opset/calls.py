"""Checks one call of an op and gives the types of its results. Spec: calls.md."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import InvalidModelError
from tracescript.ir.text import type_text
from tracescript.ir.types import TensorType
from tracescript.opset import attributes as attribute_values
from tracescript.opset import blocks as block_types
from tracescript.opset import faults, shape_rules, signature
from tracescript.opset.knowledge import UNKNOWN, Operand
from tracescript.opset.learning import LEARN
from tracescript.opset.predicates import Evaluator
from tracescript.opset.relations import compatible, join
from tracescript.opset.rule_arguments import resolve
from tracescript.opset.shapes import MismatchError
from tracescript.opset.table import opset
from tracescript.opset.value_rules import VALUE_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tracescript.ir.graph import Block, Function, Node
    from tracescript.ir.types import Dim, Type
    from tracescript.ir.values import Value
    from tracescript.opset.table import OpDef

    Known = Dim | float | tuple[Dim, ...]

_READS_EXTENTS: Final = re.compile(
    r"\b(shapes?|size|numel|can_broadcast|can_matmul|same_size|all_size_one)\("
)


_TYPES: Final[dict[Any, tuple[Type, ...]]] = {}
"""Types of results by op, operands and attributes: graphs repeat themselves and are typed often."""
_MOST_TYPES: Final = 4096


@functools.cache
def _constraint_code(predicate: str) -> str:
    return "BAD_SHAPE" if _READS_EXTENTS.search(predicate) else "BAD_CALL"


class Typing:
    """Types calls, and remembers what is known of values as a graph is walked or built.

    Args:
        function: finds a function of the model by name, for `call`; None if there is none.
    """

    def __init__(self, function: Callable[[str], Function | None] = lambda _: None) -> None:
        self._function = function
        self._known: dict[Value, Known] = {}
        self._items: dict[Value, tuple[Value, ...]] = {}

    def results(
        self,
        op: OpDef,
        inputs: Sequence[Value | None],
        attributes: Mapping[str, Any],
        blocks: Sequence[Block] = (),
    ) -> tuple[Type, ...]:
        """Check a call and return the types of its results.

        Args:
            op: the definition.
            inputs: in declared order, variadic ones spread, None for an omitted optional one.
            attributes: plain values or constants by name; defaults may be missing.
            blocks: of `if` and `loop`.

        Raises:
            InvalidModelError: BAD_CALL, BAD_TYPE or BAD_SHAPE with the rule `OP.<name>.C<n>` or
                GRAPH-40 to GRAPH-46, FLOW-2 to FLOW-10.
        """
        return self.completed(op, inputs, attribute_values.complete(op, attributes), blocks)

    def completed(
        self,
        op: OpDef,
        inputs: Sequence[Value | None],
        values: dict[str, Any],
        blocks: Sequence[Block] = (),
    ) -> tuple[Type, ...]:
        """As `results`, for attributes that are complete."""
        if op.blocks or op.name == "call":
            named = signature.arrange(op, inputs)
            signature.fit(op, named)
            return block_types.results(op, named, values, blocks, self._function)
        if op.shape_rule == "derived" or op.shape_rule in VALUE_RULES:
            return self._computed(op, inputs, values)
        key = (op.name, *map(self._seen, inputs), *values.items())
        found = _TYPES.get(key)
        if found is None:
            found = self._computed(op, inputs, values)
            if len(_TYPES) >= _MOST_TYPES:
                _TYPES.clear()
            _TYPES[key] = found
        return found

    def _seen(self, value: Value | None) -> Any:
        """Return all that the type of a result can depend on: the type, and what is known."""
        if value is None:
            return None
        items = self._items.get(value)
        below = None if items is None else tuple(map(self._seen, items))
        return (value.type, self.known(value), below)

    def _computed(
        self, op: OpDef, inputs: Sequence[Value | None], values: dict[str, Any]
    ) -> tuple[Type, ...]:
        named = signature.arrange(op, inputs)
        scope = signature.fit(op, named)
        names = self._names(named, values)
        self._check(op, names)
        if op.shape_rule in VALUE_RULES:
            arguments = (named.get(a, values.get(a)) for a in op.shape_arguments)
            return VALUE_RULES[op.shape_rule](op, *arguments)
        if op.shape_rule == "derived":
            return self._derived(op, inputs, values, scope)
        shapes = _shapes(op, names)
        return tuple(
            signature.result(o, scope, values, shape)
            for o, shape in zip(op.outputs, shapes, strict=True)
        )

    def _derived(self, op: OpDef, inputs: Any, values: Any, scope: Any) -> tuple[Type, ...]:
        """Return the types that the definition gives; unknown shapes where it cannot say yet."""
        from tracescript.opset.decompose import expansion

        try:
            return tuple(v.type for v in expansion(op, inputs, values, typing=self)[1].results)
        except InvalidModelError as error:
            if error.rule != "NUM-60":
                raise
        return tuple(signature.result(o, scope, values, None) for o in op.outputs)

    def learn(self, node: Node) -> None:
        """Remember what is known of a node's results: sizes, lists of sizes, items of lists."""
        if node.op in {"list.make", "tuple.make"}:
            self._items[node.outputs[0]] = tuple(v for v in node.inputs if v is not None)
        rule = LEARN.get(node.op)
        if rule is None or node.opset:
            return
        known = rule(self, node, attribute_values.complete(opset()[node.op], node.attributes))
        if known is not None:
            self._known[node.outputs[0]] = known

    def known(self, value: Value) -> Known | None:
        """Return what is known of a value: a number or dim, or a tuple of them (None: unknown)."""
        if value.constant is not None:
            held = value.constant.value
            if isinstance(held, tuple):
                return held if all(isinstance(v, int | float) for v in held) else None
            return held if isinstance(held, int | float) else None
        return self._known.get(value)

    def items(self, value: Value) -> tuple[Value, ...] | None:
        """Return the values that a list or tuple was made of, where known."""
        return self._items.get(value)

    def _operand(self, value: Value) -> Operand:
        known = self.known(value)
        if known is None:
            known_or_not: Any = UNKNOWN
        elif isinstance(known, tuple):
            known_or_not = [UNKNOWN if k is None else k for k in known]
        else:
            known_or_not = known
        items = self._items.get(value)
        operands = None if items is None else tuple(self._operand(v) for v in items)
        return Operand(value.type, known_or_not, operands)

    def _names(self, named: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Return the scope of a call's expressions: operands and attributes by name."""
        names: dict[str, Any] = dict(values)
        for name, value in named.items():
            if isinstance(value, tuple):
                names[name] = tuple(self._operand(v) for v in value)
            else:
                names[name] = None if value is None else self._operand(value)
        return names

    def _check(self, op: OpDef, names: dict[str, Any]) -> None:
        for number, text, predicate in op.constraints:
            if predicate and Evaluator(names).value(predicate) is False:
                what = f"{text} Found {_found(names)}"
                raise faults.constraint(op.name, number, what, code=_constraint_code(predicate))


def _shapes(op: OpDef, names: dict[str, Any]) -> list[Any]:
    """Return the shape of each output of an op."""
    try:
        arguments = [resolve(op.shape_rule, a, names) for a in op.shape_arguments]
        if op.shape_rule == "argument" and _has_unknown_shape(op, arguments):
            return [None] * len(op.outputs)
        made = shape_rules.infer(op.shape_rule, arguments)
    except MismatchError as mismatch:
        raise faults.fault(
            op.name, str(mismatch), code="BAD_SHAPE", rule=_shape_rule_id(op)
        ) from None
    shapes = made if isinstance(made, list) else [made] * len(op.outputs)
    return [_possible(shape) for shape in shapes]


def _possible(shape: Any) -> Any:
    """Return a shape without impossible extents: the call traps there when it runs."""
    if not isinstance(shape, tuple):
        return shape
    return tuple(None if isinstance(n, int) and n < 0 else n for n in shape)


def _has_unknown_shape(op: OpDef, arguments: list[Any]) -> bool:
    """Return whether a part of a result's shape is a list of extents of unknown length."""
    return any(
        value is UNKNOWN and text.startswith(("shape(", "["))
        for text, value in zip(op.shape_arguments, arguments, strict=True)
    )


def _shape_rule_id(op: OpDef) -> str:
    """Return the constraint on shapes that the op names first, else the general rule.

    A constraint without an expression is one that the shape rule checks.
    """
    for number, _, predicate in op.constraints:
        if not predicate or _READS_EXTENTS.search(predicate):
            return f"OP.{op.name}.{number}"
    return faults.SHAPE


def _found(names: dict[str, Any]) -> str:
    """Describe the operands of a call for an error text."""
    parts = []
    for name, value in names.items():
        if isinstance(value, Operand):
            shown = type_text(value.type)
            is_known = value.known is not UNKNOWN and not isinstance(value.type, TensorType)
            parts.append(f"{name}: {shown}" + (f" = {value.known}" if is_known else ""))
        elif not isinstance(value, tuple):
            parts.append(f"{name} = {value}")
    return ", ".join(parts)


__all__ = ["Typing", "compatible", "join"]
