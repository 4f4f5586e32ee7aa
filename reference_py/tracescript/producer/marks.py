"""Names a user puts into a program: dimensions and decorators. No effect when Python runs it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tracescript.ir import dims
from tracescript.ir.types import DimExpr, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
F = TypeVar("F", bound="Callable[..., Any]")


class Final(Generic[T]):
    """`x: ts.Final[int]`: an attribute that is a compile-time constant."""


@dataclass(frozen=True)
class DimArithmetic:
    """A dimension that can be computed with: `2 * B`, `B + 1`, `B // 2`."""

    dim: Symbol | DimExpr | int

    def _make(self, build: Callable[..., Any], *operands: Any) -> DimArithmetic:
        plain = [o.dim if isinstance(o, DimArithmetic) else o for o in operands]
        return DimArithmetic(build(*plain))

    def __add__(self, other: Any) -> DimArithmetic:
        return self._make(dims.add, self, other)

    def __sub__(self, other: Any) -> DimArithmetic:
        return self._make(dims.sub, self, other)

    def __mul__(self, other: Any) -> DimArithmetic:
        return self._make(dims.mul, self, other)

    def __floordiv__(self, other: Any) -> DimArithmetic:
        return self._make(dims.floor_div, self, other)

    __radd__ = __add__
    __rmul__ = __mul__


def Dim(  # the public spelling, with the words of the format
    name: str,
    min: int = 1,  # noqa: A002  # as in type.proto
    max: int | None = None,  # noqa: A002  # as in type.proto
) -> DimArithmetic:
    """Name a dimension for `ts.trace(..., dynamic=...)`, with its smallest and largest size.

    Raises ValueError where min > max or min < 0, or the name is no identifier.
    """
    if not name.isidentifier():
        message = f"a dimension's name must be an identifier, found {name!r}"
        raise ValueError(message)
    if min < 0 or (max is not None and max < min):
        message = f"dimension {name}: the range {min}..{max} is empty or negative"
        raise ValueError(message)
    return DimArithmetic(Symbol(name, min, max))


def _mark(function: F, mark: str) -> F:
    setattr(function, "__tracescript_mark__", mark)  # noqa: B010  # not declared on functions
    return function


def mark_of(function: Any) -> str:
    """Return `export`, `ignore`, `unused`, `script` or an empty string.

    Those of torch.jit mean ours; what it drops (`ignore(drop=True)`) is unused.
    """
    theirs = str(getattr(function, "_torchscript_modifier", "")).partition(" ")[0]
    usual = {"export": "export", "ignore": "ignore", "unused": "unused", "_drop": "unused"}.get(
        theirs, ""
    )
    return str(getattr(function, "__tracescript_mark__", usual))


def unroll(items: T) -> T:
    """`for x in ts.unroll(xs)`: a script has the body once per item; no effect in Python."""
    return items


export = functools.partial(_mark, mark="export")
"""Decorator: an exported method beside `forward`."""
ignore = functools.partial(_mark, mark="ignore")
"""Decorator: call Python at run time; such a model runs here and cannot be saved."""
unused = functools.partial(_mark, mark="unused")
"""Decorator: replaced by a `raise` in the model."""


def annotate(_type: Any, value: T) -> T:
    """Give an expression a type where inference needs one; returns the value unchanged."""
    return value


def is_scripting() -> bool:
    """Compile-time True in a scripted program; False when Python runs it."""
    return False


def is_tracing() -> bool:
    """Whether a trace runs in this context."""
    from tracescript.producer.session import active

    return active() is not None
