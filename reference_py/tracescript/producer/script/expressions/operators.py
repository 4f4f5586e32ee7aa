"""Arithmetic, comparison and logic; exact Python numbers, tensors through the opset."""

from __future__ import annotations

import ast
import enum
import functools
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
from tracescript.producer.script.calls.library import operator_call
from tracescript.producer.script.containers.choices import number_of, type_needed
from tracescript.producer.script.containers.mixed import each, is_mixed, one_of
from tracescript.producer.script.emitter.core import INT64, expression
from tracescript.producer.script.emitter.diagnostics import is_scalar, is_tensor
from tracescript.producer.script.emitter.entries import Known, OneOf, constant_of
from tracescript.producer.script.emitter.size_marks import (
    is_sizes,
    note_sizes,
)
from tracescript.producer.script.expressions.own_operators import own_binary
from tracescript.producer.script.expressions.tensors import binary as tensor_binary
from tracescript.producer.script.library.coerce import data_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.producer.script.emitter.core import Emitter
    from tracescript.producer.script.emitter.entries import Entry

_SHOWN = 10**40
WHOLE = (ScalarKind.BOOL, ScalarKind.INT)
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


@expression(ast.BinOp)
def binop(e: Emitter, node: ast.BinOp) -> Entry:
    """`a + b` and the other binary operators."""
    flight = Flight(e)
    left, right = flight.add(e.expr(node.left), node.left), e.expr(node.right)
    flight.check()
    left = flight.now(left)
    return _power(e, left, right) if _is_root(node) else binary(e, type(node.op), left, right)


def _is_root(node: ast.BinOp) -> bool:
    """Whether it is `a ** -b`: Python's result is a float where b is positive."""
    right = node.right
    is_negative = isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub)
    return isinstance(node.op, ast.Pow) and is_negative


def _power(e: Emitter, left: Entry, right: Entry) -> Entry:
    """`a ** -b`: of ints, an int or a float."""
    if not is_scalar(left, *WHOLE) or not is_scalar(right, *WHOLE) or constant_of(right)[0]:
        return binary(e, ast.Pow, left, right)
    test = e.op(
        "int.cmp", [to_number(e, e.value(right), ScalarKind.INT), e.constant(0)], {"relation": "ge"}
    )
    exponent = to_number(e, e.value(right), ScalarKind.FLOAT)
    return one_of(
        e,
        test,
        lambda: binary(e, ast.Pow, left, right),
        lambda: binary(e, ast.Pow, left, exponent),
    )


def binary(e: Emitter, kind: type[ast.operator], left: Entry, right: Entry) -> Entry:
    """Compile a binary operator on two entries."""
    symbol, python, int_op, float_operation, tensor_op = _BINARY[kind]
    flags = _flags(e, python, left, right)
    if flags is not None:
        return flags
    left, right = plain_number(e, left), plain_number(e, right)
    folded = fold(e, python, left, right)
    if folded is not None:
        return folded
    if is_mixed(e, left) or is_mixed(e, right):
        return each(e, functools.partial(binary, e, kind), left, right)
    is_text = kind is ast.Mod and is_scalar(left, ScalarKind.STR)
    if has_tensor(e, left, right) and not is_text:
        if kind is ast.Pow and _is_square_of_bools(e, left, right):
            return e.op("cast", [e.value(left)], {"dtype": DataType.INT8})
        named = functools.partial(tensor_binary, e, tensor_op, left, right)
        return operator_call(e, python, [left, right], named)
    if is_scalar(left, *NUMBERS) and is_scalar(right, *NUMBERS):
        return _numbers(e, kind, e.value(left), e.value(right), int_op, float_operation)
    for side in (left, right):
        if isinstance(side, OneOf):
            raise type_needed(e, side)
    from tracescript.producer.script.expressions.concatenation import sequences

    made = own_binary(e, kind, left, right)
    if made is None:
        made = sequences(e, kind, left, right)
    if made is None:
        raise e.error(
            None,
            f"`{symbol}` has no meaning for {e.describe(left)} and {e.describe(right)}",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint=optional_hint(left, right) or "convert first: int(x), float(x), str(x), list(x)",
        )
    if is_sizes(e, left) or is_sizes(e, right):
        note_sizes(e, made)
    return made


def augmented_binary(e: Emitter, kind: type[ast.operator], before: Entry, operand: Entry) -> Entry:
    """What `x += value` gives: of a tensor, its own data type."""
    if is_mixed(e, before):
        return each(e, lambda part: augmented_binary(e, kind, part, operand), before)
    result = binary(e, kind, before, operand)
    return e.session.tensors.keep_type(e, before, result) if is_tensor(before) else result


def _flags(e: Emitter, python: Callable[..., Any], left: Entry, right: Entry) -> Entry | None:
    """`Perm.R | Perm.W`: flags of one class known at compile time."""
    if not isinstance(left, Known) or not isinstance(right, Known):
        return None
    if not isinstance(left.value, enum.Flag) or type(left.value) is not type(right.value):
        return None
    try:
        made = python(left.value, right.value)
    except TypeError:
        return None
    return e.session.entry_of(made) if isinstance(made, enum.Flag) else None


def _is_square_of_bools(e: Emitter, left: Entry, right: Entry) -> bool:
    """Whether it is `x ** 2` of bools: numpy's operator squares them, as int8."""
    if e.frame.flavour != "numpy" or not is_tensor(left) or constant_of(right) != (True, 2):
        return False
    return data_type(e.value(left)) is DataType.BOOL


def has_tensor(e: Emitter, *operands: Entry) -> bool:
    """Whether an operand is a tensor, or an array known at compile time."""
    return any(is_tensor(x) or e.session.holds_array(x) for x in operands)


def plain_number(e: Emitter, entry: Entry) -> Entry:
    """A member of an IntEnum or the like counts as its number."""
    if isinstance(entry, OneOf):
        return number_of(e, entry)
    if (
        isinstance(entry, Known)
        and isinstance(entry.value, int)
        and not isinstance(entry.value, type)
    ):
        return e.constant(int(entry.value))
    return entry


def optional_hint(*entries: Entry) -> str:
    """Advise to exclude None where an operand may be None."""
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
    if isinstance(result, enum.Enum):
        return e.session.entry_of(result)
    if isinstance(result, int) and result not in INT64:
        raise e.error(
            None,
            f"{result} is beyond 64 bits" if abs(result) < _SHOWN else "an int beyond 64 bits",
            rule="SCRIPT-5",
            hint="use a float",
        )
    return e.constant(result) if isinstance(result, bool | int | float | str) else None


def _numbers(
    e: Emitter,
    kind: type[ast.operator],
    a: Value,
    b: Value,
    int_op: tuple[str, dict[str, Any]] | None,
    float_operation: str,
) -> Value:
    kinds = {scalar_kind(a), scalar_kind(b)}
    if int_op is None:
        raise e.error(
            None,
            "`@` needs tensors",
            code="TYPE_INFERENCE",
            rule="SCRIPT-4",
            hint="`*` is for numbers",
        )
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
