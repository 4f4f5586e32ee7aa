"""Dimension expressions as sums of terms with integer coefficients: their one canonical form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracescript.ir.types import DimExpr, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracescript.ir.types import Dim

    Known = int | Symbol | DimExpr


def text(a: Dim) -> str:
    """Write `a` as the code language does: `B`, `(B + 1)`, `ceil_div(B, 2)`; `_` if unknown."""
    if a is None:
        return "_"
    if isinstance(a, Symbol):
        return a.name
    if isinstance(a, int):
        return str(a)
    parts = [text(operand) for operand in a.operands]
    if a.operator == "neg":
        return f"(-{parts[0]})"
    result = parts[0]
    for part in parts[1:]:
        infix = a.operator in {"+", "*", "//", "%"}
        result = f"({result} {a.operator} {part})" if infix else f"{a.operator}({result}, {part})"
    return result


def _order(operand: Known) -> tuple[int, str]:
    """Symbols first, then expressions, a literal last, so that `B + 1` stays as written."""
    return (
        (0, operand.name)
        if isinstance(operand, Symbol)
        else (1 + isinstance(operand, int), text(operand))
    )


def commutative(operator: str, a: Known, b: Known) -> Known:
    """Flatten, fold literals and sort the operands of `+`, `*`, `min` or `max`."""
    parts: list[Known] = []
    for operand in (a, b):
        same = isinstance(operand, DimExpr) and operand.operator == operator
        parts += operand.operands if same and isinstance(operand, DimExpr) else (operand,)
    numbers = [p for p in parts if isinstance(p, int)]
    rest: list[Known] = sorted((p for p in parts if not isinstance(p, int)), key=_order)
    if numbers:
        number = _FOLD[operator](numbers)
        if operator == "*" and number == 0:
            return 0
        if not rest:
            return number
        if number != {"+": 0, "*": 1}.get(operator):
            rest.append(number)
    if operator in {"min", "max"}:
        rest = list(dict.fromkeys(rest))
    return rest[0] if len(rest) == 1 else DimExpr(operator, tuple(rest))


def _product(numbers: list[int]) -> int:
    result = 1
    for n in numbers:
        result *= n
    return result


_FOLD: dict[str, Callable[[list[int]], int]] = {
    "+": sum,
    "*": _product,
    "min": min,
    "max": max,
}


def terms(a: Known) -> dict[Known, int]:
    """Write `a` as a sum of terms with integer coefficients; the key 1 holds the number."""
    if isinstance(a, int):
        return {1: a}
    if isinstance(a, DimExpr) and a.operator == "+":
        total: dict[Known, int] = {}
        for operand in a.operands:
            for term, count in terms(operand).items():
                total[term] = total.get(term, 0) + count
        return total
    if isinstance(a, DimExpr) and a.operator == "*" and isinstance(a.operands[-1], int):
        rest = a.operands[:-1]
        return {rest[0] if len(rest) == 1 else DimExpr("*", rest): a.operands[-1]}
    if isinstance(a, DimExpr) and a.operator == "neg":
        return {term: -count for term, count in terms(a.operands[0]).items()}
    return {a: 1}


def from_terms(parts: dict[Known, int]) -> Known:
    """Return the canonical expression of a sum of terms."""
    total: Known = parts.get(1, 0)
    for term, count in parts.items():
        if term == 1 or count == 0:
            continue
        if count == -1:
            product: Known = DimExpr("neg", (term,))
        else:
            product = commutative("*", term, count)
        total = commutative("+", total, product)
    return total
