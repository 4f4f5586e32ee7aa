"""Kernels of strings, of numbers as text, and of the effects that hand text to a person."""

from __future__ import annotations

import logging
import math
import operator
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from tracescript.errors import trap
from tracescript.kernels.scalar import within
from tracescript.kernels.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KERNELS: Final = Table()

_BLANKS = " \t\n\r\v\f"
_INT = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*")
_DECIMAL = r"[0-9]+(?:_[0-9]+)*"
_FLOAT = re.compile(
    rf"[+-]?(?:(?:{_DECIMAL}\.?(?:{_DECIMAL})?|\.{_DECIMAL})(?:e[+-]?{_DECIMAL})?|inf|infinity|nan)",
    re.IGNORECASE | re.ASCII,
)
_SPEC = re.compile(r"(?:.?[<>=^])?[+\- ]?#?0?(\d*)(?:[,_])?(?:\.(\d+))?([a-zA-Z%]?)", re.DOTALL)
_LONGEST_FIELD = 10_000
_DIGITS_OF_64_BITS = 40
_SURROGATES = range(0xD800, 0xE000)

_RELATIONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def _no_number(text: str, kind: str) -> Exception:
    return trap("CONVERSION_ERROR", f"{text!r} is no {kind}")


def _to_int(a: float | str) -> int:
    if isinstance(a, str):
        digits = a.strip(_BLANKS)
        if not _INT.fullmatch(digits):
            raise _no_number(a, "int")
        significant = digits.lstrip("+-").lstrip("0_")
        return within(2**64 if len(significant) > _DIGITS_OF_64_BITS else int(digits))
    if not math.isfinite(a):
        raise trap("CONVERSION_ERROR", f"{a!r} has no whole number")
    return within(int(a))


def _to_float(a: float | str) -> float:
    if isinstance(a, str) and not _FLOAT.fullmatch(a.strip(_BLANKS)):
        raise _no_number(a, "float")
    return float(a)


_CASTS: Final[dict[str, Callable[[Any], Any]]] = {
    "int": _to_int,
    "float": _to_float,
    "bool": bool,
    "str": str,
}


@KERNELS.of("num.cast")
def num_cast(a: float | str, to: str) -> float | str:
    return _CASTS[to](a)


@KERNELS.of("str.concat")
def str_concat(a: str, b: str) -> str:
    return a + b


@KERNELS.of("str.cmp")
def str_cmp(a: str, b: str, relation: str) -> bool:
    return _RELATIONS[relation](a, b)


@KERNELS.of("str.len")
def str_len(a: str) -> int:
    return len(a)


@KERNELS.of("str.slice")
def str_slice(a: str, start: int | None, end: int | None, step: int | None) -> str:
    if step == 0:
        raise trap("VALUE_ERROR", "the step of a slice is 0")
    return a[start:end:step]


@KERNELS.of("str.get")
def str_get(a: str, i: int) -> str:
    if not -len(a) <= i < len(a):
        raise trap("INDEX_ERROR", f"index {i} is outside a text of {len(a)}")
    return a[i]


@KERNELS.of("str.find")
def str_find(a: str, b: str, start: int | None, end: int | None, last: bool) -> int:
    return (a.rfind if last else a.find)(b, start, end)


@KERNELS.of("str.case")
def str_case(a: str, to: str) -> str:
    if not a.isascii():
        raise trap("VALUE_ERROR", f"{a!r} has letters beyond ASCII")
    return a.upper() if to == "upper" else a.lower()


@KERNELS.of("str.ord")
def str_ord(a: str) -> int:
    if len(a) != 1:
        raise trap("VALUE_ERROR", f"one code point is expected, found {len(a)}")
    return ord(a)


@KERNELS.of("str.chr")
def str_chr(n: int) -> str:
    if not 0 <= n <= sys.maxunicode or n in _SURROGATES:
        raise trap("VALUE_ERROR", f"{n} is no code point")
    return chr(n)


def _malformed(template: str) -> Exception:
    return trap("VALUE_ERROR", f"the template {template!r} is malformed")


def _pieces(template: str) -> Iterator[tuple[str, str | None]]:
    """Yield a literal text and the spec of the field behind it, None at the end."""
    literal, i = "", 0
    while i < len(template):
        if template[i : i + 2] in {"{{", "}}"}:
            literal, i = literal + template[i], i + 2
        elif template[i] == "{":
            end = template.find("}", i)
            field = template[i + 1 : end]
            if end < 0 or (field and field[0] != ":") or "{" in field:
                raise _malformed(template)
            yield literal, field[1:]
            literal, i = "", end + 1
        elif template[i] == "}":
            raise _malformed(template)
        else:
            literal, i = literal + template[i], i + 1
    yield literal, None


def _field(value: Any, spec: str) -> str:
    match = _SPEC.fullmatch(spec)
    sizes = [int(g) for g in match.groups()[:2] if g] if match else []
    if not match or any(size > _LONGEST_FIELD for size in sizes) or match[3] in {"n", "c"}:
        raise trap("VALUE_ERROR", f"{spec!r} is no format spec")
    try:
        return format(value, spec) if spec else str(value)
    except (ValueError, TypeError, OverflowError):
        raise trap("VALUE_ERROR", f"format spec {spec!r} does not fit {value!r}") from None


@KERNELS.of("str.format")
def str_format(template: str, *values: Any) -> str:
    pieces = list(_pieces(template))
    if len(pieces) - 1 != len(values):
        fields = len(pieces) - 1
        raise trap("VALUE_ERROR", f"{template!r} has {fields} fields for {len(values)} values")
    filled = (
        literal + ("" if spec is None else _field(value, spec))
        for (literal, spec), value in zip(pieces, (*values, None), strict=True)
    )
    return "".join(filled)


@KERNELS.of("assert")
def assert_(condition: bool, message: str | None, code: str) -> tuple[()]:
    if not condition:
        raise trap(code, message or "an assertion does not hold")
    return ()


@KERNELS.of("raise")
def raise_(message: str, kind: str) -> tuple[()]:
    raise trap("RAISED", f"{kind}: {message}")


@KERNELS.of("warn")
def warn(message: str, kind: str) -> tuple[()]:
    logging.getLogger("tracescript.model").warning("%s: %s", kind, message)
    return ()


@KERNELS.of("print")
def print_(text: str) -> tuple[()]:
    logging.getLogger("tracescript.model").info("%s", text)
    return ()
