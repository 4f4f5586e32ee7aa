"""Arithmetic on dimensions: build canonical expressions, evaluate them, bound them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tracescript.ir.dim_terms import commutative, from_terms, terms
from tracescript.ir.dim_terms import text as text  # noqa: PLC0414  # also of this module
from tracescript.ir.types import DimExpr, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tracescript.ir.types import Dim

    Known = int | Symbol | DimExpr

INFINITY = float("inf")


def add(a: Dim, b: Dim) -> Dim:
    """Return a + b, like terms collected; None where an operand is unknown."""
    if a is None or b is None:
        return None
    total = terms(a)
    for term, count in terms(b).items():
        total[term] = total.get(term, 0) + count
    return from_terms(total)


def neg(a: Dim) -> Dim:
    """Return -a."""
    return None if a is None else from_terms({t: -c for t, c in terms(a).items()})


def sub(a: Dim, b: Dim) -> Dim:
    """Return a - b."""
    return add(a, neg(b))


def mul(a: Dim, b: Dim) -> Dim:
    """Return a * b, distributed over a sum if one operand is a number."""
    if a is None or b is None:
        return None
    if isinstance(a, int):
        a, b = b, a
    if isinstance(b, int):
        return from_terms({t: c * b for t, c in terms(a).items()})
    return commutative("*", a, b)


def floor_div(a: Dim, b: Dim, *, is_positive: bool = False) -> Dim:
    """Return a // b as Python, common factors cancelled; exact where every term divides.

    `is_positive` says that no factor of `b` is zero or less, whatever the ranges allow.
    """
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int) and b != 0:
        return a // b
    if not is_positive and bounds(b)[0] <= 0:
        return DimExpr("//", (a, b))
    over, under = _cancelled(a, b, is_positive=is_positive)
    return over if under == 1 else DimExpr("//", (over, under))


def _cancelled(a: Known, b: Known, *, is_positive: bool) -> tuple[Known, Known]:
    """Divide both by what all their terms have in common; `b` is positive."""
    parts = [(term, count) for term, count in terms(a).items() if count]
    split = len(parts)
    parts += [(term, count) for term, count in terms(b).items() if count]
    common = math.gcd(*(count for _, count in parts))
    whole = b if len(parts) > split + 1 else None
    factors = [_factors(term) for term, _ in parts]
    if whole is not None and split:
        if all(whole in own for own in factors[:split]):
            for own in factors[:split]:
                own.remove(whole)
            return _sum_of(factors[:split], [count for _, count in parts[:split]]), 1
        times = parts[0][1] // parts[split][1]
        if a == mul(b, times):
            return times, 1
    for factor in dict.fromkeys(factors[-1]):
        is_safe = is_positive or bounds(factor)[0] > 0
        while is_safe and all(factor in own for own in factors):
            for own in factors:
                own.remove(factor)
    counts = [count // common for _, count in parts]
    return _sum_of(factors[:split], counts[:split]), _sum_of(factors[split:], counts[split:])


def _factors(term: Known) -> list[Known]:
    """Return the factors of a term without its number."""
    if isinstance(term, DimExpr) and term.operator == "*":
        return list(term.operands)
    return [] if term == 1 else [term]


def _sum_of(products: Iterable[Iterable[Known]], counts: Iterable[int]) -> Known:
    """Return the sum of products, each so many times."""
    total: dict[Known, int] = {}
    for factors, count in zip(products, counts, strict=True):
        term: Known = 1
        for factor in factors:
            term = commutative("*", term, factor)
        total[term] = total.get(term, 0) + count
    return from_terms(total)


def ceil_div(a: Dim, b: Dim) -> Dim:
    """Return -(-a // b)."""
    if a is None or b is None:
        return None
    exact = floor_div(a, b)
    if not (isinstance(exact, DimExpr) and exact.operator == "//"):
        return -(-a // b) if isinstance(a, int) and isinstance(b, int) else exact
    return DimExpr("ceil_div", (a, b))


def mod(a: Dim, b: Dim) -> Dim:
    """Return a % b as Python."""
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int) and b != 0:
        return a % b
    if isinstance(b, int) and b > 0 and all(c % b == 0 for c in terms(a).values()):
        return 0
    return DimExpr("%", (a, b))


def minimum(a: Dim, b: Dim) -> Dim:
    """Return min(a, b); decided by ranges where they allow it."""
    if a is None or b is None:
        return None
    low, high = bounds(sub(a, b))
    if high <= 0:
        return a
    return b if low >= 0 else commutative("min", a, b)


def maximum(a: Dim, b: Dim) -> Dim:
    """Return max(a, b); decided by ranges where they allow it."""
    if a is None or b is None:
        return None
    low, high = bounds(sub(a, b))
    if low >= 0:
        return a
    return b if high <= 0 else commutative("max", a, b)


_BUILD = {
    "+": add,
    "*": mul,
    "//": floor_div,
    "ceil_div": ceil_div,
    "%": mod,
    "min": minimum,
    "max": maximum,
}


def build(operator: str, operands: tuple[Dim, ...]) -> Dim:
    """Build a canonical expression from an operator of DimExpr and its operands."""
    if operator == "neg":
        return neg(operands[0])
    result = operands[0]
    for operand in operands[1:]:
        result = _BUILD[operator](result, operand)
    return result


def bounds(a: Dim) -> tuple[float, float]:
    """Return numbers between which `a` lies for every binding of its symbols."""
    if a is None:
        return 0, INFINITY
    if isinstance(a, int):
        return a, a
    if isinstance(a, Symbol):
        return a.min, INFINITY if a.max is None else a.max
    parts = [bounds(operand) for operand in a.operands]
    if a.operator == "neg":
        return -parts[0][1], -parts[0][0]
    low, high = parts[0]
    for part in parts[1:]:
        low, high = _combine(a.operator, (low, high), part)
    return low, high


def _combine(operator: str, a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    if operator == "+":
        return a[0] + b[0], a[1] + b[1]
    if operator == "min":
        return min(a[0], b[0]), min(a[1], b[1])
    if operator == "max":
        return max(a[0], b[0]), max(a[1], b[1])
    if operator == "*":
        corners = [0 if 0 in (x, y) else x * y for x in a for y in b]
        return min(corners), max(corners)
    if operator == "%" and b[0] > 0:
        return 0, b[1] - 1
    if operator in {"//", "ceil_div"} and b[0] > 0 and a[0] >= 0:
        low = a[0] // b[1] if b[1] < INFINITY else 0
        return low, a[1] if b[0] <= 1 or a[1] == INFINITY else a[1] // b[0] + 1
    return -INFINITY, INFINITY


def evaluate(a: Dim, binding: Mapping[str, int]) -> int:
    """Compute `a` under a binding of symbol names.

    Raises KeyError for an unbound symbol, ZeroDivisionError, and OverflowError beyond 64 bits.
    """
    if isinstance(a, int):
        return a
    if isinstance(a, Symbol):
        return binding[a.name]
    if a is None:
        message = "an unknown extent has no value"
        raise KeyError(message)
    values = [evaluate(operand, binding) for operand in a.operands]
    result = -values[0] if a.operator == "neg" else values[0]
    for value in values[1:]:
        result = _APPLY[a.operator](result, value)
    if not -(2**63) <= result < 2**63:
        message = f"{text(a)} is {result}, beyond 64 bits"
        raise OverflowError(message)
    return result


_APPLY: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "ceil_div": lambda a, b: -(-a // b),
    "%": lambda a, b: a % b,
    "min": min,
    "max": max,
}


def substitute(a: Dim, replacement: Mapping[Symbol, Dim]) -> Dim:
    """Replace symbols; unknown where a replacement is unknown."""
    if isinstance(a, Symbol):
        return replacement.get(a, a)
    if not isinstance(a, DimExpr):
        return a
    return build(a.operator, tuple(substitute(operand, replacement) for operand in a.operands))


def symbols(a: Dim) -> Iterator[Symbol]:
    """Yield every symbol in `a`, left to right."""
    if isinstance(a, Symbol):
        yield a
    elif isinstance(a, DimExpr):
        for operand in a.operands:
            yield from symbols(operand)
