"""Three-valued knowledge about a call: what an expression over types can say and what it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracescript.ir import dims
from tracescript.ir.types import DimExpr, Symbol
from tracescript.opset.relations import differ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tracescript.ir.types import Type


class _Unknown:
    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = _Unknown()
"""A value that the call checker cannot know. `None` is Python's None."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An input as an expression sees it: its type, its value where known, its items if a list."""

    type: Type
    known: Any = UNKNOWN
    items: tuple[Operand, ...] | None = None


def plain(value: Any) -> Any:
    """Return what a name means where a number or a list is wanted."""
    return value.known if isinstance(value, Operand) else value


def extent(value: Any) -> Any:
    """Return a dim for an expression: unknown instead of None."""
    return UNKNOWN if value is None else value


def equal(a: Any, b: Any) -> Any:
    """Return whether two values are equal: True, False or UNKNOWN."""
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        if len(a) != len(b):
            return False
        return conjunction(equal(x, y) for x, y in zip(a, b, strict=True))
    if UNKNOWN in (a, b):
        return UNKNOWN
    if isinstance(a, Symbol | DimExpr) or isinstance(b, Symbol | DimExpr):
        if a == b:
            return True
        return False if a is not None and b is not None and differ(a, b) else UNKNOWN
    return a == b


def less(a: Any, b: Any) -> Any:
    """Return whether one value is below another: True, False or UNKNOWN."""
    if UNKNOWN in (a, b):
        return UNKNOWN
    if isinstance(a, Symbol | DimExpr) or isinstance(b, Symbol | DimExpr):
        low, high = dims.bounds(dims.sub(a, b))
        return True if high < 0 else False if low >= 0 else UNKNOWN
    return a < b


def negation(a: Any) -> Any:
    """Return `not a` of three values."""
    return UNKNOWN if a is UNKNOWN else not a


def conjunction(values: Iterator[Any]) -> Any:
    """Return whether all hold: False as soon as one does not, UNKNOWN if one is unknown."""
    result: Any = True
    for value in values:
        if value is UNKNOWN:
            result = UNKNOWN
        elif not value:
            return False
    return result


def contained(a: Any, b: Any) -> Any:
    """Return whether a sequence holds a value."""
    if b is UNKNOWN:
        return UNKNOWN
    return negation(conjunction(negation(equal(a, x)) for x in b))


def arithmetic(
    numbers: Callable[[Any, Any], Any], symbols: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    """Return an operator that works on numbers, on dims, and on what is unknown."""

    def compute(a: Any, b: Any) -> Any:
        if a is UNKNOWN or b is UNKNOWN:
            return UNKNOWN
        if isinstance(a, Symbol | DimExpr) or isinstance(b, Symbol | DimExpr):
            return extent(symbols(a, b))
        return numbers(a, b)

    return compute


def floordiv(a: Any, b: Any) -> Any:
    """Return a // b, unknown for b = 0."""
    return UNKNOWN if b == 0 else a // b


def modulo(a: Any, b: Any) -> Any:
    """Return a % b, unknown for b = 0."""
    return UNKNOWN if b == 0 else a % b


def plus(a: Any, b: Any) -> Any:
    """Return a + b of numbers or lists."""
    return [*a, *b] if isinstance(a, list | tuple) else a + b
