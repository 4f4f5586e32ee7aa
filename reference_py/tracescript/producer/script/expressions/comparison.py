"""Comparisons, `is` and `in`."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import (
    DataType,
    OptionalType,
    ScalarKind,
    ScalarType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.aliasing.flight import Flight
from tracescript.producer.script.aliasing.identity import is_same_tensor
from tracescript.producer.script.containers.choices import matches, number_of, type_needed
from tracescript.producer.script.containers.edges import as_record
from tracescript.producer.script.containers.mixed import each, is_mixed
from tracescript.producer.script.emitter.core import expression
from tracescript.producer.script.emitter.diagnostics import is_none, is_scalar
from tracescript.producer.script.emitter.entries import (
    Known,
    OneOf,
    Struct,
    constant_of,
)
from tracescript.producer.script.emitter.objects import data_type_of_object
from tracescript.producer.script.expressions.logic import negated, truth
from tracescript.producer.script.expressions.operators import (
    NUMBERS,
    fold,
    has_tensor,
    optional_hint,
    plain_number,
    scalar_kind,
    to_number,
)
from tracescript.producer.script.expressions.own_operators import own_comparison
from tracescript.producer.script.expressions.tensors import binary as tensor_binary
from tracescript.producer.script.flow.branches import branch

if TYPE_CHECKING:
    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_COMPARE: dict[type[ast.cmpop], tuple[str, Any]] = {
    ast.Eq: ("eq", operator.eq),
    ast.NotEq: ("ne", operator.ne),
    ast.Lt: ("lt", operator.lt),
    ast.LtE: ("le", operator.le),
    ast.Gt: ("gt", operator.gt),
    ast.GtE: ("ge", operator.ge),
}


_PLAIN = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT, ScalarKind.STR)


@expression(ast.Compare)
def compare_chain(e: Emitter, node: ast.Compare) -> Entry:
    """`a < b < c`: the middle once, the rest only if the first holds."""
    sides = [node.left, *node.comparators]

    def chain(left: Entry, k: int) -> Entry:
        flight = Flight(e)
        flight.add(left, sides[k])
        right = _comparand(e, node.ops[k], sides[k + 1])
        flight.check()
        found = compare(e, node.ops[k], flight.now(left), right)
        if k + 1 == len(node.ops):
            return found
        test = truth(e, found)
        if test.constant is not None:
            return chain(right, k + 1) if test.constant.value else test
        return branch(e, test, (lambda: truth(e, chain(right, k + 1)), lambda: e.constant(False)))

    return chain(e.expr(node.left), 0)


def _comparand(e: Emitter, op: ast.cmpop, node: ast.expr) -> Entry:
    """The right side; after `in` a set display is as good as a tuple."""
    if isinstance(op, ast.In | ast.NotIn) and isinstance(node, ast.Set):
        node = ast.copy_location(ast.Tuple(node.elts, ast.Load()), node)
    return e.expr(node)


def compare(e: Emitter, op: ast.cmpop, left: Entry, right: Entry) -> Entry:
    """Compile one comparison."""
    if isinstance(op, ast.Is | ast.IsNot):
        same = identical(e, left, right)
        return negated(e, same) if isinstance(op, ast.IsNot) else same
    if isinstance(op, ast.In | ast.NotIn):
        from tracescript.producer.script.expressions.membership import contains

        found = contains(e, right, left)
        return negated(e, found) if isinstance(op, ast.NotIn) else found
    relation, python = _COMPARE[type(op)]
    return related(e, relation, python, left, right)


def related(e: Emitter, relation: str, python: Any, left: Entry, right: Entry) -> Entry:
    """`==`, `<` and the like on two entries."""
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        return _of_choice(e, relation, python, left, right)
    left, right = plain_number(e, left), plain_number(e, right)
    folded = fold(e, python, left, right)
    if folded is not None:
        return folded
    if has_tensor(e, left, right):
        return tensor_binary(e, relation, left, right)
    if is_scalar(left, *NUMBERS) and is_scalar(right, *NUMBERS):
        return _compare_numbers(e, relation, e.value(left), e.value(right))
    if is_scalar(left, ScalarKind.STR) and is_scalar(right, ScalarKind.STR):
        return e.op("str.cmp", [e.value(left), e.value(right)], {"relation": relation})
    from tracescript.producer.script.containers.equality import equal
    from tracescript.producer.script.containers.orders import ordered
    from tracescript.producer.script.containers.views import compared

    instead = compared(e, relation, left, right)
    if instead is not None:
        return related(e, relation, python, *instead)
    left, right = as_record(e, left) or left, as_record(e, right) or right
    own = own_comparison(e, relation, left, right)
    if own is None and relation == "ne":
        same = own_comparison(e, "eq", left, right)
        own = None if same is None else negated(e, truth(e, same))
    if own is not None:
        return own
    if relation in {"eq", "ne"}:
        same = _with_none(e, left, right) or equal(e, left, right)
        if same is not None:
            return negated(e, same) if relation == "ne" else same
    elif (found := ordered(e, relation, python, left, right)) is not None:
        return found
    hint = optional_hint(left, right) or "both sides must have one type"
    if isinstance(left, Struct) and isinstance(right, Struct) and left.cls is right.cls:
        hint = f"define __{relation}__ in {left.cls.__qualname__}"
    raise e.error(
        None,
        f"cannot compare {e.describe(left)} with {e.describe(right)}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint=hint,
    )


def _with_none(e: Emitter, left: Entry, right: Entry) -> Value | None:
    """`==` where one side may be None and the other is a scalar; None for other sides."""
    if isinstance(right, Value) and isinstance(right.type, OptionalType):
        left, right = right, left
    if not isinstance(left, Value) or not isinstance(left.type, OptionalType):
        return None
    if not isinstance(left.type.element, ScalarType) or not is_scalar(right, *_PLAIN):
        return None
    found = left

    def compared() -> Entry:
        return truth(e, related(e, "eq", operator.eq, e.unwrap(found, is_proved=True), right))

    return e.value(branch(e, e.op("is_none", [left]), (lambda: e.constant(False), compared)))


def _of_choice(e: Emitter, relation: str, python: Any, left: Entry, right: Entry) -> Entry:
    """A comparison with what is one of several."""
    plain = [number_of(e, x) if isinstance(x, OneOf) else x for x in (left, right)]
    if not any(isinstance(x, OneOf) for x in plain):
        return related(e, relation, python, *plain)
    if any(is_mixed(e, x) for x in plain):
        return each(e, lambda a, b: related(e, relation, python, a, b), *plain)
    if relation not in {"eq", "ne"}:
        raise type_needed(e, next(x for x in plain if isinstance(x, OneOf)))
    found = matches(e, left, right, lambda a, b: related(e, "eq", operator.eq, a, b))
    return negated(e, truth(e, found)) if relation == "ne" else found


def _compare_numbers(e: Emitter, relation: str, a: Value, b: Value) -> Value:
    """Compare two numbers by their exact values."""
    kinds = {scalar_kind(a), scalar_kind(b)}
    if ScalarKind.FLOAT not in kinds:
        ints = [to_number(e, a, ScalarKind.INT), to_number(e, b, ScalarKind.INT)]
        return e.op("int.cmp", ints, {"relation": relation})
    floats = [to_number(e, a, ScalarKind.FLOAT), to_number(e, b, ScalarKind.FLOAT)]
    if kinds == {ScalarKind.INT, ScalarKind.FLOAT} and not (_is_small(a) or _is_small(b)):
        return _compare_exactly(e, relation, (a, b), floats)
    return e.op("float.cmp", floats, {"relation": relation})


def _is_small(value: Value) -> bool:
    """Whether a constant is so small that the other side's rounding to float changes nothing."""
    return value.constant is not None and abs(value.constant.value) < 2**53


def _compare_exactly(
    e: Emitter, relation: str, pair: tuple[Value, Value], floats: list[Value]
) -> Value:
    """Compare an int with a float: where they are equal as floats, as ints."""
    same = e.op("float.cmp", floats, {"relation": "eq"})
    largest = e.op("float.cmp", [floats[0], e.constant(2.0**63)], {"relation": "ge"})
    is_int_first = scalar_kind(pair[0]) is ScalarKind.INT

    def at_the_end() -> Entry:
        smaller = {"lt", "le", "ne"} if is_int_first else {"gt", "ge", "ne"}
        return e.constant(relation in smaller)

    def as_ints() -> Entry:
        ints = [to_number(e, v, ScalarKind.INT) for v in pair]
        return e.op("int.cmp", ints, {"relation": relation})

    def equal_floats() -> Entry:
        return branch(e, largest, (at_the_end, as_ints))

    def different_floats() -> Entry:
        return e.op("float.cmp", floats, {"relation": relation})

    return e.value(branch(e, same, (equal_floats, different_floats)))


def identical(e: Emitter, left: Entry, right: Entry) -> Value:
    """`is`: of None, bools, and objects known at compile time."""
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        return truth(e, matches(e, left, right, lambda a, b: identical(e, a, b)))
    if is_none(left):
        left, right = right, left
    if is_none(right):
        if isinstance(left, Value) and isinstance(left.type, OptionalType):
            return e.op("is_none", [left])
        return e.constant(is_none(left))
    if any(isinstance(x, Known) and x.value is NotImplemented for x in (left, right)):
        return e.constant(
            isinstance(left, Known) and isinstance(right, Known) and left.value is right.value
        )
    if isinstance(left, Known) and isinstance(right, Known):
        same = same_data_type(e, left, right)
        return e.constant(left.value is right.value if same is None else same)
    if is_scalar(left, ScalarKind.BOOL) and is_scalar(right, ScalarKind.BOOL):
        return e.value(related(e, "eq", operator.eq, left, right))
    if isinstance(right, Value) and isinstance(right.type, OptionalType):
        left, right = right, left
    if isinstance(left, Value) and left.type == OptionalType(ScalarType(ScalarKind.BOOL)):
        arms = (
            lambda: e.constant(False),
            lambda: identical(e, e.unwrap(left, is_proved=True), right),
        )
        return e.value(branch(e, e.op("is_none", [left]), arms))
    same_tensor = is_same_tensor(e, left, right)
    if same_tensor is not None:
        return e.constant(same_tensor)
    raise e.error(
        None, "`is` compares with None, bools and objects known at compile time only", hint="use =="
    )


def same_data_type(e: Emitter, left: Entry, right: Entry) -> bool | None:
    """Whether two objects mean one data type; None where neither is that of a tensor."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Known) and isinstance(one.value, DataType):
            plain = constant_of(other)[1]
            is_other = isinstance(plain, type | str) and e.frame.flavour == "torch"
            return not is_other and one.value is data_type_of_object(plain)
    return None
