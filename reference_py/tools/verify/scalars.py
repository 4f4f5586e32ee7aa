"""Ops on Python's numbers and texts, against CPython. Spec: SCALAR-1 to SCALAR-10."""

from __future__ import annotations

import itertools
import math
import operator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, Final

from tools.verify.plan import Call, Plans, Stop, Typed, call
from tracescript.ir.constants import NONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANS = Plans()
_LOW: Final = -(2**63)
_HIGH: Final = 2**63 - 1
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
    _HIGH,
    _HIGH - 1,
    _LOW,
    _LOW + 1,
)
_INF, _NAN = float("inf"), float("nan")
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
    *(5e-324, 2.675, 9.3e18, -9.3e18, 710.0, _INF, -_INF, _NAN),
)
_COMPARISONS: Final = {n: getattr(operator, n) for n in ("eq", "ne", "lt", "le", "gt", "ge")}


def fits(value: int) -> int:
    """Trap outside 64 bits. Spec: SCALAR-1."""
    if not _LOW <= value <= _HIGH:
        raise Stop("INT_OVERFLOW")
    return value


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
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
    PLANS.add(op, lambda: pairs(values), _guarded(function))


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
    if abs(a) > 1 and b > 64:  # noqa: PLR2004 - beyond 64 bits for sure
        raise Stop("INT_OVERFLOW")
    return fits(a**b)


PLANS.add("int.pow", lambda: pairs(INTS), _int_pow, rule="OP.int.pow: no negative exponent")


def _bits(a: int, b: int, operation: str) -> int:
    if operation in {"shl", "shr"}:
        if b < 0:
            raise Stop("VALUE_ERROR")
        if operation == "shr":
            return a >> min(b, 100)
        if a and b > 64:  # noqa: PLR2004 - beyond 64 bits for sure
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
    _guarded(_float_arith),
)
PLANS.add("float.neg", lambda: [call(v) for v in FLOATS], operator.neg)
PLANS.add("bool.not", lambda: [call(v) for v in (False, True)], operator.not_)
PLANS.add(
    "bool.op",
    lambda: [c for o in ("and", "or", "xor") for c in pairs((False, True), operation=o)],
    lambda a, b, operation: {"and": a and b, "or": a or b, "xor": a != b}[operation],
)
_UNARY: Final = ["sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc", "fabs"]
PLANS.add(
    "math.unary",
    lambda: [call(v, function=f) for f in _UNARY for v in FLOATS],
    _guarded(lambda a, function: float(getattr(math, function)(a))),
)
PLANS.add(
    "math.binary",
    lambda: [
        c
        for f in ("pow", "atan2", "fmod", "hypot", "copysign")
        for c in pairs([v for v in FLOATS if f != "copysign" or v == v], function=f)
    ],
    _guarded(lambda a, b, function: getattr(math, function)(a, b)),
)


def _to_int(value: float, function: Callable[[float], int]) -> int:
    if value != value or abs(value) == _INF:  # noqa: PLR0124 - NaN
        raise Stop("CONVERSION_ERROR")
    return fits(function(value))


PLANS.add(
    "math.to_int",
    lambda: [call(v, function=f) for f in ("floor", "ceil", "trunc") for v in FLOATS],
    lambda a, function: _to_int(a, getattr(math, function)),
)
_TEXTS: Final = (
    *(
        "0",
        " -1_2 ",
        "+7",
        "1__2",
        "_1",
        "",
        "x",
        "1.5",
        "9223372036854775807",
        "9223372036854775808",
        "-5 \n",
    ),
    *(
        "1e400",
        "nan",
        "-inf",
        "Infinity",
        ".5",
        "5.",
        "1_0.5",
        "0x10",
        "1e",
        "--1",
        "\u0663",
        "1e-400",
    ),
)


def _cast(a: Any, to: str) -> Any:
    if to == "int" and isinstance(a, float):
        return _to_int(a, math.trunc)
    if to in {"int", "float"} and isinstance(a, str) and not a.isascii():
        raise Stop("CONVERSION_ERROR")
    try:
        found = {"int": int, "float": float, "bool": bool, "str": str}[to](a)
    except ValueError as error:
        raise Stop("CONVERSION_ERROR") from error
    return fits(found) if to == "int" else found


PLANS.add(
    "num.cast",
    lambda: [
        call(v, to=to)
        for to in ("int", "float", "bool", "str")
        for v in (*INTS, *FLOATS, False, True, *_TEXTS)
    ],
    _cast,
)


def _round(a: Any, digits: Any) -> Any:
    if isinstance(a, int):
        return (
            fits(int(Decimal(a).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)))
            if digits is not None and digits < 0
            else a
        )
    if a != a or abs(a) == _INF:  # noqa: PLR0124 - NaN
        return a
    try:
        return round(a, digits or 0)
    except OverflowError as error:
        raise Stop("VALUE_ERROR") from error


PLANS.add(
    "round_half_even",
    lambda: (
        [
            call(v, digits=d)
            for d in (None, 0, 1, 2, -1, -2, -17)
            for v in (*INTS, 15, 25, 35, *FLOATS, 1.7e308)
        ]
        + [call(1.7976931348623157e308, digits=-308)]
    ),
    _round,
)
PLANS.add("str.concat", lambda: pairs(("", "a", "é\n", "{}")), operator.add)
PLANS.add("str.len", lambda: [call(v) for v in ("", "abc", "e\u0301", "\U0001f600")], len)
_TEMPLATES: Final = (
    *(
        ("{} {}", (1, "a")),
        ("{:.2f}", (2.675,)),
        ("{:.0f}", (2.5,)),
        ("{{}}", ()),
        ("{:>5}|{:<5}|{:^5}", (1, "a", 2.5)),
    ),
    *(
        ("{}", ()),
        ("{}", (1, 2)),
        ("{:d}", (1.5,)),
        ("{:x} {:#b} {:08o}", (255, 5, 8)),
        ("{:,}", (1234567,)),
        ("{:%}", (0.25,)),
    ),
    *(
        ("{:+.3e}", (12345.678,)),
        ("{:g}", (1e20,)),
        ("{} {} {}", (Typed(None, NONE), True, 1e16)),
        ("{:s}", ("x",)),
        ("{", ()),
        ("}", ()),
    ),
    *(
        ("{:q}", (1,)),
        ("{:*^7d}", (3,)),
        ("{:.3}", ("abcdef",)),
        ("{:E} {:G}", (1e-7, float("inf"))),
        ("{0}", (1,)),
    ),
    *(
        ("{:5.1f}", (float("nan"),)),
        ("{:_^9}", ("é",)),
        ("{: d}", (4,)),
        ("{:s}", (1,)),
        ("{:05}", (-3,)),
        ("{:,.1f}", (98765.43,)),
    ),
)


def _format(template: str, *given: Any) -> str:
    values = [v.value if isinstance(v, Typed) else v for v in given]
    fields = (
        [f for f in __import__("string").Formatter().parse(template) if f[1] is not None]
        if _parses(template)
        else None
    )
    if fields is None or len(fields) != len(values) or any(f[1] or f[3] for f in fields):
        raise Stop("VALUE_ERROR")
    try:
        return template.format(*values)
    except (ValueError, TypeError, IndexError) as error:
        raise Stop("VALUE_ERROR") from error


def _parses(template: str) -> bool:
    import string

    try:
        list(string.Formatter().parse(template))
    except ValueError:
        return False
    return True


PLANS.add("str.format", lambda: [Call((t, *v)) for t, v in _TEMPLATES], _format)


def _range_len(start: int, end: int, step: int) -> int:
    if step == 0:
        raise Stop("VALUE_ERROR")
    return fits(max(0, -(-(end - start) // step)))


PLANS.add(
    "range.len",
    lambda: [
        call(a, b, c)
        for a in (0, 3, -5, _LOW)
        for b in (0, 10, -10, _HIGH)
        for c in (1, -1, 3, -4, 0, _HIGH)
    ],
    _range_len,
)
PLANS.add(
    "min_max",
    lambda: [
        call(v, largest=b)
        for v in (
            [3, 1, 2],
            [1],
            [0.0, -0.0],
            [-0.0, 0.0],
            [_NAN, 1.0],
            [1.0, _NAN],
            [2.5, -1.0, 2.5],
            [],
        )
        for b in (False, True)
    ],
    _guarded(lambda values, largest: (max if largest else min)(values)),
)
_WORDS: Final = ("", "abc", "abcabc", "aXé", "e\u0301b", "AbZz09")
PLANS.add(
    "str.case",
    lambda: [call(v, to=to) for v in _WORDS for to in ("upper", "lower")],
    lambda a, to: (a.upper() if to == "upper" else a.lower()) if a.isascii() else _unknown(),
)


def _unknown() -> Any:
    raise Stop("VALUE_ERROR")


def _chr(n: int) -> str:
    return chr(n) if 0 <= n < 0x110000 and not 0xD800 <= n < 0xE000 else _unknown()  # noqa: PLR2004 - Unicode


PLANS.add("str.chr", lambda: [call(n) for n in (0, 65, 0xE9, 0x10FFFF, 0x110000, -1, 0xD800)], _chr)
PLANS.add(
    "str.ord",
    lambda: [call(v) for v in (*_WORDS, "a", "\U0001f600")],
    lambda a: ord(a) if len(a) == 1 else _unknown(),
)
_ENDS: Final = (None, 0, 1, -2, 9, -9)
PLANS.add(
    "str.find",
    lambda: [
        call(a, b, s, e, last=last)
        for a in _WORDS[:3]
        for b in ("", "b", "abc")
        for s in _ENDS
        for e in _ENDS
        for last in (False, True)
    ],
    lambda a, b, start=None, end=None, *, last: (a.rfind if last else a.find)(b, start, end),
)


def _at(a: str, i: int) -> str:
    if not -len(a) <= i < len(a):
        raise Stop("INDEX_ERROR")
    return a[i]


PLANS.add("str.get", lambda: [call(a, i) for a in _WORDS for i in (0, -1, 2, -3, 7)], _at)


def _part(a: str, start: Any = None, end: Any = None, step: Any = None) -> str:
    return a[start:end:step] if step != 0 else _unknown()


PLANS.add(
    "str.slice",
    lambda: [call("abcdef", s, e, c) for s in _ENDS for e in _ENDS for c in (None, 1, 2, -1, 0)],
    _part,
)
