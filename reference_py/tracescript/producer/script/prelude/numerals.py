"""Methods of numbers, and numbers in other bases, written in the language that scripts accept.

The compiler compiles these functions where a program calls what they stand for.
"""

from __future__ import annotations

from typing import Any

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LARGEST_BASE = 36
DECIMAL = 10
LIMIT = 2.0**63


def bit_length(n: int) -> Any:
    """How many bits a number has without its sign."""
    found = 0
    while n != 0:
        n = (n + 1) >> 1 if n < 0 else n >> 1
        found += 1
    return found


def bit_count(n: int) -> Any:
    """How many bits are 1 in a number without its sign."""
    found = 0
    while n != 0:
        found += n & 1
        n = (n + 1) >> 1 if n < 0 else n >> 1
    return found


def is_integer(x: float) -> Any:
    """Whether a float is finite and whole."""
    return x - x == 0.0 and x // 1.0 == x


def from_base(s: str, base: int) -> Any:
    """The number that a text writes in a base; by its prefix for base 0."""
    if base < 0 or base == 1 or base > LARGEST_BASE:
        raise ValueError("int() base must be >= 2 and <= 36, or 0")
    text = s.strip().lower()
    sign = -1 if text[:1] == "-" else 1
    if text[:1] in ("-", "+"):
        text = text[1:]
    prefix = text[:2]
    said = 16 if prefix == "0x" else 8 if prefix == "0o" else 2 if prefix == "0b" else 0
    if said > 0 and base in (0, said):
        base = said
        text = text[3:] if text[2:3] == "_" else text[2:]
    elif base == 0:
        base = DECIMAL
        if text[:1] == "0" and not all(c in "0_" for c in text):
            raise ValueError("invalid literal for int() with base 0")
    total = 0
    is_after_digit = False
    for c in text:
        if c == "_" and is_after_digit:
            is_after_digit = False
            continue
        digit = DIGITS.find(c)
        if digit < 0 or digit >= base:
            raise ValueError("invalid literal for int()")
        total = total * base + sign * digit
        is_after_digit = True
    if not is_after_digit:
        raise ValueError("invalid literal for int()")
    return total


def in_range(x: Any, first: int, second: int, count: int) -> Any:
    """Whether a range of so many numbers, of which the first two are given, holds a number."""
    if count == 0 or (x - first) % (second - first) != 0:
        return False
    place = (x - first) // (second - first)
    return 0 <= place < count


def holds_float(x: float, first: int, second: int, count: int) -> Any:
    """Whether such a range holds a float."""
    if not (-LIMIT <= x < LIMIT) or x // 1.0 != x:
        return False
    return in_range(int(x), first, second, count)


def be_number(x: Any) -> Any:
    """Stop as Python's `round` does: numpy's arrays of any axes define none."""
    if x.ndim != 0:
        raise TypeError("type numpy.ndarray doesn't define __round__ method")
    return 0
