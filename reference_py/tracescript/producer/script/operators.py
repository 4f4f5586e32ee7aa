"""Arithmetic, comparison and logic; exact Python numbers, tensors through the opset."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from tracescript.ir.types import (
    DictType,
    ListType,
    OptionalType,
    ScalarKind,
    ScalarType,
    TensorType,
    TupleType,
)
from tracescript.ir.values import Value
from tracescript.producer.script.core import INT64, expression, is_none, is_scalar, is_tensor
from tracescript.producer.script.entries import Empty, Items, Known, Struct, constant_of
from tracescript.producer.script.flow import branch, refine
from tracescript.producer.script.tensors import binary as tensor_binary
from tracescript.producer.script.tensors import unary as tensor_unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.core import Emitter
    from tracescript.producer.script.entries import Entry

NUMBERS = (ScalarKind.BOOL, ScalarKind.INT, ScalarKind.FLOAT)

# ast class: symbol, Python's function, int op with attributes, operation of float.arith, tensor op
_BINARY: dict[type[ast.operator], tuple[str, Any, tuple[str, dict[str, Any]] | None, str, str]] = {
    ast.Add: ("+", operator.add, ("int.add", {}), "add", "add"),
    ast.Sub: ("-", operator.sub, ("int.sub", {}), "sub", "sub"),
    ast.Mult: ("*", operator.mul, ("int.mul", {}), "mul", "mul"),
    ast.Div: ("/", operator.truediv, ("int.truediv", {}), "div", "div"),
    ast.FloorDiv: ("//", operator.floordiv, ("int.floordiv", {}), "floordiv", "floor_divide"),
    ast.Mod: ("%", operator.mod, ("int.mod", {}), "mod", "remainder"),
    ast.Pow: ("**", operator.pow, ("int.pow", {}), "pow", "pow"),
    ast.BitAnd: ("&", operator.and_, ("int.bits", {"operation": "and"}), "", "bitwise_and"),
    ast.BitOr: ("|", operator.or_, ("int.bits", {"operation": "or"}), "", "bitwise_or"),
    ast.BitXor: ("^", operator.xor, ("int.bits", {"operation": "xor"}), "", "bitwise_xor"),
    ast.LShift: (
        "<<",
        operator.lshift,
        ("int.bits", {"operation": "shl"}),
        "",
        "bitwise_left_shift",
    ),
    ast.RShift: (
        ">>",
        operator.rshift,
        ("int.bits", {"operation": "shr"}),
        "",
        "bitwise_right_shift",
    ),
    ast.MatMult: ("@", operator.matmul, None, "", "matmul"),
}
_COMPARE: dict[type[ast.cmpop], tuple[str, Any]] = {
    ast.Eq: ("eq", operator.eq),
    ast.NotEq: ("ne", operator.ne),
    ast.Lt: ("lt", operator.lt),
    ast.LtE: ("le", operator.le),
    ast.Gt: ("gt", operator.gt),
    ast.GtE: ("ge", operator.ge),
}


@expression(ast.BinOp)
def binop(e: Emitter, node: ast.BinOp) -> Entry:
    """`a + b` and the other binary operators."""
    left, right = e.expr(node.left), e.expr(node.right)
    return binary(e, type(node.op), left, right)


def binary(e: Emitter, kind: type[ast.operator], left: Entry, right: Entry) -> Entry:
    """Compile a binary operator on two entries."""
    symbol, python, int_op, float_operation, tensor_op = _BINARY[kind]
    folded = fold(e, python, left, right)
    if folded is not None:
        return folded
    if (
        is_tensor(left)
        or is_tensor(right)
        or e.session.holds_array(left)
        or e.session.holds_array(right)
    ):
        return tensor_binary(e, tensor_op, left, right)
    if is_scalar(left, *NUMBERS) and is_scalar(right, *NUMBERS):
        return _numbers(e, kind, e.value(left), e.value(right), int_op, float_operation)
    made = _sequences(e, kind, left, right)
    if made is None:
        raise e.error(
            None,
            f"`{symbol}` has no meaning for {e.describe(left)} and {e.describe(right)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=_optional_hint(left, right),
        )
    return made


def _optional_hint(*entries: Entry) -> str:
    optional = any(isinstance(x, Value) and isinstance(x.type, OptionalType) for x in entries)
    return "exclude None first: `if x is not None:`" if optional else ""


def fold(e: Emitter, function: Callable[..., Any], *entries: Entry) -> Entry | None:
    """Compute with known plain values; None where they are not known or Python would raise."""
    found = [constant_of(x) for x in entries]
    values = [v for _, v in found]
    if not all(known and isinstance(v, bool | int | float | str) for known, v in found):
        return None
    try:
        result = function(*values)
    except (ArithmeticError, ValueError, TypeError):
        return None
    if isinstance(result, int) and result not in INT64:
        return None
    return e.constant(result) if isinstance(result, bool | int | float | str) else None


def _numbers(
    e: Emitter,
    kind: type[ast.operator],
    a: Value,
    b: Value,
    int_op: tuple[str, dict[str, Any]] | None,
    float_operation: str,
) -> Value | None:
    kinds = {scalar_kind(a), scalar_kind(b)}
    if int_op is None:
        raise e.error(None, "`@` needs tensors", code="TYPE_INFERENCE", rule="SCRIPT-4")
    if kinds == {ScalarKind.BOOL} and kind in {ast.BitAnd, ast.BitOr, ast.BitXor}:
        return e.op("bool.op", [a, b], int_op[1])
    negative = kind is ast.Pow and b.constant is not None and b.constant.value < 0
    if ScalarKind.FLOAT not in kinds and not negative:
        return e.op(
            int_op[0], [to_number(e, a, ScalarKind.INT), to_number(e, b, ScalarKind.INT)], int_op[1]
        )
    if not float_operation:
        raise e.error(None, "bit operators need ints", code="TYPE_INFERENCE", rule="SCRIPT-4")
    floats = [to_number(e, a, ScalarKind.FLOAT), to_number(e, b, ScalarKind.FLOAT)]
    return e.op("float.arith", floats, {"operation": float_operation})


def scalar_kind(value: Value) -> ScalarKind | None:
    """Return the kind of a scalar value, None for anything else."""
    return value.type.kind if isinstance(value.type, ScalarType) else None


def to_number(e: Emitter, value: Value, kind: ScalarKind) -> Value:
    """Cast a scalar to another kind; folded for constants."""
    if scalar_kind(value) is kind:
        return value
    python = {ScalarKind.INT: int, ScalarKind.FLOAT: float, ScalarKind.STR: str}.get(kind)
    if python is not None:
        folded = fold(e, python, value)
        if isinstance(folded, Value):
            return folded
    return e.op("num.cast", [value], {"to": kind.value})


def _sequences(e: Emitter, kind: type[ast.operator], left: Entry, right: Entry) -> Entry | None:
    """`+` and `*` of strings, lists and tuples."""
    if (
        kind is ast.Add
        and isinstance(left, Items)
        and isinstance(right, Items)
        and left.is_list == right.is_list
    ):
        return Items(left.parts + right.parts, left.is_list)
    if kind is ast.Mult and isinstance(left, Items):
        known, times = constant_of(right)
        if known and isinstance(times, int) and len(left.parts) * times <= 1024:
            return Items(left.parts * times, left.is_list)
    if kind is ast.Add and is_scalar(left, ScalarKind.STR) and is_scalar(right, ScalarKind.STR):
        return e.op("str.concat", [e.value(left), e.value(right)])
    if kind is ast.Add:
        left, right = _typed_pair(e, left, right)
        if isinstance(left, Value) and isinstance(right, Value) and isinstance(left.type, ListType):
            return e.op("list.concat", [left, right])
    if kind is ast.Mult and isinstance(right, Value) and isinstance(right.type, ListType):
        left, right = right, left
    if (
        kind is ast.Mult
        and isinstance(left, Value)
        and isinstance(left.type, ListType)
        and is_scalar(right, ScalarKind.INT, ScalarKind.BOOL)
    ):
        return e.op("list.repeat", [left, to_number(e, e.value(right), ScalarKind.INT)])
    return None


def _typed_pair(e: Emitter, left: Entry, right: Entry) -> tuple[Entry, Entry]:
    """Give `[]` the type of the list beside it."""
    if isinstance(left, Empty) and isinstance(right, Value):
        return e.empty(right.type), right
    if isinstance(right, Empty) and isinstance(left, Value):
        return left, e.empty(left.type)
    if isinstance(left, Items) and left.is_list:
        left = e.value(left)
    if isinstance(right, Items) and right.is_list:
        right = e.value(right)
    return left, right


@expression(ast.UnaryOp)
def unaryop(e: Emitter, node: ast.UnaryOp) -> Entry:
    """`-a`, `+a`, `~a`, `not a`."""
    if isinstance(node.op, ast.Not):
        return negated(e, condition(e, node.operand))
    operand = e.expr(node.operand)
    python = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}[
        type(node.op)
    ]
    folded = fold(e, python, operand)
    if folded is not None:
        return folded
    if is_tensor(operand) or e.session.holds_array(operand):
        return tensor_unary(
            e, {ast.USub: "neg", ast.UAdd: "", ast.Invert: "bitwise_not"}[type(node.op)], operand
        )
    if not is_scalar(operand, *NUMBERS):
        raise e.error(
            None,
            f"no number or tensor: {e.describe(operand)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=_optional_hint(operand),
        )
    value = e.value(operand)
    if scalar_kind(value) is ScalarKind.FLOAT and not isinstance(node.op, ast.Invert):
        return e.op("float.neg", [value]) if isinstance(node.op, ast.USub) else value
    value = to_number(e, value, ScalarKind.INT)
    if isinstance(node.op, ast.Invert):
        return e.op("int.bits", [value, e.constant(-1)], {"operation": "xor"})
    return e.op("int.neg", [value]) if isinstance(node.op, ast.USub) else value


def negated(e: Emitter, value: Value) -> Value:
    """`not` of a bool."""
    if value.constant is not None:
        return e.constant(not value.constant.value)
    return e.op("bool.not", [value])


# ---------------------------------------------------------------------- truth
def truth(e: Emitter, entry: Entry) -> Value:
    """Python's truth of an entry as a bool value."""
    if is_scalar(entry, ScalarKind.BOOL):
        return e.value(entry)
    folded = fold(e, bool, entry)
    if isinstance(folded, Value):
        return folded
    if isinstance(entry, Items):
        return e.constant(bool(entry.parts))
    if isinstance(entry, Empty) or is_none(entry):
        return e.constant(False)
    if isinstance(entry, Known) and not e.session.holds_array(entry):
        return e.constant(bool(entry.value))
    if not isinstance(entry, Value) and not isinstance(entry, Known):
        return e.constant(True)
    return _truth_of_value(e, e.value(entry))


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

    return e.value(branch(e, first, (rest, settled) if is_and else (settled, rest)))


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

        return branch(e, test, (rest, keep) if is_and else (keep, rest))

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


# ---------------------------------------------------------------------- comparison
@expression(ast.Compare)
def compare_chain(e: Emitter, node: ast.Compare) -> Entry:
    """`a < b < c`: the middle once, the rest only if the first holds."""
    left = e.expr(node.left)

    def chain(left: Entry, k: int) -> Entry:
        right = e.expr(node.comparators[k])
        found = compare(e, node.ops[k], left, right)
        if k + 1 == len(node.ops):
            return found
        test = truth(e, found)
        if test.constant is not None:
            return chain(right, k + 1) if test.constant.value else test
        return branch(e, test, (lambda: truth(e, chain(right, k + 1)), lambda: e.constant(False)))

    return chain(left, 0)


def compare(e: Emitter, op: ast.cmpop, left: Entry, right: Entry) -> Entry:
    """Compile one comparison."""
    if isinstance(op, ast.Is | ast.IsNot):
        same = identical(e, left, right)
        return negated(e, same) if isinstance(op, ast.IsNot) else same
    if isinstance(op, ast.In | ast.NotIn):
        found = contains(e, right, left)
        return negated(e, found) if isinstance(op, ast.NotIn) else found
    relation, python = _COMPARE[type(op)]
    return related(e, relation, python, left, right)


def related(e: Emitter, relation: str, python: Any, left: Entry, right: Entry) -> Entry:
    """`==`, `<` and the like on two entries."""
    folded = fold(e, python, left, right)
    if folded is not None:
        return folded
    if (
        is_tensor(left)
        or is_tensor(right)
        or e.session.holds_array(left)
        or e.session.holds_array(right)
    ):
        return tensor_binary(e, relation, left, right)
    if is_scalar(left, *NUMBERS) and is_scalar(right, *NUMBERS):
        return _compare_numbers(e, relation, e.value(left), e.value(right))
    if is_scalar(left, ScalarKind.STR) and is_scalar(right, ScalarKind.STR):
        return e.op("str.cmp", [e.value(left), e.value(right)], {"relation": relation})
    if relation in {"eq", "ne"}:
        same = _equal(e, left, right)
        if same is not None:
            return negated(e, same) if relation == "ne" else same
    raise e.error(
        None,
        f"cannot compare {e.describe(left)} with {e.describe(right)}",
        code="TYPE_INFERENCE",
        rule="SCRIPT-4",
        hint=_optional_hint(left, right),
    )


def _compare_numbers(e: Emitter, relation: str, a: Value, b: Value) -> Value:
    kinds = {scalar_kind(a), scalar_kind(b)}
    kind = ScalarKind.FLOAT if ScalarKind.FLOAT in kinds else ScalarKind.INT
    name = "float.cmp" if kind is ScalarKind.FLOAT else "int.cmp"
    return e.op(name, [to_number(e, a, kind), to_number(e, b, kind)], {"relation": relation})


def _equal(e: Emitter, left: Entry, right: Entry) -> Value | None:
    """Equality of what is no number, string or tensor; None where it has no meaning."""
    if is_none(left) or is_none(right):
        return identical(e, left, right)
    if isinstance(left, Known) and isinstance(right, Known):
        return e.constant(bool(left.value == right.value))
    if isinstance(left, Known | Struct) or isinstance(right, Known | Struct):
        known = [constant_of(x) for x in (left, right)]
        return e.constant(known[0][1] == known[1][1]) if all(k for k, _ in known) else None
    if isinstance(left, Value) and isinstance(left.type, TupleType):
        left = e.parts(left)
    if isinstance(right, Value) and isinstance(right.type, TupleType):
        right = e.parts(right)
    if not isinstance(left, Items) or not isinstance(right, Items):
        return None
    if len(left.parts) != len(right.parts):
        return e.constant(False)
    result = e.constant(True)
    for a, b in zip(left.parts, right.parts, strict=True):
        one = truth(e, related(e, "eq", operator.eq, a, b))
        if result.constant is not None:
            result = one if result.constant.value else result
        else:
            result = e.op("bool.op", [result, one], {"operation": "and"})
    return result


def identical(e: Emitter, left: Entry, right: Entry) -> Value:
    """`is`: of None, bools, and objects known at compile time."""
    if is_none(left):
        left, right = right, left
    if is_none(right):
        if isinstance(left, Value) and isinstance(left.type, OptionalType):
            return e.op("is_none", [left])
        return e.constant(is_none(left))
    if isinstance(left, Known) and isinstance(right, Known):
        return e.constant(left.value is right.value)
    if is_scalar(left, ScalarKind.BOOL) and is_scalar(right, ScalarKind.BOOL):
        return e.value(related(e, "eq", operator.eq, left, right))
    raise e.error(
        None, "`is` compares with None, bools and objects known at compile time only", hint="use =="
    )


def contains(e: Emitter, container: Entry, item: Entry) -> Value:
    """`item in container`."""
    known = constant_of(container), constant_of(item)
    if known[0][0] and known[1][0]:
        return e.constant(known[1][1] in known[0][1])
    if isinstance(container, Empty):
        return e.constant(False)
    if isinstance(container, Known):
        container = Items(tuple(e.session.entry_of(x) for x in container.value))
    if isinstance(container, Value) and isinstance(container.type, DictType):
        return e.op("dict.contains", [container, e.value(item)])
    if isinstance(container, Value) and isinstance(container.type, ListType):
        return e.op("list.contains", [container, e.value(item)])
    if isinstance(container, Value) and isinstance(container.type, TupleType):
        container = e.parts(container)
    if not isinstance(container, Items):
        raise e.error(
            None,
            f"`in` has no meaning for {e.describe(container)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
        )
    found = e.constant(False)
    for part in container.parts:
        one = truth(e, related(e, "eq", operator.eq, item, part))
        if one.constant is not None:
            found = e.constant(True) if one.constant.value else found
        else:
            found = (
                one
                if found.constant is not None and not found.constant.value
                else e.op("bool.op", [found, one], {"operation": "or"})
            )
    return found


@expression(ast.NamedExpr)
def walrus(e: Emitter, node: ast.NamedExpr) -> Entry:
    """`(name := value)`."""
    entry = e.expr(node.value)
    e.bind(node.target.id, entry)
    return entry


@expression(ast.Constant)
def literal(e: Emitter, node: ast.Constant) -> Entry:
    """A number, a string, None, True, False, `...`."""
    if node.value is Ellipsis:
        return Known(Ellipsis)
    if isinstance(node.value, int) and not isinstance(node.value, bool) and node.value not in INT64:
        raise e.error(node, f"{node.value} is beyond 64 bits", rule="SCRIPT-5", hint="use a float")
    if not isinstance(node.value, bool | int | float | str | type(None)):
        raise e.error(node, f"scripts have no {type(node.value).__name__}")
    return e.constant(node.value)


__all__ = [
    "binary",
    "compare",
    "condition",
    "contains",
    "fold",
    "negated",
    "related",
    "scalar_kind",
    "to_number",
    "truth",
]
