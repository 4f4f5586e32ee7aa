"""Truth, `and`, `or`, `not`, and the ternary."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.containers.choices import choose
from tracescript.producer.script.containers.mixed import each, is_mixed
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import Empty, Items, Known, OneOf, Series, Struct
from tracescript.producer.script.expressions.operators import (
    NUMBERS,
    fold,
    optional_hint,
    plain_number,
    scalar_kind,
    to_number,
)
from tracescript.producer.script.expressions.own_operators import own_length, own_unary, special
from tracescript.producer.script.expressions.tensors import unary as tensor_unary
from tracescript.producer.script.flow.assigned import noted
from tracescript.producer.script.flow.branches import branch, refine

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry


@expression(ast.UnaryOp)
def unaryop(e: Emitter, node: ast.UnaryOp) -> Entry:
    """`-a`, `+a`, `~a`, `not a`."""
    if isinstance(node.op, ast.Not):
        return negated(e, condition(e, node.operand))
    return unary(e, type(node.op), e.expr(node.operand))


def unary(e: Emitter, kind: type[ast.unaryop], operand: Entry) -> Entry:
    """`-`, `+` or `~` of an entry."""
    operand = plain_number(e, operand)
    python: Any = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}[
        kind
    ]
    folded = fold(e, python, operand)
    if folded is not None:
        return folded
    if is_mixed(e, operand):
        return each(e, lambda part: unary(e, kind, part), operand)
    if is_tensor(operand) or e.session.holds_array(operand):
        return tensor_unary(
            e, {ast.USub: "neg", ast.UAdd: "", ast.Invert: "bitwise_not"}[kind], operand
        )
    own = own_unary(e, kind, operand)
    if own is not None:
        return own
    if not is_scalar(operand, *NUMBERS):
        raise e.error(
            None,
            f"no number or tensor: {e.describe(operand)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=optional_hint(operand),
        )
    value = e.value(operand)
    if scalar_kind(value) is ScalarKind.FLOAT and kind is not ast.Invert:
        return e.op("float.neg", [value]) if kind is ast.USub else value
    value = to_number(e, value, ScalarKind.INT)
    if kind is ast.Invert:
        return e.op("int.bits", [value, e.constant(-1)], {"operation": "xor"})
    return e.op("int.neg", [value]) if kind is ast.USub else value


def negated(e: Emitter, value: Value) -> Value:
    """`not` of a bool."""
    if value.constant is not None:
        return e.constant(not value.constant.value)
    return e.op("bool.not", [value])


def truth(e: Emitter, entry: Entry) -> Value:
    """Python's truth of an entry as a bool value."""
    if is_scalar(entry, ScalarKind.BOOL):
        return e.value(entry)
    if isinstance(entry, OneOf):
        return e.value(choose(e, entry, lambda part: truth(e, part)))
    folded = fold(e, bool, entry)
    if isinstance(folded, Value):
        return folded
    if isinstance(entry, Items):
        return e.constant(bool(entry.parts))
    if isinstance(entry, Empty) or is_none(entry):
        return e.constant(False)
    if isinstance(entry, Known) and not e.session.holds_array(entry):
        return e.constant(bool(entry.value))
    if isinstance(entry, Struct):
        return _truth_of_record(e, entry)
    if isinstance(entry, Series) and (entry.what == "range" or entry.is_view):
        if entry.parts is not None or entry.trip is None:
            return e.constant(bool(entry.parts))
        return e.op("int.cmp", [entry.trip, e.constant(0)], {"relation": "gt"})
    if not isinstance(entry, Value) and not isinstance(entry, Known):
        return e.constant(True)
    return _truth_of_value(e, e.value(entry))


def _truth_of_record(e: Emitter, entry: Struct) -> Value:
    """What its `__bool__` or `__len__` says; of a tuple and of `**kwargs`, whether it is empty."""
    own = special(e, entry, "bool")
    own = own_length(e, entry) if own is None else own
    if own is not None:
        return truth(e, own)
    return e.constant(bool(entry.fields) or not issubclass(entry.cls, tuple | dict))


def _truth_of_value(e: Emitter, value: Value) -> Value:
    kind = value.type
    if isinstance(kind, TensorType):
        return e.op("item_bool", [value])
    if isinstance(kind, OptionalType):
        present = negated(e, e.op("is_none", [value]))
        arms = (lambda: truth(e, e.unwrap(value)), lambda: e.constant(False))
        return e.value(branch(e, present, arms))
    if isinstance(kind, ListType | DictType):
        name = "list.len" if isinstance(kind, ListType) else "dict.len"
        return e.op("int.cmp", [e.op(name, [value]), e.constant(0)], {"relation": "ne"})
    if isinstance(kind, TupleType):
        return e.constant(bool(kind.elements))
    scalar = scalar_kind(value)
    if scalar is ScalarKind.INT:
        return e.op("int.cmp", [value, e.constant(0)], {"relation": "ne"})
    if scalar is ScalarKind.FLOAT:
        return e.op("float.cmp", [value, e.constant(0.0)], {"relation": "ne"})
    if scalar is ScalarKind.STR:
        return e.op("str.cmp", [value, e.constant("")], {"relation": "ne"})
    raise e.error(
        None, f"{e.describe(value)} has no truth value here", code="TYPE_INFERENCE", rule="SCRIPT-4"
    )


def condition(e: Emitter, node: ast.expr) -> Value:
    """Compile a test to a bool value; `and`, `or` and `not` need no common type here."""
    with e.looking_at(node):
        if isinstance(node, ast.BoolOp):
            is_and = isinstance(node.op, ast.And)
            return _all_of(e, node.values, is_and=is_and)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return negated(e, condition(e, node.operand))
        return truth(e, e.expr(node))


def _all_of(e: Emitter, parts: list[ast.expr], *, is_and: bool) -> Value:
    first = condition(e, parts[0])
    if len(parts) == 1:
        return first
    if first.constant is not None:
        return (
            _all_of(e, parts[1:], is_and=is_and) if bool(first.constant.value) == is_and else first
        )

    def rest() -> Entry:
        refine(e, parts[0], is_and)
        return _all_of(e, parts[1:], is_and=is_and)

    def settled() -> Entry:
        return e.constant(not is_and)

    ran, left = noted(e, parts, rest, settled)
    return e.value(branch(e, first, (ran, left) if is_and else (left, ran)))


@expression(ast.BoolOp)
def boolop(e: Emitter, node: ast.BoolOp) -> Entry:
    """`a and b`, `a or b`: the operand that decides, the others not evaluated."""
    is_and = isinstance(node.op, ast.And)

    def values(parts: list[ast.expr]) -> Entry:
        first = e.expr(parts[0])
        if len(parts) == 1:
            return first
        with e.looking_at(parts[0]):
            test = truth(e, first)
        if test.constant is not None:
            return values(parts[1:]) if bool(test.constant.value) == is_and else first

        def rest() -> Entry:
            refine(e, parts[0], is_and)
            return values(parts[1:])

        def keep() -> Entry:
            is_optional = isinstance(first, Value) and isinstance(first.type, OptionalType)
            return (
                e.unwrap(first)
                if is_optional and not is_and and isinstance(first, Value)
                else first
            )

        ran, left = noted(e, parts, rest, keep)
        return branch(e, test, (ran, left) if is_and else (left, ran))

    return values(node.values)


@expression(ast.IfExp)
def ternary(e: Emitter, node: ast.IfExp) -> Entry:
    """`a if test else b`."""
    test = condition(e, node.test)
    if test.constant is not None:
        return e.expr(node.body if test.constant.value else node.orelse)

    def arm(part: ast.expr, holds: bool) -> Callable[[], Entry]:
        def run() -> Entry:
            refine(e, node.test, holds)
            return e.expr(part)

        return run

    return branch(e, test, (arm(node.body, True), arm(node.orelse, False)))
