"""Conversions of scalars, rounding, and texts, against CPython."""

from __future__ import annotations

import math
import operator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from tools.verify.plan import Call, Plans, Stop, Typed, call
from tools.verify.scalars import (
    FLOATS,
    HIGH,
    INFINITE,
    INTS,
    LOW,
    NAN,
    fits,
    guarded,
    pairs,
    to_int,
)
from tracescript.ir.constants import NONE

PLANS = Plans()


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
        return to_int(a, math.trunc)
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
    if a != a or abs(a) == INFINITE:  # noqa: PLR0124 - NaN
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
        for a in (0, 3, -5, LOW)
        for b in (0, 10, -10, HIGH)
        for c in (1, -1, 3, -4, 0, HIGH)
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
            [NAN, 1.0],
            [1.0, NAN],
            [2.5, -1.0, 2.5],
            [],
        )
        for b in (False, True)
    ],
    guarded(lambda values, largest: (max if largest else min)(values)),
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
    return chr(n) if 0 <= n < 0x110000 and not 0xD800 <= n < 0xE000 else _unknown()


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
