"""Ops on Python's numbers and texts, against CPython. Spec: SCALAR-1 to SCALAR-10."""

from __future__ import annotations

import itertools
import math
import operator
from typing import TYPE_CHECKING, Any, Final

from tools.verify.plan import Call, Plans, Stop, call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANS = Plans()
LOW: Final = -(2**63)
HIGH: Final = 2**63 - 1
INTS: Final = (
    0,
    1,
    -1,
    2,
    -2,
    3,
    7,
    -8,
    10,
    62,
    63,
    64,
    100,
    2**31,
    2**53 + 1,
    HIGH,
    HIGH - 1,
    LOW,
    LOW + 1,
)
INFINITE, NAN = float("inf"), float("nan")
FLOATS: Final = (
    *(
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        0.1,
        3.0,
        -7.0,
        1e16,
        1e15,
        1e-5,
        123.456,
        1e308,
        -1e308,
    ),
    *(5e-324, 2.675, 9.3e18, -9.3e18, 710.0, INFINITE, -INFINITE, NAN),
)
_COMPARISONS: Final = {n: getattr(operator, n) for n in ("eq", "ne", "lt", "le", "gt", "ge")}


def fits(value: int) -> int:
    """Trap outside 64 bits. Spec: SCALAR-1."""
    if not LOW <= value <= HIGH:
        raise Stop("INT_OVERFLOW")
    return value


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn CPython's exceptions into our codes."""

    def guarded(*inputs: Any, **how: Any) -> Any:
        try:
            found = function(*inputs, **how)
        except ZeroDivisionError as error:
            raise Stop("ZERO_DIVISION") from error
        except (ValueError, OverflowError) as error:
            raise Stop("VALUE_ERROR") from error
        return fits(found) if type(found) is int else found

    return guarded


def pairs(values: Any, **how: Any) -> Iterator[Call]:
    """Yield a call for each pair."""
    for a, b in itertools.product(values, repeat=2):
        yield call(a, b, **how)


def _plain(op: str, values: Any, function: Callable[..., Any]) -> None:
    PLANS.add(op, lambda: pairs(values), guarded(function))


_plain("int.add", INTS, operator.add)
_plain("int.sub", INTS, operator.sub)
_plain("int.mul", INTS, operator.mul)
_plain("int.floordiv", INTS, operator.floordiv)
_plain("int.mod", INTS, operator.mod)
_plain("int.truediv", INTS, operator.truediv)
PLANS.add("int.neg", lambda: [call(v) for v in INTS], lambda a: fits(-a))


def _int_pow(a: int, b: int) -> int:
    if b < 0:
        raise Stop("VALUE_ERROR")
    if abs(a) > 1 and b > 64:
        raise Stop("INT_OVERFLOW")
    return fits(a**b)


PLANS.add("int.pow", lambda: pairs(INTS), _int_pow, rule="OP.int.pow: no negative exponent")


def _bits(a: int, b: int, operation: str) -> int:
    if operation in {"shl", "shr"}:
        if b < 0:
            raise Stop("VALUE_ERROR")
        if operation == "shr":
            return a >> min(b, 100)
        if a and b > 64:
            raise Stop("INT_OVERFLOW")
        return fits(a << b) if a else 0
    return {"and": a & b, "or": a | b, "xor": a ^ b}[operation]


PLANS.add(
    "int.bits",
    lambda: [c for o in ("and", "or", "xor", "shl", "shr") for c in pairs(INTS, operation=o)],
    _bits,
)
for name, values in (
    ("int.cmp", INTS),
    ("float.cmp", FLOATS),
    ("str.cmp", ("", "a", "Z", "b", "aa", "é", "\u0301", "10")),
):
    PLANS.add(
        name,
        lambda values=values: [c for r in _COMPARISONS for c in pairs(values, relation=r)],
        lambda a, b, relation: _COMPARISONS[relation](a, b),
    )
_ARITHMETIC: Final = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod,
}  # fmt: skip


def _float_arith(a: float, b: float, operation: str) -> float:
    if operation == "pow":
        found = a**b
        if isinstance(found, complex):
            raise Stop("VALUE_ERROR")
        return found
    return _ARITHMETIC[operation](a, b)


PLANS.add(
    "float.arith",
    lambda: [c for o in (*_ARITHMETIC, "pow") for c in pairs(FLOATS, operation=o)],
    guarded(_float_arith),
)
PLANS.add("float.neg", lambda: [call(v) for v in FLOATS], operator.neg)
PLANS.add("bool.not", lambda: [call(v) for v in (False, True)], operator.not_)
PLANS.add(
    "bool.op",
    lambda: [c for o in ("and", "or", "xor") for c in pairs((False, True), operation=o)],
    lambda a, b, operation: {"and": a and b, "or": a or b, "xor": a != b}[operation],
)
_UNARY: Final = [
    "sqrt",
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "erfc",
    "fabs",
]
PLANS.add(
    "math.unary",
    lambda: [call(v, function=f) for f in _UNARY for v in FLOATS],
    guarded(lambda a, function: float(getattr(math, function)(a))),
)
PLANS.add(
    "math.binary",
    lambda: [
        c
        for f in ("pow", "atan2", "fmod", "hypot", "copysign")
        for c in pairs([v for v in FLOATS if f != "copysign" or not math.isnan(v)], function=f)
    ],
    guarded(lambda a, b, function: getattr(math, function)(a, b)),
)


def to_int(value: float, function: Callable[[float], int]) -> int:
    """Convert a float to an int, or trap. Spec: SCALAR-6."""
    if value != value or abs(value) == INFINITE:  # noqa: PLR0124 - NaN
        raise Stop("CONVERSION_ERROR")
    return fits(function(value))


PLANS.add(
    "math.to_int",
    lambda: [call(v, function=f) for f in ("floor", "ceil", "trunc") for v in FLOATS],
    lambda a, function: to_int(a, getattr(math, function)),
)
