"""Sets, dicts with defaults and orders of lists, written in the language of scripts.

The compiler makes records of these classes where a program makes what they stand for, and compiles
their methods where it calls them.
"""

from __future__ import annotations

from typing import Any


def is_less(xs: Any, ys: Any) -> Any:
    """Whether one list comes before another."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] < ys[i]
    return len(xs) < len(ys)


def is_at_most(xs: Any, ys: Any) -> Any:
    """`xs <= ys` of lists."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] <= ys[i]
    return len(xs) <= len(ys)


def is_greater(xs: Any, ys: Any) -> Any:
    """`xs > ys` of lists."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] > ys[i]
    return len(xs) > len(ys)


def is_at_least(xs: Any, ys: Any) -> Any:
    """`xs >= ys` of lists."""
    n = min(len(xs), len(ys))
    for i in range(n):
        if xs[i] != ys[i]:
            return xs[i] >= ys[i]
    return len(xs) >= len(ys)


def power_mod(base: int, exponent: int, modulus: int) -> Any:
    """`pow(base, exponent, modulus)`: products of two remainders must fit 64 bits."""
    if modulus == 0:
        raise ValueError("pow() 3rd argument cannot be 0")
    size = abs(modulus)
    factor = base % size
    if exponent < 0:
        factor = inverse(factor, size)
        exponent = -exponent
    result = 1 % size
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * factor % size
        exponent = exponent // 2
        if exponent > 0:
            factor = factor * factor % size
    if modulus < 0 and result != 0:
        result = result - size
    return result


def inverse(n: int, size: int) -> Any:
    """The number whose product with `n` leaves 1; there must be one."""
    a, b, x, y = n, size, 1, 0
    while b != 0:
        q = a // b
        a, b = b, a - q * b
        x, y = y, x - q * y
    if a != 1:
        raise ValueError("base is not invertible for the given modulus")
    return x % size
