"""Kernels of Python numbers and bools: Python's results, with traps where Python would raise."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tracescript.errors import trap
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

KERNELS: Final = Table()

N = TypeVar("N", int, float)

_LOW, _HIGH = -(2**63), 2**63 - 1
_DIGITS_OF_64_BITS = 19
_DIGITS_OF_FLOAT64 = 1100


def within(value: int) -> int:
    """Return an int that fits 64 bits. Raises TrapError, INT_OVERFLOW. Spec: SCALAR-1."""
    if not _LOW <= value <= _HIGH:
        raise trap("INT_OVERFLOW", "an int result lies outside 64 bits")
    return value


def _by_zero() -> Exception:
    return trap("ZERO_DIVISION", "division by zero")


@KERNELS.of("int.add")
def int_add(a: int, b: int) -> int:
    return within(a + b)


@KERNELS.of("int.sub")
def int_sub(a: int, b: int) -> int:
    return within(a - b)


@KERNELS.of("int.mul")
def int_mul(a: int, b: int) -> int:
    return within(a * b)


@KERNELS.of("int.neg")
def int_neg(a: int) -> int:
    return within(-a)


@KERNELS.of("int.floordiv")
def int_floordiv(a: int, b: int) -> int:
    if b == 0:
        raise _by_zero()
    return within(a // b)


@KERNELS.of("int.mod")
def int_mod(a: int, b: int) -> int:
    if b == 0:
        raise _by_zero()
    return a % b


@KERNELS.of("int.truediv")
def int_truediv(a: int, b: int) -> float:
    if b == 0:
        raise _by_zero()
    return a / b


@KERNELS.of("int.pow")
def int_pow(a: int, b: int) -> int:
    if b < 0:
        raise trap("VALUE_ERROR", f"exponent {b} of an int is negative")
    if abs(a) > 1 and b > 63:  # noqa: PLR2004 - the smallest power that cannot fit any base
        return within(2**64)
    return within(a ** (b if abs(a) > 1 else min(b, 2 + b % 2)))


def _shifted_left(a: int, b: int) -> int:
    if b > 63 and a != 0:  # noqa: PLR2004 - do not build the huge number only to refuse it
        return within(2**64)
    return within(a << min(b, 64))


_BITS: Final[dict[str, Callable[[int, int], int]]] = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "shl": _shifted_left,
    "shr": lambda a, b: a >> min(b, 64),
}


@KERNELS.of("int.bits")
def int_bits(a: int, b: int, operation: str) -> int:
    if operation in {"shl", "shr"} and b < 0:
        raise trap("VALUE_ERROR", f"shift count {b} is negative")
    return _BITS[operation](a, b)


_RELATIONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@KERNELS.of("int.cmp")
def int_cmp(a: int, b: int, relation: str) -> bool:
    return _RELATIONS[relation](a, b)


@KERNELS.of("float.cmp")
def float_cmp(a: float, b: float, relation: str) -> bool:
    return _RELATIONS[relation](a, b)


def _pow(a: float, b: float) -> float:
    result = a**b
    if isinstance(result, complex):
        raise trap("VALUE_ERROR", f"{a!r} ** {b!r} is complex")
    return result


_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": _pow,
}


@KERNELS.of("float.arith")
def float_arith(a: float, b: float, operation: str) -> float:
    try:
        return _ARITHMETIC[operation](a, b)
    except ZeroDivisionError:
        raise _by_zero() from None
    except OverflowError:
        raise trap("VALUE_ERROR", f"{a!r} ** {b!r} is beyond the largest float") from None


@KERNELS.of("float.neg")
def float_neg(a: float) -> float:
    return -a


def _math(function: str, *operands: float) -> float:
    """Call a function of `math`. Raises TrapError, VALUE_ERROR, where it raises."""
    try:
        return getattr(math, function)(*operands)
    except (ValueError, OverflowError):
        text = ", ".join(map(repr, operands))
        raise trap("VALUE_ERROR", f"{function}({text}) has no value") from None


@KERNELS.of("math.unary")
def math_unary(a: float, function: str) -> float:
    return _math(function, a)


@KERNELS.of("math.binary")
def math_binary(a: float, b: float, function: str) -> float:
    return _math(function, a, b)


@KERNELS.of("math.to_int")
def math_to_int(a: float, function: str) -> int:
    if not math.isfinite(a):
        raise trap("CONVERSION_ERROR", f"{a!r} has no whole number")
    return within(getattr(math, function)(a))


@KERNELS.of("round_half_even")
def round_half_even(a: N, digits: int | None) -> N:
    if isinstance(a, int):
        places = max(digits or 0, -_DIGITS_OF_64_BITS - 1)
        return within(round(a, min(places, 0)))
    if not math.isfinite(a):
        return a
    places = max(-_DIGITS_OF_FLOAT64, min(digits or 0, _DIGITS_OF_FLOAT64))
    try:
        return round(a, places)
    except OverflowError:
        raise trap("VALUE_ERROR", f"{a!r} rounds beyond the largest float") from None


@KERNELS.of("bool.not")
def bool_not(a: bool) -> bool:
    return not a


@KERNELS.of("bool.op")
def bool_op(a: bool, b: bool, operation: str) -> bool:
    return bool(_BITS[operation](a, b))


@KERNELS.of("min_max")
def min_max(values: list[N], largest: bool) -> N:
    if not values:
        raise trap("VALUE_ERROR", "an empty list has no smallest or largest element")
    return max(values) if largest else min(values)


@KERNELS.of("range.len")
def range_len(start: int, end: int, step: int) -> int:
    if step == 0:
        raise trap("VALUE_ERROR", "the step of a range is 0")
    span = end - start if step > 0 else start - end
    return within(max(0, -(-span // abs(step))))


@KERNELS.of("is_none")
def is_none(a: Any) -> bool:
    return a is None


@KERNELS.of("unwrap_optional")
def unwrap_optional(a: Any) -> Any:
    if a is None:
        raise trap("NONE_ERROR", "a value is None")
    return a
